// A bounded first-in-first-out queue of work on packets: what to do, with which device, on which packet.
import type { Packet } from './packet.ts';

/** Holds up to `limit` entries; grows by doubling and never shrinks, so steady traffic allocates nothing. */
export class WorkQueue<Target> {
  private targets: (Target | null)[] = new Array(64).fill(null);
  private packets: (Packet | null)[] = new Array(64).fill(null);
  private first = 0;
  length = 0;
  readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  get isFull(): boolean {
    return this.length >= this.limit;
  }

  /** False if the queue is full: the packet is still the caller's. */
  push(target: Target, packet: Packet): boolean {
    if (this.length >= this.limit) return false;
    if (this.length === this.targets.length) this.double();
    const at = (this.first + this.length) & (this.targets.length - 1);
    this.targets[at] = target;
    this.packets[at] = packet;
    this.length++;
    return true;
  }

  /** The target of the first entry, which `shift` will take. */
  peekTarget(): Target {
    return this.targets[this.first] as Target;
  }

  isAllFor(target: Target): boolean {
    for (let i = 0; i < this.length; i++)
      if (this.targets[(this.first + i) & (this.targets.length - 1)] !== target) return false;
    return true;
  }

  /** The packet at a place from the first one on. */
  at(place: number): Packet {
    return this.packets[(this.first + place) & (this.targets.length - 1)] as Packet;
  }

  /** Makes `target` that of all entries. */
  redirect(target: Target): void {
    for (let i = 0; i < this.length; i++) this.targets[(this.first + i) & (this.targets.length - 1)] = target;
  }

  /** Takes the first packet out; the queue must not be empty. */
  shift(): Packet {
    const packet = this.packets[this.first] as Packet;
    this.packets[this.first] = null;
    this.targets[this.first] = null;
    this.first = (this.first + 1) & (this.targets.length - 1);
    this.length--;
    return packet;
  }

  private double(): void {
    const size = this.targets.length;
    const targets = new Array(size * 2).fill(null);
    const packets = new Array(size * 2).fill(null);
    for (let i = 0; i < size; i++) {
      targets[i] = this.targets[(this.first + i) & (size - 1)];
      packets[i] = this.packets[(this.first + i) & (size - 1)];
    }
    this.targets = targets;
    this.packets = packets;
    this.first = 0;
  }
}
