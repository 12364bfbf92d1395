// What a bridge tells those who listen: its ports (br_ifinfo_notify), its forwarding entries (fdb_notify), its features.
import type { BridgeFdbEntry, BridgeState, Device } from '../netns/device.ts';
import type { Change } from '../netns/netlink.ts';

/** Entries for frames without a tag are kept twice: for no VLAN and for the default PVID. */
const DEFAULT_PVID = 1;

export function tellPort(port: Device, change: Change): void {
  port.namespace.netlink?.link(port, change, { kind: 'port' });
}

export function tellEntry(bridge: Device, entry: BridgeFdbEntry, change: Change): void {
  const { netlink } = bridge.namespace;
  if (netlink === null) return;
  const { vlanFdb } = bridge.bridge as BridgeState;
  const vlan = vlanFdb.get(entry.mac) === entry ? DEFAULT_PVID : 0;
  netlink.fdb({ kind: 'bridge', bridge, entry, vlan }, change);
}

/** netdev_update_features: with its first port a bridge gets other features, and with its last it loses them. */
export function tellFeatures(bridge: Device): void {
  if (bridge.registered) bridge.namespace.netlink?.link(bridge, 'new', { kind: 'features' });
}
