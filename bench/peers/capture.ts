// Captures beside tcpdump and tshark, in one run: npm run bench:peers -- capture [--rounds N].
//
// Ours reads a capture of IPIP and judges each packet against a lab, from a cold start of the command; the peers copy
// it, print it, and take it apart. By the processors' time of the whole process, whatever its threads.
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ipipCapture } from '../ipip-capture.ts';
import { command, orSay } from './install.ts';
import { roundsOf } from './options.ts';
import { type Pair, printPairs } from './pairs.ts';

const PACKETS = 2_000_000;
/** tshark takes apart some ten thousand packets a second. */
const FEW_PACKETS = 100_000;
const ROOT = join(import.meta.dirname, '../..');

const rounds = roundsOf(3);
const folder = mkdtempSync(join(tmpdir(), 'vrouter-capture-'));
const file = join(folder, 'ipip.pcap');

function writeCapture(): void {
  const to = openSync(file, 'w');
  for (const piece of ipipCapture({ packets: PACKETS })) writeSync(to, piece);
  closeSync(to);
}

/** Nanoseconds of CPU time that a program takes; what it prints is thrown away. */
function cpuTime(program: string, ...args: readonly string[]): number {
  const script = 'TIMEFORMAT="%3U %3S"; time "$@" >/dev/null 2>/dev/null';
  const { stderr, status } = spawnSync('bash', ['-c', script, 'time', program, ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${program} ended with status ${status}`);
  const [user, system] = stderr.trim().split(' ').map(Number);
  return (user! + system!) * 1e9;
}

const REPLAY = [
  ...[join(ROOT, 'dist/bin/main.js'), 'replay', file],
  ...['--lab', join(ROOT, 'captures/calico-ipip/in/lab.sh'), '--at', 'node1:eth0'],
];

const PEERS = [
  { name: 'tcpdump', what: 'copied', packets: PACKETS, args: ['-r', file, '-w', join(folder, 'copy.pcap')] },
  { name: 'tcpdump', what: 'copied to nowhere', packets: PACKETS, args: ['-r', file, '-w', '/dev/null'] },
  { name: 'tcpdump', what: 'printed', packets: PACKETS, args: ['-n', '-r', file] },
  {
    name: 'tshark',
    what: 'taken apart',
    packets: FEW_PACKETS,
    args: ['-n', '-r', file, '-c', `${FEW_PACKETS}`],
  },
];

function compare({ name, what, packets, args }: (typeof PEERS)[number]): void {
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round++)
    pairs.push({
      ours: cpuTime(process.execPath, ...REPLAY),
      theirs: cpuTime(name, ...args) * (PACKETS / packets),
    });
  printPairs(name, `${what}; ours judged`, PACKETS, pairs);
}

/** All of them see the same packets. */
function checkCount(): void {
  const judged = execFileSync(process.execPath, REPLAY, { encoding: 'utf8' });
  const count = execFileSync('tcpdump', ['--count', '-r', file], { encoding: 'utf8', stdio: 'pipe' });
  if (!count.startsWith(`${PACKETS} `) || !judged.includes(`${PACKETS}`))
    throw new Error(`${judged}\n${count}`);
}

writeCapture();
console.log(`ours, theirs, and ours to theirs, of ${rounds} pairs of passes, by CPU time\n`);
const found = PEERS.filter(({ name }) => orSay(command(name, `apt-get install ${name}`)) !== null);
if (found.length > 0) checkCount();
for (const peer of found) compare(peer);
rmSync(folder, { recursive: true });
