// What /sys/class/net shows of bridges and their ports: bridge/, brif/, brport/ (net/bridge/br_sysfs_br.c, br_sysfs_if.c).
import { dumpLinks, getLink, setBridgePort, setLink } from '../../admin/link.ts';
import type {
  BridgeInfo,
  BridgePortInfo,
  BridgePortSettings,
  BridgeSettings,
  LinkInfo,
} from '../../admin/types.ts';
import type { Namespace } from '../../netns/namespace.ts';
import { CLOCK_TICK } from '../../time/clock.ts';
import type { Node } from './nodes.ts';
import { directoryOf, VirtualDirectory, VirtualFile } from './virtual-nodes.ts';

interface Attribute<Info, Settings> {
  readonly show: (info: Info) => string | number | boolean;
  readonly store?: (value: number) => Settings;
  /** A value that must not be written now. */
  readonly isClosed?: (info: Info, value: number) => boolean;
}

const BRIDGE: Readonly<Record<string, Attribute<BridgeInfo, BridgeSettings>>> = {
  ageing_time: {
    show: (bridge) => bridge.ageingTime / CLOCK_TICK,
    store: (n) => ({ ageingTime: n * CLOCK_TICK }),
  },
  bridge_id: { show: (bridge) => bridge.bridgeId.replaceAll(':', '') },
  default_pvid: {
    show: (bridge) => bridge.defaultPvid,
    store: (defaultPvid) => ({ defaultPvid }),
    // Only by sysfs: netlink may (br_vlan_set_default_pvid).
    isClosed: (bridge, id) => bridge.vlanFiltering && id !== bridge.defaultPvid && id < 4095,
  },
  forward_delay: {
    show: (bridge) => bridge.forwardDelay / CLOCK_TICK,
    store: (n) => ({ forwardDelay: n * CLOCK_TICK }),
  },
  group_addr: { show: () => '01:80:c2:00:00:00' },
  hello_time: {
    show: (bridge) => bridge.helloTime / CLOCK_TICK,
    store: (n) => ({ helloTime: n * CLOCK_TICK }),
  },
  max_age: { show: (bridge) => bridge.maxAge / CLOCK_TICK, store: (n) => ({ maxAge: n * CLOCK_TICK }) },
  multicast_querier: { show: () => 0 },
  multicast_router: { show: () => 1 },
  multicast_snooping: {
    show: (bridge) => bridge.mcastSnooping,
    store: (n) => ({ mcastSnooping: n !== 0 }),
  },
  nf_call_arptables: { show: () => 0 },
  nf_call_ip6tables: { show: () => 0 },
  nf_call_iptables: { show: () => 0 },
  priority: { show: (bridge) => bridge.priority, store: (priority) => ({ priority }) },
  root_id: { show: (bridge) => bridge.designatedRoot.replaceAll(':', '') },
  root_path_cost: { show: (bridge) => bridge.rootPathCost },
  root_port: { show: (bridge) => bridge.rootPort },
  stp_state: { show: (bridge) => bridge.stp, store: (n) => ({ stp: n !== 0 }) },
  topology_change: { show: () => 0 },
  vlan_filtering: { show: (bridge) => bridge.vlanFiltering, store: (n) => ({ vlanFiltering: n !== 0 }) },
};

const flag = (
  name: 'learning' | 'flood' | 'mcastFlood' | 'bcastFlood' | 'hairpin' | 'isolated' | 'neighSuppress',
): Attribute<BridgePortInfo, BridgePortSettings> => ({
  show: (port) => port[name],
  store: (value) => ({ [name]: value !== 0 }),
});

const PORT: Readonly<Record<string, Attribute<BridgePortInfo, BridgePortSettings>>> = {
  broadcast_flood: flag('bcastFlood'),
  hairpin_mode: flag('hairpin'),
  isolated: flag('isolated'),
  learning: flag('learning'),
  multicast_flood: flag('mcastFlood'),
  neigh_suppress: flag('neighSuppress'),
  path_cost: { show: (port) => port.cost, store: (cost) => ({ cost }) },
  port_no: { show: (port) => `0x${port.number.toString(16)}` },
  priority: { show: (port) => port.priority, store: (priority) => ({ priority }) },
  state: { show: (port) => port.state },
  unicast_flood: flag('flood'),
};

/** A file for each attribute; a number that is written is handed to `apply`. */
function attributes<Info, Settings>(
  table: Readonly<Record<string, Attribute<Info, Settings>>>,
  find: (namespace: Namespace) => Info | null,
  apply: (namespace: Namespace, settings: Settings) => boolean,
): VirtualDirectory {
  const files = Object.entries(table).map(([name, { show, store, isClosed }]): [string, Node] => {
    const read = (namespace: Namespace) => {
      const info = find(namespace);
      if (info === null) return { error: 'ENODEV' } as const;
      const value = show(info);
      return `${typeof value === 'boolean' ? Number(value) : value}\n`;
    };
    if (store === undefined) return [name, new VirtualFile(read)];
    const write = (namespace: Namespace, text: string) => {
      if (!/^\s*\d+\s*$/.test(text)) return 'EINVAL';
      const info = find(namespace);
      if (info !== null && isClosed?.(info, Number(text.trim()))) return 'EPERM';
      return apply(namespace, store(Number(text.trim()))) ? null : 'EINVAL';
    };
    return [name, new VirtualFile(read, write)];
  });
  return directoryOf(Object.fromEntries(files));
}

function linkOf(namespace: Namespace, device: string): LinkInfo | null {
  const answer = getLink(namespace, device);
  return 'value' in answer ? answer.value : null;
}

const bridgeDirectory = (device: string): VirtualDirectory =>
  attributes(
    BRIDGE,
    (namespace) => linkOf(namespace, device)?.bridge ?? null,
    (namespace, bridge) => setLink(namespace, device, { bridge }) === null,
  );

const portDirectory = (device: string): VirtualDirectory =>
  attributes(
    PORT,
    (namespace) => linkOf(namespace, device)?.bridgePort ?? null,
    (namespace, settings) => setBridgePort(namespace, device, settings) === null,
  );

const portsOf = (namespace: Namespace, bridge: LinkInfo): string[] =>
  dumpLinks(namespace)
    .filter((link) => link.masterIndex === bridge.index && link.bridgePort !== null)
    .map((link) => link.name);

/** What a device has besides what every device has. */
export function bridgeEntries(namespace: Namespace, device: string): Record<string, Node> {
  const link = linkOf(namespace, device);
  if (link === null) return {};
  const port: Record<string, Node> = link.bridgePort === null ? {} : { brport: portDirectory(device) };
  if (link.bridge === null) return port;
  const ports = new VirtualDirectory(
    () => portsOf(namespace, link),
    (_, name) => (portsOf(namespace, link).includes(name) ? portDirectory(name) : null),
  );
  return { ...port, bridge: bridgeDirectory(device), brif: ports };
}
