// A bridge's own entries of its forwarding table: the addresses of its ports and of itself (net/bridge/br_fdb.c).
// The kernel keeps each of them twice, for no VLAN and for the default PVID 1; only the first moves packets here.
import { isValidUnicast, type Mac } from '../addr/mac.ts';
import type { BridgeFdbEntry, BridgeState, Device } from '../netns/device.ts';
import { tellEntry } from './bridge-notify.ts';

type Table = Map<Mac, BridgeFdbEntry>;

/** Both tables of a bridge, in the order in which the kernel fills them. */
const tablesOf = (bridge: BridgeState): Table[] => [bridge.fdb, bridge.vlanFdb];

/** Makes an entry, learnt and dynamic unless told otherwise (fdb_create). */
export function createEntry(table: Table, mac: Mac, port: Device | null, now: number): BridgeFdbEntry {
  const entry = { mac, port, local: false, static: false, externLearn: false, used: now, updated: now };
  table.set(mac, entry);
  return entry;
}

/** fdb_add_local: the address of `port`, or of the bridge for null; the first port that has it keeps it. */
function addLocalTo(bridge: Device, table: Table, port: Device | null, mac: Mac): void {
  const other = table.get(mac);
  if (!isValidUnicast(mac) || other?.local) return;
  if (other !== undefined) deleteEntry(bridge, table, other);
  const entry = createEntry(table, mac, port, bridge.namespace.kernel.clock.now);
  entry.local = true;
  entry.static = true;
  tellEntry(bridge, entry, 'new');
}

/** fdb_delete. */
function deleteEntry(bridge: Device, table: Table, entry: BridgeFdbEntry): void {
  tellEntry(bridge, entry, 'gone');
  table.delete(entry.mac);
}

/** Adds the address of `port`, or of the bridge itself for null. */
export function addLocal(bridge: Device, port: Device | null, mac: Mac): void {
  const state = bridge.bridge as BridgeState;
  for (const table of tablesOf(state)) addLocalTo(bridge, table, port, mac);
}

/** fdb_delete_local: another port or the bridge takes the entry over if it has the same address. */
function dropLocal(bridge: Device, table: Table, port: Device | null, entry: BridgeFdbEntry): void {
  const state = bridge.bridge as BridgeState;
  const heir = state.ports.find((other) => other !== port && other.address === entry.mac);
  if (heir !== undefined) entry.port = heir;
  else if (port !== null && bridge.address === entry.mac) entry.port = null;
  else {
    deleteEntry(bridge, table, entry);
    return;
  }
  entry.addedByUser = false;
}

/** A port has another address now (br_fdb_changeaddr). */
export function changePortAddress(bridge: Device, port: Device): void {
  const state = bridge.bridge as BridgeState;
  for (const table of tablesOf(state))
    for (const entry of [...table.values()].reverse())
      if (entry.port === port && entry.local && !entry.addedByUser) dropLocal(bridge, table, port, entry);
  addLocal(bridge, port, port.address);
}

/** The bridge is to have another address (br_fdb_change_mac_address); called before `bridge.address` changes. */
export function changeBridgeAddress(bridge: Device, mac: Mac): void {
  const state = bridge.bridge as BridgeState;
  for (const table of tablesOf(state)) {
    const old = table.get(bridge.address);
    if (old?.local && old.port === null && !old.addedByUser) dropLocal(bridge, table, null, old);
    addLocalTo(bridge, table, null, mac);
  }
}

/** br_fdb_delete_by_port: what was learnt on `port`; `all` takes its static and local entries too. */
export function deleteByPort(bridge: Device, port: Device | null, all: boolean): void {
  const state = bridge.bridge as BridgeState;
  for (const table of tablesOf(state).reverse())
    for (const entry of [...table.values()].reverse()) {
      if (entry.port !== port || (!all && (entry.static || entry.externLearn))) continue;
      if (entry.local) dropLocal(bridge, table, port, entry);
      else deleteEntry(bridge, table, entry);
    }
}
