// A port in front of a lab's that refuses on demand, and writes down what it was asked to do.
import { refuse } from '../../../src/addr/errno.ts';
import type { Outcome } from '../../../src/admin/types.ts';
import type { Lab } from '../../../src/lab/lab.ts';
import type { Namespace } from '../../../src/netns/namespace.ts';
import { AdminPort } from '../../../src/program/admin-port.ts';
import type { Operation } from '../../../src/program/operation.ts';
import { commandOf } from '../../../src/program/script.ts';

export class FailingPort extends AdminPort {
  /** Lines of what was asked, refused or not. */
  asked: string[] = [];
  private failures: { kind: Operation['do']; at: number; errno: number }[] = [];

  constructor(lab: Lab, namespace: Namespace) {
    super(lab, namespace);
  }

  /** The `at`-th operation of this kind from now on (1 is the next) is refused. */
  failAt(kind: Operation['do'], at: number, errno: number): void {
    this.failures.push({ kind, at, errno });
  }

  heal(): void {
    this.failures = [];
  }

  override perform(operation: Operation): Outcome {
    this.asked.push(commandOf('', operation));
    for (const failure of this.failures)
      if (failure.kind === operation.do && --failure.at === 0) return refuse(failure.errno);
    return super.perform(operation);
  }
}
