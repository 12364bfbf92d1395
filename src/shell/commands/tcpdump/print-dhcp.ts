// BOOTP and DHCP (RFC 2131; print-bootp.c).
import type { Dissector } from './dissector.ts';
import { visibleByte } from './hex-dump.ts';
import { dhcpOptions } from './print-dhcp-options.ts';
import { hex2, hex4 } from './tokens.ts';

const REQUEST = 1;
const REPLY = 2;
const ETHERNET = 1;
const MAC_LENGTH = 6;

//    0    1       2      3      4     8      10      12       16       20       24       28       44      108    236
//   +----+-------+------+------+-----+------+-------+--------+--------+--------+--------+--------+-------+------+---
//   | op | htype | hlen | hops | xid | secs | flags | ciaddr | yiaddr | siaddr | giaddr | chaddr | sname | file | …
const CHADDR_AT = 28;
const SNAME_AT = 44;
const FILE_AT = 108;
const VENDOR_AT = 236;
const ADDRESSES: readonly (readonly [number, string])[] = [
  [12, 'Client-IP'],
  [16, 'Your-IP'],
  [20, 'Server-IP'],
  [24, 'Gateway-IP'],
];
const MAGIC = 0x63825363;

export function dhcp(d: Dissector, at: number, length: number): void {
  d.protocol = 'bootp';
  const op = d.u8(at);
  const words = op === REQUEST ? 'Request' : op === REPLY ? 'Reply' : `unknown (0x${hex2(op)})`;
  d.print(`BOOTP/DHCP, ${words}`);
  const hardware = d.u8(at + 1);
  const hardwareLength = d.u8(at + 2);
  const ethernet = hardware === ETHERNET && hardwareLength === MAC_LENGTH;
  if (ethernet && op === REQUEST) d.print(` from ${d.mac(at + CHADDR_AT)}`);
  d.print(`, length ${length}`);
  if (d.options.verbose === 0) return;
  if (!d.has(at + 8, 2)) {
    d.printTruncated();
    return;
  }
  firstLine(d, at);
  for (const [offset, name] of ADDRESSES)
    if (d.u32(at + offset) !== 0) d.print(`\n\t  ${name} ${d.ipv4(at + offset)}`);
  if (ethernet) d.print(`\n\t  Client-Ethernet-Address ${d.mac(at + CHADDR_AT)}`);
  if (
    name(d, 'sname', at + SNAME_AT, FILE_AT - SNAME_AT) &&
    name(d, 'file', at + FILE_AT, VENDOR_AT - FILE_AT)
  )
    vendor(d, at + VENDOR_AT);
}

function firstLine(d: Dissector, at: number): void {
  const hardware = d.u8(at + 1);
  const hardwareLength = d.u8(at + 2);
  if (hardware !== ETHERNET) d.print(`, htype ${hardware}`);
  if (hardware !== ETHERNET || hardwareLength !== MAC_LENGTH) d.print(`, hlen ${hardwareLength}`);
  if (d.u8(at + 3) !== 0) d.print(`, hops ${d.u8(at + 3)}`);
  if (d.u32(at + 4) !== 0) d.print(`, xid 0x${d.u32(at + 4).toString(16)}`);
  if (d.u16(at + 8) !== 0) d.print(`, secs ${d.u16(at + 8)}`);
  const flags = d.u16(at + 10);
  d.print(`, Flags [${(flags & 0x8000) !== 0 ? 'Broadcast' : 'none'}]`);
  if (d.options.verbose > 1) d.print(` (0x${hex4(flags)})`);
}

/** A field of text that a zero ends; false if none does. */
function name(d: Dissector, field: string, at: number, size: number): boolean {
  if (d.u8(at) === 0) return true;
  d.print(`\n\t  ${field} "`);
  for (let i = 0; i < size && d.has(at + i, 1); i++) {
    const byte = d.u8(at + i);
    if (byte === 0) {
      d.print('"');
      return true;
    }
    d.print(visibleByte(byte));
  }
  d.print('"');
  d.printTruncated();
  return false;
}

/** Options behind the magic cookie; of other vendor areas the first word. */
function vendor(d: Dissector, at: number): void {
  if (!d.has(at, 4)) {
    d.printTruncated();
    return;
  }
  const magic = d.u32(at);
  if (magic === MAGIC) {
    dhcpOptions(d, at);
    return;
  }
  if (magic !== 0) d.print(`\n\t  Vendor-#0x${magic.toString(16)}`);
}
