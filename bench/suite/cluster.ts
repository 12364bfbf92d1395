// A large Calico cluster: from JSON to ready, the first look at a node, and what one change costs. What is made once is
// told with the process's own time, not the machine's.
import type Benchmark from 'benchmark';
import { dumpRoutes } from '../../src/admin/route.ts';
import { Cluster } from '../../src/calico/cluster/cluster.ts';
import { readResources } from '../../src/calico/resource/read.ts';
import type { Resource } from '../../src/calico/resource/types.ts';
import { createLab } from '../../src/lab/create.ts';
import { type ClusterSize, clusterJson, podOf, podsJson } from '../cluster-json.ts';
import type { BenchOptions } from '../run.ts';

const SIZES: readonly ClusterSize[] = [
  { nodes: 100, pods: 30, encapsulation: 'vxlan' },
  { nodes: 1000, pods: 30, encapsulation: 'ipip' },
  { nodes: 1000, pods: 30, encapsulation: 'vxlan' },
];
const MAIN = 254;
const MEGABYTE = 1e6;

function build(json: string): Cluster {
  const cluster = new Cluster(createLab(), { release: 'v3.33', mtu: 1500, faults: [], nodeSettings: [] });
  cluster.load(readResources([{ file: 'cluster.json', text: json }]));
  if (cluster.settle().length > 0) throw new Error('something was refused');
  return cluster;
}

/** Seconds that this process computed. */
function seconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const routesOn = ({ lab }: Cluster, node: string): number =>
  dumpRoutes(lab.names.get(node) as NonNullable<ReturnType<typeof lab.names.get>>, MAIN).length;

function endpointOf(pod: object): Resource {
  const { resources } = readResources([{ file: 'pod.json', text: podsJson(pod) }]);
  return resources[0] as Resource;
}

/** Comes and goes: one call is two changes, each settled. */
function comeAndGo({ store }: Cluster, settle: () => unknown, pod: Resource): void {
  store.put(pod);
  settle();
  store.remove(pod.kind, pod.metadata.name, pod.metadata.namespace);
  settle();
}

function fillFor(suite: Benchmark.Suite, size: ClusterSize, { note }: BenchOptions): void {
  const title = `${size.nodes} nodes, ${size.nodes * size.pods} pods, ${size.encapsulation}`;
  const json = clusterJson(size);
  let cluster: Cluster | null = null;
  note(
    `${title}: from JSON to ready`,
    seconds(() => {
      cluster = build(json);
    }),
    's',
  );
  globalThis.gc?.();
  note(`${title}: memory`, process.memoryUsage().rss / MEGABYTE, 'MB');
  const made = cluster as unknown as Cluster;
  const last = [...made.nodes].at(-1) as string;
  note(`${title}: the first look at a node`, seconds(() => routesOn(made, last)) * 1000, 'ms');
  const own = endpointOf(podOf(0, size.pods));
  suite.add(`${title}: a pod comes and goes`, () => comeAndGo(made, () => made.settle(), own));
}

export function fill(suite: Benchmark.Suite, options: BenchOptions): void {
  for (const size of SIZES) fillFor(suite, size, options);
}
