// One neighbour: who answers for an address on a device, and how sure we are of it (struct neighbour).
import type { Ipv4 } from '../addr/ipv4.ts';
import { MAC_ZERO, type Mac } from '../addr/mac.ts';
import type { Packet } from '../packet/packet.ts';
import type { Timer } from '../time/clock.ts';

/** NUD_* (linux/neighbour.h). */
export const NudState = {
  NONE: 0,
  INCOMPLETE: 0x01,
  REACHABLE: 0x02,
  STALE: 0x04,
  DELAY: 0x08,
  PROBE: 0x10,
  FAILED: 0x20,
  NOARP: 0x40,
  PERMANENT: 0x80,
} as const;

/** States in which packets go out without a question (NUD_CONNECTED). */
export const NUD_CONNECTED = NudState.PERMANENT | NudState.NOARP | NudState.REACHABLE;
/** States in which the address is known (NUD_VALID). */
export const NUD_VALID = NUD_CONNECTED | NudState.PROBE | NudState.STALE | NudState.DELAY;
/** States that a timer drives on (NUD_IN_TIMER). */
export const NUD_IN_TIMER = NudState.INCOMPLETE | NudState.REACHABLE | NudState.DELAY | NudState.PROBE;

/** NTF_* (linux/neighbour.h); MANAGED is NTF_EXT_MANAGED as the kernel's neigh->flags keeps it. */
export const NeighbourFlag = {
  USE: 0x01,
  SELF: 0x02,
  MASTER: 0x04,
  PROXY: 0x08,
  EXT_LEARNED: 0x10,
  OFFLOADED: 0x20,
  STICKY: 0x40,
  ROUTER: 0x80,
  MANAGED: 0x100,
} as const;

/** The settings that the state machine reads; see NeighConf in src/netns/conf.ts for units and defaults. */
interface NeighbourParameters {
  readonly mcast_solicit: number;
  readonly mcast_resolicit: number;
  readonly ucast_solicit: number;
  readonly app_solicit: number;
  readonly retransTime: number;
  readonly baseReachableTime: number;
  readonly delayProbeTime: number;
  readonly unres_qlen_bytes: number;
  readonly locktime: number;
  /** Drawn between half and three halves of baseReachableTime; 0 until it is drawn. */
  reachableTime: number;
}

/** What the table has to know of a device. */
export interface NeighbourDevice {
  readonly index: number;
  readonly name: string;
  readonly neighConf: NeighbourParameters;
}

export class Neighbour {
  readonly device: NeighbourDevice;
  readonly address: Ipv4;
  mac: Mac = MAC_ZERO;
  state: number = NudState.NONE;
  /** Bits of NeighbourFlag. */
  flags = 0;
  /** Who made it (RTPROT_*), 0 where nobody said. */
  protocol = 0;
  /** Virtual microseconds. */
  used: number;
  confirmed: number;
  updated: number;
  /** Questions sent since the state began. */
  probes = 0;
  timer: Timer | null = null;
  /** Packets that wait for the address; null while there are none. */
  queue: Packet[] | null = null;
  queueBytes = 0;
  /** It counts against the table's limits (it is on the kernel's gc_list). */
  counted = false;
  /** Removed from the table: no packet may use it any more. */
  dead = false;

  constructor(device: NeighbourDevice, address: Ipv4, now: number) {
    this.device = device;
    this.address = address;
    this.used = now;
    this.updated = now;
    this.confirmed = now - 2 * device.neighConf.baseReachableTime;
  }

  get valid(): boolean {
    return (this.state & NUD_VALID) !== 0;
  }
}
