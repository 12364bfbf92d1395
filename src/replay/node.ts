// The one host of the lab that runs: packets are put into it, what it does is in its journal, and nothing that it
// sends reaches anybody, for whoever is around it speaks through the capture.
import type { Ipv4 } from '../addr/ipv4.ts';
import { MAC_BROADCAST, MAC_ZERO, type Mac } from '../addr/mac.ts';
import type { Route, Rule } from '../fib/route.ts';
import { announce, solicit } from '../ip/arp.ts';
import { RouteResult } from '../ip/route.ts';
import { runQueues } from '../ip/stack.ts';
import type { Lab } from '../lab/lab.ts';
import { enqueue, transmit } from '../link/transmit.ts';
import { NUD_VALID, NudState } from '../neigh/neighbour.ts';
import { UpdateFlag } from '../neigh/table.ts';
import type { Device } from '../netns/device.ts';
import type { Kernel } from '../netns/kernel.ts';
import type { Namespace, Socket } from '../netns/namespace.ts';
import type { Packet } from '../packet/packet.ts';
import { Journal, type Question } from '../trace/journal.ts';
import * as arp from '../wire/arp.ts';
import { ArpOp } from '../wire/arp.ts';
import * as ethernet from '../wire/ethernet.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import { findDeferred } from './deferred-checksum.ts';
import { sendOwnPacket } from './own-packet.ts';
import type { Entry } from './topology.ts';

/** Longer than any capture: 30 years in microseconds. */
const NEVER = 1e15;
const PLENTY = 1_000_000_000;
/** Neighbours that one packet may have to find one after another. */
const QUESTION_LIMIT = 16;

/** Protocols of the programs on the node, which only the capture knows of. */
const SOCKETS: readonly number[] = [ip.IpProtocol.ICMP, ip.IpProtocol.TCP, ip.IpProtocol.UDP];

/** Stands for the program that sent what an ICMP error is about: without one the node would not learn from it. */
class Ear implements Socket {
  readonly protocol: number;

  constructor(protocol: number) {
    this.protocol = protocol;
  }

  receive(): void {}

  error(): void {}
}

/** Says who answers the node's own question; null leaves it open. */
export type Answers = (question: Question) => Mac | null;

export class Node {
  readonly namespace: Namespace;
  readonly kernel: Kernel;
  readonly journal: Journal;
  /** Errors of ICMP are limited in number here: that one is missing proves nothing. */
  readonly limitsErrors: boolean;
  /** A timer ran, or the node asked or learnt where a neighbour is, since this was set to false. */
  touched = false;
  /** The errno that the last `sendOwn` met, 0 for none. */
  refusal = 0;
  /** The route of the last `sendOwn`. */
  ownRoute: Route | null = null;
  /** The rule that the last `sendOwn` ended with. */
  ownRule: Rule | null = null;
  private readonly lab: Lab;
  private readonly answers: Answers;
  private readonly route = new RouteResult();
  private trace = 0;
  private answered = 0;

  constructor(lab: Lab, namespace: Namespace, answers: Answers) {
    this.lab = lab;
    this.namespace = namespace;
    this.kernel = lab.kernel;
    this.answers = answers;
    this.limitsErrors = namespace.conf.icmp_ratelimit !== 0;
    this.lab.settle();
    this.prepare();
    this.journal = new Journal(namespace);
    this.kernel.observer = this.journal;
  }

  /** Lets go of the lab. What was set for the replay stays. */
  close(): void {
    this.journal.close();
    this.kernel.observer = null;
  }

  get now(): number {
    return this.kernel.clock.now;
  }

  /**
   * What the node knew of its neighbours is in the capture and not in timers, proxied answers do not wait for chance,
   * and no error is held back: the capture was not told how many had been sent before it began.
   */
  private prepare(): void {
    const { namespace, kernel } = this;
    for (const device of namespace.devices.values()) {
      device.neighConf.baseReachableTime = NEVER;
      device.neighConf.reachableTime = 0;
      device.neighConf.delayProbeTime = NEVER;
      device.neighConf.proxyDelay = 0;
    }
    const { neighbours } = namespace;
    for (const neighbour of [...neighbours.entries()])
      if ((neighbour.state & NUD_VALID) === 0) neighbours.remove(neighbour);
      else if ((neighbour.state & (NudState.PERMANENT | NudState.NOARP)) === 0)
        neighbours.update(neighbour, null, NudState.REACHABLE, UpdateFlag.ADMIN);
    for (const protocol of SOCKETS) namespace.sockets.add(new Ear(protocol));
    namespace.conf.icmp_ratelimit = 0;
    namespace.conf.icmp_msgs_per_sec = PLENTY;
    namespace.conf.icmp_msgs_burst = PLENTY;
    kernel.conf.route_error_cost = 0;
  }

  /** A frame arrives at a device of the node. */
  receive(device: Device, bytes: Uint8Array): void {
    this.begin();
    enqueue(this.kernel, device, this.packetOf(bytes, device.headerLength));
    this.run();
  }

  /** A host sends a frame that reaches the node: through its own device where the cable leads straight there. */
  enter({ device, sender }: Entry, bytes: Uint8Array): void {
    this.begin();
    const packet = this.packetOf(bytes, device.headerLength);
    if (sender.peer === device) transmit(sender, packet);
    else enqueue(this.kernel, device, packet);
    this.run();
  }

  /** The node itself sends this IPv4 packet; `oif` is the device that it is bound to, if it must be. */
  sendOwn(bytes: Uint8Array, oif: Device | null): void {
    this.begin();
    const packet = this.packetOf(bytes, 0);
    const { route, namespace } = this;
    this.refusal = sendOwnPacket(namespace, packet, oif, route);
    this.ownRoute = this.refusal === 0 ? route.route : namespace.fib.route;
    this.ownRule = this.refusal === 0 ? null : namespace.fib.rule;
    this.run();
  }

  /** The node asks for a neighbour for a packet from `source`; by unicast to `mac` when it wants to know it is there. */
  ask(device: Device, target: Ipv4, source: Ipv4, mac: Mac | null): void {
    this.begin();
    const { namespace } = this;
    const neighbour = namespace.neighbours.obtain(device, target);
    if (neighbour === null) return;
    if (mac !== null && !neighbour.valid) namespace.neighbours.update(neighbour, mac, NudState.REACHABLE, 0);
    const waiting = this.kernel.pool.alloc(ip.IPV4_HEADER);
    waiting.network = waiting.put(ip.IPV4_HEADER);
    ip.write(waiting.view, waiting.network, ip.IPV4_HEADER, 0, 0, 64, 0, source, target);
    solicit(namespace, neighbour, waiting, mac !== null);
    this.kernel.pool.free(waiting);
    this.run(false);
  }

  /** The node tells its segment of an address (arp_notify). */
  announce(device: Device, address: Ipv4): void {
    this.begin();
    announce(device, address);
    this.run(false);
  }

  /** Somebody on the segment of `device` asks for `target`. */
  beAsked(device: Device, target: Ipv4, sender: Ipv4, senderMac: Mac): void {
    this.begin();
    this.touched = true;
    const packet = this.kernel.pool.alloc(ethernet.ETHERNET_HEADER + arp.ARP_LENGTH);
    writeQuestion(packet, target, sender, senderMac);
    packet.trace = this.trace;
    enqueue(this.kernel, device, packet);
    this.run();
  }

  /** The last microsecond before something happens of itself. */
  get quietUntil(): number {
    return this.kernel.clock.nextAt() - 1;
  }

  /**
   * Lets time pass up to `until`, timer by timer, and runs those that are due up to `slack` later; `each` sees what
   * every one of them brought about.
   */
  advance(until: number, slack: number, each: () => void): void {
    const { clock } = this.kernel;
    while (clock.nextAt() <= until + slack) {
      this.begin();
      this.touched = true;
      clock.step();
      this.run();
      each();
    }
    if (clock.now < until) clock.now = until;
  }

  /** Tells the node where its neighbour is, and lets out what waited for it. */
  resolve(device: Device, address: Ipv4, mac: Mac): void {
    this.touched = true;
    const { neighbours } = this.namespace;
    const neighbour = neighbours.obtain(device, address);
    if (neighbour !== null)
      neighbours.update(neighbour, mac, NudState.REACHABLE, UpdateFlag.OVERRIDE | UpdateFlag.ADMIN);
    runQueues(this.kernel, this.intercept);
  }

  /** A new page of the journal, for what comes from here on. */
  begin(): void {
    this.journal.begin();
    this.answered = 0;
    this.refusal = 0;
    this.ownRoute = null;
    this.ownRule = null;
    this.trace = this.kernel.nextTrace();
    this.journal.followed = this.trace;
  }

  private packetOf(bytes: Uint8Array, linkLength: number): Packet {
    const packet = this.kernel.pool.from(bytes);
    packet.trace = this.trace;
    packet.protocol = EtherType.IPV4;
    findDeferred(packet, linkLength);
    return packet;
  }

  private run(answering = true): void {
    runQueues(this.kernel, this.intercept);
    this.touched ||= !answering || this.journal.questions.length > 0;
    if (!answering) return;
    for (let i = 0; i < QUESTION_LIMIT && this.answered < this.journal.questions.length; i++) {
      const question = this.journal.questions[this.answered++] as Question;
      const mac = this.answers(question);
      if (mac !== null) this.resolve(question.device, question.target, mac);
    }
  }

  /** What leaves the node ends here, and so does what other hosts send of their own accord. */
  private readonly intercept = (device: Device, packet: Packet): boolean => {
    const inside = device.namespace === this.namespace;
    const foreign = device.peer !== null && device.peer.namespace !== this.namespace;
    if (inside && !(foreign && packet.trace !== this.trace)) return false;
    this.kernel.pool.free(packet);
    return true;
  };
}

/** The frame with an ARP request, in an empty packet. */
function writeQuestion(packet: Packet, target: Ipv4, sender: Ipv4, senderMac: Mac): void {
  const at = packet.put(ethernet.ETHERNET_HEADER + arp.ARP_LENGTH);
  ethernet.write(packet.view, at, MAC_BROADCAST, senderMac, EtherType.ARP);
  arp.write(packet.view, at + ethernet.ETHERNET_HEADER, ArpOp.REQUEST, senderMac, sender, MAC_ZERO, target);
}
