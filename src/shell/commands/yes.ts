// yes: a line for ever, until nobody reads it.
import type { Command, Context } from '../command.ts';

/** Bytes that it writes at once, if its line is no longer. */
const PIECE = 8192;
/** What it takes for that, in microseconds: others have their turn, whoever reads or does not. */
const WRITE_TIME = 100;

async function run(context: Context, args: readonly string[]): Promise<number> {
  const words = args[0] === '--' ? args.slice(1) : args;
  const line = new TextEncoder().encode(`${words.length === 0 ? 'y' : words.join(' ')}\n`);
  const piece = new Uint8Array(Math.max(1, Math.floor(PIECE / line.length)) * line.length);
  for (let at = 0; at < piece.length; at += line.length) piece.set(line, at);
  do {
    context.outBytes(piece);
    await context.process.sleep(WRITE_TIME);
  } while (await context.drain());
  return 128 + context.process.signal;
}

export const yes: Command = { name: 'yes', run };
