// A small machine for tests of the administrative side: a lab, its initial namespace, and requests in short words.
import { expect } from 'vitest';
import { strerror } from '../../src/addr/errno.ts';
import { formatIpv4, type Ipv4, parseIpv4 } from '../../src/addr/ipv4.ts';
import { changeAddress } from '../../src/admin/address.ts';
import { addLink, dumpLinks, getLink, setLink } from '../../src/admin/link.ts';
import { dumpRoutes } from '../../src/admin/route.ts';
import type { LinkAdd, LinkInfo, Outcome, RouteInfo } from '../../src/admin/types.ts';
import { RouteType } from '../../src/fib/route.ts';
import { createLab } from '../../src/lab/create.ts';
import type { Lab } from '../../src/lab/lab.ts';
import type { Namespace } from '../../src/netns/namespace.ts';

export interface Machine {
  lab: Lab;
  root: Namespace;
}

export function machine(): Machine {
  const lab = createLab();
  return { lab, root: lab.kernel.initial };
}

/** The outcome as iproute2 would word it; 'ok' for success. */
export function words(outcome: Outcome): string {
  if (outcome === null) return 'ok';
  return outcome.message === undefined ? strerror(outcome.errno) : `Error: ${outcome.message}.`;
}

export const ok = (outcome: Outcome): void => expect(words(outcome)).toBe('ok');

export function ip(text: string): Ipv4 {
  const parsed = parseIpv4(text);
  if (parsed === null) throw new Error(`not an address: ${text}`);
  return parsed;
}

export const add = (namespace: Namespace, kind: string, name: string, rest: Partial<LinkAdd> = {}): void =>
  ok(addLink(namespace, { kind, name, ...rest }));

/** A veth pair in one namespace. */
export const pair = (namespace: Namespace, one: string, other: string, rest: Partial<LinkAdd> = {}): void =>
  add(namespace, 'veth', one, { veth: { peer: { name: other } }, ...rest });

export const up = (namespace: Namespace, name: string): void => ok(setLink(namespace, name, { up: true }));
export const down = (namespace: Namespace, name: string): void => ok(setLink(namespace, name, { up: false }));

/** `ip address add PREFIX dev DEVICE`. */
export function address(namespace: Namespace, device: string, prefix: string): Outcome {
  const [text, length] = prefix.split('/');
  return changeAddress(namespace, 'add', device, {
    local: ip(text),
    peer: ip(text),
    length: length === undefined ? 32 : Number(length),
  });
}

const STATES = ['UNKNOWN', 'NOTPRESENT', 'DOWN', 'LOWERLAYERDOWN', 'TESTING', 'DORMANT', 'UP'];

const FLAGS: readonly [number, string][] = [
  [0x8, 'LOOPBACK'],
  [0x2, 'BROADCAST'],
  [0x10, 'POINTOPOINT'],
  [0x1000, 'MULTICAST'],
  [0x80, 'NOARP'],
  [0x200, 'ALLMULTI'],
  [0x100, 'PROMISC'],
  [0x1, 'UP'],
  [0x10000, 'LOWER_UP'],
];

/** The first line of `ip link`: `2: v0@v1: <BROADCAST,MULTICAST,M-DOWN> mtu 1500 qdisc noop state DOWN`. */
export function line(namespace: Namespace, name: string): string {
  const answer = getLink(namespace, name);
  return 'refusal' in answer ? `no ${name}` : lineOf(namespace, answer.value);
}

export const lines = (namespace: Namespace): string[] =>
  dumpLinks(namespace).map((info) => lineOf(namespace, info));

function lineOf(namespace: Namespace, info: LinkInfo): string {
  const isUp = (info.flags & 1) !== 0;
  const flags = FLAGS.filter(([bit]) => (info.flags & bit) !== 0).map(([, word]) => word);
  if (isUp && (info.flags & 0x40) === 0) flags.unshift('NO-CARRIER');
  if (info.hasLink && info.linkName !== '' && !isPeerUp(namespace, info.linkName)) flags.push('M-DOWN');
  const link = !info.hasLink ? '' : `@${info.linkName || (info.link === 0 ? 'NONE' : `if${info.link}`)}`;
  const master = info.master === '' ? '' : ` master ${info.master}`;
  const state = STATES[info.operstate];
  return `${info.index}: ${info.name}${link}: <${flags.join(',')}> mtu ${info.mtu} qdisc ${info.qdisc}${master} state ${state}`;
}

function isPeerUp(namespace: Namespace, name: string): boolean {
  const answer = getLink(namespace, name);
  return 'value' in answer && (answer.value.flags & 1) !== 0;
}

const TYPES: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(RouteType).map(([name, number]) => [number, name.toLowerCase()]),
);

/** A route in the words of `ip route`: `10.0.0.0/24 dev d0 src 10.0.0.1`. */
function routeLine(route: RouteInfo): string {
  const type = route.type === RouteType.UNICAST ? '' : `${TYPES[route.type]} `;
  const target =
    route.length === 32 ? formatIpv4(route.destination) : `${formatIpv4(route.destination)}/${route.length}`;
  const hops = route.nextHops.map((hop) => {
    const via = hop.gateway === 0 ? '' : ` via ${formatIpv4(hop.gateway)}`;
    const dead = (hop.flags & 1) !== 0 ? ' dead' : '';
    return `${via} dev ${hop.device}${dead}${(hop.flags & 16) !== 0 ? ' linkdown' : ''}`;
  });
  const source = route.prefsrc === 0 ? '' : ` src ${formatIpv4(route.prefsrc)}`;
  const metric = route.priority === 0 ? '' : ` metric ${route.priority}`;
  return `${type}${target}${hops.join(',')}${source}${metric}`;
}

/** The routes of one table. */
export const routes = (namespace: Namespace, table = 254): string[] =>
  dumpRoutes(namespace, table).map(routeLine);
export const LOCAL = 255;
