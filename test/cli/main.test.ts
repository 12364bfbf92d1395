// The command line as a process: exit statuses, what goes where, and what wrong use says.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const directory = mkdtempSync(join(tmpdir(), 'vrouter-cli-'));
const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
const loader = new URL('../../node_modules/tsx/dist/loader.mjs', import.meta.url).href;

afterAll(() => rmSync(directory, { recursive: true }));

function vrouter(args: readonly string[], input = ''): { out: string; err: string; status: number | null } {
  const result = spawnSync(process.execPath, ['--import', loader, main, ...args], {
    cwd: directory,
    input,
    encoding: 'utf8',
  });
  return { out: result.stdout, err: result.stderr, status: result.status };
}

test('a script, its arguments and its status', () => {
  writeFileSync(join(directory, 's.sh'), 'echo "$0 $1 $2 $#"; nosuch; echo x > y; exit 5\n');
  const { out, err, status } = vrouter(['sh', 's.sh', '--write', '-c']);
  expect([out, err, status]).toEqual([
    's.sh --write -c 2\n',
    's.sh: line 2: nosuch: command not found\n'.replace('2', '1'),
    5,
  ]);
  expect(readdirSync(directory)).toEqual(['s.sh']);
}, 30_000);

test('commands of -c, with a seed and a name', () => {
  const { out, err, status } = vrouter([
    'sh',
    '--seed',
    '7',
    '-c',
    'echo $0 $1; ip -br link; nosuch',
    'me',
    'a',
  ]);
  expect(out).toBe('me a\nlo               DOWN           00:00:00:00:00:00 <LOOPBACK> \n');
  expect([err, status]).toEqual(['me: line 1: nosuch: command not found\n', 127]);
}, 30_000);

test('commands from standard input, and files written where that was asked for', () => {
  const { out, status } = vrouter(
    ['sh', '--write'],
    'x=5\nif [ $x = 5 ]; then\n echo five > five.txt\nfi\ncat five.txt\n',
  );
  expect([out, status]).toEqual(['five\n', 0]);
  expect(readdirSync(directory)).toContain('five.txt');
}, 30_000);

test('wrong use is 2, a script that is not there 127, help and version 0', () => {
  const cases: [args: string[], status: number, says: RegExp][] = [
    [['sh', '--seed', 'x', '-c', ':'], 2, /--seed/],
    [['sh', '--nope'], 2, /unknown option '--nope'/],
    [['nope'], 2, /unknown command 'nope'/],
    [['sh', 'not-there.sh'], 127, /not-there\.sh: No such file or directory/],
    [['--version'], 0, /^\d+\.\d+\.\d+\n/],
    [['sh', '--help'], 0, /Usage: vrouter sh \[options\]/],
  ];
  for (const [args, status, says] of cases) {
    const result = vrouter(args);
    expect([args, result.status]).toEqual([args, status]);
    expect(result.out + result.err).toMatch(says);
  }
}, 60_000);
