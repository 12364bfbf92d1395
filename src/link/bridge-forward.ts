// Where a bridge sends a frame: learning, the table, flooding (net/bridge/br_input.c, br_fdb.c, br_forward.c).
// Decisions only; src/link/transmit.ts does the sending.
import { isGroup, isValidUnicast, MAC_BROADCAST, type Mac } from '../addr/mac.ts';
import type { BridgeFdbEntry, BridgePort, BridgeState, Device } from '../netns/device.ts';
import { createEntry, tableOf } from './bridge-fdb.ts';
import { tellEntry } from './bridge-notify.ts';
import { PortState } from './bridge-state.ts';
import { mayCarry } from './bridge-vlan.ts';

export { PortState } from './bridge-state.ts';

/** The entry for an address, on a bridge that does not filter VLANs, if it has not aged out; one that has stays for those who look for it in earnest. */
export function previewEntry(bridge: BridgeState, mac: Mac, now: number): BridgeFdbEntry | null {
  const entry = tableOf(bridge, 0).get(mac);
  return entry === undefined || bridgeEntryExpired(bridge, entry, now) ? null : entry;
}

/** The entry for an address, unless it has aged out (br_fdb_find, br_fdb_cleanup). */
export function findEntry(bridge: BridgeState, vlan: number, mac: Mac, now: number): BridgeFdbEntry | null {
  const table = tableOf(bridge, vlan);
  const entry = table.get(mac);
  if (entry === undefined) return null;
  if (!bridgeEntryExpired(bridge, entry, now)) return entry;
  table.delete(mac);
  return null;
}

/** A learnt entry that nobody renewed in time. */
export const bridgeEntryExpired = (bridge: BridgeState, entry: BridgeFdbEntry, now: number): boolean =>
  !entry.static && !entry.local && !entry.externLearn && entry.updated + bridge.ageingTime <= now;

/** Learns that `mac` is behind `port`; static entries move too, only sticky ones stay (br_fdb_update). */
export function learn(bridge: BridgeState, port: Device, vlan: number, mac: Mac, now: number): void {
  if (bridge.ageingTime === 0 || !isValidUnicast(mac)) return;
  const entry = findEntry(bridge, vlan, mac, now);
  if (entry === null) {
    tellLearnt(port, createEntry(bridge, vlan, mac, port, now));
    return;
  }
  if (entry.local) return;
  entry.updated = now;
  if (entry.port === port || entry.sticky === true) return;
  entry.port = port;
  entry.externLearn = false;
  tellLearnt(port, entry);
}

function tellLearnt({ port, namespace }: Device, entry: BridgeFdbEntry): void {
  if (port !== null && namespace.netlink !== null) tellEntry(port.bridge, entry, 'new');
}

/** 01:80:c2:00:00:00 to 0f: not forwarded, but for the bridge group address without STP. */
const LINK_LOCAL_FIRST = 0x0180c2000000;
export const isLinkLocalGroup = (mac: Mac): boolean =>
  mac >= LINK_LOCAL_FIRST && mac <= LINK_LOCAL_FIRST + 15;

/** What becomes of a frame besides the ports that were put in `Targets`. */
export class Targets {
  readonly ports: Device[] = [];
  count = 0;
  /** It is (also) for the bridge device itself. */
  local = false;
  /** An ARP message that ports with neigh_suppress are not to hear. Whoever asks for targets sets it. */
  suppressed = false;
  /** Where the frame belongs. */
  vlan = 0;

  clear(): void {
    this.count = 0;
    this.local = false;
  }

  add(port: Device): void {
    if (this.count === this.ports.length) this.ports.push(port);
    else this.ports[this.count] = port;
    this.count++;
  }
}

/** should_deliver: not back where it came from, only through forwarding ports of its VLAN, not between isolated ones. */
function mayLeave(port: Device, from: BridgePort | null, fromDevice: Device | null, vlan: number): boolean {
  const state = port.port as BridgePort;
  if (state.state !== PortState.FORWARDING || !mayCarry(state.vlans, vlan)) return false;
  if (port === fromDevice && !state.hairpin) return false;
  return !(from?.isolated === true && state.isolated);
}

/** The bridge's `own` groups and broadcasts go everywhere. A port that answers ARP for others hears no flood. */
function mayFlood(state: BridgePort, destination: Mac, own: boolean): boolean {
  if (state.proxyArp) return false;
  if (destination === MAC_BROADCAST) return own || state.bcastFlood;
  return isGroup(destination) ? own || state.mcastFlood : state.flood;
}

/** Every port that a frame for an unknown or group address leaves by; in the order of the bridge's list (br_flood). */
function flood(bridge: BridgeState, destination: Mac, fromDevice: Device | null, targets: Targets): void {
  const from = fromDevice?.port ?? null;
  for (const port of bridge.ports) {
    if (targets.suppressed && (port.port as BridgePort).neighSuppress) continue;
    if (
      mayFlood(port.port as BridgePort, destination, fromDevice === null) &&
      mayLeave(port, from, fromDevice, targets.vlan)
    )
      targets.add(port);
  }
}

/** The ports for a frame of `targets.vlan` that came in by `fromDevice`, or that the bridge device itself sends (null). */
export function chooseTargets(
  bridge: BridgeState,
  destination: Mac,
  fromDevice: Device | null,
  now: number,
  targets: Targets,
): void {
  targets.clear();
  if (isGroup(destination)) {
    targets.local = fromDevice !== null;
    flood(bridge, destination, fromDevice, targets);
    return;
  }
  const entry = findEntry(bridge, targets.vlan, destination, now);
  if (entry === null) {
    flood(bridge, destination, fromDevice, targets);
    return;
  }
  // What the bridge itself sends to the address of a port of its own leaves by that port.
  if (entry.port === null || (entry.local && fromDevice !== null)) {
    targets.local = fromDevice !== null;
    return;
  }
  entry.used = now;
  if (mayLeave(entry.port, fromDevice?.port ?? null, fromDevice, targets.vlan)) targets.add(entry.port);
}
