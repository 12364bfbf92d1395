// Where a packet goes, what decided at each step, and how it ends.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type SegmentFaults, setSegmentFaults } from '../../src/admin/segment-faults.ts';
import { DROP_COUNT, dropName } from '../../src/drop/reasons.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { runScript } from '../../src/shell/run.ts';
import type { End } from '../../src/trace/trace-types.ts';
import { type Asked, buildLab, labScript, ROUTER, stepsOf, traceIn } from './labs.ts';

const IPIP = labScript('calico-ipip');
const VXLAN = labScript('calico-vxlan');

describe('a ping from pod to pod over IPIP', async () => {
  const { document } = traceIn(await buildLab(IPIP), 'pod73', 'pod4');
  const { forward, backward } = document;

  test('is reached and answered, host by host and back', () => {
    expect(document).toMatchObject({ version: 1, reached: true, answered: true, errors: [] });
    const there = forward.hops.map(({ host }) => host);
    expect(there).toEqual(['pod73', 'node1', '', 'node2', 'pod4']);
    expect(backward?.hops.map(({ host }) => host)).toEqual(there.toReversed());
    expect(forward.end).toMatchObject({ kind: 'delivered', host: 'pod4' });
    expect(backward?.end).toMatchObject({ kind: 'delivered', host: 'pod73' });
    expect(backward?.supposed).toBe(false);
  });

  test('the gateway is found by ARP, and a proxy answers because of its setting and its route', () => {
    const [first] = stepsOf(forward, 'neighbour');
    expect(first).toMatchObject({ how: 'resolved', questions: 1, proxy: true });
    expect(first?.entry).toBe('169.254.1.1 dev eth0 lladdr ee:ee:ee:ee:ee:ee REACHABLE');
    expect(first?.answeredBy).toBe('node1:calic2730abf871');
    expect(first?.notes[0]).toContain('net.ipv4.conf.calic2730abf871.proxy_arp=1 and the route default via');
  });

  test('the route of the block decides at the node, and the default route lost to it', () => {
    expect(stepsOf(forward, 'route')).toContainEqual(
      expect.objectContaining({
        direction: 'input',
        route: '192.168.202.0/26 via 10.211.55.9 dev tunl0 proto bird onlink',
        lost: 'default via 10.211.55.1 dev eth0',
        table: 'main',
        rule: null,
      }),
    );
  });

  test('tunl0 adds 20 bytes, and the preferred source of the outer route is told', () => {
    const [step] = stepsOf(forward, 'encapsulate');
    expect(step).toMatchObject({ device: 'tunl0', mode: 'ipip', bytes: 20, length: 104 });
    expect(step).toMatchObject({ source: '10.211.55.8', destination: '10.211.55.9' });
    expect(step?.sourceFrom).toMatch(/^preferred source of route 10\.211\.55\.0\/24 dev eth0/);
    expect(stepsOf(forward, 'decapsulate')).toHaveLength(1);
    expect(stepsOf(forward, 'bridge')[0]?.entry).toBe('00:1c:42:1a:00:09 dev node2 master lan0');
  });

  test('each router lowers the TTL once, and the permanent neighbour of the pod was known', () => {
    expect(stepsOf(forward, 'forward').map(({ ttl }) => ttl)).toEqual([
      [64, 63],
      [63, 62],
    ]);
    expect(stepsOf(forward, 'neighbour').at(-1)).toMatchObject({
      entry: '192.168.202.4 dev cali3a3e66463d6 lladdr b2:11:c0:a8:ca:04 PERMANENT',
      how: 'known',
    });
  });
});

describe('a ping from pod to pod over VXLAN', () => {
  test('the forwarding entry names the VTEP, and 50 bytes are added', async () => {
    const { forward, ...rest } = traceIn(await buildLab(VXLAN), 'pod73', 'pod4').document;
    expect(rest.answered).toBe(true);
    expect(stepsOf(forward, 'fdb')[0]?.entry).toBe('66:2d:bf:44:a6:8b dst 10.211.55.9 self permanent');
    expect(stepsOf(forward, 'encapsulate')[0]).toMatchObject({
      mode: 'vxlan',
      bytes: 50,
      length: 134,
      vni: 4096,
      port: 4789,
      sourceFrom: 'local of vxlan.calico',
    });
  });
});

describe('fragments', () => {
  test('a packet too long for the pod is cut, both pieces are followed, and they become one again', async () => {
    const { document } = traceIn(await buildLab(IPIP), 'pod73', 'pod4', { size: 1472 });
    expect(document.answered).toBe(true);
    const [first] = stepsOf(document.forward, 'mtu');
    expect(first).toMatchObject({ device: 'eth0', size: 1500, mtu: 1480, verdict: 'fragmented', pieces: 2 });
    expect(stepsOf(document.forward, 'reassemble')).toMatchObject([{ pieces: 2, length: 1500 }]);
    expect(stepsOf(document.forward, 'send')[0]).toMatchObject({ device: 'eth0', times: 2 });
  });
});

interface Case {
  readonly name: string;
  readonly lab?: string;
  /** What is wrong. */
  readonly fault?: string;
  readonly from?: string;
  readonly to?: string;
  readonly asked?: Asked;
  readonly end: Partial<Extract<End, { kind: 'dropped' }>> | Partial<Extract<End, { kind: 'unsent' }>>;
  /** ICMP errors about the packet: message, by whom, and whether the sender got it. */
  readonly icmp?: [message: string, by: string, reached: boolean];
}

const dropped = (host: string, reason: string, why: RegExp | string): Case['end'] => ({
  kind: 'dropped',
  host,
  reason: `SKB_DROP_REASON_${reason}`,
  why: typeof why === 'string' ? why : expect.stringMatching(why),
});

const BIG = IPIP.replaceAll('mtu 1480', 'mtu 1500');
const TOO_BIG_OUTSIDE = 'after IPIP encapsulation: 1500 > 1460';

const CASES: Case[] = [
  {
    name: 'a block of the node without the pod: the longest match is the blackhole, and nobody is told',
    to: '192.168.36.99',
    end: dropped(
      'node1',
      'BLACKHOLE',
      'the longest match for 192.168.36.99 is blackhole 192.168.36.64/26 proto bird',
    ),
  },
  {
    name: 'an unreachable route answers with host unreachable',
    lab: ROUTER,
    fault: 'ip -n r route add unreachable 10.0.2.2',
    end: dropped('r', 'IP_INADDRERRORS', /^the longest match for 10\.0\.2\.2 is unreachable 10\.0\.2\.2/),
    icmp: ['host unreachable', 'r', true],
  },
  {
    name: 'a prohibit route answers too',
    lab: ROUTER,
    fault: 'ip -n r route add prohibit 10.0.2.0/25',
    end: dropped('r', 'ROUTE_PROHIBIT', /prohibit 10\.0\.2\.0\/25/),
    icmp: ['administratively prohibited', 'r', true],
  },
  {
    name: 'a rule that refuses is named',
    lab: ROUTER,
    fault: 'ip -n r rule add priority 100 to 10.0.2.0/24 blackhole',
    end: dropped('r', 'BLACKHOLE', 'the rule 100: from all to 10.0.2.0/24 blackhole decides'),
  },
  {
    name: 'no route at the router: network unreachable',
    lab: ROUTER,
    to: '10.9.9.9',
    end: dropped('r', 'IP_INNOROUTES', 'there is no route to 10.9.9.9'),
    icmp: ['net unreachable', 'r', true],
  },
  {
    name: 'forwarding that is off is silent, and the sysctl is named',
    lab: ROUTER,
    fault: 'ip netns exec r sysctl -qw net.ipv4.ip_forward=0',
    end: dropped('r', 'IP_INADDRERRORS', 'left does not forward: net.ipv4.conf.left.forwarding=0'),
  },
  {
    name: 'no route at the sender: the packet is not even made',
    lab: ROUTER,
    fault: 'ip -n a route del default',
    end: {
      kind: 'unsent',
      host: 'a',
      message: 'Network is unreachable',
      why: 'there is no route to 10.0.2.2',
    },
  },
  {
    name: 'a blackhole at the sender',
    lab: ROUTER,
    fault: 'ip -n a route add blackhole 10.0.2.0/24',
    end: {
      kind: 'unsent',
      message: 'Invalid argument',
      why: expect.stringContaining('blackhole 10.0.2.0/24'),
    },
  },
  {
    name: 'rp_filter of all counts for tunl0, and the way back does not use it',
    fault: `ip netns exec node2 sysctl -qw net.ipv4.conf.all.rp_filter=1
      ip -n node2 route replace 192.168.36.64/26 via 10.211.55.8`,
    end: dropped(
      'node2',
      'IP_RPFILTER',
      'net.ipv4.conf.all.rp_filter=1 on tunl0: the route back is 192.168.36.64/26 via 10.211.55.8 dev eth0',
    ),
  },
  {
    name: 'a TTL that ends on the way: time exceeded reaches the sender',
    asked: { ttl: 2 },
    end: dropped('node2', 'IP_INHDR', 'its TTL is 1: it may not be forwarded'),
    icmp: ['time exceeded', 'node2', true],
  },
  {
    name: 'DF and 1500 bytes at tunl0, whose path is 1480: fragmentation needed',
    lab: BIG,
    asked: { size: 1472, df: true },
    end: dropped('node1', 'PKT_TOO_BIG', '1500 > 1480 at tunl0, and DF is set'),
    icmp: ['fragmentation needed, mtu 1480', 'node1', true],
  },
  {
    name: 'a narrow NIC at the other node: dropped after encapsulation, and nobody is told',
    lab: BIG,
    fault: 'ip -n node2 link set eth0 mtu 1460',
    asked: { size: 1452, df: true },
    end: dropped('', 'PKT_TOO_BIG', `${TOO_BIG_OUTSIDE}, the MTU of node2:eth0`),
  },
  {
    name: 'DF and more than the first device takes: the sender is refused at once',
    asked: { size: 1472, df: true },
    end: { kind: 'unsent', message: 'Message too long', why: expect.stringMatching(/^1500 > 1480/) },
  },
  {
    name: 'proxy_arp without a route to 169.254.1.1: not answered',
    lab: IPIP.replace(/^.*route add default via 10\.211.*$/m, ''),
    end: dropped(
      'pod73',
      'NEIGH_FAILED',
      '169.254.1.1 dev eth0 FAILED, nobody answered: node1:calic2730abf871: net.ipv4.conf.calic2730abf871.proxy_arp=1 but no route to 169.254.1.1: not answered',
    ),
    icmp: ['host unreachable', 'pod73', true],
  },
  {
    name: 'a VTEP that is not in the forwarding table',
    lab: VXLAN,
    fault: 'bridge -n node1 fdb del 66:2d:bf:44:a6:8b dev vxlan.calico dst 10.211.55.9',
    end: dropped('node1', 'NO_TX_TARGET', /^vxlan\.calico has no forwarding entry for 66:2d:bf:44:a6:8b/),
  },
  {
    name: 'a stale forwarding entry: the frame goes to a VTEP that is dead',
    lab: VXLAN,
    fault: 'bridge -n node1 fdb replace 66:2d:bf:44:a6:8b dev vxlan.calico dst 10.211.55.77',
    end: dropped('node1', 'NEIGH_FAILED', /^after VXLAN encapsulation: 10\.211\.55\.77 dev eth0 FAILED/),
    icmp: ['host unreachable', 'node1', false],
  },
  {
    name: 'VXLAN with another port: nobody listens there, and the error ends at the sending node',
    lab: VXLAN.replace(
      'ip -n "$1" link add vxlan',
      '[ $1 = node2 ] && set -- "$@" && PORT=4799\n  ip -n "$1" link add vxlan',
    ).replace('dstport 4789', 'dstport ${PORT:-4789}'),
    end: dropped('node2', 'NO_SOCKET', 'after VXLAN encapsulation: udp/4789 has no listener here'),
    icmp: ['port unreachable', 'node2', false],
  },
  {
    name: 'no IPIP device at the other node',
    fault: 'ip -n node2 link set tunl0 down',
    end: dropped(
      'node2',
      'TUNNEL_NO_DEVICE',
      'after IPIP encapsulation: no IPIP device is up here that takes packets from 10.211.55.8 to 10.211.55.9',
    ),
    icmp: ['port unreachable', 'node2', false],
  },
  {
    name: 'a neighbour that nobody is',
    lab: ROUTER,
    to: '10.0.2.77',
    end: dropped(
      'r',
      'NEIGH_FAILED',
      /^10\.0\.2\.77 dev right FAILED, nobody answered: b:eth0: .*proxy_arp=0/,
    ),
    icmp: ['host unreachable', 'r', true],
  },
  {
    name: 'a wrong permanent neighbour: the frame is for nobody',
    lab: ROUTER,
    fault: 'ip -n r neigh replace 10.0.2.2 lladdr 02:00:00:00:00:99 dev right nud permanent',
    end: dropped('b', 'OTHERHOST', /^the frame is for 02:00:00:00:00:99, eth0 has /),
  },
  {
    name: 'the other end of the cable is down',
    lab: ROUTER,
    fault: `ip -n r neigh replace 10.0.2.2 lladdr 02:00:00:00:00:99 dev right nud permanent
      ip -n b link set eth0 down`,
    end: dropped('r', 'NO_CARRIER', 'right has no carrier: b:eth0 is down'),
  },
];

describe("an end is told in the kernel's words, with what decided", () => {
  test.each(CASES)('$name', async ({ lab = IPIP, fault = '', from, to, asked, end, icmp }) => {
    const isRouter = lab === ROUTER;
    const built = await buildLab(`${lab}\n${fault}`);
    const { document } = traceIn(
      built,
      from ?? (isRouter ? 'a' : 'pod73'),
      to ?? (isRouter ? 'b' : 'pod4'),
      asked,
    );
    expect(document.forward.end).toMatchObject(end);
    expect(document).toMatchObject({ reached: false, answered: false });
    const about = document.errors.filter((error) => error.about === 'forward');
    expect(about.map(({ message, by, reached }) => [message, by, reached])).toEqual(
      icmp === undefined ? [] : [icmp],
    );
  });
});

describe('an underlay that misbehaves', () => {
  const FAULTY: [name: string, faults: Partial<SegmentFaults>, asked: Asked, reason: string, why: string][] =
    [
      [
        'drops protocol 4',
        { dropProtocols: [4] },
        {},
        'UNDERLAY_PROTOCOL',
        'dropped by the underlay: it carries no IP protocol 4',
      ],
      [
        'is narrower than tunl0 believes, and swallows ICMP',
        { mtu: 1460, icmp: 'swallow' },
        { size: 1452 },
        'UNDERLAY_MTU',
        'dropped by the underlay: 1500 > 1460; no ICMP reaches the sender',
      ],
    ];
  test.each(FAULTY)('%s', async (_, faults, asked, reason, why) => {
    const lab = await buildLab(BIG);
    expect(setSegmentFaults(lab.kernel.initial, 'lan0', faults)).toBeNull();
    const { document } = traceIn(lab, 'pod73', 'pod4', asked);
    expect(document.forward.end).toMatchObject(dropped('', reason, why));
    expect(document.errors).toEqual([]);
  });
});

describe('where the packet does not arrive, its answer is tried all the same', () => {
  test('asymmetric routes: the way back is fine', async () => {
    const fault = 'ip -n node1 route add blackhole 192.168.202.4';
    const { document } = traceIn(await buildLab(`${IPIP}\n${fault}`), 'pod73', 'pod4');
    expect(document.answered).toBe(false);
    expect(document.backward).toMatchObject({ supposed: true, end: { kind: 'delivered', host: 'pod73' } });
  });

  test('not with one way alone', async () => {
    const { document } = traceIn(await buildLab(ROUTER), 'a', '10.9.9.9', { oneWay: true });
    expect(document.backward).toBeNull();
  });

  test('an answer that is lost on its way back is no answer', async () => {
    const { document } = traceIn(await buildLab(`${ROUTER}\nip -n r route add blackhole 10.0.1.2`), 'a', 'b');
    expect(document).toMatchObject({ reached: true, answered: false });
    expect(document.backward).toMatchObject({
      supposed: false,
      end: { kind: 'dropped', host: 'r', reason: 'SKB_DROP_REASON_BLACKHOLE' },
    });
  });
});

describe('UDP and TCP', () => {
  test('nobody listens: the host was reached, and port unreachable is its answer', async () => {
    const { document } = traceIn(await buildLab(ROUTER), 'a', 'b', { protocol: 'udp', port: 53 });
    expect(document.forward.end).toMatchObject({
      kind: 'refused',
      host: 'b',
      why: 'udp/53 has no listener here',
    });
    expect(document).toMatchObject({ reached: true, answered: true, errors: [] });
    expect(document.backward?.packet).toContain('port unreachable');
  });

  test('a program that listens sends the datagram back', async () => {
    const { document } = traceIn(await buildLab(ROUTER), 'a', 'b', {
      protocol: 'udp',
      port: 53,
      listen: true,
    });
    expect(document.forward.end).toMatchObject({ kind: 'delivered', to: 'a UDP socket on port 53' });
    expect(document).toMatchObject({ answered: true, backward: { end: { kind: 'delivered', host: 'a' } } });
  });

  test('a SYN is answered by a reset', async () => {
    const { document } = traceIn(await buildLab(ROUTER), 'a', 'b', { protocol: 'tcp', port: 80, size: 0 });
    expect(document).toMatchObject({ reached: true, answered: true });
    expect(document.backward?.packet).toContain('TCP [R.]');
    expect(document.packet.df).toBe(true);
  });
});

describe('rules and learnt paths', () => {
  test('a rule that is none of the usual three is told with the route', async () => {
    const fault = 'ip -n r route add 10.0.2.2 dev right table 100; ip -n r rule add priority 50 lookup 100';
    const { forward } = traceIn(await buildLab(`${ROUTER}\n${fault}`), 'a', 'b').document;
    expect(stepsOf(forward, 'route')[1]).toMatchObject({
      rule: '50: from all lookup 100',
      table: '100',
      lost: '10.0.2.0/24 dev right proto kernel scope link src 10.0.2.1',
    });
  });

  test('a path MTU that was learnt is told where it is learnt, and holds for the next packet', async () => {
    const lab = await buildLab(BIG);
    const asked = { size: 1472, df: true };
    const first = traceIn(lab, 'pod73', 'pod4', asked).document;
    const learnt = stepsOf(first.errors[0]!.journey, 'pathMtu');
    expect(learnt).toMatchObject([{ destination: '192.168.202.4', mtu: 1480 }]);
    const second = traceIn(lab, 'pod73', 'pod4', asked).document;
    expect(second.forward.end).toMatchObject({ kind: 'unsent', why: expect.stringMatching(/^1500 > 1480/) });
    const third = traceIn(lab, 'pod73', 'pod4', { size: 56 }).document;
    expect(stepsOf(third.forward, 'route')[0]?.cache).toMatch(/^cache expires \d+sec mtu 1480$/);
  });
});

// ---- laws ----------------------------------------------------------------------------------------------------

const FAULTS = [
  'ip -n r route add blackhole 10.0.2.2',
  'ip -n r route add unreachable 10.0.1.2',
  'ip netns exec r sysctl -qw net.ipv4.ip_forward=0',
  'ip -n r link set right mtu 1000',
  'ip -n a link set eth0 mtu 1200',
  'ip -n b link set eth0 down',
  'ip -n b route del default',
  'ip -n a route del default',
  'ip netns exec r sysctl -qw net.ipv4.conf.all.rp_filter=1',
  'ip -n r addr del 10.0.2.1/24 dev right',
  'ip -n r neigh replace 10.0.1.2 lladdr 02:00:00:00:00:99 dev left nud permanent',
  'ip netns exec b sysctl -qw net.ipv4.icmp_echo_ignore_all=1',
] as const;

const anyFaults = fc.subarray([...FAULTS], { maxLength: 4 });
const anyProbe = fc.record({ size: fc.constantFrom(0, 56, 1100, 1472, 4000), df: fc.boolean() });

/** `host reason` of every count, and `host delivered`. */
function counters(lab: Lab): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [host, { drops, counters: own }] of lab.names) {
    counts.set(`${host} delivered`, own.delivered);
    for (let reason = 0; reason < DROP_COUNT; reason++)
      counts.set(`${host} ${dropName(reason)}`, drops[reason] as number);
  }
  return counts;
}

test('the end agrees with what the host counted, and nothing is left over', async () => {
  await fc.assert(
    fc.asyncProperty(anyFaults, anyProbe, async (faults, probe) => {
      const lab = await buildLab([ROUTER, ...faults.map((fault) => `${fault} || :`)].join('\n'));
      lab.settle();
      const before = counters(lab);
      const { outstanding } = lab.kernel.pool;
      const { end } = traceIn(lab, 'a', '10.0.2.2', { ...probe, oneWay: true }).document.forward;
      const what = end.kind === 'delivered' ? 'delivered' : 'reason' in end ? end.reason : '';
      if (what === '') expect(end.kind).toBe('unsent');
      else
        expect(counters(lab).get(`${end.host} ${what}`)).toBeGreaterThan(before.get(`${end.host} ${what}`)!);
      expect(lab.kernel.pool.outstanding).toBe(outstanding);
      expect(lab.kernel.observer).toBeNull();
    }),
    { numRuns: 40 },
  );
});

test('a trace is answered exactly when ping is', async () => {
  await fc.assert(
    fc.asyncProperty(anyFaults, anyProbe, async (faults, probe) => {
      const script = [ROUTER, ...faults.map((fault) => `${fault} || :`)].join('\n');
      const { document } = traceIn(await buildLab(script), 'a', '10.0.2.2', probe);
      const words = `ip netns exec a ping -c 1 -s ${probe.size} -M ${probe.df ? 'do' : 'dont'} 10.0.2.2`;
      const { exitCode } = await runScript({ script: `${script}\n${words}`, seed: 1 });
      expect(document.answered).toBe(exitCode === 0);
    }),
    { numRuns: 40 },
  );
});
