// States of bridge ports, and the bridge's carrier that follows from them (net/bridge/br_stp.c, br_stp_if.c). A
// bridge is always its own root: BPDUs are neither sent nor read, so every enabled port is designated.
import type { Mac } from '../addr/mac.ts';
import type { BridgePort, BridgeState, Device } from '../netns/device.ts';
import { changeBridgeAddress, deleteByPort } from './bridge-fdb.ts';
import { tellPort } from './bridge-notify.ts';
import { PortState } from './bridge-state.ts';
import { carrierOff, carrierOn, isLive } from './carrier.ts';

/** NET_ADDR_*: how a device came by its address. */
export const AddressAssign = { PERMANENT: 0, RANDOM: 1, STOLEN: 2, SET: 3 } as const;

/** br_make_forwarding: at once without STP or delay, else by way of listening and learning. */
function makeForwarding(bridge: Device, port: Device): void {
  const state = bridge.bridge as BridgeState;
  const place = port.port as BridgePort;
  if (place.state !== PortState.BLOCKING) return;
  if (!state.stp || state.forwardDelay === 0) {
    place.state = PortState.FORWARDING;
    tellPort(port, 'new');
    // The kernel's timer runs all the same: all that it does then is to tell of the port once more.
    if (state.forwardDelay !== 0 && port.namespace.netlink !== null) armForwardTimer(bridge, port);
    return;
  }
  place.state = PortState.LISTENING;
  tellPort(port, 'new');
  armForwardTimer(bridge, port);
}

function armForwardTimer(bridge: Device, port: Device): void {
  const { clock } = bridge.namespace.kernel;
  const place = port.port as BridgePort;
  clock.cancel(place.forwardTimer);
  place.forwardTimer = clock.schedule((bridge.bridge as BridgeState).forwardDelay, () =>
    forwardDelayExpired(bridge, port),
  );
}

/** br_forward_delay_timer_expired. */
function forwardDelayExpired(bridge: Device, port: Device): void {
  const place = port.port;
  if (place === null || place.bridge !== bridge) return;
  if (place.state === PortState.LISTENING) {
    place.state = PortState.LEARNING;
    armForwardTimer(bridge, port);
  } else if (place.state === PortState.LEARNING) {
    place.state = PortState.FORWARDING;
    carrierOn(bridge);
  }
  tellPort(port, 'new');
}

/** br_port_state_selection: a bridge has carrier while a port of it forwards. */
export function selectStates(bridge: Device): void {
  let forwarding = 0;
  for (const port of (bridge.bridge as BridgeState).ports) {
    const place = port.port as BridgePort;
    if (place.state === PortState.DISABLED) continue;
    makeForwarding(bridge, port);
    if (place.state === PortState.FORWARDING) forwarding++;
  }
  if (forwarding === 0) carrierOff(bridge);
  else carrierOn(bridge);
}

/** br_stp_enable_port. */
export function enablePort(bridge: Device, port: Device): void {
  (port.port as BridgePort).state = PortState.BLOCKING;
  selectStates(bridge);
  tellPort(port, 'new');
}

/** br_stp_disable_port: what was learnt there is forgotten. */
export function disablePort(bridge: Device, port: Device): void {
  const place = port.port as BridgePort;
  place.state = PortState.DISABLED;
  tellPort(port, 'new');
  bridge.namespace.kernel.clock.cancel(place.forwardTimer);
  place.forwardTimer = null;
  deleteByPort(bridge, port, false);
  selectStates(bridge);
}

/** br_stp_enable_bridge: the bridge goes up. Without ports it keeps the carrier that it has. */
export function enableBridge(bridge: Device): void {
  for (const port of (bridge.bridge as BridgeState).ports) if (isLive(port)) enablePort(bridge, port);
}

/** br_stp_disable_bridge. */
export function disableBridge(bridge: Device): void {
  for (const port of (bridge.bridge as BridgeState).ports)
    if ((port.port as BridgePort).state !== PortState.DISABLED) disablePort(bridge, port);
}

/** br_stp_change_bridge_id: the bridge's address, its id and its own table entry change. */
export function changeBridgeId(bridge: Device, mac: Mac): void {
  changeBridgeAddress(bridge, mac);
  (bridge.bridge as BridgeState).idAddress = mac;
  bridge.address = mac;
  selectStates(bridge);
}

/**
 * br_stp_recalculate_bridge_id: unless its address was set, a bridge has the lowest of its ports', and zero without
 * ports. True if it changed.
 */
export function recalculateBridgeId(bridge: Device): boolean {
  const state = bridge.bridge as BridgeState;
  if (bridge.addressAssignType === AddressAssign.SET) return false;
  const lowest = state.ports.length === 0 ? 0 : Math.min(...state.ports.map((port) => port.address));
  if (state.idAddress === lowest) return false;
  changeBridgeId(bridge, lowest as Mac);
  return true;
}
