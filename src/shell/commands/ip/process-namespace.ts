// Which namespace a word behind `netns` means: a name of `ip netns`, a path to its file, or a process id.
import type { Namespace } from '../../../netns/namespace.ts';
import { parseInteger } from '../iproute2/numbers.ts';
import type { Session } from '../iproute2/session.ts';

const FILE = /^(?:\/var)?\/run\/netns\/([^/]+)$/;
const PROCESS_FILE = /^\/proc\/(self|\d+)\/ns\/net$/;

/** Null where there is no such namespace. */
export function namespaceOf(session: Session, text: string): Namespace | null {
  if (text.includes('/')) return namespaceOfPath(session, text);
  const named = session.namespaceCalled(text);
  if (named !== null) return named;
  const pid = parseInteger(text);
  return pid === null ? null : namespaceOfProcess(session, pid);
}

/** The namespace of a process: the first one lives in the initial namespace. */
export function namespaceOfProcess(session: Session, pid: number): Namespace | null {
  if (pid === 1) return session.lab.kernel.initial;
  if (pid === session.context.process.pid) return session.context.namespace;
  return session.context.processes().find((process) => process.pid === pid)?.namespace ?? null;
}

function namespaceOfPath(session: Session, path: string): Namespace | null {
  const file = FILE.exec(path);
  if (file !== null) return session.namespaceCalled(file[1] as string);
  const process = PROCESS_FILE.exec(path);
  if (process === null) return null;
  return process[1] === 'self' ? session.namespace : namespaceOfProcess(session, Number(process[1]));
}
