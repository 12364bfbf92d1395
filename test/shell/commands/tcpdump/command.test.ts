// The command line, reading and writing: exit statuses and texts as tcpdump 4.99.3 has them.
import { describe, expect, test } from 'vitest';
import { PcapWriter } from '../../../../src/capture/pcap-writer.ts';
import { PcapngWriter } from '../../../../src/capture/pcapng-writer.ts';
import { readCapture } from '../../../../src/capture/read.ts';
import { parseOptions } from '../../../../src/shell/commands/tcpdump/options.ts';
import { USAGE, VERSION } from '../../../../src/shell/commands/tcpdump/usage.ts';
import { runScript } from '../../../../src/shell/run.ts';
import { recordedFrames } from './tables.ts';

const FRAMES = recordedFrames();
const ARP = FRAMES[0].data;
const ECHO = FRAMES[10].data;

const CAPTURE = (() => {
  const writer = new PcapWriter({ linkType: 1 });
  const records = [ARP, ECHO].map((data, i) => writer.record({ seconds: 1700000000 + i, nanos: 5000, data }));
  return new Uint8Array(Buffer.concat([writer.header(), ...records]));
})();

/** What a script printed with the capture at hand as x.pcap. */
async function run(script: string, files: Record<string, Uint8Array | string> = {}) {
  const { stdout, stderr, exitCode } = await runScript({ script, files: { 'x.pcap': CAPTURE, ...files } });
  return { stdout, stderr, exitCode };
}

const READING = 'reading from file x.pcap, link-type EN10MB (Ethernet), snapshot length 262144\n';
const REQUEST = '22:13:20.000005 ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28\n';
const PING = '22:13:21.000005 IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 7, seq 1, length 64\n';

describe('reads a capture', () => {
  test.each([
    [
      'prints it on standard output, and what it reads on standard error',
      'tcpdump -nr x.pcap',
      REQUEST + PING,
    ],
    ['takes options behind the expression', 'tcpdump -r x.pcap icmp -n', PING],
    ['stops after -c packets that the filter takes', 'tcpdump -nr x.pcap -c 1 icmp', PING],
    ['counts instead of printing', 'tcpdump -r x.pcap --count', '2 packets\n'],
    ['counts one', 'tcpdump -r x.pcap --count arp', '1 packet\n'],
    ['prints nothing that the filter does not take', 'tcpdump -r x.pcap tcp', ''],
    ['takes the expression from a file', 'echo "arp # no more" >f; tcpdump -nr x.pcap -F f', REQUEST],
  ])('%s', async (_, script, stdout) => {
    expect(await run(script)).toEqual({ stdout, stderr: READING, exitCode: 0 });
  });

  test('from standard input', async () => {
    const { stdout, stderr } = await run('tcpdump -nr - <x.pcap');
    expect(stdout).toBe(REQUEST + PING);
    expect(stderr).toBe(READING.replace('x.pcap', '-'));
  });

  test('nanoseconds are cut to microseconds, unless --nano', async () => {
    const writer = new PcapWriter({ linkType: 1, nanos: true });
    const record = writer.record({ seconds: 0, nanos: 123456789, data: ECHO });
    const files = { 'n.pcap': new Uint8Array(Buffer.concat([writer.header(), record])) };
    expect((await run('tcpdump -ttnr n.pcap', files)).stdout).toMatch(/^0\.123456 IP/);
    expect((await run('tcpdump --nano -ttnr n.pcap', files)).stdout).toMatch(/^0\.123456789 IP/);
  });
});

const cut = (length: number): Uint8Array => CAPTURE.slice(0, length);
const broken = (at: number, value: number): Uint8Array => {
  const bytes = CAPTURE.slice();
  new DataView(bytes.buffer).setUint32(at, value, true);
  return bytes;
};

describe('a file that is no capture, or not a whole one', () => {
  test.each([
    ['not there', null, 'y.pcap: No such file or directory'],
    ['empty', cut(0), 'truncated dump file; tried to read 4 file header bytes, only got 0'],
    ['3 bytes long', cut(3), 'truncated dump file; tried to read 4 file header bytes, only got 3'],
    [
      'cut inside its header',
      cut(20),
      'truncated dump file; tried to read 24 file header bytes, only got 16',
    ],
    ['something else', new TextEncoder().encode('not a capture at all, but text'), 'unknown file format'],
    ['gzipped', new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), 'unknown file format'],
  ])('%s', async (_, bytes, problem) => {
    const files: Record<string, Uint8Array> = bytes === null ? {} : { 'y.pcap': bytes };
    expect(await run('tcpdump -nr y.pcap', files)).toEqual({
      stdout: '',
      stderr: `tcpdump: ${problem}\n`,
      exitCode: 1,
    });
  });

  test.each([
    [
      'cut inside a record header',
      cut(24 + 10),
      'truncated dump file; tried to read 16 header bytes, only got 10',
      '',
    ],
    [
      'cut inside a packet',
      cut(24 + 16 + 42 + 16 + 50),
      'truncated dump file; tried to read 98 captured bytes, only got 50',
      REQUEST,
    ],
    [
      'with a record longer than any',
      broken(24 + 16 + 42 + 8, 1 << 24),
      'invalid packet capture length 16777216, bigger than maximum of 262144',
      REQUEST,
    ],
  ])('%s', async (_, bytes, problem, stdout) => {
    expect(await run('tcpdump -nr x.pcap', { 'x.pcap': bytes })).toEqual({
      stdout,
      stderr: `${READING}tcpdump: pcap_loop: ${problem}\n`,
      exitCode: 1,
    });
  });

  test('of several link types ends at the second', async () => {
    const writer = new PcapngWriter();
    const parts = [writer.header()];
    for (const [linkType, data] of [
      [1, ARP],
      [101, ECHO.subarray(14)],
    ] as const) {
      parts.push(writer.interface({ linkType }));
      parts.push(writer.record({ seconds: 0, nanos: 0, data, interface: linkType === 1 ? 0 : 1 }));
    }
    const { stdout, stderr, exitCode } = await run('tcpdump -tnr y.pcapng', {
      'y.pcapng': new Uint8Array(Buffer.concat(parts)),
    });
    expect(stdout).toBe(REQUEST.slice(16));
    expect(stderr).toMatch(/an interface has a type 101 different from the type of the first interface\n$/);
    expect(exitCode).toBe(1);
  });
});

describe('writes', () => {
  test('what it read and the filter took, in microseconds', async () => {
    const { stdout } = await run(
      'tcpdump -r x.pcap -w y.pcap arp 2>/dev/null; cat y.pcap | tcpdump -nr - 2>/dev/null',
    );
    expect(stdout).toBe(REQUEST);
  });

  test('to standard output the bytes that it read', async () => {
    const { stdout } = await run('tcpdump -r x.pcap -w - 2>/dev/null | base64 -w 0');
    expect(stdout).toBe(Buffer.from(CAPTURE).toString('base64'));
  });

  test('the snapshot length of the file that it read', async () => {
    const writer = new PcapWriter({ linkType: 1, snapLength: 64 });
    const bytes = new Uint8Array(
      Buffer.concat([writer.header(), writer.record({ seconds: 1, nanos: 0, data: ECHO })]),
    );
    const { info, records } = readCapture(bytes);
    expect([info.interfaces[0].snapLength, records[0].data.length]).toEqual([64, 64]);
    const { stderr } = await run('tcpdump -r s.pcap -w t.pcap 2>/dev/null; tcpdump -nr t.pcap >/dev/null', {
      's.pcap': bytes,
    });
    expect(stderr).toBe('reading from file t.pcap, link-type EN10MB (Ethernet), snapshot length 64\n');
  });

  test('nowhere', async () => {
    const { stderr, exitCode } = await run('tcpdump -r x.pcap -w /nowhere/y.pcap');
    expect(stderr).toBe(`${READING}tcpdump: /nowhere/y.pcap: No such file or directory\n`);
    expect(exitCode).toBe(1);
  });
});

describe('refuses', () => {
  test.each([
    ['an unknown option', '-k', `tcpdump: invalid option -- 'k'\n${USAGE}`],
    ['an option without its value', '-i', `tcpdump: option requires an argument -- 'i'\n${USAGE}`],
    ['an unknown long option', '--nothing', `tcpdump: unrecognized option '--nothing'\n${USAGE}`],
    ['no packets', '-c 0', 'tcpdump: invalid packet count 0\n'],
    ['a count that is no number', '-c abc', 'tcpdump: invalid packet count abc\n'],
    ['a direction', '-Q sideways', "tcpdump: unknown capture direction `sideways'\n"],
    ['a snapshot length', '-s 999999', 'tcpdump: invalid snaplen 999999 (must be >= 0 and <= 262144)\n'],
    ['six -t', '-tttttt', 'tcpdump: only -t, -tt, -ttt, -tttt and -ttttt are supported\n'],
    ['a link type', '-y NOTHING', 'tcpdump: invalid data link type NOTHING\n'],
    ['a device', '-i nowhere', 'tcpdump: nowhere: No such device exists\n(No such device exists)\n'],
    ['a device by number', '-i 99', 'tcpdump: Invalid adapter index\n'],
    ['to show BPF code, in words of its own', '-d', 'vrouter: tcpdump: -d is not emulated\n'],
    ['to rotate files, in words of its own', '-C 5 -w x', 'vrouter: tcpdump: -C is not emulated\n'],
  ])('%s', async (_, words, stderr) => {
    expect(await run(`tcpdump ${words}`)).toEqual({ stdout: '', stderr, exitCode: 1 });
  });

  test('a filter that libpcap takes and this one does not know', async () => {
    const { stderr } = await run("tcpdump -r x.pcap 'mpls 5'");
    expect(stderr).toBe(`${READING}vrouter: tcpdump: filter "mpls 5" is not emulated\n`);
  });
});

test.each([
  ['-h', USAGE],
  ['--version', VERSION],
])('%s', async (option, stdout) => {
  expect(await run(`tcpdump ${option}`)).toEqual({ stdout, stderr: '', exitCode: 0 });
});

describe('option clusters', () => {
  const parsed = (...words: string[]) => {
    const result = parseOptions(words);
    if (!('options' in result)) throw new Error(JSON.stringify(result));
    return result.options;
  };

  test.each([
    ['-pne', { noPromiscuous: true, numeric: true, linkHeader: true }],
    ['-nei eth0', { numeric: true, linkHeader: true, device: 'eth0' }],
    ['-nei0', { device: '0' }],
    ['-vvvXXc5', { verbose: 3, hexAscii: 2, count: 5 }],
    ['--interface=eth0 --count', { device: 'eth0', countOnly: true }],
    ['--interface eth0', { device: 'eth0' }],
    ['--snapshot-length 96 -U -l', { snapLength: 96, packetBuffered: true, lineBuffered: true }],
    ['-s 0', { snapLength: 262144 }],
    ['--immed', { immediate: true }],
    ['icmp -n or arp', { numeric: true, filter: 'icmp or arp' }],
    ['-n -- -x', { numeric: true, filter: '-x' }],
    ['-Z root -K -S -q -A', { noChecksums: true, absoluteSequence: true, quiet: 1, ascii: 1 }],
    ['-B 4096 -j host -O -u --micro', { filter: '' }],
  ])('%s', (words, wanted) => {
    expect(parsed(...words.split(' '))).toMatchObject(wanted);
  });
});
