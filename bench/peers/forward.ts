// Forwarding beside the Linux kernel of this machine, in one run: npm run bench:peers -- forward [--rounds N].
//
// The same lines build the same lab in vrouter and in network namespaces; trafgen (netsniff-ng) sends the frame there
// that we hand to the lab here; every packet must arrive on both. Rounds are taken in turn, by CPU time. Needs root.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ends, PORT, udpFrame } from '../frames.ts';
import {
  BURST,
  bare,
  build,
  burst,
  byVxlan,
  ELSEWHERE,
  KNOWN_NODES,
  NODE_MAC,
  nodes,
  ON_A_NODE,
  POD_MAC,
  rowOf,
} from '../labs.ts';
import { PeerProcess } from './child.ts';
import { command, orSay } from './install.ts';
import { roundsOf } from './options.ts';
import { nanoseconds, type Pair, printPairs } from './pairs.ts';

const rounds = roundsOf(7);
/** Packets that the kernel is given in a round, and that we are. */
const THEIRS = 200_000;
const OURS = 32_768;

interface Way {
  readonly name: string;
  readonly script: string;
  /** Who sends, by which device, and who receives. */
  readonly sender: string;
  readonly device: string;
  readonly receiver: string;
  readonly receives: string;
  readonly ends: Ends;
}

const pods = { sender: 'node0pod2', device: 'eth0', receives: 'eth0' };
const podEnds = (to: string): Ends => ({ fromMac: POD_MAC, toMac: NODE_MAC, from: '10.65.0.2', to });

const WAYS: readonly Way[] = [
  {
    name: 'a router',
    script: rowOf(1),
    sender: 'h0',
    device: 'right',
    receiver: 'h2',
    receives: 'left',
    ends: { fromMac: '02:00:00:00:01:01', toMac: '02:00:00:00:01:02', from: '10.1.0.1', to: '10.2.0.2' },
  },
  {
    ...pods,
    name: 'pod to pod on a node',
    script: nodes(() => []),
    receiver: 'node0pod3',
    ends: podEnds(ON_A_NODE),
  },
  {
    ...pods,
    name: 'pod to pod between nodes, bare',
    script: `${nodes(bare)}\n${KNOWN_NODES}`,
    receiver: 'node1pod2',
    ends: podEnds(ELSEWHERE),
  },
  {
    ...pods,
    name: 'pod to pod by VXLAN',
    script: `${nodes(byVxlan)}\n${KNOWN_NODES}`,
    receiver: 'node1pod2',
    ends: podEnds(ELSEWHERE),
  },
];

const folder = mkdtempSync(join(tmpdir(), 'vrouter-forward-'));

/** Sends OURS packets through the lab, each of which must arrive. */
async function ours({ script, sender, device, receiver }: Way, frame: Uint8Array): Promise<() => void> {
  const lab = await build(script);
  const from = lab.names.get(sender)!;
  const send = burst(lab, receiver, () => lab.transmit(from, device, frame));
  return () => {
    for (let sent = 0; sent < OURS; sent += BURST) send();
  };
}

/**
 * Builds the lab in namespaces of its own, with a receiver that listens and reads nothing; then, for each line that it
 * reads, lets trafgen send and prints how many packets arrived and the seconds of CPU time that went into it. The whole
 * way is walked in the sender's system call (veth_xmit raises the softirq that runs at its end).
 */
const theirs = ({ script, sender, device, receiver, receives }: Way, packets: string): string => `
mkdir -p /run/netns && mount -t tmpfs none /run/netns || exit
${script.replace(/^/gm, 'set -e; ')}
ip netns exec ${receiver} perl -MSocket -e '
  socket(S, PF_INET, SOCK_DGRAM, 0) && setsockopt(S, SOL_SOCKET, SO_RCVBUF, 1) or die;
  bind(S, sockaddr_in(${PORT}, INADDR_ANY)) or die; sleep' >/dev/null &
trap 'kill $!' EXIT
received() { ip netns exec ${receiver} cat /sys/class/net/${receives}/statistics/rx_packets; }
TIMEFORMAT='%3U %3S'
sleep 1
echo ready
while read -r; do
  before=$(received)
  used=$({ time ip netns exec ${sender} trafgen --dev ${device} --conf ${packets} --num ${THEIRS} --cpus 1 >/dev/null 2>&1; } 2>&1)
  echo "$(($(received) - before)) $used"
done
`;

async function theirPass(kernel: PeerProcess): Promise<number> {
  const [arrived, user, system] = (await kernel.ask('go')).split(' ').map(Number);
  if (arrived! < THEIRS) throw new Error(`${THEIRS} sent in the kernel, ${arrived} arrived`);
  return (user! + system!) * 1e9;
}

async function compare(way: Way, size: number): Promise<void> {
  const frame = udpFrame(way.ends, size);
  const packets = join(folder, 'packets');
  writeFileSync(packets, `{ ${frame.join(', ')} }\n`);
  const pass = await ours(way, frame);
  const kernel = new PeerProcess('unshare', ['--net', '--mount', 'bash', '-c', theirs(way, packets)]);
  await kernel.line();
  const pairs: Pair[] = [];
  for (let round = -1; round < rounds; round++) {
    const pair = { ours: nanoseconds(pass) * (THEIRS / OURS), theirs: await theirPass(kernel) };
    if (round >= 0) pairs.push(pair);
  }
  kernel.end();
  printPairs('Linux in namespaces', `${way.name}, ${size} bytes`, THEIRS, pairs);
}

if (orSay(command('trafgen', 'apt-get install netsniff-ng')) !== null) {
  console.log(`ours, theirs, and ours to theirs, of ${rounds} pairs of passes, by CPU time\n`);
  for (const way of WAYS) for (const size of [64, 1400]) await compare(way, size);
}
rmSync(folder, { recursive: true });
