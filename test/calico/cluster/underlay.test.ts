// The network that the nodes' addresses tell of: which nodes share a segment, who is its router, and what changes when
// nodes come, go and get other addresses.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatIpv4, formatPrefix, inPrefix, ipv4 } from '../../../src/addr/ipv4.ts';
import { Cluster } from '../../../src/calico/cluster/cluster.ts';
import { type NodePlace, routerOf, segmentsOf } from '../../../src/calico/cluster/segments.ts';
import { createLab } from '../../../src/lab/create.ts';
import { runScript } from '../../../src/shell/run.ts';
import { ip } from '../../admin/machine.ts';
import { dumpLab } from '../../program/dump.ts';
import { node, pod, pool } from '../calc/resources.ts';

const place = (name: string, text: string): NodePlace => {
  const [address, length] = text.split('/') as [string, string];
  return { node: name, address: ip(address), length: Number(length) };
};

/** `10.0.0.0/24@10.0.0.1: a b` for each segment. */
const segments = (...texts: readonly string[]): string[] =>
  segmentsOf(texts.map((text, i) => place('abcdef'[i] as string, text))).map(
    ({ subnets, places }) =>
      `${subnets.map(({ address, length, router }) => `${formatPrefix(address, length)}@${formatIpv4(router)}`).join(' ')}: ` +
      places.map((one) => one.node).join(' '),
  );

describe('segments', () => {
  test('nodes of one subnet share one, with its first free address as the router', () => {
    expect(segments('10.0.0.1/24', '10.0.0.2/24', '10.0.0.4/24')).toEqual(['10.0.0.0/24@10.0.0.3: a b c']);
  });

  test('nodes of two subnets have two', () => {
    expect(segments('10.0.0.9/24', '10.0.1.9/24', '10.0.0.8/24')).toEqual([
      '10.0.0.0/24@10.0.0.1: a c',
      '10.0.1.0/24@10.0.1.1: b',
    ]);
  });

  test('a subnet within another is on its segment, with a router of its own', () => {
    expect(segments('10.0.5.9/24', '10.0.0.9/16')).toEqual([
      '10.0.0.0/16@10.0.0.1 10.0.5.0/24@10.0.5.1: a b',
    ]);
  });

  test('a /32 joins the segment that its address lies in, else it is alone', () => {
    expect(segments('10.0.0.9/24', '10.0.0.7/32', '10.9.9.9/32')).toEqual([
      '10.0.0.0/24@10.0.0.1: a b',
      ': c',
    ]);
  });

  test('a full subnet has no router', () => {
    expect(segments('10.0.0.0/31', '10.0.0.1/31')).toEqual(['10.0.0.0/31@0.0.0.0: a b']);
  });

  test('whatever the addresses: every node is on one segment, and no router has a node’s address', () => {
    const places = fc.array(fc.tuple(fc.nat(0x3ff), fc.constantFrom(22, 24, 26, 30, 32)), { maxLength: 12 });
    fc.assert(
      fc.property(places, (drawn) => {
        const all = drawn.map(([low, length], i) => ({
          node: `n${i}`,
          address: ipv4(0x0a000000 + low),
          length,
        }));
        const made = segmentsOf(all);
        expect(made.flatMap((one) => one.places.map((each) => each.node)).sort()).toEqual(
          all.map((each) => each.node).sort(),
        );
        const taken = new Set(all.map(({ address }) => address));
        for (const segment of made)
          for (const one of segment.places) {
            const router = routerOf(segment, one);
            expect(taken.has(router)).toBe(false);
            if (one.length < 32 && router !== 0) expect(inPrefix(router, one.address, one.length)).toBe(true);
          }
      }),
    );
  });
});

describe('a network that changes', () => {
  const started = (): Cluster => {
    const lines: string[] = [];
    const options = { release: 'v3.32', mtu: 1500, faults: [], nodeSettings: [] } as const;
    const cluster = new Cluster(createLab({ seed: 1 }), { ...options, script: (line) => lines.push(line) });
    return Object.assign(cluster, { lines });
  };
  const linesOf = (cluster: Cluster): string[] => (cluster as Cluster & { lines: string[] }).lines;

  const ping = async ({ lab }: Cluster, from: string, to: string): Promise<boolean> =>
    (await runScript({ script: `ip netns exec ${from} ping -c 1 -W 1 ${to}`, lab })).exitCode === 0;

  /** What the lab is, and what the script that was written down makes of an empty one. */
  async function expectScript(cluster: Cluster): Promise<void> {
    const { lab, output } = await runScript({ script: linesOf(cluster).join('\n'), seed: 1 });
    expect(output).toBe('');
    expect(dumpLab(lab)).toEqual(dumpLab(cluster.lab));
  }

  function two(): Cluster {
    const cluster = started();
    cluster.store.put(pool('p', '10.244.0.0/16', { ipipMode: 'CrossSubnet' }));
    cluster.store.put(node('a', '10.0.0.2/24', { ipip: '10.244.1.0' }));
    cluster.store.put(node('b', '10.0.0.3/24', { ipip: '10.244.2.0' }));
    cluster.store.put(pod('x', 'a', ['10.244.1.5/32']));
    cluster.store.put(pod('y', 'b', ['10.244.2.5/32']));
    expect(cluster.settle()).toEqual([]);
    return cluster;
  }

  test('a script makes in the shell what the cluster is', async () => {
    await expectScript(two());
  });

  test('a node moves to another subnet: behind a router, and by the tunnel', async () => {
    const cluster = two();
    expect(await ping(cluster, 'default.x', '10.244.2.5')).toBe(true);
    cluster.store.put(node('b', '10.0.1.3/24', { ipip: '10.244.2.0' }));
    expect(cluster.settle()).toEqual([]);
    expect(await ping(cluster, 'a', '10.0.1.3')).toBe(true);
    expect(await ping(cluster, 'default.x', '10.244.2.5')).toBe(true);
    expect([...cluster.underlay.segments.values()].map(({ subnets }) => subnets.length)).toEqual([1, 1]);
  });

  test('a node takes the router’s address: the router and the others’ default routes move', async () => {
    const cluster = two();
    cluster.store.put(node('c', '10.0.0.1/24'));
    cluster.store.put(node('d', '10.0.1.1/24'));
    expect(cluster.settle()).toEqual([]);
    const { output } = await runScript({ script: 'ip -n a route show default', lab: cluster.lab });
    expect(output).toBe('default via 10.0.0.4 dev eth0 \n');
    expect(await ping(cluster, 'a', '10.0.1.1')).toBe(true);
  });

  test('a node that leaves takes its pods along, and may come back', async () => {
    const cluster = two();
    cluster.store.remove('Node', 'b');
    expect(cluster.settle()).toEqual([]);
    expect([...cluster.lab.names.keys()].sort()).toEqual(['a', 'default.x', 'underlay']);
    cluster.store.put(node('b', '10.0.0.3/24', { ipip: '10.244.2.0' }));
    expect(cluster.settle()).toEqual([]);
    expect(await ping(cluster, 'default.x', '10.244.2.5')).toBe(true);
  });
});

describe('a segment of more nodes than a bridge has ports for', () => {
  test('is a tree of bridges: any two nodes reach each other, and the router', async () => {
    const cluster = new Cluster(createLab(), { release: 'v3.31', mtu: 1500, faults: [], nodeSettings: [] });
    const name = (i: number): string => `n${String(i).padStart(4, '0')}`;
    for (let i = 1; i <= 2100; i++)
      cluster.store.put(node(name(i), `10.${Math.floor(i / 200)}.0.${(i % 200) + 2}/8`, {}));
    expect(cluster.settle()).toEqual([]);
    expect(cluster.underlay.bridgesOf('segment0')).toEqual(['segment0', 'segment0x1', 'segment0x2']);
    const ping = (from: number, to: string): string => `ip netns exec ${name(from)} ping -c 1 -W 1 ${to}`;
    const pings = [
      ping(1, '10.0.0.4'),
      ping(1, '10.5.0.150'),
      ping(2100, '10.5.0.150'),
      ping(1500, '10.0.0.1'),
    ];
    const { output } = await runScript({ lab: cluster.lab, script: pings.join('\n') });
    expect(output.match(/1 received/g)).toHaveLength(pings.length);
    // A place that became free is taken before a further bridge is made.
    cluster.store.remove('Node', name(3));
    cluster.store.put(node('n9999', '10.77.0.1/8', {}));
    expect(cluster.settle()).toEqual([]);
    expect(cluster.underlay.nodes.get('n9999')?.bridge).toBe('segment0');
  });
});
