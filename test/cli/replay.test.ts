// `vrouter replay` as a user meets it: what it prints where, and how it ends.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { ReplayDocument } from '../../src/replay/report-json.ts';

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

const GOLDEN = 'captures/calico-ipip/golden';
const TWO = ['--lab', LAB, '--at', `node1:eth0=${GOLDEN}/node1-eth0.pcap`];

/** The records of a capture, whole, and its header. */
function recordsOf(file: Uint8Array): { header: Uint8Array; records: Uint8Array[] } {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const records: Uint8Array[] = [];
  for (let at = 24; at < file.length; ) {
    const end = at + 16 + view.getUint32(at + 8, view.getUint8(0) === 0xd4);
    records.push(file.subarray(at, end));
    at = end;
  }
  return { header: file.subarray(0, 24), records };
}

describe('several interfaces', () => {
  test('what left one and came to the other is told, and that all is well', () => {
    const { stdout, status } = vrouter([...TWO, '--at', `node2:eth0=${GOLDEN}/node2-eth0.pcap`, '-q']);
    expect(stdout).toMatch(/node1:eth0 to node2:eth0: (\d+) left, \1 came in 12\.\d+ s of common time/);
    expect(stdout).toMatch(/node2:eth0 to node1:eth0: (\d+) left, \1 came/);
    expect(stdout).toMatch(/\nAll as programmed\.\n$/);
    expect(status).toBe(0);
  });

  test('protocol 4 that never comes is the first finding, in JSON and in JUnit too', () => {
    const { header, records } = recordsOf(readFileSync(join(ROOT, `${GOLDEN}/node2-eth0.pcap`)));
    const isLost = (data: Uint8Array) => data[28] === 8 && data[39] === 4 && data[27] === 8;
    const capture = join(directory, 'lost.pcap');
    const junit = join(directory, 'lost.xml');
    writeFileSync(capture, Buffer.concat([header, ...records.filter((record) => !isLost(record))]));
    const args = [...TWO, '--at', `node2:eth0=${capture}`, '-q', '--examples', '2', '--junit', junit];
    const { stdout, status } = vrouter(args);
    expect(status).toBe(1);
    expect(stdout.split('\n')[3]).toMatch(
      /^all \d+ packets of IPIP \(protocol 4\) from 10\.211\.55\.8 to 10\.211\.55\.9 were seen at node1:eth0 and never at node2:eth0/,
    );
    expect(
      stdout.split('\n').filter((line) => /^ {2}packet \d+ of node1:eth0 left for node2/.test(line)),
    ).toHaveLength(2);
    expect(readFileSync(junit, 'utf8')).toContain(
      '<testsuite name="node1:eth0 to node2:eth0" tests="3" failures="1"',
    );
    const document: ReplayDocument = JSON.parse(vrouter([...args, '--json']).stdout);
    expect(document.asProgrammed).toBe(false);
    expect(document.vantages.map(({ at }) => at)).toEqual(['node1:eth0', 'node2:eth0']);
    const way = document.followed?.ways.find(({ from }) => from === 'node1:eth0');
    expect(way?.crossings.find(({ what }) => what.startsWith('IPIP'))?.lost.count).toBeGreaterThan(30);
  });

  test.each([
    ['a capture for neither', ['x.pcap'], ': of which interface? Every --at has a capture of its own'],
    [
      'no capture for two',
      ['--at', 'a:b', '--at', 'c:d'],
      'a:b and c:d have no capture: --at a:b=CAPTURE says which is whose',
    ],
    ['an empty name', ['--at', 'node2:eth0='], '--at node2:eth0=: there is no capture behind ='],
    [
      'standard input',
      ['--at', 'node2:eth0=-'],
      'captures of several interfaces are read twice: standard input cannot be one of them',
    ],
  ])('%s is wrong use', (_, args, message) => {
    const { stderr, status } = vrouter([...TWO, ...args]);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});

test('pieces of one capture are read in order of time, whatever their order', () => {
  const { header, records } = recordsOf(capture);
  const pieces = [records.slice(4), records.slice(0, 4)].map((some, i) => {
    const path = join(directory, `piece${i}.pcap`);
    writeFileSync(path, Buffer.concat([header, ...some]));
    return path;
  });
  const { stdout, status } = vrouter([...pieces, '--lab', LAB, '--at', 'node1:eth0']);
  expect(status).toBe(0);
  const whole = vrouter(['captures/ipip.cap', '--lab', LAB, '--at', 'node1:eth0']).stdout;
  expect(stdout.split('\n').slice(1)).toEqual(whole.split('\n').slice(1));
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
