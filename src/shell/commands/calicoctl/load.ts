// The resources that `-f` names, in their order, each with what is wrong with it.
import { OTHER_CALICO_KINDS } from '../../../calico/resource/kinds.ts';
import type { Piece, Source } from '../../../calico/resource/piece.ts';
import { placeOfSpan } from '../../../calico/resource/piece.ts';
import { type Problem, resourceText } from '../../../calico/resource/problem.ts';
import { type ReadResult, readResources } from '../../../calico/resource/read.ts';
import { isRecord, readPieces } from '../../../calico/resource/read-value.ts';
import type { Resource } from '../../../calico/resource/types.ts';
import { readSources } from '../cluster/files.ts';
import { tellPlaces } from '../cluster/settle.ts';
import { type Target, unknownField, unknownFieldError } from './errors.ts';
import { isNamespaced, KINDS } from './kinds.ts';
import type { Session } from './session.ts';

export interface Loaded extends Target {
  /** Null if it has errors. */
  readonly resource: Resource | null;
  readonly problems: readonly Problem[];
}

/** An exit status once the error was told. */
export async function loadFiles(session: Session): Promise<Loaded[] | number> {
  const { context, words } = session;
  const sources = await readSources(context, words.values('filename'), words.has('recursive'));
  if (!Array.isArray(sources))
    return session.fail(`failed to execute command: open ${sources.path}: ${sources.reason.toLowerCase()}`);
  const result = readResources(sources);
  const status = checkDocuments(session, result.problems);
  if (status !== 0) return status;
  const loaded = take(session, sources, result);
  if (typeof loaded === 'number' || loaded.length > 0) return loaded;
  if (words.has('skip-empty')) return [];
  return session.fail(`no resources specified in file ${words.value('filename')}`);
}

/** What makes a whole file invalid. */
function checkDocuments(session: Session, problems: readonly Problem[]): number {
  const broken = problems.find(({ severity, resource }) => severity === 'error' && resource === '');
  const unknown = unknownField(problems);
  if (broken === undefined && unknown === undefined) return 0;
  const status =
    broken === undefined
      ? session.fail(unknownFieldError(unknown as Problem))
      : session.fail(`failed to execute command: ${describe(broken)}`);
  tellPlaces(session.context, [(broken ?? unknown) as Problem]);
  return status;
}

const describe = ({ field, reason }: Problem): string => (field === '' ? reason : `${field} ${reason}`);

function take(session: Session, sources: readonly Source[], result: ReadResult): Loaded[] | number {
  const resources = new Map(result.resources.map((each) => [resourceText(each.kind, each.metadata), each]));
  const loaded: Loaded[] = [];
  for (const piece of sources.flatMap((source) => [...readPieces(source, () => {})])) {
    const target = targetOf(piece);
    if (typeof target === 'string') {
      if (!OTHER_CALICO_KINDS.has(target)) return unknownType(session, piece);
      const { file, line, column } = placeOfSpan(piece.span);
      session.context.err(`vrouter: ${file}:${line}:${column}: ${target} is not emulated and left out\n`);
    } else {
      const asWritten = resourceText(target.kind, target).trim();
      const inDefault = resourceText(target.kind, { ...target, namespace: target.namespace || 'default' });
      const resource = resources.get(asWritten) ?? resources.get(inDefault) ?? null;
      const problems = resource === null ? errorsOf(result.problems, asWritten) : [];
      loaded.push({ ...target, resource, problems });
    }
  }
  return loaded;
}

const errorsOf = (problems: readonly Problem[], name: string): Problem[] =>
  problems.filter(({ resource, severity }) => resource === name && severity === 'error');

/** The kind alone where the lab does not have it. */
function targetOf({ value, apiVersion, kind: ofList }: Piece): Target | string {
  const { metadata, kind, apiVersion: own } = value as Record<string, unknown>;
  const { name, namespace } = isRecord(metadata) ? metadata : {};
  const known = KINDS.find((each) => each === (kind ?? ofList));
  if (known === undefined || !String(own ?? apiVersion).includes('projectcalico.org'))
    return String(kind ?? ofList);
  const isIn = isNamespaced(known) && typeof namespace === 'string';
  return { kind: known, name: typeof name === 'string' ? name : '', namespace: isIn ? namespace : '' };
}

function unknownType(session: Session, { span, value, kind, apiVersion }: Piece): number {
  const own = value as Record<string, unknown>;
  const status = session.fail(
    `failed to execute command: unknown resource type (${String(own.kind ?? kind)}) ` +
      `and/or version (${String(own.apiVersion ?? apiVersion)})`,
  );
  const hint = own.apiVersion === 'v1' ? ': Kubernetes resources are for kubectl' : '';
  const { file, line, column } = placeOfSpan(span);
  session.context.err(`vrouter: ${file}:${line}:${column}${hint}\n`);
  return status;
}

/** Why the namespace does not do, or the one that it is in ('' for none). */
export function namespaceFor(session: Session, { kind, namespace }: Target): { error: string } | string {
  const { words } = session;
  const wanted = words.value('namespace') ?? '';
  const isAll = words.has('all-namespaces');
  if (!isNamespaced(kind)) return isAll || wanted !== '' ? { error: `${kind} is not namespaced` } : '';
  if (isAll && wanted !== '')
    return { error: 'cannot use both --namespace and --all-namespaces flags at the same time' };
  if (namespace !== '' && wanted !== '' && namespace !== wanted)
    return { error: `resource namespace does not match client namespace. ${namespace} != ${wanted}` };
  return namespace || wanted || 'default';
}
