// One captured frame in the form in which the device at the vantage has it: Ethernet, or a bare IPv4 packet.

import { type FrameFinding, findingSentence, isFinding } from '../capture/finding.ts';
import {
  type CookedHeader,
  cookedHeader,
  ETHERNET_HEADER_LENGTH,
  PACKET_OUTGOING,
} from '../capture/link-layer.ts';
import {
  type CaptureRecord,
  type Direction,
  LINKTYPE_EN10MB,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
} from '../capture/record.ts';
import { toEthernet, toIpPacket } from '../capture/reframe.ts';

/** Longer frames are no frames: an IPv4 packet with VXLAN around it and a link header. */
const LENGTH_LIMIT = 65_535 + 100;
const IPV4_HEADER_LENGTH = 20;
const ETHERTYPE_IPV4 = 0x0800;

export class Frame {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** 14 in front of the network header, or 0. */
  readonly linkLength: number;
  /** The MAC addresses are the capture's; false where its link type has none. */
  readonly hasMacs: boolean;
  /** Bytes that were captured; those behind them are zeros in the place of what was cut off. */
  readonly captured: number;

  constructor(bytes: Uint8Array, linkLength: number, hasMacs = linkLength > 0, captured = bytes.length) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.linkLength = linkLength;
    this.hasMacs = hasMacs;
    this.captured = captured;
  }

  get isCut(): boolean {
    return this.captured < this.bytes.length;
  }

  /** With bytes of its own. */
  copy(): Frame {
    return this.with(this.bytes.slice());
  }

  /** The same frame with other bytes, which are this object's from here on. */
  with(bytes: Uint8Array): Frame {
    return new Frame(bytes, this.linkLength, this.hasMacs, Math.min(this.captured, bytes.length));
  }
}

/** What could be made of a record: a frame, and the direction if the capture says it. */
export interface Framed {
  readonly frame: Frame;
  readonly direction: Direction | null;
}

/** Why a record cannot be compared, in words. */
export interface Unframed {
  readonly why: string;
}

/**
 * The record as `linkLength` 14 or 0 bytes of link header ask for it. `fcsLength` bytes at the end of each frame are
 * the card's and not the sender's.
 */
export function frameOf(record: CaptureRecord, linkLength: number, fcsLength: number): Framed | Unframed {
  const { linkType, data, originalLength } = record;
  if (originalLength > LENGTH_LIMIT) return { why: `${originalLength} bytes are no frame` };
  const whole = fcsLength > 0 && data.length === originalLength && data.length > fcsLength;
  const bytes = whole ? data.subarray(0, data.length - fcsLength) : data;
  const lost = Math.max(0, originalLength - data.length);
  const direction = record.direction ?? cookedDirection(linkType, data);
  if (linkLength === 0) return bare(linkType, bytes, lost, direction);
  const ethernet = toEthernet(linkType, bytes);
  if (isFinding(ethernet)) return { why: findingSentence(ethernet) };
  const hasMacs = linkType === LINKTYPE_EN10MB;
  return { frame: padded(ethernet, ETHERNET_HEADER_LENGTH, hasMacs, lost), direction };
}

function bare(
  linkType: number,
  data: Uint8Array,
  lost: number,
  direction: Direction | null,
): Framed | Unframed {
  const packet: Uint8Array | FrameFinding = toIpPacket(linkType, data);
  if (isFinding(packet)) return { why: findingSentence(packet) };
  if (packet.length > 0 && packet[0]! >>> 4 === 6) return { why: 'IPv6' };
  return { frame: padded(packet, 0, false, lost), direction };
}

/** Zeros in the place of what the capture cut off, as far as the packet's own length says that there was more. */
function padded(bytes: Uint8Array, linkLength: number, hasMacs: boolean, lost: number): Frame {
  if (lost === 0) return new Frame(bytes, linkLength, hasMacs);
  const whole = new Uint8Array(Math.min(bytes.length + lost, linkLength + ipv4Length(bytes, linkLength)));
  if (whole.length <= bytes.length) return new Frame(bytes, linkLength, hasMacs);
  whole.set(bytes);
  return new Frame(whole, linkLength, hasMacs, bytes.length);
}

/** Total length of the IPv4 packet behind the link header; no limit for anything else. */
function ipv4Length(bytes: Uint8Array, at: number): number {
  const isIpv4 = at === 0 || ((bytes[12]! << 8) | bytes[13]!) === ETHERTYPE_IPV4;
  if (!isIpv4 || bytes.length < at + IPV4_HEADER_LENGTH) return LENGTH_LIMIT;
  return (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

function cookedDirection(linkType: number, data: Uint8Array): Direction | null {
  if (linkType !== LINKTYPE_LINUX_SLL && linkType !== LINKTYPE_LINUX_SLL2) return null;
  const header: CookedHeader | FrameFinding = cookedHeader(linkType, data);
  if (isFinding(header)) return null;
  return header.packetType === PACKET_OUTGOING ? 'out' : 'in';
}
