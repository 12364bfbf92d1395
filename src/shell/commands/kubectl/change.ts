// kubectl patch, label and annotate: an object is read, changed and written back.
import { equal, jsonPatch, mergePatch } from '../../../calico/resource/patch.ts';
import { hasErrors } from '../../../calico/resource/problem.ts';
import { isRecord } from '../../../calico/resource/read-value.ts';
import { readPatch } from '../cluster/patch-text.ts';
import { settle } from '../cluster/settle.ts';
import type { ApiObject } from './api-server.ts';
import { parseLabelSelector } from './labels.ts';
import { invalidText, type Session } from './session.ts';
import { type ApiType, objectName } from './types.ts';

// ---- patch ---------------------------------------------------------------------------------------------------

export async function patch(session: Session): Promise<number> {
  const { words } = session;
  const text = await patchText(session);
  if (typeof text === 'number') return text;
  const selections = session.select();
  if (typeof selections === 'number') return selections;
  const [{ type, names }] = selections;
  if (names === null) return session.fail('error: resource(s) were provided, but no name was specified');
  const given = readPatch(text);
  if ('error' in given) return session.fail(`error: unable to parse "${text}": ${given.error}`);
  const kind = words.value('type') ?? 'strategic';
  if (!['strategic', 'merge', 'json'].includes(kind))
    return session.fail(`error: --type must be one of [json merge strategic], not "${kind}"`);
  let status = 0;
  for (const name of names)
    status = Math.max(
      status,
      patchOne(session, type, name, kind === 'json' ? given.values : given.values[0]),
    );
  settle(session.context, session.cluster);
  return status;
}

/** An exit status once the error was told. */
async function patchText(session: Session): Promise<string | number> {
  const text = session.words.value('patch');
  const file = session.words.value('patch-file');
  if (text !== undefined) return text;
  if (file === undefined)
    return session.fail('error: must specify --patch or --patch-file containing the contents of the patch');
  const content = await session.context.open(file);
  if (typeof content === 'string')
    return session.fail(`error: unable to read patch file: open ${file}: ${content.toLowerCase()}`);
  return new TextDecoder().decode(content);
}

/** `change` is a list of operations or a mapping. */
function patchOne(session: Session, type: ApiType, name: string, change: unknown): number {
  const namespace = type.isNamespaced ? session.namespace : '';
  const before = session.api.get(type, name, namespace);
  if (before === null) return session.notFound(type, name);
  const after = Array.isArray(change) ? jsonPatch(before, change) : { value: mergePatch(before, change) };
  if ('error' in after) return session.fail(`The request is invalid: ${after.error}`);
  if (!writeBack(session, type, before, { after: after.value, stated: change })) return 1;
  const isSame = equal(before, session.api.get(type, name, namespace));
  session.out(`${objectName(type, name)} patched${isSame ? ' (no change)' : ''}`);
  return 0;
}

/** What a change of an object may not make of it: another one. */
function identityChange(type: ApiType, before: ApiObject, after: unknown): string | null {
  const { kind, metadata } = isRecord(after) ? after : {};
  const { name, namespace } = isRecord(metadata) ? metadata : {};
  if (kind !== type.kind) return `the object provided is unrecognized: kind is ${JSON.stringify(kind ?? '')}`;
  if (type.isNamespaced && namespace !== before.metadata.namespace)
    return `the namespace of the object (${String(namespace ?? '')}) does not match the namespace on the request (${before.metadata.namespace})`;
  if (name === before.metadata.name) return null;
  return `the name of the object (${String(name ?? '')}) does not match the name on the URL (${before.metadata.name})`;
}

/** What an object is to be, and what the user said of that. */
interface Replacement {
  readonly after: unknown;
  readonly stated: unknown;
}

/** False once the error was told. */
function writeBack(
  session: Session,
  type: ApiType,
  before: ApiObject,
  { after, stated }: Replacement,
): boolean {
  const other = identityChange(type, before, after);
  if (other !== null) {
    session.fail(`Error from server (BadRequest): ${other}`);
    return false;
  }
  const { problems, notes } = session.api.put(type, after, stated);
  if (hasErrors(problems)) {
    session.fail(invalidText(type.kind, before.metadata.name, problems));
    return false;
  }
  for (const { reason, field } of problems)
    if (reason === 'unknown field') session.warn(`${reason} "${field}"`);
  for (const note of notes) session.warn(note);
  return true;
}

// ---- label and annotate --------------------------------------------------------------------------------------

type Field = 'labels' | 'annotations';
const WORDS = {
  labels: { one: 'label', done: 'labeled', undone: 'unlabeled' },
  annotations: { one: 'annotation', done: 'annotated', undone: 'annotated' },
} as const;

const isPair = (word: string): boolean => /^[^=]+=/.test(word) || /^[^=/]*[^=]-$/.test(word);

export const mark =
  (field: Field) =>
  (session: Session): number => {
    const { operands } = session.words;
    const from = operands.findIndex((word, at) => at > 0 && isPair(word));
    if (from < 0) return session.wrongUse(`at least one ${WORDS[field].one} update is required`);
    const selections = session.select(operands.slice(0, from));
    if (typeof selections === 'number') return selections;
    let status = 0;
    for (const { type, names } of selections) {
      const targets = names ?? everyName(session, type);
      if (targets === null)
        return session.fail('error: resource(s) were provided, but no name was specified');
      for (const name of targets)
        status = Math.max(status, markOne(session, field, type, name, operands.slice(from)));
    }
    settle(session.context, session.cluster);
    return status;
  };

/** Of `--all` or `-l`. */
function everyName({ words, api, namespace }: Session, type: ApiType): string[] | null {
  const labels = words.value('selector');
  const matches = parseLabelSelector(labels ?? '');
  if (matches === null || (labels === undefined && !words.has('all'))) return null;
  return api
    .list(type, namespace)
    .filter(matches)
    .map(({ metadata }) => metadata.name);
}

function markOne(
  session: Session,
  field: Field,
  type: ApiType,
  name: string,
  pairs: readonly string[],
): number {
  const namespace = type.isNamespaced ? session.namespace : '';
  const before = session.api.get(type, name, namespace);
  if (before === null) return session.notFound(type, name);
  const changed = withPairs(session, field, before, pairs);
  if (typeof changed === 'string') return session.fail(`error: ${changed}`);
  const object = { ...before, metadata: { ...before.metadata, [field]: changed } };
  if (!writeBack(session, type, before, { after: object, stated: null })) return 1;
  const isSame = equal(before.metadata[field] ?? {}, changed);
  const { done, undone } = WORDS[field];
  const isRemoval = pairs.every((pair) => pair.endsWith('-') && !pair.includes('='));
  session.out(`${objectName(type, name)} ${isSame ? `not ${done}` : isRemoval ? undone : done}`);
  return 0;
}

/** The labels or annotations after `key=value` and `key-`, or why not. */
function withPairs(
  session: Session,
  field: Field,
  { metadata }: ApiObject,
  pairs: readonly string[],
): Record<string, string> | string {
  const result: Record<string, string> = { ...metadata[field] };
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const key = equals < 0 ? pair.slice(0, -1) : pair.slice(0, equals);
    const old = result[key];
    if (equals < 0) {
      if (old === undefined) session.out(`${WORDS[field].one} "${key}" not found.`);
      delete result[key];
      continue;
    }
    const value = pair.slice(equals + 1);
    if (old !== undefined && old !== value && !session.words.has('overwrite'))
      return `'${key}' already has a value (${old}), and --overwrite is false`;
    result[key] = value;
  }
  return result;
}
