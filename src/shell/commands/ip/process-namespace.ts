// Which namespace a word behind `netns` means: a name of `ip netns`, a path to its file, or a process id.
import type { Namespace } from '../../../netns/namespace.ts';
import { parseInteger } from '../iproute2/numbers.ts';
import type { Session } from '../iproute2/session.ts';

const FILE = /^(?:\/var)?\/run\/netns\/([^/]+)$/;
const PROCESS_FILE = /^\/proc\/(self|\d+)\/ns\/net$/;

/** Null where there is no such namespace. Every process that is not this one counts as the machine's first. */
export function namespaceOf(session: Session, text: string): Namespace | null {
  if (text.includes('/')) return namespaceOfPath(session, text);
  const named = session.namespaceCalled(text);
  if (named !== null) return named;
  const pid = parseInteger(text);
  return pid === null ? null : namespaceOfProcess(session, pid);
}

/** The namespace of a process: the first process lives in the initial one, this one where it was started. */
export function namespaceOfProcess(session: Session, pid: number): Namespace | null {
  if (pid === 1) return session.lab.kernel.initial;
  return pid === session.context.process.pid ? session.context.namespace : null;
}

function namespaceOfPath(session: Session, path: string): Namespace | null {
  const file = FILE.exec(path);
  if (file !== null) return session.namespaceCalled(file[1] as string);
  const process = PROCESS_FILE.exec(path);
  if (process === null) return null;
  return process[1] === 'self' ? session.namespace : namespaceOfProcess(session, Number(process[1]));
}
