// From what stands at a prefix and around it to its route, as one node sees it (flush in
// felix/calc/l3_route_resolver.go). Nodes that have no part in a prefix see the same but for the subnet, so they share
// two objects; a cluster has nodes × prefixes of them otherwise.
import { ANY } from '../../addr/ipv4.ts';
import { type Entry, isShared, type Resolved, type TunnelRef } from './entry.ts';
import { type HostInfo, inSubnetOf } from './host.ts';
import { type PoolType, RouteKind, type RouteUpdate } from './types.ts';

/** What is the same for the whole cluster. */
export interface Setting {
  /** RouteSource WorkloadIPs: pods make the routes, blocks make none. */
  readonly fromWorkloads: boolean;
  /** Of v3.30 and later: the kinds of a prefix add up, borrowed addresses are marked. Before, the last kind counted. */
  readonly kindsAddUp: boolean;
  host(name: string): HostInfo | null;
}

/** What was gathered on the way down. */
interface Walk {
  /** '' for a node that has no part in anything. */
  readonly self: string;
  readonly setting: Setting;
  poolType: PoolType;
  natOutgoing: boolean;
  crossSubnet: boolean;
  node: string;
  types: number;
  blockNode: string;
  blockTypes: number;
  blockIsPrefix: boolean;
  isHost: boolean;
  tunnelRef: TunnelRef | null;
  localWorkload: boolean;
  borrowed: boolean;
}

const begin = (self: string, setting: Setting): Walk => ({
  self,
  setting,
  poolType: 'none',
  natOutgoing: false,
  crossSubnet: false,
  node: '',
  types: 0,
  blockNode: '',
  blockTypes: 0,
  blockIsPrefix: false,
  isHost: false,
  tunnelRef: null,
  localWorkload: false,
  borrowed: false,
});

/** The route of the last entry of `path` as `self` sees it; `path` begins with the widest prefix. */
export function resolveFor(self: string, path: readonly Entry[], setting: Setting): RouteUpdate | null {
  const entry = path.at(-1) as Entry;
  if (!isSeen(entry, self, setting)) return null;
  const walk = walkDown(self, path, setting);
  const local = setting.host(self);
  const remote = setting.host(walk.node);
  const sameSubnet = walk.crossSubnet && local !== null && remote !== null && inSubnetOf(local, remote);
  return update(entry, walk, sameSubnet);
}

/** The same for all that are not named in the result. */
export function resolveForOthers(path: readonly Entry[], setting: Setting): Resolved {
  const entry = path.at(-1) as Entry;
  const walk = walkDown('', path, setting);
  const far = isSeen(entry, '', setting) ? update(entry, walk, false) : null;
  const destination = setting.host(walk.node);
  return {
    names: path.flatMap((each) => namesOf(each)),
    crossSubnet: walk.crossSubnet,
    far,
    near: far === null || !walk.crossSubnet ? far : { ...far, sameSubnet: true },
    destination,
  };
}

function namesOf({ blocks, hosts, tunnels, workloads }: Entry): string[] {
  const names = workloads.map(({ node }) => node);
  if (blocks.length > 0) names.push(blocks[0].node);
  if (hosts.length > 0) names.push(hosts[0]);
  if (tunnels.length > 0) names.push(tunnels[0].node);
  return names;
}

function isSeen(entry: Entry, self: string, setting: Setting): boolean {
  if (entry.address === ANY && entry.length === 32) return false;
  if (setting.fromWorkloads && entry.workloads.length > 0) return true;
  if (entry.pool !== null || entry.hosts.length > 0 || entry.tunnels.length > 0) return true;
  if (!setting.fromWorkloads && isShared(entry)) return true;
  return entry.workloads.some(({ node }) => node === self);
}

function walkDown(self: string, path: readonly Entry[], setting: Setting): Walk {
  const walk = begin(self, setting);
  const last = path.at(-1);
  for (const entry of path) {
    passPool(walk, entry);
    if (entry.blocks.length > 0 && !setting.fromWorkloads) passBlock(walk, entry, entry === last);
    if (entry.hosts.length > 0) passHost(walk, entry);
    passRefs(walk, entry);
  }
  if (setting.kindsAddUp && !walk.isHost && (walk.blockIsPrefix || walk.tunnelRef === null))
    walk.types |= walk.blockTypes;
  return walk;
}

function passPool(walk: Walk, { pool }: Entry): void {
  if (pool === null) return;
  if (pool.type !== 'none') walk.poolType = pool.type;
  walk.natOutgoing ||= pool.natOutgoing;
  walk.crossSubnet ||= pool.crossSubnet;
}

/** A block within a block of another node is a borrowed address; the outer one's kind stays. */
function passBlock(walk: Walk, { blocks }: Entry, isPrefix: boolean): void {
  const [{ node }] = blocks;
  if (walk.blockNode !== '' && walk.blockNode !== node) walk.borrowed = true;
  else walk.blockNode = node;
  walk.node = node;
  walk.blockIsPrefix = isPrefix;
  const kind = node === walk.self ? RouteKind.LOCAL_WORKLOAD : RouteKind.REMOTE_WORKLOAD;
  walk.blockTypes |= kind;
  if (!walk.setting.kindsAddUp) walk.types = kind;
}

function passHost(walk: Walk, { hosts }: Entry): void {
  walk.node = hosts[0];
  walk.isHost = true;
  addKind(walk, RouteKind.LOCAL_HOST, RouteKind.REMOTE_HOST);
}

/** Pods and tunnel addresses in the order of their nodes' names; of one node the pod comes first. */
function passRefs(walk: Walk, { workloads, tunnels }: Entry): void {
  const { self, setting } = walk;
  const workload = setting.fromWorkloads ? workloads[0] : workloads.find(({ node }) => node === self);
  const tunnel = tunnels[0];
  if (workload !== undefined && (tunnel === undefined || workload.node <= tunnel.node)) {
    leadTo(walk, workload.node);
    walk.localWorkload ||= workload.node === self;
    addKind(walk, RouteKind.LOCAL_WORKLOAD, RouteKind.REMOTE_WORKLOAD);
  } else if (tunnel !== undefined) {
    leadTo(walk, tunnel.node);
    walk.tunnelRef = tunnel;
    addKind(walk, RouteKind.LOCAL_TUNNEL, RouteKind.REMOTE_TUNNEL);
  }
}

function leadTo(walk: Walk, node: string): void {
  walk.node = node;
  if (walk.blockNode !== '' && walk.blockNode !== node) walk.borrowed = true;
}

function addKind(walk: Walk, local: number, remote: number): void {
  const kind = walk.node === walk.self ? local : remote;
  walk.types = walk.setting.kindsAddUp ? walk.types | kind : kind;
}

function update({ address, length }: Entry, walk: Walk, sameSubnet: boolean): RouteUpdate {
  const { ipip, vxlan } = walk.tunnelRef ?? { ipip: false, vxlan: false };
  return {
    address,
    length,
    types: walk.types,
    poolType: walk.poolType,
    node: walk.node,
    nodeAddress: walk.setting.host(walk.node)?.address ?? ANY,
    sameSubnet,
    natOutgoing: walk.natOutgoing,
    localWorkload: walk.localWorkload,
    tunnel: { ipip, vxlan },
    borrowed: walk.borrowed && walk.setting.kindsAddUp,
  };
}
