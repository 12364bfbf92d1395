// Labs that packets are sent through in measurements, as scripts: vrouter and the kernel run the same lines. And what sends
// through them here.
import type { Lab } from '../src/lab/lab.ts';
import type { Namespace } from '../src/netns/namespace.ts';
import { runScript } from '../src/shell/run.ts';
import { PORT } from './frames.ts';

/** Frames that come before the lab runs. */
export const BURST = 32;

/** The lab that the script makes, which is to print nothing. */
export async function build(script: string): Promise<Lab> {
  const { lab, output } = await runScript({ script });
  if (output !== '') throw new Error(output);
  return lab;
}

/** Sends bursts by `send`, each of whose packets must arrive at `receiver`. */
export function burst(lab: Lab, receiver: string, send: () => void): () => void {
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

const hex = (value: number): string => value.toString(16).padStart(2, '0');

/** A – R1 – … – Rn – B: cable i is 10.i.0.0/24, its left end .1 with MAC …:i:01, its right end .2 with …:i:02. */
export function rowOf(routers: number): string {
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
export function nodes(ways: (node: Node, other: Node) => readonly string[]): string {
  const lines = ['ip link add lan type bridge', 'ip link set lan up'];
  for (const node of NODES) lines.push(...nodeLines(node), ...ways(node, NODES[1 - node.index] as Node));
  return lines.join('\n');
}

export interface Node {
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

export const POD_MAC = '02:00:00:00:20:00';
export const NODE_MAC = 'ee:ee:ee:ee:ee:ee';

const podLines = (node: string, pod: string, address: string, device: string): string[] => [
  `ip netns add ${pod}`,
  `ip -n ${node} link add ${device} address ${NODE_MAC} type veth peer name eth0 netns ${pod} address ${POD_MAC}`,
  `ip -n ${node} link set ${device} up`,
  `ip -n ${pod} link set eth0 up`,
  `ip -n ${pod} address add ${address}/32 dev eth0`,
  `ip -n ${pod} route add 169.254.1.1 dev eth0`,
  `ip -n ${pod} route add default via 169.254.1.1 dev eth0`,
  `ip -n ${pod} neigh add 169.254.1.1 lladdr ${NODE_MAC} dev eth0`,
  `ip -n ${node} route add ${address} dev ${device}`,
  `ip -n ${node} neigh add ${address} lladdr ${POD_MAC} dev ${device}`,
];

export const bare = ({ name }: Node, { address, block }: Node): string[] => [
  `ip -n ${name} route add ${block}.0/24 via ${address}`,
];

export const byIpip = ({ name, block }: Node, other: Node): string[] => [
  'modprobe ipip',
  `ip -n ${name} link set tunl0 up`,
  `ip -n ${name} address add ${block}.0/32 dev tunl0`,
  `ip -n ${name} route add ${other.block}.0/24 via ${other.address} dev tunl0 onlink`,
];

export const byVxlan = (node: Node, other: Node): string[] => [
  `ip -n ${node.name} link add vxlan.calico address ${node.tunnelMac} type vxlan id 4096 dstport 4789 local ${node.address} dev eth0 nolearning`,
  `ip -n ${node.name} link set vxlan.calico up`,
  `ip -n ${node.name} address add ${node.block}.0/32 dev vxlan.calico`,
  `ip -n ${node.name} neigh add ${other.block}.0 lladdr ${other.tunnelMac} dev vxlan.calico nud permanent`,
  `ip netns exec ${node.name} bridge fdb add ${other.tunnelMac} dev vxlan.calico dst ${other.address}`,
  `ip -n ${node.name} route add ${other.block}.0/24 via ${other.block}.0 dev vxlan.calico onlink`,
];

/** A VXLAN device that is bound to none has room for what no cable takes in one piece. */
export const byVxlanInPieces = (node: Node, other: Node): string[] =>
  byVxlan(node, other).map((line) => line.replace(' dev eth0 nolearning', ' nolearning'));

/** The switch knows where the nodes are, as it does once they have answered. */
export const KNOWN_NODES = NODES.map(
  ({ name, mac }) => `bridge fdb replace ${mac} dev ${name} master static`,
).join('\n');

/** Where the first pod of the first node sends to. */
export const ON_A_NODE = '10.65.0.3';
export const ELSEWHERE = '10.65.1.2';
