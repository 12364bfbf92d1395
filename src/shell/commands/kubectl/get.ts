// kubectl get.
import { formatIpv4 } from '../../../addr/ipv4.ts';
import type { Cluster } from '../../../calico/cluster/cluster.ts';
import { type Format, listObject, printValue } from '../../../calico/resource/print.ts';
import { isRecord } from '../../../calico/resource/read-value.ts';
import { kubectlTable, podTable } from '../../../calico/resource/table.ts';
import type { ApiObject } from './api-server.ts';
import { jsonPath } from './jsonpath.ts';
import { parseLabelSelector } from './labels.ts';
import type { Selection, Session } from './session.ts';
import { type ApiType, objectName } from './types.ts';

interface Found {
  readonly type: ApiType;
  readonly objects: readonly ApiObject[];
}

export function get(session: Session): number {
  const output = session.words.value('output') ?? '';
  const selections = session.select();
  if (typeof selections === 'number') return selections;
  const matches = parseLabelSelector(session.words.value('selector') ?? '');
  if (matches === null)
    return session.fail(`error: unable to parse requirement: ${session.words.value('selector')}`);
  let status = 0;
  const found = selections.map((selection): Found => {
    const missing = (name: string): number => (status = session.notFound(selection.type, name));
    return { type: selection.type, objects: objectsOf(session, selection, missing).filter(matches) };
  });
  const isOne = selections.length === 1 && selections[0].names?.length === 1;
  return Math.max(status, show(session, found, output, isOne));
}

function objectsOf(
  session: Session,
  { type, names }: Selection,
  missing: (name: string) => number,
): ApiObject[] {
  const { api, namespace, words } = session;
  if (names === null) return api.list(type, words.has('all-namespaces') ? undefined : namespace);
  return names.flatMap((name) => {
    const object = api.get(type, name, type.isNamespaced ? namespace : '');
    if (object === null && !words.has('ignore-not-found')) missing(name);
    return object === null ? [] : [object];
  });
}

function show(session: Session, found: readonly Found[], output: string, isOne: boolean): number {
  const objects = found.flatMap((each) => each.objects);
  const [format, template = ''] = output.split(/=(.*)/s);
  if (format === 'yaml' || format === 'json') return showObjects(session, objects, format, isOne);
  if (format === 'jsonpath') return showPath(session, objects, template, isOne);
  if (format === 'name') {
    for (const { type, objects: own } of found)
      for (const { metadata } of own) session.out(objectName(type, metadata.name));
    return 0;
  }
  if (format !== '' && format !== 'wide')
    return session.fail(
      `error: unable to match a printer suitable for the output format "${format}", ` +
        'allowed formats are: json,jsonpath,name,wide,yaml',
    );
  return showTables(session, found, format === 'wide');
}

function showObjects(
  { context }: Session,
  objects: readonly ApiObject[],
  format: Format,
  isOne: boolean,
): number {
  if (isOne && objects.length === 0) return 0;
  context.out(printValue(isOne ? objects[0] : listObject(objects), format, 'kubectl'));
  return 0;
}

function showPath(session: Session, objects: readonly ApiObject[], template: string, isOne: boolean): number {
  if (isOne && objects.length === 0) return 0;
  const text = jsonPath(isOne ? objects[0] : listObject(objects), template);
  if (text === null) return session.fail(`error: error parsing jsonpath ${template}`);
  session.context.out(text);
  return 0;
}

// ---- tables --------------------------------------------------------------------------------------------------

function showTables(session: Session, found: readonly Found[], wide: boolean): number {
  const { context, words, namespace } = session;
  const full = found.filter(({ objects }) => objects.length > 0);
  if (full.length === 0) {
    const isPlaced = found.some(({ type }) => type.isNamespaced) && !words.has('all-namespaces');
    if (found.length > 0 && !words.operands.slice(1).length && !words.operands[0].includes('/'))
      context.err(`No resources found${isPlaced ? ` in ${namespace} namespace.` : ''}\n`);
    return 0;
  }
  const tables = full.map((each) => tableOf(session, each, wide, found.length > 1));
  context.out(
    tables.map((table) => (words.has('no-headers') ? table.replace(/^.*\n/, '') : table)).join('\n'),
  );
  return 0;
}

function tableOf(session: Session, { type, objects }: Found, wide: boolean, isMixed: boolean): string {
  const nameOf = ({ metadata }: ApiObject): string =>
    isMixed ? objectName(type, metadata.name) : metadata.name;
  if (type.kind === 'Pod') return podsTable(session, objects, nameOf, wide);
  const columns = type.kind === 'Node' ? nodeColumns(session.cluster, wide) : (COLUMNS[type.kind] ?? [AGE]);
  const rows = objects.map((object) => [nameOf(object), ...columns.map(([, cell]) => cell(object))]);
  const labels = session.words.has('show-labels');
  return kubectlTable([
    ['NAME', ...columns.map(([heading]) => heading), ...(labels ? ['LABELS'] : [])],
    ...rows.map((row, at) => (labels ? [...row, labelsText(objects[at])] : row)),
  ]);
}

function podsTable(
  { api, words }: Session,
  objects: readonly ApiObject[],
  nameOf: (object: ApiObject) => string,
  wide: boolean,
): string {
  const pods = objects.flatMap((object) => {
    const pod = api.pod(object.metadata.name, object.metadata.namespace ?? 'default');
    return pod === null ? [] : [{ ...pod, metadata: { ...pod.metadata, name: nameOf(object) } }];
  });
  const table = podTable(pods, { wide, allNamespaces: words.has('all-namespaces') });
  if (!words.has('show-labels')) return table;
  const lines = table.trimEnd().split('\n');
  const width = Math.max(...lines.map(({ length }) => length)) + 3;
  const labels = ['LABELS', ...objects.map(labelsText)];
  return lines.map((line, at) => `${line.padEnd(width)}${labels[at]}\n`).join('');
}

function labelsText({ metadata }: ApiObject): string {
  const labels = Object.entries(metadata.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return labels.length === 0 ? '<none>' : labels.sort().join(',');
}

type Column = readonly [heading: string, cell: (object: ApiObject) => string];

/** The lab has its own clock: nobody knows when an object was made. */
const AGE: Column = ['AGE', () => '<unknown>'];

const field =
  (name: string) =>
  ({ spec }: ApiObject): string => {
    const value = isRecord(spec) ? spec[name] : undefined;
    return value === undefined ? '' : String(value);
  };

/** additionalPrinterColumns of Calico's definitions (api/config/crd of v3.32). */
const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  IPPool: [
    ['CIDR', field('cidr')],
    ['VXLAN', field('vxlanMode')],
    ['IPIP', field('ipipMode')],
    ['NAT', field('natOutgoing')],
    AGE,
  ],
  BGPPeer: [
    ['NODE SELECTOR', field('nodeSelector')],
    ['NODE', field('node')],
    ['LOCAL ASN', field('localASNumber')],
    ['PEER SELECTOR', field('peerSelector')],
    ['PEER IP', field('peerIP')],
    ['PEER ASN', field('asNumber')],
  ],
  IPAMBlock: [
    ['CIDR', field('cidr')],
    ['AFFINITY', field('affinity')],
  ],
  BlockAffinity: [
    ['CIDR', field('cidr')],
    ['NODE', field('node')],
    ['TYPE', field('type')],
  ],
};

const ROLE = 'node-role.kubernetes.io/';

function rolesOf({ metadata }: ApiObject): string {
  const roles = Object.keys(metadata.labels ?? {}).flatMap((key) =>
    key.startsWith(ROLE) ? [key.slice(ROLE.length)] : [],
  );
  return roles.sort().join(',') || '<none>';
}

function nodeColumns({ graph }: Cluster, wide: boolean): Column[] {
  const unknown = (heading: string): Column => [heading, () => '<unknown>'];
  const addressOf = ({ metadata }: ApiObject): string => {
    const address = graph.host(metadata.name)?.address ?? 0;
    return address === 0 ? '<none>' : formatIpv4(address);
  };
  const columns: Column[] = [['STATUS', () => 'Ready'], ['ROLES', rolesOf], AGE, unknown('VERSION')];
  if (!wide) return columns;
  return [
    ...columns,
    ['INTERNAL-IP', addressOf],
    ['EXTERNAL-IP', () => '<none>'],
    unknown('OS-IMAGE'),
    unknown('KERNEL-VERSION'),
    unknown('CONTAINER-RUNTIME'),
  ];
}
