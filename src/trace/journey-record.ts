// The way of one packet while it is followed: hops grow, steps are added, ends come.
import type { Ipv4 } from '../addr/ipv4.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { End, Hop, Journey, Step } from './trace-types.ts';

/** Steps are plain data; while the packet is followed some are completed by what comes later. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };

export interface IcmpHeader {
  readonly type: number;
  readonly code: number;
  readonly mtu: number;
}

/** What the packet says of itself when it is first seen at an IPv4 header. */
export interface PacketFacts {
  readonly text: string;
  readonly source: Ipv4;
  readonly destination: Ipv4;
  readonly protocol: number;
  /** Of an ICMP error, else null. */
  readonly error: IcmpHeader | null;
  /** `fragmentation needed, mtu 1460`; '' for what is no ICMP error. */
  readonly message: string;
}

/** Where a frame was seen, with the steps that explain it. */
export interface Explained {
  readonly record: JourneyRecord;
  readonly steps: readonly Step[];
}

export class JourneyRecord {
  readonly trace: number;
  /** The packet that it answers; null for the one that was sent first. */
  readonly cause: JourneyRecord | null;
  /** Who made it. */
  readonly by: Namespace;
  facts: PacketFacts | null = null;
  supposed = false;
  /** Packets of this trace that have not ended, fragments and copies counted. */
  live = 1;
  readonly hops: { readonly host: string; readonly steps: Step[] }[] = [];
  readonly ends: End[] = [];
  /** What the host said of the packet before it dropped it. */
  note = '';
  private places: Namespace[] = [];
  private recent: Step[] = [];

  constructor(trace: number, cause: JourneyRecord | null, by: Namespace) {
    this.trace = trace;
    this.cause = cause;
    this.by = by;
  }

  /** Adds a step at a host; one that is equal to the host's latest of its kind is counted and not repeated. */
  add<S extends Step>(namespace: Namespace, host: string, step: S): S {
    const hop = this.hopAt(namespace, host);
    const known = hop.steps.find((held) => held.kind === step.kind && isSame(held, step));
    if (known !== undefined) {
      (known as Writable<Step>).times++;
      this.recent.push(known);
      return known as S;
    }
    hop.steps.push(step);
    this.recent.push(step);
    return step;
  }

  /** The latest step at the packet's present host; null for none. */
  get latest(): Step | null {
    return this.hops.at(-1)?.steps.at(-1) ?? null;
  }

  latestOf<K extends Step['kind']>(kind: K): Extract<Step, { kind: K }> | null {
    const found = this.hops.at(-1)?.steps.findLast((step) => step.kind === kind);
    return (found as Extract<Step, { kind: K }> | undefined) ?? null;
  }

  /** The tunnel that the packet is in; null for none. */
  get tunnelMode(): 'IPIP' | 'VXLAN' | null {
    const steps = this.hops.flatMap((hop) => hop.steps);
    const last = steps.findLast(({ kind }) => kind === 'encapsulate' || kind === 'decapsulate');
    if (last?.kind !== 'encapsulate') return null;
    return last.mode === 'ipip' ? 'IPIP' : 'VXLAN';
  }

  /** The steps for a frame that is seen now: those that led to it, or those that it leads to. */
  explain(outgoing: boolean): Explained {
    if (!outgoing) this.recent = [];
    const steps = this.recent;
    if (outgoing) this.recent = [];
    return { record: this, steps };
  }

  finish(packet: string): Journey {
    const hops: Hop[] = this.hops.filter(({ steps }) => steps.length > 0);
    return { packet, supposed: this.supposed, hops, end: this.end() };
  }

  /** The end that counts: where several copies or fragments went, the one that came furthest. */
  end(): End {
    const ranks = ['delivered', 'refused', 'unsent', 'dropped'] as const;
    for (const kind of ranks) {
      const found = this.ends.findLast((end) => end.kind === kind && !isNoise(end));
      if (found !== undefined) return found;
    }
    return this.ends.at(-1) ?? { kind: 'unfinished', host: this.hops.at(-1)?.host ?? '' };
  }

  private hopAt(namespace: Namespace, host: string): { readonly host: string; readonly steps: Step[] } {
    const latest = this.hops.at(-1);
    if (latest !== undefined && this.places.at(-1) === namespace) return latest;
    const hop = { host, steps: [] };
    this.hops.push(hop);
    this.places.push(namespace);
    return hop;
  }
}

/** Copies of a flooded frame that were not for who heard them. */
const isNoise = (end: End): boolean => end.kind === 'dropped' && end.reason.endsWith('_OTHERHOST');

const isSame = (a: Step, b: Step): boolean =>
  JSON.stringify({ ...a, times: 1 }) === JSON.stringify({ ...b, times: 1 });
