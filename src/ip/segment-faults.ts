// A segment of the underlay that misbehaves because it was asked to: what clouds and their firewalls do to frames
// between two NICs. A bridge stands for the segment; frames are judged once, where they enter it.
import { formatIpv4, type Ipv4 } from '../addr/ipv4.ts';
import { Drop, type DropReason } from '../drop/reasons.ts';
import type { Device, SegmentFilter } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { type Packet, PacketType } from '../packet/packet.ts';
import { SECOND } from '../time/clock.ts';
import * as arp from '../wire/arp.ts';
import { ETHERNET_HEADER, EtherType, etherType } from '../wire/ethernet.ts';
import * as icmp from '../wire/icmp.ts';
import { IcmpType, UnreachableCode } from '../wire/icmp.ts';
import * as ip from '../wire/ipv4.ts';
import * as udp from '../wire/udp.ts';
import { sendIcmpError } from './icmp-error.ts';
import { completeChecksum } from './offload.ts';
import { fragment } from './output.ts';

/** How a segment, or one NIC's way into it, misbehaves. */
export interface SegmentFaults {
  /** IP protocols that are not carried, for example 4. */
  readonly dropProtocols: readonly number[];
  /** Destination ports of UDP that is not carried, for example 4789. */
  readonly dropUdpPorts: readonly number[];
  /** By the name of a port: the only addresses that may be a source there, of ARP too. A port not named is not asked. */
  readonly checkSource: ReadonlyMap<string, readonly Ipv4[]> | null;
  /** Longest IPv4 packet; 0 for no limit but the devices' own. */
  readonly mtu: number;
  /**
   * What becomes of a packet that is too long. `answer`: the router that the bridge belongs to fragments it or tells
   * its sender (RFC 1191 section 3). `swallow`: it is lost in silence, and so is every ICMP error that passes.
   */
  readonly icmp: 'answer' | 'swallow';
}

export const NO_FAULTS: SegmentFaults = {
  dropProtocols: [],
  dropUdpPorts: [],
  checkSource: null,
  mtu: 0,
  icmp: 'answer',
};

type Pass = (device: Device, packet: Packet) => void;

/** How long the fragments of a datagram are remembered: as long as a receiver waits for them (ipfrag_time). */
const FRAGMENT_TIME = 30 * SECOND;
const FRAGMENTS_MAX = 1024;

/** The faults of one bridge and of its ports. */
export class FaultySegment implements SegmentFilter {
  /** Of the bridge itself, which is the whole segment, or of a port. */
  readonly faults = new Map<Device, SegmentFaults>();
  /**
   * Datagrams whose first fragment was dropped for its port, and until when. The others carry no ports; they are
   * dropped too, as by a firewall that tracks connections (AWS security groups do). One that overtook the first passes.
   */
  private readonly broken = new Map<string, number>();

  enter(device: Device, packet: Packet, pass: Pass): void {
    const bridge = device.port?.bridge ?? device;
    const whole = this.faults.get(bridge) ?? NO_FAULTS;
    const own = device === bridge ? NO_FAULTS : (this.faults.get(device) ?? NO_FAULTS);
    const at = packet.head + ETHERNET_HEADER;
    const type = etherType(packet.view, packet.head);
    if (type === EtherType.IPV4 && isWhole(packet, at)) this.enterIpv4(device, packet, at, whole, own, pass);
    else if (
      type === EtherType.ARP &&
      (!arpAllowed(whole, device, packet, at) || !arpAllowed(own, device, packet, at))
    )
      end(device, packet, Drop.UNDERLAY_SOURCE, sourceText(arp.senderIp(packet.view, at)));
    else pass(device, packet);
  }

  private enterIpv4(
    device: Device,
    packet: Packet,
    at: number,
    whole: SegmentFaults,
    own: SegmentFaults,
    pass: Pass,
  ): void {
    const refused = this.refuses(whole, device, packet, at) ?? this.refuses(own, device, packet, at);
    if (refused !== null) {
      end(device, packet, refused, refusalText(refused, packet, at));
      return;
    }
    const faults = own.mtu !== 0 && (whole.mtu === 0 || own.mtu < whole.mtu) ? own : whole;
    if (faults.mtu === 0 || ip.totalLength(packet.view, at) <= faults.mtu) pass(device, packet);
    else tooLong(device, packet, at, faults, pass);
  }

  private refuses(
    faults: SegmentFaults,
    device: Device,
    { view, tail }: Packet,
    at: number,
  ): DropReason | null {
    if (!sourceAllowed(faults, device, ip.source(view, at))) return Drop.UNDERLAY_SOURCE;
    const protocol = ip.protocol(view, at);
    if (faults.dropProtocols.includes(protocol)) return Drop.UNDERLAY_PROTOCOL;
    if (protocol === ip.IpProtocol.UDP && this.refusesUdp(faults, device, view, at, tail))
      return Drop.UNDERLAY_UDP_PORT;
    return faults.icmp === 'swallow' && isIcmpError(view, at, tail) ? Drop.UNDERLAY_ICMP : null;
  }

  private refusesUdp(
    faults: SegmentFaults,
    device: Device,
    view: DataView,
    at: number,
    tail: number,
  ): boolean {
    if (faults.dropUdpPorts.length === 0) return false;
    const { now } = device.namespace.kernel.clock;
    const field = ip.fragment(view, at);
    if ((field & ip.OFFSET_MASK) !== 0)
      return this.broken.size > 0 && (this.broken.get(datagramOf(view, at)) ?? 0) > now;
    const transport = at + ip.headerLength(view, at);
    if (transport + udp.UDP_HEADER > tail) return false;
    if (!faults.dropUdpPorts.includes(udp.destinationPort(view, transport))) return false;
    if ((field & ip.MF) !== 0) this.remember(datagramOf(view, at), now + FRAGMENT_TIME);
    return true;
  }

  private remember(datagram: string, until: number): void {
    this.broken.delete(datagram);
    this.broken.set(datagram, until);
    if (this.broken.size > FRAGMENTS_MAX) this.broken.delete(this.broken.keys().next().value as string);
  }
}

/** The frame has all of the IPv4 packet that its header claims; any other is for the hosts to refuse. */
function isWhole({ view, tail }: Packet, at: number): boolean {
  if (tail - at < ip.IPV4_HEADER || ip.version(view, at) !== 4) return false;
  const header = ip.headerLength(view, at);
  const total = ip.totalLength(view, at);
  return header >= ip.IPV4_HEADER && total >= header && total <= tail - at;
}

/** What fragments of one datagram share (RFC 791 section 3.2). */
const datagramOf = (view: DataView, at: number): string =>
  `${ip.source(view, at)} ${ip.destination(view, at)} ${ip.identification(view, at)}`;

const sourceAllowed = ({ checkSource }: SegmentFaults, device: Device, source: Ipv4): boolean =>
  checkSource?.get(device.name)?.includes(source) ?? true;

/** An ARP probe has no sender yet (RFC 5227 section 2.1.1). */
function arpAllowed(faults: SegmentFaults, device: Device, { view, tail }: Packet, at: number): boolean {
  if (faults.checkSource === null || tail - at < arp.ARP_LENGTH || !arp.isIpv4OverEthernet(view, at))
    return true;
  const sender = arp.senderIp(view, at);
  return sender === 0 || sourceAllowed(faults, device, sender);
}

function isIcmpError(view: DataView, at: number, tail: number): boolean {
  if (ip.protocol(view, at) !== ip.IpProtocol.ICMP || (ip.fragment(view, at) & ip.OFFSET_MASK) !== 0)
    return false;
  const message = at + ip.headerLength(view, at);
  return message < tail && icmp.isError(icmp.type(view, message));
}

function tooLong(device: Device, packet: Packet, at: number, faults: SegmentFaults, pass: Pass): void {
  const { view } = packet;
  const { namespace } = device;
  const length = ip.totalLength(view, at);
  const df = (ip.fragment(view, at) & ip.DF) !== 0;
  if (faults.icmp === 'swallow') {
    end(device, packet, Drop.UNDERLAY_MTU, `${length} > ${faults.mtu}; no ICMP reaches the sender`);
  } else if (df || faults.mtu - ip.headerLength(view, at) < 8) {
    tellMtu(namespace, packet, at, faults.mtu);
    end(device, packet, Drop.UNDERLAY_MTU, `${length} > ${faults.mtu} and DF is set`);
  } else cutFrame(device, packet, at, faults.mtu, pass);
}

/** Fragmentation needed, from the router, whose route back to the sender chooses the address. */
function tellMtu(namespace: Namespace, packet: Packet, at: number, mtu: number): void {
  packet.network = at;
  packet.type = PacketType.HOST;
  sendIcmpError(namespace, packet, 0, IcmpType.UNREACHABLE, UnreachableCode.FRAGMENTATION_NEEDED, mtu, null);
}

/** A frame that is cut: where it entered, and itself, whose Ethernet header every piece has too. */
interface CutFrame {
  readonly device: Device;
  readonly packet: Packet;
  readonly pass: Pass;
}

function cutFrame(device: Device, packet: Packet, at: number, mtu: number, pass: Pass): void {
  packet.pull(ETHERNET_HEADER);
  packet.trim(ip.totalLength(packet.view, at));
  if (packet.checksumStart !== 0) completeChecksum(packet);
  fragment(device.namespace, packet, mtu, passPiece, { device, packet, pass });
}

function passPiece(_namespace: Namespace, piece: Packet, { device, packet, pass }: CutFrame): boolean {
  const at = piece.push(ETHERNET_HEADER);
  piece.bytes.set(packet.bytes.subarray(packet.head - ETHERNET_HEADER, packet.head), at);
  piece.link = at;
  pass(device, piece);
  return true;
}

const sourceText = (source: Ipv4): string => `source ${formatIpv4(source)} is no address of this NIC`;

function refusalText(reason: DropReason, { view }: Packet, at: number): string {
  if (reason === Drop.UNDERLAY_SOURCE) return sourceText(ip.source(view, at));
  if (reason === Drop.UNDERLAY_PROTOCOL) return `it carries no IP protocol ${ip.protocol(view, at)}`;
  if (reason === Drop.UNDERLAY_ICMP) return 'it carries no ICMP errors';
  if ((ip.fragment(view, at) & ip.OFFSET_MASK) !== 0) return 'a fragment of UDP that it does not carry';
  return `it carries no UDP to port ${udp.destinationPort(view, at + ip.headerLength(view, at))}`;
}

/** Says why in words to whoever listens, and drops the packet under its reason. */
function end(device: Device, packet: Packet, reason: DropReason, words: string): void {
  const { namespace } = device;
  const { kernel } = namespace;
  kernel.observer?.note?.(namespace, packet, `dropped by the underlay: ${words}`);
  kernel.drop(namespace, packet, reason, device);
}
