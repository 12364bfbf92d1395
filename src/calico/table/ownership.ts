// Which routes of the main table Felix takes for its own, and so removes when it does not want them
// (felix/routetable/ownershippol).
import { RouteProtocol } from '../../admin/route-constants.ts';
import type { RouteInfo } from '../../admin/types.ts';
import { IPIP_DEVICE, VXLAN_DEVICE } from './tunnel-device.ts';

export interface Ownership {
  /** `device` is '' for a route without one, or with several. */
  ownsRoute(route: Pick<RouteInfo, 'protocol'>, device: string): boolean;
  /** A workload's: unknown routes on it have a time of grace. */
  ownsInterface(name: string): boolean;
}

export interface OwnershipConfig {
  /** FelixConfiguration.interfacePrefix. */
  readonly interfacePrefixes: readonly string[];
  /** FelixConfiguration.removeExternalRoutes: all routes on workloads' interfaces are ours. */
  readonly removeExternalRoutes: boolean;
  /** What workloads' routes carry (FelixConfiguration.deviceRouteProtocol): all that is ours on their interfaces else. */
  readonly workloadProtocol: number;
  /** Protocols that nobody else uses: 80 unless configured otherwise. */
  readonly exclusiveProtocols: readonly number[];
  /** Felix, not BIRD, writes the routes of IPIP pools. */
  readonly ownsIpipRoutes: boolean;
  /** The endpoint behind this interface is a BGP peer of BIRD's. */
  isBgpPeer(device: string): boolean;
}

const VXLAN_DEVICES = [VXLAN_DEVICE, 'vxlan-v6.calico'];

/** Felix's own rule for the main table (MainTableOwnershipPolicy). */
export const mainTableOwnership = (config: OwnershipConfig): Ownership => ({
  ownsRoute: (route, device) => routeIsOurs(config, route.protocol, device),
  ownsInterface: (name) => isWorkload(config, name),
});

/** A table that nobody else writes to (ExclusiveOwnershipPolicy). */
export const EXCLUSIVE: Ownership = {
  ownsRoute: () => true,
  ownsInterface: () => false,
};

/** One protocol, wherever its routes are: BIRD's part of the main table. */
export const protocolOwnership = (protocol: number): Ownership => ({
  ownsRoute: (route) => route.protocol === protocol,
  ownsInterface: () => false,
});

const isWorkload = ({ interfacePrefixes }: OwnershipConfig, name: string): boolean =>
  interfacePrefixes.some((prefix) => name.startsWith(prefix));

function routeIsOurs(config: OwnershipConfig, protocol: number, device: string): boolean {
  if (config.exclusiveProtocols.includes(protocol)) return true;
  if (device === '') return false;
  if (isWorkload(config, device)) return workloadRouteIsOurs(config, protocol, device);
  if (VXLAN_DEVICES.includes(device)) return true;
  return device === IPIP_DEVICE && protocol === RouteProtocol.BIRD && config.ownsIpipRoutes;
}

function workloadRouteIsOurs(config: OwnershipConfig, protocol: number, device: string): boolean {
  if (!config.removeExternalRoutes) return protocol === config.workloadProtocol;
  return protocol !== RouteProtocol.BIRD || !config.isBgpPeer(device);
}
