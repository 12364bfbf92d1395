// Link-layer views: where a frame of any link type holds its network header, and what protocol that is.

import { type FrameFinding, isFinding } from './finding.ts';
import {
  LINKTYPE_EN10MB,
  LINKTYPE_IPV4,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_NULL,
  LINKTYPE_RAW,
} from './record.ts';

export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_IPV6 = 0x86dd;

/** Tags that stand before the EtherType: 802.1Q, 802.1ad, and what came before 802.1ad. */
const VLAN_TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);
const VLAN_TAG_LENGTH = 4;

/** Smaller values of an EtherType field are the length of an 802.3 frame. */
export const SMALLEST_ETHERTYPE = 0x0600;
export const ETHERNET_HEADER_LENGTH = 14;

/** Where the network header is, and its EtherType. */
export interface NetworkHeader {
  readonly etherType: number;
  /** Bytes from the start of the frame. */
  readonly offset: number;
}

/**
 * The network header of a frame, VLAN tags and an 802.2 SNAP header passed over. An EtherType that is given
 * back may be any, ARP and such included; nothing is said of how many bytes follow.
 */
export function networkOffset(linkType: number, data: Uint8Array): NetworkHeader | FrameFinding {
  const header = linkHeader(linkType, data);
  if (isFinding(header)) return header;
  const inner = skipTags(data, header);
  return inner.etherType < SMALLEST_ETHERTYPE ? snapHeader(data, inner) : inner;
}

/** The same with tags counted as part of the payload: the bare link-layer header. */
export function linkHeader(linkType: number, data: Uint8Array): NetworkHeader | FrameFinding {
  switch (linkType) {
    case LINKTYPE_EN10MB:
      return ethernetHeader(data);
    case LINKTYPE_LINUX_SLL:
      return cookedNetwork(linkType, data, SLL_LENGTH);
    case LINKTYPE_LINUX_SLL2:
      return cookedNetwork(linkType, data, SLL2_LENGTH);
    case LINKTYPE_RAW:
      return rawHeader(data);
    case LINKTYPE_IPV4:
      return { etherType: ETHERTYPE_IPV4, offset: 0 };
    case LINKTYPE_NULL:
      return nullHeader(data);
    default:
      return { what: 'unknown-link-type', value: linkType };
  }
}

function ethernetHeader(data: Uint8Array): NetworkHeader | FrameFinding {
  if (data.length < ETHERNET_HEADER_LENGTH) return { what: 'frame-too-short', value: data.length };
  return { etherType: u16(data, 12), offset: ETHERNET_HEADER_LENGTH };
}

function cookedNetwork(linkType: number, data: Uint8Array, offset: number): NetworkHeader | FrameFinding {
  const header = cookedHeader(linkType, data);
  if (isFinding(header)) return header;
  if (FOREIGN_ARPHRD.has(header.arphrd)) return { what: 'no-ether-type', value: header.protocol };
  return { etherType: header.protocol, offset };
}

function skipTags(data: Uint8Array, { etherType, offset }: NetworkHeader): NetworkHeader {
  while (VLAN_TAGS.has(etherType) && offset + VLAN_TAG_LENGTH <= data.length) {
    etherType = u16(data, offset + 2);
    offset += VLAN_TAG_LENGTH;
  }
  return { etherType, offset };
}

/** 802.2 LLC with SNAP and organisation code 0 holds an EtherType after all (RFC 1042). */
function snapHeader(data: Uint8Array, { etherType, offset }: NetworkHeader): NetworkHeader | FrameFinding {
  const isSnap = offset + 8 <= data.length && SNAP.every((byte, i) => data[offset + i] === byte);
  if (!isSnap) return { what: 'no-ether-type', value: etherType };
  return { etherType: u16(data, offset + 6), offset: offset + 8 };
}

const SNAP = [0xaa, 0xaa, 0x03, 0, 0, 0];

/** LINKTYPE_RAW: the version in the packet's first four bits says which IP it is. */
function rawHeader(data: Uint8Array): NetworkHeader | FrameFinding {
  if (data.length === 0) return { what: 'frame-too-short', value: 0 };
  const version = data[0]! >>> 4;
  if (version === 4) return { etherType: ETHERTYPE_IPV4, offset: 0 };
  if (version === 6) return { etherType: ETHERTYPE_IPV6, offset: 0 };
  return { what: 'unknown-ip-version', value: version };
}

const AF_INET = 2;
/** AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, macOS. */
const AF_INET6: ReadonlySet<number> = new Set([10, 24, 28, 30]);

/** LINKTYPE_NULL: an address family in the byte order of the machine that captured, which nobody notes. */
function nullHeader(data: Uint8Array): NetworkHeader | FrameFinding {
  if (data.length < 4) return { what: 'frame-too-short', value: data.length };
  const first = u16(data, 0);
  const last = u16(data, 2);
  // Families are small: one half is zero, and it is the first in big endian.
  const family = first === 0 ? last : swap16(first);
  if (first !== 0 && last !== 0) return { what: 'unknown-family', value: first * 65_536 + last };
  if (family === AF_INET) return { etherType: ETHERTYPE_IPV4, offset: 4 };
  if (AF_INET6.has(family)) return { etherType: ETHERTYPE_IPV6, offset: 4 };
  return { what: 'unknown-family', value: family };
}

//                  LINUX_SLL                                      LINUX_SLL2
//    0 | packet type   | ARPHRD type   |            0 | protocol      | reserved      |
//    4 | address length| address …     |            4 | interface index               |
//    8 | …                             |            8 | ARPHRD type   |pkttype|adr len|
//   12 | …             | protocol      |           12 | address (8 bytes) …           |
const SLL_LENGTH = 16;
const SLL_PROTOCOL_AT = 14;
const SLL2_LENGTH = 20;
const SLL2_PROTOCOL_AT = 0;
/** Devices whose cooked protocol field is no EtherType: Frame Relay, 802.11 with radiotap, netlink. */
const FOREIGN_ARPHRD: ReadonlySet<number> = new Set([770, 803, 824]);
/** The address field has room for this many bytes; the length may say more. */
const COOKED_ADDRESS_ROOM = 8;

/** sll_pkttype of what the host sends (PACKET_OUTGOING). */
export const PACKET_OUTGOING = 4;

/** A "cooked" header, as Linux gives it to a capture on `any`. */
export interface CookedHeader {
  /** PACKET_HOST to PACKET_OUTGOING. */
  readonly packetType: number;
  /** The device's ARPHRD type: 1 Ethernet, 768 tunl0, 772 lo, 776 sit0, 778 GRE. */
  readonly arphrd: number;
  /** The sender's link-layer address: the bytes there are, 8 at most. */
  readonly address: Uint8Array;
  /** EtherType, or less than 0x0600 for what is none. */
  readonly protocol: number;
  /** The interface's index; 0 in LINUX_SLL, which has none. */
  readonly interfaceIndex: number;
}

/** Reads the header of LINUX_SLL or LINUX_SLL2. */
export function cookedHeader(linkType: number, data: Uint8Array): CookedHeader | FrameFinding {
  const isSll2 = linkType === LINKTYPE_LINUX_SLL2;
  if (!isSll2 && linkType !== LINKTYPE_LINUX_SLL) return { what: 'unknown-link-type', value: linkType };
  if (data.length < (isSll2 ? SLL2_LENGTH : SLL_LENGTH))
    return { what: 'frame-too-short', value: data.length };
  return isSll2 ? decodeSll2(data) : decodeSll(data);
}

function decodeSll(data: Uint8Array): CookedHeader {
  return {
    packetType: u16(data, 0),
    arphrd: u16(data, 2),
    address: data.subarray(6, 6 + Math.min(u16(data, 4), COOKED_ADDRESS_ROOM)),
    protocol: u16(data, SLL_PROTOCOL_AT),
    interfaceIndex: 0,
  };
}

function decodeSll2(data: Uint8Array): CookedHeader {
  return {
    packetType: data[10]!,
    arphrd: u16(data, 8),
    address: data.subarray(12, 12 + Math.min(data[11]!, COOKED_ADDRESS_ROOM)),
    protocol: u16(data, SLL2_PROTOCOL_AT),
    interfaceIndex: u16(data, 4) * 65_536 + u16(data, 6),
  };
}

/** Puts a LINUX_SLL2 header in front of a network packet, as `tcpdump -i any -w` writes it. */
export function encodeSll2(header: CookedHeader, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(SLL2_LENGTH + payload.length);
  const view = new DataView(bytes.buffer);
  const address = header.address.subarray(0, COOKED_ADDRESS_ROOM);
  view.setUint16(SLL2_PROTOCOL_AT, header.protocol);
  view.setUint32(4, header.interfaceIndex);
  view.setUint16(8, header.arphrd);
  view.setUint8(10, header.packetType);
  view.setUint8(11, address.length);
  bytes.set(address, 12);
  bytes.set(payload, SLL2_LENGTH);
  return bytes;
}

function u16(data: Uint8Array, at: number): number {
  return (data[at]! << 8) | data[at + 1]!;
}

function swap16(value: number): number {
  return ((value & 0xff) << 8) | (value >>> 8);
}
