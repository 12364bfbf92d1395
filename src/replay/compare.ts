// Compares what the emulated node sends with what was captured, field by field. What a kernel draws at random is
// not compared by value; what it computes from that (checksums) has to be right.
import { formatIpv4, type Ipv4 } from '../addr/ipv4.ts';
import { formatMac, type Mac } from '../addr/mac.ts';
import { type Dissection, dissect, type IsVxlanPort, isArp, type TunnelHeader } from '../trace/dissect.ts';
import { protocolName } from '../trace/packet-text.ts';
import * as arp from '../wire/arp.ts';
import { onesSum } from '../wire/checksum.ts';
import * as ethernet from '../wire/ethernet.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as icmp from '../wire/icmp.ts';
import * as ip from '../wire/ipv4.ts';
import * as udp from '../wire/udp.ts';
import * as vxlan from '../wire/vxlan.ts';
import { ChecksumState, checksumOffset, checksumResidue, checksumState } from './deferred-checksum.ts';
import type { Frame } from './frame.ts';

/** One field that is not as it should be; both values as text. */
export interface Difference {
  readonly field: string;
  readonly expected: string;
  readonly seen: string;
}

/** What has to be known of the node to compare its frames. */
export interface CompareContext {
  /** An address of the node's: what it puts into a header of its own, some of it at random. */
  isOurs(address: Ipv4): boolean;
  readonly isVxlanPort: IsVxlanPort;
  /** Whether the lab's MAC address and the capture's stand for the same device. */
  isSameMac(expected: Mac, seen: Mac): boolean;
  /** UDP source ports that the node's VXLAN devices may choose. */
  isTunnelPort(port: number): boolean;
}

const SAME: readonly Difference[] = [];

/** Nothing if the frames are the same but for what is drawn at random. */
export function compareFrames(expected: Frame, seen: Frame, context: CompareContext): readonly Difference[] {
  if (equalBytes(expected.bytes, seen.bytes)) return SAME;
  const cut = seen.isCut;
  const filled = cut ? fillFrom(expected, seen) : seen;
  const comparison = new Comparison(expected.view, filled.view, context, cut);
  comparison.frames(expected, filled);
  return comparison.differences;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** What the capture cut off cannot differ: it is taken from the other frame. */
function fillFrom(expected: Frame, seen: Frame): Frame {
  const bytes = seen.bytes.slice();
  if (expected.bytes.length > seen.captured)
    bytes.set(expected.bytes.subarray(seen.captured, bytes.length), seen.captured);
  return seen.with(bytes);
}

/** What is around the innermost packet, in words: `encapsulated to 10.0.0.7`, `in VXLAN 4096 to 10.0.0.7`, `bare`. */
export function wrappingText(view: DataView, tunnels: readonly TunnelHeader[]): string {
  const [outer] = tunnels;
  if (outer === undefined) return 'bare';
  const to = formatIpv4(ip.destination(view, outer.at));
  return outer.kind === 'ipip' ? `encapsulated to ${to}` : `in VXLAN ${outer.vni} to ${to}`;
}

class Comparison {
  readonly differences: Difference[] = [];
  private readonly e: DataView;
  private readonly s: DataView;
  private readonly context: CompareContext;
  private readonly cut: boolean;

  constructor(e: DataView, s: DataView, context: CompareContext, cut: boolean) {
    this.e = e;
    this.s = s;
    this.context = context;
    this.cut = cut;
  }

  frames(expected: Frame, seen: Frame): void {
    const inside = this.dissect(expected);
    const found = this.dissect(seen);
    if (!this.wrapping(inside.tunnels, found.tunnels)) return;
    if (expected.linkLength > 0 && seen.hasMacs) this.macs(0, 0, '');
    let before = '';
    for (let i = 0; i < inside.tunnels.length; i++) {
      this.tunnel(inside.tunnels[i]!, found.tunnels[i]!, i === 0 ? 'outer' : 'middle');
      before = 'inner ';
    }
    if (before !== '' && inside.link > 0 && found.link > 0) this.macs(inside.link, found.link, before);
    this.packets(inside, found, before);
  }

  private dissect(frame: Frame): Dissection {
    const own = (source: Ipv4): boolean => this.context.isOurs(source);
    return dissect(frame.view, frame.linkLength, own, this.context.isVxlanPort);
  }

  private add(field: string, expected: string, seen: string): void {
    this.differences.push({ field, expected, seen });
  }

  private number(field: string, expected: number, seen: number): void {
    if (expected !== seen) this.add(field, String(expected), String(seen));
  }

  private address(field: string, expected: Ipv4, seen: Ipv4): void {
    if (expected !== seen) this.add(field, formatIpv4(expected), formatIpv4(seen));
  }

  /** False if one is in a tunnel and the other is not: nothing more can be said then. */
  private wrapping(inside: readonly TunnelHeader[], found: readonly TunnelHeader[]): boolean {
    const same = inside.length === found.length && inside.every((each, i) => each.kind === found[i]!.kind);
    if (!same) this.add('encapsulation', wrappingText(this.e, inside), wrappingText(this.s, found));
    return same;
  }

  private macs(eAt: number, sAt: number, before: string): void {
    this.mac(
      `${before}destination MAC`,
      ethernet.destination(this.e, eAt),
      ethernet.destination(this.s, sAt),
    );
    this.mac(`${before}source MAC`, ethernet.source(this.e, eAt), ethernet.source(this.s, sAt));
  }

  private mac(field: string, expected: Mac, seen: Mac): void {
    if (expected !== seen && !this.context.isSameMac(expected, seen))
      this.add(field, formatMac(expected), formatMac(seen));
  }

  private tunnel(expected: TunnelHeader, seen: TunnelHeader, name: string): void {
    this.ipv4Header(expected.at, seen.at, `${name} `);
    if (expected.kind !== 'vxlan') return;
    const { e, s } = this;
    const eUdp = expected.at + ip.headerLength(e, expected.at);
    const sUdp = seen.at + ip.headerLength(s, seen.at);
    this.number('VNI', expected.vni, seen.vni);
    this.number(`${name} UDP port`, udp.destinationPort(e, eUdp), udp.destinationPort(s, sUdp));
    const port = udp.sourcePort(s, sUdp);
    if (!this.context.isTunnelPort(port))
      this.add(`${name} UDP source port`, 'one of the device’s range', String(port));
    this.number(`${name} UDP length`, udp.length(e, eUdp), udp.length(s, sUdp));
    this.number('VXLAN reserved bits', vxlan.reserved(e, eUdp + 8), vxlan.reserved(s, sUdp + 8));
    this.transportChecksum(expected.at, seen.at, `${name} UDP checksum`);
  }

  private packets(inside: Dissection, found: Dissection, before: string): void {
    if (inside.etherType !== found.etherType) {
      this.add(`${before}EtherType`, hex(inside.etherType), hex(found.etherType));
      return;
    }
    if (inside.etherType === EtherType.IPV4) this.ipv4(inside.network, found.network, before);
    else if (inside.etherType === EtherType.ARP) this.arp(inside, found);
    else this.rest(inside.network, inside.end, found.network, found.end, 'byte');
  }

  private arp(inside: Dissection, found: Dissection): void {
    const { e, s } = this;
    const [eAt, sAt] = [inside.network, found.network];
    if (!isArp(e, eAt, inside.end) || !isArp(s, sAt, found.end)) {
      this.rest(eAt, inside.end, sAt, found.end, 'ARP byte');
      return;
    }
    this.number('ARP operation', arp.operation(e, eAt), arp.operation(s, sAt));
    this.mac('ARP sender MAC', arp.senderMac(e, eAt), arp.senderMac(s, sAt));
    this.address('ARP sender', arp.senderIp(e, eAt), arp.senderIp(s, sAt));
    this.mac('ARP target MAC', arp.targetMac(e, eAt), arp.targetMac(s, sAt));
    this.address('ARP target', arp.targetIp(e, eAt), arp.targetIp(s, sAt));
  }

  /** All but the checksum's value and, in a header of the node's own, the identification. */
  private ipv4Header(eAt: number, sAt: number, before: string): void {
    const { e, s } = this;
    this.address(`${before}source`, ip.source(e, eAt), ip.source(s, sAt));
    this.address(`${before}destination`, ip.destination(e, eAt), ip.destination(s, sAt));
    this.number(`${before}TOS`, ip.tos(e, eAt), ip.tos(s, sAt));
    this.number(`${before}length`, ip.totalLength(e, eAt), ip.totalLength(s, sAt));
    if (!this.context.isOurs(ip.source(e, eAt)))
      this.number(`${before}identification`, ip.identification(e, eAt), ip.identification(s, sAt));
    if (ip.fragment(e, eAt) !== ip.fragment(s, sAt))
      this.add(`${before}fragment`, fragmentText(ip.fragment(e, eAt)), fragmentText(ip.fragment(s, sAt)));
    this.number(`${before}TTL`, ip.ttl(e, eAt), ip.ttl(s, sAt));
    if (ip.protocol(e, eAt) !== ip.protocol(s, sAt))
      this.add(`${before}protocol`, protocolName(ip.protocol(e, eAt)), protocolName(ip.protocol(s, sAt)));
    this.options(eAt, sAt, before);
    if (onesSum(s, sAt, ip.headerLength(s, sAt)) !== 0xffff)
      this.add(`${before}header checksum`, 'right', 'wrong');
  }

  private options(eAt: number, sAt: number, before: string): void {
    const expected = optionsText(this.e, eAt);
    const seen = optionsText(this.s, sAt);
    if (expected !== seen) this.add(`${before}options`, expected || 'none', seen || 'none');
  }

  private ipv4(eAt: number, sAt: number, before: string): void {
    const { e, s } = this;
    this.ipv4Header(eAt, sAt, before);
    const protocol = ip.protocol(e, eAt);
    if (protocol !== ip.protocol(s, sAt)) return;
    const eBody = eAt + ip.headerLength(e, eAt);
    const sBody = sAt + ip.headerLength(s, sAt);
    const eEnd = eAt + ip.totalLength(e, eAt);
    const sEnd = sAt + ip.totalLength(s, sAt);
    const first = (ip.fragment(e, eAt) & ip.OFFSET_MASK) === 0;
    const name = protocolName(protocol);
    if (!first || checksumOffset(protocol) < 0) this.rest(eBody, eEnd, sBody, sEnd, `${before}${name} byte`);
    else this.transport(protocol, eAt, eBody, eEnd, sAt, sBody, sEnd, `${before}${name}`);
  }

  private transport(
    protocol: number,
    eAt: number,
    eBody: number,
    eEnd: number,
    sAt: number,
    sBody: number,
    sEnd: number,
    name: string,
  ): void {
    const offset = checksumOffset(protocol);
    if (protocol === ip.IpProtocol.ICMP && this.icmpDiffers(eBody, eEnd, sBody, sEnd)) return;
    this.rest(eBody, Math.min(eEnd, eBody + offset), sBody, Math.min(sEnd, sBody + offset), `${name} byte`);
    if (eEnd - eBody >= offset + 2 && sEnd - sBody >= offset + 2) {
      this.transportChecksum(eAt, sAt, `${name} checksum`);
      this.rest(eBody + offset + 2, eEnd, sBody + offset + 2, sEnd, `${name} byte`, offset + 2);
    }
  }

  /** Names what an ICMP message says. True if nothing more is to be compared. */
  private icmpDiffers(eAt: number, eEnd: number, sAt: number, sEnd: number): boolean {
    const { e, s } = this;
    if (eEnd - eAt < icmp.ICMP_HEADER || sEnd - sAt < icmp.ICMP_HEADER) return false;
    const type = icmp.type(e, eAt);
    if (type !== icmp.type(s, sAt) || icmp.code(e, eAt) !== icmp.code(s, sAt)) {
      this.add(
        'ICMP type and code',
        `${type} ${icmp.code(e, eAt)}`,
        `${icmp.type(s, sAt)} ${icmp.code(s, sAt)}`,
      );
      return true;
    }
    if (type === icmp.IcmpType.UNREACHABLE && icmp.nextHopMtu(e, eAt) !== icmp.nextHopMtu(s, sAt)) {
      this.number('ICMP next-hop MTU', icmp.nextHopMtu(e, eAt), icmp.nextHopMtu(s, sAt));
      return true;
    }
    if (icmp.isError(type) && this.quotedDiffers(eAt + icmp.ICMP_HEADER, eEnd, sAt + icmp.ICMP_HEADER, sEnd))
      return true;
    // Receive and transmit time of the node's clock.
    return type === icmp.IcmpType.TIMESTAMP_REPLY;
  }

  /** The TTL that an error quotes tells whether it was made before or after the node lowered it. */
  private quotedDiffers(eAt: number, eEnd: number, sAt: number, sEnd: number): boolean {
    if (eEnd - eAt < ip.IPV4_HEADER || sEnd - sAt < ip.IPV4_HEADER) return false;
    const before = this.differences.length;
    this.number('quoted TTL', ip.ttl(this.e, eAt), ip.ttl(this.s, sAt));
    this.number('quoted TOS', ip.tos(this.e, eAt), ip.tos(this.s, sAt));
    return this.differences.length > before;
  }

  /** Any checksum that is right is as good as another that is; a deferred one is what a virtual device shows. */
  private transportChecksum(eAt: number, sAt: number, name: string): void {
    const { e, s } = this;
    const offset = checksumOffset(ip.protocol(e, eAt));
    const eField = e.getUint16(eAt + ip.headerLength(e, eAt) + offset);
    const sField = s.getUint16(sAt + ip.headerLength(s, sAt) + offset);
    if (eField === sField) return;
    const [eEnd, sEnd] = [eAt + ip.totalLength(e, eAt), sAt + ip.totalLength(s, sAt)];
    const expected = checksumState(e, eAt, eEnd);
    const seen = checksumState(s, sAt, sEnd);
    if (this.cut && (expected === ChecksumState.ABSENT) === (seen === ChecksumState.ABSENT)) return;
    if (isGood(expected) && isGood(seen)) return;
    if (expected === ChecksumState.WRONG && seen === ChecksumState.WRONG && this.isOffAlike(eAt, sAt)) return;
    this.add(name, checksumText(expected, eField), checksumText(seen, sField));
  }

  /** A tunnel's sum is made as if the inner one were complete (lco_csum): as long as that is deferred, it is off by it. */
  private isOffAlike(eAt: number, sAt: number): boolean {
    const { e, s } = this;
    if (ip.protocol(e, eAt) === ip.IpProtocol.ICMP) return false;
    const expected = checksumResidue(e, eAt, eAt + ip.totalLength(e, eAt));
    return expected === checksumResidue(s, sAt, sAt + ip.totalLength(s, sAt));
  }

  /** The first byte that differs in the rest of two packets, and a difference in length. */
  private rest(eAt: number, eEnd: number, sAt: number, sEnd: number, name: string, offset = 0): void {
    const { e, s } = this;
    const length = Math.min(eEnd - eAt, sEnd - sAt);
    for (let i = 0; i < length; i++) {
      const [expected, seen] = [e.getUint8(eAt + i), s.getUint8(sAt + i)];
      if (expected === seen) continue;
      this.add(`${name} ${offset + i}`, hex(expected), hex(seen));
      return;
    }
  }
}

const isGood = (state: number): boolean => state === ChecksumState.RIGHT || state === ChecksumState.DEFERRED;

function checksumText(state: number, field: number): string {
  if (state === ChecksumState.ABSENT) return 'none';
  return state === ChecksumState.WRONG ? `wrong (${hex(field)})` : isGood(state) ? 'right' : hex(field);
}

const hex = (value: number): string => `0x${value.toString(16).padStart(2, '0')}`;

function fragmentText(field: number): string {
  const words = [];
  if ((field & ip.DF) !== 0) words.push('DF');
  if ((field & ip.MF) !== 0) words.push('MF');
  const offset = (field & ip.OFFSET_MASK) << 3;
  if (offset !== 0) words.push(`offset ${offset}`);
  return words.join(' ') || 'none';
}

const OPTION_TIMESTAMP = 68;

/** The options in hexadecimal; of timestamps only that they are there: they are the node's clock. */
function optionsText(view: DataView, at: number): string {
  let text = '';
  const end = at + ip.headerLength(view, at);
  for (let i = at + ip.IPV4_HEADER; i < end; i++) {
    if (view.getUint8(i) === OPTION_TIMESTAMP) return `${text}timestamps`;
    text += view.getUint8(i).toString(16).padStart(2, '0');
  }
  return text;
}
