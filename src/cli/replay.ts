// `vrouter replay`: a capture against the lab that a script builds.
import { closeSync, createReadStream, fstatSync, openSync, readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import type { Lab } from '../lab/lab.ts';
import { openHostFiles } from './host-files.ts';
import type { Vantage } from './replay-run.ts';

interface Flags {
  readonly lab: string;
  readonly at: string;
  readonly json?: boolean;
  readonly seed?: number;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

const WRONG_USE = 2;
/** Bytes of the capture read at once. */
const PIECE = 1 << 16;

const HELP = `
CAPTURE is a pcap or pcapng file taken at one interface, gzipped or not; - is standard input. The script builds the
network in memory. Of it one host runs: frames that arrived at the interface go in there, frames that it sent are
reproduced from their cause (a pod's packet goes in at the pod's own interface), and what the host sends is compared
with what was captured. Fields that a kernel draws at random are not compared by value.

Verdicts:
  as programmed               the capture shows what the model does
  differs                     the model sends something else, or would not send this; with the fields
  should have been dropped    the model drops what the capture shows to have gone on; with the reason
  missing                     the model sends what the capture does not show within two seconds, its end excepted
  not explained by the model  nothing in the lab can have caused it
  not a matter of the model   IPv6, STP, LLDP, VLAN tags, segments for offload: counted apart, no error

Exit status: 0 if all is as programmed, 1 if anything is not, 2 for wrong use, for a file that is no capture and if
nothing was compared (no packets, none that could be read, none that is a matter of the model). Damaged records are told
and counted, and the last line says that they could not be read; beside good ones they do not change the exit status.

--json prints {version, capture, lab, at, packets, unreadable, flows, summary, asProgrammed}; with --quiet "packets" has
only those that are not as programmed.

Examples:
  vrouter replay ipip.cap --lab lab.sh --at node1:eth0
  tcpdump -pne -i eth0 -w - | vrouter replay - --lab lab.sh --at node1:eth0 --quiet
`;

export function defineReplay(program: Command): void {
  program
    .command('replay')
    .description('compare a capture with what a lab would have sent, packet by packet')
    .argument('<capture>', 'pcap or pcapng, gzipped or not; - for standard input')
    .requiredOption('--lab <script>', 'the script that builds the network')
    .requiredOption('--at <netns:interface>', 'where it was captured; without a namespace, the initial one')
    .option('--json', 'print one JSON document')
    .option('--seed <number>', 'seed of everything that is random', seedOf)
    .option('-q, --quiet', 'tell only what is not as programmed, and the summary')
    .option('-v, --verbose', 'tell also which routes lost, where packets came in, and what the script prints')
    .addHelpText('after', HELP)
    .action(runReplay);
}

function seedOf(text: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > 0xffffffff)
    throw new InvalidArgumentError('It is a number from 0 to 4294967295.');
  return Number(text);
}

/** What the user can put right; the run ends with exit status 2. */
interface Wrong {
  readonly wrong: string;
}

async function runReplay(capture: string, flags: Flags): Promise<void> {
  const result = await replay(capture, flags);
  if (typeof result === 'number') {
    process.exitCode = result;
    return;
  }
  process.stderr.write(`vrouter replay: ${result.wrong}\n`);
  process.exitCode = WRONG_USE;
}

/** The exit status, or what is wrong with the command line. */
async function replay(capture: string, flags: Flags): Promise<number | Wrong> {
  const script = readScript(flags.lab);
  if (typeof script !== 'string') return script;
  const source = openCapture(capture);
  if ('wrong' in source) return source;
  const lab = await buildLab(script, flags);
  const vantage = vantageOf(lab, flags.at);
  if ('wrong' in vantage) return vantage;
  const { compareCapture } = await import('./replay-run.ts');
  return compareCapture(source, vantage, { ...flags, capture, script: flags.lab });
}

function readScript(path: string): string | Wrong {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return { wrong: `${path}: ${reasonOf(error)}` };
  }
}

function openCapture(path: string): AsyncIterable<Uint8Array> | Wrong {
  if (path === '-') return process.stdin;
  try {
    const fd = openSync(path, 'r');
    if (!fstatSync(fd).isDirectory()) return createReadStream(path, { fd, highWaterMark: PIECE });
    closeSync(fd);
    return { wrong: `${path}: Is a directory` };
  } catch (error) {
    return { wrong: `${path}: ${reasonOf(error)}` };
  }
}

/** `No such file or directory` of node's `ENOENT: no such file or directory, open 'x'`. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const reason = /^[A-Z]+: ([^,]*)/.exec(text)?.[1] ?? text;
  return reason.charAt(0).toUpperCase() + reason.slice(1);
}

/** Runs the script as `vrouter sh` does; what it prints is no data of ours. */
async function buildLab(script: string, { lab: name, seed, verbose }: Flags): Promise<Lab> {
  const { runScript } = await import('../shell/run.ts');
  const result = await runScript({
    script,
    name,
    from: 'file',
    host: openHostFiles(process.cwd(), false),
    cwd: process.cwd().replaceAll('\\', '/'),
    sink: (stream, bytes) => {
      if (stream === 'stderr' || verbose === true) process.stderr.write(bytes);
    },
    ...(seed === undefined ? {} : { seed }),
  });
  if (result.exitCode !== 0)
    process.stderr.write(
      `vrouter replay: ${name} ended with status ${result.exitCode}; what it built is used\n`,
    );
  return result.lab;
}

/** The interface that the words `node1:eth0` name. */
function vantageOf(lab: Lab, at: string): Vantage | Wrong {
  const colon = at.indexOf(':');
  const host = colon < 0 ? '' : at.slice(0, colon);
  const name = at.slice(colon + 1);
  const namespace = host === '' ? lab.kernel.initial : lab.names.get(host);
  if (namespace === undefined)
    return {
      wrong: `the lab has no namespace ${host}; it has ${[...lab.names.keys()].join(', ') || 'none'}`,
    };
  const device = namespace.names.get(name);
  if (device !== undefined) return { lab, namespace, device };
  const place = host === '' ? 'the initial namespace' : host;
  return { wrong: `${place} has no interface ${name}; it has ${[...namespace.names.keys()].join(', ')}` };
}
