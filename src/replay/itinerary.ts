// Which vantage points a packet passes on its way, by the model: it is sent through a whole lab, from the host that has
// its source address to wherever it ends. Packets of one kind take one way, which is remembered.
import type { Ipv4 } from '../addr/ipv4.ts';
import { MAC_ZERO, type Mac } from '../addr/mac.ts';
import { RouteResult } from '../ip/route.ts';
import type { Lab } from '../lab/lab.ts';
import { enqueue } from '../link/transmit.ts';
import type { Device, Tap } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Packet } from '../packet/packet.ts';
import type { IsVxlanPort } from '../trace/dissect.ts';
import * as ethernet from '../wire/ethernet.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import { VXLAN_PORT_IANA, VXLAN_PORT_LINUX } from '../wire/vxlan.ts';
import { findDeferred } from './deferred-checksum.ts';
import { Frame } from './frame.ts';
import { hashKind, type Identity, identify, WHOLE } from './identity.ts';
import { sendOwnPacket } from './own-packet.ts';

/** Longer than any capture: 30 years in microseconds. */
const NEVER = 1e15;
/** Kinds of packets whose way is remembered. */
const LIMIT = 65_536;
const TTL_MAX = 255;
/** Of a sender that is only known to be there. */
const SOMEBODY = 0x02fe00000001 as Mac;

/** A packet at a vantage point, on its way in or out. */
export interface Passage {
  /** Which of the vantage points. */
  readonly place: number;
  readonly outgoing: boolean;
}

/** A passage, and the innermost packet's TTL there. */
interface Seen extends Passage {
  readonly ttl: number;
}

/** UDP ports behind which VXLAN is looked for: the usual ones and those of the lab's devices. */
export function vxlanPortsOf({ kernel }: Lab): IsVxlanPort {
  const ports = new Set([VXLAN_PORT_IANA, VXLAN_PORT_LINUX]);
  for (const namespace of kernel.namespaces)
    for (const { vxlan } of namespace.vxlanDevices) ports.add(vxlan!.port);
  return (port) => ports.has(port);
}

const NOWHERE: readonly Passage[] = [];

/** Finds the ways of packets through a lab that is nobody else's. */
export class Itineraries {
  readonly isVxlanPort: IsVxlanPort;
  private readonly lab: Lab;
  private readonly devices: readonly Device[];
  private readonly hosts = new Map<Ipv4, Namespace>();
  private readonly ways = new Map<number, readonly Passage[]>();
  private readonly route = new RouteResult();
  private trace = 0;
  private hash = 0;
  private seen: Seen[] = [];

  constructor(lab: Lab, devices: readonly Device[]) {
    this.lab = lab;
    this.devices = devices;
    this.isVxlanPort = vxlanPortsOf(lab);
    lab.settle();
    for (const namespace of lab.kernel.namespaces) this.prepare(namespace);
    for (const [place, device] of devices.entries())
      device.taps = [...(device.taps ?? []), this.tapAt(place)];
  }

  /** The hosts' addresses; and neighbours answer at once and are not forgotten, for there is no time here. */
  private prepare({ devices }: Namespace): void {
    for (const device of devices.values()) {
      for (const { local } of device.addresses)
        if (!device.loopback && !this.hosts.has(local)) this.hosts.set(local, device.namespace);
      device.neighConf.baseReachableTime = NEVER;
      device.neighConf.reachableTime = 0;
      device.neighConf.delayProbeTime = NEVER;
      device.neighConf.proxyDelay = 0;
    }
  }

  private tapAt(place: number): Tap {
    const frame = (device: Device, packet: Packet, outgoing: boolean): void => {
      if (packet.trace !== this.trace) return;
      const bytes = packet.bytes.slice(packet.head, packet.tail);
      const copy = new Frame(bytes, device.headerLength);
      const identity = identify(copy, WHOLE, this.isVxlanPort);
      if (identity?.hash !== this.hash) return;
      this.seen.push({ place, outgoing, ttl: ip.ttl(copy.view, identity.found.network) });
    };
    return { frame };
  }

  /**
   * The passages of a packet that was seen at vantage point `place`, from first to last; none if the model never leads
   * it by there. `outgoing` is null if nobody knows.
   */
  wayOf(frame: Frame, identity: Identity, place: number, outgoing: boolean | null): readonly Passage[] {
    const kind = hashKind(frame.view, identity.found, place * 2 + Number(outgoing === true));
    const known = this.ways.get(kind);
    if (known !== undefined) return known;
    if (this.ways.size >= LIMIT) this.ways.clear();
    const way = this.findWay(frame, identity, place, outgoing === true);
    this.ways.set(kind, way);
    return way;
  }

  private findWay(frame: Frame, { found }: Identity, place: number, isSent: boolean): readonly Passage[] {
    const packet = frame.bytes.slice(found.network, found.end);
    const way = this.fromSource(packet, place) ?? this.fromPlace(packet, place, isSent);
    return way.some((passage) => passage.place === place) ? way : NOWHERE;
  }

  /** From the host that has its source address; null if nobody has it, or if it does not come by `place`. */
  private fromSource(packet: Uint8Array, place: number): readonly Passage[] | null {
    const view = new DataView(packet.buffer);
    const host = this.hosts.get(ip.source(view, 0));
    if (host === undefined) return null;
    const ttl = ip.ttl(view, 0);
    const farthest = this.send(host, withTtl(packet, TTL_MAX));
    const here = farthest.find((passage) => passage.place === place);
    if (here === undefined) return null;
    const first = Math.min(TTL_MAX, ttl + TTL_MAX - here.ttl);
    return this.send(host, withTtl(packet, first));
  }

  /** From where it was seen: it came in there, or the host there sent it. */
  private fromPlace(packet: Uint8Array, place: number, isSent: boolean): readonly Passage[] {
    const device = this.devices[place]!;
    const sent = this.send(device.namespace, packet);
    if (sent[0]?.place === place) return sent;
    if (isSent || device.port !== null) return NOWHERE;
    return this.receive(device, packet);
  }

  private send(host: Namespace, bytes: Uint8Array): readonly Seen[] {
    const packet = this.begin(bytes, 0);
    sendOwnPacket(host, packet, null, this.route);
    return this.run();
  }

  private receive(device: Device, bytes: Uint8Array): readonly Seen[] {
    const { headerLength } = device;
    const frame = new Uint8Array(headerLength + bytes.length);
    frame.set(bytes, headerLength);
    const from = device.peer?.address ?? MAC_ZERO;
    if (headerLength > 0)
      ethernet.write(
        new DataView(frame.buffer),
        0,
        device.address,
        from === MAC_ZERO ? SOMEBODY : from,
        EtherType.IPV4,
      );
    enqueue(this.lab.kernel, device, this.begin(frame, headerLength));
    return this.run();
  }

  private begin(bytes: Uint8Array, linkLength: number): Packet {
    const { kernel } = this.lab;
    const packet = kernel.pool.from(bytes);
    this.trace = kernel.nextTrace();
    packet.trace = this.trace;
    packet.protocol = EtherType.IPV4;
    findDeferred(packet, linkLength);
    this.seen = [];
    this.hash = identify(new Frame(bytes, linkLength), WHOLE, this.isVxlanPort)?.hash ?? -1;
    return packet;
  }

  private run(): readonly Seen[] {
    this.lab.settle();
    return this.seen;
  }
}

function withTtl(packet: Uint8Array, ttl: number): Uint8Array {
  const bytes = packet.slice();
  const view = new DataView(bytes.buffer);
  ip.setTtl(view, 0, ttl);
  ip.fillChecksum(view, 0);
  return bytes;
}
