// VLAN devices: a device for the frames of one VLAN of another device (net/8021q/vlan.c, vlan_dev.c, vlan_netlink.c).
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { type Device, DeviceFlag, Kind, type VlanState } from '../netns/device.ts';
import type { DeviceEvent, DeviceListener } from '../netns/kernel.ts';
import * as ethernet from '../wire/ethernet.ts';
import { AddressAssign } from './bridge-stp.ts';
import { carrierOff, carrierOn, OperState } from './carrier.ts';
import type { LinkAttributes } from './create.ts';
import { changeFlags, setMtu, unregisterDevices } from './lifecycle.ts';
import { announceLink } from './peer-id.ts';
import { registerDevice } from './registry.ts';
import { inheritAddress, vlanDeviceOf } from './vlan-link.ts';

/** What a request may say of a VLAN device. */
export interface VlanChange {
  id?: number;
  /** The EtherType of its tags. */
  protocol?: number;
  reorderHeader?: boolean;
  gvrp?: boolean;
  mvrp?: boolean;
  /** It may be up while the device below is down. */
  looseBinding?: boolean;
  bridgeBinding?: boolean;
}

/** VLAN_VID_MASK. */
const RESERVED_ID = 0xfff;

/** vlan_validate. */
export function validateVlan(change: VlanChange | undefined): Refusal | null {
  if (change === undefined) return refuse(Errno.EINVAL, '8021q: VLAN properties not specified');
  if (change.id !== undefined && change.id >= RESERVED_ID)
    return refuse(Errno.ERANGE, '8021q: Invalid VLAN id');
  return null;
}

/** NETIF_F_VLAN_CHALLENGED, and devices without a link header. */
const isChallenged = ({ kind, headerLength }: Device): boolean =>
  kind === Kind.LOOPBACK || kind === Kind.VRF || headerLength === 0;

/** vlan_newlink; `real` is undefined where the request names no device below. */
export function registerVlan(
  device: Device,
  real: Device | undefined,
  attributes: LinkAttributes,
  change: VlanChange,
): Refusal | null {
  if (change.id === undefined) return refuse(Errno.EINVAL, '8021q: VLAN id not specified');
  if (real === undefined) return refuse(Errno.EINVAL, '8021q: link not specified');
  if (isChallenged(real)) return refuse(Errno.EOPNOTSUPP, '8021q: VLANs not supported on device');
  const state = { ...newState(real, change.id), ...change };
  if (vlanDeviceOf(real, state.protocol, state.id) !== null)
    return refuse(Errno.EEXIST, '8021q: VLAN device already exists');
  if (attributes.mtu === undefined) device.mtu = real.mtu;
  else if (device.mtu > real.mtu) return refuse(Errno.EINVAL);
  device.vlan = state;
  follow(device, real, attributes);
  const refusal = registerDevice(device);
  if (refusal !== null) return refusal;
  real.vlanDevices = [...(real.vlanDevices ?? []), device];
  announceLink(real);
  device.operstate = real.carrierOn ? OperState.UP : OperState.LOWERLAYERDOWN;
  return null;
}

const newState = (real: Device, id: number): VlanState => ({
  real,
  id,
  protocol: ethernet.EtherType.VLAN,
  reorderHeader: true,
  gvrp: false,
  mvrp: false,
  looseBinding: false,
  bridgeBinding: false,
});

/** What a VLAN device does not have of its own it has from the device below (vlan_dev_init). */
const NOT_INHERITED = DeviceFlag.UP | DeviceFlag.PROMISC | DeviceFlag.ALLMULTI | DeviceFlag.MASTER;

function follow(device: Device, real: Device, attributes: LinkAttributes): void {
  device.underlay = real.namespace;
  device.flags = real.flags & ~NOT_INHERITED;
  device.carrierOn = real.carrierOn;
  if (attributes.address !== undefined) return;
  device.address = real.address;
  device.addressAssignType = AddressAssign.STOLEN;
}

/** vlan_changelink: the number and the EtherType stay as they are. */
export function changeVlan(device: Device, { id: _, protocol: __, ...flags }: VlanChange): null {
  Object.assign(device.vlan as VlanState, flags);
  return null;
}

// ---- what the device below does ------------------------------------------------------------------------------------

/** vlan_device_event. */
export const vlanListener: DeviceListener = {
  deviceEvent(real: Device, event: DeviceEvent): void {
    const devices = real.vlanDevices;
    if (devices === null) return;
    if (event === 'down') for (const device of devices) closeVlan(device);
    else if (event === 'up') for (const device of devices) openVlan(device);
    else if (event === 'change') for (const device of devices) transferCarrier(device);
    else if (event === 'changeMtu') for (const device of devices) fitMtu(device, real);
    else if (event === 'changeAddress') for (const device of devices) if (device.up) inheritAddress(device);
    // One that only moves to another namespace keeps them.
    if (event === 'unregister' && !real.registered) unregisterDevices(devices);
  },
};

/** The flags as a request has them (dev_get_flags). */
const reported = ({ flags, userFlags }: Device): number =>
  (flags & ~(DeviceFlag.PROMISC | DeviceFlag.ALLMULTI)) | userFlags;

function closeVlan(device: Device): void {
  const { looseBinding } = device.vlan as VlanState;
  if (device.up && !looseBinding) changeFlags(device, reported(device) & ~DeviceFlag.UP);
  transferCarrier(device);
}

function openVlan(device: Device): void {
  const { looseBinding } = device.vlan as VlanState;
  if (!device.up && !looseBinding) changeFlags(device, reported(device) | DeviceFlag.UP);
  transferCarrier(device);
}

/** vlan_stacked_transfer_operstate. */
function transferCarrier(device: Device): void {
  const { real, bridgeBinding } = device.vlan as VlanState;
  if (bridgeBinding) return;
  if (real.carrierOn) carrierOn(device);
  else carrierOff(device);
}

function fitMtu(device: Device, real: Device): void {
  if (device.mtu > real.mtu) setMtu(device, real.mtu);
}
