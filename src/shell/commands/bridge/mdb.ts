// `bridge mdb`: groups that hosts behind a bridge have joined, of which none is kept here (bridge/mdb.c).
import { Arguments, exact, type Keyword, walk } from '../iproute2/arguments.ts';
import { prefixVerb, runVerb, type Verb } from '../iproute2/object.ts';
import type { Session } from '../iproute2/session.ts';
import { parseShow, VLAN_FILTER } from './port.ts';
import { MDB_USAGE } from './usage.ts';

function show(session: Session, words: readonly string[]): number {
  const filter = parseShow(new Arguments(session, words), VLAN_FILTER);
  if (typeof filter === 'number') return filter;
  const out = session.printer();
  out.openObject();
  out.openArray('mdb');
  out.closeArray();
  out.openObject('router');
  out.closeObject();
  out.closeObject();
  session.out(out.finish());
  return 0;
}

interface GroupWords {
  device: string;
  port: string;
  group: string;
}

const KEYWORDS: readonly Keyword<GroupWords>[] = [
  exact('dev', (words, args) => {
    words.device = args.value();
  }),
  exact('grp', (words, args) => {
    words.group = args.value();
  }),
  exact('port', (words, args) => {
    words.port = args.value();
  }),
  exact('vid src', (_, args) => {
    args.value();
  }),
];

function change(session: Session, rest: readonly string[]): number {
  const args = new Arguments(session, rest);
  const words: GroupWords = { device: '', port: '', group: '' };
  walk(args, KEYWORDS, words, () => {
    if (args.begins('help')) args.usage(MDB_USAGE);
  });
  if (args.failure !== 0) return args.failure;
  if (words.device === '' || words.group === '' || words.port === '')
    return session.fail('Device, group address and port name are required arguments.');
  for (const name of [words.device, words.port])
    if (session.link(name) === null) return session.noDevice(name);
  return session.notEmulated('bridge mdb add and delete');
}

const VERBS: readonly Verb[] = [
  prefixVerb('add', change),
  prefixVerb('delete', change),
  prefixVerb('show lst list', show),
  prefixVerb('help', (session) => session.usage(MDB_USAGE)),
];

export const mdb = (session: Session, words: readonly string[]): number | Promise<number> =>
  runVerb(session, words, VERBS, show, 'bridge mdb');
