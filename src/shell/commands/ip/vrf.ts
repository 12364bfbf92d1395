// `ip vrf`: VRF devices with their tables, and commands whose sockets are bound to one (ip/ipvrf.c).
import { dumpLinks } from '../../../admin/link.ts';
import type { LinkInfo } from '../../../admin/types.ts';
import { parseUnsigned } from '../iproute2/numbers.ts';
import { prefixVerb, runVerb, type Verb } from '../iproute2/object.ts';
import type { Session } from '../iproute2/session.ts';
import { IP_VRF_USAGE } from './usage.ts';
import { tableOf, vrfCalled } from './vrf-words.ts';

const vrfsOf = (session: Session): LinkInfo[] =>
  dumpLinks(session.namespace).filter(({ kind }) => kind === 'vrf');

function show(session: Session, words: readonly string[]): number {
  const [name] = words;
  if (words.length > 1) return session.usage(IP_VRF_USAGE);
  if (name !== undefined) {
    const table = tableOf(session, name);
    if (table === null) return session.fail('Invalid VRF', 1);
    session.out(`${name} ${table}\n`);
    return 0;
  }
  list(session);
  return 0;
}

function list(session: Session): void {
  const vrfs = vrfsOf(session);
  const { json } = session.options;
  if (!json) session.out(vrfs.length === 0 ? `${HEAD}No VRF has been configured\n` : HEAD);
  const out = session.printer();
  for (const { name, vrfTable } of vrfs) {
    out.openObject();
    out.field('name', name, name.padEnd(16));
    out.field('table', vrfTable, ` ${String(vrfTable).padStart(5)}`);
    out.text('\n');
    out.closeObject();
  }
  session.out(out.finish());
}

const HEAD = `${'Name'.padEnd(16)}  Table\n${'-'.repeat(23)}\n`;

/** The exit status is the command's own; `default` is no VRF. */
async function exec(session: Session, words: readonly string[]): Promise<number> {
  const [name, ...argv] = words;
  if (name === undefined) return session.fail('No VRF name specified');
  if (argv.length === 0) return session.fail('No command specified');
  if (name !== 'default' && vrfCalled(session, name) === null) return session.fail('Invalid VRF name');
  session.context.process.vrf = name === 'default' ? '' : name;
  const status = await session.context.run(argv, session.namespace);
  return status < 0 ? session.fail(`exec of "${argv[0]}" failed: No such file or directory`, 1) : status;
}

function identify(session: Session, words: readonly string[]): number {
  const [pid] = words;
  const { context } = session;
  if (words.length > 1)
    return session.exit(`Error: argument "${words[1]}" is wrong: Extra arguments specified\n`);
  if (pid !== undefined && parseUnsigned(pid) === null)
    return session.exit(`Error: argument "${pid}" is wrong: Invalid pid\n`);
  const process = context.processes().find((one) => one.pid === Number(pid));
  const vrf = pid === undefined ? context.process.vrf : (process?.vrf ?? '');
  session.out(vrf === '' ? '' : `${vrf}\n`);
  return 0;
}

function processes(session: Session, words: readonly string[]): number {
  const [name] = words;
  if (name === undefined || words.length > 1) return session.fail('Invalid arguments');
  if (vrfCalled(session, name) === null) return session.fail('Invalid VRF name');
  for (const process of session.context.processes())
    if (process.namespace === session.namespace && process.vrf === name) session.out(`${process.pid}\n`);
  return 0;
}

const VERBS: readonly Verb[] = [
  prefixVerb('identify', identify),
  prefixVerb('pids', processes),
  prefixVerb('exec', exec),
  prefixVerb('show lst list', show),
  prefixVerb('help', (session) => session.usage(IP_VRF_USAGE)),
];

export const vrf = (session: Session, words: readonly string[]): number | Promise<number> =>
  runVerb(session, words, VERBS, show, 'ip vrf');
