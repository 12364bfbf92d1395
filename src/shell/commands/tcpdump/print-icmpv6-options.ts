// Options of neighbour discovery (RFC 4861 section 4.6, RFC 8106, RFC 4191; icmp6_opt_print).
import type { Dissector } from './dissector.ts';
import { unknownData } from './hex-dump.ts';
import { domainName } from './print-dns-names.ts';
import { type Bits, bits, type Tokens, token } from './tokens.ts';

const OPTION = {
  SOURCE: 1,
  TARGET: 2,
  PREFIX: 3,
  REDIRECTED: 4,
  MTU: 5,
  INTERVAL: 7,
  HOME_AGENT: 8,
  ROUTE: 24,
  SERVERS: 25,
  DOMAINS: 31,
} as const;
const NAMES: Tokens = new Map([
  [OPTION.SOURCE, 'source link-address'],
  [OPTION.TARGET, 'destination link-address'],
  [OPTION.PREFIX, 'prefix info'],
  [OPTION.REDIRECTED, 'redirected header'],
  [OPTION.MTU, 'mtu'],
  [OPTION.SERVERS, 'rdnss'],
  [OPTION.DOMAINS, 'dnssl'],
  [OPTION.INTERVAL, 'advertisement interval'],
  [OPTION.HOME_AGENT, 'homeagent information'],
  [OPTION.ROUTE, 'route info'],
]);

/** Prints the options in `left` bytes; false if the packet ends inside one. */
export function discoveryOptions(d: Dissector, start: number, left: number): boolean {
  let at = start;
  while (at < d.snapEnd && !d.cut) {
    if (!d.has(at + 1, 1)) return false;
    if (left <= 0) return true;
    const type = d.u8(at);
    const units = d.u8(at + 1);
    const size = units * 8;
    if (units === 0 || at + size > d.snapEnd) return false;
    d.print(`\n\t  ${token(NAMES, type, 'unknown')} option (${type}), length ${size} (${units}): `);
    if (!NAMES.has(type) && d.options.verbose <= 1) {
      unknownData(d, '\n\t  ', at + 2, size - 2);
      return true;
    }
    if (!option(d, type, at, units, start)) return false;
    if (d.options.verbose > 1) unknownData(d, '\n\t    ', at + 2, size - 2);
    at += size;
    left -= size;
  }
  return true;
}

const INFINITY = 0xffffffff;
const lifetime = (seconds: number): string => (seconds === INFINITY ? 'infinity' : `${seconds}s`);

function option(d: Dissector, type: number, at: number, units: number, start: number): boolean {
  switch (type) {
    case OPTION.SOURCE:
    case OPTION.TARGET:
      d.print(d.hexBytes(at + 2, units * 8 - 2, ':'));
      return true;
    case OPTION.PREFIX:
      prefix(d, at, units);
      return true;
    case OPTION.REDIRECTED:
      unknownData(d, '\n\t    ', start, units * 8);
      return true;
    case OPTION.MTU:
      d.print(` ${d.u32(at + 4)}${units !== 1 ? 'bad option length' : ''}`);
      return true;
    case OPTION.INTERVAL:
      d.print(` ${d.u32(at + 4)}ms`);
      return true;
    case OPTION.HOME_AGENT:
      d.print(` preference ${d.u16(at + 4)}, lifetime ${d.u16(at + 6)}`);
      return true;
    case OPTION.SERVERS:
      servers(d, at, units);
      return true;
    case OPTION.DOMAINS:
      return domains(d, at, units * 8, start);
    case OPTION.ROUTE:
      return route(d, at, units);
    default:
      return true;
  }
}

const PREFIX_FLAGS: Bits = [
  [0x80, 'onlink'],
  [0x40, 'auto'],
  [0x20, 'router'],
];

function prefix(d: Dissector, at: number, units: number): void {
  const flags = bits(PREFIX_FLAGS, d.u8(at + 3), 'none');
  const name = `${d.ipv6(at + 16)}/${d.u8(at + 2)}${units !== 4 ? 'badlen' : ''}`;
  d.print(`${name}, Flags [${flags}], valid time ${lifetime(d.u32(at + 4))}`);
  d.print(`, pref. time ${lifetime(d.u32(at + 8))}`);
}

function servers(d: Dissector, at: number, units: number): void {
  d.print(` lifetime ${d.u32(at + 4)}s,`);
  const count = Math.floor((units - 1) / 2);
  for (let i = 0; i < count; i++) d.print(` addr: ${d.ipv6(at + 8 + 16 * i)}`);
}

function domains(d: Dissector, at: number, size: number, start: number): boolean {
  d.print(` lifetime ${d.u32(at + 4)}s, domain(s):`);
  let name = at + 8;
  while (name < at + size && d.u8(name) !== 0) {
    d.print(' ');
    const next = domainName(d, name, start);
    if (next === null) return false;
    name = next;
  }
  return true;
}

const PREFERENCES = ['medium', 'high', 'rsv', 'low'];

/** The prefix takes as many bytes as it needs (RFC 4191 section 2.3). */
function route(d: Dissector, at: number, units: number): boolean {
  if (!d.has(at + 4, 4) || units > 3) return false;
  const address = new Uint8Array(16);
  const shown = (units - 1) * 8;
  if (d.need(at + 8, shown)) address.set(d.bytes.subarray(at + 8, at + 8 + shown));
  d.print(` ${d.names.ipv6(address)}/${d.u8(at + 2)}`);
  d.print(`, pref=${PREFERENCES[(d.u8(at + 3) >>> 3) & 3]}, lifetime=${lifetime(d.u32(at + 4))}`);
  return true;
}
