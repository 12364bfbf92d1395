// Which networks the nodes' addresses lie in, and who is their router: the underlay as far as addresses tell it.
import { ANY, formatPrefix, type Ipv4, inPrefix, ipv4, lastOf, maskOf, networkOf } from '../../addr/ipv4.ts';
import type { Prefix } from '../calc/types.ts';

/** A node's place: its address with the length that it is registered with. */
export interface NodePlace extends Prefix {
  readonly node: string;
}

/** One subnet of a segment, and the router's address in it: 0 where none is free. */
interface Subnet extends Prefix {
  readonly router: Ipv4;
}

/** One broadcast domain. */
export interface Segment {
  /** Widest first; none for a segment of one node with a /32. */
  readonly subnets: readonly Subnet[];
  readonly places: readonly NodePlace[];
}

/**
 * What a router calls itself where the subnet gives it no address, as clouds do that register nodes with a /32. The
 * node's route to it is on-link.
 */
const POINT_TO_POINT_ROUTER = ipv4(0xa9fe0001);

const HOST_LENGTH = 32;

/**
 * Nodes of one subnet share a segment, and so do nodes whose subnets lie within each other. A /32 joins the segment whose
 * subnet holds it, else it has one of its own. `places` in the order of the nodes' names; segments in that of their
 * first node.
 */
export function segmentsOf(places: readonly NodePlace[]): Segment[] {
  const used = new Set<Ipv4>(places.map(({ address }) => address));
  const prefixes = widestOf(places);
  const members = new Map<string, NodePlace[]>();
  for (const place of places) {
    const prefix = prefixes.find((each) => inPrefix(place.address, each.address, each.length)) ?? place;
    const key = formatPrefix(prefix.address, prefix.length);
    members.set(key, [...(members.get(key) ?? []), place]);
  }
  return [...members.values()].map((each) => ({ subnets: subnetsOf(each, used), places: each }));
}

/** The nodes' subnets without those that lie within another. */
function widestOf(places: readonly NodePlace[]): Prefix[] {
  const subnets = distinctSubnets(places);
  return subnets.filter(
    (subnet) =>
      !subnets.some(
        (other) => other.length < subnet.length && inPrefix(subnet.address, other.address, other.length),
      ),
  );
}

/** Shortest length first. */
function distinctSubnets(places: readonly NodePlace[]): Prefix[] {
  const subnets = new Map<string, Prefix>();
  for (const { address, length } of places) {
    if (length === HOST_LENGTH) continue;
    const network = networkOf(address, length);
    subnets.set(formatPrefix(network, length), { address: network, length });
  }
  return [...subnets.values()].sort((a, b) => a.length - b.length);
}

function subnetsOf(places: readonly NodePlace[], used: ReadonlySet<Ipv4>): Subnet[] {
  const routers = new Set(used);
  return distinctSubnets(places).map((subnet) => {
    const router = freeHost(subnet, routers);
    routers.add(router);
    return { ...subnet, router };
  });
}

/** The first host address that no node has, the last one failing that; 0 if the subnet is full. */
function freeHost({ address, length }: Prefix, used: ReadonlySet<Ipv4>): Ipv4 {
  const last = lastOf(address, length);
  const pair = length === 31;
  const [low, high] = pair ? [address >>> 0, last >>> 0] : [(address >>> 0) + 1, (last >>> 0) - 1];
  for (let host = low; host <= high; host++) if (!used.has((host | 0) as Ipv4)) return (host | 0) as Ipv4;
  return ANY;
}

/** The router's address as a node sees it: in its own subnet, else in the widest one. */
export function routerOf({ subnets }: Segment, { address, length }: NodePlace): Ipv4 {
  if (subnets.length === 0) return POINT_TO_POINT_ROUTER;
  const mask = maskOf(length);
  const own = subnets.find((subnet) => subnet.length === length && ((address ^ subnet.address) & mask) === 0);
  return (own ?? (subnets[0] as Subnet)).router;
}
