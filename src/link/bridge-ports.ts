// Devices become ports of a bridge and leave it (net/bridge/br_if.c), and what happens to a port happens to its
// bridge (br_device_event).
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { isValidUnicast } from '../addr/mac.ts';
import { type BridgePort, type BridgeState, type Device, HardwareType, Kind } from '../netns/device.ts';
import type { DeviceEvent, DeviceListener } from '../netns/kernel.ts';
import { addLocal, changeBridgeAddress, changePortAddress, deleteByPort } from './bridge-fdb.ts';
import { tellFeatures, tellPort } from './bridge-notify.ts';
import { newGroup, PortState } from './bridge-state.ts';
import { disablePort, enablePort, recalculateBridgeId } from './bridge-stp.ts';
import { joinDefaultVlan } from './bridge-vlan-request.ts';
import { isLive, isOperational } from './carrier.ts';
import { setMtu } from './lifecycle.ts';
import { notifyDevice } from './notify.ts';
import { announceLink } from './peer-id.ts';
import { addAllmulti, addPromiscuity } from './promiscuity.ts';

const MAX_PORTS = 1024;
const ETH_DATA_LENGTH = 1500;

/** port_cost: veth says that it runs at 10 Gbit/s, the others say nothing. */
const portCost = (device: Device): number => (device.kind === Kind.VETH ? 2 : 100);

/** br_add_if. */
export function addPort(bridge: Device, device: Device): Refusal | null {
  const state = bridge.bridge as BridgeState;
  if (device.hardwareType !== HardwareType.ETHER || !isValidUnicast(device.address))
    return refuse(Errno.EINVAL);
  if (isAbove(device, bridge)) return refuse(Errno.EBUSY);
  if (device.kind === Kind.BRIDGE) return refuse(Errno.ELOOP, 'Can not enslave a bridge to a bridge');
  // IFF_NO_RX_HANDLER.
  if (device.kind === Kind.VRF) return refuse(Errno.EINVAL);
  const number = freeNumber(state);
  if (number >= MAX_PORTS) return refuse(Errno.EXFULL);
  device.port = newPort(bridge, device, number);
  addAllmulti(device, 1);
  announceLink(device);
  // The kernel puts the latest port at the head of its list.
  state.ports.unshift(device);
  addPromiscuity(device, 1);
  if (state.ports.length === 1) tellFeatures(bridge);
  addLocal(bridge, device, device.address);
  joinDefaultVlan(bridge, device);
  const changed = recalculateBridgeId(bridge);
  if (isLive(device) && bridge.up) enablePort(bridge, device);
  tellPort(device, 'new');
  if (changed) notifyDevice(bridge, 'changeAddress');
  adjustMtu(bridge);
  return null;
}

/** Its frames leave by this very bridge (__netdev_has_upper_dev). */
function isAbove(device: Device, bridge: Device): boolean {
  if (device.vxlan?.link === bridge.index && device.underlay === bridge.namespace) return true;
  const real = device.vlan?.real;
  return real !== undefined && (real === bridge || isAbove(real, bridge));
}

/** find_portno. */
function freeNumber(state: BridgeState): number {
  const taken = new Set(state.ports.map((port) => port.port?.number));
  let number = 1;
  while (taken.has(number)) number++;
  return number;
}

/** new_nbp. */
const newPort = (bridge: Device, device: Device, number: number): BridgePort => ({
  bridge,
  number,
  vlans: newGroup(),
  state: PortState.DISABLED,
  priority: 32,
  cost: portCost(device),
  costSet: false,
  learning: true,
  flood: true,
  mcastFlood: true,
  bcastFlood: true,
  hairpin: false,
  isolated: false,
  neighSuppress: false,
  proxyArp: false,
  guard: false,
  rootBlock: false,
  fastLeave: false,
  forwardTimer: null,
});

/** del_nbp. */
function dropPort(bridge: Device, device: Device): void {
  const state = bridge.bridge as BridgeState;
  addAllmulti(device, -1);
  addPromiscuity(device, -1);
  disablePort(bridge, device);
  tellPort(device, 'gone');
  state.ports.splice(state.ports.indexOf(device), 1);
  deleteByPort(bridge, device, true);
  device.port = null;
  announceLink(device);
}

/** br_del_if. */
export function removePort(bridge: Device, device: Device): void {
  dropPort(bridge, device);
  adjustMtu(bridge);
  if (recalculateBridgeId(bridge)) notifyDevice(bridge, 'changeAddress');
  if ((bridge.bridge as BridgeState).ports.length === 0) tellFeatures(bridge);
}

/** br_dev_delete: the bridge is about to go, its ports stay. */
export function releasePorts(bridge: Device): void {
  for (const port of [...(bridge.bridge as BridgeState).ports]) dropPort(bridge, port);
  deleteByPort(bridge, null, true);
}

/** br_mtu_auto_adjust: the smallest of the ports', until somebody sets it by hand. */
function adjustMtu(bridge: Device): void {
  const state = bridge.bridge as BridgeState;
  if (state.mtuSet) return;
  const sizes = state.ports.map((port) => port.mtu);
  setMtu(bridge, sizes.length === 0 ? ETH_DATA_LENGTH : Math.min(...sizes));
  state.mtuSet = false;
}

/** What happens to bridges and their ports, from the moment that the module is loaded. */
export const bridgeListener: DeviceListener = {
  deviceEvent(device: Device, event: DeviceEvent): void {
    if (device.bridge !== null && event === 'register') bridgeRegistered(device);
    const bridge = device.port?.bridge;
    if (bridge !== undefined) portEvent(bridge, device, event);
  },
};

/** br_vlan_bridge_event. */
function bridgeRegistered(bridge: Device): void {
  changeBridgeAddress(bridge, bridge.address);
  joinDefaultVlan(bridge, null);
}

/** br_device_event, for a port. */
function portEvent(bridge: Device, port: Device, event: DeviceEvent): void {
  if (event === 'changeMtu') adjustMtu(bridge);
  else if (event === 'unregister') removePort(bridge, port);
  else if (REFRESHING.includes(event) && !follow(bridge, port, event)) tellPort(port, 'new');
}

/** Events that may cause the spanning tree to refresh: the port is told of, whatever comes of them. */
const REFRESHING: readonly DeviceEvent[] = ['changeAddress', 'up', 'change', 'down'];

/** True if the port was enabled or disabled, which tells of it. */
function follow(bridge: Device, port: Device, event: DeviceEvent): boolean {
  if (event === 'change') return checkCarrier(bridge, port);
  if (event === 'down' && bridge.up) disablePort(bridge, port);
  else if (event === 'up' && bridge.running && isOperational(port)) enablePort(bridge, port);
  else {
    if (event === 'changeAddress') portAddressChanged(bridge, port);
    return false;
  }
  return true;
}

function portAddressChanged(bridge: Device, port: Device): void {
  changePortAddress(bridge, port);
  if (recalculateBridgeId(bridge)) notifyDevice(bridge, 'changeAddress');
}

/** br_port_carrier_check: true if the port was enabled or disabled. */
function checkCarrier(bridge: Device, port: Device): boolean {
  const place = port.port as BridgePort;
  if (!place.costSet && isLive(port)) place.cost = portCost(port);
  if (!bridge.running || isLive(port) === (place.state !== PortState.DISABLED)) return false;
  if (isLive(port)) enablePort(bridge, port);
  else disablePort(bridge, port);
  return true;
}
