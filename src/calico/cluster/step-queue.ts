// Steps in their order, taken again until they are granted: what is refused holds up what comes after it in its namespace.
import type { Outcome } from '../../admin/types.ts';
import type { Failure } from '../../program/port.ts';
import type { Step } from './pod.ts';

export interface StepFailure {
  readonly namespace: string;
  readonly failure: Failure;
}

export interface StepResult {
  readonly failures: readonly StepFailure[];
  /** Namespaces in which something was done. */
  readonly touched: ReadonlySet<string>;
}

export class StepQueue {
  private waiting: Step[] = [];

  add(steps: readonly Step[]): void {
    for (const step of steps) this.waiting.push(step);
  }

  run(perform: (step: Step) => Outcome): StepResult {
    const touched = new Set<string>();
    const failures: StepFailure[] = [];
    const held = new Set<string>();
    const left: Step[] = [];
    for (const step of this.waiting) {
      const { namespace, operation } = step;
      const refusal = held.has(namespace) ? undefined : perform(step);
      if (refusal === null) touched.add(namespace);
      else left.push(step);
      if (refusal === null || refusal === undefined) continue;
      held.add(namespace);
      failures.push({ namespace, failure: { operation, refusal } });
    }
    this.waiting = left;
    return { failures, touched };
  }

  get isDone(): boolean {
    return this.waiting.length === 0;
  }

  /** Something is still to be done there. */
  waitsIn(namespace: string): boolean {
    return this.waiting.some((step) => step.namespace === namespace);
  }

  /** Steps in or toward what has gone. */
  forget(isGone: (step: Step) => boolean): void {
    this.waiting = this.waiting.filter((step) => !isGone(step));
  }
}
