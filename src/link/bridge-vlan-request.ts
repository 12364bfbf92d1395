// VLANs are given to a bridge and its ports, and taken from them (net/bridge/br_vlan.c).
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import type { BridgeState, Device, VlanGroup } from '../netns/device.ts';
import { addLocalTo, deleteByVlan, deleteLocalOf } from './bridge-fdb.ts';
import { groupOf, PortState } from './bridge-state.ts';

/** VLAN_VID_MASK: 4095 is nobody's. */
const RESERVED_ID = 0xfff;

/** What is asked of a VLAN (BRIDGE_VLAN_INFO_*). */
export interface VlanFlags {
  readonly pvid: boolean;
  readonly untagged: boolean;
}

const ACCESS: VlanFlags = { pvid: true, untagged: true };

export function checkVlanId(id: number): Refusal | null {
  return id === 0 || id >= RESERVED_ID ? refuse(Errno.EINVAL, 'bridge: Vlan id is invalid') : null;
}

/** br_vlan_add, nbp_vlan_add: one that is there gets other flags. True if anything changed. */
export function addVlan(
  bridge: Device,
  port: Device | null,
  id: number,
  { pvid, untagged }: VlanFlags,
): boolean {
  const group = groupOf(bridge, port);
  const known = group.byId.get(id);
  const changed = known?.untagged !== untagged || (group.pvid === id) !== pvid;
  if (known === undefined) {
    group.byId.set(id, { untagged, state: PortState.FORWARDING });
    addLocalTo(bridge, id, port, (port ?? bridge).address);
  } else known.untagged = untagged;
  if (pvid) group.pvid = id;
  else if (group.pvid === id) group.pvid = 0;
  return changed;
}

/** br_vlan_delete, nbp_vlan_delete: what was learnt of it goes too. True if it was there. */
export function deleteVlan(bridge: Device, port: Device | null, id: number): boolean {
  const group = groupOf(bridge, port);
  if (!group.byId.has(id)) return false;
  deleteLocalOf(bridge, id, port);
  deleteByVlan(bridge, port, id);
  if (group.pvid === id) group.pvid = 0;
  group.byId.delete(id);
  return true;
}

/** nbp_vlan_init, and br_vlan_init for the bridge itself. */
export function joinDefaultVlan(bridge: Device, port: Device | null): void {
  const { defaultPvid } = bridge.bridge as BridgeState;
  if (defaultPvid !== 0) addVlan(bridge, port, defaultPvid, ACCESS);
}

/** vlan_default_pvid: nobody has changed what the group began with. */
const isDefault = ({ pvid, byId }: VlanGroup, id: number): boolean =>
  pvid === id && byId.get(id)?.untagged === true;

/** __br_vlan_set_default_pvid: who was given another VLAN by hand keeps it. */
export function changeDefaultPvid(bridge: Device, id: number): Refusal | null {
  const state = bridge.bridge as BridgeState;
  if (id >= RESERVED_ID) return refuse(Errno.EINVAL);
  const old = state.defaultPvid;
  for (const port of [null, ...state.ports]) {
    const group = groupOf(bridge, port);
    if (id === 0) {
      if (isDefault(group, old)) deleteVlan(bridge, port, old);
    } else if ((old === 0 || isDefault(group, old)) && !group.byId.has(id)) {
      addVlan(bridge, port, id, ACCESS);
      deleteVlan(bridge, port, old);
    }
  }
  state.defaultPvid = id;
  return null;
}
