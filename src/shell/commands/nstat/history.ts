// What nstat remembers between its runs: a file with a line for each counter, by default one for each user.
import type { Context } from '../../command.ts';

/** A counter under its full name, such as IpInReceives. */
export interface Entry {
  readonly name: string;
  readonly value: number;
}

export interface History {
  readonly entries: readonly Entry[];
  /** Who counted: `kernel`, or the words of a daemon; '' for nobody. */
  readonly source: string;
}

export const historyPath = ({ env }: Context): string => env.get('NSTAT_HISTORY') ?? '/tmp/.nstat.u0';

const decoder = new TextDecoder();

/** The history as it is kept; null, and a complaint, if a line is none. What is older than the machine counts for nothing. */
export async function readHistory(context: Context, path: string): Promise<History | null> {
  const stat = context.stat(path);
  const { bootedAt } = context.lab.kernel.clock;
  if (typeof stat !== 'string' && stat.modified < bootedAt) {
    context.err('nstat: history is aged out, resetting\n');
    return { entries: [], source: '' };
  }
  const bytes = await context.readFile(path);
  const parsed = parse(bytes === null ? '' : decoder.decode(bytes));
  // nstat names the place in its source.
  if (parsed === null) context.err('nstat.c:146: error parsing history file\n');
  return parsed;
}

function parse(text: string): History | null {
  const entries: Entry[] = [];
  let source = '';
  for (const line of text.split('\n').filter((each) => each !== '')) {
    if (line.startsWith('#')) {
      source = line.slice(1);
      continue;
    }
    const found = /^\s*(\S+)\s+(\d+)/.exec(line);
    if (found === null) return null;
    entries.push({ name: found[1], value: Number(found[2]) });
  }
  return { entries, source };
}

/** One line of nstat's table, which its history is too; a rate is only known to its daemon. */
export const entryLine = (name: string, value: number): string =>
  `${name.padEnd(32)}${String(value).padEnd(16)}   0.0`;
