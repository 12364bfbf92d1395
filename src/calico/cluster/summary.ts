// A cluster in a few lines: its pools, the segments of its underlay, and its nodes with their blocks and pods.
import { ANY, formatIpv4, formatPrefix, type Ipv4 } from '../../addr/ipv4.ts';
import type { CalcGraph } from '../calc/graph.ts';
import { addressOfKey, lengthOfKey } from '../calc/prefix.ts';
import { type Prefix, RouteKind } from '../calc/types.ts';
import { IPIP_DEVICE, VXLAN_DEVICE } from '../table/tunnel-device.ts';
import type { Cluster } from './cluster.ts';

const prefixText = ({ address, length }: Prefix): string => formatPrefix(address, length);

export function clusterSummary(cluster: Cluster): string {
  const { graph, underlay } = cluster;
  const lines = graph.pools.values().map((pool) => {
    const modes = [
      pool.ipipMode !== 'Never' && `IPIP ${pool.ipipMode}`,
      pool.vxlanMode !== 'Never' && `VXLAN ${pool.vxlanMode}`,
    ];
    const how = modes.filter((mode) => mode !== false).join(', ') || 'no encapsulation';
    return `pool     ${pool.name}  ${prefixText(pool)}  ${how}${pool.disabled ? ', disabled' : ''}`;
  });
  for (const [name, { subnets, addresses }] of underlay.segments) {
    const routers = addresses.map(({ address }) => formatIpv4(address)).join(', ') || 'none';
    lines.push(`segment  ${name}  ${subnets.map(prefixText).join(', ')}  router ${routers}`);
  }
  const blocks = blocksByNode(graph);
  for (const node of cluster.nodes) lines.push(nodeLine(cluster, node, blocks.get(node) ?? []));
  return `${lines.join('\n')}\n`;
}

function nodeLine({ graph, underlay }: Cluster, node: string, blocks: readonly Prefix[]): string {
  const host = graph.host(node);
  const cable = underlay.nodes.get(node);
  const pods = [...graph.endpointsOf(node)].length;
  const parts = [
    `node     ${node}  ${host === null ? '' : prefixText(host)} on ${cable?.bridge ?? 'no segment'}`,
    tunnelText(IPIP_DEVICE, host?.tunnel.ipip ?? ANY),
    tunnelText(VXLAN_DEVICE, host?.tunnel.vxlan ?? ANY),
    blocks.length > 0
      ? `${blocks.length === 1 ? 'block' : 'blocks'} ${blocks.map(prefixText).join(', ')}`
      : '',
    `${pods} ${pods === 1 ? 'pod' : 'pods'}`,
  ];
  return parts.filter((part) => part !== '').join('  ');
}

const tunnelText = (device: string, address: Ipv4): string =>
  address === ANY ? '' : `${device} ${formatIpv4(address)}`;

/** Each node's own blocks: those that the others send to it. */
function blocksByNode(graph: CalcGraph): Map<string, Prefix[]> {
  const blocks = new Map<string, Prefix[]>();
  for (const key of graph.prefixes()) {
    const update = graph.route('', key);
    if (update === null || (update.types & RouteKind.REMOTE_WORKLOAD) === 0 || update.borrowed) continue;
    const prefix = { address: addressOfKey(key), length: lengthOfKey(key) };
    blocks.set(update.node, [...(blocks.get(update.node) ?? []), prefix]);
  }
  return blocks;
}
