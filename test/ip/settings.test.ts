// What the sysctls of net.ipv4 change for packets, beside forwarding and source checks.
import { describe, expect, test } from 'vitest';
import { Errno } from '../../src/addr/errno.ts';
import { formatIpv4 } from '../../src/addr/ipv4.ts';
import { changeRoute } from '../../src/admin/route.ts';
import { getRoute } from '../../src/admin/route-get.ts';
import { addRule } from '../../src/admin/rule.ts';
import { openSocket, pathMtu, sendDatagram, sourceFor } from '../../src/admin/socket.ts';
import { RouteType, type Rule, RuleAction } from '../../src/fib/route.ts';
import { source } from '../../src/wire/ipv4.ts';
import { ethernet, icmp, ipv4 } from '../kernel/frames/build.ts';
import { address, twoHosts, type World } from './world.ts';

const warm = (): World => {
  const world = twoHosts();
  world.ping('A', '10.0.2.2');
  world.take('A:eth0');
  world.take('B:eth0');
  return world;
};

describe('bc_forwarding', () => {
  const lines = (all: number, own: number): string[] => {
    const world = warm();
    world.namespace('R').confAll.bc_forwarding = all;
    world.device('R:left').conf.bc_forwarding = own;
    world.ping('A', '10.0.2.255');
    return world.take('B:eth0');
  };

  test.each([
    [0, 0],
    [1, 0],
    [0, 1],
  ])('all %d and device %d: a broadcast to another subnet ends at the router', (all, own) =>
    expect(lines(all, own)).toEqual([]),
  );

  test('both: it goes out to that subnet', () =>
    expect(lines(1, 1)).toEqual(['in IP 10.0.1.2>10.0.2.255 ttl 63 len 84 DF echo']));

  test('a broadcast to the own subnet is then no longer for the router', () => {
    const world = warm();
    world.namespace('R').confAll.bc_forwarding = 1;
    world.device('R:left').conf.bc_forwarding = 1;
    world.namespace('R').conf.icmp_echo_ignore_broadcasts = 0;
    const payload = new Uint8Array([8, 0, 0xf7, 0xff, 0, 0, 0, 0]);
    sendDatagram(world.namespace('A'), {
      destination: address('10.0.1.255'),
      protocol: 1,
      payload,
      broadcast: true,
    });
    world.lab.settle();
    expect(world.take('A:eth0')).toHaveLength(1);
    expect(world.drops('R')).toContain('NOT_FOR_US=1');
  });
});

test('icmp_ratemask may limit answers too: six at once, then one a second', () => {
  const world = warm();
  world.namespace('B').conf.icmp_ratemask = 1;
  const answers = (): number => {
    for (let i = 0; i < 9; i++) world.ping('A', '10.0.2.2');
    return world.take('A:eth0').filter((line) => line.endsWith('reply')).length;
  };
  expect(answers()).toBe(6);
  world.wait(1);
  expect(answers()).toBe(1);
});

test('ipfrag_high_thresh 0: nothing is reassembled', () => {
  const world = warm();
  world.namespace('B').conf.ipfrag_high_thresh = 0;
  world.ping('A', '10.0.2.2', { size: 3000, df: false });
  expect(world.take('A:eth0').filter((line) => line.startsWith('in'))).toEqual([]);
  expect(world.drops('B')).toEqual(['FRAG_QUEUE_LIMIT=3']);
});

test('a packet of 65535 bytes fits the loopback whole', () => {
  expect(warm().ping('A', '127.0.0.1', { size: 65507 })).toBe(0);
  expect(warm().ping('A', '127.0.0.1', { size: 65508 })).toBe(90);
});

describe('a route of TOS 0x10 that prohibits', () => {
  const world = warm();
  const namespace = world.namespace('A');
  changeRoute(namespace, 'add', {
    table: 0,
    destination: address('10.9.0.0'),
    length: 16,
    tos: 0x10,
    type: RouteType.PROHIBIT,
    nextHops: [],
  });

  test.each([
    [0x10, Errno.EACCES],
    [0x11, Errno.EACCES],
    [0x12, Errno.EACCES],
    [0x14, 0],
    [0, 0],
  ])('TOS %d: errno %d, of sendmsg and of connect', (tos, errno) => {
    expect(world.ping('A', '10.9.0.1', { tos })).toBe(errno);
    const chosen = sourceFor(namespace, address('10.9.0.1'), undefined, { tos });
    expect('errno' in chosen ? chosen.errno : 0).toBe(errno);
  });
});

test('a neighbour that does not answer: the error has the options of the packet, with one stop more', () => {
  const world = warm();
  const options = Uint8Array.of(1, 7, 19, 4, ...new Uint8Array(16));
  sendDatagram(world.namespace('A'), {
    destination: address('10.0.2.77'),
    protocol: 1,
    payload: new Uint8Array([8, 0, 0xf7, 0xff, 0, 0, 0, 0]),
    options,
  });
  world.lab.settle();
  world.wait(4);
  const error = world.frames
    .get('A:eth0')!
    .find((frame) => frame[12] === 8 && frame[13] === 0 && frame[15] === 0xc0)!;
  const stops = [...Array(4).keys()].map((i) =>
    error
      .subarray(14 + 20 + 3 + 4 * i)
      .slice(0, 4)
      .join('.'),
  );
  expect(stops).toEqual(['10.0.1.2', '10.0.2.1', '10.0.1.1', '10.0.1.1']);
});

describe('rules that ask for a protocol or a port', () => {
  const router = (rule: Partial<Rule>): World => {
    const world = warm();
    const namespace = world.namespace('R');
    addRule(namespace, { action: RuleAction.TO_TABLE, priority: 100, table: 77, ...rule });
    changeRoute(namespace, 'add', {
      table: 77,
      destination: address('10.0.2.2'),
      length: 32,
      type: RouteType.PROHIBIT,
      nextHops: [],
    });
    return world;
  };
  const udpTo = (world: World, port: number): string => {
    sendDatagram(world.namespace('A'), {
      destination: address('10.0.2.2'),
      protocol: 17,
      payload: new Uint8Array([4, 0, port >> 8, port & 255, 0, 8, 0, 0]),
    });
    world.lab.settle();
    return world.take('A:eth0').at(-1)!;
  };

  test('of ICMP: a forwarded echo request is prohibited, a datagram passes', () => {
    const world = router({ ipProtocol: 1 });
    world.ping('A', '10.0.2.2');
    expect(world.take('A:eth0').at(-1)).toContain('unreachable 13');
    expect(udpTo(world, 2000)).toContain('unreachable 3');
  });

  test('of a UDP port: only datagrams to it are prohibited', () => {
    const world = router({ ipProtocol: 17, destinationPorts: [2000, 2001] });
    expect(udpTo(world, 1999)).toContain('unreachable 3');
    expect(udpTo(world, 2001)).toContain('unreachable 13');
  });
});

test.each([
  [true, ['10.0.1.1', '10.0.1.2']],
  [false, ['10.0.1.1']],
])('a request to all hosts with IP_MULTICAST_LOOP %s is answered by %j', (multicastLoop, expected) => {
  const world = warm();
  const answered: string[] = [];
  for (const name of ['A', 'R']) world.namespace(name).conf.icmp_echo_ignore_broadcasts = 0;
  openSocket(world.namespace('A'), {
    protocol: 1,
    receive: ({ view, head, network }) => {
      if (view.getUint8(head) === 0) answered.push(formatIpv4(source(view, network)));
    },
  });
  sendDatagram(world.namespace('A'), {
    destination: address('224.0.0.1'),
    protocol: 1,
    payload: new Uint8Array([8, 0, 0xf7, 0xff, 0, 0, 0, 0]),
    multicastLoop,
  });
  world.lab.settle();
  expect(answered.sort()).toEqual(expected);
});

describe('what an ICMP message teaches', () => {
  /** A hears from R's address about an answer of its own to B; where it then goes, and in what pieces. */
  const taught = (type: number, code: number, rest: number[], distrust = 0): { via: string; mtu: number } => {
    const world = warm().addr('R:left', '10.0.1.3/24');
    world.ping('A', '10.0.1.3');
    const namespace = world.namespace('A');
    namespace.conf.ip_no_pmtu_disc = distrust;
    const quoted = ipv4({ src: '10.0.1.2', dst: '10.0.2.2', protocol: 1, payload: new Uint8Array(8) });
    const packet = ipv4({
      src: '10.0.1.1',
      dst: '10.0.1.2',
      protocol: 1,
      payload: icmp(type, code, rest, quoted),
    });
    const frame = ethernet('02:00:00:00:00:02', '02:00:00:00:00:01', 0x0800, packet);
    world.lab.transmit(world.namespace('R'), 'left', frame);
    world.lab.settle();
    const answer = getRoute(namespace, { destination: address('10.0.2.2') });
    const via = 'value' in answer ? formatIpv4(answer.value.gateway) : '';
    return { via, mtu: pathMtu(namespace, address('10.0.2.2')) };
  };

  test.each([
    [0, '10.0.1.3'],
    [3, '10.0.1.3'],
    [4, '10.0.1.1'],
    [7, '10.0.1.1'],
    [8, '10.0.1.3'],
  ])('a redirect of code %d: by %s', (code, via) => expect(taught(5, code, [10, 0, 1, 3]).via).toBe(via));

  test.each([
    [0, 1000],
    [1, 552],
    [2, 1500],
    [3, 1500],
    [4, 552],
  ])('fragmentation needed, ip_no_pmtu_disc %d: MTU %d', (distrust, mtu) =>
    expect(taught(3, 4, [0, 0, 3, 232], distrust).mtu).toBe(mtu),
  );
});
