// calicoctl node status (calicoctl/calicoctl/commands/node/status.go), run in a node's namespace: with whom its BIRD has a
// session. Every session that is configured is taken to be established.
import { compareIpv4, formatIpv4 } from '../../../addr/ipv4.ts';
import { isPeerOf } from '../../../calico/calc/bgp-session.ts';
import type { HostInfo } from '../../../calico/calc/host.ts';
import { boxTable } from './box-table.ts';
import type { Session } from './session.ts';

/** BIRD and Felix are there from the lab's beginning. */
const SINCE = '00:00:00';

export function node(session: Session): number {
  const { context, cluster, words } = session;
  if (words.operands.length !== 1 || words.operands[0] !== 'status')
    return session.notEmulated(`node ${words.operands[0] ?? ''}`.trim());
  const name = context.lab.nameOf(context.namespace) ?? '';
  if (cluster.agent(name) === null) return session.refuse('Calico process is not running.');
  const peers = peersOf(session, name);
  session.out('Calico process is running.\n\nIPv4 BGP status');
  if (peers.length === 0) session.out('No IPv4 peers found.');
  else context.out(boxTable(['Peer address', 'Peer type', 'State', 'Since', 'Info'], peers));
  session.out('\nIPv6 BGP status\nNo IPv6 peers found.\n');
  return 0;
}

function peersOf({ cluster }: Session, name: string): string[][] {
  const { graph } = cluster;
  const isMesh = graph.bgp.mesh;
  return [...graph.nodes()]
    .filter((other) => isPeerOf(graph, name, other))
    .map((other) => graph.host(other) as HostInfo)
    .sort((a, b) => compareIpv4(a.address, b.address))
    .map(({ address }) => [
      formatIpv4(address),
      isMesh ? 'node-to-node mesh' : 'node specific',
      'up',
      SINCE,
      'Established',
    ]);
}
