// Names for the numbers of rtnetlink: iproute2's lib/rt_names.c and ip/rtm_map.c with the files of /etc/iproute2 as
// Debian 12 installs them, and the part of /etc/protocols that `ipproto` meets.
import {
  DSFIELD_NAMES,
  INET_PROTOCOL_NAMES,
  PROTOCOL_NAMES,
  ROUTE_TYPE_NAMES,
  SCOPE_NAMES,
} from '../../../admin/route-names.ts';
import { parseInteger, parseUnsigned } from './numbers.ts';
import { parseTableNames, RT_REALMS_TEXT, RT_TABLES_TEXT, type TableName } from './table-names.ts';

const TABLES = parseTableNames(RT_TABLES_TEXT);
const REALMS = parseTableNames(RT_REALMS_TEXT);
/** Higher ones have no names. */
const NAMED_REALMS = 256;

/** In rtnl_rtntype_a2n's order; whole words only for the first two and `throw`. */
const ROUTE_TYPE_ORDER: readonly (readonly [word: string, type: number, abbreviates: boolean])[] = [
  ['local', 2, false],
  ['nat', 10, false],
  ['broadcast', 3, true],
  ['brd', 3, false],
  ['anycast', 4, true],
  ['multicast', 5, true],
  ['prohibit', 8, true],
  ['unreachable', 7, true],
  ['blackhole', 6, true],
  ['xresolve', 11, true],
  ['unicast', 1, true],
  ['throw', 9, false],
];

const LINK_TYPES = new Map<number, string>([
  [1, 'ether'],
  [768, 'ipip'],
  [769, 'tunnel6'],
  [772, 'loopback'],
  [776, 'sit'],
  [778, 'gre'],
  [0xfffe, 'none'],
]);

/** The number that has this name, or null. */
function numberOf(names: ReadonlyMap<number, string>, text: string): number | null {
  for (const [number, name] of names) if (name === text) return number;
  return null;
}

/** Names by number, or numbers where `-Numeric` asks for them. */
export class Names {
  private readonly numeric: boolean;
  private readonly tables: readonly TableName[];
  private readonly realms: readonly TableName[];

  constructor(
    numeric: boolean,
    tables: readonly TableName[] = TABLES,
    realms: readonly TableName[] = REALMS,
  ) {
    this.numeric = numeric;
    this.tables = tables;
    this.realms = realms;
  }

  protocol(id: number): string {
    return this.named(PROTOCOL_NAMES, id);
  }

  scope(id: number): string {
    return this.named(SCOPE_NAMES, id);
  }

  /** The last name that was given to a table counts. */
  table(id: number): string {
    const known = this.numeric ? undefined : this.tables.findLast((table) => table.id === id);
    return known?.name ?? String(id);
  }

  /** The table that a word names or numbers, or null. */
  tableNumber(text: string): number | null {
    return this.tables.find(({ name }) => name === text)?.id ?? parseUnsigned(text, 0xffffffff);
  }

  realm(id: number): string {
    const known =
      this.numeric || id >= NAMED_REALMS ? undefined : this.realms.findLast((realm) => realm.id === id);
    return known?.name ?? String(id);
  }

  /** REALM or SOURCE/DESTINATION, of which the destination may be left out (get_rt_realms_or_raw); null for neither. */
  realmsNumber(text: string): number | null {
    const slash = text.indexOf('/');
    const source = slash < 0 ? 0 : this.realmNumber(text.slice(0, slash));
    const rest = text.slice(slash + 1);
    const destination = rest === '' && slash >= 0 ? 0 : this.realmNumber(rest);
    return source === null || destination === null ? null : ((source << 16) | destination) >>> 0;
  }

  private realmNumber(text: string): number | null {
    return this.realms.find(({ name }) => name === text)?.id ?? parseUnsigned(text, 0xffffffff);
  }

  group(id: number): string {
    return id === 0 && !this.numeric ? 'default' : String(id);
  }

  /** rtnl_dsfield_n2a: a name or two hexadecimal digits. */
  dsfield(id: number): string {
    const name = this.numeric ? undefined : DSFIELD_NAMES.get(id);
    return name ?? `0x${id.toString(16).padStart(2, '0')}`;
  }

  routeType(id: number): string {
    return (this.numeric ? undefined : ROUTE_TYPE_NAMES[id]) ?? String(id);
  }

  inetProtocol(id: number): string {
    return (this.numeric ? undefined : INET_PROTOCOL_NAMES.get(id)) ?? `ipproto-${id}`;
  }

  linkType(id: number): string {
    return (this.numeric ? undefined : LINK_TYPES.get(id)) ?? `[${id}]`;
  }

  private named(names: ReadonlyMap<number, string>, id: number): string {
    return (this.numeric ? undefined : names.get(id)) ?? String(id);
  }
}

const named = (names: ReadonlyMap<number, string>, text: string, limit: number, base = 0): number | null =>
  numberOf(names, text) ?? parseUnsigned(text, limit, base);

export const parseProtocol = (text: string): number | null => named(PROTOCOL_NAMES, text, 255);
export const parseScope = (text: string): number | null => named(SCOPE_NAMES, text, 255);
/** A bare number is hexadecimal here. */
export const parseDsfield = (text: string): number | null => named(DSFIELD_NAMES, text, 255, 16);

export function parseGroup(text: string): number | null {
  if (text === 'default') return 0;
  const group = parseInteger(text);
  return group !== null && group >= 0 ? group : null;
}

export function parseRouteType(text: string): number | null {
  for (const [word, type, abbreviates] of ROUTE_TYPE_ORDER)
    if (text === word || (abbreviates && text !== '' && word.startsWith(text))) return type;
  return parseUnsigned(text, 255);
}

/** A number below 256 in decimal, or a name in either case of /etc/protocols. */
export function parseInetProtocol(text: string): number | null {
  const number = parseUnsigned(text, 255, 10);
  if (number !== null) return number;
  if (text === 'IP-ENCAP') return 4;
  return (
    numberOf(INET_PROTOCOL_NAMES, text) ??
    (text === text.toUpperCase() ? numberOf(INET_PROTOCOL_NAMES, text.toLowerCase()) : null)
  );
}
