// ARP for IPv4 over Ethernet (RFC 826).
//
//    0       2       4   5   6       8               14      18              24      28
//   +-------+-------+---+---+-------+---------------+-------+---------------+-------+
//   | htype | ptype |hln|pln| op    | sender MAC    | s. IP | target MAC    | t. IP |
//   +-------+-------+---+---+-------+---------------+-------+---------------+-------+
import { type Ipv4, ipv4 } from '../addr/ipv4.ts';
import type { Mac } from '../addr/mac.ts';
import { EtherType } from './ethernet.ts';

export const ARP_LENGTH = 28;

/** Operations (RFC 826). */
export const ArpOp = { REQUEST: 1, REPLY: 2 } as const;

const HARDWARE_ETHERNET = 1;
/** Linux takes messages of this type for Ethernet's too (arp_process). */
const HARDWARE_IEEE802 = 6;

const hardwareType = (view: DataView, at: number): number => view.getUint16(at);
const protocolType = (view: DataView, at: number): number => view.getUint16(at + 2);
const hardwareLength = (view: DataView, at: number): number => view.getUint8(at + 4);
const protocolLength = (view: DataView, at: number): number => view.getUint8(at + 5);
export const operation = (view: DataView, at: number): number => view.getUint16(at + 6);
export const senderMac = (view: DataView, at: number): Mac =>
  (view.getUint16(at + 8) * 0x100000000 + view.getUint32(at + 10)) as Mac;
export const senderIp = (view: DataView, at: number): Ipv4 => ipv4(view.getInt32(at + 14));
export const targetMac = (view: DataView, at: number): Mac =>
  (view.getUint16(at + 18) * 0x100000000 + view.getUint32(at + 20)) as Mac;
export const targetIp = (view: DataView, at: number): Ipv4 => ipv4(view.getInt32(at + 24));

/** Whether the 28 bytes speak of IPv4 over Ethernet; the caller has checked that they are there. */
export const isIpv4OverEthernet = (view: DataView, at: number): boolean =>
  (hardwareType(view, at) === HARDWARE_ETHERNET || hardwareType(view, at) === HARDWARE_IEEE802) &&
  protocolType(view, at) === EtherType.IPV4 &&
  hardwareLength(view, at) === 6 &&
  protocolLength(view, at) === 4;

/** Writes the 28 bytes of a message. */
export function write(
  view: DataView,
  at: number,
  op: number,
  sender: Mac,
  senderAddress: Ipv4,
  target: Mac,
  targetAddress: Ipv4,
): void {
  view.setUint16(at, HARDWARE_ETHERNET);
  view.setUint16(at + 2, EtherType.IPV4);
  view.setUint16(at + 4, 0x0604);
  view.setUint16(at + 6, op);
  view.setUint16(at + 8, Math.floor(sender / 0x100000000));
  view.setUint32(at + 10, sender % 0x100000000);
  view.setInt32(at + 14, senderAddress);
  view.setUint16(at + 18, Math.floor(target / 0x100000000));
  view.setUint32(at + 20, target % 0x100000000);
  view.setInt32(at + 24, targetAddress);
}
