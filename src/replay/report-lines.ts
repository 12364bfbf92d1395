// The words for one verdict, as lines: shared by the findings, the list of packets and JUnit's failures.
import { formatIpv4 } from '../addr/ipv4.ts';
import { describeRoute } from '../admin/route.ts';
import { routeText } from '../admin/route-text.ts';
import type { RouteInfo } from '../admin/types.ts';
import type { Route } from '../fib/route.ts';
import { isRefusing } from '../trace/route-choice.ts';
import type { Verdict, VerdictKind } from './verdict.ts';

export interface FaultTelling {
  /** ` of node1:eth0` behind packet numbers, or ''. */
  readonly place: string;
  /** The routes that lost to the one that decided; asked for only where they are told. */
  readonly lost: (verdict: Verdict) => readonly RouteInfo[];
}

export const WORDS: Readonly<Record<VerdictKind, string>> = {
  'as-programmed': 'as programmed',
  differs: 'differs',
  'should-drop': 'should have been dropped',
  missing: 'missing',
  unexplained: 'not explained by the model',
  outside: 'not a matter of the model',
};

/** `packet 3`, `after packet 3` of a missing one. */
export function placeText({ kind, number }: Pick<Verdict, 'kind' | 'number'>, place: string): string {
  if (kind !== 'missing') return `packet ${number}${place}`;
  return number > 0 ? `after packet ${number}${place}` : `missing${place}`;
}

/** `expected encapsulated to 10.0.0.7 by tunl0, seen bare on eth0`. */
export function contradictionText({ kind, expected, seen }: Verdict): string {
  const said = expected === '' ? WORDS[kind] : `expected ${expected}`;
  return seen === '' ? said : `${said}, seen ${seen}`;
}

/** `packet 17: expected encapsulated to 10.0.0.7 by tunl0, seen bare on eth0`. */
export const headline = (verdict: Verdict, { place }: FaultTelling): string =>
  `${placeText(verdict, place)}: ${contradictionText(verdict)}`;

/** What stands below the headline of a finding: the packet, the fields, what explains it, and what decided. */
export function faultLines(verdict: Verdict, telling: FaultTelling): string[] {
  const lines = [`${WORDS[verdict.kind]}: ${verdict.packet}`, ...causeLines(verdict)];
  return [...lines, ...lostLines(verdict, telling)];
}

/** The reason, the fields that differ, notes and the route. */
export function causeLines({ reason, differences, notes, route, destination }: Verdict): string[] {
  const lines = reason === '' ? [] : [`reason ${reason}`];
  for (const { field, expected, seen } of differences)
    lines.push(`${field}: expected ${expected}, seen ${seen}`);
  lines.push(...notes);
  if (route !== null) lines.push(decidedText(route));
  else if (destination !== 0) lines.push(`no route decided for ${formatIpv4(destination)}`);
  return lines;
}

export function lostLines(verdict: Verdict, { lost }: FaultTelling): string[] {
  const word = verdict.route === null ? 'not taken' : 'lost to it';
  return lost(verdict).map((route) => `${word}: ${routeText(route)}`);
}

export function decidedText(route: Route): string {
  const text = routeText(describeRoute(route));
  return isRefusing(route) ? `${text} decided` : `route ${text}`;
}
