// The forwarding table of a VXLAN device: entries that an administrator makes and removes
// (drivers/net/vxlan/vxlan_core.c). Learning and looking up are in the packet path.
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import type { Ipv4 } from '../addr/ipv4.ts';
import { isGroup, MAC_ZERO, type Mac } from '../addr/mac.ts';
import { NeighbourFlag, NudState } from '../neigh/neighbour.ts';
import type { Device, VxlanFdbEntry, VxlanRemote, VxlanState } from '../netns/device.ts';
import type { Change } from '../netns/netlink.ts';
import { SECOND } from '../time/clock.ts';

/** Made by an administrator and not learnt (NTF_VXLAN_ADDED_BY_USER); never reported. */
const ADDED_BY_USER = 0x100;

/** How a request treats what is there: NLM_F_CREATE, NLM_F_EXCL, NLM_F_APPEND, NLM_F_REPLACE. */
export interface TableVerb {
  create?: boolean;
  exclusive?: boolean;
  append?: boolean;
  replace?: boolean;
}

const sameRemote = (a: VxlanRemote, b: VxlanRemote): boolean =>
  a.address === b.address && a.port === b.port && a.vni === b.vni && a.link === b.link;

/** Entries with several remotes: groups, broadcast and the default entry 00:00:00:00:00:00. */
const floods = (mac: Mac): boolean => isGroup(mac) || mac === MAC_ZERO;

/** vxlan_fdb_update: `flags` are NTF_*, `state` NUD_*. */
function updateTable(
  device: Device,
  mac: Mac,
  remote: VxlanRemote,
  state: number,
  flags: number,
  verb: TableVerb,
): Refusal | null {
  const vxlan = device.vxlan as VxlanState;
  device.namespace.kernel.changes++;
  device.namespace.pay();
  const entry = vxlan.fdb.get(mac);
  if (entry !== undefined) {
    if (verb.exclusive) return refuse(Errno.EEXIST);
    return updateEntry(device, entry, remote, state, flags, verb);
  }
  if (!verb.create) return refuse(Errno.ENOENT);
  if (verb.replace && floods(mac)) return refuse(Errno.EOPNOTSUPP);
  if (vxlan.maxAddresses !== 0 && vxlan.fdb.size >= vxlan.maxAddresses) return refuse(Errno.ENOSPC);
  const { now } = device.namespace.kernel.clock;
  const made = { mac, remotes: [remote], state, flags: flags & ~NeighbourFlag.USE, used: now, updated: now };
  vxlan.fdb.set(mac, made);
  tellRemote(device, made, remote, 'new');
  return null;
}

/** vxlan_fdb_notify. */
export function tellRemote(device: Device, entry: VxlanFdbEntry, remote: VxlanRemote, change: Change): void {
  if (device.registered) device.namespace.netlink?.fdb({ kind: 'vxlan', device, entry, remote }, change);
}

/** vxlan_fdb_update_existing. */
function updateEntry(
  device: Device,
  entry: VxlanFdbEntry,
  remote: VxlanRemote,
  state: number,
  flags: number,
  verb: TableVerb,
): Refusal | null {
  const { now } = device.namespace.kernel.clock;
  const kept = flags & ~NeighbourFlag.USE;
  let modified = false;
  if ((kept & NeighbourFlag.EXT_LEARNED) === 0 || (entry.flags & ADDED_BY_USER) === 0) {
    if (entry.state !== state || entry.flags !== kept) {
      entry.updated = now;
      modified = true;
    }
    entry.state = state;
    entry.flags = kept;
  }
  if (verb.replace) {
    if (floods(entry.mac)) return refuse(Errno.EOPNOTSUPP, 'Cannot replace non-unicast fdb entries');
    if (!entry.remotes.some((held) => sameRemote(held, remote))) {
      entry.remotes[0] = remote;
      modified = true;
    }
  }
  if (verb.append && floods(entry.mac) && !entry.remotes.some((held) => sameRemote(held, remote))) {
    entry.remotes.push(remote);
    modified = true;
  }
  if ((flags & NeighbourFlag.USE) !== 0) entry.used = now;
  if (modified) tellRemote(device, entry, remote, 'new');
  return null;
}

/** vxlan_fdb_add, behind the checks of the attributes. */
export function addByUser(
  device: Device,
  mac: Mac,
  remote: VxlanRemote,
  state: number,
  flags: number,
  verb: TableVerb,
): Refusal | null {
  return updateTable(device, mac, remote, state, flags | ADDED_BY_USER, verb);
}

/** __vxlan_fdb_delete: one remote of several, or the entry; an unknown remote is no error. */
export function removeFromTable(device: Device, mac: Mac, remote: VxlanRemote): Refusal | null {
  const { fdb } = device.vxlan as VxlanState;
  device.namespace.kernel.changes++;
  device.namespace.pay();
  const entry = fdb.get(mac);
  if (entry === undefined) return refuse(Errno.ENOENT);
  entry.used = device.namespace.kernel.clock.now;
  if (remote.address !== 0) {
    const at = entry.remotes.findIndex((held) => sameRemote(held, remote));
    if (at < 0) return null;
    if (entry.remotes.length > 1) {
      entry.remotes.splice(at, 1);
      tellRemote(device, entry, remote, 'gone');
      return null;
    }
  }
  fdb.delete(mac);
  for (const held of entry.remotes) tellRemote(device, entry, held, 'gone');
  return null;
}

/** The flags of an entry as they are reported. */
export const reportedEntryFlags = (entry: VxlanFdbEntry): number => entry.flags & 0xff;

/** vxlan_stop, vxlan_flush without `do_all`: what was learnt or added as dynamic goes when the device goes down. */
export function flushDynamic(device: Device): void {
  const state = device.vxlan as VxlanState;
  device.namespace.pay();
  const { fdb } = state;
  state.cleanupAt = Infinity;
  for (const entry of fdb.values())
    if (entry.mac !== MAC_ZERO && (entry.state & (NudState.PERMANENT | NudState.NOARP)) === 0) {
      fdb.delete(entry.mac);
      for (const remote of entry.remotes) tellRemote(device, entry, remote, 'gone');
    }
}

/** How often old entries are looked for at least (FDB_AGE_INTERVAL). */
const AGE_INTERVAL = 10 * SECOND;

/**
 * vxlan_open: from now on entries grow old, if the device has an ageing time, and its socket belongs to the VRF that the
 * underlying device has now.
 */
export function startAgeing(device: Device): void {
  const state = device.vxlan as VxlanState;
  state.boundTo = device.underlay.devices.get(state.link)?.l3mdev ?? null;
  state.cleanupAt = state.ageing === 0 ? Infinity : device.namespace.kernel.clock.now + AGE_INTERVAL;
}

/**
 * Removes what the kernel's timer would have removed by now (vxlan_cleanup). It looks when the first entry that it saw
 * gets too old, and every ten seconds: what came later may live longer than it should, and is as good as new if used.
 */
export function collectAged(state: VxlanState, now: number): void {
  while (state.cleanupAt <= now) state.cleanupAt = cleanUp(state, state.cleanupAt);
}

/** Returns when to look again. */
function cleanUp(state: VxlanState, now: number): number {
  let next = now + AGE_INTERVAL;
  for (const entry of state.fdb.values()) {
    if (
      (entry.state & (NudState.PERMANENT | NudState.NOARP)) !== 0 ||
      (entry.flags & NeighbourFlag.EXT_LEARNED) !== 0
    )
      continue;
    const end = entry.used + state.ageing * SECOND;
    if (end <= now) state.fdb.delete(entry.mac);
    else if (end < next) next = end;
  }
  return next;
}

/** vxlan_sock_add: the port must be free in the underlay; VXLAN devices share it with each other. */
export function mayListen(device: Device): Refusal | null {
  const { port } = device.vxlan as VxlanState;
  return device.underlay.udpPorts.has(port) ? refuse(Errno.EADDRINUSE) : null;
}

/** The default entry follows the device's `remote` (or group): 00:00:00:00:00:00 to there, or none for 0. */
export function setDefaultRemote(device: Device, address: Ipv4, link: number): Refusal | null {
  const vxlan = device.vxlan as VxlanState;
  const old = { address: vxlan.remote, port: vxlan.port, vni: vxlan.vni, link: vxlan.link };
  if (address !== 0) {
    const remote = { address, port: vxlan.port, vni: vxlan.vni, link };
    const verb = { create: true, append: true };
    const refusal = updateTable(device, MAC_ZERO, remote, DEFAULT_STATE, NeighbourFlag.SELF, verb);
    if (refusal !== null) return refusal;
  }
  if (old.address !== 0) removeFromTable(device, MAC_ZERO, old);
  return null;
}

const DEFAULT_STATE = NudState.REACHABLE | NudState.PERMANENT;

/** GOLDEN_RATIO_64 (linux/hash.h), 0x61c8864680b583eb, in two halves. */
const GOLDEN_HIGH = 0x61c88646;
const GOLDEN_LOW = 0x80b583eb;

/**
 * eth_hash: the bucket, of 256, of a MAC address. The kernel dumps bucket by bucket, latest first in each. It reads the
 * address and the two bytes before it as a number of 64 bits, the first octet lowest, and shifts those two bytes out:
 * of the product with the golden ratio the highest 8 of 64 bits count.
 */
function bucketOf(mac: Mac): number {
  const first = Math.floor(mac / 0x100000000);
  const rest = (mac % 0x100000000) | 0;
  const low = ((first & 0xff) << 8) | (first >>> 8);
  const high = (rest << 24) | ((rest & 0xff00) << 8) | ((rest >>> 8) & 0xff00) | (rest >>> 24);
  const carried = Math.floor((low * GOLDEN_LOW) / 0x10000) | 0;
  return (carried + Math.imul(low << 16, GOLDEN_HIGH) + Math.imul(high, GOLDEN_LOW)) >>> 24;
}

/** The entries in the order of the kernel's dump. */
export function dumpOrder(vxlan: VxlanState, now: number): VxlanFdbEntry[] {
  collectAged(vxlan, now);
  const buckets: VxlanFdbEntry[][] = [];
  for (const entry of [...vxlan.fdb.values()].reverse()) {
    const bucket = bucketOf(entry.mac);
    if (buckets[bucket] === undefined) buckets[bucket] = [entry];
    else buckets[bucket].push(entry);
  }
  return buckets.flat();
}
