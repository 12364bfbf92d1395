// What makes two routes of a table one to the kernel: destination, TOS and priority, as one number.

/** Priorities below are part of the number as they are; prefixKey needs 38 bits, and 53 are exact. */
const DIRECT = 1 << 14;
const PLACES = 1 << 15;
const TOS_VALUES = 256;

export class KernelKeys {
  /** Places for what is no small priority with TOS 0. */
  private readonly rare = new Map<number, number>();

  /** `prefix` is a prefixKey. */
  keyOf(prefix: number, priority: number, tos: number): number {
    return prefix * PLACES + (tos === 0 && priority < DIRECT ? priority : this.rarePlace(priority, tos));
  }

  private rarePlace(priority: number, tos: number): number {
    const both = priority * TOS_VALUES + tos;
    const held = this.rare.get(both);
    if (held !== undefined) return held;
    const place = DIRECT + this.rare.size;
    if (place >= PLACES) throw new Error('too many different priorities in one table');
    this.rare.set(both, place);
    return place;
  }
}
