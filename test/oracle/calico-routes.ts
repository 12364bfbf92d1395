// The slow and obvious twin of src/calico/calc: every route of a node from the resources alone, by looking through all of
// them for every prefix. Facts in the order of calico.md 3.5.
import { ANY, type Ipv4, inPrefix, ipv4, networkOf, parseIpv4 } from '../../src/addr/ipv4.ts';
import { type Prefix, prefixKey, RouteKind, type RouteUpdate } from '../../src/calico/calc/types.ts';
import type {
  IpPool,
  Kind,
  Node,
  Resource,
  ResourceOf,
  WorkloadEndpoint,
} from '../../src/calico/resource/types.ts';

type Fact = Prefix &
  (
    | { what: 'pool'; pool: IpPool }
    | { what: 'block'; node: string; of: Prefix }
    | { what: 'host'; node: string }
    | { what: 'ref'; node: string; tunnel: '' | 'ipip' | 'vxlan' }
  );

function parse(text: string): Prefix | null {
  const [address, length = '32'] = text.split('/');
  const parsed = parseIpv4(address);
  return parsed === null ? null : { address: parsed, length: Number(length) };
}

const network = ({ address, length }: Prefix): Prefix => ({ address: networkOf(address, length), length });
const holds = (outer: Prefix, inner: Prefix): boolean =>
  outer.length <= inner.length && inPrefix(inner.address, outer.address, outer.length);
const same = (a: Prefix, b: Prefix): boolean => a.length === b.length && holds(a, b);

const all = <K extends Kind>(resources: readonly Resource[], kind: K): ResourceOf<K>[] =>
  resources.filter((resource): resource is ResourceOf<K> => resource.kind === kind);

interface NodeAddresses {
  own: Prefix | null;
  hosts: Ipv4[];
  ipip: Ipv4;
  vxlan: Ipv4;
}

/** Null for a node without any address, of either family. */
function addressesOf({ spec }: Node): NodeAddresses | null {
  const list = spec.addresses ?? [];
  const typed = (type: string) =>
    list
      .filter((one) => one.type === type)
      .map((one) => parse(one.address))
      .find((prefix) => prefix !== null);
  const own = spec.bgp?.ipv4Address
    ? parse(spec.bgp.ipv4Address)
    : (typed('InternalIP') ?? typed('ExternalIP') ?? null);
  if (own === null && !list.some(({ address, type }) => address.includes(':') && type !== 'CalicoNodeIP'))
    return null;
  const others = list.map((one) => parse(one.address)?.address).filter((address) => address !== undefined);
  return {
    own,
    hosts: [...new Set([...(own === null ? [] : [own.address]), ...others])],
    ipip: parseIpv4(spec.bgp?.ipv4IPIPTunnelAddr ?? '') ?? ANY,
    vxlan: parseIpv4(spec.ipv4VXLANTunnelAddr ?? '') ?? ANY,
  };
}

const poolCidr = (pool: IpPool): Prefix => network(parse(pool.spec.cidr) as Prefix);
const isForBalancers = ({ spec }: IpPool): boolean => spec.allowedUses.join() === 'LoadBalancer';

/** The smallest pool around a prefix, of two alike the one with the lower name. */
function poolAround(resources: readonly Resource[], prefix: Prefix): IpPool | null {
  const around = all(resources, 'IPPool').filter((pool) => holds(poolCidr(pool), prefix));
  around.sort(
    (a, b) => poolCidr(b).length - poolCidr(a).length || (a.metadata.name < b.metadata.name ? -1 : 1),
  );
  return around[0] ?? null;
}

/** Pods' and tunnels' own addresses, each with the lowest node that has it. */
function holders(resources: readonly Resource[]): Map<Ipv4, string> {
  const found = new Map<Ipv4, string>();
  const add = (address: Ipv4, node: string): void => {
    const other = found.get(address);
    if (address !== ANY && (other === undefined || node < other)) found.set(address, node);
  };
  for (const { spec } of all(resources, 'WorkloadEndpoint'))
    for (const net of spec.ipNetworks.map(parse)) if (net?.length === 32) add(net.address, spec.node);
  for (const node of all(resources, 'Node')) {
    const addresses = addressesOf(node);
    if (addresses !== null) add(addresses.ipip, node.metadata.name);
    if (addresses !== null) add(addresses.vxlan, node.metadata.name);
  }
  return found;
}

const livingBlocks = (resources: readonly Resource[]) =>
  all(resources, 'IPAMBlock').filter(({ spec }) => !spec.deleted);

function givenBlocks(resources: readonly Resource[]): Fact[] {
  return livingBlocks(resources).flatMap(({ spec }) => {
    const of = network(parse(spec.cidr) as Prefix);
    const owner = spec.affinity.startsWith('host:') ? spec.affinity.slice(5) : '';
    const facts: Fact[] = owner === '' ? [] : [{ what: 'block', ...of, node: owner, of }];
    for (const [ordinal, index] of spec.allocations.entries()) {
      const node = index === null ? undefined : spec.attributes[index]?.secondary?.node;
      if (!node || node === owner || (of.length === 32 && owner !== '')) continue;
      facts.push({ what: 'block', address: ipv4(of.address + ordinal), length: 32, node, of });
    }
    return facts;
  });
}

function derivedBlocks(resources: readonly Resource[]): Fact[] {
  const groups = new Map<number, { of: Prefix; held: [Ipv4, string][] }>();
  for (const [address, node] of holders(resources)) {
    const pool = poolAround(resources, { address, length: 32 });
    if (pool === null || isForBalancers(pool)) continue;
    if (
      livingBlocks(resources).some(({ spec }) => poolAround(resources, parse(spec.cidr) as Prefix) === pool)
    )
      continue;
    const length = Math.max(pool.spec.blockSize, poolCidr(pool).length);
    const of = network({ address, length });
    const group = groups.get(prefixKey(of.address, length)) ?? { of, held: [] };
    group.held.push([address, node]);
    groups.set(prefixKey(of.address, length), group);
  }
  return [...groups.values()].flatMap(({ of, held }): Fact[] => {
    const names = [...new Set(held.map(([, node]) => node))];
    const count = (name: string) => held.filter(([, node]) => node === name).length;
    const lowest = (name: string) => Math.min(...held.filter(([, n]) => n === name).map(([a]) => a >>> 0));
    const [owner] = names.sort((a, b) => count(b) - count(a) || lowest(a) - lowest(b));
    const borrowed = held.filter(([, node]) => node !== owner);
    return [
      { what: 'block', ...of, node: owner, of },
      ...borrowed.map(([address, node]): Fact => ({ what: 'block', address, length: 32, node, of })),
    ];
  });
}

const fromWorkloads = (resources: readonly Resource[]): boolean =>
  all(resources, 'FelixConfiguration').some(
    ({ metadata, spec }) => metadata.name === 'default' && spec.routeSource === 'WorkloadIPs',
  );

/** Everything that `self` knows of prefixes. */
function factsFor(resources: readonly Resource[], self: string): Fact[] {
  const facts: Fact[] = [];
  for (const pool of all(resources, 'IPPool'))
    if (poolAround(resources, poolCidr(pool)) === pool) facts.push({ what: 'pool', ...poolCidr(pool), pool });
  for (const node of all(resources, 'Node')) {
    const addresses = addressesOf(node);
    if (addresses === null) continue;
    const { name } = node.metadata;
    for (const address of addresses.hosts) facts.push({ what: 'host', address, length: 32, node: name });
    for (const tunnel of ['ipip', 'vxlan'] as const)
      if (addresses[tunnel] !== ANY)
        facts.push({ what: 'ref', address: addresses[tunnel], length: 32, node: name, tunnel });
  }
  const byWorkloads = fromWorkloads(resources);
  for (const { spec } of all(resources, 'WorkloadEndpoint') as WorkloadEndpoint[])
    for (const net of spec.ipNetworks.map(parse))
      if (net !== null && (byWorkloads || spec.node === self))
        facts.push({ what: 'ref', ...network(net), node: spec.node, tunnel: '' });
  if (!byWorkloads) facts.push(...givenBlocks(resources), ...derivedBlocks(resources));
  return facts;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function routeAt(
  prefix: Prefix,
  facts: readonly Fact[],
  nodes: readonly Node[],
  self: string,
  addsUp: boolean,
) {
  const local = (node: string, kind: keyof typeof RouteKind, remote: keyof typeof RouteKind) =>
    node === self ? RouteKind[kind] : RouteKind[remote];
  const found = { types: 0, blocks: 0, poolType: 'none' as RouteUpdate['poolType'], node: '', blockNode: '' };
  const flags = { nat: false, cross: false, borrowed: false, host: false, exact: false, local: false };
  let tunnel = { ipip: false, vxlan: false };
  let hasTunnel = false;
  const kind = (bits: number): void => {
    found.types = addsUp ? found.types | bits : bits;
  };
  for (let length = 0; length <= prefix.length; length++) {
    const here = facts.filter((fact) => fact.length === length && holds(fact, prefix));
    for (const fact of here)
      if (fact.what === 'pool') {
        const { spec } = fact.pool;
        if (!isForBalancers(fact.pool))
          found.poolType =
            spec.vxlanMode !== 'Never' ? 'vxlan' : spec.ipipMode !== 'Never' ? 'ipip' : 'no-encap';
        flags.nat ||= spec.natOutgoing;
        flags.cross ||= spec.ipipMode === 'CrossSubnet' || spec.vxlanMode === 'CrossSubnet';
      }
    const blocks = here.filter((fact) => fact.what === 'block').sort((a, b) => b.of.length - a.of.length);
    if (blocks.length > 0) {
      found.node = blocks[0].node;
      if (found.blockNode !== '' && found.blockNode !== found.node) flags.borrowed = true;
      else found.blockNode = found.node;
      flags.exact = length === prefix.length;
      found.blocks |= local(found.node, 'LOCAL_WORKLOAD', 'REMOTE_WORKLOAD');
      if (!addsUp) kind(local(found.node, 'LOCAL_WORKLOAD', 'REMOTE_WORKLOAD'));
    }
    const [host] = here.filter((fact) => fact.what === 'host').sort((a, b) => byText(a.node, b.node));
    if (host !== undefined) {
      found.node = host.node;
      flags.host = true;
      kind(local(host.node, 'LOCAL_HOST', 'REMOTE_HOST'));
    }
    const refs = here.filter((fact) => fact.what === 'ref');
    const [ref] = refs.sort((a, b) => byText(a.node, b.node) || byText(a.tunnel, b.tunnel));
    if (ref === undefined) continue;
    found.node = ref.node;
    if (found.blockNode !== '' && found.blockNode !== ref.node) flags.borrowed = true;
    if (ref.tunnel === '') {
      kind(local(ref.node, 'LOCAL_WORKLOAD', 'REMOTE_WORKLOAD'));
      flags.local ||= ref.node === self;
    } else {
      kind(local(ref.node, 'LOCAL_TUNNEL', 'REMOTE_TUNNEL'));
      const has = (wanted: string) => refs.some((one) => one.node === ref.node && one.tunnel === wanted);
      tunnel = { ipip: has('ipip'), vxlan: has('vxlan') };
      hasTunnel = true;
    }
  }
  if (addsUp && !flags.host && (flags.exact || !hasTunnel)) found.types |= found.blocks;
  const addressOf = (name: string) =>
    nodes.filter((node) => node.metadata.name === name).map(addressesOf)[0]?.own;
  const own = addressOf(self);
  const remote = addressOf(found.node);
  return {
    ...prefix,
    types: found.types,
    poolType: found.poolType,
    node: found.node,
    nodeAddress: remote?.address ?? ANY,
    sameSubnet:
      flags.cross && !!own && !!remote && holds(network(own), { address: remote.address, length: 32 }),
    natOutgoing: flags.nat,
    localWorkload: flags.local,
    tunnel,
    borrowed: addsUp && flags.borrowed,
  };
}

/** All routes of a node by prefix key; `addsUp` is false for releases before v3.30. */
export function routesOf(
  resources: readonly Resource[],
  self: string,
  addsUp = true,
): Map<number, RouteUpdate> {
  const facts = factsFor(resources, self);
  const routes = new Map<number, RouteUpdate>();
  for (const { address, length } of facts) {
    const prefix = { address, length };
    if (facts.some((fact) => same(fact, prefix)))
      routes.set(prefixKey(address, length), routeAt(prefix, facts, all(resources, 'Node'), self, addsUp));
  }
  return routes;
}
