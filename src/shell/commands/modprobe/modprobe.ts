// modprobe (kmod 30): loads and removes modules of the lab's kernel by name.
import { Errno, strerror } from '../../../addr/errno.ts';
import { loadedModules, loadModule, removeModule } from '../../../admin/module.ts';
import type { Command, Context } from '../../command.ts';
import { getoptLong, type LongOption } from '../net-tools/long-options.ts';
import { NETWORK_MODULES } from './network-modules.ts';
import { KERNEL_RELEASE } from './release.ts';

const DIRECTORY = `/lib/modules/${KERNEL_RELEASE}`;

const long = (name: string, letter: string, takesValue = false): LongOption => ({ name, letter, takesValue });

const LONG_OPTIONS: readonly LongOption[] = [
  long('all', 'a'),
  long('remove', 'r'),
  long('use-blacklist', 'b'),
  long('config', 'C', true),
  long('dirname', 'd', true),
  long('dry-run', 'n'),
  long('show', 'n'),
  long('first-time', '1'),
  long('force', 'f'),
  long('quiet', 'q'),
  long('set-version', 'S', true),
  long('show-depends', 'D'),
  long('syslog', 's'),
  long('verbose', 'v'),
  long('version', 'V'),
  long('help', 'h'),
];

const VERSION = `kmod version 30
+ZSTD +XZ -ZLIB +LIBCRYPTO -EXPERIMENTAL
`;

/** Modules are named with underscores; a dash stands for one. */
const canonical = (name: string): string => name.replaceAll('-', '_');

const isLoaded = (context: Context, name: string): boolean =>
  loadedModules(context.lab.kernel).includes(canonical(name));

function run(context: Context, args: readonly string[]): number {
  const parsed = getoptLong(args, 'arRibfDcnC:d:S:sqvVh1', LONG_OPTIONS);
  const given = new Set(parsed.options.map(({ letter }) => letter));
  if ('problem' in parsed) {
    context.err(`modprobe: ${parsed.problem}\n`);
    return 1;
  }
  if (given.has('V')) {
    context.out(VERSION);
    return 0;
  }
  const { operands } = parsed;
  if (operands.length === 0) {
    context.err('modprobe: ERROR: missing parameters. See -h.\n');
    return 1;
  }
  // Without -a the words behind the first are parameters of the module.
  const names = given.has('a') || given.has('r') ? operands : operands.slice(0, 1);
  const act = given.has('r') ? remove : load;
  return names.map((name) => act(context, name, given)).some((status) => status !== 0) ? 1 : 0;
}

function load(context: Context, name: string, given: ReadonlySet<string>): number {
  if (isLoaded(context, name) && !given.has('1')) return 0;
  if (isLoaded(context, name)) {
    context.err(`modprobe: ERROR: could not insert '${canonical(name)}': Module already in kernel\n`);
    return 1;
  }
  const refusal = loadModule(context.lab.kernel, name);
  if (refusal === null || NETWORK_MODULES.has(canonical(name))) return 0;
  if (given.has('q')) return 1;
  // -a goes on with the next module, and so only warns.
  if (refusal.errno === Errno.ENOENT && given.has('a'))
    context.err(`modprobe: WARNING: Module ${name} not found in directory ${DIRECTORY}\n`);
  else if (refusal.errno === Errno.ENOENT)
    context.err(`modprobe: FATAL: Module ${name} not found in directory ${DIRECTORY}\n`);
  else context.err(`modprobe: ERROR: could not insert '${canonical(name)}': ${strerror(refusal.errno)}\n`);
  return 1;
}

function remove(context: Context, name: string, given: ReadonlySet<string>): number {
  const refusal = removeModule(context.lab.kernel, name);
  if (refusal === null || given.has('q')) return refusal === null ? 0 : 1;
  if (refusal.errno === Errno.EBUSY) context.err(`modprobe: FATAL: Module ${canonical(name)} is in use.\n`);
  else context.err(`modprobe: FATAL: Module ${name} not found.\n`);
  return 1;
}

export const modprobe: Command = { name: 'modprobe', run };
