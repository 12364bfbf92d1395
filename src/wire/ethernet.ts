// Ethernet II frames (IEEE 802.3; linux if_ether.h).
//
//    0                   6                   12      14
//   +-------------------+-------------------+-------+----------
//   | destination       | source            | type  | payload …
//   +-------------------+-------------------+-------+----------
import type { Mac } from '../addr/mac.ts';

export const ETHERNET_HEADER = 14;
/** A VLAN tag (IEEE 802.1Q): the tag control information, and the type of what is behind. */
export const VLAN_HEADER = 4;

/** EtherTypes (IEEE 802 numbers). */
export const EtherType = {
  IPV4: 0x0800,
  ARP: 0x0806,
  VLAN: 0x8100,
  IPV6: 0x86dd,
  QINQ: 0x88a8,
  LOOPBACK: 0x9000,
} as const;

/** What a tag is told by, of a customer or of a provider. */
export const isVlan = (etherType: number): boolean =>
  etherType === EtherType.VLAN || etherType === EtherType.QINQ;

/** Values of the type field below this are an IEEE 802.3 length (ETH_P_802_3_MIN). */
export const ETHERTYPE_MIN = 0x0600;

const readMac = (view: DataView, at: number): Mac =>
  (view.getUint16(at) * 0x100000000 + view.getUint32(at + 2)) as Mac;

const writeMac = (view: DataView, at: number, value: Mac): void => {
  view.setUint16(at, Math.floor(value / 0x100000000));
  view.setUint32(at + 2, value % 0x100000000);
};

export const destination = (view: DataView, at: number): Mac => readMac(view, at);
export const source = (view: DataView, at: number): Mac => readMac(view, at + 6);
export const etherType = (view: DataView, at: number): number => view.getUint16(at + 12);
export const setDestination = (view: DataView, at: number, value: Mac): void => writeMac(view, at, value);
export const setSource = (view: DataView, at: number, value: Mac): void => writeMac(view, at + 6, value);

/** Writes the 14 bytes of a header. */
export function write(view: DataView, at: number, dst: Mac, src: Mac, type: number): void {
  writeMac(view, at, dst);
  writeMac(view, at + 6, src);
  view.setUint16(at + 12, type);
}
