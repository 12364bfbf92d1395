// IGMP versions 1 to 3 (print-igmp.c); of DVMRP and PIM version 1 inside it only the name.
import type { Dissector } from './dissector.ts';
import { addressList, groupRecords, IPV4_GROUPS } from './group-records.ts';
import { checksumAt } from './print-ipv4.ts';
import { relativeSeconds } from './seconds.ts';

export function igmp(d: Dissector, at: number, length: number): void {
  d.protocol = 'igmp';
  if (d.options.quiet > 0) {
    d.print('igmp');
    return;
  }
  message(d, at, length);
  if (d.options.verbose === 0 || length < 4 || !d.has(at, length)) return;
  if (checksumAt(d, at, length) !== 0) d.print(` bad igmp cksum ${d.u16(at + 2).toString(16)}!`);
}

function message(d: Dissector, at: number, length: number): void {
  const type = d.u8(at);
  switch (type) {
    case 0x11:
      d.print('igmp query');
      length >= 12 ? queryV3(d, at, length) : query(d, at, length);
      return;
    case 0x12:
      d.print(`igmp v1 report ${d.ipv4(at + 4)}${length !== 8 ? ` [len ${length}]` : ''}`);
      return;
    case 0x13:
      d.print(`igmp dvmrp${length < 8 ? ` [len ${length}]` : ''}`);
      return;
    case 0x14:
      d.print('igmp pimv1');
      return;
    case 0x16:
      d.print(`igmp v2 report ${d.ipv4(at + 4)}`);
      return;
    case 0x17:
      d.print(`igmp leave ${d.ipv4(at + 4)}`);
      return;
    case 0x1e:
      multicastTrace(d, 'mresp', at, length);
      return;
    case 0x1f:
      multicastTrace(d, 'mtrace', at, length);
      return;
    case 0x22:
      d.print('igmp v3 report');
      reportV3(d, at, length);
      return;
    default:
      d.print(`igmp-${type}`);
  }
}

function query(d: Dissector, at: number, length: number): void {
  const response = d.u8(at + 1);
  d.print(response === 0 ? ' v1' : ' v2');
  if (response !== 0 && response !== 100) d.print(` [max resp time ${response}]`);
  if (d.u32(at + 4) !== 0) d.print(` [gaddr ${d.ipv4(at + 4)}]`);
  if (length !== 8) d.print(` [len ${length}]`);
}

/** Tenths of a second from the floating-point code of RFC 3376 section 4.1.1. */
const tenths = (code: number): number =>
  code < 128 ? code : ((code & 0x0f) | 0x10) << (((code & 0x70) >> 4) + 3);

function queryV3(d: Dissector, at: number, length: number): void {
  d.print(' v3');
  if ((length & 3) !== 0) {
    d.print(` [invalid len ${length}]`);
    return;
  }
  const code = d.u8(at + 1);
  const time = tenths(code);
  if (code !== 100)
    d.print(
      ` [max resp time ${time < 600 ? `${(time * 0.1).toFixed(1)}s` : relativeSeconds(Math.floor(time / 10))}]`,
    );
  if (d.u32(at + 4) === 0) return;
  d.print(` [gaddr ${d.ipv4(at + 4)}`);
  const sources = d.u16(at + 10);
  if (sources > 0) {
    if (length < 12 + sources * 4) d.print(' [invalid number of sources]');
    else if (d.options.verbose > 1) addressList(d, at + 12, sources, IPV4_GROUPS);
    else d.print(`, ${sources} source(s)`);
  }
  d.print(']');
}

function reportV3(d: Dissector, at: number, length: number): void {
  if (length < 16 || (length & 3) !== 0) d.print(` [invalid len ${length}]`);
  else groupRecords(d, at, length, IPV4_GROUPS);
}

function multicastTrace(d: Dissector, name: string, at: number, length: number): void {
  if (length < 24) {
    d.print(` [invalid len ${length}]`);
    return;
  }
  d.print(`${name} ${d.u24(at + 21)}: ${d.ipv4(at + 8)} to ${d.ipv4(at + 12)} reply-to ${d.ipv4(at + 16)}`);
  if (d.u8(at + 16) >>> 4 === 0xe) d.print(` with-ttl ${d.u8(at + 20)}`);
}
