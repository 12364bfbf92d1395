// `vrouter sh`: a script, commands, or a prompt in a lab of its own.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import type { Command } from 'commander';
import type { Lab } from '../lab/lab.ts';
import { openHostFiles } from './host-files.ts';
import { addClusterOptions, type LabFlags, pathList, readLabSource } from './lab-source.ts';
import { seedNumber } from './numbers.ts';
import { TerminalOutput } from './terminal-output.ts';
import { refuse, type Wrong } from './wrong.ts';

interface Flags extends LabFlags {
  readonly write?: boolean;
  readonly c?: string;
  readonly ipv6: boolean;
}

const HELP = `
The lab is one machine in memory with a network stack like Linux 6.1's. Commands are bash's language; ip, bridge,
sysctl, ping, traceroute, tcpdump, tcpreplay, ifconfig, route, arp, brctl, ethtool and modprobe act on the lab,
cat, grep, sed, awk, jq and the like on its files. The current directory's files are there to read; what is written
stays in memory unless --write is given, and reaches nothing but the current directory then.

Time is virtual: it passes in sleep, ping, wait and the like, at once, and stands still between commands.

Exit status: the script's own; 2 for wrong use of vrouter.

Examples:
  vrouter sh lab.sh
  vrouter sh --cluster resources/ -c 'ip -n node1 route; ip netns exec default.web-1 ping -c 1 10.65.1.2'
  vrouter sh --write -c 'ip link add v0 type veth peer name v1; tcpdump -i v0 -c 1 -w out.pcap'
  echo 'ip -br link' | vrouter sh
`;

export function defineShell(program: Command): void {
  const command = program
    .command('sh')
    .description('run a script of ip, bridge, ping and tcpdump lines, or start a prompt')
    .argument('[script]', 'the script; without it, or -c, commands come from standard input or a prompt')
    .argument('[args...]', 'its arguments')
    .option('--no-ipv6', 'refuse IPv6 addresses and routes, as a kernel booted with ipv6.disable=1 does')
    .option('-c <commands>', 'run these commands instead of a script; arguments set $0, $1 …')
    .option('--write', 'let files that are written below the current directory reach it')
    .option('--cluster <paths>', 'start in the Calico cluster of these files and folders', pathList)
    .option('--import <dir>', 'start in the lab of what live nodes print (vrouter import --help)');
  addClusterOptions(command)
    .option('--seed <number>', 'seed of everything that is random', seedNumber)
    .addHelpText('after', HELP)
    .passThroughOptions()
    .action(runShell);
}

/** Of V8's heap: when it is full, V8 ends the process without a word. */
const MOST_USED = 0.85;

function isMemoryShort(): boolean {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return used > MOST_USED * limit;
}

/** The lab that is there before the first command; null for an empty one. */
async function labOf(flags: LabFlags): Promise<Lab | Wrong | null> {
  if (flags.cluster === undefined && flags.import === undefined) return null;
  const source = await readLabSource('sh', flags);
  return 'wrong' in source ? source : (await source.build()).lab;
}

async function runShell(script: string | undefined, args: string[], flags: Flags): Promise<void> {
  const output = new TerminalOutput();
  const lab = await labOf(flags);
  if (lab !== null && 'wrong' in lab) {
    refuse('sh', lab);
    return;
  }
  if (lab !== null && !flags.ipv6) lab.kernel.ipv6Disabled = true;
  const options = {
    ...(lab === null ? {} : { lab }),
    ipv6Disabled: !flags.ipv6,
    host: openHostFiles(process.cwd(), flags.write === true),
    cwd: process.cwd().replaceAll('\\', '/'),
    sink: output.sink,
    breathe: output.breathe,
    isMemoryShort,
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
  };
  if (flags.c === undefined && script === undefined && process.stdin.isTTY) {
    const { runPrompt } = await import('./prompt.ts');
    process.exitCode = await runPrompt(options, output);
    return;
  }
  const source =
    flags.c !== undefined
      ? commands(flags.c, script, args)
      : script !== undefined
        ? file(script, args)
        : input();
  if (source === null) {
    process.stderr.write(`vrouter: ${script}: No such file or directory\n`);
    process.exitCode = 127;
    return;
  }
  const { runScript } = await import('../shell/run.ts');
  const result = await runScript({
    ...options,
    ...source,
    isTerminal: process.stdout.isTTY === true,
    started: (interrupt) => process.on('SIGINT', () => onInterrupt(interrupt, output)),
  });
  output.flush();
  process.exitCode = result.exitCode;
  process.removeAllListeners('SIGINT');
}

let interrupts = 0;

/** Once is for the script, twice is for us. */
function onInterrupt(interrupt: () => void, output: TerminalOutput): void {
  if (interrupts++ === 0) interrupt();
  else {
    output.flush();
    process.exit(130);
  }
}

type Source = {
  readonly script: string;
  readonly name: string;
  readonly args: readonly string[];
  readonly from: 'file' | 'text' | 'input';
};

/** As `bash -c COMMANDS NAME ARGS`. */
const commands = (text: string, name: string | undefined, args: string[]): Source => ({
  script: text,
  name: name ?? 'bash',
  args,
  from: 'text',
});

function file(path: string, args: string[]): Source | null {
  try {
    return { script: readFileSync(resolve(path), 'utf8'), name: path, args, from: 'file' };
  } catch {
    return null;
  }
}

const input = (): Source => ({ script: readFileSync(0, 'utf8'), name: 'bash', args: [], from: 'input' });
