// A cluster while time passes: what Felix and BIRD do of their own accord when links change, and again and again.
import { every } from '../../lab/periodic.ts';
import { SECOND } from '../../time/clock.ts';
import type { Cluster } from './cluster.ts';

/** BIRD's scan time (confd's bird.cfg.template). */
const SCAN = 2 * SECOND;
/** Felix looks after tunl0 and vxlan.calico (felix/dataplane/linux: KeepXDeviceInSync). */
const TUNNELS = 10 * SECOND;
/** The host's MTU is found out again (mtuLoop). */
const MTU = 30 * SECOND;
/** RouteRefreshInterval and InterfaceRefreshInterval. */
const REFRESH = 90 * SECOND;

/** From now on; call what is returned to end it. The work is done only while somebody waits for a later time. */
export function keepAlive(cluster: Cluster): () => void {
  const { lab } = cluster;
  const ends = [
    every(lab, SCAN, () => cluster.scan()),
    every(lab, TUNNELS, () => cluster.refresh((agent) => agent.checkTunnels())),
    every(lab, MTU, () => cluster.refresh((agent) => agent.checkMtu())),
    every(lab, REFRESH, () => cluster.refresh((agent) => agent.resync())),
  ];
  return () => {
    for (const end of ends) end();
  };
}
