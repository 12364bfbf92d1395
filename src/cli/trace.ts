// `vrouter trace`: where one packet goes in a lab, and why.
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Cluster } from '../calico/cluster/cluster.ts';
import type { Lab } from '../lab/lab.ts';
import type { Trace } from '../trace/trace.ts';
import type { ResolveEnd } from '../trace/trace-ends.ts';
import { reasonOf } from './host-error.ts';
import { addLabOptions, readLabSource } from './lab-source.ts';
import { numberFrom } from './numbers.ts';
import { conflictOf, protocolOf, requestOf, sizeOf, type TraceFlags } from './trace-options.ts';
import { finish, type Wrong } from './wrong.ts';

const NOT_ANSWERED = 1;

const HELP = `
FROM is a namespace of the lab, NAMESPACE:DEVICE, or an address that a namespace holds; TO is one of these or any IPv4
address. In a cluster a node is called by its name, and a pod as in Kubernetes: web-1 or shop/web-1. One packet is sent
from there through the stack, as ping and other programs send theirs: ARP happens if it has to, and time passes on the
lab's clock until nothing moves for the packet. Every host and step is told with the object that decided: the route as ip
route prints it and the one that lost to it, the neighbour, the forwarding entry, the sysctl, the MTU, what a tunnel adds.
Then the same for the answer, for each ICMP error, and how it all ended. Where the packet does not arrive, the answer that
it would have had is sent all the same, to tell about the way back.

Without --df the packet may be fragmented (ping -M dont); a TCP SYN never may. A UDP datagram meets nobody's port and is
answered by port unreachable, unless --listen puts a program there that sends it back. There are no TCP sockets in a lab:
a SYN is answered by a reset, and that counts as an answer.

Exit status: 0 if TO was reached and its answer came back (with --one-way, if it was reached), 1 if not, 2 for wrong use.

--json prints {version, from, to, packet, forward, backward, errors, reached, answered}; TraceDocument in
src/trace/trace-types.ts describes it. -w writes one pcapng with an interface for each device (node1:eth0), all of link
type Ethernet (a packet of tunl0 gets a header of zeros), and a comment for each packet.

Examples:
  vrouter trace --lab lab.sh pod73 pod4
  vrouter trace --lab lab.sh pod73 192.168.202.4 --size 1472 --df -w why.pcapng
  vrouter trace --cluster cluster.yaml web-1 shop/db-0 --size 1480 --df
  vrouter trace --lab lab.sh node1:eth0 10.0.0.9 --proto udp --port 53 --json
`;

export function defineTrace(program: Command): void {
  const command = program
    .command('trace')
    .description('follow one packet through a lab or a cluster, hop by hop, with what decided')
    .argument('<from>', 'a pod, a node, a namespace, NAMESPACE:DEVICE or an address')
    .argument('<to>', 'the same, or any IPv4 address');
  addLabOptions(command)
    .option('--size <bytes>', 'bytes of data: 56, of TCP none', sizeOf)
    .option('--df', 'do not fragment')
    .option('--proto <protocol>', 'icmp, udp or tcp', protocolOf, 'icmp')
    .option('--port <number>', 'of UDP (33434) or TCP (80)', numberFrom(1, 65535))
    .option('--ttl <hops>', "the sender's default if left out", numberFrom(1, 255))
    .option('--listen', 'with --proto udp: a program at TO sends the datagram back')
    .option('--one-way', 'do not tell about the answer')
    .option('--json', 'print one JSON document')
    .option('-w, --write <file>', 'write the packets at every interface as pcapng')
    .option('-v, --verbose', 'show what the script prints, on standard error')
    .addHelpText('after', HELP)
    .action(runTrace);
}

async function runTrace(from: string, to: string, flags: TraceFlags): Promise<void> {
  finish('trace', await traceIn(from, to, flags));
}

const KNOWN = 'a pod, a node, a namespace of the lab, NAMESPACE:DEVICE, or an address that one of them holds';

/** The exit status, or what is wrong with the command line. */
async function traceIn(from: string, to: string, flags: TraceFlags): Promise<number | Wrong> {
  const conflict = conflictOf(flags);
  if (conflict !== null) return conflict;
  const source = await readLabSource('trace', flags);
  if ('wrong' in source) return source;
  const { lab, cluster } = await source.build();
  const { labEnds } = await import('../trace/trace-ends.ts');
  const request = requestOf(endsOf(labEnds(lab), cluster), KNOWN, from, to, flags);
  if ('wrong' in request) return request;
  const { trace } = await import('../trace/trace.ts');
  const traced = trace(lab, request);
  const unwritten = flags.write === undefined ? null : await writeCapture(lab, traced, flags.write);
  if (unwritten !== null) return unwritten;
  await print(traced, flags);
  const { reached, answered } = traced.document;
  return (flags.oneWay === true ? reached : answered) ? 0 : NOT_ANSWERED;
}

/** In a cluster a pod may also be named as Kubernetes does: `namespace/pod`, or `pod` alone in the default one. */
const endsOf =
  (ends: ResolveEnd, cluster: Cluster | null): ResolveEnd =>
  (word) =>
    ends(word) ?? (cluster === null ? null : ends(podWord(word)));

function podWord(word: string): string {
  const [first, second] = word.split('/');
  return second === undefined ? `default.${first}` : `${first}.${second}`;
}

async function print({ document }: Trace, { json }: TraceFlags): Promise<void> {
  if (json === true) {
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return;
  }
  const { traceText } = await import('../trace/trace-text.ts');
  const color = process.stdout.isTTY === true && (process.env.NO_COLOR ?? '') === '';
  process.stdout.write(traceText(document, { color }));
}

async function writeCapture(lab: Lab, { frames }: Trace, path: string): Promise<Wrong | null> {
  const { traceCapture } = await import('../trace/trace-capture.ts');
  const pieces = traceCapture(frames, ({ namespace, name }) => `${lab.nameOf(namespace) ?? ''}:${name}`);
  try {
    writeFileSync(path, Buffer.concat(pieces));
    return null;
  } catch (error) {
    return { wrong: `${path}: ${reasonOf(error)}` };
  }
}
