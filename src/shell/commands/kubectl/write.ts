// kubectl apply, create and replace, of what `-f` names.
import { applyManifest, equal } from '../../../calico/resource/patch.ts';
import { type Piece, placeOfSpan, type Source } from '../../../calico/resource/piece.ts';
import { hasErrors, type Problem, resourceText } from '../../../calico/resource/problem.ts';
import { readResources } from '../../../calico/resource/read.ts';
import { isRecord, readPieces } from '../../../calico/resource/read-value.ts';
import { readSources } from '../cluster/files.ts';
import { settle, tellPlaces } from '../cluster/settle.ts';
import type { ApiObject } from './api-server.ts';
import { invalidText, type Session } from './session.ts';
import { type ApiType, objectName, serverName, typeOf } from './types.ts';

type Verb = 'apply' | 'create' | 'replace';

/** One object of a file. */
export interface Manifest {
  readonly type: ApiType;
  readonly object: ApiObject;
  readonly namespace: string;
  readonly file: string;
  readonly problems: readonly Problem[];
}

const DOING = { apply: 'creating', create: 'creating', replace: 'replacing' } as const;

export const write =
  (verb: Verb) =>
  async (session: Session): Promise<number> => {
    const manifests = await readManifests(session);
    if (typeof manifests === 'number') return manifests;
    let status = 0;
    for (const manifest of manifests) status = Math.max(status, writeOne(session, verb, manifest));
    settle(session.context, session.cluster);
    return status;
  };

// ---- reading -------------------------------------------------------------------------------------------------

/** An exit status once the error was told. */
export async function readManifests(session: Session): Promise<Manifest[] | number> {
  const { words, context } = session;
  const paths = words.values('filename').flatMap((path) => path.split(','));
  if (paths.length === 0) return session.wrongUse('must specify one of -f and -k');
  const sources = await readSources(context, paths, words.has('recursive'));
  if (!Array.isArray(sources))
    return session.fail(
      sources.reason === 'No such file or directory'
        ? `error: the path "${sources.path}" does not exist`
        : `error: open ${sources.path}: ${sources.reason.toLowerCase()}`,
    );
  const { problems } = readResources(sources);
  const broken = problems.find(({ severity, resource }) => severity === 'error' && resource === '');
  if (broken !== undefined) {
    const where = broken.place?.file ?? '';
    const field = broken.field === '' ? '' : `${broken.field} `;
    const status = session.fail(`error: error parsing ${where}: ${field}${broken.reason}`);
    tellPlaces(context, [broken]);
    return status;
  }
  const manifests = manifestsOf(session, sources, problems);
  return manifests.length === 0 ? session.fail(`error: no objects passed to ${session.verb}`) : manifests;
}

function manifestsOf(session: Session, sources: readonly Source[], problems: readonly Problem[]): Manifest[] {
  const byResource = new Map<string, Problem[]>();
  for (const problem of problems.filter(isOfOneObject))
    byResource.set(problem.resource, [...(byResource.get(problem.resource) ?? []), problem]);
  return sources.flatMap((source) =>
    [...readPieces(source, () => {})].flatMap((piece): Manifest[] => {
      const manifest = manifestOf(session, piece);
      if (manifest === null) return [];
      const { name, namespace } = manifest.object.metadata;
      const { kind } = manifest.type;
      const names = new Set([resourceText(kind, { name, namespace }), resourceText(kind, { name }).trim()]);
      const found = [...names].flatMap((text) => byResource.get(text) ?? []);
      return [{ ...manifest, problems: found }];
    }),
  );
}

/** Errors, and fields that nobody knows; what objects say to each other is told when they are written. */
const isOfOneObject = ({ severity, reason }: Problem): boolean =>
  reason === 'unknown field' || (severity === 'error' && !reason.includes('overlaps with'));

function manifestOf(session: Session, { value, span, ...said }: Piece): Omit<Manifest, 'problems'> | null {
  const own = value as Record<string, unknown>;
  const apiVersion = String(own.apiVersion ?? said.apiVersion);
  const kind = String(own.kind ?? said.kind);
  const type = typeOf(apiVersion, kind);
  if (type === null) {
    const { file, line, column } = placeOfSpan(span);
    const isCalicoctls =
      apiVersion.startsWith('projectcalico.org/') && /^(Node|WorkloadEndpoint)$/.test(kind);
    const reason = isCalicoctls
      ? 'is not in the Kubernetes API: calicoctl has it'
      : 'is not emulated and left out';
    session.context.err(`vrouter: ${file}:${line}:${column}: ${kind} of ${apiVersion} ${reason}\n`);
    return null;
  }
  const metadata = isRecord(own.metadata) ? own.metadata : {};
  const namespace = type.isNamespaced ? String(metadata.namespace || session.namespace) : '';
  const named = { ...metadata, name: typeof metadata.name === 'string' ? metadata.name : '' };
  const placed = type.isNamespaced ? { ...named, namespace } : named;
  const object = { ...own, apiVersion, kind, metadata: placed } as unknown as ApiObject;
  return { type, object, namespace, file: span.source.file };
}

// ---- writing -------------------------------------------------------------------------------------------------

function writeOne(session: Session, verb: Verb, manifest: Manifest): number {
  const { type, namespace, problems } = manifest;
  const wrong = problemText(verb, manifest);
  if (wrong !== null) {
    const status = session.fail(wrong);
    tellPlaces(session.context, problems);
    return status;
  }
  const wanted = session.words.value('namespace');
  if (type.isNamespaced && wanted !== undefined && wanted !== namespace)
    return session.fail(
      `error: the namespace from the provided object "${namespace}" does not match the namespace "${wanted}". ` +
        `You must pass '--namespace=${namespace}' to perform this operation.`,
    );
  return send(session, verb, manifest);
}

function send(session: Session, verb: Verb, { type, object, namespace, file }: Manifest): number {
  const { name } = object.metadata;
  const before = session.api.get(type, name, namespace);
  const server = `error when ${DOING[verb]} "${file}": ${serverName(type, name)}`;
  if (verb === 'create' && before !== null)
    return session.fail(`Error from server (AlreadyExists): ${server} already exists`);
  if (verb === 'replace' && before === null)
    return session.fail(`Error from server (NotFound): ${server} not found`);
  const wanted = verb === 'apply' ? applied(before, object) : object;
  if (before !== null && equal(before, wanted)) {
    session.out(`${objectName(type, name)} ${verb === 'replace' ? 'replaced' : 'unchanged'}`);
    return 0;
  }
  const written = session.api.put(type, wanted, object);
  if (hasErrors(written.problems)) return session.fail(invalidText(type.kind, name, written.problems));
  for (const note of written.notes) session.warn(note);
  session.out(`${objectName(type, name)} ${wordFor(verb, before, session.api.get(type, name, namespace))}`);
  return 0;
}

/** Why the object is not even sent, or refused at once. */
function problemText(verb: Verb, { type, object, file, problems }: Manifest): string | null {
  const { kind } = type;
  const unknown = problems.find(({ severity }) => severity === 'warning');
  if (hasErrors(problems)) return invalidText(kind, object.metadata.name, problems);
  if (unknown === undefined) return null;
  const version = object.apiVersion.split('/').at(-1);
  return (
    `Error from server (BadRequest): error when ${DOING[verb]} "${file}": ${kind} in version "${version}" ` +
    `cannot be handled as a ${kind}: strict decoding error: unknown field "${unknown.field}"`
  );
}

/** Where kubectl keeps what it applied, so that it knows what a later manifest leaves out. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

function applied(before: ApiObject | null, manifest: ApiObject): unknown {
  const previous = before?.metadata.annotations?.[LAST_APPLIED];
  const merged = before === null ? manifest : applyManifest(parsed(previous), manifest, before);
  const { metadata, ...rest } = merged as ApiObject;
  const annotations = { ...metadata.annotations, [LAST_APPLIED]: `${JSON.stringify(manifest)}\n` };
  return { ...rest, metadata: { ...metadata, annotations } };
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}

function wordFor(verb: Verb, before: ApiObject | null, after: ApiObject | null): string {
  if (verb === 'replace') return 'replaced';
  if (before === null) return 'created';
  return equal(withoutRecord(before), withoutRecord(after)) ? 'unchanged' : 'configured';
}

function withoutRecord(object: ApiObject | null): unknown {
  if (object === null) return null;
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {};
  return { ...object, metadata: { ...object.metadata, annotations } };
}
