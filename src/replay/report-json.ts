// A replay as JSON. The document is `ReplayDocument`; it is written packet by packet, so that a capture of any length
// needs no memory.
import { formatIpv4 } from '../addr/ipv4.ts';
import { describeRoute } from '../admin/route.ts';
import type { RouteInfo } from '../admin/types.ts';
import { routeText } from '../trace/route-text.ts';
import type { Difference } from './compare.ts';
import type { Summary, VerdictCounts } from './summary.ts';
import { isFault, type Verdict } from './verdict.ts';

/** Grows when a field changes its meaning or goes; new fields may come without. */
const DOCUMENT_VERSION = 1;

/** The whole document. */
export interface ReplayDocument {
  readonly version: typeof DOCUMENT_VERSION;
  readonly capture: string;
  readonly lab: string;
  /** `node1:eth0`. */
  readonly at: string;
  /** All packets; with --quiet only those that are not as programmed. */
  readonly packets: readonly PacketDocument[];
  /** Damage to the file, in words; the first hundred. */
  readonly unreadable: readonly string[];
  readonly flows: readonly ({ readonly flow: string } & VerdictCounts)[];
  readonly summary: {
    readonly packets: number;
    /** Verdicts that say something of the network; 0 if nothing was a matter of the model. */
    readonly compared: number;
    /** Damages of the file. */
    readonly unreadable: number;
  } & VerdictCounts;
  /**
   * What the exit code 0 stands for: something was compared, and all of it is as programmed. False with `compared` 0
   * is the exit code 2: nothing is known. Unreadable records change nothing.
   */
  readonly asProgrammed: boolean;
}

interface PacketDocument {
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

function packetDocument(verdict: Verdict, lost: (verdict: Verdict) => readonly RouteInfo[]): PacketDocument {
  const { number, seconds, nanos, direction, kind, packet, flow } = verdict;
  const { expected, seen, differences, reason, notes, route, destination } = verdict;
  return {
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
    route: route === null ? null : routeText(describeRoute(route)),
    destination: destination === 0 ? null : formatIpv4(destination),
    lost: isFault(kind) ? lost(verdict).map(routeText) : [],
  };
}

export interface JsonOptions {
  readonly quiet: boolean;
  readonly lost: (verdict: Verdict) => readonly RouteInfo[];
}

/** Makes the text of the document piece by piece: `begin`, a `verdict` for each, `end`. */
export class JsonReport {
  private readonly options: JsonOptions;
  private first = true;

  constructor(options: JsonOptions) {
    this.options = options;
  }

  begin(header: Pick<ReplayDocument, 'capture' | 'lab' | 'at'>): string {
    return `${JSON.stringify({ version: DOCUMENT_VERSION, ...header }).slice(0, -1)},"packets":[`;
  }

  verdict(verdict: Verdict): string {
    if (this.options.quiet && !isFault(verdict.kind)) return '';
    const text = `${this.first ? '' : ','}\n${JSON.stringify(packetDocument(verdict, this.options.lost))}`;
    this.first = false;
    return text;
  }

  end(summary: Summary, unreadable: readonly string[], damaged: number): string {
    const rest = {
      unreadable,
      flows: [...summary.flows].map(([flow, counts]) => ({ flow, ...counts })),
      summary: {
        packets: summary.packets,
        compared: summary.compared,
        unreadable: damaged,
        ...summary.counts,
      },
      asProgrammed: summary.isClean,
    };
    return `\n],${JSON.stringify(rest).slice(1)}\n`;
  }
}
