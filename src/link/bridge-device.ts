// A bridge as a device: made and its settings changed (br_dev_newlink, br_changelink).
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import type { Mac } from '../addr/mac.ts';
import type { BridgePort, BridgeState, Device } from '../netns/device.ts';
import { SECOND } from '../time/clock.ts';
import { deleteByPort, deleteEntry, entriesOf } from './bridge-fdb.ts';
import { releasePorts } from './bridge-ports.ts';
import { newGroup, PortState } from './bridge-state.ts';
import { changeBridgeId, selectStates } from './bridge-stp.ts';
import { changeDefaultPvid } from './bridge-vlan-request.ts';
import { isOperational } from './carrier.ts';
import type { LinkAttributes } from './create.ts';
import { unregisterDevices } from './lifecycle.ts';
import { registerDevice } from './registry.ts';

/** What a request may say of a bridge; times in microseconds. */
export interface BridgeChange {
  ageingTime?: number;
  forwardDelay?: number;
  helloTime?: number;
  maxAge?: number;
  priority?: number;
  stp?: boolean;
  vlanFiltering?: boolean;
  defaultPvid?: number;
  mcastSnooping?: boolean;
  /** Forgets what is not static (IFLA_BR_FDB_FLUSH). */
  flush?: boolean;
}

const DEFAULT_PVID = 1;

/** br_dev_setup. */
const newState = (): BridgeState => ({
  fdb: new Map(),
  fdbSerial: 0,
  vlans: newGroup(),
  defaultPvid: DEFAULT_PVID,
  ports: [],
  ageingTime: 300 * SECOND,
  forwardDelay: 15 * SECOND,
  helloTime: 2 * SECOND,
  maxAge: 20 * SECOND,
  priority: 0x8000,
  stp: false,
  addressSet: false,
  vlanFiltering: false,
  mcastSnooping: true,
  mtuSet: false,
  idAddress: 0 as Mac,
  filter: null,
});

/** br_dev_newlink. A bridge that is given an address loses its carrier until a port forwards. */
export function registerBridge(
  device: Device,
  attributes: LinkAttributes,
  change: BridgeChange,
): Refusal | null {
  device.bridge = newState();
  const refusal = registerDevice(device);
  if (refusal !== null) return refusal;
  if (attributes.address !== undefined) {
    changeBridgeId(device, attributes.address);
    device.bridge.addressSet = true;
  }
  const refused = changeBridge(device, change);
  if (refused !== null) {
    releasePorts(device);
    unregisterDevices([device]);
  }
  return refused;
}

const outside = (value: number | undefined, low: number, high: number): boolean =>
  value !== undefined && (value < low * SECOND || value > high * SECOND);

/** br_changelink, setting by setting: what came before a refusal stays. */
export function changeBridge(device: Device, change: BridgeChange): Refusal | null {
  const state = device.bridge as BridgeState;
  if (change.forwardDelay !== undefined) {
    if (state.stp && outside(change.forwardDelay, 2, 30)) return refuse(Errno.ERANGE);
    state.forwardDelay = change.forwardDelay;
  }
  if (outside(change.helloTime, 1, 10)) return refuse(Errno.ERANGE);
  state.helloTime = change.helloTime ?? state.helloTime;
  if (outside(change.maxAge, 6, 40)) return refuse(Errno.ERANGE);
  state.maxAge = change.maxAge ?? state.maxAge;
  state.ageingTime = change.ageingTime ?? state.ageingTime;
  if (change.stp !== undefined) setStp(device, change.stp);
  if (change.priority !== undefined) {
    state.priority = change.priority;
    selectStates(device);
  }
  state.vlanFiltering = change.vlanFiltering ?? state.vlanFiltering;
  state.mcastSnooping = change.mcastSnooping ?? state.mcastSnooping;
  if (change.flush === true)
    for (const entry of entriesOf(state)) if (!entry.static && !entry.local) deleteEntry(device, entry);
  return change.defaultPvid === undefined ? null : changeDefaultPvid(device, change.defaultPvid);
}

/** br_stp_set_enabled: the kernel's own STP wants a forward delay within bounds. */
function setStp(device: Device, on: boolean): void {
  const state = device.bridge as BridgeState;
  if (state.stp === on) return;
  state.stp = on;
  if (!on) return;
  state.forwardDelay = Math.min(Math.max(state.forwardDelay, 2 * SECOND), 30 * SECOND);
  selectStates(device);
}

/** What a request may say of a port. */
export type PortChange = Partial<
  Omit<BridgePort, 'bridge' | 'number' | 'vlans' | 'costSet' | 'forwardTimer'>
> & {
  /** Forget what was learnt there. */
  flush?: boolean;
};

const FLAGS = [
  'hairpin',
  'guard',
  'fastLeave',
  'rootBlock',
  'learning',
  'flood',
  'mcastFlood',
  'bcastFlood',
  'proxyArp',
  'neighSuppress',
  'isolated',
] as const;

/** br_setport. */
export function changePort(device: Device, change: PortChange): Refusal | null {
  const place = device.port as BridgePort;
  for (const flag of FLAGS) place[flag] = change[flag] ?? place[flag];
  if (change.cost !== undefined) {
    if (change.cost < 1 || change.cost > 65535) return refuse(Errno.ERANGE);
    place.cost = change.cost;
    place.costSet = true;
    selectStates(place.bridge);
  }
  if (change.priority !== undefined) {
    if (change.priority > 63) return refuse(Errno.ERANGE);
    place.priority = change.priority;
  }
  const refusal = change.state === undefined ? null : setPortState(device, change.state);
  if (refusal === null && change.flush === true) deleteByPort(place.bridge, device, false);
  return refusal;
}

/** br_set_port_state. */
function setPortState(device: Device, wanted: number): Refusal | null {
  const place = device.port as BridgePort;
  if (wanted > PortState.BLOCKING) return refuse(Errno.EINVAL);
  if ((place.bridge.bridge as BridgeState).stp) return refuse(Errno.EBUSY);
  if (!device.running || (!isOperational(device) && wanted !== PortState.DISABLED))
    return refuse(Errno.ENETDOWN);
  place.state = wanted;
  selectStates(place.bridge);
  return null;
}
