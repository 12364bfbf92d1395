// `vrouter diff`: what a live node has against what was programmed.
import type { Command } from 'commander';
import type { Lab } from '../lab/lab.ts';
import { importNode } from './dump-files.ts';
import { addLabOptions, type LabFlags, readLabSource } from './lab-source.ts';
import { finish, type Wrong } from './wrong.ts';

interface Flags extends LabFlags {
  readonly node: string;
  readonly json?: boolean;
  readonly localTable?: boolean;
}

const DIFFERENT = 1;

const HELP = `
The files, or those below a directory, are what one live node prints (see vrouter import): ip address, ip route, ip neigh,
bridge fdb, sysctl -a, as text or JSON. They are compared with the namespace NODE of the lab or cluster: routes, rules, neighbours and
forwarding entries that somebody made, links, addresses, and the settings that decide about packets. Each difference comes
with what it does to packets, found by looking the destination up in the dumped tables:

  - missing   + extra   ~ different

A list that was not dumped is not compared. IPv6, the loopback, learnt neighbours and (without --local-table) the kernel's
local table are left aside; what is on devices that nobody programmed, such as docker0, is told apart and is no difference.

Exit status: 0 if all is as programmed, 1 if anything differs, 2 for wrong use.

--json prints {version, node, equal, differences, notUnderstood}.

Examples:
  vrouter diff --cluster resources/ --node node1 node1.txt
  ssh node1 'ip -j r; ip -j n; bridge -j fdb' | vrouter diff --lab lab.sh --node node1 -
`;

export function defineDiff(program: Command): void {
  const command = program
    .command('diff')
    .description('compare what a live node prints with what was programmed')
    .argument('<dump...>', 'files or directories of the node; - for standard input');
  addLabOptions(command)
    .requiredOption('--node <namespace>', 'the node in it')
    .option('--local-table', "compare the kernel's local table too")
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP)
    .action(runDiff);
}

async function runDiff(paths: string[], flags: Flags): Promise<void> {
  finish('diff', await diff(paths, flags));
}

/** The exit status, or what is wrong with the command line. */
async function diff(paths: readonly string[], flags: Flags): Promise<number | Wrong> {
  const imported = await importNode(paths, flags.node);
  if ('wrong' in imported) return imported;
  const dumped = imported.nodes.find(({ dump }) => dump.name === flags.node)?.dump;
  if (dumped === undefined) return { wrong: `${paths.join(', ')}: nothing in it was understood` };
  const source = await readLabSource('diff', flags);
  if ('wrong' in source) return source;
  const { lab } = await source.build();
  const namespace = lab.names.get(flags.node);
  if (namespace === undefined) return { wrong: noNamespace(lab, flags.node) };
  const { readNamespace } = await import('../dump/read-namespace.ts');
  const { diffNode } = await import('../dump/diff.ts');
  const { diffDocument, diffText } = await import('../dump/report.ts');
  const { podsOfLab } = await import('../dump/lab-pods.ts');
  const differences = diffNode(readNamespace(namespace, flags.node), dumped, {
    podsIn: podsOfLab(lab),
    withLocalTable: flags.localTable === true,
  });
  process.stdout.write(
    flags.json === true
      ? `${JSON.stringify(diffDocument(flags.node, differences, imported.findings), null, 2)}\n`
      : diffText(flags.node, differences, imported.findings),
  );
  return differences.some(({ isForeign }) => !isForeign) ? DIFFERENT : 0;
}

const noNamespace = (lab: Lab, name: string): string =>
  `the lab has no namespace ${name}; it has ${[...lab.names.keys()].join(', ') || 'none'}`;
