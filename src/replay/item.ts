// One packet of the capture on its way to a verdict.
import { ANY, formatIpv4, type Ipv4 } from '../addr/ipv4.ts';
import type { CaptureRecord, Direction } from '../capture/record.ts';
import type { Route } from '../fib/route.ts';
import type { Dissection } from '../trace/dissect.ts';
import { packetText, protocolName } from '../trace/packet-text.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import type { Difference } from './compare.ts';
import { type Frame, frameOf } from './frame.ts';
import type { Setting } from './setting.ts';
import type { Model, Verdict, VerdictKind } from './verdict.ts';

/** What a judge finds; the rest of a verdict is known from the packet. */
export interface Finding {
  readonly kind: VerdictKind;
  readonly expected?: string;
  readonly seen?: string;
  readonly differences?: readonly Difference[];
  readonly reason?: string;
  readonly notes?: readonly string[];
  readonly route?: Route | null;
  readonly destination?: Ipv4;
}

export class Item {
  readonly number: number;
  readonly seconds: number;
  readonly nanos: number;
  direction: Direction;
  /** With the lab's MAC addresses once it is judged. */
  frame: Frame;
  verdict: Verdict | null = null;

  constructor({ number, seconds, nanos }: Pick<CaptureRecord, 'number' | 'seconds' | 'nanos'>, frame: Frame) {
    this.number = number;
    this.seconds = seconds;
    this.nanos = nanos;
    this.frame = frame;
    this.direction = 'in';
  }

  judge(setting: Setting, finding: Finding): void {
    this.verdict = verdictOf(setting, this, this.frame, finding);
  }
}

/** What of a verdict is known from the packet alone. */
type Place = Pick<Verdict, 'number' | 'seconds' | 'nanos' | 'direction'>;

/** The whole verdict on `frame`. The packet's own words are made when somebody asks for them. */
export function verdictOf(setting: Setting, place: Place, frame: Frame, finding: Finding): Verdict {
  return new FrameVerdict(place, frame, setting.dissectAll(frame), finding);
}

class FrameVerdict implements Verdict {
  readonly number: number;
  readonly seconds: number;
  readonly nanos: number;
  readonly direction: Direction;
  readonly kind: VerdictKind;
  readonly flow: string;
  readonly expected: string;
  readonly seen: string;
  readonly differences: readonly Difference[];
  readonly reason: string;
  readonly notes: readonly string[];
  readonly route: Route | null;
  readonly destination: Ipv4;
  private readonly frame: Frame;
  private readonly found: Dissection;

  constructor(
    { number, seconds, nanos, direction }: Place,
    frame: Frame,
    found: Dissection,
    finding: Finding,
  ) {
    this.number = number;
    this.seconds = seconds;
    this.nanos = nanos;
    this.direction = direction;
    this.kind = finding.kind;
    this.flow = flowText(frame, found);
    this.expected = finding.expected ?? '';
    this.seen = finding.seen ?? '';
    this.differences = finding.differences ?? NOTHING;
    this.reason = finding.reason ?? '';
    this.notes = finding.notes ?? NOTHING;
    this.route = finding.route ?? null;
    this.destination = finding.destination ?? ANY;
    this.frame = frame;
    this.found = found;
  }

  get packet(): string {
    return packetText(this.frame.view, this.found);
  }
}

const NOTHING: readonly never[] = [];

/** A verdict that an earlier packet got as well. */
export class RepeatedVerdict implements Verdict {
  readonly number: number;
  readonly seconds: number;
  readonly nanos: number;
  private readonly model: Model;
  private readonly record: CaptureRecord;
  private readonly setting: Setting;

  constructor(record: CaptureRecord, model: Model, setting: Setting) {
    this.number = record.number;
    this.seconds = record.seconds;
    this.nanos = record.nanos;
    this.model = model;
    this.record = record;
    this.setting = setting;
  }

  get direction(): Direction {
    return this.model.direction;
  }

  get kind(): VerdictKind {
    return this.model.kind;
  }

  get flow(): string {
    return this.model.flow;
  }

  get expected(): string {
    return this.model.expected;
  }

  get seen(): string {
    return this.model.seen;
  }

  get differences(): readonly Difference[] {
    return this.model.differences;
  }

  get reason(): string {
    return this.model.reason;
  }

  get notes(): readonly string[] {
    return this.model.notes;
  }

  get route(): Route | null {
    return this.model.route;
  }

  get destination(): Ipv4 {
    return this.model.destination;
  }

  get packet(): string {
    const framed = frameOf(this.record, this.setting.device.headerLength, 0);
    return 'why' in framed ? '' : packetText(framed.frame.view, this.setting.dissectAll(framed.frame));
  }
}

/** `192.168.36.73 > 192.168.202.5 ICMP`, `ARP`, `other`. */
function flowText({ view }: Frame, { etherType, network }: Dissection): string {
  if (etherType === EtherType.ARP) return 'ARP';
  if (etherType !== EtherType.IPV4) return 'other';
  const [from, to] = [formatIpv4(ip.source(view, network)), formatIpv4(ip.destination(view, network))];
  return `${from} > ${to} ${protocolName(ip.protocol(view, network))}`;
}
