// The findings of a replay by kind and cause: what contradicts the lab in the same way by the same route is one finding
// with a count. Of each only texts are kept, so that a capture of any length needs no more memory.
import type { RouteInfo } from '../admin/types.ts';
import type { Direction } from '../capture/record.ts';
import type { Route } from '../fib/route.ts';
import { type FaultTelling, faultLines, headline } from './report-lines.ts';
import { isFault, type Verdict, type VerdictKind } from './verdict.ts';

/** Kinds of findings that are told apart; what comes beyond them is only counted. */
const GROUP_LIMIT = 1000;

/** A packet that shows the finding. */
export interface Example {
  readonly number: number;
  readonly packet: string;
}

export interface FindingGroup {
  readonly kind: VerdictKind;
  readonly direction: Direction;
  /** The first one's. */
  readonly verdict: Pick<Verdict, 'expected' | 'seen' | 'reason' | 'differences'>;
  readonly route: Route | null;
  /** The first one told in full: its headline, and the lines below it. */
  readonly headline: string;
  readonly lines: readonly string[];
  readonly examples: Example[];
  count: number;
}

export interface FindingsOptions {
  /** Packets that are named for each finding. */
  readonly examples: number;
  /** ` of node1:eth0` behind packet numbers, or '' where there is one capture. */
  readonly place: string;
  /** The routes that lost to the one that decided. */
  readonly lost: (verdict: Verdict) => readonly RouteInfo[];
}

export class Findings {
  readonly groups: FindingGroup[] = [];
  /** Findings of too many kinds. */
  further = 0;
  private readonly options: FindingsOptions;
  private readonly byCause = new Map<string, FindingGroup>();
  private readonly routes = new Map<Route, number>();

  constructor(options: FindingsOptions) {
    this.options = options;
  }

  add(verdict: Verdict): void {
    if (!isFault(verdict.kind)) return;
    const cause = this.causeOf(verdict);
    const known = this.byCause.get(cause);
    if (known !== undefined) this.count(known, verdict);
    else if (this.groups.length < GROUP_LIMIT) this.begin(cause, verdict);
    else this.further++;
  }

  private count(group: FindingGroup, verdict: Verdict): void {
    group.count++;
    if (group.examples.length < this.options.examples)
      group.examples.push({ number: verdict.number, packet: verdict.packet });
  }

  private begin(cause: string, verdict: Verdict): void {
    const telling: FaultTelling = { place: this.options.place, lost: this.options.lost };
    const { kind, direction, expected, seen, reason, differences, route, number, packet } = verdict;
    const group: FindingGroup = {
      kind,
      direction,
      verdict: { expected, seen, reason, differences },
      route,
      headline: headline(verdict, telling),
      lines: faultLines(verdict, telling),
      examples: this.options.examples > 0 ? [{ number, packet }] : [],
      count: 1,
    };
    this.byCause.set(cause, group);
    this.groups.push(group);
  }

  /** The same verdict, way, decision and fields; the numbers of packets and the values of fields may differ. */
  private causeOf({ kind, direction, expected, seen, reason, differences, route }: Verdict): string {
    const fields = differences.map(({ field }) => field).join();
    const words = `${expected}\n${seen}`.replace(PACKET_NUMBER, 'packet');
    return `${kind} ${direction} ${reason} ${this.routeNumber(route)} ${fields}\n${words}`;
  }

  private routeNumber(route: Route | null): number {
    if (route === null) return 0;
    const known = this.routes.get(route) ?? this.routes.size + 1;
    this.routes.set(route, known);
    return known;
  }
}

const PACKET_NUMBER = /packet \d+/g;
