// Everything that operations can change in the namespaces of a lab, without what only time changes (ages, and what IGMP
// leaves behind).
import { isMulticast } from '../../src/addr/ipv4.ts';
import { dumpAddresses } from '../../src/admin/address.ts';
import { dumpFdb } from '../../src/admin/fdb.ts';
import { dumpLinks } from '../../src/admin/link.ts';
import { dumpNeighbours } from '../../src/admin/neighbour.ts';
import { dumpRoutes } from '../../src/admin/route.ts';
import { listSysctl, readSysctl } from '../../src/admin/sysctl.ts';
import type { Lab } from '../../src/lab/lab.ts';
import type { Namespace } from '../../src/netns/namespace.ts';

function sysctls(namespace: Namespace, path: string): string[] {
  const names = listSysctl(namespace, path);
  if (names !== null) return names.flatMap((name) => sysctls(namespace, `${path}/${name}`));
  const answer = readSysctl(namespace, path);
  return 'value' in answer ? [`${path}=${answer.value}`] : [];
}

function dumpNamespace(namespace: Namespace) {
  return {
    links: dumpLinks(namespace).map(({ stats: _, linkNamespace, ...link }) => ({
      ...link,
      vxlan: link.vxlan && { ...link.vxlan, cleanupAt: 0 },
      linkNamespace: linkNamespace?.name,
    })),
    addresses: dumpAddresses(namespace),
    routes: dumpRoutes(namespace),
    neighbours: dumpNeighbours(namespace, {})
      .filter(({ destination }) => !isMulticast(destination))
      .map(({ used: _, confirmed: __, updated: ___, ...neighbour }) => neighbour),
    proxies: dumpNeighbours(namespace, { proxy: true }),
    fdb: dumpFdb(namespace, {}).map(({ used: _, updated: __, ...entry }) => entry),
    sysctls: [...sysctls(namespace, 'net/ipv4/conf'), ...sysctls(namespace, 'net/ipv4/neigh')],
  };
}

export const dumpLab = (lab: Lab) =>
  [['', lab.kernel.initial] as const, ...lab.names].map(([name, namespace]) => [
    name,
    dumpNamespace(namespace),
  ]);
