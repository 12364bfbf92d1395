// mktemp and realpath.
import type { Command, Context } from '../command.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Letters for a template's X's: the same ones in every run. */
function letters(count: number, number: number): string {
  let rest = number;
  let text = '';
  for (let i = 0; i < count; i++) {
    text += LETTERS[rest % LETTERS.length];
    rest = Math.floor(rest / LETTERS.length) + 7 * i + 3;
  }
  return text;
}

async function runMktemp(context: Context, args: readonly string[]): Promise<number> {
  const directory = args.some((arg) => /^-[a-z]*d/.test(arg) || arg === '--directory');
  const dry = args.some((arg) => /^-[a-z]*u/.test(arg));
  const at = args.findIndex((arg) => arg === '-p' || arg === '--tmpdir');
  const parent = at >= 0 ? (args[at + 1] ?? '/tmp') : (context.env.get('TMPDIR') ?? '/tmp');
  const given = args.filter((arg, index) => !arg.startsWith('-') && (at < 0 || index !== at + 1))[0];
  const template = given ?? 'tmp.XXXXXXXXXX';
  const found = /X{3,}(?=[^X/]*$)/.exec(template);
  if (found === null) {
    context.err(`mktemp: too few X's in template ‘${template}’\n`);
    return 1;
  }
  const inParent = given === undefined || at >= 0 || args.includes('-t');
  for (let number = context.process.pid; ; number++) {
    const name = template.replace(found[0], letters(found[0].length, number));
    const path = inParent ? `${parent}/${name}` : name;
    if (typeof context.stat(path) !== 'string') continue;
    const error = dry
      ? null
      : directory
        ? context.makeDirectory(path)
        : await context.writeFile(path, new Uint8Array(0));
    if (error === null) {
      context.out(`${path}\n`);
      return 0;
    }
    const kind = directory ? 'directory' : 'file';
    context.err(
      `mktemp: failed to create ${kind} via template ‘${inParent ? `${parent}/` : ''}${template}’: ${error}\n`,
    );
    return 1;
  }
}

function runRealpath(context: Context, args: readonly string[]): number {
  let status = 0;
  for (const path of args.filter((arg) => !arg.startsWith('-'))) {
    const stat = context.stat(path);
    if (typeof stat !== 'string') context.out(`${stat.path}\n`);
    else {
      context.err(`realpath: ${path}: ${stat}\n`);
      status = 1;
    }
  }
  return status;
}

export const mktemp: Command = { name: 'mktemp', run: runMktemp };
export const realpath: Command = { name: 'realpath', run: runRealpath };
