// What devices, links and addresses do to routes, and how several next hops or default routes share the traffic.
import { describe, expect, test } from 'vitest';
import { Errno } from '../../src/addr/errno.ts';
import { ANY, formatPrefix } from '../../src/addr/ipv4.ts';
import { FlowKey } from '../../src/fib/flow.ts';
import { NextHopFlag, type Route, type RouteConfig, RouteType, Scope, Table } from '../../src/fib/route.ts';
import { ip, World } from './world.ts';

const { DEAD, LINKDOWN } = NextHopFlag;

function host(): World {
  const world = new World('lo', 'eth0', 'eth1');
  for (const name of ['lo', 'eth0', 'eth1']) world.up(name);
  world.address('eth0', '10.0.0.1/24');
  world.address('eth1', '10.1.0.1/24');
  return world;
}

interface Hop {
  via: string;
  weight?: number;
}

/** A route to main by these gateways. */
function add(world: World, text: string, hops: Hop[], rest: Partial<RouteConfig> = {}): void {
  const [address, length] = text.split('/');
  const nextHops = hops.map(({ via, weight }) => ({ gateway: ip(via), weight }));
  const config = { table: Table.MAIN, type: RouteType.UNICAST, nextHops, ...rest };
  expect(
    world.fib.insert({ ...config, destination: ip(address), length: Number(length) }, 'append'),
  ).toBeNull();
}

const names = (routes: Route[]): string[] =>
  routes.map((route) => formatPrefix(route.destination, route.length));
const routeTo = (world: World, text: string): Route =>
  world.fib.dump(Table.MAIN).find((route) => route.destination === ip(text)) as Route;
const flagsTo = (world: World, text: string): number[] =>
  routeTo(world, text).nextHops.map((hop) => hop.flags);

describe('a device that goes down', () => {
  test('takes its routes and broadcast addresses with it, and leaves its local address', () => {
    const world = host();
    add(world, '9.0.0.0/8', [{ via: '10.1.0.9' }]);
    world.down('eth1');
    expect(names(world.fib.dump(Table.MAIN))).toEqual(['10.0.0.0/24']);
    expect(names(world.fib.dump(Table.LOCAL))).toEqual([
      '10.0.0.1/32',
      '10.0.0.255/32',
      '10.1.0.1/32',
      '127.0.0.0/8',
      '127.0.0.1/32',
      '127.255.255.255/32',
    ]);
  });

  test('brings back what addresses brought when it comes up, and not what was asked for', () => {
    const world = host();
    const before = names(world.fib.dumpAll());
    add(world, '9.0.0.0/8', [{ via: '10.1.0.9' }]);
    world.down('eth1');
    world.up('eth1');
    expect(names(world.fib.dumpAll())).toEqual(before);
  });

  test('leaves a multipath route to its other next hops, until the last is down', () => {
    const world = host();
    add(world, '9.0.0.0/8', [{ via: '10.0.0.9' }, { via: '10.1.0.9' }]);
    world.down('eth1');
    expect(flagsTo(world, '9.0.0.0')).toEqual([0, DEAD | LINKDOWN]);
    world.fib.lookup({ ...new FlowKey(), destination: ip('9.1.1.1') });
    world.fib.selectMultipath(0x7fffffff);
    expect(world.fib.nextHop?.device?.name).toBe('eth0');
    world.up('eth1');
    expect(flagsTo(world, '9.0.0.0')).toEqual([0, 0]);
    world.down('eth0');
    world.down('eth1');
    expect(names(world.fib.dump(Table.MAIN))).toEqual([]);
  });

  test('and is removed takes multipath routes as a whole, and its local addresses', () => {
    const world = host();
    add(world, '9.0.0.0/8', [{ via: '10.0.0.9' }, { via: '10.1.0.9' }]);
    world.remove('eth1');
    expect(names(world.fib.dump(Table.MAIN))).toEqual(['10.0.0.0/24']);
    expect(names(world.fib.dump(Table.LOCAL)).filter((name) => name.startsWith('10.1'))).toEqual([]);
  });

  test('leaves refusing routes alone: they have no device', () => {
    const world = host();
    add(world, '9.0.0.0/8', [], { type: RouteType.BLACKHOLE });
    for (const name of ['eth0', 'eth1']) world.down(name);
    expect(names(world.fib.dump(Table.MAIN))).toEqual(['9.0.0.0/8']);
  });
});

describe('a link that goes down', () => {
  test('marks next hops and removes nothing, and the mark goes when it comes back', () => {
    const world = host();
    add(world, '9.0.0.0/8', [{ via: '10.1.0.9' }]);
    const before = names(world.fib.dumpAll());
    world.link('eth1', false);
    expect(flagsTo(world, '9.0.0.0')).toEqual([LINKDOWN]);
    expect(names(world.fib.dumpAll())).toEqual(before);
    world.link('eth1', true);
    expect(flagsTo(world, '9.0.0.0')).toEqual([0]);
  });
});

describe('an address that goes', () => {
  test('takes the routes of main that prefer it as their source, and of no other table', () => {
    const world = host();
    const prefsrc = ip('10.1.0.1');
    add(world, '9.0.0.0/8', [{ via: '10.0.0.9' }], { prefsrc });
    add(world, '11.0.0.0/8', [{ via: '10.0.0.9' }]);
    add(world, '9.0.0.0/8', [{ via: '10.0.0.9' }], { prefsrc, table: 77 });
    world.removeAddress('eth1', '10.1.0.1/24');
    expect(names(world.fib.dump(Table.MAIN))).toEqual(['10.0.0.0/24', '11.0.0.0/8']);
    expect(names(world.fib.dump(77))).toEqual(['9.0.0.0/8']);
  });

  test('has those told that prefer it, and nobody told of what goes with a device', () => {
    const world = host();
    const told: string[] = [];
    world.fib.watcher = {
      route: (route, change) => told.push(`${change} ${names([route])}`),
      nexthop: () => {},
      rule: () => {},
    };
    for (const prefix of ['11.0.0.0/8', '9.0.0.0/8'])
      add(world, prefix, [{ via: '10.0.0.9' }], { prefsrc: ip('10.1.0.1') });
    told.length = 0;
    world.removeAddress('eth1', '10.1.0.1/24');
    world.link('eth0', false);
    expect(told.filter((line) => !line.includes('10.'))).toEqual(['gone 9.0.0.0/8', 'gone 11.0.0.0/8']);
  });

  test('and was the last of its device takes all routes by that device', () => {
    const world = host();
    const hop = { nextHops: [{ device: world.device('eth1') }], scope: Scope.LINK };
    add(world, '9.0.0.0/8', [], hop);
    world.removeAddress('eth1', '10.1.0.1/24');
    expect(names(world.fib.dump(Table.MAIN))).toEqual(['10.0.0.0/24']);
  });
});

describe('several next hops', () => {
  /** How many of 300 hashes, spread evenly over 31 bits, each gateway gets. */
  function shares(world: World): Record<string, number> {
    const count: Record<string, number> = {};
    for (let i = 0; i < 300; i++) {
      expect(world.fib.lookup({ ...new FlowKey(), destination: ip('9.1.1.1') })).toBe(0);
      world.fib.selectMultipath(Math.floor(((i + 0.5) * 0x80000000) / 300));
      const gateway = formatPrefix(world.fib.nextHop?.gateway ?? ANY, 32);
      count[gateway] = (count[gateway] ?? 0) + 1;
    }
    return count;
  }

  test('share the hashes by weight', () => {
    const world = host();
    add(world, '9.0.0.0/8', [
      { via: '10.0.0.9', weight: 1 },
      { via: '10.1.0.9', weight: 2 },
    ]);
    expect(shares(world)).toEqual({ '10.0.0.9/32': 100, '10.1.0.9/32': 200 });
  });

  test('lose those of a link that is down only where the device ignores such', () => {
    const world = host();
    add(world, '9.0.0.0/8', [{ via: '10.0.0.9' }, { via: '10.1.0.9' }]);
    world.link('eth1', false);
    expect(shares(world)).toEqual({ '10.0.0.9/32': 150, '10.1.0.9/32': 150 });
    world.device('eth1').ignoreLinkdown = true;
    world.link('eth1', false);
    expect(shares(world)).toEqual({ '10.0.0.9/32': 300 });
  });

  test('are passed over for a failed neighbour if fib_multipath_use_neigh is set', () => {
    const world = host();
    add(world, '9.0.0.0/8', [{ via: '10.0.0.9' }, { via: '10.1.0.9' }]);
    world.neighbours.set(`eth0 ${ip('10.0.0.9')}`, 0x20);
    world.useNeighbours = true;
    expect(shares(world)).toEqual({ '10.1.0.9/32': 300 });
  });

  test('may be asked for by oif, and then no hash chooses', () => {
    const world = host();
    add(world, '9.0.0.0/8', [{ via: '10.0.0.9' }, { via: '10.1.0.9' }]);
    const flow = { ...new FlowKey(), destination: ip('9.1.1.1'), oif: 3 };
    world.fib.lookup(flow);
    world.fib.selectPath(flow, 0);
    expect(world.fib.nextHop?.gateway).toBe(ip('10.1.0.9'));
  });
});

describe('several default routes of one metric', () => {
  const REACHABLE = 2;
  const STALE = 4;
  const FAILED = 0x20;

  function chosen(states: Record<string, number>, rest: Partial<RouteConfig> = {}): string[] {
    const world = host();
    for (const via of ['10.0.0.9', '10.1.0.9']) add(world, '0.0.0.0/0', [{ via }], rest);
    for (const [gateway, state] of Object.entries(states))
      for (const device of ['eth0', 'eth1']) world.neighbours.set(`${device} ${ip(gateway)}`, state);
    return [1, 2].map(() => {
      const flow = { ...new FlowKey(), destination: ip('9.1.1.1') };
      expect(world.fib.lookup(flow)).toBe(0);
      world.fib.selectPath(flow, 0);
      return formatPrefix(world.fib.nextHop?.gateway ?? ANY, 32);
    });
  }

  test.each([
    ['nothing is known: the first, again and again', {}, ['10.0.0.9/32', '10.0.0.9/32']],
    ['the first failed: the second', { '10.0.0.9': FAILED }, ['10.1.0.9/32', '10.1.0.9/32']],
    [
      'both are stale: they take turns',
      { '10.0.0.9': STALE, '10.1.0.9': STALE },
      ['10.0.0.9/32', '10.1.0.9/32'],
    ],
    [
      'the first failed and the second is reachable: the second',
      { '10.0.0.9': FAILED, '10.1.0.9': REACHABLE },
      ['10.1.0.9/32', '10.1.0.9/32'],
    ],
    [
      'both failed: one that may come back, then the other',
      { '10.0.0.9': FAILED, '10.1.0.9': FAILED },
      ['10.0.0.9/32', '10.1.0.9/32'],
    ],
  ])('%s', (_, states, expected) => {
    expect(chosen(states)).toEqual(expected);
  });
});

test('learnt path MTUs follow the MTU of their link', () => {
  const world = host();
  add(world, '9.0.0.0/8', [{ via: '10.0.0.9' }]);
  const [hop] = routeTo(world, '9.0.0.0').nextHops;
  const learnt = {
    destination: ip('9.1.1.1'),
    gateway: ANY,
    expires: 0,
    mtuLocked: false,
    input: null,
    output: null,
    generation: 0,
  };
  hop.exceptions = new Map([
    [ip('9.1.1.1'), { ...learnt, mtu: 1500 }],
    [ip('9.1.1.2'), { ...learnt, mtu: 1300 }],
    [ip('9.1.1.3'), { ...learnt, mtu: 1450, mtuLocked: true }],
  ]);
  world.fib.mtuChanged(world.device('eth0'), 1400, 1500);
  const mtus = [...hop.exceptions.values()].map((exception) => [exception.mtu, exception.mtuLocked]);
  expect(mtus).toEqual([
    [1400, false],
    [1300, false],
    [1400, false],
  ]);
});

test('a gateway in use is known until its device is down', () => {
  const world = host();
  add(world, '9.0.0.0/8', [{ via: '10.0.0.9' }]);
  const eth0 = world.device('eth0');
  expect(world.fib.hasGateway(ip('10.0.0.9'), eth0)).toBe(true);
  expect(world.fib.hasGateway(ip('10.0.0.9'), world.device('eth1'))).toBe(false);
  world.down('eth0');
  expect(world.fib.hasGateway(ip('10.0.0.9'), eth0)).toBe(false);
});

test('flush empties one table or all, and leaves them existing', () => {
  const world = host();
  world.fib.flush(Table.MAIN);
  expect([world.fib.dump(Table.MAIN), world.fib.hasTable(Table.MAIN)]).toEqual([[], true]);
  expect(world.fib.dump(Table.LOCAL).length).toBe(7);
  world.fib.flush();
  expect(world.fib.dumpAll()).toEqual([]);
  expect(world.fib.lookup({ ...new FlowKey(), destination: ip('10.0.0.1') })).toBe(Errno.ENETUNREACH);
});
