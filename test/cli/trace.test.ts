// `vrouter trace` as a user meets it: what it prints where, what it writes, and how it ends.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readCapture } from '../../src/capture/read.ts';
import type { TraceDocument } from '../../src/trace/trace-types.ts';

const ROOT = join(import.meta.dirname, '../..');
const LAB = 'captures/calico-ipip/in/lab.sh';
const directory = mkdtempSync(join(tmpdir(), 'trace-'));
afterAll(() => rmSync(directory, { recursive: true }));

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

function vrouter(...args: readonly string[]): Run {
  const tsx = join(ROOT, 'node_modules/tsx/dist/cli.mjs');
  const options = { cwd: ROOT, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } } as const;
  const words = [tsx, 'src/cli/main.ts', 'trace', ...args];
  const { stdout, stderr, status } = spawnSync(process.execPath, words, options);
  return { stdout, stderr, status };
}

test('a packet that arrives is told hop by hop, with its answer, and ends with 0', () => {
  const { stdout, stderr, status } = vrouter('--lab', LAB, 'pod73', 'pod4');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const lines = stdout.split('\n');
  expect(lines[0]).toMatch(/^pod73 \(192\.168\.36\.73\) to pod4 \(192\.168\.202\.4\): an ICMP echo request/);
  expect(lines.filter((line) => /^(pod|node|\()/.test(line)).slice(1, 6)).toEqual([
    'pod73',
    'node1',
    '(initial namespace)',
    'node2',
    'pod4',
  ]);
  expect(lines).toContain('  route 192.168.202.0/26 via 10.211.55.9 dev tunl0 proto bird onlink');
  expect(lines).toContain('    lost to it: default via 10.211.55.1 dev eth0');
  expect(lines.at(-2)).toBe('pod4 (192.168.202.4) was reached and answered.');
});

test('one that is dropped ends with 1, and it is said aloud that no ICMP was sent', () => {
  const { stdout, status } = vrouter('--lab', LAB, 'pod73', '192.168.36.99');
  expect(status).toBe(1);
  expect(stdout).toMatch(
    /was not reached: dropped at node1 .*SKB_DROP_REASON_BLACKHOLE\); no ICMP was sent\.\n$/,
  );
});

test("README's example prints what README says", () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const [, words, printed] = /vrouter -- trace (.*)\n```\n\n```\n([^`]*)```/.exec(readme) ?? [];
  expect(vrouter(...(words ?? '').split(' ')).stdout).toBe(printed);
});

test('--json is one document with a version, and the same as a second time', () => {
  const words = ['--lab', LAB, '--json', '--proto', 'udp', '--port', '53', 'pod73', '192.168.202.4'];
  const { stdout, status } = vrouter(...words);
  expect(status).toBe(0);
  const document = JSON.parse(stdout) as TraceDocument;
  expect(document).toMatchObject({ version: 1, reached: true, to: { name: '192.168.202.4', host: 'pod4' } });
  expect(document.packet).toMatchObject({ protocol: 'udp', port: 53, length: 84 });
  expect(vrouter(...words).stdout).toBe(stdout);
});

test('-w writes every frame with its interface and a comment that says why, in one link type', () => {
  const path = join(directory, 'why.pcapng');
  expect(vrouter('--lab', LAB, 'pod73', 'pod4', '-w', path).status).toBe(0);
  const { info, records } = readCapture(readFileSync(path));
  expect(info.interfaces.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['pod73:eth0', 'node1:tunl0', 'node1:eth0', ':node1', 'node2:eth0', 'pod4:eth0']),
  );
  expect(new Set(info.interfaces.map(({ linkType }) => linkType))).toEqual(new Set([1]));
  const comments = records.map(({ comment }) => comment ?? '');
  expect(comments.every((comment) => comment !== '')).toBe(true);
  expect(comments.some((comment) => comment.includes('encapsulated by tunl0'))).toBe(true);
  expect(comments.some((comment) => comment.startsWith('the answer: '))).toBe(true);
});

describe('wrong use ends with 2 and says what is wrong', () => {
  const cases: [name: string, words: string[], said: string][] = [
    ['no lab', ['pod73', 'pod4'], 'is needed'],
    ['a script that is not there', ['--lab', 'no.sh', 'a', 'b'], 'no.sh: No such file or directory'],
    [
      'an unknown sender',
      ['--lab', LAB, 'pod9', 'pod4'],
      'FROM pod9: it is a pod, a node, a namespace of the lab',
    ],
    [
      'an address as a sender that nobody holds',
      ['--lab', LAB, '10.9.9.9', 'pod4'],
      'nobody holds this address',
    ],
    [
      'an unknown target',
      ['--lab', LAB, 'pod73', 'pod9'],
      'TO pod9: it is a pod, a node, a namespace of the lab',
    ],
    [
      'a size that is none',
      ['--lab', LAB, '--size', 'big', 'pod73', 'pod4'],
      'It is a number from 0 to 65507.',
    ],
    [
      'a protocol that is none',
      ['--lab', LAB, '--proto', 'sctp', 'pod73', 'pod4'],
      'It is one of icmp, udp, tcp.',
    ],
    ['a port of ICMP', ['--lab', LAB, '--port', '53', 'pod73', 'pod4'], '--port: ICMP has no ports'],
    [
      'a listener of TCP',
      ['--lab', LAB, '--listen', '--proto', 'tcp', 'pod73', 'pod4'],
      '--listen: only for',
    ],
    ['a file that cannot be written', ['--lab', LAB, '-w', '/', 'pod73', 'pod4'], '/: Illegal operation'],
  ];
  test.each(cases)('%s', (_, words, said) => {
    const { stdout, stderr, status } = vrouter(...words);
    expect(status).toBe(2);
    expect(stderr).toContain(said);
    expect(stdout).toBe('');
  });
});

test('what a script prints is not on standard output, and a script that fails is told', () => {
  const script = join(directory, 'loud.sh');
  writeFileSync(script, `. ./${LAB}\necho built\nfalse\n`);
  const { stdout, stderr, status } = vrouter('--lab', script, 'pod73', 'pod4');
  expect(status).toBe(0);
  expect(stdout).not.toContain('built');
  expect(stderr).toContain('ended with status 1; what it built is used');
});
