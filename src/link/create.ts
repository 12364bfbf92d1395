// A new device as its kind begins, before it is registered (rtnl_create_link and the kinds' setup functions).
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { isValidUnicast, type Mac, mac } from '../addr/mac.ts';
import { Device, DeviceFlag, Kind } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Random } from '../time/random.ts';
import { releasePorts } from './bridge-ports.ts';
import { AddressAssign } from './bridge-stp.ts';
import { unregisterDevices, validateMtu } from './lifecycle.ts';
import { announceLower } from './peer-id.ts';
import { releaseSlaves } from './vrf-device.ts';

/** What a request may say of any device that it makes. */
export interface LinkAttributes {
  /** May be a template with `%d`. */
  name: string;
  /** 0 for the next free one. */
  index: number;
  mtu?: number;
  address?: Mac;
  broadcast?: Mac;
  txQueueLength?: number;
  group?: number;
}

/** eth_hw_addr_random: a locally administered unicast address. */
function randomMac(random: Random): Mac {
  const high = random.u32() & 0xffff;
  return mac((((high & 0xfeff) | 0x0200) & 0xffff) * 0x100000000 + random.u32());
}

/** A device of `kind` with the kind's own defaults; it is not yet in the namespace. */
export function createDevice(
  namespace: Namespace,
  kind: number,
  attributes: LinkAttributes,
): { device: Device } | { refusal: Refusal } {
  const device = new Device(namespace, kind, attributes.index, attributes.name, namespace.confDefault);
  setUp(device);
  if (attributes.mtu !== undefined) {
    const refusal = validateMtu(device, attributes.mtu);
    if (refusal !== null) return { refusal };
    device.mtu = attributes.mtu;
  }
  if (attributes.address !== undefined) {
    device.address = attributes.address;
    device.addressAssignType = AddressAssign.SET;
  }
  if (attributes.broadcast !== undefined) device.broadcast = attributes.broadcast;
  if (attributes.txQueueLength !== undefined) device.txQueueLength = attributes.txQueueLength;
  if (attributes.group !== undefined) device.group = attributes.group;
  return { device };
}

function setUp(device: Device): void {
  if (device.kind === Kind.VETH || device.kind === Kind.BRIDGE || device.kind === Kind.VXLAN) {
    device.minMtu = 68;
    device.maxMtu = 65535;
  } else if (device.kind === Kind.VLAN) {
    device.maxMtu = 65535;
  } else {
    device.minMtu = 0;
    device.maxMtu = 0;
  }
  if (device.kind === Kind.VRF) setUpVrf(device);
  if (device.kind === Kind.DUMMY) device.flags = DeviceFlag.BROADCAST | DeviceFlag.NOARP;
  if (!WITHOUT_ADDRESS.includes(device.kind)) drawAddress(device);
}

/** Kinds that draw no address: a pair draws later, for a VLAN device it is that of the device below. */
const WITHOUT_ADDRESS: readonly number[] = [Kind.VETH, Kind.IPIP, Kind.LOOPBACK, Kind.VLAN];

/** vrf_setup: a small MTU would take IPv6 from it, and there is no link that asks for another. */
function setUpVrf(device: Device): void {
  device.minMtu = 1280;
  device.maxMtu = 65575;
  device.mtu = 65575;
  device.flags = DeviceFlag.MASTER | DeviceFlag.NOARP;
}

/** Gives the device a random address. */
export function drawAddress(device: Device): void {
  device.address = randomMac(device.namespace.kernel.random);
  device.addressAssignType = AddressAssign.RANDOM;
}

/** The kinds' common look at an address that a request gives (rtnl_link_ops.validate). */
export const validateNewAddress = (attributes: LinkAttributes): Refusal | null =>
  attributes.address !== undefined && !isValidUnicast(attributes.address)
    ? refuse(Errno.EADDRNOTAVAIL)
    : null;

/**
 * rtnl_link_ops.dellink: the device and what cannot be without it. EOPNOTSUPP for the loopback; the fallback tunnel
 * simply stays, without an error, as in the kernel.
 */
export function deleteDevices(devices: readonly Device[]): Refusal | null {
  if (devices.some((device) => device.kind === Kind.LOOPBACK)) return refuse(Errno.EOPNOTSUPP);
  unregisterDevices(devices.flatMap(dismantle));
  return null;
}

/** What goes with a device, itself first. */
export function dismantle(device: Device): Device[] {
  if (device.tunnel?.fallback === true) return [];
  if (device.bridge !== null) releasePorts(device);
  if (device.kind === Kind.VRF) releaseSlaves(device);
  if (device.vxlan !== null) {
    device.underlay.vxlanDevices.delete(device);
    announceLower(device);
  }
  if (device.tunnel !== null) device.underlay.ipipDevices.delete(device);
  const { peer } = device;
  if (peer === null) return [device];
  device.peer = null;
  peer.peer = null;
  return [device, peer];
}
