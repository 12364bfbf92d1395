// IEEE 802.2 LLC and SNAP (print-llc.c): STP, IP and EtherTypes inside are printed, the rest is named.
import type { Dissector, LinkAddresses } from './dissector.ts';
import { ETHERTYPE_NAMES } from './ether-types.ts';
import { hexAsciiDump } from './hex-dump.ts';
import { OUI_NAMES } from './names.ts';
import { stp } from './print-stp.ts';
import { hex2, hex4, type Tokens, token } from './tokens.ts';

const SAP = { IP: 0x06, STP: 0x42, SNAP: 0xaa } as const;
const SAP_NAMES: Tokens = new Map([
  [0x00, 'Null'],
  [0xff, 'Global'],
  [0x02, '802.1B I'],
  [0x03, '802.1B G'],
  [0x06, 'IP'],
  [0x04, 'SNA'],
  [0x0e, 'ProWay NM'],
  [0x42, 'STP'],
  [0x4e, 'RS511'],
  [0x7e, 'ISO8208'],
  [0x8e, 'ProWay'],
  [0xaa, 'SNAP'],
  [0xe0, 'IPX'],
  [0xf0, 'NetBeui'],
  [0xfe, 'OSI'],
]);

const UI = 0x03;
const XID = 0xaf;
const XID_FORMAT = 0x81;
const COMMAND_NAMES: Tokens = new Map([
  [UI, 'ui'],
  [0xe3, 'test'],
  [XID, 'xid'],
  [0x63, 'ua'],
  [0x43, 'disc'],
  [0x0f, 'dm'],
  [0x6f, 'sabme'],
  [0x87, 'frmr'],
]);
const FLAG_NAMES: Tokens = new Map([
  [0, 'Command'],
  [1, 'Response'],
  [0x10, 'Poll'],
  [0x11, 'Final'],
  [0x100, 'Poll'],
  [0x101, 'Final'],
]);
const SUPERVISORY_NAMES: Tokens = new Map([
  [0, 'Receiver Ready'],
  [1, 'Receiver not Ready'],
  [2, 'Reject'],
]);

const POLL_U = 0x10;
const POLL_IS = 0x100;

/** Prints an LLC frame. The length of its headers, negative if the payload is still to be dumped. */
export function llc(
  d: Dissector,
  at: number,
  length: number,
  captured: number,
  addresses: LinkAddresses | null,
): number {
  d.protocol = 'llc';
  if (captured < 3 || length < 3) return tooShort(d, at, length, captured);
  const first = d.u8(at + 2);
  const unnumbered = (first & 3) === 3;
  if (!unnumbered && (captured < 4 || length < 4)) return tooShort(d, at, length, captured);
  const control = unnumbered ? first : d.u16le(at + 2);
  const header = unnumbered ? 3 : 4;
  if (d.options.linkHeader) linkService(d, at, control, unnumbered);
  const known = knownSap(d, at, header, control, length, captured, addresses);
  if (known !== 0) return known;
  if (!d.options.linkHeader) saps(d, at, addresses);
  return unnumbered
    ? unnumberedFrame(d, at, control, length, captured)
    : numberedFrame(d, d.u8(at + 1), control, length);
}

function tooShort(d: Dissector, at: number, length: number, captured: number): number {
  d.printTruncated();
  hexAsciiDump(d, '\n\t', at, captured);
  return Math.min(captured, length);
}

function linkService(d: Dissector, at: number, control: number, unnumbered: boolean): void {
  const dsap = d.u8(at);
  const ssap = d.u8(at + 1);
  const sap = (value: number): string =>
    `${token(SAP_NAMES, value & 0xfe, 'Unknown')} (0x${hex2(value & 0xfe)})`;
  d.print(`LLC, dsap ${sap(dsap)} ${(dsap & 1) === 0 ? 'Individual' : 'Group'}, `);
  d.print(`ssap ${sap(ssap)} ${(ssap & 1) === 0 ? 'Command' : 'Response'}, `);
  d.print(unnumbered ? `ctrl 0x${hex2(control)}: ` : `ctrl 0x${hex4(control)}: `);
}

/** Prints what has a printer of its own; 0 if it has none. */
function knownSap(
  d: Dissector,
  at: number,
  header: number,
  control: number,
  length: number,
  captured: number,
  addresses: LinkAddresses | null,
): number {
  const sap = d.u8(at) & 0xfe;
  if (control !== UI || (d.u8(at + 1) & 0xfe) !== sap) return 0;
  const inner = at + header;
  if (sap === SAP.SNAP)
    return snap(d, inner, length - header, captured - header, addresses) ? header + 5 : -(header + 5);
  if (sap === SAP.STP) stp(d, inner, length - header);
  else if (sap === SAP.IP) d.printers.ipv4(d, inner, length - header);
  else return 0;
  return header;
}

function saps(d: Dissector, at: number, addresses: LinkAddresses | null): void {
  const dsap = d.u8(at) & 0xfe;
  const ssap = d.u8(at + 1) & 0xfe;
  const to = token(SAP_NAMES, dsap, `Unknown DSAP 0x${hex2(dsap)}`);
  const from = ssap === dsap ? '' : `${token(SAP_NAMES, ssap, `Unknown SSAP 0x${hex2(ssap)}`)} `;
  if (addresses !== null) {
    d.print(`${addresses.source} ${from}> ${addresses.destination} ${to} `);
  } else d.print(from === '' ? `${to} ` : `${from}> ${to} `);
}

function unnumberedFrame(
  d: Dissector,
  at: number,
  control: number,
  length: number,
  captured: number,
): number {
  const flags = (d.u8(at + 1) & 1) | (control & POLL_U);
  const command = control & 0xef;
  d.print(`Unnumbered, ${token(COMMAND_NAMES, command, hex2(command))}, `);
  d.print(`Flags [${token(FLAG_NAMES, flags, '?')}], length ${length}`);
  if (command !== XID) return -3;
  if (length === 3) return 3;
  if (captured === 3) {
    d.printTruncated();
    return 3;
  }
  if (d.u8(at + 3) !== XID_FORMAT) return -3;
  if (captured < 6 || length < 6) {
    d.printTruncated();
    hexAsciiDump(d, '\n\t', at + 3, captured - 3);
  } else d.print(`: ${hex2(d.u8(at + 4))} ${hex2(d.u8(at + 5))}`);
  return 3;
}

function numberedFrame(d: Dissector, ssap: number, control: number, length: number): number {
  const flags = token(FLAG_NAMES, (ssap & 1) | (control & POLL_IS), '?');
  const received = (control >>> 9) & 0x7f;
  const rest = `rcv seq ${received}, Flags [${flags}], length ${length}`;
  if ((control & 1) === 1) {
    d.print(`Supervisory, ${token(SUPERVISORY_NAMES, (control >>> 2) & 3, '?')}, ${rest}`);
    return 4;
  }
  d.print(`Information, send seq ${(control >>> 1) & 0x7f}, ${rest}`);
  return -4;
}

const OUI = {
  ETHERNET: 0x000000,
  CISCO: 0x00000c,
  CISCO_90: 0x0000f8,
  APPLETALK: 0x080007,
  RFC2684: 0x0080c2,
};
const CISCO_NAMES: Tokens = new Map([
  [0x2000, 'CDP'],
  [0x2003, 'VTP'],
  [0x2004, 'DTP'],
  [0x0111, 'UDLD'],
  [0x010b, 'PVST'],
  [0x010c, 'VLAN Bridge'],
]);
const BRIDGED_NAMES: Tokens = new Map([
  [1, 'Ethernet + FCS'],
  [7, 'Ethernet w/o FCS'],
  [2, '802.4 + FCS'],
  [8, '802.4 w/o FCS'],
  [3, 'Token Ring + FCS'],
  [9, 'Token Ring w/o FCS'],
  [4, 'FDDI + FCS'],
  [10, 'FDDI w/o FCS'],
  [5, '802.6 + FCS'],
  [11, '802.6 w/o FCS'],
  [14, 'BPDU'],
]);
const PID_NAMES: ReadonlyMap<number, Tokens> = new Map([
  [OUI.ETHERNET, ETHERTYPE_NAMES],
  [OUI.CISCO_90, ETHERTYPE_NAMES],
  [OUI.APPLETALK, ETHERTYPE_NAMES],
  [OUI.CISCO, CISCO_NAMES],
  [OUI.RFC2684, BRIDGED_NAMES],
]);

const hex6 = (value: number): string => value.toString(16).padStart(6, '0');

/** `ethertype IPv4 (0x0800)`, `pid CDP (0x2000)`. */
function pidWords(oui: number, pid: number): string {
  const name = PID_NAMES.get(oui)?.get(pid) ?? 'Unknown';
  return `${oui === OUI.ETHERNET ? 'ethertype' : 'pid'} ${name} (0x${hex4(pid)})`;
}

const ouiWords = (oui: number): string => `oui ${token(OUI_NAMES, oui, 'Unknown')} (0x${hex6(oui)})`;

/** SNAP: false if the payload is still to be dumped. */
function snap(
  d: Dissector,
  at: number,
  length: number,
  captured: number,
  addresses: LinkAddresses | null,
): boolean {
  d.protocol = 'snap';
  if (!d.has(at, 5) || captured < 5 || length < 5) {
    d.printTruncated();
    return true;
  }
  const oui = d.u24(at);
  const pid = d.u16(at + 3);
  if (d.options.linkHeader) d.print(`${ouiWords(oui)}, ${pidWords(oui, pid)}, length ${length - 5}: `);
  if (snapPayload(d, oui, pid, at + 5, length - 5, captured - 5)) return true;
  if (!d.options.linkHeader) {
    if (addresses !== null) d.print(`${addresses.source} > ${addresses.destination} `);
    const organisation = oui === OUI.ETHERNET ? '' : `${ouiWords(oui)}, `;
    d.print(`SNAP, ${organisation}${pidWords(oui, pid)}, length ${length - 5}: `);
  }
  return false;
}

/** Bytes of padding before a bridged Ethernet frame (RFC 2684 section 5.2). */
const BRIDGE_PAD = 2;

function snapPayload(
  d: Dissector,
  oui: number,
  pid: number,
  at: number,
  length: number,
  captured: number,
): boolean {
  if (oui === OUI.ETHERNET || oui === OUI.CISCO_90) return d.printers.etherType(d, pid, at, length, captured);
  if (oui === OUI.CISCO && (pid === 0x010b || pid === 0x010c)) {
    stp(d, at, length);
    return true;
  }
  if (oui !== OUI.RFC2684) return false;
  if (pid === 14) {
    stp(d, at, length);
    return true;
  }
  if (pid !== 1 && pid !== 7) return false;
  if (d.need(at, BRIDGE_PAD))
    d.printers.ethernet(d, at + BRIDGE_PAD, length - BRIDGE_PAD, captured - BRIDGE_PAD);
  return true;
}
