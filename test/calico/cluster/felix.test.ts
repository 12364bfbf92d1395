// Scenarios of Felix's functional tests that concern whole nodes (felix/fv): three nodes, pool 10.65.0.0/16, node k with
// block 10.65.k.0/26 and a workload 10.65.k.2.
import { describe, expect, test } from 'vitest';
import { keepAlive } from '../../../src/calico/cluster/live.ts';
import type { NodeAgent } from '../../../src/calico/manager/agent.ts';
import { blockYaml, felixYaml, nodeYaml, podYaml, poolYaml, type World, world } from '../users/cluster.ts';

type Kind = 'ipv4IPIPTunnelAddr' | 'ipv4VXLANTunnelAddr';

const POOL = '10.65.0.0/16';
const KIND: Readonly<Record<string, Kind>> = { ipip: 'ipv4IPIPTunnelAddr', vxlan: 'ipv4VXLANTunnelAddr' };

const kindOf = (mode: string): Kind => (mode.startsWith('ipip') ? KIND.ipip : KIND.vxlan) as Kind;

/** n0, n1, n2 with pods w0, w1, w2. */
const nodes = (mode: string): string =>
  [
    poolYaml(mode, POOL),
    ...[0, 1, 2].flatMap((k) => [
      nodeYaml(`n${k}`, `172.17.0.${k + 2}/16`, `${kindOf(mode)}: 10.65.${k}.1`),
      podYaml(`w${k}`, `n${k}`, `10.65.${k}.2`),
    ]),
  ].join('');

const agentOf = ({ cluster }: World, node: string): NodeAgent => cluster.agent(node) as NodeAgent;

/** As time passes, Felix looks again. */
function pass({ cluster }: World, seconds: number): void {
  const end = keepAlive(cluster);
  const { lab } = cluster;
  lab.runUntil(lab.kernel.clock.now + seconds * 1_000_000);
  end();
}

async function mtuOf({ sh }: World, device: string, node = 'n0'): Promise<number> {
  const [line = ''] = await sh(`ip -n ${node} link show ${device}`);
  return Number(/ mtu (\d+) /.exec(line)?.[1]);
}

describe('S67: CrossSubnet in one subnet', () => {
  const table = (device: string) => [
    'default via 172.17.0.1 dev eth0',
    'blackhole 10.65.0.0/26 proto 80',
    `10.65.0.2 dev caliW scope link metric 1024`,
    `10.65.1.0/26 via 172.17.0.3 dev ${device} proto 80 onlink`,
    `10.65.2.0/26 via 172.17.0.4 dev ${device} proto 80 onlink`,
    '172.17.0.0/16 dev eth0 proto kernel scope link src 172.17.0.2',
  ];
  const routes = async ({ sh }: World) =>
    (await sh('ip -n n0 route')).map((line) => line.replace(/cali[0-9a-f]{11}/, 'caliW')).sort();

  test.each(['vxlanMode: CrossSubnet', 'ipipMode: CrossSubnet'])('%s: the table of a node', async (mode) => {
    const made = world(nodes(mode), { release: 'v3.33' });
    expect(await routes(made)).toEqual(table('eth0').sort());
  });

  test.each(['vxlanMode: CrossSubnet', 'ipipMode: CrossSubnet'])(
    '%s: the routes follow the node’s address to another device',
    async (mode) => {
      const made = world(nodes(mode), { release: 'v3.33' });
      await made.sh(`
        ip -n n0 link add bond0 type bridge
        ip -n n0 link set eth0 master bond0
        ip -n n0 link set bond0 up
        ip -n n0 address delete 172.17.0.2/16 dev eth0
        ip -n n0 address add 172.17.0.2/16 dev bond0
        ip -n n0 route add default via 172.17.0.1`);
      pass(made, 95);
      const moved = (await routes(made)).filter(
        (line) => line.startsWith('10.65.') && line.includes('proto 80'),
      );
      expect(moved).toEqual(table('bond0').filter((line) => line.includes('bond0')));
      expect(made.trace('default.w0', 'default.w1').at(-1)).toMatch(/was reached and answered\.$/);
    },
  );
});

describe('S68: vxlan.calico', () => {
  test('is set up as it should be, and follows eth0 and FelixConfiguration', async () => {
    const made = world(nodes('vxlanMode: Always'));
    const device = async () => (await made.sh('ip -n n0 -d link show vxlan.calico')).join(' ');
    expect(await device()).toMatch(
      / mtu 1450 .* vxlan id 4096 local 172\.17\.0\.2 dev eth0 .*dstport 4789 nolearning/,
    );
    expect(agentOf(made, 'n0').podMtu).toBe(1450);
    await made.sh('ip -n n0 link set eth0 mtu 1400');
    pass(made, 60);
    expect(await mtuOf(made, 'vxlan.calico')).toBe(1350);
    expect(agentOf(made, 'n0').podMtu).toBe(1350);
  });

  test('MTU, port and VNI can be given', async () => {
    const made = world(
      nodes('vxlanMode: Always') + felixYaml('vxlanMTU: 1300, vxlanPort: 4790, vxlanVNI: 4097'),
    );
    expect((await made.sh('ip -n n0 -d link show vxlan.calico')).join(' ')).toMatch(
      / mtu 1300 .* vxlan id 4097 .*dstport 4790/,
    );
    expect(made.trace('default.w0', 'default.w2').at(-1)).toMatch(/was reached and answered\.$/);
  });
});

describe('S70: tunl0', () => {
  test('follows eth0 and ipipMTU', async () => {
    const made = world(nodes('ipipMode: Always'));
    expect(await mtuOf(made, 'tunl0')).toBe(1480);
    await made.sh('ip -n n0 link set eth0 mtu 1400');
    pass(made, 60);
    expect([await mtuOf(made, 'tunl0'), agentOf(made, 'n0').podMtu]).toEqual([1380, 1380]);
    const given = world(nodes('ipipMode: Always') + felixYaml('ipipMTU: 1300'));
    expect(await mtuOf(given, 'tunl0')).toBe(1300);
  });

  test('loses its address when no pool asks for IPIP, and stays', async () => {
    const { cluster, sh } = world(nodes('ipipMode: Always'));
    const pool = cluster.store.get('IPPool', 'default-ipv4-ippool');
    if (pool === null) throw new Error('there is no pool');
    cluster.store.put({ ...pool, spec: { ...pool.spec, ipipMode: 'Never' } });
    expect(cluster.settle()).toEqual([]);
    expect(await sh('ip -n n0 -br address show tunl0')).toEqual(['tunl0@NONE       UNKNOWN']);
    expect((await sh('ip -n n0 route')).join()).not.toContain('tunl0');
  });
});

describe('S74: two workloads of a node with one address', () => {
  const twice = nodes('ipipMode: Always') + podYaml('x0', 'n0', '10.65.0.2');
  const winner = async ({ sh }: World) =>
    /dev (cali\w+)/.exec((await sh('ip -n n0 route get 10.65.0.2')).join())?.[1];
  const interfaces = async (made: World) => {
    const lines = await made.sh('ip -n n0 -o link show');
    const found = lines.flatMap((line) => /^\d+: (cali\w+)@/.exec(line)?.[1] ?? []);
    return found as [older: string, newer: string];
  };

  test('the newer interface has it, and the other when that goes down or away', async () => {
    const made = world(twice);
    const [older, newer] = await interfaces(made);
    expect(await winner(made)).toBe(newer);
    await made.sh(`ip -n n0 link set ${newer} down`);
    pass(made, 1);
    expect(await winner(made)).toBe(older);
    await made.sh(`ip -n n0 link set ${newer} up`);
    pass(made, 1);
    expect(await winner(made)).toBe(newer);
    await made.sh(`ip -n n0 link delete ${newer}`);
    pass(made, 1);
    expect(await winner(made)).toBe(older);
  });

  test('what happens to the loser changes nothing', async () => {
    const made = world(twice);
    const [older, newer] = await interfaces(made);
    await made.sh(`ip -n n0 link set ${older} down`);
    pass(made, 1);
    expect(await winner(made)).toBe(newer);
    await made.sh(`ip -n n0 link delete ${older}`);
    pass(made, 1);
    expect(await winner(made)).toBe(newer);
  });
});

test('S76: an interface that flaps for 20 seconds is served when it is done', async () => {
  const made = world(nodes('vxlanMode: Always'));
  const end = keepAlive(made.cluster);
  const said = await made.sh(`
    cali=$(ip -n n0 -o link show | grep -Eo 'cali[0-9a-f]{11}' | head -1)
    for i in $(seq 100); do
      ip -n n0 link set $cali down
      sleep 0.1
      ip -n n0 link set $cali up
      sleep 0.1
    done`);
  end();
  expect(said).toEqual([]);
  pass(made, 1);
  expect(made.cluster.settle()).toEqual([]);
  expect(made.trace('default.w1', 'default.w0').at(-1)).toMatch(/was reached and answered\.$/);
});

describe('S77: the MTU of new pods', () => {
  test('follows the smallest interface that is up and fits the pattern', async () => {
    const made = world(nodes('vxlanMode: Always'));
    const mtu = () => agentOf(made, 'n0').podMtu;
    await made.sh('ip -n n0 link set eth0 mtu 1362');
    pass(made, 35);
    expect(mtu()).toBe(1312);
    await made.sh('ip -n n0 link add eth1 mtu 1350 type dummy');
    pass(made, 35);
    expect(mtu()).toBe(1312);
    await made.sh('ip -n n0 link set eth1 up');
    pass(made, 35);
    expect(mtu()).toBe(1300);
  });

  test('with a pattern that fits none it is that of 1460, less what VXLAN takes', () => {
    const podMtu = (yaml: string): number => agentOf(world(yaml), 'n0').podMtu;
    expect(podMtu(nodes('vxlanMode: Always') + felixYaml('mtuIfacePattern: foo'))).toBe(1410);
    expect(podMtu(nodes('vxlanMode: Never') + felixYaml('mtuIfacePattern: foo'))).toBe(1460);
  });
});

describe.each(['ipipMode: Always', 'vxlanMode: Always', 'ipipMode: CrossSubnet', 'vxlanMode: CrossSubnet'])(
  'S79, %s',
  (mode) => {
    const reachAll = ({ trace }: World): string[] =>
      [0, 1, 2].flatMap((from) =>
        [0, 1, 2].map((to) => trace(`n${from}`, `default.w${to}`).at(-1) as string),
      );
    const reached = expect.stringMatching(/was reached and answered\.$/);
    const all = Array.from({ length: 9 }, () => reached);

    test.each(['v3.32', 'v3.33'] as const)('%s: borrowed addresses of pods and of tunnels', (release) => {
      const yaml = [0, 1, 2].flatMap((k) => {
        const next = (k + 1) % 3;
        const last = (k + 2) % 3;
        return [
          nodeYaml(`n${k}`, `172.17.0.${k + 2}/16`, `${kindOf(mode)}: 10.65.${last}.9`),
          podYaml(`w${k}`, `n${k}`, `10.65.${next}.2`),
          blockYaml(`10.65.${k}.0/26`, `n${k}`, { 2: `n${last}`, 9: `n${next}` }),
        ];
      });
      expect(reachAll(world([poolYaml(mode, POOL), ...yaml].join(''), { release }))).toEqual(all);
    });

    test.each(['v3.32', 'v3.33'] as const)('%s: tunnel addresses of a pool with blocks of one', (release) => {
      const tunnels = poolYaml(`${mode}, blockSize: 32, allowedUses: [Tunnel]`, '10.66.0.0/16', 'tunnels');
      const yaml = [0, 1, 2].flatMap((k) => [
        nodeYaml(`n${k}`, `172.17.0.${k + 2}/16`, `${kindOf(mode)}: 10.66.0.${k + 1}`),
        podYaml(`w${k}`, `n${k}`, `10.65.${k}.2`),
        blockYaml(`10.65.${k}.0/26`, `n${k}`, { 2: `n${k}` }),
        blockYaml(`10.66.0.${k + 1}/32`, `n${k}`, { 0: `n${k}` }),
      ]);
      expect(reachAll(world([poolYaml(mode, POOL), tunnels, ...yaml].join(''), { release }))).toEqual(all);
    });
  },
);
