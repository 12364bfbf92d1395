// The pods of a lab without resources: a namespace whose default route goes by Calico's 169.254.1.1 is a pod, and its name
// is the pod's.
import { type Ipv4, inPrefix, ipv4 } from '../addr/ipv4.ts';
import { dumpAddresses } from '../admin/address.ts';
import { dumpRoutes } from '../admin/route.ts';
import { Table } from '../admin/route-constants.ts';
import type { Lab } from '../lab/lab.ts';
import type { Namespace } from '../netns/namespace.ts';

/** The gateway of every pod, which no interface has: the node answers for it by proxy ARP. */
export const POD_GATEWAY = ipv4(0xa9fe0101);

export function podsOfLab(lab: Lab): (network: Ipv4, length: number) => readonly string[] {
  const pods = [...lab.names].filter(([, namespace]) => isPod(namespace));
  const addresses = pods.flatMap(([name, namespace]) =>
    dumpAddresses(namespace).map(({ local }) => ({ name, local })),
  );
  return (network, length) =>
    addresses.filter(({ local }) => inPrefix(local, network, length)).map(({ name }) => name);
}

const isPod = (namespace: Namespace): boolean =>
  dumpRoutes(namespace, Table.MAIN).some(
    ({ length, nextHops }) => length === 0 && nextHops[0]?.gateway === POD_GATEWAY,
  );
