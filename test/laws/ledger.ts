// The books of a machine: how many packets were made, how many ended and of what, and who holds the others.
import { Drop, dropName } from '../../src/drop/reasons.ts';
import type { Lab } from '../../src/lab/lab.ts';
import type { Device } from '../../src/netns/device.ts';
import type { Namespace } from '../../src/netns/namespace.ts';

/** How many packets ended in a namespace: dropped, delivered, cut into fragments, or merged into a datagram. */
const endedIn = ({ drops, counters }: Namespace): number =>
  drops.reduce((sum, count) => sum + count, 0) +
  counters.delivered +
  counters.arp +
  counters.fragmented +
  counters.merged;

/** Packets that wait in a namespace: for a neighbour's address, or for the rest of their datagram. */
function heldIn({ neighbours, fragments }: Namespace): number {
  let held = 0;
  for (const { queue } of neighbours.entries()) held += queue?.length ?? 0;
  for (const datagram of fragments.values())
    held += (datagram as { pieces: readonly unknown[] }).pieces.length;
  return held;
}

/** Counts from the moment it is opened; namespaces that are deleted meanwhile stay in its books. */
export class Ledger {
  private readonly lab: Lab;
  private readonly spaces: Set<Namespace>;
  /** Every device that ever was: a question that a proxy answers late outlives the device that it came by. */
  private readonly devices = new Set<Device>();
  made = 0;

  constructor(lab: Lab) {
    this.lab = lab;
    const { pool, namespaces } = lab.kernel;
    this.spaces = new Set(namespaces);
    this.made = this.ended + pool.outstanding;
    const alloc = pool.alloc.bind(pool);
    pool.alloc = (size) => {
      this.made++;
      return alloc(size);
    };
    lab.kernel.deviceListeners.push({
      deviceEvent: (device, event) => void (event === 'register' && this.devices.add(device)),
    });
    const add = namespaces.add.bind(namespaces);
    namespaces.add = (namespace) => {
      this.spaces.add(namespace);
      return add(namespace);
    };
  }

  get ended(): number {
    return [...this.spaces].reduce((sum, namespace) => sum + endedIn(namespace), 0);
  }

  /** In the machine's queues and in those of its namespaces: nobody else may keep a packet between two instants. */
  get queued(): number {
    const { backlog, cells, deferred, namespaces } = this.lab.kernel;
    const held = [...namespaces].reduce((sum, namespace) => sum + heldIn(namespace), 0);
    const late = [...this.devices].reduce((sum, { proxyWaiting }) => sum + proxyWaiting, 0);
    return backlog.length + cells.length + deferred.length + held + late;
  }

  /** What is wrong with the books now, in words. */
  faults(): string[] {
    const { outstanding } = this.lab.kernel.pool;
    const faults: string[] = [];
    if (this.made !== this.ended + outstanding)
      faults.push(`${this.made} made, but ${this.ended} ended and ${outstanding} live`);
    if (outstanding !== this.queued) faults.push(`${outstanding} live, but ${this.queued} in queues`);
    return faults;
  }

  /** Drops by name in all namespaces that ever were, for comparisons. */
  drops(): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { drops } of this.spaces)
      for (const reason of Object.values(Drop))
        if (drops[reason] > 0) sums[dropName(reason)] = (sums[dropName(reason)] ?? 0) + drops[reason];
    return sums;
  }
}
