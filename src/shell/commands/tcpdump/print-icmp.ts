// ICMP for IPv4 (print-icmp.c): one line, and with -v the checksum and the quoted packet.
import { IcmpType as Type, UnreachableCode as Unreachable } from '../../../wire/icmp.ts';
import type { Dissector, IpContext } from './dissector.ts';
import { IP_PROTOCOL } from './ip-protocols.ts';
import { icmpExtensions } from './print-icmp-extensions.ts';
import { checksumAt, rightChecksum } from './print-ipv4.ts';
import { type Tokens, token } from './tokens.ts';

/** Offsets in the message: of the quoted packet, and of fields of its IP header. */
const QUOTE = 8;
const QUOTED_PROTOCOL = QUOTE + 9;
const QUOTED_DESTINATION = QUOTE + 16;

const OTHER_TYPES: Tokens = new Map([
  [Type.SOURCE_QUENCH, 'source quench'],
  [10, 'router solicitation'],
  [Type.INFO_REQUEST, 'information request'],
  [Type.INFO_REPLY, 'information reply'],
  [Type.ADDRESS_MASK, 'address mask request'],
]);
const ROUTER_ADVERTISEMENT = 9;

const QUOTING: ReadonlySet<number> = new Set([
  Type.UNREACHABLE,
  Type.SOURCE_QUENCH,
  Type.REDIRECT,
  Type.TIME_EXCEEDED,
  Type.PARAMETER_PROBLEM,
]);

export function icmp(d: Dissector, at: number, length: number, { fragmented }: IpContext): void {
  d.protocol = 'icmp';
  const type = d.u8(at);
  const words = message(d, at, type, d.u8(at + 1));
  if (words === null) {
    d.printTruncated();
    return;
  }
  d.print(`ICMP ${words}, length ${length}`);
  if (d.options.verbose === 0) return;
  if (!fragmented && d.has(at, length)) wrongChecksum(d, at, length);
  if (QUOTING.has(type)) quoted(d, at + QUOTE);
  d.protocol = 'icmp';
  icmpExtensions(d, at, length, type);
}

function wrongChecksum(d: Dissector, at: number, length: number): void {
  const sum = checksumAt(d, at, length);
  if (sum === 0) return;
  const field = d.u16(at + 2);
  d.print(` (wrong icmp cksum ${field.toString(16)} (->${rightChecksum(field, sum).toString(16)})!)`);
}

function quoted(d: Dissector, at: number): void {
  d.print('\n\t');
  const saved = d.snapEnd;
  d.snapEnd = Math.min(at + d.u16(at + 2), saved);
  // The length is read again, now behind the end if it was a lie.
  d.printers.ipv4(d, at, d.u16(at + 2));
  d.snapEnd = saved;
}

/** What the message says; null if it ends too early to tell. */
function message(d: Dissector, at: number, type: number, code: number): string | null {
  switch (type) {
    case Type.ECHO:
    case Type.ECHO_REPLY:
      return `echo ${type === Type.ECHO ? 'request' : 'reply'}, id ${d.u16(at + 4)}, seq ${d.u16(at + 6)}`;
    case Type.UNREACHABLE:
      return unreachable(d, at, code);
    case Type.REDIRECT:
      return redirect(d, at, code);
    case ROUTER_ADVERTISEMENT:
      return routerAdvertisement(d, at);
    case Type.TIME_EXCEEDED:
      return d.has(at + QUOTED_DESTINATION, 4) ? (TIME_WORDS[code] ?? `time exceeded-#${code}`) : null;
    case Type.PARAMETER_PROBLEM:
      return `parameter problem - ${code !== 0 ? `code ${code}` : `octet ${d.u8(at + 4)}`}`;
    case Type.ADDRESS_MASK_REPLY:
      return `address mask is 0x${d
        .u32(at + 8)
        .toString(16)
        .padStart(8, '0')}`;
    case Type.TIMESTAMP:
      return `time stamp query id ${d.u16(at + 4)} seq ${d.u16(at + 6)}`;
    case Type.TIMESTAMP_REPLY:
      return d.has(at + 16, 4) ? timestampReply(d, at) : null;
    default:
      return token(OTHER_TYPES, type, `type-#${type}`);
  }
}

const TIME_WORDS = ['time exceeded in-transit', 'ip reassembly time exceeded'];

/** Words before and behind the destination of the quoted packet. */
const UNREACHABLE_WORDS: ReadonlyMap<number, readonly [string, string]> = new Map([
  [Unreachable.NET, ['net ', ' unreachable']],
  [Unreachable.HOST, ['host ', ' unreachable']],
  [Unreachable.SOURCE_ROUTE_FAILED, ['', ' unreachable - source route failed']],
  [Unreachable.NET_UNKNOWN, ['net ', ' unreachable - unknown']],
  [Unreachable.HOST_UNKNOWN, ['host ', ' unreachable - unknown']],
  [Unreachable.HOST_ISOLATED, ['', ' unreachable - source host isolated']],
  [Unreachable.NET_PROHIBITED, ['net ', ' unreachable - admin prohibited']],
  [Unreachable.HOST_PROHIBITED, ['host ', ' unreachable - admin prohibited']],
  [Unreachable.NET_FOR_TOS, ['net ', ' unreachable - tos prohibited']],
  [Unreachable.HOST_FOR_TOS, ['host ', ' unreachable - tos prohibited']],
  [Unreachable.FILTERED, ['host ', ' unreachable - admin prohibited filter']],
  [Unreachable.PRECEDENCE_VIOLATION, ['host ', ' unreachable - host precedence violation']],
  [Unreachable.PRECEDENCE_CUTOFF, ['host ', ' unreachable - precedence cutoff']],
]);

function unreachable(d: Dissector, at: number, code: number): string | null {
  if (code === Unreachable.PORT) return portUnreachable(d, at);
  const destination = d.ipv4(at + QUOTED_DESTINATION);
  if (code === Unreachable.PROTOCOL)
    return `${destination} protocol ${d.u8(at + QUOTED_PROTOCOL)} unreachable`;
  if (code === Unreachable.FRAGMENTATION_NEEDED) {
    const mtu = d.u16(at + 6);
    return `${destination} unreachable - need to frag${mtu !== 0 ? ` (mtu ${mtu})` : ''}`;
  }
  const words = UNREACHABLE_WORDS.get(code);
  return words === undefined
    ? `${destination} unreachable - #${code}`
    : `${words[0]}${destination}${words[1]}`;
}

function portUnreachable(d: Dissector, at: number): string | null {
  if (!d.has(at + QUOTED_PROTOCOL, 1)) return null;
  const quote = at + QUOTE;
  const port = d.u16(quote + (d.u8(quote) & 15) * 4 + 2);
  const protocol = d.u8(at + QUOTED_PROTOCOL);
  const destination = d.ipv4(at + QUOTED_DESTINATION);
  if (protocol === IP_PROTOCOL.TCP) return `${destination} tcp port ${d.names.tcpPort(port)} unreachable`;
  if (protocol === IP_PROTOCOL.UDP) return `${destination} udp port ${d.names.udpPort(port)} unreachable`;
  return `${destination} protocol ${protocol} port ${port} unreachable`;
}

const REDIRECT_WORDS = [
  ['redirect', 'net '],
  ['redirect', 'host '],
  ['redirect-tos', 'net '],
  ['redirect-tos', 'host '],
];

function redirect(d: Dissector, at: number, code: number): string {
  const [what, kind] = REDIRECT_WORDS[code] ?? [`redirect-#${code}`, ''];
  return `${what} ${d.ipv4(at + QUOTED_DESTINATION)} to ${kind}${d.ipv4(at + 4)}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `30`, `1:30`, `1:00:30` */
function lifetime(seconds: number): string {
  if (seconds < 60) return String(seconds);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  return `${Math.floor(seconds / 3600)}:${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
}

function routerAdvertisement(d: Dissector, at: number): string | null {
  if (!d.has(at + 4, 4)) return null;
  const count = d.u8(at + 4);
  const start = `router advertisement lifetime ${lifetime(d.u16(at + 6))} ${count}:`;
  const size = d.u8(at + 5);
  if (size !== 2) return `${start} [size ${size}]`;
  const routers: string[] = [];
  for (let i = 0; i < count; i++) {
    const entry = at + 8 + 8 * i;
    if (!d.has(entry, 8)) return null;
    routers.push(` {${d.ipv4(entry)} ${d.u32(entry + 4)}}`);
  }
  // The real one writes into a buffer of 164 bytes and stops when it is full.
  return `${start}${routers.join('')}`.slice(0, MESSAGE_MAX);
}

/** MAXHOSTNAMELEN + 100, less the terminating zero. */
const MESSAGE_MAX = 163;

/** Milliseconds since midnight as `00:00:00.000`. */
function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const millis = String(milliseconds % 1000).padStart(3, '0');
  return `${two(hours)}:${two(minutes % 60)}:${two(seconds % 60)}.${millis}`;
}

function timestampReply(d: Dissector, at: number): string {
  const times = [8, 12, 16].map((offset) => clock(d.u32(at + offset)));
  const start = `time stamp reply id ${d.u16(at + 4)} seq ${d.u16(at + 6)}`;
  return `${start}: org ${times[0]}, recv ${times[1]}, xmit ${times[2]}`;
}
