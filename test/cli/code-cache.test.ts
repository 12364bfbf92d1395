// The bundle of the command runs with the code that was kept of it, and without.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BUNDLE, CODE_CACHE, openBundle, wrapped } from '../../src/cli/code-cache.ts';

const TEXT = `
  const { basename } = require('node:path');
  const add = (a, b) => a + b;
  globalThis.ranHere = { sum: add(1, 2), file: basename(__here), os: __load('node:os') };
`;

let folder = '';
const opened = () => openBundle(pathToFileURL(`${folder}/`));
const ran = () =>
  (globalThis as unknown as { ranHere: { sum: number; file: string; os: Promise<unknown> } }).ranHere;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vrouter-bundle-'));
  writeFileSync(join(folder, BUNDLE), wrapped(TEXT));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a bundle requires, imports, and knows where it is', async () => {
  opened().run();
  expect(ran()).toMatchObject({ sum: 3, file: BUNDLE });
  expect(await ran().os).toHaveProperty('hostname');
});

test('the code that was kept is taken', () => {
  const first = opened();
  first.run();
  writeFileSync(join(folder, CODE_CACHE), first.script.createCachedData());
  const second = opened();
  expect(second.script.cachedDataRejected).toBe(false);
  second.run();
  expect(ran().sum).toBe(3);
});

test('code of another V8 is not, and the bundle runs all the same', () => {
  writeFileSync(join(folder, CODE_CACHE), 'no code');
  const bundle = opened();
  expect(bundle.script.cachedDataRejected).toBe(true);
  bundle.run();
  expect(ran().sum).toBe(3);
});
