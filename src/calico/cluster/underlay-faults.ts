// How the network between the nodes misbehaves where it is asked to: the words for it, and each segment's part.
import { formatPrefix, type Ipv4, inPrefix } from '../../addr/ipv4.ts';
import type { SegmentFaults } from '../../admin/segment-faults.ts';
import { parsePrefix } from '../calc/prefix.ts';
import type { Prefix } from '../calc/types.ts';

/** One wish. */
export interface UnderlayFault {
  /** Of the segments whose subnets overlap this prefix; null for all. */
  readonly subnet: Prefix | null;
  readonly dropProtocols: readonly number[];
  readonly dropUdpPorts: readonly number[];
  /** A node may send from its own address only. */
  readonly checkSource: boolean;
  /** What the segment carries, though the interfaces have more; 0 for no less. */
  readonly pathMtu: number;
  readonly icmp: 'answer' | 'swallow' | null;
}

/** What the words may be, for help and errors. */
const FAULT_WORDS =
  '[SUBNET,]drop-protocol=N, drop-udp=PORT, check-source, path-mtu=N, icmp=answer or icmp=swallow, with commas between';

const NUMBERS = {
  'drop-protocol': [0, 255],
  'drop-udp': [1, 65535],
  'path-mtu': [68, 65535],
} as const;

type NumberWord = keyof typeof NUMBERS;
type Words = { -readonly [K in keyof UnderlayFault]: UnderlayFault[K] } & {
  dropProtocols: number[];
  dropUdpPorts: number[];
};

/** `10.0.0.0/24,drop-protocol=4,icmp=swallow`; a text says what is wrong. */
export function parseUnderlayFault(text: string): UnderlayFault | string {
  const fault: Words = {
    subnet: null,
    dropProtocols: [],
    dropUdpPorts: [],
    checkSource: false,
    pathMtu: 0,
    icmp: null,
  };
  for (const word of text.split(',')) {
    const wrong = take(fault, word);
    if (wrong !== null) return wrong;
  }
  return fault;
}

function take(fault: Words, word: string): string | null {
  const [name, value = ''] = word.split('=') as [string, string?];
  if (word === 'check-source') fault.checkSource = true;
  else if (name === 'icmp' && (value === 'answer' || value === 'swallow')) fault.icmp = value;
  else if (Object.hasOwn(NUMBERS, name)) return takeNumber(fault, name as NumberWord, value);
  else {
    fault.subnet = parsePrefix(word);
    if (fault.subnet === null) return `"${word}" is none of ${FAULT_WORDS}`;
  }
  return null;
}

function takeNumber(fault: Words, name: NumberWord, text: string): string | null {
  const [low, high] = NUMBERS[name];
  const value = Number(text);
  if (!/^\d{1,5}$/.test(text) || value < low || value > high)
    return `${name}="${text}": it is a number from ${low} to ${high}`;
  if (name === 'drop-protocol') fault.dropProtocols.push(value);
  else if (name === 'drop-udp') fault.dropUdpPorts.push(value);
  else fault.pathMtu = value;
  return null;
}

const overlaps = (a: Prefix, b: Prefix): boolean =>
  inPrefix(a.address, b.address, Math.min(a.length, b.length));

/** What a segment with these subnets, and these nodes at its ports, is asked to do; null for nothing. */
export function faultsOf(
  wishes: readonly UnderlayFault[],
  subnets: readonly Prefix[],
  ports: ReadonlyMap<string, readonly Ipv4[]>,
): Partial<SegmentFaults> | null {
  const mine = wishes.filter(
    ({ subnet }) => subnet === null || subnets.some((each) => overlaps(each, subnet)),
  );
  if (mine.length === 0) return null;
  const icmp = mine.findLast((wish) => wish.icmp !== null)?.icmp ?? null;
  return {
    dropProtocols: mine.flatMap(({ dropProtocols }) => [...dropProtocols]),
    dropUdpPorts: mine.flatMap(({ dropUdpPorts }) => [...dropUdpPorts]),
    checkSource: mine.some(({ checkSource }) => checkSource) ? ports : null,
    mtu: Math.min(...mine.map(({ pathMtu }) => pathMtu || Infinity)) % Infinity || 0,
    ...(icmp === null ? {} : { icmp }),
  };
}

/** The wishes' subnets that are nobody's: they would do nothing. */
export const idleFaults = (wishes: readonly UnderlayFault[], subnets: readonly Prefix[]): string[] =>
  wishes.flatMap(({ subnet }) =>
    subnet === null || subnets.some((each) => overlaps(each, subnet))
      ? []
      : [formatPrefix(subnet.address, subnet.length)],
  );
