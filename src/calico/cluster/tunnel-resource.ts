// Resources as calico/node writes them when it takes an address for a tunnel (node/pkg/allocateip).
import { formatIpv4, formatPrefix, type Ipv4 } from '../../addr/ipv4.ts';
import type { TunnelKind } from '../calc/tunnel-address.ts';
import type { Prefix } from '../calc/types.ts';
import { blockName } from '../resource/names.ts';
import type { IpamBlock, Node } from '../resource/types.ts';

/** The node with this tunnel address, or without one for null. */
export function withTunnel(node: Node, kind: TunnelKind, address: Ipv4 | null): Node {
  const text = address === null ? undefined : formatIpv4(address);
  if (kind === 'ipip')
    return { ...node, spec: { ...node.spec, bgp: without({ ...node.spec.bgp, ipv4IPIPTunnelAddr: text }) } };
  return { ...node, spec: without({ ...node.spec, ipv4VXLANTunnelAddr: text }) };
}

/** Without the fields that are not set: a resource is printed as it is. */
function without<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** A block of a node's own, with nothing allocated in it that would have to be told. */
export function newBlock(block: Prefix, node: string): IpamBlock {
  const cidr = formatPrefix(block.address, block.length);
  const size = 2 ** (32 - block.length);
  return {
    kind: 'IPAMBlock',
    metadata: { name: blockName(cidr), namespace: '', labels: {}, annotations: {} },
    spec: {
      cidr,
      affinity: `host:${node}`,
      allocations: Array.from({ length: size }, () => null),
      unallocated: Array.from({ length: size }, (_, ordinal) => ordinal),
      attributes: [],
      deleted: false,
    },
    place: null,
  };
}
