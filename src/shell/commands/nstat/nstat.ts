// nstat (iproute2 6.1): the counters of /proc/net/snmp and /proc/net/netstat, or what they grew by since it last ran.
import { dumpNetstat, dumpSnmp } from '../../../admin/snmp.ts';
import type { Namespace } from '../../../netns/namespace.ts';
import { matches } from '../../bash/pattern.ts';
import type { Command, Context } from '../../command.ts';
import { JsonWriter } from '../iproute2/json-writer.ts';
import { type Entry, entryLine, type History, historyPath, readHistory } from './history.ts';
import { type NstatOptions, parseNstat } from './usage.ts';

/** Settings among the counters. */
const USELESS = new Set([
  'IpForwarding',
  'IpDefaultTTL',
  'TcpRtoAlgorithm',
  'TcpRtoMin',
  'TcpRtoMax',
  'TcpMaxConn',
  'TcpCurrEstab',
]);

const NO_HISTORY: History = { entries: [], source: '' };
/** exit(-2). */
const BAD_HISTORY = 254;

async function run(context: Context, args: readonly string[]): Promise<number> {
  const options = parseNstat(args);
  if ('status' in options) {
    context.out(options.out ?? '');
    context.err(options.err ?? '');
    return options.status;
  }
  const { given } = options;
  const history = await recall(context, given);
  if (history === null) return BAD_HISTORY;
  const counted = counters(context.namespace);
  const before = given.has('a') ? [] : history.entries;
  if (!given.has('n')) context.out(print(since(counted, before, options), history.source, given));
  return given.has('s') ? 0 : remember(context, counted, before, history.source, options);
}

/** What was kept and is of use; null if the file is none of nstat's. */
async function recall(context: Context, given: ReadonlySet<string>): Promise<History | null> {
  if (given.has('r') || (given.has('a') && given.has('s'))) return { ...NO_HISTORY, source: 'kernel' };
  const history = await readHistory(context, historyPath(context));
  if (history === null || history.source === '' || history.source === 'kernel')
    return history === null ? null : { ...history, source: 'kernel' };
  if (history.entries.length === 0) return history;
  context.err('nstat: history is stale, ignoring it.\n');
  return { ...NO_HISTORY, source: 'kernel' };
}

function counters(namespace: Namespace): Entry[] {
  const groups = [...dumpSnmp(namespace), ...dumpNetstat(namespace)];
  const all = groups.flatMap(({ name, entries }) =>
    entries.map(([each, value]) => ({ name: name + each, value })),
  );
  return all.filter(({ name }) => !USELESS.has(name));
}

const isWanted = (name: string, patterns: readonly string[]): boolean =>
  patterns.length === 0 || patterns.some((each) => matches(each, name, { ignoreCase: true }));

/** What is shown: the counters, less what they were (dump_incr_db). */
function since(counted: readonly Entry[], before: readonly Entry[], options: NstatOptions): Entry[] {
  const known = new Map(before.map(({ name, value }) => [name, value]));
  const grown = counted.map(({ name, value }) => ({
    name,
    value: Math.max(0, value - (known.get(name) ?? 0)),
  }));
  return grown.filter(
    ({ name, value }) => (value !== 0 || options.given.has('z')) && isWanted(name, options.patterns),
  );
}

function print(entries: readonly Entry[], source: string, given: ReadonlySet<string>): string {
  if (!given.has('j')) return table(entries, source);
  const json = new JsonWriter(given.has('p'));
  json.openObject();
  json.name(source);
  json.openObject();
  for (const { name, value } of entries) {
    json.name(name);
    json.value(value);
  }
  json.closeObject();
  json.closeObject();
  return `${json.text}\n`;
}

const table = (entries: readonly Entry[], source: string): string =>
  [`#${source}`, ...entries.map(({ name, value }) => entryLine(name, value)), ''].join('\n');

/** Writes the history anew: what is not asked for keeps what it was (dump_kern_db). */
async function remember(
  context: Context,
  counted: readonly Entry[],
  before: readonly Entry[],
  source: string,
  { given, patterns }: NstatOptions,
): Promise<number> {
  const known = new Map(before.map(({ name, value }) => [name, value]));
  const kept = counted
    .filter(({ value }) => value !== 0 || given.has('z'))
    .map(({ name, value }) => ({
      name,
      value: isWanted(name, patterns) ? value : (known.get(name) ?? value),
    }));
  const error = await context.writeFile(historyPath(context), new TextEncoder().encode(table(kept, source)));
  if (error === null) return 0;
  context.err(`nstat: open history file: ${error}\n`);
  return 255;
}

export const nstat: Command = { name: 'nstat', run };
