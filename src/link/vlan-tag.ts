// A VLAN tag is put into a frame behind its addresses, and taken out (vlan_insert_tag, skb_vlan_untag).
import type { Packet } from '../packet/packet.ts';
import * as ethernet from '../wire/ethernet.ts';
import { VLAN_HEADER } from '../wire/ethernet.ts';

const MACS = 12;
export const VLAN_ID_MASK = 0xfff;

/** Whether a tag of this EtherType is the first thing in the frame, whose head is the Ethernet header. */
export const hasTag = ({ view, head, tail }: Packet, protocol: number): boolean =>
  tail - head >= ethernet.ETHERNET_HEADER + VLAN_HEADER && ethernet.etherType(view, head) === protocol;

/** The tag control information of a frame that has a tag. */
export const tagOf = ({ view, head }: Packet): number => view.getUint16(head + ethernet.ETHERNET_HEADER);

export function removeTag(packet: Packet): void {
  const { view, head } = packet;
  new Uint8Array(view.buffer, view.byteOffset + head, MACS + VLAN_HEADER).copyWithin(VLAN_HEADER, 0, MACS);
  packet.pull(VLAN_HEADER);
  packet.link = packet.head;
}

export function addTag(packet: Packet, protocol: number, tci: number): void {
  const at = packet.push(VLAN_HEADER);
  const { view } = packet;
  new Uint8Array(view.buffer, view.byteOffset + at, MACS + VLAN_HEADER).copyWithin(0, VLAN_HEADER);
  view.setUint16(at + MACS, protocol);
  view.setUint16(at + MACS + 2, tci);
  packet.link = at;
}
