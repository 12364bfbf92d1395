// What nodes share is written when somebody looks: nobody can tell that it is late. Two clusters live through the same,
// one of them with a guard, for which everything is written at once; whatever is printed on a node is the same in both.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RELEASES, type Release } from '../../../src/calico/calc/release.ts';
import { Cluster } from '../../../src/calico/cluster/cluster.ts';
import { keepAlive } from '../../../src/calico/cluster/live.ts';
import { createLab } from '../../../src/lab/create.ts';
import { runScript } from '../../../src/shell/run.ts';
import { node, pod, pool } from '../calc/resources.ts';
import { changes, type Event } from './changes.ts';

const NODES = ['n1', 'n2', 'n3', 'n4'];
const LOOKS = [
  'ip -n N route show table all',
  'ip -n N -s neigh',
  'bridge -n N -s fdb',
  'ip -n N -s -s addr',
  'ip -n N route get 10.244.2.1',
  'ip -n N link set tunl0 down',
  'ip -n N link set vxlan.calico down; ip -n N link set vxlan.calico up',
  'ip -n N addr flush dev vxlan.calico',
  'ip -n N route flush proto bird',
  'ip -n N route del 10.244.2.0/26',
  'ip -n N route add 10.244.2.0/26 dev eth0 metric 7',
  'ip -n N neigh add 10.244.2.52 lladdr 02:00:00:00:00:99 dev eth0',
  'ip netns exec N ping -c 1 -W 1 10.244.2.1',
  'ip netns exec N ping -c 1 -W 1 -I vxlan.calico 10.244.2.52',
  'ip netns exec N ping -c 1 -W 1 10.0.1.9',
  'ip netns exec N sysctl -w net.ipv4.conf.all.rp_filter=1',
  'timeout 5 ip -n N monitor',
  'sleep 3',
  'sleep 100',
];

const look = fc
  .tuple(fc.constantFrom(...NODES), fc.constantFrom(...LOOKS))
  .map(([name, command]) => ({ do: 'look' as const, command: command.replaceAll('N', name) }));
type Look = { readonly do: 'look'; readonly command: string };

const wait = fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 7, 20) });

const TUNNELS = { n1: '10.244.1.48', n2: '10.244.2.52', n3: '10.244.3.56' };
const addressed = (name: string, address: string, tunnel: string): Event => ({
  do: 'put',
  resource: node(name, address, { ipip: tunnel, vxlan: tunnel }),
});

/** A node with a pod joins, which is what nobody has to pay for. */
const joins = fc.integer({ min: 1, max: 5 }).chain((i) =>
  fc.constantFrom<Event>(addressed(`m${i}`, `10.0.0.${100 + i}/24`, `10.244.${100 + i}.48`), {
    do: 'put',
    resource: pod(`q${i}`, `m${i}`, [`10.244.${100 + i}.1/32`]),
  }),
);

/** Pools come first: with another one nothing may be late any more. */
const beginnings = fc
  .constantFrom({ ipipMode: 'Always' }, { vxlanMode: 'Always' }, { vxlanMode: 'CrossSubnet' })
  .map((mode): Event[] => [
    { do: 'put', resource: pool('most', '10.244.0.0/16', mode as Parameters<typeof pool>[2]) },
    addressed('n1', '10.0.0.1/24', TUNNELS.n1),
    addressed('n2', '10.0.0.5/24', TUNNELS.n2),
    addressed('n3', '10.0.1.9/24', TUNNELS.n3),
    ...[1, 2, 3].map((i): Event => ({ do: 'put', resource: pod(`b${i}`, `n${i}`, [`10.244.${i}.9/32`]) })),
  ]);

function begin(release: Release, isLate: boolean): Cluster {
  const guard = isLate ? {} : { guard: <Port>(port: Port): Port => port };
  const options = { release, mtu: 1500, faults: [], nodeSettings: [], ...guard };
  const cluster = new Cluster(createLab(), options);
  keepAlive(cluster);
  return cluster;
}

async function happen(subject: Cluster, event: Event | Look): Promise<string> {
  if (event.do === 'put') subject.store.put(event.resource);
  else if (event.do === 'remove') {
    const { kind, metadata } = event.resource;
    subject.store.remove(kind, metadata.name, metadata.namespace);
  } else if (event.do === 'wait')
    subject.lab.runUntil(subject.lab.kernel.clock.now + event.seconds * 1_000_000);
  else if (event.do === 'look') return run(subject, event.command);
  // Who changes something lets it settle before anybody looks.
  return JSON.stringify(subject.settle());
}

async function run({ lab }: Cluster, script: string): Promise<string> {
  const { output, exitCode } = await runScript({ lab, script });
  return `${script}\n${output}${exitCode}`;
}

const everything = (cluster: Cluster): Promise<string> =>
  run(
    cluster,
    [...cluster.lab.names.keys()]
      .map((name) => `ip -n ${name} route show table all; ip -n ${name} -s neigh; bridge -n ${name} -s fdb`)
      .join('\n'),
  );

test.each(RELEASES)('%s: whatever is printed is what it would be without', async (release) => {
  const event = fc.oneof<{ weight: number; arbitrary: fc.Arbitrary<Event | Look> }[]>(
    { weight: 3, arbitrary: changes },
    { weight: 2, arbitrary: joins },
    { weight: 2, arbitrary: wait },
    { weight: 2, arbitrary: look },
  );
  const events = fc.array(event, { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(beginnings, events, async (beginning, path) => {
      const [late, eager] = [begin(release, true), begin(release, false)];
      for (const event of [...beginning, ...path])
        expect(await happen(late, event)).toBe(await happen(eager, event));
      expect(await everything(late)).toBe(await everything(eager));
    }),
    { numRuns: 40 },
  );
});

test('nodes that no packet comes to owe their routes still, though the question for a neighbour came to them', async () => {
  const cluster = begin('v3.31', true);
  cluster.store.put(pool('most', '10.244.0.0/16', { vxlanMode: 'Always' }));
  for (let i = 1; i <= 5; i++) {
    cluster.store.put(node(`n${i}`, `10.0.0.${i}/24`, { vxlan: `10.244.${i}.48` }));
    cluster.store.put(pod(`p${i}`, `n${i}`, [`10.244.${i}.1/32`]));
  }
  expect(cluster.settle()).toEqual([]);
  const owing = (): string[] =>
    [...cluster.lab.names].filter(([, { owed }]) => owed !== null).map(([name]) => name);
  expect(owing()).toEqual(['n1', 'n2', 'n3', 'n4', 'n5']);
  const [from] = [...cluster.wiring.values()].map(({ namespace }) => namespace);
  expect(await run(cluster, `ip netns exec ${from} ping -c 1 10.244.2.1`)).toContain('1 received');
  expect(owing()).toEqual(['n3', 'n4', 'n5']);
});

test('a pod with an address of another node’s block comes to a node that goes on owing', async () => {
  const printed = await Promise.all(
    [true, false].map(async (isLate) => {
      const cluster = begin('v3.31', isLate);
      cluster.store.put(pool('most', '10.244.0.0/16', { vxlanMode: 'Always' }));
      for (let i = 1; i <= 3; i++) {
        cluster.store.put(node(`n${i}`, `10.0.0.${i}/24`, { vxlan: `10.244.${i}.48` }));
        cluster.store.put(pod(`p${i}`, `n${i}`, [`10.244.${i}.1/32`]));
      }
      cluster.settle();
      cluster.store.put(pod('lent', 'n1', ['10.244.2.7/32']));
      expect(cluster.settle()).toEqual([]);
      expect(cluster.lab.names.get('n1')?.owed !== null).toBe(isLate);
      return everything(cluster);
    }),
  );
  expect(printed[0]).toBe(printed[1]);
});
