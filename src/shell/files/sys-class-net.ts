// /sys/class/net: devices and their attributes as files (net/core/net-sysfs.c).
import { formatMac } from '../../addr/mac.ts';
import { getLink, setLink } from '../../admin/link.ts';
import type { LinkInfo } from '../../admin/types.ts';
import type { Namespace } from '../../netns/namespace.ts';
import type { Node } from './nodes.ts';
import { bridgeEntries } from './sys-bridge.ts';
import { directoryOf, VirtualDirectory, VirtualFile } from './virtual-nodes.ts';

/** IF_OPER_* as net-sysfs writes them. */
const STATES = ['unknown', 'notpresent', 'down', 'lowerlayerdown', 'testing', 'dormant', 'up'];
const UP = 0x1;

type Attribute = (link: LinkInfo) => string | null;

/** Null is EINVAL: the device would have to be up. */
const ATTRIBUTES: Readonly<Record<string, Attribute>> = {
  addr_assign_type: () => '0',
  addr_len: (link) => (link.ipip === null ? '6' : '4'),
  address: (link) => formatMac(link.address),
  broadcast: (link) => formatMac(link.broadcast),
  carrier: (link) => ((link.flags & UP) === 0 ? null : link.carrier ? '1' : '0'),
  carrier_changes: (link) => String(link.carrierChanges),
  dev_id: () => '0x0',
  dormant: (link) => ((link.flags & UP) === 0 ? null : '0'),
  flags: (link) => `0x${(link.flags & 0xffff & ~0x40).toString(16)}`,
  ifalias: (link) => link.alias,
  ifindex: (link) => String(link.index),
  iflink: (link) => String(link.link || link.index),
  link_mode: (link) => String(link.mode),
  mtu: (link) => String(link.mtu),
  netdev_group: (link) => String(link.group),
  operstate: (link) => STATES[link.operstate] ?? 'unknown',
  tx_queue_len: (link) => String(link.txQueueLength),
  type: (link) => String(link.hardwareType),
};

const STATISTICS: Readonly<Record<string, (link: LinkInfo) => number>> = {
  collisions: (link) => link.stats.collisions,
  multicast: (link) => link.stats.multicast,
  rx_bytes: (link) => link.stats.rxBytes,
  rx_dropped: (link) => link.stats.rxDropped,
  rx_errors: (link) => link.stats.rxErrors,
  rx_frame_errors: (link) => link.stats.rxFrameErrors,
  rx_packets: (link) => link.stats.rxPackets,
  tx_bytes: (link) => link.stats.txBytes,
  tx_carrier_errors: (link) => link.stats.txCarrierErrors,
  tx_dropped: (link) => link.stats.txDropped,
  tx_errors: (link) => link.stats.txErrors,
  tx_packets: (link) => link.stats.txPackets,
};

function attributeFile(device: string, read: Attribute, store: boolean): VirtualFile {
  return new VirtualFile(
    (namespace) => {
      const answer = getLink(namespace, device);
      if ('refusal' in answer) return { error: 'ENODEV' };
      const text = read(answer.value);
      return text === null ? { error: 'EINVAL' } : `${text}\n`;
    },
    store ? (namespace, text) => setMtu(namespace, device, text) : null,
  );
}

function setMtu(namespace: Namespace, device: string, text: string): 'EINVAL' | null {
  if (!/^\s*(0x[\da-fA-F]+|\d+)\s*$/.test(text)) return 'EINVAL';
  return setLink(namespace, device, { mtu: Number(text.trim()) }) === null ? null : 'EINVAL';
}

function deviceDirectory(namespace: Namespace, device: string): VirtualDirectory {
  const statistics = Object.entries(STATISTICS).map(([name, read]): [string, Node] => [
    name,
    attributeFile(device, (link) => String(read(link)), false),
  ]);
  const attributes = Object.entries(ATTRIBUTES).map(([name, read]): [string, Node] => [
    name,
    attributeFile(device, read, name === 'mtu'),
  ]);
  return directoryOf({
    ...Object.fromEntries(attributes),
    ...bridgeEntries(namespace, device),
    statistics: directoryOf(Object.fromEntries(statistics)),
  });
}

export const sysClassNet = (): VirtualDirectory =>
  new VirtualDirectory(
    (namespace) => [...namespace.names.keys()],
    (namespace, name) => (namespace.names.has(name) ? deviceDirectory(namespace, name) : null),
  );
