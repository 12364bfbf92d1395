// The options in front of the object, in the order in which ip.c and bridge.c compare them.
import type { PrintOptions } from './printer.ts';

/** AF_*. */
export const Family = { UNSPEC: 0, INET: 2, BRIDGE: 7, INET6: 10, PACKET: 17, MPLS: 28 } as const;

const FAMILY_NAMES: readonly (readonly [name: string, family: number])[] = [
  ['inet', Family.INET],
  ['inet6', Family.INET6],
  ['link', Family.PACKET],
  ['mpls', Family.MPLS],
  ['bridge', Family.BRIDGE],
];

/** read_family: 0 for a word that is none. */
export const parseFamily = (text: string): number =>
  FAMILY_NAMES.find(([name]) => name === text)?.[1] ?? Family.UNSPEC;

/** family_name. */
export const familyName = (family: number): string =>
  FAMILY_NAMES.find(([, number]) => number === family)?.[0] ?? '???';

export interface Options extends PrintOptions {
  json: boolean;
  pretty: boolean;
  oneline: boolean;
  palette: number;
  brief: boolean;
  details: boolean;
  /** How often `-statistics` was given. */
  statistics: number;
  family: number;
  numeric: boolean;
  human: boolean;
  iec: boolean;
  force: boolean;
  all: boolean;
  /** -loops: rounds of `ip address flush`, 0 without end. */
  loops: number;
  compressVlans: boolean;
  batch: string | null;
  /** -timestamp and -tshort, for messages. */
  timestamp: 'none' | 'long' | 'short';
}

export const defaultOptions = (): Options => ({
  json: false,
  pretty: false,
  oneline: false,
  palette: 0,
  brief: false,
  details: false,
  statistics: 0,
  family: Family.UNSPEC,
  numeric: false,
  human: false,
  iec: false,
  force: false,
  all: false,
  loops: 10,
  compressVlans: false,
  batch: null,
  timestamp: 'none',
});

/** matches(): `text` is a prefix of `keyword`, and not empty. */
export const abbreviates = (text: string, keyword: string): boolean =>
  text !== '' && keyword.startsWith(text);

/** matches_color: 'always', 'auto' or 'never', or null for another option. */
export function parseColor(option: string): 'always' | 'auto' | 'never' | null {
  const [name, when] = option.split('=', 2) as [string, string | undefined];
  if (!abbreviates(name, '-color')) return null;
  if (when === undefined || when === '' || when === 'always') return 'always';
  return when === 'auto' || when === 'never' ? when : null;
}

/** set_color_palette: a background is dark where COLORFGBG ends in ;0 to ;6 or ;8. */
export const paletteOf = (environment: ReadonlyMap<string, string>): number =>
  /;[0-68]$/.test(environment.get('COLORFGBG') ?? '') ? 2 : 1;
