// An object of `ip` or `bridge` is a list of verbs: the first that the word begins decides.
import { find } from './arguments.ts';
import type { Session } from './session.ts';

/** Runs with the words behind its own and gives the exit status. */
export type Run = (session: Session, words: readonly string[]) => number | Promise<number>;

export interface Verb {
  readonly words: readonly string[];
  readonly abbreviates: boolean;
  readonly run: Run;
}

export const exactVerb = (words: string, run: Run): Verb => ({
  words: words.split(' '),
  abbreviates: false,
  run,
});

export const prefixVerb = (words: string, run: Run): Verb => ({
  words: words.split(' '),
  abbreviates: true,
  run,
});

/** Runs the verb at the head of `words`, or `otherwise` without one; `object` names the help in the complaint. */
export function runVerb(
  session: Session,
  words: readonly string[],
  verbs: readonly Verb[],
  otherwise: Run,
  object: string,
  end = '.',
): number | Promise<number> {
  const [word, ...rest] = words;
  if (word === undefined) return otherwise(session, []);
  const verb = find(word, verbs);
  if (verb !== undefined) return verb.run(session, rest);
  return session.exit(`Command "${word}" is unknown, try "${object} help"${end}`);
}
