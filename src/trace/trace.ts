// A trace: one packet is sent as a local user sends it, the lab runs until nothing moves for it, and its way is told
// with that of its answer.

import { Errno, strerror } from '../addr/errno.ts';
import { ANY, formatIpv4, type Ipv4 } from '../addr/ipv4.ts';
import { FlowKey } from '../fib/flow.ts';
import { closeSocket, openSocket, pathMtu } from '../ip/socket.ts';
import type { Lab } from '../lab/lab.ts';
import type { Namespace, Socket } from '../netns/namespace.ts';
import type { Packet } from '../packet/packet.ts';
import { SECOND } from '../time/clock.ts';
import { IcmpType, UnreachableCode } from '../wire/icmp.ts';
import * as ip from '../wire/ipv4.ts';
import type { JourneyRecord } from './journey-record.ts';
import { lengthOf, type Probe, protocolNumber, sendProbe, setsDf, sourceOf } from './probe.ts';
import { lookUp, refusalStep, refusalText } from './route-step.ts';
import { type SeenFrame, TraceCollector } from './trace-collector.ts';
import type { TraceEnd } from './trace-ends.ts';
import { type IcmpReport, type Journey, TRACE_VERSION, type TraceDocument } from './trace-types.ts';

/** Virtual time after which nobody waits any longer: ARP gives up after 3 seconds, reassembly after 30. */
const PATIENCE = 40 * SECOND;

export interface TraceRequest {
  readonly from: TraceEnd & { readonly name: string; readonly namespace: Namespace };
  readonly to: TraceEnd & { readonly name: string };
  readonly probe: Probe;
  /** The answer is not asked for. */
  readonly oneWay: boolean;
  /** At the other end a program listens on the UDP port and sends back what it gets. */
  readonly listen: boolean;
}

export interface Trace {
  readonly document: TraceDocument;
  readonly frames: readonly SeenFrame[];
}

/** Sends the packet and follows it. The lab's clock goes on; what was set up for the trace is taken away again. */
export function trace(lab: Lab, request: TraceRequest): Trace {
  const run = new TraceRun(lab, request);
  try {
    return run.run();
  } finally {
    run.close();
  }
}

class TraceRun {
  private readonly lab: Lab;
  private readonly request: TraceRequest;
  private readonly collector: TraceCollector;
  private readonly closing: (() => void)[] = [];

  constructor(lab: Lab, request: TraceRequest) {
    this.lab = lab;
    this.request = request;
    lab.settle();
    this.collector = new TraceCollector(lab);
  }

  close(): void {
    for (const undo of this.closing) undo();
    this.collector.close();
  }

  run(): Trace {
    const { from, to, oneWay } = this.request;
    const source = sourceOf(from.namespace, from.source, to.address);
    this.listenAtSender(from.namespace);
    if (this.request.listen && to.namespace !== null) this.listenAtTarget(to.namespace);
    const first = this.collector.follow(from.namespace, null);
    this.send(first, from.namespace, source, to.address, 'question');
    this.runUntilQuiet();
    const answered = this.answerTo(first);
    const supposed = oneWay || answered !== null ? null : this.supposeAnswer(first, source);
    return {
      document: this.document(first, oneWay ? null : (answered ?? supposed), source),
      frames: this.collector.frames,
    };
  }

  private send(
    record: JourneyRecord,
    namespace: Namespace,
    source: Ipv4,
    destination: Ipv4,
    speaker: 'question' | 'answer',
  ): void {
    const { probe } = this.request;
    const sending = { namespace, source, destination, speaker, trace: record.trace };
    const errno = sendProbe(probe, sending);
    if (errno === 0 || record.facts !== null) return;
    record.live = 0;
    const found = lookUp(namespace, new FlowKey().ask(destination, source));
    const step = refusalStep(namespace, destination, found, 'output');
    if (step !== null) record.add(namespace, this.collector.hostOf(namespace), step);
    record.ends.push({
      kind: 'unsent',
      host: this.collector.hostOf(namespace),
      errno,
      message: strerror(errno),
      why: this.whyUnsent(namespace, source, destination, errno),
    });
  }

  private whyUnsent(namespace: Namespace, source: Ipv4, destination: Ipv4, errno: number): string {
    if (errno === Errno.EMSGSIZE) {
      const mtu = pathMtu(namespace, destination);
      return `${lengthOf(this.request.probe)} > ${mtu}, the path MTU that the sender knows, and DF is set`;
    }
    return refusalText(destination, lookUp(namespace, new FlowKey().ask(destination, source)));
  }

  /** Errors about the packet are heard as `ping` hears them: only so the kernel learns from them. */
  private listenAtSender(namespace: Namespace): void {
    const { protocol, sourcePort } = this.request.probe;
    const socket: Socket = { protocol: protocolNumber(protocol), receive: () => {}, error: () => {} };
    openSocket(namespace, socket);
    this.closing.push(() => closeSocket(namespace, socket));
    if (protocol === 'udp') this.bind(namespace, sourcePort, socket);
  }

  /** RFC 862. */
  private listenAtTarget(namespace: Namespace): void {
    const receive = (packet: Packet): void => {
      const cause = this.collector.recordOf(packet);
      if (cause === null) return;
      const [source, destination] = [
        ip.destination(packet.view, packet.network),
        ip.source(packet.view, packet.network),
      ];
      this.send(this.collector.follow(namespace, cause), namespace, source, destination, 'answer');
    };
    this.bind(namespace, this.request.probe.port, { protocol: ip.IpProtocol.UDP, receive });
  }

  private bind(namespace: Namespace, port: number, socket: Socket): void {
    if (namespace.udpPorts.has(port)) return;
    namespace.udpPorts.set(port, socket);
    this.closing.push(() => namespace.udpPorts.delete(port));
  }

  private runUntilQuiet(): void {
    const { lab, collector } = this;
    const deadline = lab.kernel.clock.now + PATIENCE;
    lab.settle();
    while (!collector.isQuiet && lab.nextEvent() <= deadline) lab.runUntil(lab.nextEvent());
  }

  /** The answer of whom the packet was for: what it sent back, its reset, or its error that nobody listens. */
  private answerTo(first: JourneyRecord): JourneyRecord | null {
    const end = first.end();
    if (end.kind !== 'delivered' && end.kind !== 'refused') return null;
    const answers = this.collector.journeys.filter(
      ({ cause, by }) => cause === first && this.collector.hostOf(by) === end.host,
    );
    return answers.find((record) => isAnswer(record, end.kind)) ?? null;
  }

  /** The packet did not arrive: had it, would the answer? */
  private supposeAnswer(first: JourneyRecord, source: Ipv4): JourneyRecord | null {
    const { to, from } = this.request;
    const target = source !== ANY ? source : from.address;
    if (to.namespace === null || target === ANY || to.address === ANY) return null;
    const record = this.collector.follow(to.namespace, first);
    record.supposed = true;
    this.send(record, to.namespace, to.address, target, 'answer');
    this.runUntilQuiet();
    return record;
  }

  // ---- the document ----------------------------------------------------------------------------------------

  private document(first: JourneyRecord, answer: JourneyRecord | null, source: Ipv4): TraceDocument {
    const { from, to, probe } = this.request;
    const forward = this.journey(first, source, to.address);
    const backward = answer === null ? null : this.journey(answer, to.address, source);
    const { end } = forward;
    const isThere = to.namespace === null || end.host === this.collector.hostOf(to.namespace);
    const reached = isThere && (end.kind === 'delivered' || end.kind === 'refused');
    const isReal = answer !== null && !answer.supposed;
    return {
      version: TRACE_VERSION,
      from: this.endDocument(from, source),
      to: this.endDocument(to, to.address),
      packet: {
        protocol: probe.protocol,
        size: probe.size,
        length: lengthOf(probe),
        df: setsDf(probe),
        ttl: probe.ttl || from.namespace.conf.ip_default_ttl,
        sourcePort: probe.sourcePort,
        port: probe.port,
      },
      forward,
      backward,
      errors: this.errors(first, answer),
      reached,
      answered:
        reached && isReal && backward !== null && arrived(backward, this.collector.hostOf(from.namespace)),
    };
  }

  private endDocument(end: TraceEnd & { readonly name: string }, address: Ipv4): TraceDocument['from'] {
    const host = end.namespace === null ? null : this.collector.hostOf(end.namespace);
    return { name: end.name, host, address: formatIpv4(address) };
  }

  private journey(record: JourneyRecord, source: Ipv4, destination: Ipv4): Journey {
    const { protocol } = this.request.probe;
    const unsent = `${formatIpv4(source)} > ${formatIpv4(destination)} ${protocol.toUpperCase()}`;
    return record.finish(record.facts?.text ?? unsent);
  }

  private errors(first: JourneyRecord, answer: JourneyRecord | null): IcmpReport[] {
    const reports: IcmpReport[] = [];
    for (const record of this.collector.journeys) {
      if (record === answer || record.facts?.error == null) continue;
      if (record.cause === first) reports.push(this.report(record, 'forward', first.by));
      else if (answer !== null && record.cause === answer)
        reports.push(this.report(record, 'backward', answer.by));
    }
    return reports;
  }

  private report(record: JourneyRecord, about: IcmpReport['about'], sender: Namespace): IcmpReport {
    const { facts, by } = record as JourneyRecord & { facts: NonNullable<JourneyRecord['facts']> };
    const { type, code, mtu } = facts.error as NonNullable<typeof facts.error>;
    const journey = record.finish(facts.text);
    const host = this.collector.hostOf(sender);
    const cause = record.cause?.facts;
    const isForSender = cause == null || facts.destination === cause.source;
    return {
      message: facts.message,
      type,
      code,
      mtu,
      by: this.collector.hostOf(by),
      source: formatIpv4(facts.source),
      about,
      reached: isForSender && arrived(journey, host),
      journey,
    };
  }
}

const arrived = ({ end }: Journey, host: string): boolean => end.kind === 'delivered' && end.host === host;

/** Of a packet that was delivered what is no ICMP error; of one that nobody took the error that says so. */
function isAnswer({ facts, ends }: JourneyRecord, how: 'delivered' | 'refused'): boolean {
  const error = facts?.error ?? null;
  if (error === null) return facts !== null || ends.length > 0;
  const { PORT, PROTOCOL } = UnreachableCode;
  return (
    how === 'refused' &&
    error.type === IcmpType.UNREACHABLE &&
    (error.code === PORT || error.code === PROTOCOL)
  );
}
