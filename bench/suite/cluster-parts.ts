// What the parts of a large cluster cost when they are made through the administrative port: the time of one more, and
// the memory that stays with it.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type Benchmark from 'benchmark';
import { ipv4 } from '../../src/addr/ipv4.ts';
import { mac } from '../../src/addr/mac.ts';
import { changeAddress } from '../../src/admin/address.ts';
import { changeFdb } from '../../src/admin/fdb.ts';
import { addLink, setLink } from '../../src/admin/link.ts';
import { loadModule } from '../../src/admin/module.ts';
import { changeNeighbour } from '../../src/admin/neighbour.ts';
import { changeRoute } from '../../src/admin/route.ts';
import { writeSysctl } from '../../src/admin/sysctl.ts';
import type { Outcome } from '../../src/admin/types.ts';
import { createLab } from '../../src/lab/create.ts';
import type { Lab } from '../../src/lab/lab.ts';
import type { Namespace } from '../../src/netns/namespace.ts';

/** So many of a part are made in one lab, as many as a node has peers; then another begins. */
const PARTS = 1000;
/** Memory is that of so many labs. */
const LABS = 5;
const PERMANENT = 0x80;
const SELF = 0x02;
const LINK_SCOPE = 253;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function must(outcome: Outcome): void {
  if (outcome !== null) throw new Error(`refused: ${JSON.stringify(outcome)}`);
}

/** What a part is added to: a node with its underlay and tunnel devices. */
interface Node {
  readonly lab: Lab;
  readonly node: Namespace;
}

function createNode(): Node {
  const lab = createLab();
  for (const module of ['ipip', 'vxlan', 'veth']) must(loadModule(lab.kernel, module));
  const node = lab.addNamespace('node') as Namespace;
  must(addLink(node, { kind: 'veth', name: 'eth0', veth: { peer: { name: 'port' } } }));
  for (const end of ['eth0', 'port']) must(setLink(node, end, { up: true }));
  const local = ipv4(0x0a000001);
  must(changeAddress(node, 'add', 'eth0', { local, peer: local, length: 16 }));
  const vxlan = { vni: 4096, port: 4789, local, link: 'eth0', learning: false };
  must(addLink(node, { kind: 'vxlan', name: 'vxlan.calico', vxlan, up: true }));
  return { lab, node };
}

interface Part {
  readonly name: string;
  /** What each of them is made on. */
  prepare?(node: Node, index: number): void;
  make(node: Node, index: number): void;
}

const addCable = ({ lab, node }: Node, index: number): void => {
  const peer = { name: 'eth0', namespace: lab.names.get(`pod${index}`) };
  must(addLink(node, { kind: 'veth', name: `cali${index}`, veth: { peer } }));
};

const addPod = (node: Node, index: number): void => {
  node.lab.addNamespace(`pod${index}`);
  addCable(node, index);
};

const raise = ({ lab, node }: Node, index: number): void => {
  must(setLink(node, `cali${index}`, { up: true }));
  must(setLink(lab.names.get(`pod${index}`) as Namespace, 'eth0', { up: true }));
};

const addRunningPod = (node: Node, index: number): void => {
  addPod(node, index);
  raise(node, index);
};

const blockOf = (index: number) => ipv4(0x0af00000 + (index << 6));

const PARTS_OF_A_CLUSTER: readonly Part[] = [
  { name: 'a namespace with lo and tunl0', make: ({ lab }, index) => lab.addNamespace(`pod${index}`) },
  {
    name: 'a veth pair into it',
    prepare: ({ lab }, index) => lab.addNamespace(`pod${index}`),
    make: addCable,
  },
  { name: 'both its ends up', prepare: addPod, make: raise },
  {
    name: 'an address',
    prepare: addRunningPod,
    make({ lab }, index) {
      const local = ipv4(0x0af00000 + index);
      const pod = lab.names.get(`pod${index}`) as Namespace;
      must(changeAddress(pod, 'add', 'eth0', { local, peer: local, length: 32 }));
    },
  },
  {
    name: 'a sysctl of a device',
    prepare: addPod,
    make: ({ node }, index) => must(writeSysctl(node, `net/ipv4/conf/cali${index}/proxy_arp`, '1')),
  },
  {
    name: 'a route to a pod',
    prepare: addRunningPod,
    make({ node }, index) {
      const nextHops = [{ device: `cali${index}`, gateway: ipv4(0) }];
      const destination = ipv4(0x0af00000 + index);
      must(changeRoute(node, 'add', { table: 0, destination, length: 32, scope: LINK_SCOPE, nextHops }));
    },
  },
  {
    name: 'a route to a block by VXLAN',
    make({ node }, index) {
      const destination = blockOf(index);
      const nextHops = [{ device: 'vxlan.calico', gateway: destination, onlink: true }];
      must(changeRoute(node, 'add', { table: 0, destination, length: 26, protocol: 80, nextHops }));
    },
  },
  {
    name: 'a permanent neighbour',
    make({ node }, index) {
      const lladdr = mac(0x660000000000 + index);
      const destination = blockOf(index);
      must(
        changeNeighbour(node, 'replace', { device: 'vxlan.calico', destination, lladdr, state: PERMANENT }),
      );
    },
  },
  {
    name: 'a VXLAN forwarding entry',
    make({ node }, index) {
      const destination = ipv4(0x0a000001 + index);
      const entry = { device: 'vxlan.calico', mac: mac(0x660000000000 + index), destination };
      must(changeFdb(node, 'replace', { ...entry, state: PERMANENT, flags: SELF }));
    },
  },
];

function prepared(part: Part): Node {
  const node = createNode();
  if (part.prepare !== undefined) for (let index = 0; index < PARTS; index++) part.prepare(node, index);
  return node;
}

function makeAll(part: Part, node: Node): void {
  for (let index = 0; index < PARTS; index++) part.make(node, index);
}

/** Bytes that one part leaves, code that is compiled for the first time not counted. */
function bytesOf(part: Part): number {
  makeAll(part, prepared(part));
  const nodes = Array.from({ length: LABS }, () => prepared(part));
  collect();
  const before = process.memoryUsage();
  for (const node of nodes) makeAll(part, node);
  collect();
  const after = process.memoryUsage();
  return Math.round((after.heapUsed + after.external - before.heapUsed - before.external) / PARTS / LABS);
}

/** The parts cannot be made twice: each run has a lab of its own, made beforehand; a sample is of two runs. */
function measure(suite: Benchmark.Suite, part: Part): void {
  const name = `${PARTS} × ${part.name}: ${bytesOf(part)} B`;
  const nodes: Node[] = [];
  const renew = (): void => {
    while (nodes.length < 2) nodes.push(prepared(part));
  };
  const run = (): void => makeAll(part, nodes.pop() ?? prepared(part));
  suite.add(name, run, { onStart: renew, onCycle: renew, minSamples: 10, maxTime: 0.5, minTime: 1e-6 });
}

export function fill(suite: Benchmark.Suite): void {
  for (const part of PARTS_OF_A_CLUSTER) measure(suite, part);
}
