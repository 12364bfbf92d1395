// A VXLAN device's entries that nobody has looked at yet: a node of 1,000 has 2,000 of them, and most nodes are never
// looked at. Until then it is only kept which were wanted when, so that they tell the same ages once they are written.
import type { Failure, Port } from '../../program/port.ts';
import type { Vtep } from '../calc/types.ts';
import { isUsable } from './link-state.ts';
import { VxlanFdb } from './vxlan-fdb.ts';

/** The clock, as far as late work needs it. */
export interface LateClock {
  readonly now: () => number;
  readonly asOf: (time: number, work: () => void) => void;
}

interface LateFdbOptions {
  readonly node: string;
  readonly device: string;
  readonly clock: LateClock;
  readonly isLate: boolean;
}

export class LateFdb {
  private readonly port: Port;
  private readonly device: string;
  private readonly clock: LateClock;
  private readonly fdb: VxlanFdb;
  private readonly node: string;
  /** What `fdb` was given, with the node's own. */
  private given: readonly Vtep[] = [];
  private wanted: readonly Vtep[] = [];
  /** Lists in order of time; null once entries are written at once. */
  private late: { readonly at: number; readonly vteps: readonly Vtep[] }[] | null;

  constructor(port: Port, { node, device, clock, isLate }: LateFdbOptions) {
    this.port = port;
    this.node = node;
    this.device = device;
    this.clock = clock;
    this.fdb = new VxlanFdb(port, device);
    this.late = isLate ? [] : null;
  }

  /** Those of all nodes; the same list as before says that nothing has changed. */
  set(vteps: readonly Vtep[]): void {
    this.wanted = vteps;
  }

  resync(): void {
    if (this.late === null) this.fdb.resync();
  }

  apply(): Failure[] {
    if (this.late !== null && !isUsable(this.port.link(this.device))) this.catchUp();
    if (this.late === null) return this.write(this.wanted);
    if (this.late.at(-1)?.vteps !== this.wanted) this.late.push({ at: this.clock.now(), vteps: this.wanted });
    return [];
  }

  /** Writes what is late. */
  catchUp(): Failure[] {
    const lists = this.late ?? [];
    this.late = null;
    const failures: Failure[] = [];
    for (const { at, vteps } of lists)
      this.clock.asOf(at, () => {
        failures.push(...this.write(vteps));
      });
    return failures;
  }

  private write(vteps: readonly Vtep[]): Failure[] {
    if (vteps !== this.given) this.fdb.set(vteps.filter(({ node }) => node !== this.node));
    this.given = vteps;
    return this.fdb.apply();
  }
}
