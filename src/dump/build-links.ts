// The devices of one imported node: those that need no cable are made, all get what was dumped of them.
import type { LinkSet } from '../admin/types.ts';
import type { Building } from './build.ts';
import { LinkFlag } from './link.ts';
import type { DumpedLink, NodeDump } from './node-dump.ts';
import { type End, isCable, trunkOf, type Wiring } from './wiring.ts';

/** A tunnel may be bound to a device, and a port belongs to a bridge: both come before. */
export function buildLinks(building: Building, node: NodeDump): void {
  const own = node.links.filter(
    (link) => link.name !== 'lo' && (!isCable(link) || trunkOf(node, link) !== null),
  );
  const bound = (link: DumpedLink): boolean => lowerOf(link) !== '';
  for (const link of [...own.filter((one) => !bound(one)), ...own.filter(bound)])
    addLink(building, node, link);
  // A tunnel keeps the MTU that it had when the device below it was larger; a VLAN device goes up when that one is up.
  const first = (link: DumpedLink): boolean => bound(link) && link.vlan === null;
  for (const link of [...node.links.filter(first), ...node.links.filter((one) => !first(one))])
    setLink(building, node, link);
}

const lowerOf = ({ ipip, vxlan, vlan, lower }: DumpedLink): string =>
  ipip?.link || vxlan?.link || (vlan === null ? '' : lower);

function addLink(building: Building, { name: node }: NodeDump, link: DumpedLink): void {
  const { name, kind, address, ipip, vxlan, vrf, vlan, bridge } = link;
  if (name === 'tunl0') {
    building.loadModule('ipip');
    return;
  }
  building.perform(node, {
    do: 'add-link',
    link: {
      name,
      kind: kind ?? 'dummy',
      ...(address === null || address === 0 ? {} : { address }),
      ...(ipip === null ? {} : { ipip: withoutBlank(ipip) }),
      ...(vxlan === null ? {} : { vxlan: withoutBlank(vxlan) }),
      ...(vrf === null ? {} : { vrf }),
      ...(vlan === null ? {} : { vlan, link: link.lower }),
      ...(bridge === null ? {} : { bridge }),
    },
  });
}

/** An empty name or address is no setting. */
function withoutBlank<T extends object>(settings: T): Partial<T> {
  const given = Object.entries(settings).filter(
    ([key, value]) => value !== '' && !(ADDRESSES.has(key) && value === 0),
  );
  return Object.fromEntries(given) as Partial<T>;
}

const ADDRESSES = new Set(['local', 'remote', 'group', 'sourcePortLow', 'sourcePortHigh']);

function setLink(building: Building, node: NodeDump, link: DumpedLink): void {
  const held = building.port(node.name).link(link.name);
  if (held === null) return;
  const flags = link.flags ?? LinkFlag.UP;
  const change: LinkSet = { up: (flags & LinkFlag.UP) !== 0 };
  if (link.mtu !== 0 && link.mtu !== held.mtu) change.mtu = link.mtu;
  if (hasMaster(node, link)) change.master = link.master;
  if (link.address !== null && link.address !== 0 && link.address !== held.address && link.type === 'ether')
    change.address = link.address;
  if (link.alias !== '') change.alias = link.alias;
  if (link.group !== 0) change.group = link.group;
  if (link.txQueueLength !== 0 && link.txQueueLength !== held.txQueueLength)
    change.txQueueLength = link.txQueueLength;
  if (link.type === 'ether' && (flags & LinkFlag.NOARP) !== (held.flags & LinkFlag.NOARP))
    change.arp = (flags & LinkFlag.NOARP) === 0;
  const { name: _, namespace: __, ...rest } = change;
  building.perform(node.name, { do: 'set-link', device: link.name, change: rest });
  if (link.bridgePort !== null && change.master !== undefined)
    building.perform(node.name, {
      do: 'set-link',
      device: link.name,
      change: { bridgePort: link.bridgePort },
    });
}

/** Its master is of a kind that is made here. */
const hasMaster = (node: NodeDump, { master }: DumpedLink): boolean =>
  node.links.some(({ name, kind }) => name === master && (kind === 'bridge' || kind === 'vrf'));

/** Where a node's device had no carrier the other end is down; it goes down last, for routes need the carrier. */
export function setCarriers(building: Building, node: NodeDump, wiring: Wiring): void {
  const silent = node.links.filter(
    ({ flags }) => flags !== null && (flags & LinkFlag.UP) !== 0 && (flags & LinkFlag.LOWER_UP) === 0,
  );
  for (const link of silent) silence(building, { node: node.name, link }, wiring);
}

/** Only an end that was made up: what is in a dump is as it says itself. */
function silence(building: Building, { node, link }: End, wiring: Wiring): void {
  if (!isCable(link) || wiring.trunks.has(link) || wiring.pairs.flat().some((end) => end.link === link))
    return;
  const held = building.port(node).link(link.name);
  if (held === null || held.linkNamespace === null) return;
  const other = [...building.lab.names].find(([, namespace]) => namespace === held.linkNamespace)?.[0];
  const device = held.linkNamespace.devices.get(held.link)?.name;
  if (other !== undefined && device !== undefined)
    building.perform(other, { do: 'set-link', device, change: { up: false } });
}
