// Where packets may not go through several hops at once though each hop is known, a small machine for each reason: what a
// random law meets too rarely. Each is held to going hop by hop, at the very packet where the reason begins to count.
import { describe, expect, test } from 'vitest';
import { PORT } from '../../bench/frames.ts';
import { byIpip, byVxlan, ELSEWHERE, KNOWN_NODES, nodes } from '../../bench/labs.ts';
import { parseIpv4 } from '../../src/addr/ipv4.ts';
import { type Burst, Cluster, expectSame, SECOND, UNDERLAYS } from './cluster.ts';

const PLAIN: Burst = { count: 16, size: 150, ttl: 64, tos: 0, df: false, to: ELSEWHERE, odd: -1, padding: 0 };
const MILLISECOND = 1000;
/** What was not plain is asked about again after twice the time, each time that it is still not. */
const PATIENCE_MAX = 256 * MILLISECOND;
/** Bursts after which each hop is learnt, by the second packet there. */
const LEARNING = 4;

/** Learnt paths are learnt again after five seconds instead of five minutes. */
const SHORT_PATHS = 'ip netns exec node0 sysctl -qw net.ipv4.route.mtu_expires=10';
const HALF_LIFE = 5 * SECOND;

const IPIP = [nodes(byIpip), KNOWN_NODES].join('\n');
const VXLAN = [nodes(byVxlan), KNOWN_NODES].join('\n');

/** A second router: node0 – router – second – node1. */
const TWO_ROUTERS = `ip netns add second; ip netns exec second sysctl -qw net.ipv4.ip_forward=1
ip -n router link set node1 netns second
ip -n second link set node1 address 02:00:00:00:30:01 up
ip -n second route add 172.16.0.2 dev node1
ip -n second neigh add 172.16.0.2 lladdr 02:00:00:00:10:01 dev node1
ip -n router link add between address 02:00:00:00:40:00 type veth peer name between netns second address 02:00:00:00:40:01
ip -n router link set between up; ip -n second link set between up
ip -n router route add 172.16.0.2 via 172.16.1.2 dev between onlink
ip -n router neigh add 172.16.1.2 lladdr 02:00:00:00:40:01 dev between`;

/** An address of node0's second pod, by a pod of node1 that sends everything back. */
const FAR = '10.65.1.9';
const THERE_AND_BACK = `ip netns exec node1pod2 sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0
ip -n node1 route add ${FAR} via 10.65.1.2 dev cali2
ip -n node1 route add default via 172.16.0.1 dev tunl0 onlink table 100
ip -n node1 rule add iif cali2 lookup 100
ip -n node0 route add default via 10.65.0.3 dev cali3 onlink table 100
ip -n node0 rule add iif tunl0 lookup 100
ip -n node0pod3 address add ${FAR}/32 dev eth0`;

/** The switch hears of both nodes, or is told of the second one for good. */
const TOLD = 'ip netns exec node1pod2 ping -c 1 -W 0.1 10.65.0.3 > /dev/null';
const KNOWN_NODE1 = 'bridge fdb replace 02:00:00:00:10:01 dev node1 master static';

/** The machine whose packets go through several hops at once, and the one where they go hop by hop. */
class Pair {
  private readonly known: Cluster;
  private readonly anew: Cluster;
  private chains = 0;

  private constructor(known: Cluster, anew: Cluster) {
    this.known = known;
    this.anew = anew;
    for (const { lab } of this.both())
      for (const pod of ['node0pod3', 'node1pod2', 'node1pod3'])
        lab.names.get(pod)!.udpPorts.set(PORT, { protocol: 17, receive: () => {} });
    const { backlog } = known.lab.kernel;
    const redirect = backlog.redirect.bind(backlog);
    backlog.redirect = (target) => {
      this.chains++;
      redirect(target);
    };
  }

  static async open(script: string): Promise<Pair> {
    const pair = new Pair(await Cluster.open(true, script), await Cluster.open(false, script));
    for (const { printed } of pair.both()) expect(printed).toBe('');
    return pair;
  }

  get now(): number {
    return this.known.lab.kernel.clock.now;
  }

  private both(): readonly Cluster[] {
    return [this.known, this.anew];
  }

  /** Returns how often packets went through several hops at once. */
  send(burst: Partial<Burst>, from?: string): number {
    const before = this.chains;
    for (const cluster of this.both()) cluster.send({ ...PLAIN, ...burst }, from);
    expectSame(this.known, this.anew);
    return this.chains - before;
  }

  async run(lines: string): Promise<void> {
    for (const cluster of this.both()) await cluster.run(lines);
  }

  /** All hops get to know such packets; in the end these go through all of them at once. */
  learn(burst: Partial<Burst> = {}, from?: string): void {
    for (let time = MILLISECOND; this.send(burst, from) === 0; time *= 2) {
      expect(time).toBeLessThan(PATIENCE_MAX);
      this.waitUntil(this.now + time);
    }
  }

  waitUntil(time: number): void {
    for (const { lab } of this.both()) lab.runUntil(time);
    expectSame(this.known, this.anew);
  }

  /** When the path that node0 learnt by its tunnel is old enough to be learnt again. */
  get pathMiddle(): number {
    const routes = this.anew.lab.names.get('node0')!.fib.dumpAll();
    const learnt = routes.flatMap(({ nextHops }) => nextHops.flatMap((hop) => [...(hop.exceptions ?? [])]));
    return learnt.find(([to]) => to === parseIpv4(ELSEWHERE))![1].expires - HALF_LIFE;
  }

  /** When node0's VXLAN device next looks for entries that are too old. */
  get cleaning(): number {
    return this.anew.lab.names.get('node0')!.device('vxlan.calico')!.vxlan!.cleanupAt;
  }

  /** When the switch last heard of the node at the port. */
  heardOf(node: string): number {
    const { fdb } = this.anew.lab.kernel.initial.device('lan')!.bridge!;
    const entries = [...fdb.values()].flatMap((table) => [...table.values()]);
    return entries.find(({ port, local }) => port?.name === node && !local)!.updated;
  }
}

describe('the TTL of a tunnel', () => {
  test('taken from the packet, ends at a router between the nodes though the packet would reach the pod', async () => {
    const pair = await Pair.open([IPIP, UNDERLAYS.router, TWO_ROUTERS].join('\n'));
    pair.learn();
    for (const ttl of [5, 4, 3, 2, 1]) pair.send({ ttl });
  });

  test('of its own, ends there though another tunnel taught all hops the same packets', async () => {
    // The router cannot answer: a tunnel that hears of errors goes hop by hop for that.
    const otherTunnel = `ip -n node0 link add other type ipip local 172.16.0.1 remote 172.16.0.2 ttl 64
ip -n node0 link set other up
ip -n node0 route add default dev other table 100
ip -n node0 rule add iif cali3 lookup 100
ip -n node0 tunnel change tunl0 mode ipip ttl 1 pmtudisc
ip -n router route del 172.16.0.1 dev node0`;
    const pair = await Pair.open([IPIP, UNDERLAYS.router, otherTunnel].join('\n'));
    for (let left = LEARNING; left > 0; left--) {
      pair.send({});
      pair.learn({}, 'node0pod3');
      pair.waitUntil(pair.now + PATIENCE_MAX);
    }
  });
});

/** Bursts that begin `before` microseconds ahead of `moment`, which moves on each time. */
function crossing(pair: Pair, moment: () => number, burst: Partial<Burst> = {}): void {
  for (const before of [40, 17, 16, 15, 8, 2, 1, 0, -1]) {
    pair.learn(burst);
    const next = moment();
    expect(next - before).toBeGreaterThan(pair.now);
    pair.waitUntil(next - before);
    pair.send(burst);
  }
}

describe('what a chain relies on', () => {
  test('ends in the middle of a burst: the path that a tunnel learnt is learnt again', async () => {
    const pair = await Pair.open([IPIP, SHORT_PATHS].join('\n'));
    crossing(pair, () => pair.pathMiddle);
    crossing(pair, () => pair.pathMiddle, { df: true });
  });

  test("ends in the middle of a burst: a VXLAN device's table is cleaned", async () => {
    const pair = await Pair.open(VXLAN);
    crossing(pair, () => pair.cleaning);
  });

  for (const [node, of] of [
    ['node1', 'the node that they are for'],
    ['node0', 'the node that they are from'],
  ] as const)
    test(`ends in the middle of a burst: the switch forgets ${of}`, async () => {
      const pair = await Pair.open(nodes(byIpip));
      for (const before of [60, 50, 40, 33, 32, 31, 24, 20, 17, 16, 8, 1, 0]) {
        await pair.run(`ip link set lan type bridge ageing_time 30000; ${TOLD}`);
        await pair.run(`ip link set lan type bridge ageing_time 100; ${node === 'node0' ? KNOWN_NODE1 : ''}`);
        pair.learn();
        pair.waitUntil(pair.heardOf(node) + SECOND - before);
        pair.send({});
      }
    });

  test('is asked for anew once it ended', async () => {
    const pair = await Pair.open([IPIP, SHORT_PATHS].join('\n'));
    pair.learn();
    pair.waitUntil(pair.pathMiddle + 1);
    pair.learn();
  });
});

describe('the path that a tunnel teaches', () => {
  test('is not known to a flow whose first packets died before the tunnel', async () => {
    const pair = await Pair.open([IPIP, SHORT_PATHS].join('\n'));
    pair.learn({ to: '10.65.1.3' });
    pair.send({ ttl: 1, count: 2 });
    for (let left = LEARNING; left > 0; left--) pair.send({});
    pair.waitUntil(pair.pathMiddle + 1);
    pair.send({});
  });

  test('is another for packets with DF where the device does not set it itself', async () => {
    const narrow = 'ip -n node0 tunnel change tunl0 mode ipip nopmtudisc; ip -n node0 link set eth0 mtu 1400';
    const pair = await Pair.open([IPIP, narrow].join('\n'));
    pair.learn();
    pair.send({ df: true });
    pair.send({ df: true });
    pair.learn();
  });
});

describe('a tunnel whose packets come out', () => {
  for (const [name, script] of [
    ['IPIP', IPIP],
    ['VXLAN', VXLAN],
  ] as const)
    test(`in two turns of the backlog goes hop by hop, by ${name}`, async () => {
      const pair = await Pair.open(script);
      pair.learn();
      for (let count = 4; count <= 70; count++) pair.send({ count });
    });

  test('and go into another one begin a new turn', async () => {
    const script = [IPIP, THERE_AND_BACK].join('\n');
    const pair = await Pair.open(script);
    pair.learn({ to: FAR });
    for (let count = 4; count <= 70; count++) pair.send({ count, to: FAR });
  });
});
