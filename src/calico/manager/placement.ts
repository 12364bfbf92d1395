// What one prefix is to one node: the route that Felix's VXLAN, IPIP and no-encap managers, or BIRD, want for it
// (felix/dataplane/linux/route_mgr.go, confd's bird_ipam.cfg.template). Pure: an update and what the node knows in, a
// route and its class out.
import { ANY, type Ipv4 } from '../../addr/ipv4.ts';
import { MAC_ZERO } from '../../addr/mac.ts';
import { RouteProtocol } from '../../admin/route-constants.ts';
import { RouteKind, type RouteUpdate, type Vtep } from '../calc/types.ts';
import { RouteClass } from '../table/route-class.ts';
import { type Target, TargetType } from '../table/target.ts';
import { IPIP_DEVICE, VXLAN_DEVICE } from '../table/tunnel-device.ts';

/** No interface: a blackhole. */
const NO_DEVICE = '';
const HOST_LENGTH = 32;

/** Who writes a route. */
export type Writer = 'felix' | 'bird';

/** One route, whose it is and where it goes. Shared by all nodes that want the same. */
export interface Placement {
  readonly writer: Writer;
  readonly routeClass: RouteClass;
  readonly device: string;
  readonly target: Target;
}

/** What a node knows beside the update itself. */
export interface NodeView {
  /** Felix on two nodes with the same one wants the same for the same update. */
  readonly signature: string;
  readonly node: string;
  /** The device that holds the node's own address; '' while none is known. */
  readonly parent: string;
  readonly writers: {
    readonly vxlan: 'felix' | null;
    readonly ipip: Writer | null;
    readonly noEncap: Writer | null;
  };
  /** DeviceRouteProtocol, of VXLAN's tunnel routes; and that of all others. */
  readonly deviceRouteProtocol: number;
  readonly clusterRouteProtocol: number;
  /** Of BIRD's learnt routes. */
  readonly birdPriority: number;
  /** On tunnel routes; 0 for none (before v3.31). */
  readonly tunnelMtu: { readonly ipip: number; readonly vxlan: number };
  /** Without a parent same-subnet prefixes go by the tunnel (from v3.29); before, nothing is written. */
  readonly fallsBackToTunnel: boolean;
  /** Borrowed tunnel addresses have routes of their own (from v3.30). */
  readonly directTunnelRoutes: boolean;
  vtep(node: string): Vtep | null;
  /** The next hop that BIRD learnt the prefix with; 0 if it did not. */
  learned(update: RouteUpdate): Ipv4;
  /** How the node's own table reaches an address on its way to a next hop: the gateway, or the address if on link. */
  resolve(nextHop: Ipv4): Way | null;
}

export interface Way {
  readonly device: string;
  readonly gateway: Ipv4;
  /** The gateway lies in no subnet of the node, as that of a node with a /32. */
  readonly onlink: boolean;
}

/** The route for a prefix, null for none. */
export function placementOf(update: RouteUpdate, view: NodeView): Placement | null {
  const writer = writerOf(update, view);
  if (writer === null) return null;
  if (update.poolType === 'vxlan') return vxlanPlacement(update, view);
  if (writer === 'bird') return birdPlacement(update, view);
  return update.poolType === 'ipip' ? ipipPlacement(update, view) : noEncapPlacement(update, view);
}

/** Whose routes those of the prefix's pool are; null for nobody's. */
export function writerOf({ poolType }: RouteUpdate, { writers }: NodeView): Writer | null {
  if (poolType === 'none') return null;
  if (poolType === 'vxlan') return writers.vxlan;
  return poolType === 'ipip' ? writers.ipip : writers.noEncap;
}

// ---- what an update is to a manager --------------------------------------------------------------------------------

/** A block of the node's own, that its pods' routes are more specific than (routeIsLocalBlock). */
const isLocalBlock = ({ types, localWorkload, length }: RouteUpdate): boolean =>
  (types & RouteKind.LOCAL_WORKLOAD) !== 0 && !localWorkload && length < HOST_LENGTH;

const isRemoteWorkload = ({ types, localWorkload }: RouteUpdate): boolean =>
  (types & RouteKind.REMOTE_WORKLOAD) !== 0 && !localWorkload;

/** A tunnel address that its node's block does not lead to: borrowed, or of a pool of /32 blocks. */
const isRemoteTunnel = ({ types, borrowed }: RouteUpdate): boolean =>
  (types & RouteKind.REMOTE_TUNNEL) !== 0 && (borrowed || (types & RouteKind.REMOTE_WORKLOAD) !== 0);

/** What the node borrowed itself counts as remote by its block: it leads nowhere until the pod or tunnel is there. */
const isRemote = (update: RouteUpdate, view: NodeView): boolean =>
  update.node !== view.node &&
  (isRemoteWorkload(update) || (view.directTunnelRoutes && isRemoteTunnel(update)));

// ---- Felix ---------------------------------------------------------------------------------------------------------

function vxlanPlacement(update: RouteUpdate, view: NodeView): Placement | null {
  if (isLocalBlock(update)) return blackhole(update, RouteClass.BLACKHOLE_VXLAN, view);
  if (!isRemote(update, view) || update.node === '') return null;
  const sameSubnet = sameSubnetPlacement(update, RouteClass.VXLAN_SAME_SUBNET, view);
  if (sameSubnet !== null) return sameSubnet;
  if (update.sameSubnet && !view.fallsBackToTunnel) return null;
  const mtu = view.tunnelMtu.vxlan;
  const protocol = view.deviceRouteProtocol;
  if (isRemoteTunnel(update))
    return felix(RouteClass.VXLAN_TUNNEL, VXLAN_DEVICE, update, {
      type: TargetType.LOCAL_WORKLOAD,
      mtu,
      protocol,
    });
  const vtep = view.vtep(update.node);
  if (vtep === null) return null;
  const gateway = vtep.address;
  return felix(RouteClass.VXLAN_TUNNEL, VXLAN_DEVICE, update, {
    type: TargetType.VXLAN,
    gateway,
    mtu,
    protocol,
  });
}

function ipipPlacement(update: RouteUpdate, view: NodeView): Placement | null {
  if (isLocalBlock(update)) return blackhole(update, RouteClass.BLACKHOLE_IPIP, view);
  if (!isRemote(update, view) || update.nodeAddress === ANY) return null;
  const sameSubnet = sameSubnetPlacement(update, RouteClass.IPIP_SAME_SUBNET, view);
  if (sameSubnet !== null) return sameSubnet;
  const [mtu, protocol, gateway] = [view.tunnelMtu.ipip, view.clusterRouteProtocol, update.nodeAddress];
  return felix(RouteClass.IPIP_TUNNEL, IPIP_DEVICE, update, {
    type: TargetType.ONLINK,
    gateway,
    mtu,
    protocol,
  });
}

/** Whatever subnet the other node is in. */
function noEncapPlacement(update: RouteUpdate, view: NodeView): Placement | null {
  if (isLocalBlock(update)) return blackhole(update, RouteClass.BLACKHOLE_NO_ENCAP, view);
  if (!isRemote(update, view)) return null;
  return direct(update, RouteClass.NO_ENCAP, view);
}

const sameSubnetPlacement = (
  update: RouteUpdate,
  routeClass: RouteClass,
  view: NodeView,
): Placement | null => (update.sameSubnet ? direct(update, routeClass, view) : null);

function direct(update: RouteUpdate, routeClass: RouteClass, view: NodeView): Placement | null {
  if (view.parent === '' || update.nodeAddress === ANY) return null;
  const [gateway, protocol] = [update.nodeAddress, view.clusterRouteProtocol];
  return felix(routeClass, view.parent, update, { type: TargetType.NO_ENCAP, gateway, protocol });
}

const blackhole = (update: RouteUpdate, routeClass: RouteClass, view: NodeView): Placement =>
  felix(routeClass, NO_DEVICE, update, { type: TargetType.BLACKHOLE, protocol: view.clusterRouteProtocol });

// ---- BIRD ----------------------------------------------------------------------------------------------------------

function birdPlacement(update: RouteUpdate, view: NodeView): Placement | null {
  if (isLocalBlock(update))
    return bird(NO_DEVICE, update, { type: TargetType.BLACKHOLE, protocol: RouteProtocol.BIRD });
  if (!isRemote(update, view)) return null;
  const nextHop = view.learned(update);
  if (nextHop === ANY) return null;
  const [protocol, priority] = [RouteProtocol.BIRD, view.birdPriority];
  if (update.poolType === 'ipip' && !update.sameSubnet)
    return bird(IPIP_DEVICE, update, { type: TargetType.ONLINK, gateway: nextHop, protocol, priority });
  const way = view.resolve(nextHop);
  if (way === null) return null;
  return bird(way.device, update, {
    type: way.onlink ? TargetType.ONLINK : TargetType.GLOBAL_UNICAST,
    gateway: way.gateway,
    protocol,
    priority,
  });
}

// ---- making ----------------------------------------------------------------------------------------------------------

type Wanted = { readonly type: TargetType; readonly protocol: number } & Partial<Target>;

const targetOf = ({ address, length }: RouteUpdate, wanted: Wanted): Target => ({
  destination: address,
  length,
  gateway: ANY,
  source: ANY,
  mtu: 0,
  priority: 0,
  mac: MAC_ZERO,
  ...wanted,
});

const felix = (routeClass: RouteClass, device: string, update: RouteUpdate, wanted: Wanted): Placement => ({
  writer: 'felix',
  routeClass,
  device,
  target: targetOf(update, wanted),
});

/** BIRD's routes have a table of their own, in which classes say nothing. */
const bird = (device: string, update: RouteUpdate, wanted: Wanted): Placement => ({
  writer: 'bird',
  routeClass: RouteClass.NO_ENCAP,
  device,
  target: targetOf(update, wanted),
});
