// less and more: a lab has no pages; all of it is printed, as the real ones do when nobody watches.
import type { Command, Context } from '../command.ts';

interface Input {
  readonly path: string;
  readonly content: Uint8Array | string;
}

async function inputs(context: Context, args: readonly string[]): Promise<Input[]> {
  const paths = args.filter((arg) => arg === '-' || !/^[-+]/.test(arg));
  if (paths.length === 0) paths.push('-');
  const all: Input[] = [];
  for (const path of paths)
    all.push({ path, content: path === '-' ? await context.readStdin() : await context.open(path) });
  return all;
}

async function runLess(context: Context, args: readonly string[]): Promise<number> {
  for (const { path, content } of await inputs(context, args)) {
    if (typeof content !== 'string') context.outBytes(content);
    else context.out(content === 'Is a directory' ? `${path} is a directory\n` : `${path}: ${content}\n`);
  }
  return 0;
}

async function runMore(context: Context, args: readonly string[]): Promise<number> {
  const all = await inputs(context, args);
  for (const { path, content } of all) {
    if (typeof content === 'string') context.err(`more: cannot open ${path}: ${content}\n`);
    else {
      if (all.length > 1) context.out(`::::::::::::::\n${path}\n::::::::::::::\n`);
      context.outBytes(content);
    }
  }
  return 0;
}

export const less: Command = { name: 'less', run: runLess };
export const more: Command = { name: 'more', run: runMore };
