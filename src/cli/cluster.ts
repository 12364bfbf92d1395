// `vrouter cluster`: what a cluster's resources come to, or the script that makes the same on a Linux machine.
import type { Command } from 'commander';
import { quoted } from '../program/words.ts';
import { buildCluster, type ClusterFlags, readCluster } from './lab-cluster.ts';
import { addClusterOptions } from './lab-source.ts';
import { refuse, type Wrong } from './wrong.ts';

interface Flags extends ClusterFlags {
  readonly printScript?: boolean;
}

const HELP = `
The paths are files, or folders of files, as calicoctl get -o yaml and kubectl get -o yaml print them (YAML or JSON,
documents or lists): IPPool, Node, WorkloadEndpoint, IPAMBlock, BlockAffinity, FelixConfiguration, BGPConfiguration and
BGPPeer of Calico, Node and Pod of Kubernetes. Errors are told all at once, with file, line and column.

Every node and every pod is a namespace: node1, default.web-1. The nodes' eth0 are joined by the namespace underlay: a
bridge for each subnet of their addresses, which is also the subnet's router. What Calico programs on the nodes is that of
--release. sh, trace, replay and diff take the same options with --cluster.

--underlay makes the network between the nodes misbehave, on the segment of SUBNET or, without it, on all:
  [SUBNET,]drop-protocol=4     IPIP is not carried
  [SUBNET,]drop-udp=4789       nor this UDP port
  [SUBNET,]check-source        a node may send from its own address only
  [SUBNET,]path-mtu=1400       less than the interfaces have; longer packets are answered or fragmented by the router
  [SUBNET,]icmp=swallow        they are lost in silence, and ICMP errors too

--print-script prints lines of ip, bridge and sysctl for bash: they make on a Linux machine, as root, what the cluster is
here (faults of the underlay excepted).

Examples:
  vrouter cluster resources/
  vrouter cluster nodes.yaml pools.yaml pods.yaml --release v3.20 --print-script > lab.sh
`;

export function defineCluster(program: Command): void {
  const command = program
    .command('cluster')
    .description("what a Calico cluster's resources come to")
    .argument('<paths...>', 'files and folders with resources; - for standard input')
    .option('--print-script', 'print the script that programs the same on Linux');
  addClusterOptions(command).addHelpText('after', HELP).action(runCluster);
}

async function runCluster(paths: readonly string[], flags: Flags): Promise<void> {
  const result = await describe(paths, flags);
  if (typeof result === 'string') process.stdout.write(result);
  else refuse('cluster', result);
}

async function describe(paths: readonly string[], flags: Flags): Promise<string | Wrong> {
  const read = await readCluster('cluster', paths);
  if ('wrong' in read) return read;
  const { clusterSummary } = await import('../calico/cluster/summary.ts');
  const lines: string[] = [`# ${commandLine(paths, flags)}`];
  const script = flags.printScript === true ? (line: string): void => void lines.push(line) : undefined;
  const { cluster } = await buildCluster('cluster', read, flags, false, script);
  return flags.printScript === true ? `${lines.join('\n')}\n` : clusterSummary(cluster);
}

/** With all that shapes the script: it can be made again. */
function commandLine(paths: readonly string[], { release, mtu, nodeSysctl }: Flags): string {
  const settings = nodeSysctl.flatMap(([path, value]) => ['--node-sysctl', `${path}=${value}`]);
  const words = [...paths, '--release', release, '--mtu', String(mtu), ...settings];
  return `vrouter cluster ${words.map(quoted).join(' ')} --print-script`;
}
