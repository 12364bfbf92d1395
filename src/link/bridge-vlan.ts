// Frames and the VLANs of a bridge: which come in, where they belong, and which leave with a tag (net/bridge/br_vlan.c).
// Inside a bridge that filters, frames are without their tag.
import type { BridgeState, BridgeVlan, VlanGroup } from '../netns/device.ts';
import type { Packet } from '../packet/packet.ts';
import * as ethernet from '../wire/ethernet.ts';
import { PortState } from './bridge-state.ts';
import { addTag, hasTag, removeTag, tagOf, VLAN_ID_MASK } from './vlan-tag.ts';

/** What came in: where it belongs, and the tag control information to leave with. */
export class Admission {
  vlan = 0;
  tci = 0;
}

/** br_vlan_state_allowed. */
const allows = ({ state }: BridgeVlan, learning: boolean): boolean =>
  state === PortState.FORWARDING || (learning && state === PortState.LEARNING);

const { VLAN } = ethernet.EtherType;

/**
 * Where a frame that came in belongs, which loses its tag: false if the group does not take it (__allowed_ingress). On a
 * bridge that does not filter everything is taken as it is, and belongs to no VLAN.
 */
export function admit(bridge: BridgeState, group: VlanGroup, packet: Packet, admission: Admission): boolean {
  const vlan = placeOf(bridge, group, packet);
  if (vlan < 0) return false;
  admission.vlan = vlan;
  if (vlan === 0) return true;
  admission.tci = (tciOf(packet) & ~VLAN_ID_MASK) | vlan;
  if (hasTag(packet, VLAN)) removeTag(packet);
  return true;
}

/** The tag control information: 0 without a tag. */
const tciOf = (packet: Packet): number => (hasTag(packet, VLAN) ? tagOf(packet) : 0);

/** The VLAN in which the group takes a frame, 0 for none on a bridge that does not filter, -1 if it takes it in none. */
export function placeOf(bridge: BridgeState, group: VlanGroup, packet: Packet): number {
  if (!bridge.vlanFiltering) return 0;
  const id = tciOf(packet) & VLAN_ID_MASK || group.pvid;
  const vlan = group.byId.get(id);
  return vlan !== undefined && allows(vlan, true) ? id : -1;
}

/** Whether the port still only learns of what belongs to this VLAN. */
export const onlyLearns = (group: VlanGroup, vlan: number): boolean =>
  group.byId.get(vlan)?.state === PortState.LEARNING;

/** br_allowed_egress. */
export function mayCarry(group: VlanGroup, vlan: number): boolean {
  if (vlan === 0) return true;
  const found = group.byId.get(vlan);
  return found !== undefined && allows(found, false);
}

/** br_handle_vlan: a frame that leaves gets its tag, unless the group has its VLAN untagged. */
export function dress(group: VlanGroup, { vlan, tci }: Admission, packet: Packet): void {
  if (vlan !== 0 && group.byId.get(vlan)?.untagged !== true) addTag(packet, VLAN, tci);
}
