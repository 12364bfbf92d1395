// The resources that `KIND [NAME…]` or `-f` names.

import type { Target } from './errors.ts';
import { absentKind, kindCalled } from './kinds.ts';
import { loadFiles } from './load.ts';
import type { Session } from './session.ts';

/** Without names one target with the name ''; an exit status once the error was told. */
export async function namedTargets(session: Session): Promise<Target[] | number> {
  const { words } = session;
  const [kindWord, ...names] = words.operands;
  if (words.value('filename') !== undefined)
    return kindWord === undefined ? loadFiles(session) : session.wrongUse();
  if (kindWord === undefined) return session.wrongUse();
  const kind = kindCalled(kindWord);
  if (kind === null) {
    const absent = absentKind(kindWord);
    return absent === null
      ? session.fail(`resource type '${kindWord}' is not supported`)
      : session.notEmulated(absent);
  }
  if (names.includes('')) return session.fail('resource name may not be empty');
  return (names.length === 0 ? [''] : names).map((name) => ({ kind, name, namespace: '' }));
}
