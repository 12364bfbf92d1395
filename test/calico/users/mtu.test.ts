// Problems of users with MTUs: what they read where packets are too large.
import { describe, expect, test } from 'vitest';
import { felixYaml, IPIP, pair, world } from './cluster.ts';

const FULL = { size: 1452, df: true };

test('calico#1709: a path MTU that the underlay taught is told by ip route get, and packets are held to it', async () => {
  const { sh, trace } = world(pair(IPIP), { underlay: ['path-mtu=1460'] });
  expect(await sh('ip -n n1 route get 10.0.0.2')).toEqual(['10.0.0.2 dev eth0 src 10.0.0.1 uid 0', 'cache']);
  expect(trace('default.a', 'default.b', FULL)).toContain(
    '= dropped at underlay by port1: dropped by the underlay: 1500 > 1460 and DF is set (SKB_DROP_REASON_UNDERLAY_MTU)',
  );
  const [, cache] = await sh('ip -n n1 route get 10.0.0.2');
  expect(cache).toMatch(/^cache expires \d+sec mtu 1460$/);
  const again = trace('default.a', 'default.b', FULL);
  expect(again).toContain('learnt for 192.168.2.5: cache mtu 1440');
  expect(again.at(-2)).toContain('1480 > 1440 at tunl0, and DF is set');
  expect(again.at(-2)).toContain(
    'ICMP fragmentation needed, mtu 1440 was sent by n1 and reached the sender.',
  );
});

test('felix#756: tunl0 of 1480 on a network of 1460 loses packets after encapsulation, and nobody is told', () => {
  const silent = world(pair(IPIP), { underlay: ['path-mtu=1460,icmp=swallow'] });
  const lines = silent.trace('default.a', 'default.b', FULL);
  expect(lines).toContain(
    'encapsulated by tunl0, IPIP: +20 bytes = 1500, outer 10.0.0.1 > 10.0.0.2, TTL 63, DF',
  );
  expect(lines.at(-2)).toBe(
    'default.b (192.168.2.5) was not reached: dropped at underlay by port1: dropped by the underlay: 1500 > 1460; ' +
      'no ICMP reaches the sender (SKB_DROP_REASON_UNDERLAY_MTU); no ICMP was sent.',
  );
  expect(lines.at(-1)).toMatch(/^An answer would not have come back either: .*1500 > 1460/);
});

test('felix#756: with an interface of 1460 tunl0 is set to what fits, unless ipipMTU says otherwise', async () => {
  const fitting = world(pair(IPIP), { mtu: 1460 });
  expect((await fitting.sh('ip -n n1 -br link show tunl0; ip -n n1 link show tunl0')).join()).toContain(
    'mtu 1440',
  );
  expect(fitting.trace('default.a', 'default.b', { size: 1412, df: true }).at(-1)).toMatch(
    /reached and answered/,
  );
  const stubborn = world(pair(IPIP) + felixYaml('ipipMTU: 1480'), { mtu: 1460 });
  const lines = stubborn.trace('default.a', 'default.b', FULL);
  expect(lines.at(-2)).toContain('dropped at n1 by tunl0: 1480 > 1440 at tunl0, and DF is set');
  expect(stubborn.trace('default.a', 'default.b', { size: 1400 }).at(-1)).toMatch(/reached and answered/);
});

describe('calico#7146: pmtudisc of tunl0 over a path of 1400 bytes', () => {
  const path = { underlay: ['path-mtu=1400'] };
  const large = { size: 1452 };

  test('nopmtudisc, as Felix leaves it: what may be cut is cut by the underlay', async () => {
    const { sh, trace } = world(pair(IPIP), path);
    expect(await sh('ip -n n1 tunnel show tunl0')).toEqual([
      'tunl0: any/ip remote any local any ttl inherit nopmtudisc',
    ]);
    const lines = trace('default.a', 'default.b', large);
    expect(lines.join()).toMatch(/= 1500, outer 10\.0\.0\.1 > 10\.0\.0\.2, TTL 63, no DF/);
    expect(lines.at(-1)).toMatch(/was reached and answered\.$/);
  });

  test('pmtudisc: such a flow never recovers, for what is forwarded does not heed the MTU that was learnt', async () => {
    const { sh, trace } = world(pair(IPIP), path);
    await sh('ip -n n1 tunnel change tunl0 mode ipip pmtudisc');
    expect(trace('default.a', 'default.b', large).at(-2)).toMatch(
      /1500 > 1400 and DF is set .* was sent by underlay to n1: no ICMP reached the sender\.$/,
    );
    expect((await sh('ip -n n1 route get 10.0.0.2')).at(-1)).toMatch(/mtu 1400$/);
    for (let i = 0; i < 2; i++)
      expect(trace('default.a', 'default.b', large).at(-2)).toMatch(
        /after IPIP encapsulation: 1500 > 1400 at eth0, and DF is set .*: no ICMP reached the sender\.$/,
      );
    await sh('ip netns exec n1 sysctl -qw net.ipv4.ip_forward_use_pmtu=1');
    const recovered = trace('default.a', 'default.b', large);
    expect(recovered.join('\n')).toMatch(/1480 > 1380, the .*: cut into 2 fragments/);
    expect(recovered.at(-1)).toMatch(/was reached and answered\.$/);
  });
});
