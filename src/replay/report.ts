// What every form of a replay's report is given: where was captured, verdict by verdict, the sums, and what became of
// the packets on their way from one vantage point to the next.
import type { RouteInfo } from '../admin/types.ts';
import type { Followed } from './followed.ts';
import type { Summary } from './summary.ts';
import type { Verdict } from './verdict.ts';

/** A vantage point and its captures. */
export interface Source {
  /** `node1:eth0`. */
  readonly at: string;
  readonly captures: readonly string[];
  /** The routes that lost to the one that decided; asked for only where they are told. */
  readonly lost: (verdict: Verdict) => readonly RouteInfo[];
}

/** What of the files could not be read. */
export interface Damages {
  /** In words; the first hundred. */
  readonly texts: readonly string[];
  readonly count: number;
  readonly unread: Unread;
}

export interface Unread {
  readonly records: number;
  /** Something that is no record, or nobody knows of how many. */
  readonly more: boolean;
}

/** Each call returns text that is to be written at once. */
export interface Report {
  /** All vantage points that will come. */
  open(sources: readonly Pick<Source, 'at' | 'captures'>[]): string;
  /** The verdicts that follow are of this vantage point. */
  begin(source: Source): string;
  /** `pcap, EN10MB`: known once the first bytes were read. */
  format(format: string): void;
  verdict(verdict: Verdict): string;
  /** Packets that are as programmed are told as well; once it is false it stays so for this vantage point. */
  readonly wantsEach: boolean;
  endVantage(summary: Summary, damages: Damages): string;
  /** `followed` is null with one vantage point. */
  end(total: Summary, followed: Followed | null): string;
}
