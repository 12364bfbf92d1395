// The ARP cache of one namespace: Linux's neighbour states on the virtual clock (net/core/neighbour.c).
import { type Ipv4, ipv4 } from '../addr/ipv4.ts';
import type { Mac } from '../addr/mac.ts';
import { Drop, type DropReason } from '../drop/reasons.ts';
import type { Packet } from '../packet/packet.ts';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import {
  Neighbour,
  type NeighbourDevice,
  NeighbourFlag,
  NUD_CONNECTED,
  NUD_IN_TIMER,
  NUD_VALID,
  NudState,
} from './neighbour.ts';

/** How the table acts on the world; the IPv4 stack gives it these. */
export interface NeighbourActions {
  /** Asks for `neighbour`: unicast to its address if `unicast`, else by broadcast. `packet` is one that waits, or null. */
  solicit(neighbour: Neighbour, packet: Packet | null, unicast: boolean): void;
  /** Sends a packet that waited: the address is known now. */
  send(neighbour: Neighbour, packet: Packet): void;
  /** Nobody answered for a packet that waited: report it to its sender and end it. */
  fail(neighbour: Neighbour, packet: Packet): void;
  /** Ends a packet for another reason. */
  drop(neighbour: Neighbour, packet: Packet, reason: DropReason): void;
}

/** NEIGH_UPDATE_F_*. */
export const UpdateFlag = {
  OVERRIDE: 0x1,
  WEAK_OVERRIDE: 0x2,
  OVERRIDE_ISROUTER: 0x4,
  ISROUTER: 0x40000000,
  EXT_LEARNED: 0x20000000,
  ADMIN: 0x80000000,
} as const;

/** Entries above which old ones are cleared out, and above which no more are made (gc_thresh2, gc_thresh3). */
const GC_THRESHOLD_SOFT = 512;
const GC_THRESHOLD_HARD = 1024;
const GC_MINIMUM_AGE = 5_000_000;
const MINIMUM_RETRANSMIT = 10_000;

/**
 * What the kernel charges for a queued packet (skb->truesize): the packet and its shared info in a kmalloc bucket,
 * and the sk_buff. It decides how many packets wait for an address (unres_qlen_bytes).
 */
function trueSize(length: number): number {
  let bucket = 512;
  while (bucket < length + 64 + 320) bucket *= 2;
  return bucket + 256;
}

/** Hears of states and addresses that change, as far as rtnetlink tells of them. */
export interface NeighbourWatcher {
  neighbour(neighbour: Neighbour, change: 'new' | 'gone'): void;
}

export class NeighbourTable {
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly actions: NeighbourActions;
  private readonly byDevice = new Map<number, Map<Ipv4, Neighbour>>();
  /** `ip neigh add proxy`: addresses by device index, 0 for every device. */
  private proxies: Map<number, Map<Ipv4, number>> | null = null;
  size = 0;
  /** Entries that were ever made: who remembers what came of a packet asks whether there are new ones. */
  made = 0;
  /** Null while nobody listens. */
  watcher: NeighbourWatcher | null = null;
  /** Entries that the limits are about: neither permanent nor learnt from outside (gc_entries). */
  private counted = 0;

  constructor(clock: Clock, random: Random, actions: NeighbourActions) {
    this.clock = clock;
    this.random = random;
    this.actions = actions;
  }

  lookup(device: NeighbourDevice, address: Ipv4): Neighbour | null {
    return this.byDevice.get(device.index)?.get(address) ?? null;
  }

  /** The entry, made in state NONE if there was none; null when the table is full (neigh_create). */
  obtain(device: NeighbourDevice, address: Ipv4): Neighbour | null {
    const found = this.lookup(device, address);
    if (found !== null) return found;
    if (this.counted >= GC_THRESHOLD_SOFT && !this.collect()) return null;
    const made = this.make(device, address);
    made.counted = true;
    this.counted++;
    return made;
  }

  /** The same for an entry that shall be permanent or is learnt from outside: no limit is about those (neigh_alloc). */
  obtainExempt(device: NeighbourDevice, address: Ipv4): Neighbour {
    return this.lookup(device, address) ?? this.make(device, address);
  }

  private make(device: NeighbourDevice, address: Ipv4): Neighbour {
    let entries = this.byDevice.get(device.index);
    if (entries === undefined) {
      entries = new Map();
      this.byDevice.set(device.index, entries);
    }
    const made = new Neighbour(device, address, this.clock.now);
    entries.set(address, made);
    this.size++;
    this.made++;
    return made;
  }

  /** In order of device index, then of age; of one device if it is given. */
  *entries(of?: NeighbourDevice): IterableIterator<Neighbour> {
    if (of !== undefined) yield* this.byDevice.get(of.index)?.values() ?? [];
    else
      for (const index of [...this.byDevice.keys()].sort((a, b) => a - b))
        yield* (this.byDevice.get(index) as Map<Ipv4, Neighbour>).values();
  }

  /**
   * Asks whether `packet` may go out now (neigh_event_send): true if it may; false if the table kept it or ended it.
   */
  mayOutput(neighbour: Neighbour, packet: Packet): boolean {
    if ((neighbour.state & NUD_CONNECTED) !== 0) return true;
    neighbour.used = this.clock.now;
    if ((neighbour.state & (NudState.DELAY | NudState.PROBE)) !== 0) return true;
    if (neighbour.dead) {
      this.actions.drop(neighbour, packet, Drop.NEIGH_DEAD);
      return false;
    }
    if (neighbour.state === NudState.STALE) {
      this.delay(neighbour);
      return true;
    }
    return this.hold(neighbour, packet);
  }

  /** Begins to resolve without a packet, as `ip neigh … use` does. */
  resolve(neighbour: Neighbour): void {
    neighbour.used = this.clock.now;
    if (neighbour.state === NudState.STALE) this.delay(neighbour);
    else if ((neighbour.state & ~NudState.FAILED) === 0) this.begin(neighbour);
  }

  /**
   * Learns or sets an address and a state (neigh_update). `mac` is null to keep the address. True if it was allowed:
   * only an administrator (UpdateFlag.ADMIN) may change a permanent entry.
   */
  update(neighbour: Neighbour, mac: Mac | null, state: number, flags: number): boolean {
    const allowed = this.change(neighbour, mac, state, flags);
    if (!neighbour.dead) this.count(neighbour);
    return allowed;
  }

  /** neigh_update_gc_list: an entry that becomes permanent, or is so no more. */
  private count(neighbour: Neighbour): void {
    const counts =
      (neighbour.state & NudState.PERMANENT) === 0 && (neighbour.flags & NeighbourFlag.EXT_LEARNED) === 0;
    if (counts === neighbour.counted) return;
    neighbour.counted = counts;
    this.counted += counts ? 1 : -1;
  }

  private change(neighbour: Neighbour, mac: Mac | null, state: number, flags: number): boolean {
    const admin = (flags & UpdateFlag.ADMIN) !== 0;
    const old = neighbour.state;
    if (neighbour.dead || (!admin && (old & (NudState.NOARP | NudState.PERMANENT)) !== 0)) return false;
    if ((state & NUD_VALID) === 0) {
      this.invalidate(neighbour, state);
      const reported =
        (old & (NudState.INCOMPLETE | NudState.PROBE)) !== 0 && (state & NudState.FAILED) !== 0;
      if (reported || (old & NUD_VALID) !== 0) this.watcher?.neighbour(neighbour, 'new');
      return true;
    }
    if (mac === null && (old & NUD_VALID) === 0) return false;
    const now = this.clock.now;
    let next = state;
    let address = mac ?? neighbour.mac;
    if ((next & NUD_CONNECTED) !== 0) neighbour.confirmed = now;
    if ((old & NUD_VALID) !== 0) {
      if (address !== neighbour.mac && (flags & UpdateFlag.OVERRIDE) === 0) {
        if ((flags & UpdateFlag.WEAK_OVERRIDE) === 0 || (old & NUD_CONNECTED) === 0) return true;
        address = neighbour.mac;
        next = NudState.STALE;
      } else if (address === neighbour.mac && next === NudState.STALE && !admin) next = old;
    }
    if (next !== old || address !== neighbour.mac) neighbour.updated = now;
    const told = next !== old || address !== neighbour.mac;
    if (next !== old) this.enter(neighbour, next);
    // An address that is given to an entry that had none is new, were it the one of old (lladdr != neigh->ha).
    if (address !== neighbour.mac || (mac !== null && (old & NUD_VALID) === 0)) {
      neighbour.mac = address;
      if ((next & NUD_CONNECTED) === 0)
        neighbour.confirmed = now - 2 * neighbour.device.neighConf.baseReachableTime;
    }
    if ((old & NUD_VALID) === 0) this.release(neighbour);
    if (told) this.watcher?.neighbour(neighbour, 'new');
    return true;
  }

  /** Learns from a question of somebody's (neigh_event_ns); null when the table is full. */
  heardFrom(device: NeighbourDevice, address: Ipv4, mac: Mac): Neighbour | null {
    const neighbour = this.obtain(device, address);
    if (neighbour !== null) this.update(neighbour, mac, NudState.STALE, UpdateFlag.OVERRIDE);
    return neighbour;
  }

  /** Traffic of a higher layer proves that it is there (dst_confirm). */
  confirm(neighbour: Neighbour): void {
    neighbour.confirmed = this.clock.now;
  }

  remove(neighbour: Neighbour): void {
    const entries = this.byDevice.get(neighbour.device.index);
    if (entries?.get(neighbour.address) !== neighbour) return;
    entries.delete(neighbour.address);
    if (entries.size === 0) this.byDevice.delete(neighbour.device.index);
    this.size--;
    if (neighbour.counted) this.counted--;
    neighbour.counted = false;
    this.clock.cancel(neighbour.timer);
    neighbour.timer = null;
    neighbour.dead = true;
    this.discard(neighbour, Drop.NEIGH_DEAD);
    this.watcher?.neighbour(neighbour, 'gone');
  }

  /** Forgets a device's neighbours; permanent ones stay when only the carrier went (`keepPermanent`: neigh_carrier_down). */
  flushDevice(device: NeighbourDevice, keepPermanent: boolean): void {
    const entries = this.byDevice.get(device.index);
    if (entries === undefined) return;
    for (const neighbour of [...entries.values()])
      if (!keepPermanent || (neighbour.state & NudState.PERMANENT) === 0) this.remove(neighbour);
  }

  flushAll(): void {
    for (const neighbour of [...this.entries()]) this.remove(neighbour);
  }

  /** One that is there keeps its protocol if 0 is given. */
  addProxy(deviceIndex: number, address: Ipv4, protocol: number): void {
    this.proxies ??= new Map();
    const held = this.proxies.get(deviceIndex);
    if (held === undefined) this.proxies.set(deviceIndex, new Map([[address, protocol]]));
    else held.set(address, protocol || (held.get(address) ?? 0));
  }

  removeProxy(deviceIndex: number, address: Ipv4): boolean {
    return this.proxies?.get(deviceIndex)?.delete(address) ?? false;
  }

  /** pneigh_lookup: an entry for the device or for every device. */
  isProxied(deviceIndex: number, address: Ipv4): boolean {
    return (
      this.proxies !== null &&
      (this.proxies.get(deviceIndex)?.has(address) === true || this.proxies.get(0)?.has(address) === true)
    );
  }

  *proxyEntries(): IterableIterator<{ deviceIndex: number; address: Ipv4; protocol: number }> {
    for (const [deviceIndex, addresses] of this.proxies ?? [])
      for (const [address, protocol] of addresses) yield { deviceIndex, address: ipv4(address), protocol };
  }

  private reachableTime(neighbour: Neighbour): number {
    const conf = neighbour.device.neighConf;
    if (conf.reachableTime === 0)
      conf.reachableTime = Math.floor(conf.baseReachableTime / 2) + this.random.below(conf.baseReachableTime);
    return conf.reachableTime;
  }

  private maxProbes(neighbour: Neighbour): number {
    const conf = neighbour.device.neighConf;
    const last = (neighbour.state & NudState.PROBE) !== 0 ? conf.mcast_resolicit : conf.mcast_solicit;
    return conf.ucast_solicit + conf.app_solicit + last;
  }

  private retransmitTime(neighbour: Neighbour): number {
    return Math.max(neighbour.device.neighConf.retransTime, MINIMUM_RETRANSMIT);
  }

  private schedule(neighbour: Neighbour, at: number): void {
    this.clock.cancel(neighbour.timer);
    neighbour.timer = this.clock.scheduleTick(at - this.clock.now, () => this.expire(neighbour));
  }

  private delay(neighbour: Neighbour): void {
    neighbour.state = NudState.DELAY;
    neighbour.updated = this.clock.now;
    this.schedule(neighbour, this.clock.now + neighbour.device.neighConf.delayProbeTime);
  }

  private begin(neighbour: Neighbour): void {
    const conf = neighbour.device.neighConf;
    neighbour.updated = this.clock.now;
    if (conf.mcast_solicit + conf.app_solicit === 0) {
      neighbour.state = NudState.FAILED;
      return;
    }
    neighbour.probes = conf.ucast_solicit;
    neighbour.state = NudState.INCOMPLETE;
    this.schedule(neighbour, this.clock.now + this.retransmitTime(neighbour));
    this.probe(neighbour);
  }

  private hold(neighbour: Neighbour, packet: Packet): boolean {
    const fresh = neighbour.state !== NudState.INCOMPLETE;
    this.enqueue(neighbour, packet);
    if (fresh) this.begin(neighbour);
    if (neighbour.state === NudState.FAILED) this.discard(neighbour, Drop.NEIGH_FAILED);
    return false;
  }

  private enqueue(neighbour: Neighbour, packet: Packet): void {
    const size = trueSize(packet.length);
    neighbour.queue ??= [];
    const queue = neighbour.queue;
    while (neighbour.queueBytes + size > neighbour.device.neighConf.unres_qlen_bytes && queue.length > 0) {
      const oldest = queue.shift() as Packet;
      neighbour.queueBytes -= trueSize(oldest.length);
      this.actions.drop(neighbour, oldest, Drop.NEIGH_QUEUEFULL);
    }
    queue.push(packet);
    neighbour.queueBytes += size;
  }

  private probe(neighbour: Neighbour): void {
    const queue = neighbour.queue;
    const newest = queue !== null && queue.length > 0 ? queue[queue.length - 1] : null;
    const { ucast_solicit, app_solicit } = neighbour.device.neighConf;
    const sent = neighbour.probes++;
    // Those between the unicast and the broadcast ones are left to a program, and there is none (neigh_app_ns).
    if (sent >= ucast_solicit && sent < ucast_solicit + app_solicit) return;
    this.actions.solicit(neighbour, newest, sent < ucast_solicit);
  }

  /** neigh_timer_handler. */
  private expire(neighbour: Neighbour): void {
    neighbour.timer = null;
    const now = this.clock.now;
    const conf = neighbour.device.neighConf;
    const before = neighbour.state;
    let next = now + this.retransmitTime(neighbour);
    if (neighbour.state === NudState.REACHABLE) {
      if (now < neighbour.confirmed + this.reachableTime(neighbour))
        next = neighbour.confirmed + this.reachableTime(neighbour);
      else if (now <= neighbour.used + conf.delayProbeTime) {
        neighbour.state = NudState.DELAY;
        neighbour.updated = now;
        next = now + conf.delayProbeTime;
      } else {
        neighbour.state = NudState.STALE;
        neighbour.updated = now;
      }
    } else if (neighbour.state === NudState.DELAY) {
      neighbour.updated = now;
      if (now < neighbour.confirmed + conf.delayProbeTime) {
        neighbour.state = NudState.REACHABLE;
        next = neighbour.confirmed + this.reachableTime(neighbour);
      } else {
        neighbour.state = NudState.PROBE;
        neighbour.probes = 0;
      }
    }
    this.goOn(neighbour, next);
    // neigh_timer_handler tells of all that comes of it but a delay.
    if (neighbour.state !== before && neighbour.state !== NudState.DELAY)
      this.watcher?.neighbour(neighbour, 'new');
  }

  private goOn(neighbour: Neighbour, next: number): void {
    const asking = (neighbour.state & (NudState.INCOMPLETE | NudState.PROBE)) !== 0;
    if (asking && neighbour.probes >= this.maxProbes(neighbour)) {
      neighbour.state = NudState.FAILED;
      this.report(neighbour);
      return;
    }
    if ((neighbour.state & NUD_IN_TIMER) !== 0) this.schedule(neighbour, next);
    if (asking) this.probe(neighbour);
  }

  /** neigh_invalidate: everybody who waits hears that there is no answer. */
  private report(neighbour: Neighbour): void {
    neighbour.updated = this.clock.now;
    const queue = neighbour.queue;
    neighbour.queue = null;
    neighbour.queueBytes = 0;
    if (queue !== null) for (const packet of queue) this.actions.fail(neighbour, packet);
  }

  private invalidate(neighbour: Neighbour, state: number): void {
    const old = neighbour.state;
    this.clock.cancel(neighbour.timer);
    neighbour.timer = null;
    neighbour.state = state;
    if ((old & (NudState.INCOMPLETE | NudState.PROBE)) !== 0 && (state & NudState.FAILED) !== 0)
      this.report(neighbour);
  }

  private enter(neighbour: Neighbour, state: number): void {
    this.clock.cancel(neighbour.timer);
    neighbour.timer = null;
    neighbour.state = state;
    if ((state & NudState.PROBE) !== 0) neighbour.probes = 0;
    if ((state & NUD_IN_TIMER) === 0) return;
    const wait = (state & NudState.REACHABLE) !== 0 ? this.reachableTime(neighbour) : 0;
    this.schedule(neighbour, this.clock.now + wait);
  }

  /** Sends what waited. A packet that is sent may change the state again: the rest then waits or is dropped. */
  private release(neighbour: Neighbour): void {
    const queue = neighbour.queue;
    neighbour.queue = null;
    neighbour.queueBytes = 0;
    if (queue !== null) for (const packet of queue) this.actions.send(neighbour, packet);
  }

  private discard(neighbour: Neighbour, reason: DropReason): void {
    const queue = neighbour.queue;
    neighbour.queue = null;
    neighbour.queueBytes = 0;
    if (queue !== null) for (const packet of queue) this.actions.drop(neighbour, packet, reason);
  }

  /** neigh_forced_gc: old entries that nothing waits for go; false if the table stays full. */
  private collect(): boolean {
    const before = this.clock.now - GC_MINIMUM_AGE;
    for (const neighbour of [...this.entries()]) {
      if (this.counted < GC_THRESHOLD_SOFT) break;
      const keep = NudState.PERMANENT | NudState.INCOMPLETE;
      const old = neighbour.state === NudState.FAILED || neighbour.updated < before;
      if ((neighbour.state & keep) === 0 && (neighbour.flags & NeighbourFlag.EXT_LEARNED) === 0 && old)
        this.remove(neighbour);
    }
    return this.counted < GC_THRESHOLD_HARD;
  }
}
