// What Calico is answerable for in the namespaces of a cluster, line by line in the words of `ip` and `bridge`: of two
// clusters of one state the lines are the same, however they came to be.
import { formatIpv4 } from '../../../src/addr/ipv4.ts';
import { formatMac } from '../../../src/addr/mac.ts';
import { dumpAddresses } from '../../../src/admin/address.ts';
import { dumpFdb } from '../../../src/admin/fdb.ts';
import { dumpLinks } from '../../../src/admin/link.ts';
import { dumpNeighbours } from '../../../src/admin/neighbour.ts';
import { NudState } from '../../../src/admin/neighbour-constants.ts';
import { dumpRoutes } from '../../../src/admin/route.ts';
import { readSysctl } from '../../../src/admin/sysctl.ts';
import type { LinkInfo } from '../../../src/admin/types.ts';
import { UNDERLAY } from '../../../src/calico/cluster/underlay.ts';
import type { Lab } from '../../../src/lab/lab.ts';
import type { Namespace } from '../../../src/netns/namespace.ts';
import { routeLine } from '../table/node.ts';

const IFF_UP = 1;
const MAIN = 254;

/** A pod keeps the MTU that it was made with: CNI alone sets it. */
const keepsMtu = (name: string, isNode: boolean): boolean => !isNode || name.startsWith('cali');

function linkLine(link: LinkInfo, links: readonly LinkInfo[], isNode: boolean): string {
  const { name, kind, flags, mtu, address, vxlan } = link;
  const parent = links.find(({ index }) => index === vxlan?.link)?.name;
  const tunnel = vxlan && [vxlan.vni, vxlan.port, formatIpv4(vxlan.local), parent, vxlan.learning].join(' ');
  const state = (flags & IFF_UP) !== 0 ? 'up' : 'down';
  return ['link', name, kind, state, keepsMtu(name, isNode) ? '' : mtu, formatMac(address), tunnel ?? '']
    .join(' ')
    .trimEnd();
}

const SETTINGS = [
  'conf/IF/route_localnet',
  'neigh/IF/proxy_delay',
  'conf/IF/proxy_arp',
  'conf/IF/forwarding',
  'conf/IF/rp_filter',
];

function settingLines(namespace: Namespace, device: string): string[] {
  return SETTINGS.map((setting) => {
    const path = `net/ipv4/${setting.replace('IF', device)}`;
    const answer = readSysctl(namespace, path);
    return `${path}=${'value' in answer ? answer.value : 'none'}`;
  });
}

/** Sorted, without what comes by itself: learnt neighbours, loopback, the routes of addresses. */
function stateOf(namespace: Namespace, isNode: boolean): string[] {
  const links = dumpLinks(namespace).filter(({ name }) => name !== 'lo');
  return [
    ...links.map((link) => linkLine(link, links, isNode)),
    ...links.flatMap(({ name }) =>
      dumpAddresses(namespace, name).map(
        ({ local, length }) => `address ${name} ${formatIpv4(local)}/${length}`,
      ),
    ),
    ...dumpRoutes(namespace, MAIN).map((route) => `route ${routeLine(route)}`),
    ...dumpNeighbours(namespace, {})
      .filter(({ state }) => (state & NudState.PERMANENT) !== 0)
      .map(
        ({ destination, device, lladdr }) =>
          `neighbour ${formatIpv4(destination)} ${device} ${formatMac(lladdr)}`,
      ),
    ...dumpFdb(namespace, {})
      .filter(({ device }) => device === 'vxlan.calico')
      .map(({ mac, destination }) => `fdb ${formatMac(mac)} ${formatIpv4(destination)}`),
    ...links
      .filter(({ name }) => name.startsWith('cali'))
      .flatMap(({ name }) => settingLines(namespace, name)),
  ].sort();
}

/** By namespace; the network between the nodes is another matter. */
export const clusterState = (lab: Lab, nodes: ReadonlySet<string>): Record<string, string[]> =>
  Object.fromEntries(
    [...lab.names]
      .filter(([name]) => name !== UNDERLAY)
      .map(([name, namespace]) => [name, stateOf(namespace, nodes.has(name))]),
  );
