// calicoctl#949 with captures of both nodes: what left one and never came to the other.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const SCENARIO = 'captures/cluster-ipip';
const directory = mkdtempSync(join(tmpdir(), 'lost-'));
afterAll(() => rmSync(directory, { recursive: true }));

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const ETHERTYPE = 12;
const PROTOCOL = 14 + 9;
const IPIP = 4;

const isIpip = (frame: Buffer): boolean =>
  frame.readUInt16BE(ETHERTYPE) === 0x0800 && frame[PROTOCOL] === IPIP;

/** A classic pcap file without its IPIP packets. */
function withoutIpip(capture: Buffer): Buffer {
  const kept = [capture.subarray(0, FILE_HEADER)];
  for (let at = FILE_HEADER; at < capture.length; ) {
    const end = at + RECORD_HEADER + capture.readUInt32LE(at + 8);
    if (!isIpip(capture.subarray(at + RECORD_HEADER, end))) kept.push(capture.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}

test('packets in IPIP are seen at one node’s eth0 and never at the other’s: that is told, with their number', () => {
  const there = join(directory, 'node2.pcap');
  writeFileSync(there, withoutIpip(readFileSync(join(ROOT, SCENARIO, 'golden/node2-eth0.pcap'))));
  const words = [
    ...[join(ROOT, 'node_modules/tsx/dist/cli.mjs'), 'src/cli/main.ts', 'replay', '-q'],
    ...['--cluster', `${SCENARIO}/in`, '--release', 'v3.20'],
    ...['--at', `node1:eth0=${SCENARIO}/golden/node1-eth0.pcap`, '--at', `node2:eth0=${there}`],
  ];
  const { stdout, status } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stdout).toMatch(
    /all \d+ packets of IPIP \(protocol 4\) from 10\.0\.0\.11 to 10\.0\.0\.12 were seen at node1:eth0 and never at node2:eth0, while \d+ packets? of ICMP came through: the network between drops IPIP \(protocol 4\)/,
  );
  expect(stdout).toMatch(/packet 3 of node1:eth0 left for node2 and was never seen at node2:eth0/);
});
