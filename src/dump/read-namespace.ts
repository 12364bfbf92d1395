// A namespace of a lab as if its own tools had been asked: the same shape as an import, for comparing with one.
import type { Ipv4 } from '../addr/ipv4.ts';
import { dumpAddresses } from '../admin/address.ts';
import { dumpFdb } from '../admin/fdb.ts';
import { dumpLinks } from '../admin/link.ts';
import { dumpNeighbours } from '../admin/neighbour.ts';
import { NeighbourFlag, NudState } from '../admin/neighbour-constants.ts';
import { dumpRoutes } from '../admin/route.ts';
import { dumpRules } from '../admin/rule.ts';
import { listSysctl, readSysctl, statSysctl } from '../admin/sysctl.ts';
import type { AddressInfo, LinkInfo, NeighbourInfo, RouteInfo, RuleInfo } from '../admin/types.ts';
import type { Namespace } from '../netns/namespace.ts';
import type {
  Coverage,
  DumpedAddress,
  DumpedFdb,
  DumpedLink,
  DumpedNeighbour,
  DumpedRoute,
  DumpedRule,
  NodeDump,
  Section,
} from './node-dump.ts';

const SECTIONS: readonly Section[] = ['link', 'address', 'route', 'rule', 'neighbour', 'fdb', 'sysctl'];

export function readNamespace(namespace: Namespace, name: string): NodeDump {
  const links = dumpLinks(namespace);
  const nameOf = (index: number): string => links.find((link) => link.index === index)?.name ?? '';
  return {
    name,
    links: links.map((info) => linkOf(info, nameOf)),
    addresses: dumpAddresses(namespace).map(addressOf),
    routes: dumpRoutes(namespace).map(routeOf),
    rules: dumpRules(namespace).map(ruleOf),
    neighbours: [...dumpNeighbours(namespace, {}), ...dumpNeighbours(namespace, { proxy: true })].map(
      neighbourOf,
    ),
    fdb: dumpFdb(namespace, {}).map(fdbOf),
    sysctls: new Map(settingsBelow(namespace, 'net/ipv4')),
    coverage: SECTIONS.map((section): Coverage => ({ section, device: '', table: 0 })),
  };
}

/** IFF_RUNNING: iproute2 prints it only by its absence. */
const RUNNING = 0x40;

const TYPES: ReadonlyMap<number, string> = new Map([
  [1, 'ether'],
  [768, 'ipip'],
  [772, 'loopback'],
]);

function linkOf(info: LinkInfo, nameOf: (index: number) => string): DumpedLink {
  const elsewhere = info.linkNetnsId !== -1;
  return {
    index: info.index,
    name: info.name,
    flags: info.flags & ~RUNNING,
    mtu: info.mtu,
    type: TYPES.get(info.hardwareType) ?? 'none',
    kind: info.kind,
    address: info.ipip === null ? info.address : null,
    master: info.master,
    lower: info.linkName,
    peerIndex: elsewhere ? info.link : 0,
    peerNamespace: elsewhere ? (info.linkNamespace?.name ?? '') : '',
    alias: info.alias,
    group: info.group,
    txQueueLength: info.txQueueLength,
    ...settingsOf(info, nameOf),
  };
}

/** What of a kind's settings iproute2 prints. */
function settingsOf(
  info: LinkInfo,
  nameOf: (index: number) => string,
): Pick<DumpedLink, 'ipip' | 'vxlan' | 'vrf' | 'vlan' | 'bridge' | 'bridgePort'> {
  const { ipip, vxlan, bridge, bridgePort } = info;
  return {
    ipip: ipip === null ? null : without({ ...ipip, link: nameOf(ipip.link) }, 'ignoreDf'),
    vxlan: vxlan === null ? null : without({ ...vxlan, link: nameOf(vxlan.link) }, 'cleanupAt'),
    vrf: info.kind === 'vrf' ? { table: info.vrfTable } : null,
    vlan: info.vlan,
    bridge: bridge === null ? null : without(bridge, ...NOT_SET_OF_A_BRIDGE),
    bridgePort:
      bridgePort === null
        ? null
        : without(bridgePort, 'state', 'number', 'vlans', 'designatedRoot', 'designatedBridge'),
  };
}

/** What follows from something else, and the VLANs, which `bridge vlan` would tell. */
const NOT_SET_OF_A_BRIDGE = [
  'address',
  'idAddress',
  'bridgeId',
  'designatedRoot',
  'rootPort',
  'rootPathCost',
  'vlans',
];

function without<T extends object>(settings: T, ...keys: readonly string[]): Partial<T> {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !keys.includes(key))) as Partial<T>;
}

/** IFA_F_NOPREFIXROUTE. */
const NO_PREFIX_ROUTE = 0x200;

const addressOf = (info: AddressInfo): DumpedAddress => ({
  device: info.deviceName,
  local: info.local,
  peer: info.peer,
  length: info.length,
  broadcast: info.broadcast,
  scope: info.scope,
  label: info.label,
  metric: info.metric,
  noprefixroute: (info.flags & NO_PREFIX_ROUTE) !== 0,
});

/** What dumps do not tell is left out: nexthop objects and realms. */
function routeOf(info: RouteInfo): DumpedRoute {
  const { nexthopId: _, realms: __, ...route } = info;
  return {
    ...route,
    // A route with one next hop shows the hop's flags.
    flags: info.nextHops.length === 1 ? (info.nextHops[0]?.flags ?? 0) : info.flags,
    nextHops: info.nextHops.map(({ device, gateway, weight, flags }) => ({ device, gateway, weight, flags })),
  };
}

function ruleOf(info: RuleInfo): DumpedRule {
  const { iifDetached: _, oifDetached: __, unresolved: ___, realms: ____, ...rule } = info;
  return rule;
}

const neighbourOf = (info: NeighbourInfo): DumpedNeighbour => ({
  destination: info.destination as Ipv4,
  device: info.device,
  lladdr: info.hasLladdr ? info.lladdr : null,
  state: info.state,
  proxy: (info.flags & NeighbourFlag.PROXY) !== 0,
  router: (info.flags & NeighbourFlag.ROUTER) !== 0,
  externLearn: (info.flags & NeighbourFlag.EXT_LEARNED) !== 0,
});

const fdbOf = (info: ReturnType<typeof dumpFdb>[number]): DumpedFdb => ({
  mac: info.mac,
  device: info.device,
  master: info.master,
  destination: info.destination,
  port: info.port,
  vni: info.vni,
  via: info.via,
  vlan: info.vlan,
  flags: info.flags,
  state: printedState(info.state),
});

/** `bridge fdb` prints one state: of an entry that is permanent and NOARP the first. */
const printedState = (state: number): number =>
  [NudState.PERMANENT, NudState.NOARP, NudState.STALE, NudState.REACHABLE].find((bit) => state & bit) ??
  state;

/** Files that `sysctl -a` passes over, for others tell the same in milliseconds. */
const DEPRECATED = new Set(['base_reachable_time', 'retrans_time']);

/** Every readable file below a directory of /proc/sys. */
function* settingsBelow(namespace: Namespace, path: string): Generator<readonly [string, string]> {
  for (const name of listSysctl(namespace, path) ?? []) {
    const inner = `${path}/${name}`;
    if (statSysctl(namespace, inner)?.directory === true) yield* settingsBelow(namespace, inner);
    else if (!DEPRECATED.has(name)) {
      const answer = readSysctl(namespace, inner);
      if ('value' in answer) yield [inner, answer.value];
    }
  }
}
