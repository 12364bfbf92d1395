// tee: standard input to standard output and to files, piece by piece as it comes.
import type { Command, Context } from '../command.ts';

async function run(context: Context, args: readonly string[]): Promise<number> {
  const append = args.some((arg) => /^-(a|ia|ai)$/.test(arg) || arg === '--append');
  const paths = args.filter((arg) => !/^-./.test(arg));
  const open: string[] = [];
  let status = 0;
  const complain = (path: string, error: string): void => {
    context.err(`tee: ${path}: ${error}\n`);
    status = 1;
  };
  for (const path of paths) {
    const error = append && typeof context.stat(path) !== 'string' ? null : await truncate(context, path);
    if (error === null) open.push(path);
    else complain(path, error);
  }
  for (let chunk = await context.readChunk(); chunk !== null; chunk = await context.readChunk()) {
    context.outBytes(chunk);
    if (!(await context.drain())) break;
    for (const path of [...open]) {
      const error = await context.appendFile(path, chunk);
      if (error === null) continue;
      complain(path, error);
      open.splice(open.indexOf(path), 1);
    }
  }
  return context.process.killed ? 128 + context.process.signal : status;
}

/** A setting under /proc/sys takes no empty write: opening it truncates nothing. */
async function truncate(context: Context, path: string): Promise<string | null> {
  if (/^\/(proc|sys|dev)\//.test(path)) {
    const content = await context.open(path);
    return typeof content === 'string' && content !== 'Permission denied' ? content : null;
  }
  return context.writeFile(path, new Uint8Array(0));
}

export const tee: Command = { name: 'tee', run };
