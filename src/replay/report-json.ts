// A replay as JSON. The document is `ReplayDocument`; it is written packet by packet, so that a capture of any length
// needs no memory.
import { formatIpv4 } from '../addr/ipv4.ts';
import { describeRoute } from '../admin/route.ts';
import { routeText } from '../admin/route-text.ts';
import type { Route } from '../fib/route.ts';
import type { Difference } from './compare.ts';
import { type Example, type FindingGroup, Findings } from './findings.ts';
import { type ClockOffset, type Followed, isCleanFollowed, type LostPacket } from './followed.ts';
import type { Damages, Report, Source } from './report.ts';
import type { Summary, VerdictCounts } from './summary.ts';
import { isFault, type Verdict } from './verdict.ts';

/** Grows when a field changes its meaning or goes; new fields may come without. */
const DOCUMENT_VERSION = 1;

/** The whole document. */
export interface ReplayDocument {
  readonly version: typeof DOCUMENT_VERSION;
  /** The files; of several a blank is between them. */
  readonly capture: string;
  readonly lab: string;
  /** `node1:eth0`; of several vantage points a blank is between them. */
  readonly at: string;
  /** All packets, one vantage point after another; with --quiet only those that are not as programmed. */
  readonly packets: readonly PacketDocument[];
  /** What contradicts the lab, by kind and cause. */
  readonly findings: readonly FindingDocument[];
  /** Damage to the files, in words; the first hundred of each vantage point. */
  readonly unreadable: readonly string[];
  readonly flows: readonly ({ readonly at: string; readonly flow: string } & VerdictCounts)[];
  /** Of all vantage points. */
  readonly summary: SummaryDocument;
  readonly vantages: readonly VantageDocument[];
  /** With several vantage points: what became of packets between them; else null. */
  readonly followed: FollowedDocument | null;
  /**
   * What the exit code 0 stands for: something was compared, and all of it is as programmed. False with `compared` 0
   * is the exit code 2: nothing is known. Unreadable records change nothing.
   */
  readonly asProgrammed: boolean;
}

type SummaryDocument = {
  readonly packets: number;
  /** Verdicts that say something of the network; 0 if nothing was a matter of the model. */
  readonly compared: number;
  /** Damages of the files. */
  readonly unreadable: number;
} & VerdictCounts;

interface VantageDocument {
  readonly at: string;
  readonly captures: readonly string[];
  readonly summary: SummaryDocument;
}

interface PacketDocument {
  readonly at: string;
  /** In the capture, from 1; of a missing packet that of the one that should have brought it about, 0 for none. */
  readonly number: number;
  /** Seconds since 1970 with nine decimals. */
  readonly time: string;
  readonly direction: 'in' | 'out';
  readonly verdict: Verdict['kind'];
  readonly packet: string;
  readonly flow: string;
  readonly expected: string;
  readonly seen: string;
  readonly differences: readonly Difference[];
  /** `SKB_DROP_REASON_…`, or null. */
  readonly reason: string | null;
  readonly notes: readonly string[];
  /** The route that decided, as `ip route` prints it, or null: a rule or a setting that did is in `notes`. */
  readonly route: string | null;
  /** What it was looked up for, or null. */
  readonly destination: string | null;
  /** The routes that lost to it, or without one those that were not taken; only with a verdict that is an error. */
  readonly lost: readonly string[];
}

interface FindingDocument {
  readonly at: string;
  readonly verdict: Verdict['kind'];
  readonly direction: 'in' | 'out';
  readonly count: number;
  /** Of the first packet, as the next four. */
  readonly expected: string;
  readonly seen: string;
  readonly differences: readonly Difference[];
  readonly reason: string | null;
  readonly route: string | null;
  readonly examples: readonly Example[];
}

interface FollowedDocument {
  readonly ways: readonly WayDocument[];
  readonly clocks: readonly ClockOffset[];
  readonly notes: readonly string[];
}

interface WayDocument {
  readonly from: string;
  readonly to: string;
  /** Seconds since 1970 by the first capture's clock; null if the captures have no common time. */
  readonly common: { readonly begin: number; readonly end: number } | null;
  readonly crossings: readonly {
    readonly what: string;
    readonly source: string;
    readonly destination: string;
    readonly left: number;
    readonly came: number;
    /** Seen where they left, never where they should have come; and the other way round. */
    readonly lost: { readonly count: number; readonly examples: readonly LostPacket[] };
    readonly unsent: { readonly count: number; readonly examples: readonly LostPacket[] };
  }[];
}

export interface JsonOptions {
  readonly quiet: boolean;
  readonly lab: string;
  readonly examples: number;
}

/** Makes the text of the document piece by piece. */
export class JsonReport implements Report {
  private readonly options: JsonOptions;
  private readonly findings: FindingDocument[] = [];
  private readonly flows: ReplayDocument['flows'][number][] = [];
  private readonly vantages: VantageDocument[] = [];
  private readonly unreadable: string[] = [];
  private damaged = 0;
  private source: Source | null = null;
  private group: Findings | null = null;
  private first = true;

  constructor(options: JsonOptions) {
    this.options = options;
  }

  /** The vantage points are needed at the top of the document. */
  open(sources: readonly Pick<Source, 'at' | 'captures'>[]): string {
    const capture = sources.flatMap(({ captures }) => captures).join(' ');
    const at = sources.map((source) => source.at).join(' ');
    const head = { version: DOCUMENT_VERSION, capture, lab: this.options.lab, at };
    return `${JSON.stringify(head).slice(0, -1)},"packets":[`;
  }

  begin(source: Source): string {
    this.source = source;
    this.group = new Findings({ examples: this.options.examples, place: '', lost: () => [] });
    return '';
  }

  format(): void {}

  get wantsEach(): boolean {
    return !this.options.quiet;
  }

  verdict(verdict: Verdict): string {
    this.group?.add(verdict);
    if (this.options.quiet && !isFault(verdict.kind)) return '';
    const text = `${this.first ? '' : ','}\n${JSON.stringify(packetDocument(verdict, this.source as Source))}`;
    this.first = false;
    return text;
  }

  endVantage(summary: Summary, { texts, count }: Damages): string {
    const { at, captures } = this.source as Source;
    for (const group of this.group?.groups ?? []) this.findings.push(findingDocument(at, group));
    for (const [flow, counts] of summary.flows) this.flows.push({ at, flow, ...counts });
    this.vantages.push({ at, captures, summary: summaryDocument(summary, count) });
    this.unreadable.push(...texts);
    this.damaged += count;
    return '';
  }

  end(total: Summary, followed: Followed | null): string {
    const rest: Omit<ReplayDocument, 'version' | 'capture' | 'lab' | 'at' | 'packets'> = {
      findings: this.findings,
      unreadable: this.unreadable,
      flows: this.flows,
      summary: summaryDocument(total, this.damaged),
      vantages: this.vantages,
      followed: followed === null ? null : followedDocument(followed),
      asProgrammed: total.isClean && isCleanFollowed(followed),
    };
    return `\n],${JSON.stringify(rest).slice(1)}\n`;
  }
}

const routeOrNull = (route: Route | null): string | null =>
  route === null ? null : routeText(describeRoute(route));

function packetDocument(verdict: Verdict, { at, lost }: Source): PacketDocument {
  const { number, seconds, nanos, direction, kind, packet, flow } = verdict;
  const { expected, seen, differences, reason, notes, route, destination } = verdict;
  return {
    at,
    number,
    time: `${seconds}.${String(nanos).padStart(9, '0')}`,
    direction,
    verdict: kind,
    packet,
    flow,
    expected,
    seen,
    differences,
    reason: reason === '' ? null : reason,
    notes,
    route: routeOrNull(route),
    destination: destination === 0 ? null : formatIpv4(destination),
    lost: isFault(kind) ? lost(verdict).map(routeText) : [],
  };
}

function findingDocument(at: string, group: FindingGroup): FindingDocument {
  const { kind, direction, count, verdict, route, examples } = group;
  const { expected, seen, differences, reason } = verdict;
  return {
    at,
    verdict: kind,
    direction,
    count,
    expected,
    seen,
    differences,
    reason: reason === '' ? null : reason,
    route: routeOrNull(route),
    examples,
  };
}

const summaryDocument = (summary: Summary, unreadable: number): SummaryDocument => ({
  packets: summary.packets,
  compared: summary.compared,
  unreadable,
  ...summary.counts,
});

const followedDocument = ({ ways, clocks, notes }: Followed): FollowedDocument => ({
  ways: ways.map(({ from, to, common, crossings }) => ({
    from,
    to,
    common,
    crossings: crossings.map(({ what, source, destination, left, came, losses }) => ({
      what,
      source: formatIpv4(source),
      destination: formatIpv4(destination),
      left,
      came,
      ...losses,
    })),
  })),
  clocks,
  notes,
});
