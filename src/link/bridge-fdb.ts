// A bridge's own entries of its forwarding table: the addresses of its ports and of itself (net/bridge/br_fdb.c), for no
// VLAN and for each that the port or the bridge is in.
import { isValidUnicast, type Mac } from '../addr/mac.ts';
import type { BridgeFdbEntry, BridgeState, Device } from '../netns/device.ts';
import { tellEntry } from './bridge-notify.ts';
import { groupOf, idsOf } from './bridge-state.ts';

/** The part of the table that belongs to a VLAN, 0 for none. */
export function tableOf({ fdb }: BridgeState, vlan: number): Map<Mac, BridgeFdbEntry> {
  let table = fdb.get(vlan);
  if (table === undefined) {
    table = new Map();
    fdb.set(vlan, table);
  }
  return table;
}

/** All entries, the latest first, as the kernel lists them. */
export const entriesOf = ({ fdb }: BridgeState): BridgeFdbEntry[] =>
  [...fdb.values()].flatMap((table) => [...table.values()]).sort((a, b) => b.serial - a.serial);

/** Makes an entry, learnt and dynamic unless told otherwise (fdb_create). */
export function createEntry(
  bridge: BridgeState,
  vlan: number,
  mac: Mac,
  port: Device | null,
  now: number,
): BridgeFdbEntry {
  const serial = ++bridge.fdbSerial;
  const kind = { local: false, static: false, externLearn: false };
  const entry = { mac, vlan, serial, port, ...kind, used: now, updated: now };
  tableOf(bridge, vlan).set(mac, entry);
  return entry;
}

/** fdb_add_local: the address of `port`, or of the bridge for null; the first port that has it keeps it. */
export function addLocalTo(bridge: Device, vlan: number, port: Device | null, mac: Mac): void {
  const state = bridge.bridge as BridgeState;
  const other = tableOf(state, vlan).get(mac);
  if (!isValidUnicast(mac) || other?.local) return;
  if (other !== undefined) deleteEntry(bridge, other);
  const entry = createEntry(state, vlan, mac, port, bridge.namespace.kernel.clock.now);
  entry.local = true;
  entry.static = true;
  tellEntry(bridge, entry, 'new');
}

/** fdb_delete. */
export function deleteEntry(bridge: Device, entry: BridgeFdbEntry): void {
  tellEntry(bridge, entry, 'gone');
  tableOf(bridge.bridge as BridgeState, entry.vlan).delete(entry.mac);
}

/** Where a port, or the bridge itself for null, has its address: in no VLAN, and in each of its own. */
const placesOf = (bridge: Device, port: Device | null): number[] => [0, ...idsOf(groupOf(bridge, port))];

/** Adds the address of `port`, or of the bridge itself for null. */
export function addLocal(bridge: Device, port: Device | null, mac: Mac): void {
  for (const vlan of placesOf(bridge, port)) addLocalTo(bridge, vlan, port, mac);
}

/** fdb_delete_local: another port or the bridge takes the entry over if it has the same address. */
function dropLocal(bridge: Device, port: Device | null, entry: BridgeFdbEntry): void {
  const state = bridge.bridge as BridgeState;
  const has = (place: Device | null): boolean =>
    entry.vlan === 0 || groupOf(bridge, place).byId.has(entry.vlan);
  const heir = state.ports.find((other) => other !== port && other.address === entry.mac && has(other));
  if (heir !== undefined) entry.port = heir;
  else if (port !== null && bridge.address === entry.mac && has(null)) entry.port = null;
  else {
    deleteEntry(bridge, entry);
    return;
  }
  entry.addedByUser = false;
}

/** br_fdb_find_delete_local: `port`, or the bridge for null, leaves a VLAN. */
export function deleteLocalOf(bridge: Device, vlan: number, port: Device | null): void {
  const entry = tableOf(bridge.bridge as BridgeState, vlan).get((port ?? bridge).address);
  if (entry?.local && !entry.addedByUser && entry.port === port) dropLocal(bridge, port, entry);
}

/** A port has another address now (br_fdb_changeaddr). */
export function changePortAddress(bridge: Device, port: Device): void {
  for (const entry of entriesOf(bridge.bridge as BridgeState))
    if (entry.port === port && entry.local && !entry.addedByUser) dropLocal(bridge, port, entry);
  addLocal(bridge, port, port.address);
}

/** The bridge is to have another address (br_fdb_change_mac_address); called before `bridge.address` changes. */
export function changeBridgeAddress(bridge: Device, mac: Mac): void {
  const state = bridge.bridge as BridgeState;
  for (const vlan of placesOf(bridge, null)) {
    const old = tableOf(state, vlan).get(bridge.address);
    if (old?.local && old.port === null && !old.addedByUser) dropLocal(bridge, null, old);
    addLocalTo(bridge, vlan, null, mac);
  }
}

/** br_fdb_delete_by_port: what was learnt on `port`; `all` takes its static and local entries too. */
export function deleteByPort(bridge: Device, port: Device | null, all: boolean): void {
  for (const entry of entriesOf(bridge.bridge as BridgeState)) {
    if (entry.port !== port || (!all && (entry.static || entry.externLearn))) continue;
    if (entry.local) dropLocal(bridge, port, entry);
    else deleteEntry(bridge, entry);
  }
}

/** The same for one VLAN, which `port` leaves. */
export function deleteByVlan(bridge: Device, port: Device | null, vlan: number): void {
  for (const entry of [...tableOf(bridge.bridge as BridgeState, vlan).values()].reverse())
    if (entry.port === port && !entry.static && !entry.externLearn) deleteEntry(bridge, entry);
}
