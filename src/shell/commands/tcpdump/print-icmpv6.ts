// ICMPv6: errors, echo, neighbour discovery, multicast listeners (print-icmp6.c). Of router renumbering, node
// information and RPL the first words.
import type { Dissector, IpContext } from './dissector.ts';
import { unknownData } from './hex-dump.ts';
import { IP_PROTOCOL } from './ip-protocols.ts';
import { transportChecksum6 } from './ipv6-checksum.ts';
import { listenerQuery, listenerReport, listenerReport2 } from './print-icmpv6-listeners.ts';
import { discoveryOptions } from './print-icmpv6-options.ts';
import { rightChecksum } from './print-ipv4.ts';
import { type Bits, bits, hex4, type Tokens, token } from './tokens.ts';

const TYPE = {
  UNREACHABLE: 1,
  TOO_BIG: 2,
  TIME_EXCEEDED: 3,
  PARAMETER_PROBLEM: 4,
  ECHO_REQUEST: 128,
  ECHO_REPLY: 129,
  LISTENER_QUERY: 130,
  LISTENER_REPORT: 131,
  LISTENER_DONE: 132,
  ROUTER_SOLICITATION: 133,
  ROUTER_ADVERTISEMENT: 134,
  NEIGHBOUR_SOLICITATION: 135,
  NEIGHBOUR_ADVERTISEMENT: 136,
  REDIRECT: 137,
  INVERSE_SOLICITATION: 141,
  INVERSE_ADVERTISEMENT: 142,
  LISTENER_REPORT_2: 143,
} as const;

const NAMES: Tokens = new Map([
  [TYPE.UNREACHABLE, 'destination unreachable'],
  [TYPE.TOO_BIG, 'packet too big'],
  [TYPE.TIME_EXCEEDED, 'time exceeded in-transit'],
  [TYPE.PARAMETER_PROBLEM, 'parameter problem'],
  [TYPE.ECHO_REQUEST, 'echo request'],
  [TYPE.ECHO_REPLY, 'echo reply'],
  [TYPE.LISTENER_QUERY, 'multicast listener query'],
  [TYPE.LISTENER_REPORT, 'multicast listener report'],
  [TYPE.LISTENER_DONE, 'multicast listener done'],
  [TYPE.ROUTER_SOLICITATION, 'router solicitation'],
  [TYPE.ROUTER_ADVERTISEMENT, 'router advertisement'],
  [TYPE.NEIGHBOUR_SOLICITATION, 'neighbor solicitation'],
  [TYPE.NEIGHBOUR_ADVERTISEMENT, 'neighbor advertisement'],
  [TYPE.REDIRECT, 'redirect'],
  [138, 'router renumbering'],
  [139, 'who-are-you request'],
  [140, 'who-are-you reply'],
  [TYPE.INVERSE_SOLICITATION, 'inverse neighbor solicitation'],
  [TYPE.INVERSE_ADVERTISEMENT, 'inverse neighbor advertisement'],
  [TYPE.LISTENER_REPORT_2, 'multicast listener report v2'],
  [144, 'ha discovery request'],
  [145, 'ha discovery reply'],
  [146, 'mobile router solicitation'],
  [147, 'mobile router advertisement'],
  [155, 'RPL'],
  [200, 'mtrace response'],
  [201, 'mtrace message'],
]);

/** With -v their length comes before their fields. */
const LENGTH_FIRST: ReadonlySet<number> = new Set([
  TYPE.ROUTER_SOLICITATION,
  TYPE.ROUTER_ADVERTISEMENT,
  TYPE.NEIGHBOUR_SOLICITATION,
  TYPE.NEIGHBOUR_ADVERTISEMENT,
  TYPE.REDIRECT,
  145,
  147,
]);

export function icmpv6(d: Dissector, at: number, length: number, ip: IpContext): void {
  d.protocol = 'icmp6';
  if (length === 0) {
    d.print('ICMP6, length 0');
    d.printInvalid();
    return;
  }
  const { verbose } = d.options;
  if (verbose > 0 && !ip.fragmented && d.has(at, length)) checksumWords(d, at, length, ip);
  const type = d.u8(at);
  d.print(`ICMP6, ${token(NAMES, type, `unknown icmp6 type (${type})`)}`);
  if (verbose > 0 && LENGTH_FIRST.has(type)) d.print(`, length ${length}`);
  const end = message(d, at, type, d.u8(at + 1), length);
  if (end === 'truncated') d.printTruncated();
  else if (end === 'length' && verbose === 0) d.print(`, length ${length}`);
}

function checksumWords(d: Dissector, at: number, length: number, ip: IpContext): void {
  const sum = transportChecksum6(d, ip.header, at, length, IP_PROTOCOL.ICMPV6);
  const field = d.u16(at + 2);
  if (sum === 0) d.print('[icmp6 sum ok] ');
  else d.print(`[bad icmp6 cksum 0x${hex4(field)} -> 0x${hex4(rightChecksum(field, sum))}!] `);
}

/** How the line ends: with the length (without -v), with ` [|icmp6]`, or as it is. */
type End = 'length' | 'truncated' | 'done';

const HEADER = 8;

function message(d: Dissector, at: number, type: number, code: number, length: number): End {
  switch (type) {
    case TYPE.UNREACHABLE:
      return unreachable(d, at, code, length);
    case TYPE.TOO_BIG:
      d.print(`, mtu ${d.u32(at + 4)}`);
      return 'length';
    case TYPE.TIME_EXCEEDED:
      return timeExceeded(d, at, code);
    case TYPE.PARAMETER_PROBLEM:
      return parameterProblem(d, at, code);
    case TYPE.ECHO_REQUEST:
    case TYPE.ECHO_REPLY:
      d.print(`, id ${d.u16(at + 4)}, seq ${d.u16(at + 6)}`);
      return 'length';
    case TYPE.LISTENER_QUERY:
      listenerQuery(d, at, length);
      return 'length';
    case TYPE.LISTENER_REPORT:
    case TYPE.LISTENER_DONE:
      listenerReport(d, at);
      return 'length';
    case TYPE.LISTENER_REPORT_2:
      listenerReport2(d, at, length);
      return 'length';
    default:
      return LENGTH_FIRST.has(type) ? discovery(d, at, type, length) : other(d, at, type, length);
  }
}

const UNREACHABLE_WORDS: Tokens = new Map([
  [0, 'unreachable route'],
  [1, ' unreachable prohibited'],
  [2, 'beyond scope'],
  [3, 'unreachable address'],
  [4, 'unreachable port'],
]);
const QUOTED_SOURCE = HEADER + 8;
const QUOTED_DESTINATION = HEADER + 24;

function unreachable(d: Dissector, at: number, code: number, length: number): End {
  d.print(`, ${token(UNREACHABLE_WORDS, code, `unknown unreach code (${code})`)}`);
  if (code === 4) return portUnreachable(d, at);
  if (code <= 3) {
    d.print(` ${d.ipv6(at + QUOTED_DESTINATION)}`);
    if (code === 2) d.print(`, source address ${d.ipv6(at + QUOTED_SOURCE)}`);
    return 'length';
  }
  if (d.options.verbose > 1) return 'length';
  unknownData(d, '\n\t', at, length);
  return 'done';
}

function portUnreachable(d: Dissector, at: number): End {
  const transport = quotedTransport(d, at + HEADER);
  if (transport === null) return 'truncated';
  const port = d.u16(transport.at + 2);
  const destination = d.ipv6(at + QUOTED_DESTINATION);
  const tcp = transport.protocol === IP_PROTOCOL.TCP;
  const name = tcp ? d.names.tcpPort(port) : d.names.udpPort(port);
  d.print(`, ${destination} ${tcp ? 'tcp' : 'udp'} port ${name}`);
  return 'length';
}

const EXTENSIONS: ReadonlySet<number> = new Set([
  IP_PROTOCOL.HOP_BY_HOP,
  IP_PROTOCOL.DESTINATION_OPTIONS,
  IP_PROTOCOL.ROUTING,
]);
const AUTHENTICATION = 51;

/** The TCP or UDP header of the quoted packet, if it was quoted that far. */
function quotedTransport(d: Dissector, header: number): { at: number; protocol: number } | null {
  if (!d.has(header + 6, 1)) return null;
  let protocol = d.u8(header + 6);
  let at = header + 40;
  while (d.has(at, 2)) {
    if (protocol === IP_PROTOCOL.TCP || protocol === IP_PROTOCOL.UDP)
      return d.has(at + 2, 2) ? { at, protocol } : null;
    const next = d.u8(at);
    if (EXTENSIONS.has(protocol)) at += (d.u8(at + 1) + 1) * 8;
    else if (protocol === AUTHENTICATION) at += (d.u8(at + 1) + 2) * 4;
    else if (protocol === IP_PROTOCOL.FRAGMENT && d.has(at + 2, 2) && (d.u16(at + 2) & 0xfff8) === 0) at += 8;
    else return null;
    protocol = next;
  }
  return null;
}

function timeExceeded(d: Dissector, at: number, code: number): End {
  if (code === 0) d.print(` for ${d.ipv6(at + QUOTED_DESTINATION)}`);
  else d.print(code === 1 ? ' (reassembly)' : `, unknown code (${code})`);
  return 'length';
}

const PROBLEM_WORDS = ['erroneous', 'next header', 'option', 'incomplete header chain'];

function parameterProblem(d: Dissector, at: number, code: number): End {
  if (!d.has(at + QUOTED_DESTINATION, 16)) return 'truncated';
  const words = PROBLEM_WORDS[code];
  d.print(words === undefined ? `, code-#${code}` : `, ${words} - octet ${d.u32(at + 4)}`);
  return 'length';
}

/** Types without a printer of their own. */
function other(d: Dissector, at: number, type: number, length: number): End {
  if (type === 144 || type === 146) d.print(`, id 0x${hex4(d.u16(at + 4))}`);
  if (NAMES.has(type) && type < 200) return 'length';
  d.print(`, length ${length}`);
  if (d.options.verbose <= 1) unknownData(d, '\n\t', at, length);
  return 'done';
}

/** Bytes before the options of a message of neighbour discovery. */
const FIXED: ReadonlyMap<number, number> = new Map([
  [TYPE.ROUTER_SOLICITATION, 8],
  [TYPE.ROUTER_ADVERTISEMENT, 16],
  [TYPE.NEIGHBOUR_SOLICITATION, 24],
  [TYPE.NEIGHBOUR_ADVERTISEMENT, 24],
  [TYPE.REDIRECT, 40],
]);

const ADVERTISEMENT_FLAGS: Bits = [
  [0x80000000, 'router'],
  [0x40000000, 'solicited'],
  [0x20000000, 'override'],
];

/** Neighbour discovery (RFC 4861). */
function discovery(d: Dissector, at: number, type: number, length: number): End {
  const { verbose } = d.options;
  if (type === TYPE.NEIGHBOUR_SOLICITATION) d.print(`, who has ${d.ipv6(at + 8)}`);
  if (type === TYPE.NEIGHBOUR_ADVERTISEMENT) {
    d.print(`, tgt is ${d.ipv6(at + 8)}`);
    if (verbose > 0) d.print(`, Flags [${bits(ADVERTISEMENT_FLAGS, d.u32(at + 4), 'none')}]`);
  }
  if (type === TYPE.REDIRECT) {
    d.print(`, ${d.ipv6(at + 24)}`);
    d.print(` to ${d.ipv6(at + 8)}`);
  }
  if (type === TYPE.ROUTER_ADVERTISEMENT && verbose > 0) routerAdvertisement(d, at);
  const fixed = FIXED.get(type);
  if (verbose === 0 || fixed === undefined) return 'length';
  return discoveryOptions(d, at + fixed, length - fixed) ? 'length' : 'truncated';
}

const ROUTER_FLAGS: Bits = [
  [0x80, 'managed'],
  [0x40, 'other stateful'],
  [0x20, 'home agent'],
  [0x02, 'ipv6 only'],
];
/** Preference of a router or route (RFC 4191 section 2.1). */
const PREFERENCES = ['medium', 'high', 'rsv', 'low'];

function routerAdvertisement(d: Dissector, at: number): void {
  const flags = d.u8(at + 5);
  const words = bits(ROUTER_FLAGS, flags, 'none');
  const times = `router lifetime ${d.u16(at + 6)}s, reachable time ${d.u32(at + 8)}ms, retrans timer ${d.u32(at + 12)}ms`;
  d.print(
    `\n\thop limit ${d.u8(at + 4)}, Flags [${words}], pref ${PREFERENCES[(flags >>> 3) & 3]}, ${times}`,
  );
}
