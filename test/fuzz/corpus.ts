// The inputs that fuzzing begins with: what was recorded, and the scripts that it was recorded with.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCapture } from '../../src/capture/read.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Files below `folder` whose names end so, in order. */
const filesBelow = (folder: string, ending: RegExp): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

/** Every so many, at most `count`, so that each part of the list is there. */
function spread<T>(list: readonly T[], count: number): T[] {
  const step = Math.max(1, list.length / count);
  return Array.from({ length: Math.min(count, list.length) }, (_, i) => list[Math.floor(i * step)]!);
}

export const texts = (folder: string, ending: RegExp): string[] =>
  filesBelow(folder, ending).map((path) => readFileSync(path, 'utf8'));

/** Small captures of the scenarios. */
export const captures = (count: number): Uint8Array[] => {
  const paths = filesBelow('captures', /\.p?cap$/);
  return spread(paths, count * 3)
    .map((path) => Uint8Array.from(readFileSync(path)))
    .map((bytes) => bytes.subarray(0, 3000))
    .slice(0, count);
};

export const frames = (count: number): Uint8Array[] =>
  spread(
    filesBelow('captures', /\.pcap$/).flatMap((path) =>
      spread(readCapture(readFileSync(path)).records, 4).map(({ data }) => data),
    ),
    count,
  );

/** Scripts of the scenarios, and the cases that bash was asked for. */
export const scripts = (): string[] => [...texts('captures', /\.sh$/), ...bashCases()];

export const bashCases = (): string[] =>
  texts('test/shell/bash', /^(words|control|errors|trace|jobs)\.sh$/).flatMap((text) =>
    text.split(/^### .*\n/m),
  );

/** Lines of the scenarios' scripts that begin with one of the programs, each form once. */
export function commandLines(programs: RegExp): string[] {
  const lines = texts('captures', /\.sh$/)
    .flatMap((text) => text.split('\n'))
    .map((line) => line.trim())
    .filter((line) => programs.test(line));
  const forms = new Map(lines.map((line) => [line.replace(/[0-9a-f.:]*\d[0-9a-f.:]*/g, '0'), line]));
  return [...forms.values()];
}

/** The words of the texts that are no numbers. */
export const wordsOf = (list: readonly string[]): string[] => [
  ...new Set(list.flatMap((text) => text.match(/[a-z][a-z_-]+/gi) ?? [])),
];
