// Packets through labs as a user builds them: routers in a row, and pods of two Calico-like nodes, on one node and
// between them, bare, by IPIP, by VXLAN and by VXLAN with fragments. Neighbours are warm. Frames are given to the lab
// by `receive` and `transmit`, some at a time as a network card brings them, and a UDP socket takes them at the end.
import type Benchmark from 'benchmark';
import type { Lab } from '../../src/lab/lab.ts';
import type { Namespace } from '../../src/netns/namespace.ts';
import { runScript } from '../../src/shell/run.ts';
import { PORT, udpFrame } from '../frames.ts';

/** Frames that come before the lab runs. */
const BURST = 32;

async function build(script: string): Promise<Lab> {
  const { lab, output } = await runScript({ script });
  if (output !== '') throw new Error(output);
  return lab;
}

const hex = (value: number): string => value.toString(16).padStart(2, '0');

/** A – R1 – … – Rn – B: cable i is 10.i.0.0/24, its left end .1 with MAC …:i:01, its right end .2 with …:i:02. */
function rowOf(routers: number): string {
  const lines: string[] = [];
  for (let host = 0; host <= routers + 1; host++) lines.push(`ip netns add h${host}`);
  for (let cable = 1; cable <= routers + 1; cable++) {
    const mac = `02:00:00:00:${hex(cable)}`;
    const right = `peer name left netns h${cable} address ${mac}:02`;
    lines.push(`ip -n h${cable - 1} link add right address ${mac}:01 type veth ${right}`);
    for (const [host, device, place] of [
      [cable - 1, 'right', 1],
      [cable, 'left', 2],
    ] as const) {
      lines.push(`ip -n h${host} address add 10.${cable}.0.${place}/24 dev ${device}`);
      lines.push(`ip -n h${host} link set ${device} up`);
    }
  }
  for (let host = 1; host <= routers; host++) {
    lines.push(`ip netns exec h${host} sysctl -qw net.ipv4.ip_forward=1`);
    for (const [device, cable, place] of [
      ['left', host, 1],
      ['right', host + 1, 2],
    ] as const)
      lines.push(
        `ip -n h${host} neigh add 10.${cable}.0.${place} lladdr 02:00:00:00:${hex(cable)}:0${place} dev ${device}`,
      );
    if (host < routers)
      lines.push(`ip -n h${host} route add 10.${routers + 1}.0.0/24 via 10.${host + 1}.0.2`);
  }
  return lines.join('\n');
}

/** Two nodes on a switch with a pod or two each, and what leads from the pods of one to those of the other. */
function nodes(ways: (node: Node, other: Node) => readonly string[]): string {
  const lines = ['ip link add lan type bridge', 'ip link set lan up', 'modprobe ipip'];
  for (const node of NODES) lines.push(...nodeLines(node), ...ways(node, NODES[1 - node.index] as Node));
  return lines.join('\n');
}

interface Node {
  readonly index: number;
  readonly name: string;
  readonly address: string;
  readonly mac: string;
  /** Of its pods, and of its tunnel device, which has the first address of them. */
  readonly block: string;
  readonly tunnelMac: string;
}

const NODES: readonly Node[] = [0, 1].map((index) => ({
  index,
  name: `node${index}`,
  address: `172.16.0.${index + 1}`,
  mac: `02:00:00:00:10:0${index}`,
  block: `10.65.${index}`,
  tunnelMac: `66:00:00:00:00:0${index}`,
}));

function nodeLines({ index, name, address, mac, block }: Node): string[] {
  const other = NODES[1 - index] as Node;
  return [
    `ip netns add ${name}`,
    `ip link add ${name} type veth peer name eth0 netns ${name} address ${mac}`,
    `ip link set ${name} master lan up`,
    `ip -n ${name} link set eth0 up`,
    `ip -n ${name} address add ${address}/24 dev eth0`,
    `ip netns exec ${name} sysctl -qw net.ipv4.ip_forward=1`,
    `ip -n ${name} neigh add ${other.address} lladdr ${other.mac} dev eth0`,
    ...[2, 3].flatMap((pod) => podLines(name, `${name}pod${pod}`, `${block}.${pod}`, `cali${pod}`)),
  ];
}

const POD_MAC = '02:00:00:00:20:00';
const NODE_MAC = 'ee:ee:ee:ee:ee:ee';

const podLines = (node: string, pod: string, address: string, device: string): string[] => [
  `ip netns add ${pod}`,
  `ip -n ${node} link add ${device} address ${NODE_MAC} type veth peer name eth0 netns ${pod} address ${POD_MAC}`,
  `ip -n ${node} link set ${device} up`,
  `ip -n ${pod} link set eth0 up`,
  `ip -n ${pod} address add ${address}/32 dev eth0`,
  `ip -n ${pod} route add 169.254.1.1 dev eth0`,
  `ip -n ${pod} route add default via 169.254.1.1 dev eth0`,
  `ip -n ${node} route add ${address} dev ${device}`,
  `ip -n ${node} neigh add ${address} lladdr ${POD_MAC} dev ${device}`,
];

const bare = ({ name }: Node, { address, block }: Node): string[] => [
  `ip -n ${name} route add ${block}.0/24 via ${address}`,
];

const byIpip = ({ name, block }: Node, other: Node): string[] => [
  `ip -n ${name} link set tunl0 up`,
  `ip -n ${name} address add ${block}.0/32 dev tunl0`,
  `ip -n ${name} route add ${other.block}.0/24 via ${other.address} dev tunl0 onlink`,
];

const byVxlan = (node: Node, other: Node): string[] => [
  `ip -n ${node.name} link add vxlan.calico address ${node.tunnelMac} type vxlan id 4096 dstport 4789 local ${node.address} dev eth0 nolearning`,
  `ip -n ${node.name} link set vxlan.calico up`,
  `ip -n ${node.name} address add ${node.block}.0/32 dev vxlan.calico`,
  `ip -n ${node.name} neigh add ${other.block}.0 lladdr ${other.tunnelMac} dev vxlan.calico nud permanent`,
  `ip netns exec ${node.name} bridge fdb add ${other.tunnelMac} dev vxlan.calico dst ${other.address}`,
  `ip -n ${node.name} route add ${other.block}.0/24 via ${other.block}.0 dev vxlan.calico onlink`,
];

/** A VXLAN device that is bound to none has room for what no cable takes in one piece. */
const byVxlanInPieces = (node: Node, other: Node): string[] =>
  byVxlan(node, other).map((line) => line.replace(' dev eth0 nolearning', ' nolearning'));

/** Sends bursts by `send`, each of whose packets must arrive at `receiver`. */
function burst(lab: Lab, receiver: string, send: () => void): () => void {
  const namespace = lab.names.get(receiver) as Namespace;
  let arrived = 0;
  let sent = 0;
  namespace.udpPorts.set(PORT, { protocol: 17, receive: () => void arrived++ });
  return () => {
    for (let left = BURST; left > 0; left--) send();
    lab.settle();
    sent += BURST;
    if (arrived !== sent) throw new Error(`${sent} sent, ${arrived} arrived`);
  };
}

async function addRow(suite: Benchmark.Suite, routers: number, size: number): Promise<void> {
  const lab = await build(rowOf(routers));
  const first = lab.names.get('h1') as Namespace;
  const ends = { fromMac: '02:00:00:00:01:01', toMac: '02:00:00:00:01:02' };
  const frame = udpFrame({ ...ends, from: '10.1.0.1', to: `10.${routers + 1}.0.2` }, size);
  const what = routers === 1 ? 'a router and the receiver' : `${routers} routers, each`;
  const send = burst(lab, `h${routers + 1}`, () => lab.receive(first, 'left', frame));
  suite.add(`${what}, ${size} bytes`, send, { operations: BURST * routers } as Benchmark.Options);
}

const ON_A_NODE = '10.65.0.3';
const ELSEWHERE = '10.65.1.2';

/** From the first pod of the first node to one beside it or one on the other node. */
async function addPods(
  suite: Benchmark.Suite,
  what: string,
  to: string,
  ways: (node: Node, other: Node) => readonly string[],
  sizes: readonly number[],
): Promise<void> {
  for (const size of sizes) {
    const lab = await build(nodes(ways));
    const pod = lab.names.get('node0pod2') as Namespace;
    const frame = udpFrame({ fromMac: POD_MAC, toMac: NODE_MAC, from: '10.65.0.2', to }, size);
    const receiver = to === ON_A_NODE ? 'node0pod3' : 'node1pod2';
    const send = burst(lab, receiver, () => lab.transmit(pod, 'eth0', frame));
    suite.add(`pod to pod ${what}, ${size} bytes`, send, { operations: BURST } as Benchmark.Options);
  }
}

export async function fill(suite: Benchmark.Suite): Promise<void> {
  for (const size of [64, 1500]) for (const routers of [1, 16]) await addRow(suite, routers, size);
  await addPods(suite, 'on a node', ON_A_NODE, () => [], [64, 1400]);
  await addPods(suite, 'between nodes, bare', ELSEWHERE, bare, [64, 1400]);
  await addPods(suite, 'by IPIP', ELSEWHERE, byIpip, [64, 1400]);
  await addPods(suite, 'by VXLAN', ELSEWHERE, byVxlan, [64, 1400]);
  await addPods(suite, 'by VXLAN in fragments', ELSEWHERE, byVxlanInPieces, [1500]);
}
