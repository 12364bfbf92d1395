// What a program is started with, and the shell that it may be.
import type { Namespace } from '../../netns/namespace.ts';
import type { Task } from '../process/task.ts';
import type { Descriptors } from './descriptors.ts';
import { Shell } from './shell.ts';

/** What a program is started with. */
export interface Start {
  /** The shell that the program is a child of: whose files, descriptors and environment it gets. */
  readonly shell: Shell;
  readonly task: Task;
  readonly namespace: Namespace;
  readonly environment: ReadonlyMap<string, string>;
  readonly descriptors: Descriptors;
  readonly cwd: string;
}

/** A shell that is a program of its own: nothing of its parent's but the environment and what is open. */
export function freshShell(start: Start, name: string): Shell {
  const shell = new Shell({
    session: start.shell.session,
    task: start.task,
    namespace: start.namespace,
    name,
    cwd: start.cwd,
  });
  shell.descriptors = start.descriptors.clone();
  for (const [key, value] of start.environment) {
    shell.variables.set(key, value);
    shell.variables.mark(key, 'exported', true);
  }
  start.task.leader = true;
  return shell;
}
