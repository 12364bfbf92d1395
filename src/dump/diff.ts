// Programmed against dumped state of one node: what is missing, extra or different, and what comes of it for packets. The
// consequences are looked up in the dumped tables, not guessed from the kind of difference.
import type { Ipv4 } from '../addr/ipv4.ts';
import { diffAddresses, diffLinks, diffSettings } from './diff-devices.ts';
import { diffForwarding, diffNeighbours } from './diff-neighbours.ts';
import { diffRoutes, diffRules } from './diff-routes.ts';
import type { NodeDump, Section } from './node-dump.ts';

export interface Difference {
  readonly section: Section;
  readonly kind: 'missing' | 'extra' | 'different';
  /** What was programmed, '' for nothing; as iproute2 writes it. */
  readonly programmed: string;
  readonly dumped: string;
  readonly consequence: string;
  /** Names of the pods that it is about. */
  readonly pods: readonly string[];
  /** Of a device that nobody programmed (docker0): told apart, and no reason for alarm. */
  readonly isForeign: boolean;
}

export interface DiffOptions {
  /** Names of the pods that have addresses in a prefix. */
  readonly podsIn: (network: Ipv4, length: number) => readonly string[];
  /** Compare the kernel's local table too. */
  readonly withLocalTable: boolean;
}

/** What each part of the comparison works on. */
export interface Comparison extends DiffOptions {
  readonly programmed: NodeDump;
  readonly dumped: NodeDump;
}

const NO_PODS: DiffOptions = { podsIn: () => [], withLocalTable: false };

export function diffNode(
  programmed: NodeDump,
  dumped: NodeDump,
  options: Partial<DiffOptions> = {},
): Difference[] {
  const comparison: Comparison = { ...NO_PODS, ...options, programmed, dumped };
  const all = [
    ...diffRoutes(comparison),
    ...diffRules(comparison),
    ...diffNeighbours(comparison),
    ...diffForwarding(comparison),
    ...diffLinks(comparison),
    ...diffAddresses(comparison),
    ...diffSettings(comparison),
  ];
  return [...all.filter(({ isForeign }) => !isForeign), ...all.filter(({ isForeign }) => isForeign)];
}
