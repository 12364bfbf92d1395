// drops: how many packets ended in each namespace, by the kernel's name of the reason. Ours, no tool of Linux.
import { DROP_COUNT, dropName } from '../../drop/reasons.ts';
import type { Namespace } from '../../netns/namespace.ts';
import type { Command, Context } from '../command.ts';

const USAGE = 'Usage: drops [-j] [NAMESPACE ...]\n';

/** Reasons with a count, in the order of their numbers. */
function counted(namespace: Namespace): { reason: string; packets: number }[] {
  const rows: { reason: string; packets: number }[] = [];
  for (let reason = 0; reason < DROP_COUNT; reason++)
    if (namespace.drops[reason] > 0)
      rows.push({ reason: dropName(reason), packets: namespace.drops[reason] });
  return rows;
}

/** The namespaces that are asked for: the one that it runs in and those with names, or the named ones; null for an unknown name. */
function chosen(context: Context, names: readonly string[]): Map<string, Namespace> | null {
  const { lab } = context;
  if (names.length === 0) {
    const all = new Map<string, Namespace>([['', lab.kernel.initial]]);
    for (const [name, namespace] of lab.names) all.set(name, namespace);
    return all;
  }
  const result = new Map<string, Namespace>();
  for (const name of names) {
    const namespace = lab.names.get(name);
    if (namespace === undefined) {
      context.err(`drops: no namespace "${name}"\n`);
      return null;
    }
    result.set(name, namespace);
  }
  return result;
}

function run(context: Context, args: readonly string[]): number {
  const json = args.includes('-j') || args.includes('--json');
  const names = args.filter((arg) => !arg.startsWith('-'));
  if (args.some((arg) => arg.startsWith('-') && arg !== '-j' && arg !== '--json')) {
    context.err(USAGE);
    return 1;
  }
  const namespaces = chosen(context, names);
  if (namespaces === null) return 1;
  if (json) {
    const rows = [...namespaces].flatMap(([netns, namespace]) =>
      counted(namespace).map((row) => ({ netns, ...row })),
    );
    context.out(`${JSON.stringify(rows)}\n`);
    return 0;
  }
  for (const [name, namespace] of namespaces)
    for (const { reason, packets } of counted(namespace))
      context.out(`${(name || '-').padEnd(16)} ${String(packets).padStart(10)} ${reason}\n`);
  return 0;
}

export const drops: Command = { name: 'drops', run };
