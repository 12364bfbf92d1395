// How `ip` and `bridge` start: options, then one object with its words, or a batch of such lines (main and do_batch).
import { Errno, strerror } from '../../../addr/errno.ts';
import type { Context } from '../../command.ts';
import { Arguments, find, type Keyword } from './arguments.ts';
import { readCommands } from './batch.ts';
import type { Verb } from './object.ts';
import { defaultOptions, paletteOf, parseColor } from './options.ts';
import { Session, type Statuses } from './session.ts';

export interface Tool {
  readonly name: string;
  /** In the order in which they are compared. */
  readonly options: readonly Keyword<Session>[];
  /** What the complaint about an unknown option recommends. */
  readonly optionHelp: string;
  readonly objects: readonly Verb[];
  readonly statuses: Statuses;
  readonly usage: string;
}

export async function runTool(context: Context, tool: Tool, words: readonly string[]): Promise<number> {
  const session = new Session(context, defaultOptions(), tool.statuses);
  const args = new Arguments(session, words);
  takeOptions(session, args, tool);
  await session.loadNames();
  if (args.failure !== 0 || session.exited) return args.failure;
  if (session.options.batch !== null) return runBatch(session, tool, session.options.batch);
  if (args.done) return session.usage(tool.usage);
  return runObject(session, tool, args.rest);
}

/** Leaves `args` at the object. */
function takeOptions(session: Session, args: Arguments, tool: Tool): void {
  for (; !args.done && !session.exited && args.word.startsWith('-'); args.advance()) {
    if (args.word === '--') {
      args.advance();
      break;
    }
    takeOption(session, args, tool);
  }
}

function takeOption(session: Session, args: Arguments, tool: Tool): void {
  const word = args.word.startsWith('--') ? args.word.slice(1) : args.word;
  // No option that is compared before -color begins with its letters.
  const color = parseColor(word);
  const option = find(word, tool.options);
  if (color !== null) setPalette(session, color);
  else if (option !== undefined) option.take(session, args);
  else args.exit(`Option "${word}" is unknown, try "${tool.optionHelp}".`);
}

function setPalette({ context, options }: Session, color: 'always' | 'auto' | 'never'): void {
  const wanted = color === 'always' || (color === 'auto' && context.isTerminal);
  options.palette = wanted ? paletteOf(context.env) : 0;
}

function runObject(session: Session, tool: Tool, words: readonly string[]): number | Promise<number> {
  const [word = '', ...rest] = words;
  const object = find(word, tool.objects);
  if (object !== undefined) return object.run(session, rest);
  return session.fail(`Object "${word}" is unknown, try "${tool.name} help".`);
}

/** `-batch FILE`: stops at the first line that fails, unless `-force` was given. */
async function runBatch(session: Session, tool: Tool, file: string): Promise<number> {
  const bytes = file === '-' ? await session.context.readStdin() : await session.context.readFile(file);
  if (bytes === null)
    return session.fail(`Cannot open file "${file}" for reading: ${strerror(Errno.ENOENT)}`, 1);
  const { family } = session.options;
  let result = 0;
  for (const { words, line } of readCommands(new TextDecoder().decode(bytes))) {
    session.options.family = family;
    const status =
      words === null ? session.exit('Unterminated quoted string', 1) : await runObject(session, tool, words);
    if (session.exited) return status;
    if (status === 0) continue;
    session.fail(`Command failed ${file}:${line}`);
    result = 1;
    if (!session.options.force) break;
  }
  return result;
}
