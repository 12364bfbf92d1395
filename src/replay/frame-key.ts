// What of a frame decides what a node does with it, as words to compare: all header fields but identifications, checksums
// and lengths, of which only what does not agree counts (padding), for what passes whole would pass if it were shorter. Only frames have a key of which the payload has no say: whole, without options or fragments, their header
// checksums right, with a TCP segment, a UDP datagram or an echo in them, bare, in IPIP or in VXLAN.
import type { CaptureRecord, PlacedRecord } from '../capture/record.ts';
import { LINKTYPE_EN10MB, LINKTYPE_IPV4, LINKTYPE_RAW } from '../capture/record.ts';
import type { IsVxlanPort } from '../trace/dissect.ts';
import { ETHERNET_HEADER, EtherType } from '../wire/ethernet.ts';
import { ICMP_HEADER, IcmpType } from '../wire/icmp.ts';
import { DF, IPV4_HEADER, IpProtocol } from '../wire/ipv4.ts';
import { TCP_HEADER } from '../wire/tcp.ts';
import { UDP_CHECKSUM_OFFSET, UDP_HEADER } from '../wire/udp.ts';
import { VXLAN_FLAG_VNI, VXLAN_HEADER } from '../wire/vxlan.ts';

/** The most that a key has: VXLAN around a segment. */
const WORDS = 24;
/** A header of 20 bytes, in the first byte. */
const VERSION_AND_LENGTH = 0x45;
const TCP_CHECKSUM_OFFSET = 16;
const DIRECTIONS = { in: 1, out: 2 } as const;
const CUT = 4;

/** The sum of a word's halves, for checksums. */
const halves = (word: number): number => (word >>> 16) + (word & 0xffff);

const fold = (sum: number): number => {
  const once = (sum & 0xffff) + (sum >>> 16);
  return (once & 0xffff) + (once >>> 16);
};

export class FrameKey {
  readonly words = new Int32Array(WORDS);
  count = 0;
  hash = 0;
  /** Bytes of the frame on the wire. */
  length = 0;
  /** Where the record begins in `view`. */
  start = 0;
  /** Offsets of the innermost packet in `view`: where it begins, and where it would end if nothing is cut off. */
  network = 0;
  end = 0;
  view: DataView = new DataView(new ArrayBuffer(0));
  private buffer: ArrayBufferLike | null = null;
  private readonly isVxlanPort: IsVxlanPort;
  /** Where the captured bytes end. */
  private limit = 0;

  constructor(isVxlanPort: IsVxlanPort) {
    this.isVxlanPort = isVxlanPort;
  }

  /** Reads the record's key; false if it has none. `linkLength` is that of the device that was captured at. */
  read(record: CaptureRecord, linkLength: number): boolean {
    const { data, linkType, originalLength } = record;
    if (!isLinkType(linkType, linkLength) || data.length > originalLength) return false;
    if (data.buffer !== this.buffer) this.lookInto(new DataView(data.buffer));
    const direction = record.direction === undefined ? 0 : DIRECTIONS[record.direction];
    return this.readFrame(data.byteOffset, data.length, originalLength, direction, linkLength);
  }

  /** The same without asking for the record's bytes as an array of their own. */
  readPlaced(record: PlacedRecord, linkLength: number): boolean {
    if (!isLinkType(record.linkType, linkLength)) return false;
    this.lookInto(record.view);
    return this.readFrame(record.at, record.length, record.originalLength, 0, linkLength);
  }

  private readFrame(
    start: number,
    captured: number,
    length: number,
    direction: number,
    linkLength: number,
  ): boolean {
    this.count = 0;
    this.hash = 0;
    this.start = start;
    this.limit = start + captured;
    this.length = length;
    this.put(captured < length ? direction + CUT : direction);
    return this.readLink(start, linkLength, start + length);
  }

  /** What offsets are in from now on; records of one block share it. */
  lookInto(view: DataView): void {
    if (view === this.view) return;
    this.view = view;
    this.buffer = view.buffer;
  }

  private put(word: number): void {
    this.words[this.count++] = word;
    const mixed = Math.imul(this.hash ^ word, 0x9e3779b1);
    this.hash = mixed ^ (mixed >>> 15);
  }

  private readLink(at: number, linkLength: number, end: number): boolean {
    if (linkLength === 0) return this.readIpv4(at, end, true);
    return this.readEthernet(at) && this.readIpv4(at + ETHERNET_HEADER, end, true);
  }

  private readEthernet(at: number): boolean {
    const { view } = this;
    if (at + ETHERNET_HEADER > this.limit || view.getUint16(at + 12) !== EtherType.IPV4) return false;
    this.put(view.getInt32(at));
    this.put(view.getInt32(at + 4));
    this.put(view.getInt32(at + 8));
    return true;
  }

  /** `isOuter`: a tunnel may be in it. */
  private readIpv4(at: number, end: number, isOuter: boolean): boolean {
    const { view } = this;
    const body = at + IPV4_HEADER;
    if (body > this.limit) return false;
    const first = view.getInt32(at);
    const second = view.getInt32(at + 4);
    const third = view.getInt32(at + 8);
    const source = view.getInt32(at + 12);
    const destination = view.getInt32(at + 16);
    const stop = at + (first & 0xffff);
    if (first >>> 24 !== VERSION_AND_LENGTH || stop < body || stop > end) return false;
    if (((second & 0xffff) | DF) !== DF || isGroup(destination)) return false;
    const sum = halves(first) + halves(second) + halves(third) + halves(source) + halves(destination);
    if (fold(sum) !== 0xffff) return false;
    this.put(((end - stop) << 16) | (first >>> 16));
    this.put((third & 0xffff0000) | (second & 0xffff));
    this.put(source);
    this.put(destination);
    this.network = at;
    this.end = stop;
    return this.readBody((third >>> 16) & 0xff, body, stop, isOuter, halves(source) + halves(destination));
  }

  private readBody(protocol: number, at: number, end: number, isOuter: boolean, ends: number): boolean {
    if (protocol === IpProtocol.TCP) return this.readSegment(protocol, at, end, TCP_HEADER, ends);
    if (protocol === IpProtocol.IPIP) return isOuter && this.readIpv4(at, end, false);
    if (protocol === IpProtocol.ICMP) return this.readEcho(at, end);
    if (protocol !== IpProtocol.UDP || at + UDP_HEADER > this.limit) return false;
    if (!this.isVxlanPort(this.view.getUint16(at + 2)))
      return this.readSegment(protocol, at, end, UDP_HEADER, ends);
    return isOuter && this.readVxlan(at, end);
  }

  /** Ports, and whether the checksum is still to be completed. */
  private readSegment(protocol: number, at: number, end: number, header: number, ends: number): boolean {
    const length = end - at;
    if (length < header || at + header > this.limit) return false;
    const { view } = this;
    const offset = protocol === IpProtocol.TCP ? TCP_CHECKSUM_OFFSET : UDP_CHECKSUM_OFFSET;
    this.put(view.getInt32(at));
    this.put(view.getUint16(at + offset) === fold(ends + protocol + length) ? 1 : 0);
    return true;
  }

  /** Requests and replies; their numbers have no say. */
  private readEcho(at: number, end: number): boolean {
    if (end - at < ICMP_HEADER || at + ICMP_HEADER > this.limit) return false;
    const type = this.view.getUint8(at);
    this.put(this.view.getUint16(at));
    return type === IcmpType.ECHO || type === IcmpType.ECHO_REPLY;
  }

  /** Without a checksum of its own, as tunnels send it. */
  private readVxlan(at: number, end: number): boolean {
    const { view } = this;
    const header = at + UDP_HEADER;
    const link = header + VXLAN_HEADER;
    if (link + ETHERNET_HEADER > end || link > this.limit) return false;
    if (view.getInt32(header) !== VXLAN_FLAG_VNI || view.getUint16(at + UDP_CHECKSUM_OFFSET) !== 0)
      return false;
    this.put(view.getInt32(at));
    this.put(end - at - view.getUint16(at + 4));
    this.put(view.getInt32(header));
    this.put(view.getInt32(header + 4));
    return this.readEthernet(link) && this.readIpv4(link + ETHERNET_HEADER, end, false);
  }
}

/** A frame of this type is as a device with link headers of that length has it. */
const isLinkType = (linkType: number, linkLength: number): boolean =>
  linkLength === 0 ? linkType === LINKTYPE_RAW || linkType === LINKTYPE_IPV4 : linkType === LINKTYPE_EN10MB;

/** Multicast, reserved, broadcast. */
const isGroup = (address: number): boolean => address >>> 29 === 7;
