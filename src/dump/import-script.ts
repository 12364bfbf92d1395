// The script of an import: the lab is built once, and each change that it took is a line.
import { createLab } from '../lab/create.ts';
import { buildNodes, type Refused } from './build.ts';
import type { NodeDump } from './node-dump.ts';

export function scriptOf(dumps: readonly NodeDump[]): {
  readonly script: string;
  readonly refused: readonly Refused[];
} {
  const lines = [`# ${dumps.map(({ name }) => name).join(', ')}: as dumped`];
  const refused = buildNodes(createLab(), dumps, (line) => lines.push(line));
  return { script: `${lines.join('\n')}\n`, refused };
}
