// The IPv4 header (RFC 791 section 3.1).
//
//    0               1               2               3
//   +-------+-------+---------------+-------------------------------+
//   |version|  IHL  |      TOS      |          Total length         |  0
//   +-------+-------+---------------+-----+-------------------------+
//   |         Identification        |flags|     Fragment offset     |  4
//   +---------------+---------------+-----+-------------------------+
//   |      TTL      |    Protocol   |        Header checksum        |  8
//   +---------------+---------------+-------------------------------+
//   |                         Source address                        | 12
//   +---------------------------------------------------------------+
//   |                       Destination address                     | 16
//   +---------------------------------------------------------------+
//   |                    Options, padded to 4 bytes                 | 20
import { type Ipv4, ipv4 } from '../addr/ipv4.ts';
import { checksum, checksumUpdate } from './checksum.ts';

export const IPV4_HEADER = 20;
export const IPV4_LENGTH_MAX = 65535;

/** Protocol numbers (IANA). */
export const IpProtocol = {
  ICMP: 1,
  IGMP: 2,
  IPIP: 4,
  TCP: 6,
  UDP: 17,
  IPV6: 41,
  GRE: 47,
  ICMPV6: 58,
} as const;

export const DF = 0x4000;
export const MF = 0x2000;
/** The offset's 13 bits, in units of 8 bytes. */
export const OFFSET_MASK = 0x1fff;

export const version = (view: DataView, at: number): number => view.getUint8(at) >>> 4;
/** In bytes: IHL × 4. */
export const headerLength = (view: DataView, at: number): number => (view.getUint8(at) & 15) << 2;
export const tos = (view: DataView, at: number): number => view.getUint8(at + 1);
export const totalLength = (view: DataView, at: number): number => view.getUint16(at + 2);
export const identification = (view: DataView, at: number): number => view.getUint16(at + 4);
/** Flags and offset as they stand: test with DF, MF and OFFSET_MASK. */
export const fragment = (view: DataView, at: number): number => view.getUint16(at + 6);
export const isFragment = (view: DataView, at: number): boolean =>
  (view.getUint16(at + 6) & (MF | OFFSET_MASK)) !== 0;
export const ttl = (view: DataView, at: number): number => view.getUint8(at + 8);
export const protocol = (view: DataView, at: number): number => view.getUint8(at + 9);
export const headerChecksum = (view: DataView, at: number): number => view.getUint16(at + 10);
export const source = (view: DataView, at: number): Ipv4 => ipv4(view.getInt32(at + 12));
export const destination = (view: DataView, at: number): Ipv4 => ipv4(view.getInt32(at + 16));

export const setTos = (view: DataView, at: number, value: number): void => view.setUint8(at + 1, value);
export const setTotalLength = (view: DataView, at: number, value: number): void =>
  view.setUint16(at + 2, value);
export const setIdentification = (view: DataView, at: number, value: number): void =>
  view.setUint16(at + 4, value);
export const setFragment = (view: DataView, at: number, value: number): void => view.setUint16(at + 6, value);
export const setTtl = (view: DataView, at: number, value: number): void => view.setUint8(at + 8, value);
export const setDestination = (view: DataView, at: number, value: Ipv4): void =>
  view.setInt32(at + 16, value);

/** Copies a header with its options, word by word. */
export function copyHeader(from: DataView, fromAt: number, to: DataView, toAt: number): void {
  for (let done = headerLength(from, fromAt) - 4; done >= 0; done -= 4)
    to.setInt32(toAt + done, from.getInt32(fromAt + done));
}

/** Computes the header checksum anew over the header's own length (ip_send_check). */
export function fillChecksum(view: DataView, at: number): void {
  view.setUint16(at + 10, 0);
  view.setUint16(at + 10, checksum(view, at, headerLength(view, at)));
}

/** TTL − 1 with the checksum corrected for it, bit for bit as ip_decrease_ttl does (RFC 1141 form: + 0x0100). */
export function decreaseTtl(view: DataView, at: number): void {
  const check = view.getUint16(at + 10) + 0x0100;
  view.setUint16(at + 10, (check + (check >= 0xffff ? 1 : 0)) & 0xffff);
  view.setUint8(at + 8, view.getUint8(at + 8) - 1);
}

/** Sets TOS and corrects the checksum for it. */
export function changeTos(view: DataView, at: number, value: number): void {
  const before = view.getUint16(at);
  const after = (before & 0xff00) | value;
  view.setUint16(at + 10, checksumUpdate(view.getUint16(at + 10), before, after));
  view.setUint8(at + 1, value);
}

/** Writes a header without options; identification 0, checksum left to `fillChecksum`. */
export function write(
  view: DataView,
  at: number,
  length: number,
  tosValue: number,
  fragmentField: number,
  ttlValue: number,
  protocolValue: number,
  src: Ipv4,
  dst: Ipv4,
): void {
  view.setUint16(at, 0x4500 | tosValue);
  view.setUint16(at + 2, length);
  view.setUint16(at + 4, 0);
  view.setUint16(at + 6, fragmentField);
  view.setUint8(at + 8, ttlValue);
  view.setUint8(at + 9, protocolValue);
  view.setUint16(at + 10, 0);
  view.setInt32(at + 12, src);
  view.setInt32(at + 16, dst);
}
