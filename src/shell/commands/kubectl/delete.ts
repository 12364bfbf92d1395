// kubectl delete: by file, by name, by label, or all of a type.
import { settle } from '../cluster/settle.ts';
import { parseLabelSelector } from './labels.ts';
import type { Session } from './session.ts';
import { type ApiType, deletedName } from './types.ts';
import { readManifests } from './write.ts';

interface Target {
  readonly type: ApiType;
  readonly name: string;
  readonly namespace: string;
}

export async function remove(session: Session): Promise<number> {
  const targets = await targetsOf(session);
  if (typeof targets === 'number') return targets;
  if (targets.length === 0) session.out('No resources found');
  let status = 0;
  for (const target of targets) status = Math.max(status, removeOne(session, target));
  settle(session.context, session.cluster);
  return status;
}

function removeOne(session: Session, { type, name, namespace }: Target): number {
  if (session.api.get(type, name, namespace) === null)
    return session.words.has('ignore-not-found') ? 0 : session.notFound(type, name);
  session.api.remove(type, name, namespace);
  session.out(`${deletedName(type, name)} deleted`);
  return 0;
}

async function targetsOf(session: Session): Promise<Target[] | number> {
  if (session.words.value('filename') !== undefined) {
    const manifests = await readManifests(session);
    if (typeof manifests === 'number') return manifests;
    return manifests.map(({ type, object, namespace }) => ({ type, name: object.metadata.name, namespace }));
  }
  const selections = session.select();
  if (typeof selections === 'number') return selections;
  const targets: Target[] = [];
  for (const { type, names } of selections) {
    const namespace = type.isNamespaced ? session.namespace : '';
    if (names !== null) targets.push(...names.map((name) => ({ type, name, namespace })));
    else {
      const all = selected(session, type);
      if (typeof all === 'number') return all;
      targets.push(...all);
    }
  }
  return targets;
}

/** Without names: all of the type, or those with the labels. */
function selected(session: Session, type: ApiType): Target[] | number {
  const { words, namespace, api } = session;
  const labels = words.value('selector');
  if (labels === undefined && !words.has('all'))
    return session.fail('error: resource(s) were provided, but no name was specified');
  const matches = parseLabelSelector(labels ?? '');
  if (matches === null) return session.fail(`error: unable to parse requirement: ${labels}`);
  const inNamespace = words.has('all-namespaces') ? undefined : namespace;
  return api
    .list(type, inNamespace)
    .filter(matches)
    .map(({ metadata }) => ({ type, name: metadata.name, namespace: metadata.namespace ?? '' }));
}
