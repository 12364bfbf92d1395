// calicoctl get (calicoctl/calicoctl/commands/get.go and common/printer.go).
import {
  type Format,
  printResource,
  printResources,
  printValue,
  resourceObject,
} from '../../../calico/resource/print.ts';
import { resourceTable } from '../../../calico/resource/table.ts';
import type { Kind, Resource } from '../../../calico/resource/types.ts';
import { doesNotExist, type Target } from './errors.ts';
import { isNamespaced } from './kinds.ts';
import { namespaceFor } from './load.ts';
import { namedTargets } from './named.ts';
import type { Session } from './session.ts';

/** One resource by its name, or all of a kind. */
interface Found {
  readonly kind: Kind;
  readonly resources: readonly Resource[];
  readonly isList: boolean;
}

const FORMATS: Readonly<Record<string, Format | 'ps' | 'wide'>> = {
  ps: 'ps',
  wide: 'wide',
  yaml: 'yaml',
  yml: 'yaml',
  json: 'json',
};
const OTHER_FORMATS = /^(custom-columns|go-template|go-template-file)(=|$)/;

export async function get(session: Session): Promise<number> {
  const output = session.words.value('output') ?? 'ps';
  if (OTHER_FORMATS.test(output)) return session.notEmulated(`-o ${output.replace(/=.*/, '')}`);
  const format = Object.hasOwn(FORMATS, output) ? FORMATS[output] : null;
  if (format === null) return session.fail(`unrecognized output format '${output}'`);
  const targets = await namedTargets(session);
  if (typeof targets === 'number') return targets;
  const found: Found[] = [];
  const errors: string[] = [];
  for (const target of targets) {
    const one = find(session, target);
    if (typeof one === 'string') errors.push(one);
    else found.push(one);
  }
  if (format === 'yaml' || format === 'json') printObjects(session, found, format);
  else for (const one of found) session.context.out(tableOf(session, one, format === 'wide'));
  return errors.length === 0 ? 0 : session.refuse(errors.join('\n'));
}

function find(session: Session, target: Target): Found | string {
  const { kind, name } = target;
  const { store } = session.cluster;
  const namespace = namespaceFor(session, target);
  if (typeof namespace !== 'string') return namespace.error;
  const isAll = session.words.has('all-namespaces');
  if (name === '') return { kind, resources: store.list(kind, isAll ? undefined : namespace), isList: true };
  if (isAll) return 'cannot use --all-namespace flag for getting a single resource';
  const resource = store.get(kind, name, namespace);
  if (resource === null) return doesNotExist({ kind, name, namespace });
  return { kind, resources: [session.words.has('export') ? exported(resource) : resource], isList: false };
}

/** `--export`: without what is of this cluster alone. */
const exported = (resource: Resource): Resource => {
  const { name, labels, annotations } = resource.metadata;
  return { ...resource, metadata: { name, namespace: '', labels, annotations } } as Resource;
};

function printObjects(session: Session, found: readonly Found[], format: Format): void {
  const { context } = session;
  if (found.length === 0) return;
  if (found.length > 1) {
    const objects = found.flatMap(({ resources }) => resources.map(resourceObject));
    context.out(printValue(objects, format, 'calicoctl'));
    return;
  }
  const [{ kind, resources, isList }] = found;
  context.out(isList ? printResources(kind, resources, format) : printResource(resources[0], format));
}

function tableOf({ cluster, words }: Session, { kind, resources }: Found, wide: boolean): string {
  const showsNamespace = words.has('all-namespaces') || words.value('namespace') !== undefined;
  return resourceTable(kind, resources, {
    wide,
    allNamespaces: showsNamespace && isNamespaced(kind),
    release: cluster.options.release,
    asNumber: cluster.store.get('BGPConfiguration', 'default')?.spec.asNumber,
  });
}
