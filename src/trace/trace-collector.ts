// Follows packets by their trace through all namespaces of a lab, and writes down each step with what decided.
import { formatIpv4 } from '../addr/ipv4.ts';
import { Drop, type DropReason, dropName } from '../drop/reasons.ts';
import { RouteType } from '../fib/route.ts';
import type { Lab } from '../lab/lab.ts';
import { NudState } from '../neigh/neighbour.ts';
import { type Device, Kind, type Tap } from '../netns/device.ts';
import type { Observer, PacketEvent, PacketRoute } from '../netns/kernel.ts';
import type { Namespace } from '../netns/namespace.ts';
import { type Packet, PacketFlag, PacketType } from '../packet/packet.ts';
import * as ip from '../wire/ipv4.ts';
import { ArpWatch } from './arp-watch.ts';
import { whyDropped } from './drop-why.ts';
import { type Explained, JourneyRecord, type Writable } from './journey-record.ts';
import { bridgeStep, copiesMade, decapsulateStep, fdbStep } from './link-step.ts';
import { neighbourText } from './neighbour-text.ts';
import { deliveredTo, factsOf } from './packet-facts.ts';
import { flowOf, lookUp, refusalStep, reversePathFilter, routeStep, sourceStep } from './route-step.ts';
import type { RouteStep, Step } from './trace-types.ts';
import { encapsulateStep, mtuStep } from './tunnel-step.ts';

/** A frame as a device saw it. */
export interface SeenFrame {
  readonly device: Device;
  /** Virtual microseconds since 1970. */
  readonly time: number;
  readonly outgoing: boolean;
  readonly bytes: Uint8Array;
  /** The packet that it belongs to, and why it is here; ARP messages belong to the packet that waits for them. */
  readonly explained: Explained;
}

/** How a packet ends that its host has no taker for. */
const REFUSALS: ReadonlySet<DropReason> = new Set([Drop.NO_SOCKET, Drop.TCP_NO_SOCKET, Drop.IP_NOPROTO]);

/** The first fragment tells of the MTU; the others are no longer. */
const isLaterFragment = ({ view, head }: Packet): boolean => (ip.fragment(view, head) & ip.OFFSET_MASK) !== 0;

/** Of a packet that routing refuses: by a route or a rule, where forwarding is on (ip_error). */
function refused(namespace: Namespace, packet: Packet, { type }: PacketRoute): RouteStep | null {
  const device = namespace.devices.get(packet.inputIndex);
  if (type !== RouteType.UNREACHABLE || device?.conf.forwarding !== 1) return null;
  const found = lookUp(namespace, flowOf(packet, packet.inputIndex));
  return refusalStep(namespace, ip.destination(packet.view, packet.head), found, 'input');
}

const isTunnel = ({ kind }: Device): boolean => kind === Kind.IPIP || kind === Kind.VXLAN;

export class TraceCollector implements Observer, Tap {
  readonly everywhere = true;
  readonly frames: SeenFrame[] = [];
  /** In the order in which they began. */
  readonly journeys: JourneyRecord[] = [];
  private readonly lab: Lab;
  private readonly byTrace = new Map<number, JourneyRecord>();
  private readonly hosts = new Map<Namespace, string>();
  private readonly devices: Device[] = [];
  private readonly arp = new ArpWatch((device) => this.nameOf(device));

  constructor(lab: Lab) {
    this.lab = lab;
    for (const [name, namespace] of lab.names) this.hosts.set(namespace, name);
    for (const namespace of lab.kernel.namespaces) this.devices.push(...namespace.devices.values());
    for (const device of this.devices) device.taps = [...(device.taps ?? []), this];
    lab.kernel.observer = this;
  }

  /** Lets go of the lab. */
  close(): void {
    this.lab.kernel.observer = null;
    for (const device of this.devices) {
      const others = (device.taps ?? []).filter((tap) => tap !== this);
      device.taps = others.length === 0 ? null : others;
    }
  }

  /** Follows a packet that is about to be made; its trace is in the record. */
  follow(by: Namespace, cause: JourneyRecord | null): JourneyRecord {
    const record = new JourneyRecord(this.lab.kernel.nextTrace(), cause, by);
    this.journeys.push(record);
    this.byTrace.set(record.trace, record);
    return record;
  }

  /** The record of a packet that is followed. */
  recordOf(packet: Packet): JourneyRecord | null {
    return this.byTrace.get(packet.trace) ?? null;
  }

  hostOf(namespace: Namespace): string {
    return this.hosts.get(namespace) ?? namespace.name;
  }

  /** Every packet has ended. */
  get isQuiet(): boolean {
    return this.journeys.every(({ live }) => live <= 0);
  }

  /** `node1:eth0`; `:lan0` in the initial namespace. */
  nameOf(device: Device): string {
    const host = this.hostOf(device.namespace);
    return `${host}:${device.name}`;
  }

  private add<S extends Step>(record: JourneyRecord, namespace: Namespace, step: S): S {
    return record.add(namespace, this.hostOf(namespace), step);
  }

  // ---- frames ----------------------------------------------------------------------------------------------

  frame(device: Device, packet: Packet, outgoing: boolean): void {
    const record = this.byTrace.get(Math.abs(packet.trace));
    if (record === undefined) return;
    if (packet.trace < 0) this.arp.frame(record.trace, device, packet, outgoing);
    else if (outgoing) this.sent(record, device);
    else this.received(record, device);
    const explained = packet.trace < 0 ? { record, steps: [] } : record.explain(outgoing);
    const bytes = packet.bytes.slice(packet.head, packet.tail);
    this.frames.push({ device, time: this.lab.kernel.clock.now, outgoing, bytes, explained });
  }

  private sent(record: JourneyRecord, device: Device): void {
    if (device.kind !== Kind.VETH && device.kind !== Kind.DUMMY) return;
    const to = device.peer === null ? '' : this.nameOf(device.peer);
    this.add(record, device.namespace, { kind: 'send', times: 1, device: device.name, to });
  }

  /** What a tunnel unwrapped, and what a bridge took from its port, was told of before. */
  private received(record: JourneyRecord, device: Device): void {
    if (isTunnel(device) || device.loopback || device.kind === Kind.BRIDGE) return;
    this.add(record, device.namespace, { kind: 'receive', times: 1, device: device.name });
  }

  // ---- ends ------------------------------------------------------------------------------------------------

  deliver(namespace: Namespace, packet: Packet): void {
    const record = this.byTrace.get(packet.trace);
    if (record === undefined) return;
    record.live--;
    this.delivered(record, namespace, packet);
  }

  private delivered(record: JourneyRecord, namespace: Namespace, packet: Packet): void {
    const to = deliveredTo(packet);
    record.ends.push({ kind: 'delivered', host: this.hostOf(namespace), to });
    this.add(record, namespace, { kind: 'deliver', times: 1, to });
  }

  note(_namespace: Namespace, packet: Packet, what: string): void {
    const record = this.byTrace.get(packet.trace);
    if (record !== undefined) record.note = what;
  }

  drop(namespace: Namespace, packet: Packet, reason: DropReason, device: Device | null): void {
    const record = this.byTrace.get(packet.trace);
    if (record === undefined) return;
    record.live--;
    const isItself = this.isItself(record, packet);
    if (isItself && REFUSALS.has(reason) && record.cause !== null && namespace === record.cause.by) {
      this.delivered(record, namespace, packet);
      return;
    }
    if (reason === Drop.NEIGH_FAILED) this.arp.failed(record.trace);
    const why = this.whyDropped(record, namespace, packet, reason, device);
    const kind = isItself && REFUSALS.has(reason) ? 'refused' : 'dropped';
    const [host, name] = [this.hostOf(namespace), device?.name ?? ''];
    record.ends.push({ kind, host, device: name, reason: dropName(reason), why });
    this.add(record, namespace, { kind: 'drop', times: 1, device: name, reason: dropName(reason), why });
  }

  /** The packet that was sent, and not one that a tunnel made of it. */
  private isItself({ facts }: JourneyRecord, { view, network }: Packet): boolean {
    if (facts === null) return false;
    return (
      ip.destination(view, network) === facts.destination &&
      ip.source(view, network) === facts.source &&
      ip.protocol(view, network) === facts.protocol
    );
  }

  private whyDropped(
    record: JourneyRecord,
    namespace: Namespace,
    packet: Packet,
    reason: DropReason,
    device: Device | null,
  ): string {
    const { note } = record;
    record.note = '';
    if (note !== '') return note;
    const why = this.plainWhy(record, namespace, packet, reason, device);
    const mode = this.isItself(record, packet) ? null : record.tunnelMode;
    return mode === null ? why : `after ${mode} encapsulation: ${why}`;
  }

  private plainWhy(
    record: JourneyRecord,
    namespace: Namespace,
    packet: Packet,
    reason: DropReason,
    device: Device | null,
  ): string {
    const neighbour = reason === Drop.NEIGH_FAILED ? record.latestOf('neighbour') : null;
    if (neighbour !== null) return `${neighbour.entry}, nobody answered: ${neighbour.notes.join('; ')}`;
    const mtu = reason === Drop.PKT_TOO_BIG ? record.latestOf('mtu') : null;
    if (mtu?.verdict === 'too big') return `${mtu.size} > ${mtu.mtu} at ${mtu.device}, and DF is set`;
    return whyDropped({ namespace, packet, reason, device, nameOf: (named) => this.nameOf(named) });
  }

  // ---- steps -----------------------------------------------------------------------------------------------

  step(namespace: Namespace, packet: Packet, event: PacketEvent): void {
    const record = this.byTrace.get(packet.trace);
    if (record === undefined) return;
    switch (event.kind) {
      case 'input':
        this.input(record, namespace, packet, event.route);
        return;
      case 'output':
        this.output(record, namespace, packet, event.route, event.mtu);
        return;
      case 'tooBig':
        this.tooBig(record, namespace, packet, event.device, event.mtu);
        return;
      case 'fragmented':
        this.fragmented(record, event.pieces);
        return;
      case 'reassembled':
        record.live -= event.pieces - 1;
        this.add(record, namespace, {
          kind: 'reassemble',
          times: 1,
          pieces: event.pieces,
          length: packet.length,
        });
        return;
      case 'neighbour':
        this.neighbour(record, namespace, event.neighbour);
        return;
      case 'answered':
        event.made.trace = this.follow(namespace, record).trace;
        return;
      default:
        this.linkStep(record, namespace, packet, event);
    }
  }

  private linkStep(record: JourneyRecord, namespace: Namespace, packet: Packet, event: PacketEvent): void {
    switch (event.kind) {
      case 'bridge':
        record.live += copiesMade(event);
        this.add(record, namespace, bridgeStep(packet, event));
        return;
      case 'fdb':
        record.live += Math.max(event.entry?.remotes.length ?? 1, 1) - 1;
        this.add(record, namespace, fdbStep(packet, event));
        return;
      case 'encapsulated':
        this.add(record, namespace, encapsulateStep(packet, event.device, event.bytes, event.route));
        return;
      case 'decapsulated':
        this.add(record, event.device.underlay, decapsulateStep(packet, event.device));
        return;
      case 'pathMtu': {
        const destination = formatIpv4(event.destination);
        this.add(record, namespace, { kind: 'pathMtu', times: 1, destination, mtu: event.mtu });
      }
    }
  }

  /** The first look at the packet's own header; an ICMP error is told of where it is sent. */
  private introduce(record: JourneyRecord, namespace: Namespace, packet: Packet): void {
    if (record.facts !== null) return;
    record.facts = factsOf(packet);
    const { error, message, destination } = record.facts;
    if (error === null || record.cause === null) return;
    this.add(record.cause, namespace, { kind: 'icmp', times: 1, message, to: formatIpv4(destination) });
  }

  private input(record: JourneyRecord, namespace: Namespace, packet: Packet, route: PacketRoute): void {
    this.introduce(record, namespace, packet);
    const device = namespace.devices.get(packet.inputIndex) ?? null;
    const looped = (packet.flags & PacketFlag.ROUTED_LOCAL) !== 0;
    if (device !== null && !looped && reversePathFilter(device) !== 0)
      this.add(record, namespace, sourceStep(namespace, device, packet));
    const step =
      route.route === null ? refused(namespace, packet, route) : routeStep(namespace, packet, route, 'input');
    if (step !== null) this.add(record, namespace, step);
    const { view, head } = packet;
    const ttl = ip.ttl(view, head);
    if (device === null || route.type !== RouteType.UNICAST || packet.type !== PacketType.HOST || ttl <= 1)
      return;
    const sysctl = `net.ipv4.conf.${device.name}.forwarding=${device.conf.forwarding}`;
    this.add(record, namespace, { kind: 'forward', times: 1, sysctl, ttl: [ttl, ttl - 1] });
  }

  private output(
    record: JourneyRecord,
    namespace: Namespace,
    packet: Packet,
    route: PacketRoute,
    mtu: number,
  ): void {
    this.introduce(record, namespace, packet);
    if ((packet.flags & PacketFlag.FORWARDED) === 0) {
      const direction = record.latest?.kind === 'encapsulate' ? 'outer' : 'output';
      this.add(record, namespace, routeStep(namespace, packet, route, direction));
    }
    if (route.device.loopback || isLaterFragment(packet)) return;
    this.add(record, namespace, mtuStep(packet, route.device, mtu));
  }

  private tooBig(
    record: JourneyRecord,
    namespace: Namespace,
    packet: Packet,
    device: Device,
    mtu: number,
  ): void {
    const { latest } = record;
    if (latest?.kind === 'mtu' && latest.verdict === 'too big') return;
    this.add(record, namespace, { ...mtuStep(packet, device, mtu), verdict: 'too big' });
  }

  private fragmented(record: JourneyRecord, pieces: number): void {
    record.live += pieces - 1;
    const step = record.latestOf('mtu');
    if (step !== null) (step as Writable<typeof step>).pieces = pieces;
  }

  private neighbour(
    record: JourneyRecord,
    namespace: Namespace,
    neighbour: Extract<PacketEvent, { kind: 'neighbour' }>['neighbour'],
  ): void {
    const device = neighbour.device as Device;
    if (device.headerLength === 0 || device.loopback || (neighbour.state & NudState.NOARP) !== 0) return;
    if (this.arp.waits(record.trace, neighbour)) {
      if (neighbour.valid) this.arp.resolved(record.trace);
      return;
    }
    const entry = neighbourText(neighbour);
    if (record.latestOf('neighbour')?.entry === entry) return;
    const step = this.add(record, namespace, {
      kind: 'neighbour',
      times: 1,
      entry,
      how: neighbour.valid ? 'known' : 'asked',
      questions: 0,
      answeredBy: null,
      proxy: false,
      notes: [],
    });
    if (!neighbour.valid) this.arp.begin(record.trace, neighbour, step);
  }
}
