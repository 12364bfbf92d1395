// A lab: one machine with its named namespaces, run on the virtual clock until nothing moves.
import type { Kernel } from '../netns/kernel.ts';
import type { Namespace } from '../netns/namespace.ts';

/** What a lab is made from; equal options and equal commands give equal bytes. */
export interface LabOptions {
  /** Seed of every random field. */
  seed?: number;
  /** Virtual start, microseconds since the epoch. */
  start?: number;
  /** As the kernel's boot parameter ipv6.disable=1. */
  ipv6Disabled?: boolean;
  /** False to ask about every packet anew, for comparisons: nothing but the time it takes is different. */
  flowCache?: boolean;
}

export interface Lab {
  readonly kernel: Kernel;
  /** `ip netns`'s list (/run/netns): names in order of creation. */
  readonly names: Map<string, Namespace>;
  /** Null if the name is taken. */
  addNamespace(name: string): Namespace | null;
  /** Takes a name away; false if there is none. A namespace without a name ends when nobody is in it: see `vacate`. */
  removeNamespace(name: string): boolean;
  /** Whether a process runs in a namespace; null where there are no processes. */
  isInhabited: ((namespace: Namespace) => boolean) | null;
  /** Nobody may be left in a namespace: without a name it ends, and devices without another home go with it. */
  vacate(namespace: Namespace): void;
  nameOf(namespace: Namespace): string | null;
  /** Hands a frame to a device as if a cable had brought it (tcpreplay does the opposite: see `transmit`). */
  receive(namespace: Namespace, device: string, frame: Uint8Array): void;
  /** Sends a frame out of a device as a packet socket does. */
  transmit(namespace: Namespace, device: string, frame: Uint8Array): void;
  /** Runs what is queued at this instant. */
  settle(): void;
  /** Settles, then runs timers up to `until` (microseconds since the epoch), settling after each. */
  runUntil(until: number): void;
  /** Time of the next timer, or Infinity. */
  nextEvent(): number;
}
