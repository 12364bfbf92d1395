// `route add` and `route del`: the words of the request (INET_setroute of net-tools) and what the kernel makes of the
// struct rtentry (rtentry_to_fib_config in net/ipv4/fib_frontend.c).
import { Errno, type Refusal, strerror } from '../../../addr/errno.ts';
import { ANY, type Ipv4, maskLength } from '../../../addr/ipv4.ts';
import { interfaceAddress } from '../../../admin/interface-ioctl.ts';
import { changeRoute, deleteRoute } from '../../../admin/route.ts';
import { type Metrics, RouteProtocol, RouteType, Scope, Table } from '../../../admin/route-constants.ts';
import type { RouteRequest } from '../../../admin/types.ts';
import type { Namespace } from '../../../netns/namespace.ts';
import type { Context } from '../../command.ts';
import { INET_ROUTE_USAGE } from '../net-tools/usage.ts';
import { parseInteger } from '../probe/numbers.ts';
import type { Resolver } from '../probe/resolver.ts';

/** Exit statuses of net-tools. */
const Status = { BAD_OPTION: 3, LOOKUP: 6, SOCKET: 7 } as const;

const TCP_IP_HEADERS = 40;

/** struct rtentry. */
interface Entry {
  destination: Ipv4;
  host: boolean;
  /** 0 for none. */
  mask: number;
  maskText: string;
  gateway: Ipv4;
  hasGateway: boolean;
  metric: number;
  reject: boolean;
  device: string;
  metrics: Partial<Metrics>;
}

/** What is wrong with the words: a complaint (or '') and the exit status; status 3 brings the usage text. */
interface Fault {
  readonly text: string;
  readonly status: number;
}

const misuse = (text = ''): Fault => ({ text, status: Status.BAD_OPTION });

type Word = (entry: Entry, words: string[], resolver: Resolver) => Fault | null;

/** A number within limits behind a keyword. */
const bounded =
  (name: 'advmss' | 'window' | 'rtt', low: number, high: number, complaint: string): Word =>
  (entry, words) => {
    const word = words.shift();
    if (word === undefined) return misuse();
    const { value } = parseInteger(word, 10);
    if (value < low || value > high) return misuse(`route: ${complaint}.\n`);
    entry.metrics[name] = name === 'advmss' ? value - TCP_IP_HEADERS : name === 'rtt' ? value << 3 : value;
    return null;
  };

const mss = bounded('advmss', 64, 65536, 'Invalid MSS/MTU');
const ignored: Word = () => null;

const WORDS: Readonly<Record<string, Word>> = {
  metric: setMetric,
  netmask: setNetmask,
  gw: setGateway,
  gateway: setGateway,
  mss,
  mtu: mss,
  window: bounded('window', 128, Number.POSITIVE_INFINITY, 'Invalid window'),
  irtt: bounded('rtt', 1, 12_000, 'Invalid initial rtt'),
  reject: (entry) => {
    entry.reject = true;
    return null;
  },
  mod: ignored,
  dyn: ignored,
  reinstate: ignored,
  dev: setDevice,
  device: setDevice,
};

function setMetric(entry: Entry, words: string[]): Fault | null {
  const word = words.shift();
  if (word === undefined || !/^[0-9]/.test(word)) return misuse();
  entry.metric = parseInteger(word, 10).value;
  return null;
}

function setNetmask(entry: Entry, words: string[], resolver: Resolver): Fault | null {
  const word = words.shift();
  if (word === undefined || entry.mask !== 0) return misuse();
  const mask = lookUp(word, resolver);
  if (typeof mask !== 'number') return mask;
  entry.mask = mask;
  entry.maskText = word;
  return null;
}

function setGateway(entry: Entry, words: string[], resolver: Resolver): Fault | null {
  const word = words.shift();
  if (word === undefined || entry.hasGateway) return misuse();
  if (word === 'default') return misuse(`route: ${word}: cannot use a NETWORK as gateway!\n`);
  const gateway = lookUp(word, resolver);
  if (typeof gateway !== 'number') return gateway;
  entry.gateway = gateway;
  entry.hasGateway = true;
  return null;
}

function setDevice(entry: Entry, words: string[]): Fault | null {
  const word = words.shift();
  if (word === undefined || entry.device !== '') return misuse();
  entry.device = word;
  return null;
}

/** `default` is 0.0.0.0. */
function lookUp(word: string, resolver: Resolver): Ipv4 | Fault {
  if (word === 'default') return ANY;
  const resolved = resolver.resolve(word);
  return 'address' in resolved
    ? resolved.address
    : { text: `${word}: Unknown host\n`, status: Status.LOOKUP };
}

/** Reads the words and asks the kernel; the exit status. */
export function editRoute(
  context: Context,
  add: boolean,
  args: readonly string[],
  resolver: Resolver,
): number {
  if (args.length === 0) {
    context.err(INET_ROUTE_USAGE);
    return 0;
  }
  const entry = readEntry([...args], resolver);
  const fault = 'status' in entry ? entry : check(entry);
  if (fault !== null) {
    context.err(fault.text + (fault.status === Status.BAD_OPTION ? INET_ROUTE_USAGE : ''));
    return fault.status;
  }
  const refusal = submit(context.namespace, add, entry as Entry);
  if (refusal === null) return 0;
  context.err(`${add ? 'SIOCADDRT' : 'SIOCDELRT'}: ${strerror(refusal.errno)}\n`);
  return Status.SOCKET;
}

function readEntry(words: string[], resolver: Resolver): Entry | Fault {
  const kind = words[0] === '#net' || words[0] === '#host' ? words.shift() : '';
  const target = words.shift();
  if (target === undefined) return misuse();
  const [host, prefix] = splitPrefix(target);
  if (prefix !== null && prefix.rest !== '') return misuse();
  const destination = lookUp(host, resolver);
  if (typeof destination !== 'number') return destination;
  const entry: Entry = {
    destination,
    host: kind === '#host' || (kind === '' && host !== 'default'),
    // As for ifconfig: a shift by 32 is one by 0 on this processor.
    mask: prefix === null ? 0 : ~(0xffffffff >>> (prefix.value & 31)),
    maskText: prefix === null ? 'default' : `/${prefix.value}`,
    gateway: ANY,
    hasGateway: false,
    metric: -1,
    reject: false,
    device: '',
    metrics: {},
  };
  return readWords(entry, words, resolver) ?? entry;
}

function splitPrefix(target: string): [string, { value: number; rest: string } | null] {
  const slash = target.indexOf('/');
  return slash < 0 ? [target, null] : [target.slice(0, slash), parseInteger(target.slice(slash + 1), 0)];
}

function readWords(entry: Entry, words: string[], resolver: Resolver): Fault | null {
  while (words.length > 0) {
    const word = words.shift() as string;
    if (Object.hasOwn(WORDS, word)) {
      const fault = WORDS[word](entry, words, resolver);
      if (fault !== null) return fault;
      continue;
    }
    // A bare word is the device, and nothing may follow it.
    if (entry.device !== '') return misuse();
    entry.device = word;
    if (words.length > 0) return misuse();
  }
  return null;
}

/** The mask has to suit the address before the kernel is asked. */
function check(entry: Entry): Fault | null {
  if (entry.mask === 0) return null;
  const inverse = ~entry.mask >>> 0;
  if (entry.host && inverse !== 0xffffffff) {
    const shown = inverse.toString(16).padStart(8, '0');
    return misuse(`route: netmask ${shown} doesn't make sense with host route\n`);
  }
  if (maskLength(entry.mask) < 0) return misuse(`route: bogus netmask ${entry.maskText}\n`);
  if ((entry.destination & ~entry.mask) !== 0) return misuse("route: netmask doesn't match route address\n");
  return null;
}

function submit(namespace: Namespace, add: boolean, entry: Entry): Refusal | null {
  const length = entry.host ? 32 : maskLength(entry.mask);
  // bad_mask: a network without a mask is 0.0.0.0/0, so its address must be 0.
  if (!entry.host && (entry.destination & ~entry.mask) !== 0) return { errno: Errno.EINVAL };
  const request: RouteRequest = {
    // In a VRF its table, which the command itself does not show (rtentry_to_fib_config).
    table: namespace.device(entry.device.split(':')[0])?.l3mdev?.vrfTable ?? Table.MAIN,
    destination: entry.destination,
    length,
    type: entry.reject ? RouteType.UNREACHABLE : RouteType.UNICAST,
    nextHops: [],
  };
  if (entry.metric >= 0) request.priority = entry.metric;
  if (entry.reject) request.scope = Scope.HOST;
  else {
    const refusal = addNextHop(namespace, add, entry, request);
    if (refusal !== null) return refusal;
  }
  if (!add) return deleteRoute(namespace, request);
  // SIOCADDRT creates without asking for exclusiveness; the kernel refuses an equal route all the same.
  return changeRoute(namespace, 'prepend', {
    ...request,
    protocol: RouteProtocol.BOOT,
    metrics: entry.metrics,
  });
}

function addNextHop(namespace: Namespace, add: boolean, entry: Entry, request: RouteRequest): Refusal | null {
  const device = entry.device.split(':')[0].slice(0, 15);
  if (entry.device !== '' && namespace.device(device) === undefined) return { errno: Errno.ENODEV };
  if (entry.device.includes(':')) {
    const source = interfaceAddress(namespace, entry.device);
    if (source === null) return { errno: Errno.ENODEV };
    request.prefsrc = source.local;
  }
  if (add && entry.hasGateway && entry.gateway === 0) return { errno: Errno.EINVAL };
  const reachable = entry.gateway !== 0 && namespace.ownerOf(entry.gateway) === null;
  request.scope = reachable ? Scope.UNIVERSE : add ? Scope.LINK : Scope.NOWHERE;
  if (device !== '' || entry.gateway !== 0) request.nextHops = [{ device, gateway: entry.gateway }];
  else if (add) request.nextHops = [{ device: '', gateway: ANY }];
  return null;
}
