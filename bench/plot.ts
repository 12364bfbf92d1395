// Draws what suites found at several sizes: npm run bench:plot -- FILE…, files that npm run bench -- --json wrote.
//
// A figure named "1000 routes, zipf: lookup" is a point at 1,000 of the line "zipf" in the chart of lookups over routes.
// The charts go to bench/plots.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Chart, drawn, type Point } from './chart.ts';
import type { Amount, Figure } from './figure.ts';

const FOLDER = join(import.meta.dirname, 'plots');

interface Mark {
  readonly chart: string;
  readonly xName: string;
  readonly yName: string;
  readonly line: string;
  readonly point: Point;
}

/** Null for a figure that is not of several sizes. */
function markOf(found: Figure | Amount): Mark | null {
  const match = /^(\d+) (nodes|routes)(?:, (.+?))?: (.+)$/.exec(found.name);
  if (match === null) return null;
  const [, size, xName, variant, what] = match;
  const [y, yName] = 'unit' in found ? [found.value, found.unit] : [found.best, 'ns, best sample'];
  const line = variant?.split(', ').at(-1) ?? what;
  return { chart: `${what}, by ${xName}`, xName, yName, line, point: { x: Number(size), y } };
}

function chartOf(marks: readonly Mark[]): Chart {
  const series = new Map<string, Point[]>();
  for (const { line, point } of marks) series.set(line, [...(series.get(line) ?? []), point]);
  for (const line of series.values()) line.sort((a, b) => a.x - b.x);
  const [{ chart, xName, yName }] = marks;
  return { title: chart, xName, yName, series };
}

const files = process.argv.slice(2);
const found = files.flatMap((file): (Figure | Amount)[] => JSON.parse(readFileSync(file, 'utf8')).figures);
const marks = found.map(markOf).filter((mark) => mark !== null);
mkdirSync(FOLDER, { recursive: true });
for (const title of new Set(marks.map((mark) => mark.chart))) {
  const group = marks.filter((mark) => mark.chart === title);
  if (new Set(group.map((mark) => mark.point.x)).size < 2) continue;
  const path = join(FOLDER, `${title.replace(/[^a-z0-9]+/gi, '-')}.svg`);
  writeFileSync(path, drawn(chartOf(group)));
  console.log(path);
}
