// What a bridge tells those who listen: its ports (br_ifinfo_notify), its forwarding entries (fdb_notify), its features.
import type { BridgeFdbEntry, Device } from '../netns/device.ts';
import type { Change } from '../netns/netlink.ts';

export function tellPort(port: Device, change: Change): void {
  port.namespace.netlink?.link(port, change, { kind: 'port' });
}

export function tellEntry(bridge: Device, entry: BridgeFdbEntry, change: Change): void {
  const { netlink } = bridge.namespace;
  if (netlink === null) return;
  netlink.fdb({ kind: 'bridge', bridge, entry }, change);
}

/** netdev_update_features: with its first port a bridge gets other features, and with its last it loses them. */
export function tellFeatures(bridge: Device): void {
  if (bridge.registered) bridge.namespace.netlink?.link(bridge, 'new', { kind: 'features' });
}
