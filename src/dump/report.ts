// What an import understood and what a comparison found, as text for people and as documents for programs.
import type { Refused } from './build.ts';
import type { Difference } from './diff.ts';
import { type Finding, formatFinding } from './node-dump.ts';
import type { Imported, ImportedNode } from './read-files.ts';

/** How many findings are printed: the rest is a number. */
const SHOWN = 20;

const count = (number: number, noun: string, plural = `${noun}s`): string =>
  `${number} ${number === 1 ? noun : plural}`;

export function importText(imported: Imported, refused: readonly Refused[]): string {
  const lines = imported.nodes.map(nodeLine);
  if (lines.length === 0) lines.push('nothing was understood');
  lines.push(...listed('not understood', imported.findings.map(formatFinding)));
  lines.push(
    ...listed(
      'refused by the lab',
      refused.map(({ command, why }) => `${command}: ${why}`),
    ),
  );
  return `${lines.join('\n')}\n`;
}

function listed(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const rest = items.length - SHOWN;
  return [
    '',
    `${title}: ${items.length}`,
    ...items.slice(0, SHOWN).map((item) => `  ${item}`),
    ...(rest > 0 ? [`  … and ${rest} more`] : []),
  ];
}

function nodeLine({ dump, skipped, files }: ImportedNode): string {
  const parts = [
    count(dump.links.length, 'link'),
    count(dump.addresses.length, 'address', 'addresses'),
    count(dump.routes.length, 'route'),
    count(dump.rules.length, 'rule'),
    count(dump.neighbours.length, 'neighbour'),
    count(dump.fdb.length, 'forwarding entry', 'forwarding entries'),
    count(dump.sysctls.size, 'setting'),
  ];
  const aside = [
    skipped.ipv6 > 0 ? `${skipped.ipv6} of IPv6` : '',
    skipped.lookups > 0 ? `${skipped.lookups} of route lookups` : '',
    skipped.settings > 0 ? `${count(skipped.settings, 'setting')} of other things` : '',
  ].filter((text) => text !== '');
  return `${dump.name}: ${parts.join(', ')}${aside.length > 0 ? `; left aside: ${aside.join(', ')}` : ''} (${files.join(', ')})`;
}

/** The document of `vrouter import --json`. */
export const importDocument = (imported: Imported, refused: readonly Refused[]) => ({
  version: 1,
  nodes: imported.nodes.map(({ dump, skipped, files }) => ({
    name: dump.name,
    files,
    links: dump.links.length,
    addresses: dump.addresses.length,
    routes: dump.routes.length,
    rules: dump.rules.length,
    neighbours: dump.neighbours.length,
    forwardingEntries: dump.fdb.length,
    settings: dump.sysctls.size,
    leftAside: { ...skipped },
  })),
  notUnderstood: imported.findings,
  refused,
});

// ---- differences -------------------------------------------------------------------------------------------------

const SIGNS = { missing: '-', extra: '+', different: '~' } as const;

/** One difference in three lines at most: what, and what comes of it. */
function differenceLines({ section, kind, programmed, dumped, consequence }: Difference): string[] {
  const what = kind === 'different' ? `${programmed}  →  ${dumped}` : programmed || dumped;
  return [`${SIGNS[kind]} ${section} ${what}`, `    ${consequence}`];
}

export function diffText(
  node: string,
  differences: readonly Difference[],
  findings: readonly Finding[],
): string {
  const own = differences.filter(({ isForeign }) => !isForeign);
  const foreign = differences.filter(({ isForeign }) => isForeign);
  const lines =
    own.length === 0
      ? [`${node}: as programmed`]
      : [`${node}: ${count(own.length, 'difference')} from what was programmed`];
  lines.push(...own.flatMap(differenceLines));
  if (foreign.length > 0)
    lines.push(
      '',
      `of others, on devices that nobody programmed: ${foreign.length}`,
      ...foreign.map(({ section, dumped }) => `  ${section} ${dumped}`),
    );
  lines.push(...listed('not understood', findings.map(formatFinding)));
  return `${lines.join('\n')}\n`;
}

/** The document of `vrouter diff --json`. */
export const diffDocument = (
  node: string,
  differences: readonly Difference[],
  findings: readonly Finding[],
) => ({
  version: 1,
  node,
  equal: differences.every(({ isForeign }) => isForeign),
  differences,
  notUnderstood: findings,
});
