// One packet of the capture on its way to a verdict.
import type { Ipv4 } from '../addr/ipv4.ts';
import { formatIpv4 } from '../addr/ipv4.ts';
import type { CaptureRecord, Direction } from '../capture/record.ts';
import type { Route } from '../fib/route.ts';
import { packetText, protocolName } from '../trace/packet-text.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import type { Difference } from './compare.ts';
import type { Frame } from './frame.ts';
import type { Setting } from './setting.ts';
import type { Verdict, VerdictKind } from './verdict.ts';

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
  /** The packet that the judgement is about where it is not `frame` itself: reassembled from several. */
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

/** The whole verdict on `frame`. */
export function verdictOf(
  setting: Setting,
  { number, seconds, nanos, direction }: Pick<Verdict, 'number' | 'seconds' | 'nanos' | 'direction'>,
  frame: Frame,
  finding: Finding,
): Verdict {
  return {
    number,
    seconds,
    nanos,
    direction,
    kind: finding.kind,
    packet: packetText(frame.view, setting.dissectAll(frame)),
    flow: flowText(setting, frame),
    expected: finding.expected ?? '',
    seen: finding.seen ?? '',
    differences: finding.differences ?? [],
    reason: finding.reason ?? '',
    notes: finding.notes ?? [],
    route: finding.route ?? null,
    destination: finding.destination ?? (0 as Ipv4),
  };
}

/** `192.168.36.73 > 192.168.202.5 ICMP`, `ARP`, `other`. */
function flowText(setting: Setting, frame: Frame): string {
  const { etherType, network } = setting.dissectAll(frame);
  if (etherType === EtherType.ARP) return 'ARP';
  if (etherType !== EtherType.IPV4) return 'other';
  const { view } = frame;
  const [from, to] = [formatIpv4(ip.source(view, network)), formatIpv4(ip.destination(view, network))];
  return `${from} > ${to} ${protocolName(ip.protocol(view, network))}`;
}
