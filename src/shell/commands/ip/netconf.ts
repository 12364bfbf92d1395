// `ip netconf show [dev NAME]` (ip/ipnetconf.c).
import { dumpNetconf } from '../../../admin/netconf.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { prefixVerb, runVerb, type Verb } from '../iproute2/object.ts';
import type { Session } from '../iproute2/session.ts';
import { printNetconf } from './netconf-print.ts';

const USAGE = 'Usage: ip netconf show [ dev STRING ]\n';

function list(session: Session, rest: readonly string[]): number {
  const args = new Arguments(session, rest);
  let index = 0;
  // Whatever is not `dev` is passed over.
  for (; !args.done; args.advance()) {
    if (!args.is('dev')) continue;
    const name = args.value();
    if (args.failure !== 0) return args.failure;
    const link = session.link(name);
    if (link === null) return session.fail(`Device "${name}" does not exist.`);
    index = link.index;
  }
  if (!session.ipv4) return 0;
  const out = session.printer();
  for (const info of dumpNetconf(session.namespace)) {
    if (index !== 0 && info.index !== index) continue;
    out.openObject();
    printNetconf(out, info, (each) => session.nameOf(each));
    out.closeObject();
  }
  session.out(out.finish());
  return 0;
}

const VERBS: readonly Verb[] = [
  prefixVerb('show lst list', list),
  prefixVerb('help', (session) => session.usage(USAGE)),
];

export const netconf = (session: Session, words: readonly string[]): number | Promise<number> =>
  runVerb(session, words, VERBS, list, 'ip netconf');
