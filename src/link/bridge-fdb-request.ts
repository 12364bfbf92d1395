// Entries that an administrator makes in a bridge's table and removes from it (br_fdb_add, br_fdb_delete).
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { MAC_ZERO, type Mac } from '../addr/mac.ts';
import { NeighbourFlag, NudState } from '../neigh/neighbour.ts';
import type { BridgeFdbEntry, BridgePort, BridgeState, Device } from '../netns/device.ts';
import { createEntry, deleteEntry, tableOf } from './bridge-fdb.ts';
import { tellEntry } from './bridge-notify.ts';
import { groupOf, idsOf, PortState } from './bridge-state.ts';
import type { TableVerb } from './vxlan-table.ts';

/** What is asked of an entry: `state` is NUD_*, `flags` NTF_*. */
export interface EntryRequest {
  readonly mac: Mac;
  readonly state: number;
  readonly flags: number;
  readonly vlan?: number;
}

/** fdb_to_nud. */
export function entryState(bridge: Device, entry: BridgeFdbEntry): number {
  if (entry.local) return NudState.PERMANENT;
  if (entry.static) return NudState.NOARP;
  const { ageingTime } = bridge.bridge as BridgeState;
  const expired = !entry.externLearn && entry.updated + ageingTime <= bridge.namespace.kernel.clock.now;
  return expired ? NudState.STALE : NudState.REACHABLE;
}

/** br_fdb_add: towards `port`, or for the bridge itself where it is null; without a VLAN, in none and in all of its own. */
export function addBridgeEntry(
  bridge: Device,
  port: Device | null,
  request: EntryRequest,
  verb: TableVerb,
): Refusal | null {
  if ((request.state & (NudState.PERMANENT | NudState.NOARP | NudState.REACHABLE)) === 0)
    return refuse(Errno.EINVAL);
  if (request.mac === MAC_ZERO) return refuse(Errno.EINVAL);
  const vlans = vlansOf(bridge, port, request.vlan ?? 0);
  if (vlans === null) return refuse(Errno.EINVAL);
  for (const vlan of vlans) {
    const refusal = addTo(vlan, bridge, port, request, verb);
    if (refusal !== null) return refusal;
  }
  return null;
}

/** Null for one that the port, or the bridge, is not in. */
function vlansOf(bridge: Device, port: Device | null, vlan: number): number[] | null {
  const group = groupOf(bridge, port);
  if (vlan === 0) return [0, ...idsOf(group)];
  return group.byId.has(vlan) ? [vlan] : null;
}

/** __br_fdb_add. */
function addTo(
  vlan: number,
  bridge: Device,
  port: Device | null,
  request: EntryRequest,
  verb: TableVerb,
): Refusal | null {
  const { now } = bridge.namespace.kernel.clock;
  if ((request.flags & NeighbourFlag.USE) !== 0)
    return port === null ? refuse(Errno.EINVAL) : useEntry(vlan, port, request.mac, now);
  if ((request.flags & NeighbourFlag.EXT_LEARNED) !== 0)
    return learnExternally(vlan, bridge, port, request, now);
  return addEntry(vlan, bridge, port, request, verb);
}

/** NTF_USE: as if a frame had come from there. */
function useEntry(vlan: number, port: Device, mac: Mac, now: number): null {
  const { state, bridge: device } = port.port as BridgePort;
  const bridge = device.bridge as BridgeState;
  if (state !== PortState.LEARNING && state !== PortState.FORWARDING) return null;
  const known = tableOf(bridge, vlan).get(mac);
  const entry = known ?? createEntry(bridge, vlan, mac, port, now);
  if (entry.local) return null;
  const modified = known === undefined || known.port !== port;
  entry.port = port;
  entry.updated = now;
  entry.addedByUser = true;
  if (modified) tellEntry(device, entry, 'new');
  return null;
}

/** br_fdb_external_learn_add. */
function learnExternally(
  vlan: number,
  bridge: Device,
  port: Device | null,
  request: EntryRequest,
  now: number,
): Refusal | null {
  if (port === null && (request.state & NudState.PERMANENT) === 0)
    return refuse(Errno.EINVAL, 'bridge: FDB entry towards bridge must be permanent');
  const state = bridge.bridge as BridgeState;
  const known = tableOf(state, vlan).get(request.mac);
  const entry = known ?? createEntry(state, vlan, request.mac, port, now);
  const modified = known === undefined || known.port !== port || !known.externLearn;
  entry.port = port;
  entry.updated = now;
  entry.externLearn = true;
  entry.addedByUser = true;
  if (port === null) entry.local = true;
  if (modified) tellEntry(bridge, entry, 'new');
  return null;
}

/** fdb_add_entry. */
function addEntry(
  vlan: number,
  bridge: Device,
  port: Device | null,
  request: EntryRequest,
  verb: TableVerb,
): Refusal | null {
  const { now } = bridge.namespace.kernel.clock;
  const refusal = mayAdd(port, request);
  if (refusal !== null) return refusal;
  const state = bridge.bridge as BridgeState;
  let entry = tableOf(state, vlan).get(request.mac);
  let modified = entry === undefined;
  if (entry === undefined) {
    if (!verb.create) return refuse(Errno.ENOENT);
    entry = createEntry(state, vlan, request.mac, port, now);
  } else if (verb.exclusive) return refuse(Errno.EEXIST);
  if (entry.port !== port || entryState(bridge, entry) !== request.state) modified = true;
  entry.port = port;
  entry.local = (request.state & NudState.PERMANENT) !== 0;
  entry.static = (request.state & (NudState.PERMANENT | NudState.NOARP)) !== 0;
  entry.sticky = (request.flags & NeighbourFlag.STICKY) !== 0;
  entry.addedByUser = true;
  entry.used = now;
  if (!modified) return null;
  entry.updated = now;
  tellEntry(bridge, entry, 'new');
  return null;
}

function mayAdd(port: Device | null, request: EntryRequest): Refusal | null {
  const permanent = (request.state & NudState.PERMANENT) !== 0;
  if (port === null) return permanent ? null : refuse(Errno.EINVAL);
  const { state } = port.port as BridgePort;
  const learns = state === PortState.LEARNING || state === PortState.FORWARDING;
  if (!permanent && (request.state & NudState.NOARP) === 0 && !learns) return refuse(Errno.EPERM);
  return permanent && (request.flags & NeighbourFlag.STICKY) !== 0 ? refuse(Errno.EINVAL) : null;
}

/** br_fdb_delete: in all VLANs unless one is named; ENOENT where none has it. */
export function deleteBridgeEntry(
  bridge: Device,
  port: Device | null,
  mac: Mac,
  vlan: number,
): Refusal | null {
  const vlans = vlansOf(bridge, port, vlan);
  if (vlans === null) return refuse(Errno.EINVAL);
  let found = false;
  for (const each of vlans) {
    const entry = tableOf(bridge.bridge as BridgeState, each).get(mac);
    if (entry === undefined || entry.port !== port) continue;
    deleteEntry(bridge, entry);
    found = true;
  }
  return found ? null : refuse(Errno.ENOENT);
}
