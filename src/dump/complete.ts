// What a dump implies without saying it: devices that only routes or addresses name, addresses that only the kernel's
// routes show, and what kind of device a name without `ip -d` is.
import { ANY, formatIpv4, type Ipv4 } from '../addr/ipv4.ts';
import { RouteProtocol, RouteType, Table } from '../admin/route-constants.ts';
import type { VxlanSettings } from '../admin/types.ts';
import { LinkFlag } from './link.ts';
import type { DumpedAddress, DumpedLink, DumpedRoute, NodeDump } from './node-dump.ts';

/** The dump with every device that it names, each of a kind. */
export function completed(dump: NodeDump): NodeDump {
  const addresses = withImplied(dump);
  const links = withNamed(dump);
  const whole = { ...dump, addresses, links };
  return { ...whole, links: links.map((link) => withKind(whole, link)) };
}

const blankLink = (name: string): DumpedLink => ({
  index: 0,
  name,
  flags: name === 'lo' ? LinkFlag.UP | LinkFlag.LOOPBACK : LinkFlag.UP | LinkFlag.LOWER_UP,
  mtu: 0,
  type: '',
  kind: null,
  address: null,
  master: '',
  lower: '',
  peerIndex: 0,
  peerNamespace: '',
  alias: '',
  group: 0,
  txQueueLength: 0,
  ipip: null,
  vrf: null,
  vlan: null,
  vxlan: null,
  bridge: null,
  bridgePort: null,
});

function withNamed(dump: NodeDump): DumpedLink[] {
  const known = new Set(dump.links.map(({ name }) => name));
  const links = [...dump.links];
  for (const name of namesIn(dump))
    if (name !== '' && !known.has(name)) {
      known.add(name);
      links.push(blankLink(name));
    }
  return links;
}

/** Devices that something other than the list of devices names. */
const namesIn = (dump: NodeDump): string[] => [
  ...dump.addresses.map(({ device }) => device),
  ...dump.routes.flatMap((route) => route.nextHops.map(({ device }) => device)),
  ...dump.neighbours.map(({ device }) => device),
  ...dump.fdb.map(({ device }) => device),
];

/** A connected route of the kernel's stands for the address that made it, where no addresses were printed. */
function withImplied(dump: NodeDump): DumpedAddress[] {
  if (dump.addresses.length > 0) return dump.addresses;
  return dump.routes.filter(isConnected).map((route) => ({
    device: route.nextHops[0]?.device ?? '',
    local: route.prefsrc,
    peer: route.length === 32 ? route.destination : route.prefsrc,
    length: route.length,
    broadcast: ANY,
    scope: 0,
    label: route.nextHops[0]?.device ?? '',
    metric: 0,
    noprefixroute: false,
  }));
}

const isConnected = (route: DumpedRoute): boolean =>
  route.protocol === RouteProtocol.KERNEL &&
  route.table === Table.MAIN &&
  route.type === RouteType.UNICAST &&
  route.prefsrc !== ANY &&
  route.nextHops.length === 1;

// ---- kinds -------------------------------------------------------------------------------------------------------

/** Names that container tools give their bridges, and names of devices that nothing is ever sent to. */
const BRIDGE_NAME = /^(docker\d+|br-[0-9a-f]+|cni\d+|cbr\d+|virbr\d+|lxcbr\d+)$/;
const DUMMY_NAME = /^(dummy\d+|kube-ipvs0|nodelocaldns)$/;
const VXLAN_NAME = /^(vxlan[.-].+|flannel\.\d+)$/;

function withKind(dump: NodeDump, link: DumpedLink): DumpedLink {
  const kind = kindOf(dump, link);
  if (kind === 'vxlan' && (link.vxlan?.vni ?? 0) === 0)
    return { ...link, kind, vxlan: usualVxlan(dump, link) };
  return kind === 'ipip' && link.ipip === null ? { ...link, kind, ipip: {} } : { ...link, kind };
}

function kindOf(dump: NodeDump, { kind, name, type, peerIndex }: DumpedLink): string {
  if (kind !== null) return kind;
  if (slavesOf(dump, name).length > 0) return 'bond';
  if (name === 'lo') return '';
  if (type === 'ipip' || name === 'tunl0') return 'ipip';
  if (VXLAN_NAME.test(name) || dump.fdb.some((entry) => entry.device === name && entry.destination !== ANY))
    return 'vxlan';
  if (BRIDGE_NAME.test(name) || dump.links.some(({ master }) => master === name)) return 'bridge';
  if (DUMMY_NAME.test(name)) return 'dummy';
  return peerIndex > 0 ? 'veth' : '';
}

/** The devices of a bond, which only they are called slaves of. */
export const slavesOf = (dump: NodeDump, name: string): DumpedLink[] =>
  dump.links.filter(({ master, flags }) => master === name && ((flags ?? 0) & LinkFlag.SLAVE) !== 0);

/** Felix's device (felix/dataplane/linux/vxlan_mgr.go) and flannel's, as they are made unless configured otherwise. */
function usualVxlan(dump: NodeDump, { name }: DumpedLink): VxlanSettings {
  const { device, local } = mainAddress(dump);
  const flannel = /^flannel\.(\d+)$/.exec(name);
  return {
    vni: flannel === null ? 4096 : Number(flannel[1]),
    port: flannel === null ? 4789 : 8472,
    learning: false,
    ...(local === ANY ? {} : { local }),
    link: device,
  };
}

/** The node's own address: that of the device which the default route leaves by. */
function mainAddress(dump: NodeDump): { readonly device: string; readonly local: Ipv4 } {
  const route = dump.routes.find(({ length, table }) => length === 0 && table === Table.MAIN);
  const device = route?.nextHops[0]?.device ?? dump.addresses.find(({ scope }) => scope === 0)?.device ?? '';
  return { device, local: dump.addresses.find((address) => address.device === device)?.local ?? ANY };
}

/** A name for the pod that has this address. */
export const podName = (address: Ipv4): string => `pod-${formatIpv4(address)}`;
