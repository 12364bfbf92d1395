// calicoctl apply, create, replace and validate (calicoctl/calicoctl/commands).
import { hasErrors, type Problem } from '../../../calico/resource/problem.ts';
import type { Metadata, Resource } from '../../../calico/resource/types.ts';
import { settle, tellPlaces } from '../cluster/settle.ts';
import { alreadyExists, doesNotExist, errorList, type Target, validationError } from './errors.ts';
import { type Loaded, loadFiles, namespaceFor } from './load.ts';
import type { Session } from './session.ts';

const PAST = { apply: 'applied', create: 'created', replace: 'replaced', validate: 'validated' } as const;
type Verb = keyof typeof PAST;

/** What one resource came to. */
interface Outcome {
  readonly error: string | null;
  readonly problems: readonly Problem[];
}

const DONE: Outcome = { error: null, problems: [] };
const failed = (error: string): Outcome => ({ error, problems: [] });
const invalid = (problems: readonly Problem[]): Outcome => {
  const errors = problems.filter(({ severity }) => severity === 'error');
  return { error: validationError(errors), problems: errors };
};

export const write =
  (verb: Verb) =>
  async (session: Session): Promise<number> => {
    if (session.words.value('filename') === undefined || session.words.operands.length > 0)
      return session.wrongUse();
    const loaded = await loadFiles(session);
    if (typeof loaded === 'number') return loaded;
    if (loaded.length === 0) {
      session.out('No resources specified');
      return 0;
    }
    const outcomes = loaded.map((item) => writeOne(session, verb, item));
    const status = report(session, verb, loaded, outcomes);
    for (const { problems } of outcomes) tellPlaces(session.context, problems);
    if (verb !== 'validate') settle(session.context, session.cluster);
    return status;
  };

function writeOne(session: Session, verb: Verb, item: Loaded): Outcome {
  const { kind, name } = item;
  const namespace = namespaceFor(session, item);
  if (typeof namespace !== 'string') return failed(namespace.error);
  if (item.resource === null) return invalid(item.problems);
  if (verb === 'validate') return DONE;
  const { store } = session.cluster;
  const before = store.get(kind, name, namespace);
  const target: Target = { kind, name, namespace };
  if (verb === 'create' && before !== null)
    return session.words.has('skip-exists') ? DONE : failed(alreadyExists(target));
  if (verb === 'replace' && before === null) return failed(doesNotExist(target));
  const metadata = metadataFrom(before, { ...item.resource.metadata, namespace });
  const problems = store.put({ ...item.resource, metadata } as Resource);
  return hasErrors(problems) ? invalid(problems) : DONE;
}

/** mergeMetadataForUpdate: an update changes labels and annotations alone. */
export const metadataFrom = (before: Resource | null, metadata: Metadata): Metadata =>
  before === null
    ? metadata
    : { ...before.metadata, labels: metadata.labels, annotations: metadata.annotations };

/** Of the kind if all are of one. */
export function singleKind(targets: readonly Target[]): string | null {
  const kinds = new Set(targets.map(({ kind }) => kind));
  return kinds.size === 1 ? targets[0].kind : null;
}

function report(
  session: Session,
  verb: Verb,
  loaded: readonly Loaded[],
  outcomes: readonly Outcome[],
): number {
  const errors = outcomes.map(({ error }) => error).filter((error) => error !== null);
  const kind = singleKind(loaded);
  const done = outcomes.length - errors.length;
  if (errors.length === 0) {
    session.out(`Successfully ${PAST[verb]} ${done} ${kind === null ? '' : `'${kind}' `}resource(s)`);
    return 0;
  }
  // An update's error is one, not a list: the last.
  const told = verb === 'replace' ? (errors.at(-1) as string) : errorList(errors);
  if (done === 0) return session.fail(`failed to ${verb} ${whatFailed(kind, loaded.length)}: ${told}`);
  const of = kind === null ? 'resources' : `'${kind}' resources`;
  if (done > errors.length || verb === 'replace')
    session.out(`Partial success: ${PAST[verb]} the first ${done} out of ${loaded.length} ${of}:`);
  return session.fail(`hit error${verb === 'apply' ? '(s)' : ''}: ${told}`);
}

function whatFailed(kind: string | null, count: number): string {
  if (count === 1) return `'${kind}' resource`;
  return kind === null ? 'any resources' : `any '${kind}' resources`;
}
