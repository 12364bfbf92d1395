// calicoctl patch and label (calicoctl/calicoctl/commands: patch.go, label.go).
import { jsonPatch, mergePatch } from '../../../calico/resource/patch.ts';
import { resourceObject } from '../../../calico/resource/print.ts';
import { hasErrors, type Problem } from '../../../calico/resource/problem.ts';
import { readResources } from '../../../calico/resource/read.ts';
import type { Resource } from '../../../calico/resource/types.ts';
import { readPatch } from '../cluster/patch-text.ts';
import { settle } from '../cluster/settle.ts';
import { doesNotExist, type Target, unknownField, unknownFieldError, validationError } from './errors.ts';
import { namespaceFor } from './load.ts';
import { namedTargets } from './named.ts';
import type { Session } from './session.ts';
import { metadataFrom } from './write.ts';

/** The one resource that KIND NAME means; an exit status once the error was told. */
async function targetOf(session: Session): Promise<Target | number> {
  const targets = await namedTargets(session);
  if (typeof targets === 'number') return targets;
  const [target] = targets;
  const namespace = namespaceFor(session, target);
  return typeof namespace === 'string' ? { ...target, namespace } : session.refuse(namespace.error);
}

export async function patch(session: Session): Promise<number> {
  const { words, cluster } = session;
  const text = words.value('patch');
  if (text === undefined || words.operands.length !== 2) return session.wrongUse();
  const target = await targetOf(session);
  if (typeof target === 'number') return target;
  const before = cluster.store.get(target.kind, target.name, target.namespace);
  if (before === null) return session.fail(`hit error: ${doesNotExist(target)}`);
  const changed = change(before, text, words.value('type') ?? 'strategic');
  if (typeof changed === 'string') return session.fail(changed);
  const problems = cluster.store.put(changed);
  if (hasErrors(problems)) return session.fail(`hit error: ${updateError(problems)}`);
  settle(session.context, cluster);
  session.out(`Successfully patched 1 '${target.kind}' resource`);
  return 0;
}

const updateError = (problems: readonly Problem[]): string =>
  `updating existing resource: ${validationError(problems.filter(({ severity }) => severity === 'error'))}`;

/** The resource after the patch, or why there is none. */
function change(before: Resource, text: string, type: string): Resource | string {
  const given = readPatch(text);
  if ('error' in given) return `hit error: performing ${type} patch: ${given.error}`;
  const object = resourceObject(before);
  const changed =
    type === 'json' ? jsonPatch(object, given.values) : { value: mergePatch(object, given.values[0]) };
  if ('error' in changed) return `hit error: performing json patch: ${changed.error}`;
  const { resources, problems } = readResources([{ file: 'patch', text: JSON.stringify(changed.value) }]);
  const unknown = unknownField(problems);
  if (unknown !== undefined) return unknownFieldError(unknown);
  const [after] = resources;
  if (hasErrors(problems)) return `hit error: ${updateError(problems)}`;
  if (after === undefined) return 'hit error: creating resource from patched data: unknown resource type';
  const { name, namespace } = after.metadata;
  if (after.kind !== before.kind || name !== before.metadata.name || namespace !== before.metadata.namespace)
    return `hit error: updating existing resource: ${doesNotExist({ kind: after.kind, name, namespace })}`;
  return { ...after, metadata: metadataFrom(before, after.metadata), place: before.place } as Resource;
}

/** `label KIND NAME KEY=VALUE [--overwrite]`, `label KIND NAME KEY --remove`. */
export async function label(session: Session): Promise<number> {
  const { words, cluster } = session;
  const [kind, name, pair] = words.operands;
  if (words.operands.length !== 3) return session.wrongUse();
  words.operands.pop();
  const target = await targetOf(session);
  if (typeof target === 'number') return target;
  const before = cluster.store.get(target.kind, target.name, target.namespace);
  if (before === null) return session.fail(`${kind} ${name} not found`);
  const change = words.has('remove')
    ? withoutLabel(before, pair, `${kind} ${name}`)
    : withLabel(before, pair, `${kind} ${name}`, words.has('overwrite'));
  if ('error' in change) return session.fail(change.error);
  const { labels, done } = change;
  cluster.store.put({ ...before, metadata: { ...before.metadata, labels } } as Resource);
  settle(session.context, cluster);
  session.out(`Successfully ${done} ${kind} ${name}`);
  return 0;
}

type LabelChange =
  | { readonly labels: Readonly<Record<string, string>>; readonly done: string }
  | { readonly error: string };

function withoutLabel({ metadata }: Resource, key: string, of: string): LabelChange {
  const { [key]: old, ...labels } = metadata.labels;
  if (old === undefined) return { error: `cannot remove label of ${of}, key ${key} does not exist` };
  return { labels, done: `removed label ${key} from` };
}

function withLabel({ metadata }: Resource, pair: string, of: string, overwrite: boolean): LabelChange {
  const [key, value, ...more] = pair.split('=');
  if (value === undefined || more.length > 0) return { error: `invalid label ${pair}` };
  const old = metadata.labels[key];
  if (old !== undefined && old !== value && !overwrite)
    return {
      error:
        `failed to update label of ${of}, key ${key} is already present. ` +
        "please use '--overwrite' to set a new value",
    };
  const labels = { ...metadata.labels, [key]: value };
  return { labels, done: `${old === undefined ? 'set' : 'updated'} label ${key} on` };
}
