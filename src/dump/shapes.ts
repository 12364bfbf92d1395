// What a line is by its shape: a route, a neighbour.
import { parseIpv4 } from '../addr/ipv4.ts';
import { isIpv6 } from '../addr/ipv6.ts';
import { parseMac } from '../addr/mac.ts';
import { ROUTE_TYPE_NAMES } from '../admin/route-names.ts';
import type { Json } from './fields.ts';

const PREFIX_WORD = /^(default|\d+\.\d+\.\d+\.\d+(\/\d+)?)$/;
const STATE_WORD = /^(INCOMPLETE|REACHABLE|STALE|DELAY|PROBE|FAILED|NOARP|PERMANENT|NONE|proxy)$/;

export const isPrefixWord = (word: string): boolean => PREFIX_WORD.test(word);

export function isNeighbour(words: readonly string[]): boolean {
  const address = words[0] as string;
  if (parseIpv4(address) === null && !isIpv6(address)) return false;
  return STATE_WORD.test(words.at(-1) as string) || words.includes('lladdr') || words.includes('proxy');
}

export function isRoute(words: readonly string[]): boolean {
  const at = ROUTE_TYPE_NAMES.includes(words[0] as string) ? 1 : 0;
  const [destination, next] = [words[at] ?? '', words[at + 1]];
  const isPrefix = isPrefixWord(destination) || isIpv6(destination.split('/')[0] as string);
  return isPrefix && (next === undefined || at === 1 || /^[a-z]/.test(next));
}

export const isBriefNeighbour = (words: readonly string[]): boolean =>
  words.length === 3 && parseIpv4(words[0] as string) !== null && parseMac(words[2] as string) !== null;

/** `ip -br neighbour` tells no state. */
export const briefNeighbour = ([dst, dev, lladdr]: readonly string[]): Json => ({
  dst,
  dev,
  lladdr,
  state: ['REACHABLE'],
});
