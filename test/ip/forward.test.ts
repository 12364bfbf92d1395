// A packet's way through a router: TTL, MTU, DF, fragments, and the errors that come back.
import { describe, expect, test } from 'vitest';
import { RouteType } from '../../src/fib/route.ts';
import { bytes, echo, ethernet, ipv4 } from '../kernel/frames/build.ts';
import { twoHosts, type World } from './world.ts';

const warm = (world: World): World => {
  world.ping('A', '10.0.2.2');
  world.take('A:eth0');
  world.take('B:eth0');
  return world;
};

describe('one router', () => {
  test('a ping finds its way by ARP on both links, and loses one TTL on each way', () => {
    const world = twoHosts();
    expect(world.ping('A', '10.0.2.2')).toBe(0);
    expect(world.take('A:eth0')).toEqual([
      'out ARP who-has 10.0.1.1 tell 10.0.1.2',
      'in ARP 10.0.1.1 is-at 02:00:00:00:00:01 to 10.0.1.2',
      'out IP 10.0.1.2>10.0.2.2 ttl 64 len 84 DF echo',
      'in IP 10.0.2.2>10.0.1.2 ttl 63 len 84 reply',
    ]);
    expect(world.take('B:eth0')).toEqual([
      'in ARP who-has 10.0.2.2 tell 10.0.2.1',
      'out ARP 10.0.2.2 is-at 02:00:00:00:00:04 to 10.0.2.1',
      'in IP 10.0.1.2>10.0.2.2 ttl 63 len 84 DF echo',
      'out IP 10.0.2.2>10.0.1.2 ttl 64 len 84 reply',
    ]);
    expect(world.lab.kernel.pool.outstanding).toBe(0);
  });

  test.each([
    [
      1,
      [
        'out IP 10.0.1.2>10.0.2.2 ttl 1 len 84 DF echo',
        'in IP 10.0.1.1>10.0.1.2 ttl 64 len 112 tos 192 time-exceeded 0',
      ],
    ],
    [2, ['out IP 10.0.1.2>10.0.2.2 ttl 2 len 84 DF echo', 'in IP 10.0.2.2>10.0.1.2 ttl 63 len 84 reply']],
  ])('TTL %d', (ttl, lines) => {
    const world = warm(twoHosts());
    world.ping('A', '10.0.2.2', { ttl });
    expect(world.take('A:eth0')).toEqual(lines);
  });

  test('without DF a packet that is too long is fragmented by its sender, and the answer by the other', () => {
    const world = warm(twoHosts());
    world.ping('A', '10.0.2.2', { size: 2000, df: false });
    expect(world.take('A:eth0')).toEqual([
      'out IP 10.0.1.2>10.0.2.2 ttl 64 len 1500 MF echo',
      'out IP 10.0.1.2>10.0.2.2 ttl 64 len 548 offset 1480',
      'in IP 10.0.2.2>10.0.1.2 ttl 63 len 1500 MF reply',
      'in IP 10.0.2.2>10.0.1.2 ttl 63 len 548 offset 1480',
    ]);
  });

  test('a narrow second link fragments what has no DF and refuses what has, naming its MTU', () => {
    const world = warm(twoHosts()).set('R:right', { mtu: 1000 });
    world.ping('A', '10.0.2.2', { size: 1200, df: false });
    expect(world.take('B:eth0').slice(0, 2)).toEqual([
      'in IP 10.0.1.2>10.0.2.2 ttl 63 len 996 MF echo',
      'in IP 10.0.1.2>10.0.2.2 ttl 63 len 252 offset 976',
    ]);
    world.take('A:eth0');
    world.ping('A', '10.0.2.2', { size: 1200 });
    expect(world.take('A:eth0')).toEqual([
      'out IP 10.0.1.2>10.0.2.2 ttl 64 len 1228 DF echo',
      'in IP 10.0.1.1>10.0.1.2 ttl 64 len 576 tos 192 frag-needed 1000',
    ]);
    expect(world.drops('R')).toEqual(['PKT_TOO_BIG=1']);
  });

  test("a local sender with DF hears EMSGSIZE of its own link's MTU", () => {
    expect(warm(twoHosts()).ping('A', '10.0.2.2', { size: 1473 })).toBe(90);
  });

  test.each([
    ['blackhole', RouteType.BLACKHOLE, [], 'BLACKHOLE=1'],
    [
      'unreachable',
      RouteType.UNREACHABLE,
      ['in IP 10.0.1.1>10.0.1.2 ttl 64 len 112 tos 192 unreachable 1'],
      'IP_INADDRERRORS=1',
    ],
    [
      'prohibit',
      RouteType.PROHIBIT,
      ['in IP 10.0.1.1>10.0.1.2 ttl 64 len 112 tos 192 unreachable 13'],
      'ROUTE_PROHIBIT=1',
    ],
  ])('a route of type %s', (_, type, answers, drop) => {
    const world = warm(twoHosts()).route('R', '10.9.0.0/16', { type });
    world.ping('A', '10.9.1.1');
    expect(world.take('A:eth0').slice(1)).toEqual(answers);
    expect(world.drops('R')).toEqual([drop]);
  });

  test('no route at all: network unreachable', () => {
    const world = warm(twoHosts());
    world.ping('A', '9.9.9.9');
    expect(world.take('A:eth0')[1]).toBe('in IP 10.0.1.1>10.0.1.2 ttl 64 len 112 tos 192 unreachable 0');
    expect(world.drops('R')).toEqual(['IP_INNOROUTES=1']);
  });

  test('a host that does not forward says nothing', () => {
    const world = warm(twoHosts());
    world.device('R:left').conf.forwarding = 0;
    world.ping('A', '10.0.2.2');
    expect(world.take('A:eth0')).toEqual(['out IP 10.0.1.2>10.0.2.2 ttl 64 len 84 DF echo']);
    expect(world.drops('R')).toEqual(['IP_INADDRERRORS=1']);
  });

  test('errors for packets without a route are paid for twice from one account of five: two come at once', () => {
    const world = warm(twoHosts());
    for (let i = 0; i < 12; i++) world.ping('A', '9.9.9.9');
    expect(world.take('A:eth0').filter((line) => line.includes('unreachable'))).toHaveLength(2);
  });

  test('with icmp_ratelimit=0 every error empties the account: one comes, then one a second', () => {
    const world = warm(twoHosts());
    world.namespace('R').conf.icmp_ratelimit = 0;
    const errorsFor = (pings: number) => {
      for (let i = 0; i < pings; i++) world.ping('A', '9.9.9.9');
      return world.take('A:eth0').filter((line) => line.includes('unreachable')).length;
    };
    expect(errorsFor(12)).toBe(1);
    world.wait(1.1);
    expect(errorsFor(3)).toBe(1);
  });

  test('time exceeded comes six at once by default', () => {
    const world = warm(twoHosts());
    for (let i = 0; i < 10; i++) world.ping('A', '10.0.2.2', { ttl: 1 });
    expect(world.take('A:eth0').filter((line) => line.includes('time-exceeded'))).toHaveLength(6);
  });

  test('a neighbour that does not answer is asked three times; then every packet that waits is reported', () => {
    const world = warm(twoHosts());
    world.ping('A', '10.0.2.77');
    world.ping('A', '10.0.2.77');
    world.wait(4);
    const unreachable = 'in IP 10.0.1.1>10.0.1.2 ttl 64 len 112 tos 192 unreachable 1';
    expect(world.take('A:eth0').filter((line) => line === unreachable)).toHaveLength(2);
    expect(world.take('B:eth0').filter((line) => line.startsWith('in ARP who-has 10.0.2.77'))).toHaveLength(
      3,
    );
    expect(world.drops('R')).toEqual(['NEIGH_FAILED=2']);
  });

  test('a redirect goes to a host whose packets leave by the link they came in by', () => {
    const world = warm(twoHosts()).route('R', '10.7.0.0/16', { via: '10.0.1.9' });
    world.ping('A', '10.7.0.1');
    expect(world.take('A:eth0')).toContain(
      'in IP 10.0.1.1>10.0.1.2 ttl 64 len 112 tos 192 redirect 10.0.1.9',
    );
  });
});

describe('what a router learns and teaches', () => {
  test('fragmentation needed makes the sender remember the path MTU', () => {
    const world = warm(twoHosts()).set('R:right', { mtu: 1000 });
    world.namespace('A').sockets.add({ protocol: 1, receive: () => {}, error: () => {} });
    world.ping('A', '10.0.2.2', { size: 1200 });
    expect(world.ping('A', '10.0.2.2', { size: 1200 })).toBe(90);
    world.take('A:eth0');
    world.ping('A', '10.0.2.2', { size: 1200, df: false });
    expect(world.take('A:eth0').slice(0, 2)).toEqual([
      'out IP 10.0.1.2>10.0.2.2 ttl 64 len 996 MF echo',
      'out IP 10.0.1.2>10.0.2.2 ttl 64 len 252 offset 976',
    ]);
    world.wait(601);
    expect(world.ping('A', '10.0.2.2', { size: 1200 })).toBe(0);
  });
});

describe('options of a packet in fragments', () => {
  const RECORD_ROUTE = bytes(7, 15, 4, new Uint8Array(12), 0);
  const request = echo(7, 1, 56);
  const piece = (from: number, to: number, more: boolean, options: Uint8Array): Uint8Array => {
    const fragment = (more ? 0x2000 : 0) | (from >> 3);
    const payload = request.subarray(from, to);
    return ipv4({ src: '10.0.1.2', dst: '10.0.2.2', protocol: 1, id: 9, fragment, options, payload });
  };

  test('the first piece has them, whichever comes last: the answer echoes them', () => {
    const world = warm(twoHosts());
    const nothing = new Uint8Array();
    const pieces = [piece(0, 32, true, RECORD_ROUTE), piece(32, 64, false, nothing)];
    for (const packet of pieces) {
      const frame = ethernet('02:00:00:00:00:01', '02:00:00:00:00:02', 0x0800, packet);
      world.lab.transmit(world.namespace('A'), 'eth0', frame);
    }
    world.lab.settle();
    const answer = world.take('A:eth0').at(-1)!;
    expect(answer).toContain('reply');
    expect(answer).toContain('len 100');
  });
});

test('where the other end of a cable is narrower, the fragments after a refused one stay at home', () => {
  const world = warm(twoHosts()).set('B:eth0', { mtu: 1000 });
  world.watch('R:right');
  world.ping('A', '10.0.2.2', { size: 2000, df: false });
  expect(world.take('R:right')).toEqual([
    'out IP 10.0.1.2>10.0.2.2 ttl 63 len 1500 MF echo',
    'out IP 10.0.1.2>10.0.2.2 ttl 63 len 548 offset 1480',
  ]);
  expect(world.ping('R', '10.0.2.2', { size: 2000, df: false })).toBe(105);
  expect(world.take('R:right')).toEqual(['out IP 10.0.2.1>10.0.2.2 ttl 64 len 1500 MF echo']);
});
