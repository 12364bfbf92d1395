// Which cluster a lab is: one at most, opened by the command line or by the first command that asks for it.

import type { Lab } from '../../lab/lab.ts';
import type { Kernel } from '../../netns/kernel.ts';
import { DEFAULT_RELEASE } from '../calc/release.ts';
import { Cluster, type ClusterOptions } from './cluster.ts';
import { keepAlive } from './live.ts';

const clusters = new WeakMap<Kernel, Cluster>();

const OPTIONS: ClusterOptions = { release: DEFAULT_RELEASE, mtu: 1500, faults: [], nodeSettings: [] };

/** Begins an empty cluster in the lab. Its agents work from now on. */
export function openCluster(lab: Lab, options: ClusterOptions = OPTIONS): Cluster {
  const cluster = new Cluster(lab, options);
  clusters.set(lab.kernel, cluster);
  keepAlive(cluster);
  return cluster;
}

/** The lab's cluster; an empty one is begun if there is none. */
export const clusterOf = (lab: Lab): Cluster => clusters.get(lab.kernel) ?? openCluster(lab);
