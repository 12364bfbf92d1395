// `vrouter replay` as a user meets it: what it prints where, and how it ends.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { ReplayDocument } from '../../src/replay/report-json.ts';

vi.setConfig({ testTimeout: 60_000 });

const ROOT = join(import.meta.dirname, '../..');
const LAB = 'captures/calico-ipip/in/lab.sh';
const directory = mkdtempSync(join(tmpdir(), 'replay-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A script with its remote block by another node. */
const wrongHop = join(directory, 'wrong-hop.sh');
writeFileSync(
  wrongHop,
  readFileSync(join(ROOT, LAB), 'utf8').replace(/(tunnel node1.*) 10\.211\.55\.9/, '$1 10.211.55.7'),
);

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

function vrouter(args: readonly string[], input?: Uint8Array): Run {
  const tsx = join(ROOT, 'node_modules/tsx/dist/cli.mjs');
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [tsx, 'src/cli/main.ts', 'replay', ...args],
    {
      cwd: ROOT,
      input,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    },
  );
  return { stdout, stderr, status };
}

const capture = readFileSync(join(ROOT, 'captures/ipip.cap'));

test('a capture that is as programmed: every packet with what decided, the flows, 0', () => {
  const { stdout, stderr, status } = vrouter(['captures/ipip.cap', '--lab', LAB, '--at', 'node1:eth0']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const lines = stdout.split('\n');
  expect(lines[0]).toBe(`captures/ipip.cap (pcap, EN10MB) at node1:eth0 of ${LAB}`);
  expect(lines.filter((line) => line.startsWith('packet '))).toHaveLength(8);
  const at = lines.findIndex((line) =>
    line.startsWith('packet 3 out: 192.168.36.73 > 192.168.202.5 ICMP echo request'),
  );
  expect(lines.slice(at + 1, at + 3)).toEqual([
    '  forwarded as programmed: encapsulated to 10.211.55.9 by tunl0',
    '  route 192.168.202.0/26 via 10.211.55.9 dev tunl0 proto bird onlink',
  ]);
  expect(lines.slice(-7)).toEqual([
    'flow                                as programmed',
    'ARP                                             2',
    '192.168.36.73 > 192.168.202.5 ICMP              3',
    '192.168.202.5 > 192.168.36.73 ICMP              3',
    '8 packets: 8 as programmed',
    'All as programmed.',
    '',
  ]);
});

test('one that is not: the finding in full, 1', () => {
  const { stdout, status } = vrouter([
    'captures/ipip.cap',
    '--lab',
    wrongHop,
    '--at',
    'node1:eth0',
    '--quiet',
  ]);
  expect(status).toBe(1);
  const lines = stdout.split('\n');
  expect(lines.slice(2, 9)).toEqual([
    'packet 3: expected encapsulated to 10.211.55.7 by tunl0, seen encapsulated to 10.211.55.9 on eth0',
    expect.stringMatching(
      /^ {2}differs: 192\.168\.36\.73 > 192\.168\.202\.5 ICMP echo request, id \d+, seq 1$/,
    ),
    '  destination MAC: expected that of 10.211.55.7, seen 00:1c:42:1a:00:09 of 10.211.55.9',
    '  outer destination: expected 10.211.55.7, seen 10.211.55.9',
    '  from pod73 by calic2730abf871',
    '  route 192.168.202.0/26 via 10.211.55.7 dev tunl0 proto bird onlink',
    '  lost to it: default via 10.211.55.1 dev eth0',
  ]);
  expect(lines.slice(-3)).toEqual(['8 packets: 5 as programmed, 3 that differ', 'Not as programmed.', '']);
});

describe('--json', () => {
  const documentOf = (...args: string[]): ReplayDocument =>
    JSON.parse(
      vrouter(['captures/ipip.cap', '--lab', wrongHop, '--at', 'node1:eth0', '--json', ...args]).stdout,
    );

  test('is one document with a version', () => {
    const document = documentOf();
    expect(document).toMatchObject({
      version: 1,
      capture: 'captures/ipip.cap',
      lab: wrongHop,
      at: 'node1:eth0',
      unreadable: [],
      summary: { packets: 8, unreadable: 0, 'as-programmed': 5, differs: 3, missing: 0 },
      asProgrammed: false,
    });
    expect(document.packets.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(document.packets[2]).toMatchObject({
      direction: 'out',
      verdict: 'differs',
      flow: '192.168.36.73 > 192.168.202.5 ICMP',
      expected: 'encapsulated to 10.211.55.7 by tunl0',
      reason: null,
      route: '192.168.202.0/26 via 10.211.55.7 dev tunl0 proto bird onlink',
      destination: '192.168.202.5',
      lost: ['default via 10.211.55.1 dev eth0'],
    });
    expect(document.packets[2]?.time).toMatch(/^\d{10}\.\d{9}$/);
    expect(document.flows).toHaveLength(3);
  });

  test('with --quiet has only the findings', () => {
    expect(documentOf('--quiet').packets.map(({ number }) => number)).toEqual([3, 5, 7]);
  });
});

describe('where captures come from', () => {
  test.each([
    ['standard input', capture],
    ['standard input, gzipped', gzipSync(capture)],
  ])('%s', (_, input) => {
    const { stdout, status } = vrouter(['-', '--lab', LAB, '--at', 'node1:eth0', '--quiet'], input);
    expect(stdout).toContain('8 packets: 8 as programmed');
    expect(status).toBe(0);
  });

  test('a file whose last packet is cut off is read as far as it goes, and says so', () => {
    const { stdout, status } = vrouter(
      ['-', '--lab', LAB, '--at', 'node1:eth0', '--quiet'],
      capture.subarray(0, -20),
    );
    expect(stdout).toContain('unreadable: record 8 at byte');
    expect(stdout).toContain('7 packets: 7 as programmed');
    expect(stdout).toMatch(/\nAll that could be read is as programmed; 1 record could not be read\.\n$/);
    expect(status).toBe(0);
  });
});

describe('a capture in which nothing can be compared is not as programmed: it says so and ends with 2', () => {
  const withLinkType = (linkType: number): Uint8Array => {
    const bytes = new Uint8Array(capture);
    new DataView(bytes.buffer).setUint32(20, linkType, capture[0] === 0xd4);
    return bytes;
  };
  const cases: [string, Uint8Array, number][] = [
    ['a link type of somebody’s own', withLinkType(147), 8],
    ['raw IP by a number that only some systems use', withLinkType(12), 8],
    ['a header without packets', capture.subarray(0, 24), 0],
    ['a header that is cut off', capture.subarray(0, 10), 0],
  ];
  test.each(cases)('%s', (_, input, packets) => {
    const args = ['-', '--lab', LAB, '--at', 'node1:eth0'];
    const text = vrouter(args, input);
    expect(text.stdout).toMatch(/\nNothing was compared\.\n$/);
    expect(text.status).toBe(2);
    const json = vrouter([...args, '--json'], input);
    const document: ReplayDocument = JSON.parse(json.stdout);
    expect(document).toMatchObject({ summary: { packets, compared: 0 }, asProgrammed: false });
    expect(json.status).toBe(2);
  });
});

describe('wrong use ends with 2 and a sentence on standard error', () => {
  const good = ['--lab', LAB, '--at', 'node1:eth0'];
  test.each([
    [
      'no such capture',
      ['nowhere.pcap', ...good],
      'vrouter replay: nowhere.pcap: No such file or directory\n',
    ],
    ['a directory', ['captures', ...good], 'vrouter replay: captures: Is a directory\n'],
    [
      'no capture',
      ['package.json', ...good],
      'vrouter replay: package.json: neither pcap nor pcapng: the file starts with 7b 0a 20 20\n',
    ],
    [
      'no such script',
      ['captures/ipip.cap', '--lab', 'nowhere.sh', '--at', 'node1:eth0'],
      'vrouter replay: nowhere.sh: No such file or directory\n',
    ],
    [
      'no such namespace',
      ['captures/ipip.cap', '--lab', LAB, '--at', 'node7:eth0'],
      'vrouter replay: the lab has no namespace node7; it has node1, node2, pod73, pod75, pod4, pod5\n',
    ],
    [
      'no such interface',
      ['captures/ipip.cap', '--lab', LAB, '--at', 'node1:eth7'],
      'vrouter replay: node1 has no interface eth7; it has lo, eth0, tunl0, calic2730abf871, calif6f6818d0b6\n',
    ],
    [
      'no --at',
      ['captures/ipip.cap', '--lab', LAB],
      "error: required option '--at <netns:interface>' not specified\n",
    ],
  ])('%s', (_, args, expected) => {
    const { stdout, stderr, status } = vrouter(args);
    expect(stderr).toBe(expected);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});

test('the script’s own errors go to standard error, what it prints nowhere', () => {
  const noisy = join(directory, 'noisy.sh');
  writeFileSync(noisy, `${readFileSync(join(ROOT, LAB), 'utf8')}\nip -n node1 route\nip link del nothing\n`);
  const { stdout, stderr, status } = vrouter([
    'captures/ipip.cap',
    '--lab',
    noisy,
    '--at',
    'node1:eth0',
    '-q',
  ]);
  expect(stderr).toBe(
    `Cannot find device "nothing"\nvrouter replay: ${noisy} ended with status 1; what it built is used\n`,
  );
  expect(stdout).not.toContain('blackhole');
  expect(status).toBe(0);
});
