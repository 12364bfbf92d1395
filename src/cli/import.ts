// `vrouter import`: what was understood of the dumps of live nodes, or the script that builds the lab of them.
import type { Command } from 'commander';
import { importDirectory } from './dump-files.ts';
import { refuse } from './wrong.ts';

interface Flags {
  readonly printScript?: boolean;
  readonly json?: boolean;
}

const HELP = `
DIR has what live nodes print: ip address, link, route, neigh, rule, bridge fdb, sysctl -a, as text or with -j, with -d or
not, also route -n, ifconfig and arp -n; pasted with prompts or not, one file for each or many in one. What each piece is
its lines tell. Whose it is: a sub-directory is a node and its name; so is a file (node1.txt, node1-ip-route.txt); files
that are named by what is in them (ip-route.txt) are the directory's; and in a file at the top, the host of a prompt
(root@node1:~#) counts. Output of "ip -n NAME …" and "ip netns exec NAME …" is a namespace NAME of its own.

Best is, on each node: (ip -d addr; ip route show table all; ip rule; ip neigh; bridge fdb; sysctl -a) > node1.txt
With less, kinds of devices are guessed from their names; without sysctl, ip_forward and what pods' interfaces need are on.

The lab has a namespace for each node; for each pod that a node has a host route to, pod-ADDRESS; and one, underlay, with
a segment for each subnet of the nodes and a router that has the nodes' gateways. Interfaces whose other ends nothing tells
of end in elsewhere.

Exit status: 0 if every line was understood, 1 if not, 2 for wrong use.

Examples:
  vrouter import nodes/
  vrouter import nodes/ --print-script > lab.sh
  vrouter trace --import nodes/ pod-10.244.1.5 10.244.2.7
`;

export function defineImport(program: Command): void {
  program
    .command('import')
    .description('read what live nodes print of themselves as a lab')
    .argument('<dir>', 'files of ip, bridge and sysctl output')
    .option('--print-script', 'print the lines of ip, bridge and sysctl that build the lab')
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP)
    .action(runImport);
}

async function runImport(directory: string, flags: Flags): Promise<void> {
  const imported = await importDirectory(directory);
  if ('wrong' in imported) {
    refuse('import', imported);
    return;
  }
  const { scriptOf } = await import('../dump/import-script.ts');
  const { script, refused } = scriptOf(imported.nodes.map(({ dump }) => dump));
  const { importText, importDocument } = await import('../dump/report.ts');
  const complaints = imported.findings.length + refused.length;
  if (flags.json === true)
    process.stdout.write(`${JSON.stringify(importDocument(imported, refused), null, 2)}\n`);
  else if (flags.printScript === true) process.stdout.write(script);
  else process.stdout.write(importText(imported, refused));
  if (flags.printScript === true && complaints > 0)
    process.stderr.write(
      `vrouter import: ${complaints} things were not understood or refused; see vrouter import ${directory}\n`,
    );
  process.exitCode = complaints > 0 ? 1 : 0;
}
