// kubectl: the Pods, Nodes and Calico resources of the lab's cluster. After each change the lab is what they say.
import { clusterOf } from '../../../calico/cluster/of-lab.ts';
import type { Command, Context } from '../../command.ts';
import { type BadOption, type Options, readWords } from '../cluster/words.ts';
import { mark, patch } from './change.ts';
import { remove } from './delete.ts';
import { exec } from './exec.ts';
import { get } from './get.ts';
import { Session } from './session.ts';
import { HELP, USAGE } from './usage.ts';
import { write } from './write.ts';

/** Accepted anywhere; those that name another cluster or user have no effect here. */
const GLOBAL_VALUES = [
  'namespace',
  'context',
  'kubeconfig',
  'cluster',
  'user',
  'request-timeout',
  'field-manager',
];
const GLOBAL_LETTERS = { n: 'namespace', h: 'help' };

const options = (
  flags: readonly string[],
  values: readonly string[],
  letters: Options['letters'],
): Options => ({
  flags: ['help', ...flags],
  values: [...GLOBAL_VALUES, ...values],
  letters: { ...GLOBAL_LETTERS, ...letters },
});

const FILES = { f: 'filename', R: 'recursive' };
const ofFiles = (flags: readonly string[] = []): Options =>
  options(['recursive', 'save-config', 'server-side', 'force', ...flags], ['filename', 'validate'], FILES);
const OF_MARKS = options(['overwrite', 'all'], ['selector'], { l: 'selector' });

interface Entry {
  readonly options: Options;
  run(session: Session): number | Promise<number>;
}

const ENTRIES: Readonly<Record<string, Entry>> = {
  get: {
    options: options(
      ['all-namespaces', 'show-labels', 'no-headers', 'ignore-not-found'],
      ['output', 'selector'],
      { o: 'output', l: 'selector', A: 'all-namespaces' },
    ),
    run: get,
  },
  apply: { options: ofFiles(), run: write('apply') },
  create: { options: ofFiles(), run: write('create') },
  replace: { options: ofFiles(), run: write('replace') },
  delete: {
    options: options(
      ['recursive', 'all', 'all-namespaces', 'ignore-not-found', 'force', 'now', 'wait'],
      ['filename', 'selector', 'grace-period', 'timeout', 'cascade'],
      { ...FILES, l: 'selector', A: 'all-namespaces' },
    ),
    run: remove,
  },
  patch: { options: options([], ['patch', 'patch-file', 'type', 'subresource'], { p: 'patch' }), run: patch },
  label: { options: OF_MARKS, run: mark('labels') },
  annotate: { options: OF_MARKS, run: mark('annotations') },
  exec: {
    options: options(['stdin', 'tty', 'quiet'], ['container'], {
      i: 'stdin',
      t: 'tty',
      q: 'quiet',
      c: 'container',
    }),
    run: exec,
  },
};

/** Commands of kubectl that a lab has no use for. */
const ABSENT: ReadonlySet<string> = new Set([
  ...[
    'run',
    'expose',
    'set',
    'explain',
    'edit',
    'rollout',
    'scale',
    'autoscale',
    'certificate',
    'cluster-info',
  ],
  ...[
    'top',
    'cordon',
    'uncordon',
    'drain',
    'taint',
    'describe',
    'logs',
    'attach',
    'port-forward',
    'proxy',
    'cp',
  ],
  ...['auth', 'debug', 'events', 'diff', 'kustomize', 'wait', 'api-resources', 'api-versions', 'config'],
  ...['plugin', 'version', 'completion'],
]);

/** Where the command's name is, behind global options; -1 without one. */
function commandAt(args: readonly string[]): number {
  let at = 0;
  while (at < args.length && args[at].startsWith('-')) {
    const name = args[at].replace(/^--?/, '');
    at += name === 'n' || GLOBAL_VALUES.includes(name) ? 2 : 1;
  }
  return at < args.length ? at : -1;
}

function run(context: Context, args: readonly string[]): number | Promise<number> {
  const at = commandAt(args);
  if (at < 0 || args[at] === 'help') {
    context.out(USAGE);
    return 0;
  }
  const name = args[at];
  const entry = Object.hasOwn(ENTRIES, name) ? ENTRIES[name] : undefined;
  if (entry === undefined) {
    context.err(
      ABSENT.has(name)
        ? `vrouter: kubectl: ${name} is not emulated\n`
        : `error: unknown command "${name}" for "kubectl"\n`,
    );
    return 1;
  }
  const words = readWords([...args.slice(0, at), ...args.slice(at + 1)], entry.options);
  if ('option' in words) {
    context.err(`error: ${badOption(words)}\nSee 'kubectl ${name} --help' for usage.\n`);
    return 1;
  }
  if (words.has('help')) {
    context.out(HELP[name]);
    return 0;
  }
  return entry.run(new Session(context, clusterOf(context.lab), words, name));
}

/** pflag's words. */
function badOption({ option, lacksValue }: BadOption): string {
  const letter = option.slice(1);
  if (option.startsWith('--'))
    return lacksValue ? `flag needs an argument: ${option}` : `unknown flag: ${option.replace(/=.*/, '')}`;
  return lacksValue
    ? `flag needs an argument: '${letter}' in ${option}`
    : `unknown shorthand flag: '${letter}' in ${option}`;
}

export const kubectl: Command = { name: 'kubectl', run };
