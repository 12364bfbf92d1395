// pidof, pgrep, pkill, killall, ps: the processes of the script by name.
import type { Command, Context, ProcessEntry } from '../command.ts';
import { compileExtended, type Expression } from '../expression/expression.ts';
import { baseName } from '../files/paths.ts';
import { signalNumber } from '../process/signals.ts';

const named = (context: Context, wanted: (name: string) => boolean): ProcessEntry[] =>
  context.processes().filter((entry) => entry.pid !== context.process.pid && wanted(baseName(entry.name)));

function runPidof(context: Context, args: readonly string[]): number {
  const names = new Set(args.filter((arg) => !arg.startsWith('-')).map(baseName));
  const found = named(context, (name) => names.has(name)).reverse();
  if (found.length === 0) return 1;
  const chosen = args.includes('-s') ? found.slice(0, 1) : found;
  context.out(`${chosen.map((entry) => entry.pid).join(' ')}\n`);
  return 0;
}

interface Selection {
  signal: number;
  exact: boolean;
  full: boolean;
  patterns: string[];
}

/** Null with a message for an unknown signal. */
function select(context: Context, program: string, args: readonly string[]): Selection | null {
  const selection: Selection = { signal: 15, exact: false, full: false, patterns: [] };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === '-x' || arg === '-e' || arg === '--exact') selection.exact = arg !== '-e';
    else if (arg === '-f' || arg === '--full') selection.full = true;
    else if (arg === '-s' || arg === '--signal') selection.signal = signalNumber(args[++i] ?? '');
    else if (/^-(\d+|(SIG)?[A-Z]{2,}\d?)$/.test(arg)) selection.signal = signalNumber(arg.slice(1));
    else if (!arg.startsWith('-')) selection.patterns.push(arg);
    if (selection.signal < 0) {
      context.err(`${program}: unknown signal ${arg}\n`);
      return null;
    }
  }
  return selection;
}

/** Null with a message for a pattern that is none. */
function expressionOf(context: Context, program: string, selection: Selection): Expression | null {
  const [pattern = ''] = selection.patterns;
  const expression = compileExtended(selection.exact ? `^(${pattern})$` : pattern, {});
  if (typeof expression !== 'string') return expression;
  context.err(`${program}: regex error: ${expression}\n`);
  return null;
}

function matching(
  context: Context,
  program: string,
  args: readonly string[],
): [Selection, ProcessEntry[]] | null {
  const selection = select(context, program, args);
  const expression = selection === null ? null : expressionOf(context, program, selection);
  if (selection === null || expression === null) return null;
  const found = context
    .processes()
    .filter((entry) => entry.pid !== context.process.pid && !entry.shell)
    .filter((entry) => expression.test(selection.full ? entry.command : baseName(entry.name)));
  return [selection, found];
}

function runPkill(context: Context, args: readonly string[]): number {
  const matched = matching(context, 'pkill', args);
  if (matched === null) return 2;
  const [selection, found] = matched;
  for (const entry of found) entry.kill(selection.signal);
  return found.length > 0 ? 0 : 1;
}

function runPgrep(context: Context, args: readonly string[]): number {
  const long = args.includes('-l') || args.includes('-a');
  const matched = matching(context, 'pgrep', args);
  if (matched === null) return 2;
  const [, found] = matched;
  for (const entry of found)
    context.out(
      long ? `${entry.pid} ${args.includes('-a') ? entry.command : entry.name}\n` : `${entry.pid}\n`,
    );
  return found.length > 0 ? 0 : 1;
}

function runKillall(context: Context, args: readonly string[]): number {
  const selection = select(context, 'killall', args);
  if (selection === null) return 1;
  const quiet = args.includes('-q');
  let status = 0;
  for (const pattern of selection.patterns) {
    const found = named(context, (name) => name === baseName(pattern));
    for (const entry of found) entry.kill(selection.signal);
    if (found.length > 0) continue;
    status = 1;
    if (!quiet) context.err(`${pattern}: no process found\n`);
  }
  return status;
}

function runPs(context: Context): number {
  context.out('    PID TTY          TIME CMD\n');
  for (const entry of context.processes())
    context.out(`${String(entry.pid).padStart(7)} ?        00:00:00 ${baseName(entry.name)}\n`);
  return 0;
}

export const pidof: Command = { name: 'pidof', run: runPidof };
export const pkill: Command = { name: 'pkill', run: runPkill };
export const pgrep: Command = { name: 'pgrep', run: runPgrep };
export const killall: Command = { name: 'killall', run: runKillall };
export const ps: Command = { name: 'ps', run: runPs };
