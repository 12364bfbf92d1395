// Counts of a replay, by verdict and by flow, in bounded memory.
import { isFault, VERDICTS, type Verdict, type VerdictKind } from './verdict.ts';

/** How many packets got which verdict. */
export type VerdictCounts = Record<VerdictKind, number>;

/** Flows that are counted apart; all further ones are counted together. */
const FLOW_LIMIT = 1000;
const OTHER_FLOWS = 'further flows';

const noCounts = (): VerdictCounts =>
  Object.fromEntries(VERDICTS.map((kind) => [kind, 0])) as Record<VerdictKind, number>;

export class Summary {
  readonly counts = noCounts();
  /** In the order in which they appeared. */
  readonly flows = new Map<string, VerdictCounts>();
  /** Packets of the capture; missing ones are none. */
  packets = 0;
  /** Verdicts that say something of the network: all but `outside`. */
  compared = 0;

  /** One verdict, or one that so many packets got. */
  add({ kind, flow }: Pick<Verdict, 'kind' | 'flow'>, packets = 1): void {
    this.counts[kind] += packets;
    if (kind !== 'missing') this.packets += packets;
    if (kind !== 'outside') this.compared += packets;
    this.countsOf(flow)[kind] += packets;
  }

  /** Adds the counts, not the flows, of another vantage point. */
  include(other: Summary): void {
    for (const kind of VERDICTS) this.counts[kind] += other.counts[kind];
    this.packets += other.packets;
    this.compared += other.compared;
  }

  /** What was compared, and that is something, does not contradict the lab. */
  get isClean(): boolean {
    return this.compared > 0 && VERDICTS.every((kind) => !isFault(kind) || this.counts[kind] === 0);
  }

  private countsOf(flow: string): VerdictCounts {
    const known = this.flows.get(flow);
    if (known !== undefined) return known;
    const name = this.flows.size < FLOW_LIMIT ? flow : OTHER_FLOWS;
    const counts = this.flows.get(name) ?? noCounts();
    this.flows.set(name, counts);
    return counts;
  }
}
