// How the devices of several nodes are joined: veth pairs whose both ends are in dumps, a pod behind every device with a
// host route, one segment with a router for the nodes' interfaces of a subnet, and nothing behind the rest.
import { ANY, type Ipv4, inPrefix, networkOf } from '../addr/ipv4.ts';
import type { Mac } from '../addr/mac.ts';
import { RouteType } from '../admin/route-constants.ts';
import { podName } from './complete.ts';
import type { DumpedAddress, DumpedLink, NodeDump } from './node-dump.ts';

export interface End {
  readonly node: string;
  readonly link: DumpedLink;
}

/** A pod that only its node's routes tell of. */
export interface Pod {
  readonly end: End;
  readonly name: string;
  readonly addresses: readonly Ipv4[];
  /** Of the node's permanent neighbour; null for none. */
  readonly mac: Mac | null;
}

interface Subnet {
  readonly network: Ipv4;
  readonly length: number;
  /** Gateways that the nodes use in it, with the MAC that one of them has for it. */
  readonly gateways: ReadonlyMap<Ipv4, Mac | null>;
}

/** One broadcast domain: a bridge, which is the subnets' router too. */
export interface Segment {
  readonly ends: readonly End[];
  readonly subnets: readonly Subnet[];
  /** Addresses that are registered as /32: the router reaches each by a route. */
  readonly hosts: readonly Ipv4[];
}

export interface Wiring {
  readonly pairs: readonly (readonly [End, End])[];
  readonly pods: readonly Pod[];
  readonly segments: readonly Segment[];
  readonly loose: readonly End[];
  /** Of VLAN devices, each with the cable below it, which leads to where all segments are. */
  readonly trunks: ReadonlyMap<DumpedLink, DumpedLink>;
}

/** Kinds that stand for themselves; all others are one end of a cable. */
const ALONE = new Set(['bridge', 'dummy', 'ipip', 'vrf', 'vxlan']);

export const isCable = ({ name, kind }: DumpedLink): boolean => name !== 'lo' && !ALONE.has(kind ?? '');

/** The cable that a VLAN device sends its frames by; null for any other device, and for one over a bridge or another VLAN. */
export function trunkOf(dump: NodeDump, { vlan, lower }: DumpedLink): DumpedLink | null {
  if (vlan === null) return null;
  const below = dump.links.find(({ name }) => name === lower);
  return below === undefined || !isCable(below) || below.vlan !== null ? null : below;
}

export function wire(dumps: readonly NodeDump[]): Wiring {
  const pairs = pairsOf(dumps);
  const joined = new Set(pairs.flat().map(({ link }) => link));
  const open = dumps.flatMap((dump) =>
    dump.links.filter((link) => isCable(link) && !joined.has(link)).map((link) => ({ dump, link })),
  );
  const trunks = trunksOf(dumps, joined);
  const carrying = new Set(trunks.values());
  const pods: Pod[] = [];
  const placed: { dump: NodeDump; end: End; addresses: DumpedAddress[] }[] = [];
  const loose: End[] = [];
  for (const { dump, link } of open) {
    const end = { node: dump.name, link };
    const addresses = dump.addresses.filter(({ device }) => device === link.name);
    const behind = hostsBehind(dump, link.name);
    if (addresses.some(isRoutable) && link.master === '') placed.push({ dump, end, addresses });
    else if (trunks.has(link) || carrying.has(link)) continue;
    else if (behind.length > 0) pods.push(podOf(dump, end, behind, pods));
    else loose.push(end);
  }
  return { pairs, pods, segments: segmentsOf(placed), loose, trunks };
}

/** Of cables whose other end is in no dump: what is at the other end of a pair is known. */
function trunksOf(dumps: readonly NodeDump[], joined: ReadonlySet<DumpedLink>): Map<DumpedLink, DumpedLink> {
  const trunks = new Map<DumpedLink, DumpedLink>();
  for (const dump of dumps)
    for (const link of dump.links) {
      const trunk = trunkOf(dump, link);
      if (trunk !== null && !joined.has(trunk)) trunks.set(link, trunk);
    }
  return trunks;
}

/** Felix may give a pod's interface an address of its own (LocalWorkloadPeering): link-local ones make no segment. */
const isRoutable = ({ scope, local }: DumpedAddress): boolean => scope === 0 && local >>> 16 !== 0xa9fe;

// ---- pairs -------------------------------------------------------------------------------------------------------

function pairsOf(dumps: readonly NodeDump[]): [End, End][] {
  const pairs: [End, End][] = [];
  const taken = new Set<DumpedLink>();
  for (const dump of dumps)
    for (const link of dump.links) {
      const other = taken.has(link) ? null : otherEnd(dumps, dump, link);
      if (other === null || taken.has(other.link)) continue;
      taken.add(link).add(other.link);
      pairs.push([{ node: dump.name, link }, other]);
    }
  return pairs;
}

/** The other end of a veth: by name in the same namespace, by both indices and the namespace's name elsewhere. */
function otherEnd(dumps: readonly NodeDump[], dump: NodeDump, link: DumpedLink): End | null {
  if (link.kind !== 'veth') return null;
  if (link.lower !== '') {
    const here = dump.links.find(
      ({ name, lower, kind }) => name === link.lower && lower === link.name && kind === 'veth',
    );
    return here === undefined ? null : { node: dump.name, link: here };
  }
  const candidates = dumps.flatMap((other) =>
    other === dump
      ? []
      : other.links
          .filter((far) => isMutual(dump, link, other, far))
          .map((far) => ({ node: other.name, link: far })),
  );
  return candidates.length === 1 ? (candidates[0] as End) : null;
}

function isMutual(dump: NodeDump, link: DumpedLink, other: NodeDump, far: DumpedLink): boolean {
  if (far.kind !== 'veth' || far.index !== link.peerIndex || far.peerIndex !== link.index || link.index === 0)
    return false;
  if (link.peerNamespace !== '' || far.peerNamespace !== '')
    return link.peerNamespace === other.name || far.peerNamespace === dump.name;
  const reached = [...hostsBehind(dump, link.name), ...hostsBehind(other, far.name)];
  const own = [...dump.addresses, ...other.addresses].map(({ local }) => local);
  return reached.some((address) => own.includes(address));
}

// ---- pods --------------------------------------------------------------------------------------------------------

/** Addresses with a host route to this device and no gateway. */
export const hostsBehind = (dump: NodeDump, device: string): Ipv4[] =>
  dump.routes
    .filter(
      ({ length, type, nextHops, protocol }) =>
        length === 32 &&
        type === RouteType.UNICAST &&
        protocol !== 2 &&
        nextHops.length === 1 &&
        nextHops[0]?.device === device &&
        nextHops[0].gateway === ANY,
    )
    .map(({ destination }) => destination);

function podOf(dump: NodeDump, end: End, addresses: readonly Ipv4[], others: readonly Pod[]): Pod {
  const usual = podName(addresses[0] as Ipv4);
  // Two nodes that both claim an address: both pods are there, as they are in the cluster.
  const name = others.some((other) => other.name === usual) ? `${usual}-${end.node}` : usual;
  const neighbour = dump.neighbours.find(
    ({ device, destination }) => device === end.link.name && addresses.includes(destination),
  );
  return { end, name, addresses, mac: neighbour?.lladdr ?? null };
}

// ---- segments ----------------------------------------------------------------------------------------------------

interface Placed {
  readonly dump: NodeDump;
  readonly end: End;
  readonly addresses: readonly DumpedAddress[];
}

interface OpenSegment {
  placed: Placed[];
  prefixes: { network: Ipv4; length: number }[];
}

/** Interfaces share a segment if one's subnet holds an address of the other, or if they share a gateway. */
function segmentsOf(all: readonly Placed[]): Segment[] {
  const segments: OpenSegment[] = [];
  for (const placed of all) {
    const prefixes = prefixesOf(placed);
    const touching = segments.filter((segment) => overlaps(segment.prefixes, prefixes));
    const rest = segments.filter((segment) => !touching.includes(segment));
    const joined: OpenSegment = {
      placed: [...touching.flatMap((segment) => segment.placed), placed],
      prefixes: [...touching.flatMap((segment) => segment.prefixes), ...prefixes],
    };
    segments.splice(0, segments.length, ...rest, joined);
  }
  return segments.map(closed);
}

type PrefixLike = OpenSegment['prefixes'][number];

const overlaps = (some: readonly PrefixLike[], others: readonly PrefixLike[]): boolean =>
  some.some((a) => others.some((b) => inPrefix(a.network, b.network, Math.min(a.length, b.length))));

/** The subnets of an interface; a /32 is known by the gateway that it uses. */
function prefixesOf({ dump, end, addresses }: Placed): PrefixLike[] {
  const own = addresses.map(({ local, length }) => ({ network: networkOf(local, length), length }));
  const gateways = gatewaysOf(dump, end.link.name).map((network) => ({ network, length: 32 }));
  return [...own, ...gateways];
}

const gatewaysOf = (dump: NodeDump, device: string): Ipv4[] =>
  dump.routes
    .flatMap(({ nextHops }) => nextHops)
    .filter((hop) => hop.device === device && hop.gateway !== ANY)
    .map(({ gateway }) => gateway);

function closed({ placed }: OpenSegment): Segment {
  const owned = new Set(placed.flatMap(({ addresses }) => addresses.map(({ local }) => local)));
  const gateways = new Map<Ipv4, Mac | null>();
  for (const { dump, end } of placed)
    for (const gateway of defaultGateways(dump, end.link.name))
      if (!owned.has(gateway))
        gateways.set(gateway, gateways.get(gateway) ?? macOf(dump, end.link.name, gateway));
  const addresses = placed.flatMap((one) => [...one.addresses]);
  return {
    ends: placed.map(({ end }) => end),
    subnets: subnetsOf(addresses, gateways),
    hosts: addresses.filter(({ length }) => length === 32).map(({ local }) => local),
  };
}

/** Gateways of routes out of the cluster; those to other nodes are the nodes themselves. */
const defaultGateways = (dump: NodeDump, device: string): Ipv4[] => [...new Set(gatewaysOf(dump, device))];

const macOf = (dump: NodeDump, device: string, address: Ipv4): Mac | null =>
  dump.neighbours.find((entry) => entry.device === device && entry.destination === address)?.lladdr ?? null;

function subnetsOf(addresses: readonly DumpedAddress[], gateways: ReadonlyMap<Ipv4, Mac | null>): Subnet[] {
  const subnets = new Map<string, PrefixLike>();
  for (const { local, length } of addresses)
    if (length < 32)
      subnets.set(`${networkOf(local, length)}/${length}`, { network: networkOf(local, length), length });
  const within = (prefix: PrefixLike) =>
    new Map([...gateways].filter(([gateway]) => inPrefix(gateway, prefix.network, prefix.length)));
  const found = [...subnets.values()].map((prefix) => ({ ...prefix, gateways: within(prefix) }));
  const outside = [...gateways].filter(([gateway]) => !found.some((subnet) => subnet.gateways.has(gateway)));
  return [
    ...found,
    ...outside.map(([gateway, mac]) => ({
      network: gateway,
      length: 32,
      gateways: new Map([[gateway, mac]]),
    })),
  ];
}
