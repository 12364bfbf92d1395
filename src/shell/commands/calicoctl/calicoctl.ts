// calicoctl: the resources of the lab's cluster, read and written in the words of the real one (of v3.32, or of the release
// that the cluster has). After each change the lab is what the resources say.
import type { Release } from '../../../calico/calc/release.ts';
import { clusterOf } from '../../../calico/cluster/of-lab.ts';
import type { Command, Context } from '../../command.ts';
import { type Options, readWords } from '../cluster/words.ts';
import { remove } from './delete.ts';
import { get } from './get.ts';
import { ipam } from './ipam.ts';
import { node } from './node-status.ts';
import { label, patch } from './patch.ts';
import { Session } from './session.ts';
import { HELP, USAGE } from './usage.ts';
import { write } from './write.ts';

const COMMON: Options = {
  flags: ['help', 'allow-version-mismatch'],
  values: ['config', 'context'],
  letters: { h: 'help', c: 'config' },
};

/** What a command takes besides the common options. */
const options = (
  flags: readonly string[],
  values: readonly string[],
  letters: Options['letters'],
): Options => ({
  flags: [...COMMON.flags, ...flags],
  values: [...COMMON.values, ...values],
  letters: { ...COMMON.letters, ...letters },
});

const FILE_LETTERS = { f: 'filename', R: 'recursive', n: 'namespace' };
const ofFiles = (flags: readonly string[] = [], values: readonly string[] = [], letters = {}): Options =>
  options(['recursive', 'skip-empty', ...flags], ['filename', 'namespace', ...values], {
    ...FILE_LETTERS,
    ...letters,
  });

interface Entry {
  readonly options: Options;
  run(session: Session): number | Promise<number>;
}

const ENTRIES: Readonly<Record<string, Entry>> = {
  apply: { options: ofFiles(), run: write('apply') },
  create: { options: ofFiles(['skip-exists']), run: write('create') },
  replace: { options: ofFiles(), run: write('replace') },
  validate: { options: ofFiles(), run: write('validate') },
  delete: { options: ofFiles(['skip-not-exists'], [], { s: 'skip-not-exists' }), run: remove },
  get: {
    options: ofFiles(['all-namespaces', 'export'], ['output'], {
      o: 'output',
      A: 'all-namespaces',
      a: 'all-namespaces',
    }),
    run: get,
  },
  patch: {
    options: options([], ['patch', 'type', 'namespace'], { p: 'patch', t: 'type', n: 'namespace' }),
    run: patch,
  },
  label: { options: options(['overwrite', 'remove'], ['namespace'], { n: 'namespace' }), run: label },
  ipam: {
    options: options(['show-blocks', 'show-borrowed', 'show-configuration'], ['ip'], {}),
    run: ipam,
  },
  node: { options: options([], [], {}), run: node },
  version: { options: options(['client'], ['poll'], {}), run: version },
};

/** The newest of each line that the reference has read. */
const VERSIONS: Readonly<Record<Release, string>> = {
  'v3.20': 'v3.20.3',
  'v3.31': 'v3.31.5',
  'v3.32': 'v3.32.1',
  'v3.33': 'v3.33.0',
};

function version(session: Session): number {
  const own = VERSIONS[session.cluster.options.release];
  session.out(`Client Version:    ${own}\nGit commit:        vrouter`);
  if (!session.words.has('client')) session.out(`Cluster Version:   ${own}\nCluster Type:      k8s,bgp`);
  return 0;
}

/** Options before the command; the rest is the command's. */
function skipGlobal(args: readonly string[]): number {
  let at = 0;
  while (at < args.length && args[at].startsWith('-')) {
    const takesValue = /^(-l|--log-level|--context)$/.test(args[at]);
    if (!takesValue && !/^(--log-level=|--context=|-l.|--allow-version-mismatch$)/.test(args[at])) break;
    at += takesValue ? 2 : 1;
  }
  return at;
}

function run(context: Context, args: readonly string[]): number | Promise<number> {
  const [name, ...rest] = args.slice(skipGlobal(args));
  if (name === '-h' || name === '--help') {
    context.out(USAGE);
    return 0;
  }
  if (name === undefined || name.startsWith('-')) {
    context.out(
      `Invalid option: '${args.join(' ')}'. Use flag '--help' to read about a specific subcommand.\n`,
    );
    return 1;
  }
  return runCommand(context, name, rest);
}

/** Commands of calicoctl that a lab has no use for. */
const ABSENT: ReadonlySet<string> = new Set(['convert', 'cluster', 'datastore', 'export', 'import']);

function runCommand(context: Context, name: string, rest: readonly string[]): number | Promise<number> {
  const entry = Object.hasOwn(ENTRIES, name) ? ENTRIES[name] : undefined;
  if (entry === undefined) {
    context.err(
      ABSENT.has(name)
        ? `vrouter: calicoctl: ${name} is not emulated\n`
        : `unknown command: "${name}"\n${USAGE}\n`,
    );
    return 1;
  }
  const words = readWords(rest, entry.options);
  const line = [name, ...rest].join(' ');
  if ('option' in words) {
    context.err(
      `invalid option: 'calicoctl ${line}'. Use flag '--help' to read about a specific subcommand\n`,
    );
    return 1;
  }
  if (words.has('help')) {
    context.out(HELP[name]);
    return 0;
  }
  return entry.run(new Session(context, clusterOf(context.lab), words, line));
}

export const calicoctl: Command = { name: 'calicoctl', run };
