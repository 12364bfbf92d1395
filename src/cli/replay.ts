// `vrouter replay`: a capture against the lab that a script builds.
import { type Command, InvalidArgumentError } from 'commander';
import { addLabOptions, type LabFlags, readLabSource } from './lab-source.ts';
import { numberFrom } from './numbers.ts';
import { checkCaptures } from './replay-input.ts';
import { planVantages } from './replay-plan.ts';
import { finish, type Wrong } from './wrong.ts';

interface Flags extends LabFlags {
  readonly at: readonly string[];
  readonly json?: boolean;
  readonly junit?: string;
  readonly examples: number;
  readonly all?: boolean;
  readonly quiet?: boolean;
  readonly jobs: number;
}

/** Packets named for each finding, unless told otherwise. */
const EXAMPLES = 5;
const MAX_JOBS = 256;

const HELP = `
CAPTURE is a pcap or pcapng file taken at one interface, gzipped or not; - is standard input. Several are pieces of one
capture, as tcpdump -C cuts them, and are read in order of time. The script builds the network in memory. Of it one host
runs: frames that arrived at the interface go in there, frames that it sent are reproduced from their cause (a pod's
packet goes in at the pod's own interface), and what the host sends is compared with what was captured. Fields that a
kernel draws at random are not compared by value.

With --at NETNS:INTERFACE=CAPTURE for each of several interfaces, each capture is judged so, and then packets are
followed: one that left an interface for another and was never seen there while both captures ran is a finding, and so is
one that came and was never seen to leave. The captures' clocks may differ: by how much is taken from the packets.

Findings come first, by kind and cause, each with a count and some of its packets (--examples). A capture of up to 100
packets is then listed packet by packet; --all lists any, before the findings, as it is read.

Verdicts:
  as programmed               the capture shows what the model does
  differs                     the model sends something else, or would not send this; with the fields
  should have been dropped    the model drops what the capture shows to have gone on; with the reason
  missing                     the model sends what the capture does not show within two seconds, its end excepted
  not explained by the model  nothing in the lab can have caused it
  not a matter of the model   IPv6, STP, LLDP, VLAN tags, segments for offload: counted apart, no error

Exit status: 0 if all is as programmed, 1 if anything is not, 2 for wrong use, for a file that is no capture and if
nothing was compared at some interface (no packets, none that could be read, none that is a matter of the model). Damaged
records are told and counted, and the last line says that they could not be read; beside good ones they do not change the
exit status.

With --jobs, threads read the captures while one judges them: a packet's verdict hangs on all before it, its record and
its header do not. The result is the same with any number.

--json prints {version, capture, lab, at, packets, findings, unreadable, flows, summary, vantages, followed,
asProgrammed}; with --quiet "packets" has only those that are not as programmed. --junit FILE writes a suite for each
interface with a case for each flow, and one for each way between two interfaces.

Examples:
  vrouter replay ipip.cap --lab lab.sh --at node1:eth0
  vrouter replay ipip.cap --cluster resources/ --at node1:eth0
  vrouter replay --lab lab.sh --at node1:eth0=a.pcap --at node2:eth0=b.pcap --junit replay.xml
  tcpdump -pne -i eth0 -w - | vrouter replay - --lab lab.sh --at node1:eth0 --all
`;

export function defineReplay(program: Command): void {
  const command = program
    .command('replay')
    .description('compare captures with what a lab or a cluster would have sent, packet by packet')
    .argument('[captures...]', 'pcap or pcapng, gzipped or not; - for standard input');
  addLabOptions(command)
    .requiredOption(
      '--at <netns:interface>',
      'where it was captured, =CAPTURE behind it if there are several; without a namespace, the initial one',
      (word: string, before: readonly string[] | undefined) => [...(before ?? []), word],
    )
    .option('--json', 'print one JSON document')
    .option('--junit <file>', 'write a JUnit report as well')
    .option('--examples <number>', 'packets named for each finding', countOf, EXAMPLES)
    .option(
      '-j, --jobs <number>',
      'threads: one judges, the others read a capture each',
      numberFrom(1, MAX_JOBS),
      1,
    )
    .option('-a, --all', 'list every packet as it is read, however long the capture is')
    .option('-q, --quiet', 'list no packets: tell the findings and the sums')
    .option(
      '-v, --verbose',
      'as --all, with the routes that lost, where packets came in, and what the script prints',
    )
    .addHelpText('after', HELP)
    .action(runReplay);
}

function countOf(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It is a number from 0 to 999999.');
  return Number(text);
}

async function runReplay(captures: readonly string[], flags: Flags): Promise<void> {
  finish('replay', await replay(captures, flags));
}

/** The exit status, or what is wrong with the command line. */
async function replay(captures: readonly string[], flags: Flags): Promise<number | Wrong> {
  const source = await readLabSource('replay', flags);
  if ('wrong' in source) return source;
  const vantages = planVantages(flags.at, captures);
  if ('wrong' in vantages) return vantages;
  const unreadable = checkCaptures(vantages);
  if (unreadable !== null) return unreadable;
  const { runReplay } = await import('./replay-run.ts');
  const lab = async () => (await source.build()).lab;
  return runReplay({ ...flags, vantages, labName: source.name, lab });
}
