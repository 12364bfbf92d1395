// What Felix reads when it starts: its configuration, the host's links, and the MTUs that follow from both.
import type { Port } from '../../program/port.ts';
import type { FelixConfig } from '../calc/config.ts';
import type { Encapsulation } from '../calc/encapsulation.ts';
import type { CalcGraph } from '../calc/graph.ts';
import { hostMtu, podMtu, type TunnelMtus, tunnelMtus } from '../calc/mtu.ts';
import { mainTableOwnership, type Ownership } from '../table/ownership.ts';
import { VXLAN_DEVICE } from '../table/tunnel-device.ts';
import { mtuLinks } from './host-links.ts';
import type { TunnelSettings } from './tunnels.ts';

/** With another reading Felix starts anew. */
export interface Reading {
  readonly config: FelixConfig;
  readonly encapsulation: Encapsulation;
  readonly mtus: TunnelMtus;
  readonly podMtu: number;
}

export function read(graph: CalcGraph, node: string, port: Port): Reading {
  const config = graph.config(node);
  const encapsulation = graph.encapsulation(node);
  const host = hostMtu(mtuLinks(port), config.mtuIfacePattern);
  const mtus = tunnelMtus(host, config);
  return { config, encapsulation, mtus, podMtu: podMtu(host, mtus, encapsulation) };
}

/** Patterns are compared by their text. */
export const sameReading = (a: Reading, b: Reading): boolean => textOf(a) === textOf(b);
const textOf = (reading: Reading): string =>
  JSON.stringify(reading, (_, value) => (value instanceof RegExp ? value.source : value));

/** Felix's part of the main table; `exclusiveProtocols` are its own number and those that it had before. */
export const ownershipOf = (config: FelixConfig, exclusiveProtocols: readonly number[]): Ownership =>
  mainTableOwnership({
    interfacePrefixes: config.interfacePrefixes,
    removeExternalRoutes: config.removeExternalRoutes,
    workloadProtocol: config.deviceRouteProtocol,
    exclusiveProtocols,
    ownsIpipRoutes: config.clusterRoutes.ipip,
    isBgpPeer: () => false,
  });

/** The node's tunnels; VXLAN's is null until the node has both addresses and `parent`, the device with its own. */
export function tunnelSettings(
  graph: CalcGraph,
  node: string,
  reading: Reading,
  parent: string,
): TunnelSettings {
  const { config, encapsulation, mtus } = reading;
  const vtep = graph.vtep(node);
  const address = graph.host(node)?.tunnel.ipip;
  return {
    ipip: encapsulation.ipip && address !== undefined ? { address, mtu: mtus.ipip } : null,
    vxlan:
      encapsulation.vxlan && vtep !== null && parent !== ''
        ? {
            name: VXLAN_DEVICE,
            vni: config.vxlanVni,
            port: config.vxlanPort,
            local: vtep.parent,
            parent,
            mac: vtep.mac,
            mtu: mtus.vxlan,
            address: vtep.address,
          }
        : null,
  };
}
