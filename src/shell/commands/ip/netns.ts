// `ip netns` (ip/ipnetns.c). The names are the lab's; /run/netns lists the latest first, as a tmpfs does.
import { Errno, refuse, strerror } from '../../../addr/errno.ts';
import { dumpNamespaceIds, namespaceId, setNamespaceId } from '../../../admin/netns-id.ts';
import type { Namespace } from '../../../netns/namespace.ts';
import { Arguments, exact, type Keyword, walk } from '../iproute2/arguments.ts';
import { parseInteger } from '../iproute2/numbers.ts';
import { prefixVerb, runVerb, type Verb } from '../iproute2/object.ts';
import type { Printer } from '../iproute2/printer.ts';
import type { Session } from '../iproute2/session.ts';
import { namespaceOfProcess } from './process-namespace.ts';
import { NETNS_USAGE } from './usage.ts';

const NO_ENTRY = strerror(Errno.ENOENT);
const NAME_MAX = 255;
const pathOf = (name: string): string => `/run/netns/${name}`;

function list(session: Session): number {
  const out = session.printer();
  for (const name of session.namespaceNames()) {
    out.openObject();
    out.field('name', name, name);
    const id = namespaceId(session.namespace, session.namespaceCalled(name) as Namespace);
    if (id >= 0) out.field('id', id, ` (id: ${id})`);
    out.text('\n');
    out.closeObject();
  }
  session.out(out.finish());
  return 0;
}

function add(session: Session, [name]: readonly string[]): number {
  if (name === undefined) return session.fail('No netns name specified');
  if (session.lab.addNamespace(name) !== null) return 0;
  return session.fail(`Cannot create namespace file "${pathOf(name)}": ${strerror(Errno.EEXIST)}`);
}

function attach(session: Session, [name, pid]: readonly string[]): number {
  if (name === undefined || pid === undefined) return session.fail('No netns name and PID specified');
  const number = parseInteger(pid);
  if (number === null || number === 0) return session.fail(`Invalid PID: ${pid}`);
  if (session.namespaceCalled(name) !== null)
    return session.fail(`Cannot create namespace file "${pathOf(name)}": ${strerror(Errno.EEXIST)}`);
  const namespace = namespaceOfProcess(session, number);
  if (namespace === null)
    return session.fail(`Bind /proc/${number}/ns/net -> ${pathOf(name)} failed: ${NO_ENTRY}`);
  session.lab.names.set(name, namespace);
  return 0;
}

function removeOne(session: Session, name: string): number {
  if (session.lab.removeNamespace(name)) return 0;
  return session.fail(`Cannot remove namespace file "${pathOf(name)}": ${NO_ENTRY}`);
}

function remove(session: Session, [name]: readonly string[]): number {
  if (session.options.all) {
    for (const each of session.namespaceNames()) removeOne(session, each);
    return 0;
  }
  return name === undefined ? session.fail('No netns name specified') : removeOne(session, name);
}

function setId(session: Session, [name, text]: readonly string[]): number {
  if (name === undefined) return session.fail('No netns name specified');
  if (text === undefined) return session.fail('No nsid specified');
  const id = text === 'auto' ? -1 : parseInteger(text);
  if (id === null) return session.exit(`Error: argument "${text}" is wrong: Invalid "netnsid" value`);
  if (id < 0 && text !== 'auto')
    return session.exit(`Error: argument "${text}" is wrong: "netnsid" value should be >= 0`);
  const peer = session.namespaceCalled(name);
  if (peer === null) return session.fail(`Cannot open network namespace "${name}": ${NO_ENTRY}`);
  return session.answer(setNamespaceId(session.namespace, peer, id));
}

// ---- ids -----------------------------------------------------------------------------------------------------

interface IdWords {
  target: number;
  id: number;
}

const idKeyword = (word: string, name: keyof IdWords): Keyword<IdWords> =>
  exact(word, (words, args) => {
    if (words[name] >= 0) return args.duplicate(word, args.word);
    const text = args.value();
    const id = parseInteger(text);
    if (id === null) return args.wrong(`"${word}" value is invalid`, text);
    if (id < 0) return args.wrong(`"${word}" value should be >= 0`, args.hasValue ? args.value() : '(null)');
    words[name] = id;
  });

const ID_KEYWORDS = [idKeyword('target-nsid', 'target'), idKeyword('nsid', 'id')];

function listIds(session: Session, rest: readonly string[]): number {
  const args = new Arguments(session, rest);
  const words: IdWords = { target: -1, id: -1 };
  walk(args, ID_KEYWORDS, words, () => args.usage(NETNS_USAGE));
  if (args.failure !== 0) return args.failure;
  if (words.target >= 0) return session.notEmulated('ip netns list-id target-nsid');
  const ids = dumpNamespaceIds(session.namespace).filter(({ id }) => words.id < 0 || id === words.id);
  if (words.id >= 0 && ids.length === 0)
    return session.answer(refuse(Errno.ENOENT, 'Peer netns reference is invalid'));
  const out = session.printer();
  for (const { id, peer } of ids) printId(session, out, id, peer);
  session.out(out.finish());
  return 0;
}

function printId(session: Session, out: Printer, id: number, peer: Namespace): void {
  out.openObject();
  out.field('nsid', id, `nsid ${id} `);
  const name = session.lab.nameOf(peer);
  if (name !== null) out.field('name', name, `(iproute2 netns name: ${name})`);
  out.text('\n');
  out.closeObject();
}

// ---- processes -----------------------------------------------------------------------------------------------

/** The exit status is the command's own. */
async function exec(session: Session, words: readonly string[]): Promise<number> {
  const { all } = session.options;
  if (words.length < 1 && !all) return session.fail('No netns name specified');
  if (words.length < (all ? 1 : 2)) return session.fail('No command specified');
  if (all) return execAll(session, words);
  const [name, ...argv] = words as [string, ...string[]];
  const namespace = session.namespaceCalled(name);
  if (namespace === null) return session.enter(name);
  // vrf_reset.
  session.context.process.vrf = '';
  const status = await session.context.run(argv, namespace);
  return status < 0 ? session.fail(`exec of "${argv[0]}" failed: ${NO_ENTRY}`, 1) : status;
}

async function execAll(session: Session, argv: readonly string[]): Promise<number> {
  for (const name of session.namespaceNames()) {
    session.out(`\nnetns: ${name}\n`);
    await session.context.run(argv, session.namespaceCalled(name) as Namespace);
  }
  return 0;
}

const isProcessId = (text: string): boolean => /^\d*$/.test(text);

function identify(session: Session, words: readonly string[]): number {
  const [pid] = words;
  if (words.length > 1) return session.fail('extra arguments specified');
  if (pid !== undefined && !isProcessId(pid)) return session.fail(`Specified string '${pid}' is not a pid`);
  const namespace = pid === undefined ? session.namespace : namespaceOfProcess(session, Number(pid));
  if (namespace === null) return session.fail(`Cannot open network namespace: ${NO_ENTRY}`);
  session.out(`${session.lab.nameOf(namespace) ?? ''}\n`);
  return 0;
}

function processes(session: Session, words: readonly string[]): number {
  const [name] = words;
  if (name === undefined) return session.fail('No netns name specified');
  if (words.length > 1) return session.fail('extra arguments specified');
  const namespace = session.namespaceCalled(name);
  if (namespace === null) return session.fail(`Cannot open network namespace: ${NO_ENTRY}`);
  for (const process of session.context.processes())
    if (process.namespace === namespace) session.out(`${process.pid}\n`);
  return 0;
}

const VERBS: readonly Verb[] = [
  prefixVerb('list show lst', list),
  prefixVerb('list-id', listIds),
  prefixVerb('help', (session) => session.usage(NETNS_USAGE)),
  prefixVerb('add', add),
  prefixVerb('set', setId),
  prefixVerb('delete', remove),
  prefixVerb('identify', identify),
  prefixVerb('pids', processes),
  prefixVerb('exec', exec),
  prefixVerb('monitor', (session) => session.notEmulated('ip netns monitor')),
  prefixVerb('attach', attach),
];

const isInvalidName = (name: string): boolean =>
  name === '' || name.length > NAME_MAX || name.includes('/') || name === '.' || name === '..';

export function netns(session: Session, words: readonly string[]): number | Promise<number> {
  const name = words[1];
  if (!session.options.all && name !== undefined && isInvalidName(name))
    return session.exit(`Invalid netns name "${name}"`);
  return runVerb(session, words, VERBS, list, 'ip netns');
}
