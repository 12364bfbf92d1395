// calicoctl ipam show (calicoctl/calicoctl/commands/ipam/show.go): how full the pools and their blocks are, and whose an
// address is.
import { formatIpv4, formatPrefix, type Ipv4, ipv4, networkOf, parseIpv4 } from '../../../addr/ipv4.ts';
import type { Prefix } from '../../../calico/calc/types.ts';
import { blockName } from '../../../calico/resource/names.ts';
import { boxTable } from './box-table.ts';
import type { Session } from './session.ts';

export function ipam(session: Session): number {
  const { words } = session;
  const [verb, ...more] = words.operands;
  if (verb !== 'show') return session.notEmulated(`ipam ${verb ?? ''}`.trim());
  if (more.length > 0) return session.wrongUse();
  const address = words.value('ip');
  if (address !== undefined) return showAddress(session, address);
  if (words.has('show-borrowed')) return showBorrowed(session);
  if (words.has('show-configuration')) return showConfiguration(session);
  return showUtilization(session);
}

// ---- how full ------------------------------------------------------------------------------------------------

/** Go's %.5g. */
function general(value: number): string {
  if (value !== 0 && value >= 1e5)
    return value
      .toExponential(4)
      .replace(/\.?0+e/, 'e')
      .replace(/e\+(\d)$/, 'e+0$1');
  return String(Number(value.toPrecision(5)));
}

const part = (count: number, of: number): string => `${general(count)} (${((100 * count) / of).toFixed(0)}%)`;

function usageRow(kind: string, cidr: string, used: number, total: number, release: string): string[] {
  const reserved = release === 'v3.33' ? [part(0, total)] : [];
  return [kind, cidr, general(total), part(used, total), ...reserved, part(total - used, total)];
}

function showUtilization(session: Session): number {
  const { cluster, context, words } = session;
  const { graph, options } = cluster;
  const blocks = [...graph.ipam.blocksByNode().values()].flat();
  const used = new Map(blocks.map((block) => [block, takenIn(session, block)]));
  const rows: string[][] = [];
  for (const pool of graph.pools.values()) {
    const own = blocks.filter(({ address, length }) => graph.pools.covering(address, length) === pool);
    const row = (kind: string, { address, length }: Prefix, count: number): string[] =>
      usageRow(kind, formatPrefix(address, length), count, 2 ** (32 - length), options.release);
    const count = own.reduce((sum, block) => sum + (used.get(block) as number), 0);
    rows.push(row('IP Pool', pool, count));
    if (words.has('show-blocks'))
      rows.push(...own.map((block) => row('Block', block, used.get(block) as number)));
  }
  const reserved = options.release === 'v3.33' ? ['IPs reserved'] : [];
  context.out(boxTable(['Grouping', 'CIDR', 'IPs total', 'IPs in use', ...reserved, 'IPs free'], rows));
  return 0;
}

function takenIn({ cluster }: Session, { address, length }: Prefix): number {
  const { ipam } = cluster.graph;
  let count = 0;
  for (let at = 0; at < 2 ** (32 - length); at++) if (ipam.isTaken(ipv4(address + at))) count++;
  return count;
}

// ---- whose ---------------------------------------------------------------------------------------------------

interface Use {
  readonly address: Ipv4;
  readonly node: string;
  /** `key: value`, by key. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Pods and tunnels with their addresses. */
function* uses({ cluster }: Session): Generator<Use> {
  for (const { spec, metadata } of cluster.store.list('WorkloadEndpoint'))
    for (const network of spec.ipNetworks) {
      const address = parseIpv4(network.split('/')[0]);
      const attributes = { namespace: metadata.namespace, node: spec.node, pod: spec.pod ?? '' };
      if (address !== null) yield { address, node: spec.node, attributes };
    }
  for (const node of cluster.graph.nodes()) {
    const { ipip, vxlan } = cluster.graph.host(node)?.tunnel ?? { ipip: 0, vxlan: 0 };
    if (ipip !== 0) yield { address: ipip as Ipv4, node, attributes: { node, type: 'ipipTunnelAddress' } };
    if (vxlan !== 0) yield { address: vxlan as Ipv4, node, attributes: { node, type: 'vxlanTunnelAddress' } };
  }
}

function showAddress(session: Session, text: string): number {
  const address = parseIpv4(text);
  if (address === null) {
    session.out(`Error executing command: invalid IP address specified: ${text}`);
    return 1;
  }
  const use = [...uses(session)].find((each) => each.address === address);
  if (use === undefined && !isAllocated(session, address)) {
    session.out(`${text} is not assigned`);
    return 0;
  }
  session.out(`IP ${text} is in use`);
  if (session.cluster.options.release !== 'v3.20') session.out('Handle ID: <none>');
  session.out(session.cluster.options.release === 'v3.20' ? 'Attributes:' : 'Active Owner Attributes:');
  for (const [key, value] of Object.entries(use?.attributes ?? {})) session.out(`  ${key}: ${value}`);
  return 0;
}

/** A block says that the address is taken, though nobody that the lab knows has it. */
function isAllocated({ cluster }: Session, address: Ipv4): boolean {
  const pool = cluster.graph.pools.covering(address);
  if (pool === null) return false;
  const base = networkOf(address, pool.blockLength);
  const block = cluster.store.get('IPAMBlock', blockName(formatPrefix(base, pool.blockLength)));
  return (block?.spec.allocations[(address - base) | 0] ?? null) !== null;
}

function showBorrowed(session: Session): number {
  const { graph } = session.cluster;
  const owners = [...graph.ipam.blocksByNode()];
  const rows = [...uses(session)].flatMap(({ address, node, attributes }) => {
    const [owner, blocks] = owners.find(([, own]) => own.some((block) => holds(block, address))) ?? ['', []];
    const block = blocks.find((each) => holds(each, address));
    if (block === undefined || owner === node) return [];
    const { pod, namespace, type } = attributes;
    const cidr = formatPrefix(block.address, block.length);
    return [[formatIpv4(address), node, cidr, owner, pod ? 'pod' : type, pod ? `${namespace}/${pod}` : '']];
  });
  const headings = ['IP', 'Borrowing-Node', 'Block', 'Block Owner', 'Type', 'Allocated-To'];
  session.context.out(boxTable(headings, rows));
  return 0;
}

const holds = ({ address, length }: Prefix, inner: Ipv4): boolean => networkOf(inner, length) === address;

function showConfiguration(session: Session): number {
  const rows = [
    ['StrictAffinity', 'false'],
    ['AutoAllocateBlocks', 'true'],
    ['MaxBlocksPerHost', '0'],
  ];
  session.context.out(boxTable(['Property', 'Value'], rows));
  return 0;
}
