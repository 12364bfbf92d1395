// What a node knows beside the prefixes themselves: put together from its configuration, the release and its own links.
import { ANY, type Ipv4, inPrefix } from '../../addr/ipv4.ts';
import { NextHopFlag, RouteProtocol, Table } from '../../admin/route-constants.ts';
import type { RouteInfo } from '../../admin/types.ts';
import type { Port } from '../../program/port.ts';
import { learned } from '../calc/bird.ts';
import { clusterRouteProtocol } from '../calc/config.ts';
import type { Encapsulation } from '../calc/encapsulation.ts';
import type { CalcGraph } from '../calc/graph.ts';
import type { TunnelMtus } from '../calc/mtu.ts';
import { networkKey } from '../calc/prefix.ts';
import type { NodeView, Way, Writer } from './placement.ts';

/** Whose the routes of a kind of pool are; null where nobody writes them. Felix has no manager for what is turned off. */
const writer = (felix: boolean, bird: boolean): Writer | null => (felix ? 'felix' : bird ? 'bird' : null);

export function viewOf(
  graph: CalcGraph,
  node: string,
  port: Port,
  parent: string,
  mtus: TunnelMtus,
  encapsulation: Encapsulation,
): NodeView {
  const { profile, bgp } = graph;
  const config = graph.config(node);
  const [own, birds] = [config.clusterRoutes, bgp.clusterRoutes];
  const felix = {
    parent,
    writers: {
      vxlan: encapsulation.vxlan ? ('felix' as const) : null,
      ipip: writer(own.ipip && encapsulation.ipip, birds.ipip),
      noEncap: writer(own.noEncap, birds.noEncap),
    },
    deviceRouteProtocol: config.deviceRouteProtocol,
    clusterRouteProtocol: clusterRouteProtocol(config),
    tunnelMtu: profile.tunnelRouteMtu ? mtus : { ipip: 0, vxlan: 0 },
    fallsBackToTunnel: profile.fallsBackToTunnel,
    directTunnelRoutes: profile.directTunnelRoutes,
  };
  let routes: readonly RouteInfo[] | null = null;
  return {
    ...felix,
    node,
    signature: JSON.stringify(felix),
    birdPriority: bgp.routePriority,
    vtep: (other) => graph.vtep(other),
    learned: (update) => learned(graph, node, networkKey(update))?.nextHop ?? ANY,
    resolve(nextHop) {
      routes ??= port.routes(Table.MAIN).filter((route) => isUnderlays(route, felix.clusterRouteProtocol));
      return wayTo(routes, nextHop);
    },
  };
}

/** BIRD resolves next hops by these: not by its own, and not by Felix's. */
const isUnderlays = ({ protocol, nextHops }: RouteInfo, felixProtocol: number): boolean =>
  protocol !== RouteProtocol.BIRD && protocol !== felixProtocol && nextHops.length === 1;

/** How the node's own table reaches a next hop: by the gateway of the longest match, or at once if it is on link. */
function wayTo(routes: readonly RouteInfo[], nextHop: Ipv4): Way | null {
  let best: RouteInfo | null = null;
  for (const route of routes) {
    if (!inPrefix(nextHop, route.destination, route.length)) continue;
    if (best === null || route.length > best.length) best = route;
  }
  const hop = best?.nextHops[0];
  if (hop === undefined) return null;
  const { device, flags } = hop;
  const gateway = hop.gateway === ANY ? nextHop : hop.gateway;
  return { device, gateway, onlink: (flags & NextHopFlag.ONLINK) !== 0 };
}
