// timeout: a command and the virtual time that it may take.
import type { Command, Context } from '../command.ts';
import { signalNumber } from '../process/signals.ts';
import { interval } from './sleep.ts';

interface Options {
  signal: number;
  killAfter: number | null;
  preserve: boolean;
  readonly words: readonly string[];
}

const HINT = "Try 'timeout --help' for more information.\n";

/** Null with a message for wrong use. */
function parse(context: Context, args: readonly string[]): Options | null {
  const options = { signal: 15, killAfter: null as number | null, preserve: false };
  let at = 0;
  for (; at < args.length && /^-./.test(args[at]); at++) {
    const arg = args[at];
    const valued = /^(-s|-k|--signal|--kill-after)(?:=?)(.*)$/.exec(arg);
    if (arg === '--') {
      at++;
      break;
    }
    if (valued !== null) {
      const value = valued[2] || (args[++at] ?? '');
      if (/s/.test(valued[1][1] === '-' ? valued[1][2] : valued[1])) options.signal = signalNumber(value);
      else options.killAfter = interval(value);
      if (options.signal < 0) {
        context.err(`timeout: ‘${value}’: invalid signal\n${HINT}`);
        return null;
      }
    } else if (arg === '--preserve-status' || arg === '-p') options.preserve = true;
    else if (arg !== '--foreground' && arg !== '-f' && arg !== '-v' && arg !== '--verbose') {
      context.err(`timeout: invalid option -- '${arg.replace(/^-+/, '')[0]}'\n${HINT}`);
      return null;
    }
  }
  const words = args.slice(at);
  if (words.length >= 2) return { ...options, words };
  context.err(HINT);
  return null;
}

async function run(context: Context, args: readonly string[]): Promise<number> {
  const options = parse(context, args);
  if (options === null) return 125;
  const [duration, ...words] = options.words;
  const seconds = interval(duration);
  if (seconds === null) {
    context.err(`timeout: invalid time interval ‘${duration}’\n${HINT}`);
    return 125;
  }
  const child = context.spawn(words);
  if (child === null) {
    context.err(`timeout: failed to run command ‘${words[0]}’: No such file or directory\n`);
    return 127;
  }
  context.process.onKill(() => child.kill(context.process.signal));
  await child.started;
  const ended =
    child.done ||
    (await context.process.wait(seconds === 0 ? Number.POSITIVE_INFINITY : seconds * 1e6, (wake) =>
      child.whenDone(wake),
    ));
  if (!ended && !child.done) return expire(context, child, options);
  return child.done ? child.status : 128 + context.process.signal;
}

type Child = NonNullable<ReturnType<Context['spawn']>>;

async function expire(context: Context, child: Child, options: Options): Promise<number> {
  const over = !context.process.killed;
  child.kill(options.signal);
  const grace = options.killAfter === null ? Number.POSITIVE_INFINITY : options.killAfter * 1e6;
  if (!child.done) await context.process.wait(grace, (wake) => child.whenDone(wake));
  if (!child.done) {
    child.kill(9);
    return dieLikeChild(context);
  }
  if (over && options.signal === 9) return dieLikeChild(context);
  return options.preserve || !over ? child.status : 124;
}

/** The tool kills itself too, so that its parent sees what became of the command. */
function dieLikeChild(context: Context): number {
  for (const entry of context.processes()) if (entry.pid === context.process.pid) entry.kill(9);
  return 137;
}

export const timeout: Command = { name: 'timeout', run };
