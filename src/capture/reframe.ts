// Re-framing: a captured frame of any link type as an Ethernet frame, or as the bare IP packet in it.

import { type FrameFinding, isFinding } from './finding.ts';
import {
  cookedHeader,
  ETHERNET_HEADER_LENGTH,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  linkHeader,
  networkOffset,
  SMALLEST_ETHERTYPE,
} from './link-layer.ts';
import { LINKTYPE_EN10MB } from './record.ts';

const MAC_LENGTH = 6;
const ZERO_MAC = new Uint8Array(MAC_LENGTH);

/** MAC addresses to set, as 48-bit numbers; one that is absent is not changed. */
export interface MacAddresses {
  readonly destination?: number | undefined;
  readonly source?: number | undefined;
}

/**
 * The frame as Ethernet. A frame that is Ethernet already keeps every byte but the addresses given (and is
 * the same array when none is). Any other gets a new header; an address not given is the sender's where a
 * cooked header names it, else 00:00:00:00:00:00. VLAN tags stay; nothing is padded to 60 bytes.
 */
export function toEthernet(
  linkType: number,
  data: Uint8Array,
  macs: MacAddresses = {},
): Uint8Array | FrameFinding {
  const header = linkHeader(linkType, data);
  if (isFinding(header)) return header;
  if (linkType === LINKTYPE_EN10MB) return withAddresses(data, macs);
  if (header.etherType < SMALLEST_ETHERTYPE) return { what: 'no-ether-type', value: header.etherType };
  const frame = new Uint8Array(ETHERNET_HEADER_LENGTH + data.length - header.offset);
  frame.set(senderAddress(linkType, data), MAC_LENGTH);
  frame[12] = header.etherType >>> 8;
  frame[13] = header.etherType;
  frame.set(data.subarray(header.offset), ETHERNET_HEADER_LENGTH);
  setAddresses(frame, macs);
  return frame;
}

/**
 * The IP packet in the frame, sharing its bytes. What follows the packet by its own length field, Ethernet
 * padding or a frame check sequence, is left off; a packet cut by the capture stays cut.
 */
export function toIpPacket(linkType: number, data: Uint8Array): Uint8Array | FrameFinding {
  const header = networkOffset(linkType, data);
  if (isFinding(header)) return header;
  const packet = data.subarray(header.offset);
  if (header.etherType === ETHERTYPE_IPV4) return trimmed(packet, ipv4Length(packet));
  if (header.etherType === ETHERTYPE_IPV6) return trimmed(packet, ipv6Length(packet));
  return { what: 'not-ip', value: `0x${header.etherType.toString(16).padStart(4, '0')}` };
}

/** `length` 0 means that the packet does not say: segmentation offload before the length was set. */
function trimmed(packet: Uint8Array, length: number): Uint8Array {
  return length > 0 && length < packet.length ? packet.subarray(0, length) : packet;
}

const IPV4_HEADER_LENGTH = 20;
const IPV6_HEADER_LENGTH = 40;

/** Total length (RFC 791, section 3.1); 0 when it is missing or less than a header. */
function ipv4Length(packet: Uint8Array): number {
  if (packet.length < IPV4_HEADER_LENGTH) return 0;
  const length = (packet[2]! << 8) | packet[3]!;
  return length < IPV4_HEADER_LENGTH ? 0 : length;
}

/** Payload length (RFC 8200, section 3) and the header; 0 when missing, or in a jumbogram (RFC 2675). */
function ipv6Length(packet: Uint8Array): number {
  if (packet.length < IPV6_HEADER_LENGTH) return 0;
  const payload = (packet[4]! << 8) | packet[5]!;
  return payload === 0 ? 0 : IPV6_HEADER_LENGTH + payload;
}

function withAddresses(frame: Uint8Array, macs: MacAddresses): Uint8Array {
  if (macs.destination === undefined && macs.source === undefined) return frame;
  const changed = frame.slice();
  setAddresses(changed, macs);
  return changed;
}

function setAddresses(frame: Uint8Array, { destination, source }: MacAddresses): void {
  const view = new DataView(frame.buffer, frame.byteOffset);
  if (destination !== undefined) setMac(view, 0, destination);
  if (source !== undefined) setMac(view, MAC_LENGTH, source);
}

function setMac(view: DataView, at: number, mac: number): void {
  view.setUint16(at, Math.floor(mac / 2 ** 32));
  view.setUint32(at + 2, mac % 2 ** 32);
}

/** The sender's MAC from a cooked header; zeros when there is none of six bytes. */
function senderAddress(linkType: number, data: Uint8Array): Uint8Array {
  const header = cookedHeader(linkType, data);
  return !isFinding(header) && header.address.length === MAC_LENGTH ? header.address : ZERO_MAC;
}
