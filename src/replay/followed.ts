// What became of packets between vantage points: how many went from one to the next, and which never came.
import { formatIpv4, type Ipv4 } from '../addr/ipv4.ts';

/** One packet of a loss. */
export interface LostPacket {
  readonly number: number;
  readonly packet: string;
}

/**
 * - `lost`: seen where it left, never where it should have come.
 * - `unsent`: seen where it came, never where it should have left.
 */
export type LossKind = 'lost' | 'unsent';

/** Packets alike in how they cross the network between two vantage points. */
export interface Crossing {
  /** What the network sees: `IPIP (protocol 4)`, `UDP to port 4789 (VXLAN)`, `ICMP`. */
  readonly what: string;
  readonly source: Ipv4;
  readonly destination: Ipv4;
  /** Seen where they left, and where they came, while both captures ran; each as it was there: bare, encapsulated. */
  left: number;
  came: number;
  readonly losses: Record<LossKind, { count: number; readonly examples: LostPacket[] }>;
}

/** From one vantage point to the next on the way of some packets. */
export interface Way {
  /** `node1:eth0`. */
  readonly from: string;
  readonly to: string;
  /** The host at either end: `node1`. */
  readonly fromHost: string;
  readonly toHost: string;
  /** In the order in which they appeared. */
  readonly crossings: readonly Crossing[];
  /** Packets of crossings beyond a limit. */
  readonly further: number;
  /** Packets at either end while the other capture may not have run. */
  readonly apart: number;
  /** When both captures ran, in seconds since 1970 by the first capture's clock; null if never. */
  readonly common: { readonly begin: number; readonly end: number } | null;
}

/** How far a capture's clock is from the first one's. */
export interface ClockOffset {
  readonly at: string;
  readonly than: string;
  /** Microseconds; positive if it is ahead. */
  readonly ahead: number;
  /** Packets seen at both that it was taken from; 0 if there are none and the clocks are taken to agree. */
  readonly packets: number;
}

export interface Followed {
  readonly clocks: readonly ClockOffset[];
  readonly ways: readonly Way[];
  /** Packets that could not be followed, and why. */
  readonly notes: readonly string[];
}

const isCleanWay = ({ crossings }: Way): boolean =>
  crossings.every(({ losses }) => losses.lost.count + losses.unsent.count === 0);

export const isCleanFollowed = (followed: Followed | null): boolean =>
  followed === null || followed.ways.every(isCleanWay);

// ---- words ---------------------------------------------------------------------------------------------------------

/** A loss: its sentence and the packets that show it. */
export interface LossText {
  readonly kind: LossKind;
  readonly headline: string;
  readonly lines: readonly string[];
}

/** All losses of the ways, each in full. */
export const lossTexts = ({ ways }: Followed): LossText[] =>
  ways.flatMap((way) => way.crossings.flatMap((crossing) => crossingLosses(way, crossing)));

export function crossingLosses(way: Way, crossing: Crossing): LossText[] {
  const kinds = (['lost', 'unsent'] as const).filter((kind) => crossing.losses[kind].count > 0);
  return kinds.map((kind) => lossText(way, crossing, kind));
}

function lossText(way: Way, crossing: Crossing, kind: LossKind): LossText {
  const { count, examples } = crossing.losses[kind];
  const sentence = kind === 'lost' ? lostSentence(way, crossing) : unsentSentence(way, crossing);
  const more = count - examples.length;
  const lines = examples.map(({ number, packet }) => `${exampleText(way, kind, number)}: ${packet}`);
  return { kind, headline: sentence, lines: more > 0 ? [...lines, `and ${more} more`] : lines };
}

function exampleText({ from, to, fromHost, toHost }: Way, kind: LossKind, number: number): string {
  return kind === 'lost'
    ? `packet ${number} of ${from} left for ${toHost} and was never seen at ${to}`
    : `packet ${number} of ${to} came from ${fromHost} and was never seen at ${from}`;
}

const between = ({ what, source, destination }: Crossing): string =>
  `${what} from ${formatIpv4(source)} to ${formatIpv4(destination)}`;

const packets = (count: number): string => (count === 1 ? '1 packet' : `${count} packets`);

function lostSentence(way: Way, crossing: Crossing): string {
  const { left, losses } = crossing;
  const { count } = losses.lost;
  const verb = count === 1 ? 'was' : 'were';
  const seen = `${verb} seen at ${way.from} and never at ${way.to}`;
  if (count < left) return `${count} of ${packets(left)} of ${between(crossing)} ${seen}`;
  const all = count === 1 ? 'the only packet' : `all ${count} packets`;
  return `${all} of ${between(crossing)} ${seen}${othersText(way, crossing)}`;
}

/** That other packets came through tells that something on the way tells kinds apart. */
function othersText(way: Way, crossing: Crossing): string {
  const through = way.crossings.filter(({ left, losses }) => left > losses.lost.count);
  if (through.length === 0 || through.some(({ what }) => what === crossing.what)) return '';
  const came = through.reduce((sum, { left, losses }) => sum + left - losses.lost.count, 0);
  const kinds = [...new Set(through.map(({ what }) => what))].join(', ');
  return `, while ${packets(came)} of ${kinds} came through: the network between drops ${crossing.what}`;
}

function unsentSentence({ from, to }: Way, crossing: Crossing): string {
  const { came, losses } = crossing;
  const { count } = losses.unsent;
  const some = count < came ? `${count} of ${packets(came)}` : packets(count);
  return `${some} of ${between(crossing)} ${count === 1 ? 'was' : 'were'} seen at ${to} and never at ${from}`;
}

/** `the clock of node2:eth0 is 3.200 s ahead of that of node1:eth0 (by 812 packets seen at both)`. */
export function clockText({ at, than, ahead, packets: count }: ClockOffset): string {
  if (count === 0) return `no packet tells the clocks of ${at} and ${than} apart: they are taken to agree`;
  const seconds = Math.abs(ahead / 1e6).toFixed(3);
  const words = seconds === '0.000' ? 'agrees with' : `is ${seconds} s ${ahead < 0 ? 'behind' : 'ahead of'}`;
  return `the clock of ${at} ${words} that of ${than} (by ${packets(count)} seen at both)`;
}

/** `node1:eth0 to node2:eth0: 12 left, 12 came in 3.004 s of common time`. */
export function wayText(way: Way): string {
  const { from, to, crossings, common } = way;
  if (common === null)
    return `${from} to ${to}: the captures have no common time (${packets(way.apart)} at one end)`;
  const sum = (of: (crossing: Crossing) => number): number =>
    crossings.reduce((all, each) => all + of(each), 0);
  const lost = sum(({ losses }) => losses.lost.count);
  const unsent = sum(({ losses }) => losses.unsent.count);
  const words = [`${sum(({ left }) => left)} left`, `${sum(({ came }) => came)} came`];
  if (lost > 0) words.push(`${lost} never came`);
  if (unsent > 0) words.push(`${unsent} never left`);
  return `${from} to ${to}: ${words.join(', ')} in ${(common.end - common.begin).toFixed(3)} s of common time`;
}
