// VLANs of bridges and ports: RTM_SETLINK and RTM_DELLINK of family AF_BRIDGE (rtnl_bridge_setlink, br_afspec), and
// RTM_NEWVLAN (br_vlan_rtm_process).
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { tellPort } from '../link/bridge-notify.ts';
import { groupOf, PortState } from '../link/bridge-state.ts';
import { addVlan, checkVlanId, deleteVlan, type VlanFlags } from '../link/bridge-vlan-request.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Outcome } from './types.ts';

export interface VlanRequest extends VlanFlags {
  readonly device: string;
  /** A range; of one, both are the same. */
  readonly first: number;
  readonly last: number;
  /** For the bridge of which the device is a port (what is meant without a word), and for the device itself. */
  readonly master: boolean;
  readonly self: boolean;
}

/** `bridge vlan add|delete …`. */
export function changeVlans(namespace: Namespace, verb: 'add' | 'delete', request: VlanRequest): Outcome {
  namespace.kernel.changes++;
  const device = namespace.names.get(request.device);
  if (device === undefined) return refuse(Errno.ENODEV);
  if (request.master || !request.self) {
    if (device.port === null) return refuse(Errno.EOPNOTSUPP);
    const refusal = changeGroup(device.port.bridge, device, verb, request);
    if (refusal !== null) return refusal;
  }
  if (!request.self) return null;
  return device.bridge === null ? refuse(Errno.EOPNOTSUPP) : changeGroup(device, null, verb, request);
}

function changeGroup(
  bridge: Device,
  port: Device | null,
  verb: 'add' | 'delete',
  request: VlanRequest,
): Refusal | null {
  const { first, last } = request;
  const refusal = checkVlanId(first) ?? checkVlanId(last);
  if (refusal !== null) return refusal;
  let changed = false;
  for (let id = first; id <= last; id++)
    changed = (verb === 'add' ? addVlan(bridge, port, id, request) : deleteVlan(bridge, port, id)) || changed;
  if (changed && port !== null) tellPort(port, 'new');
  return null;
}

/** `bridge vlan set … state`. */
export function setVlanState(
  namespace: Namespace,
  name: string,
  first: number,
  last: number,
  state: number,
): Outcome {
  namespace.kernel.changes++;
  const device = namespace.names.get(name);
  if (device === undefined) return refuse(Errno.ENODEV);
  const bridge = device.port?.bridge ?? (device.bridge === null ? null : device);
  if (bridge === null) return refuse(Errno.EINVAL, 'The device is not a valid bridge or bridge port');
  const refusal = checkVlanId(first) ?? checkVlanId(last);
  if (refusal !== null) return refusal;
  if (bridge.bridge!.stp) return refuse(Errno.EBUSY, "bridge: Can't modify vlan state when using kernel STP");
  if (state > PortState.BLOCKING) return refuse(Errno.EINVAL, 'bridge: Invalid vlan state');
  const { byId } = groupOf(bridge, device.port === null ? null : device);
  if (!byId.has(first))
    return refuse(Errno.ENOENT, "bridge: Vlan range start doesn't exist, can't process options");
  for (let id = first; id <= last; id++) {
    const vlan = byId.get(id);
    if (vlan !== undefined) vlan.state = state;
  }
  return null;
}
