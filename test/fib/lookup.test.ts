// Fib.lookup against loops over lists of rules and routes, and the cases that a list of two or three routes shows.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Errno } from '../../src/addr/errno.ts';
import { ANY, ipv4, networkOf } from '../../src/addr/ipv4.ts';
import { FlowKey } from '../../src/fib/flow.ts';
import {
  type Flow,
  NextHopFlag,
  type Route,
  type RouteConfig,
  RouteType,
  type Rule,
  RuleAction,
  Scope,
  Table,
} from '../../src/fib/route.ts';
import { slowLookup, slowLookupUnruled } from '../oracle/routing.ts';
import { ip, World } from './world.ts';

const flowTo = (destination: string, rest: Partial<Flow> = {}): Flow => ({
  ...new FlowKey(),
  destination: ip(destination),
  ...rest,
});

function threeDevices(): World {
  const world = new World('lo', 'eth0', 'eth1');
  for (const device of world.devices) device.up = true;
  return world;
}

const address = fc
  .tuple(fc.constantFrom(0x0a000000, 0x0a010000, 0x7f000000, -0x40000000), fc.integer({ min: 0, max: 3 }))
  .map(([base, low]) => ipv4(base | low));

const TYPES = [
  RouteType.UNICAST,
  RouteType.UNICAST,
  RouteType.UNICAST,
  RouteType.LOCAL,
  RouteType.BLACKHOLE,
  RouteType.UNREACHABLE,
  RouteType.PROHIBIT,
  RouteType.THROW,
];

const plan = fc.record({
  address,
  length: fc.constantFrom(0, 1, 8, 16, 24, 30, 31, 32),
  type: fc.constantFrom(...TYPES),
  table: fc.constantFrom<number>(Table.MAIN, Table.MAIN, Table.LOCAL, Table.DEFAULT, 100),
  tos: fc.constantFrom(0, 0, 0, 8, 16),
  priority: fc.constantFrom(0, 0, 5),
  far: fc.boolean(),
  device: fc.constantFrom('eth0', 'eth1'),
  gone: fc.integer({ min: 0, max: 9 }),
});

type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

function configOf(world: World, { address, length, type, far, device, ...rest }: Plan): RouteConfig {
  const leads = type === RouteType.UNICAST || type === RouteType.LOCAL;
  const near = far ? Scope.UNIVERSE : Scope.LINK;
  const scope = type === RouteType.LOCAL ? Scope.HOST : leads ? near : Scope.UNIVERSE;
  return {
    table: rest.table,
    destination: networkOf(address, length),
    length,
    type,
    scope,
    tos: rest.tos,
    priority: rest.priority,
    nextHops: leads ? [{ device: world.device(device) }] : [],
  };
}

const rule = fc.record({
  priority: fc.constantFrom(0, 5, 10, 20, 30000, 32767),
  source: fc.constantFrom(ANY, ip('10.0.0.0')),
  length: fc.constantFrom(0, 16),
  mark: fc.constantFrom(0, 0, 1),
  tos: fc.constantFrom(0, 0, 8),
  iif: fc.constantFrom('', '', '', 'eth0', 'nowhere'),
  ipProtocol: fc.constantFrom(0, 0, 17),
  ports: fc.constantFrom(undefined, undefined, [50, 60] as const),
  invert: fc.constantFrom(false, false, true),
  suppressPrefixLength: fc.constantFrom(-1, -1, 0, 16),
  action: fc.constantFrom(1, 1, 1, 1, 2, 3, 6, 7, 8),
  table: fc.constantFrom<number>(100, 200, Table.MAIN, Table.DEFAULT),
  target: fc.constantFrom(20, 30000, 32766, 40000),
});

type RulePlan = typeof rule extends fc.Arbitrary<infer T> ? T : never;

function requestOf({ length, ports, action, table, target, ...rest }: RulePlan): Partial<Rule> {
  const where = action === RuleAction.GOTO ? { target } : action === RuleAction.TO_TABLE ? { table } : {};
  return { ...rest, sourceLength: length, destinationPorts: ports, action, ...where };
}

const question = fc.record({
  destination: address,
  source: address,
  tos: fc.constantFrom(0, 8, 16),
  mark: fc.constantFrom(0, 1, 3),
  iif: fc.constantFrom(1, 2, 3),
  oif: fc.constantFrom(0, 0, 2, 3),
  scope: fc.constantFrom<number>(Scope.UNIVERSE, Scope.UNIVERSE, Scope.LINK, Scope.HOST),
  protocol: fc.constantFrom(6, 17),
  destinationPort: fc.constantFrom(53, 80),
});

/** Makes the routes; of those that were refused or are to go again, none is in the answer, which is in order. */
function makeRoutes(world: World, plans: readonly Plan[]): Route[] {
  const made: Route[] = [];
  for (const one of plans) {
    const config = configOf(world, one);
    const before = new Set(world.fib.dumpAll());
    if (world.fib.insert(config, 'append') !== null) continue;
    made.push(world.fib.dumpAll().find((route) => !before.has(route)) as Route);
  }
  for (const one of plans.filter((plan) => plan.gone === 0)) {
    world.fib.delete(configOf(world, one));
    const left = new Set(world.fib.dumpAll());
    made.splice(0, made.length, ...made.filter((route) => left.has(route)));
  }
  return made;
}

describe('Fib.lookup', () => {
  test('takes what loops over the lists take, with and without rules of users', () => {
    const indexOf = (name: string): number => ['', 'lo', 'eth0', 'eth1'].indexOf(name);
    fc.assert(
      fc.property(
        fc.array(plan, { maxLength: 40 }),
        fc.array(rule, { maxLength: 6 }),
        fc.array(question, { minLength: 5, maxLength: 20 }),
        (plans, rules, questions) => {
          const world = threeDevices();
          const routes = makeRoutes(world, plans);
          for (const one of questions) {
            const flow = { ...new FlowKey(), ...one };
            const slow = slowLookupUnruled(routes, world.fib.hasTable(Table.DEFAULT), flow);
            expect([world.fib.lookup(flow), world.fib.route]).toEqual([slow.errno, slow.route]);
          }
          for (const one of rules) world.fib.addRule(requestOf(one));
          if (!world.fib.hasCustomRules) return;
          const kept = world.fib.dumpAll();
          for (const one of questions) {
            const flow = { ...new FlowKey(), ...one };
            const slow = slowLookup(world.fib.rules, kept, flow, indexOf);
            expect([world.fib.lookup(flow), world.fib.route]).toEqual([slow.errno, slow.route]);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a namespace without tables reaches nothing', () => {
    const { fib } = threeDevices();
    expect(fib.lookup(flowTo('10.0.0.1'))).toBe(Errno.ENETUNREACH);
    expect([fib.route, fib.nextHop, fib.rule]).toEqual([null, null, null]);
  });

  test('local and main are one trie until a rule changes: a longer prefix of main hides one of local', () => {
    const world = threeDevices();
    const eth0 = { nextHops: [{ device: world.device('eth0') }] };
    const base = { ...eth0, scope: Scope.HOST, table: Table.LOCAL, type: RouteType.LOCAL };
    world.fib.insert({ ...base, destination: ip('10.0.0.0'), length: 8 }, 'add');
    const main = { ...eth0, scope: Scope.LINK, table: Table.MAIN, type: RouteType.UNICAST };
    world.fib.insert({ ...main, destination: ip('10.1.0.0'), length: 16 }, 'add');
    world.fib.lookup(flowTo('10.1.2.3'));
    expect([world.fib.route?.type, world.fib.table]).toEqual([RouteType.UNICAST, Table.MAIN]);
    expect(world.fib.addressType(ip('10.1.2.3'))).toBe(RouteType.UNICAST);

    world.fib.deleteRule({ priority: 32767 });
    world.fib.lookup(flowTo('10.1.2.3'));
    expect([world.fib.route?.type, world.fib.table]).toEqual([RouteType.LOCAL, Table.LOCAL]);
    expect(world.fib.addressType(ip('10.1.2.3'))).toBe(RouteType.LOCAL);
    expect(world.fib.dump(Table.MAIN).map((route) => route.type)).toEqual([RouteType.UNICAST]);
  });

  test('a local address that is found in main is told to be of table main until a rule changes', () => {
    const world = new World('lo');
    world.up('lo');
    world.fib.lookup(flowTo('127.0.0.1'));
    expect([world.fib.table, world.fib.rule]).toEqual([Table.MAIN, null]);
    world.fib.addRule({ action: RuleAction.TO_TABLE, table: 100, priority: 10 });
    world.fib.lookup(flowTo('127.0.0.1'));
    expect([world.fib.table, world.fib.rule?.priority]).toEqual([Table.LOCAL, 0]);
  });

  test('a blackhole tells which route refused and names no next hop', () => {
    const world = threeDevices();
    const blackhole = {
      table: 0,
      destination: ip('10.0.0.0'),
      length: 26,
      type: RouteType.BLACKHOLE,
      nextHops: [],
    };
    world.fib.insert(blackhole, 'add');
    expect(world.fib.lookup(flowTo('10.0.0.9'))).toBe(Errno.EINVAL);
    expect([world.fib.route?.length, world.fib.nextHop]).toEqual([26, null]);
  });

  test('asking for the type of an address leaves the result of the last lookup alone', () => {
    const world = threeDevices();
    world.address('eth0', '10.0.0.1/24');
    world.fib.lookup(flowTo('10.0.0.9'));
    const before = [world.fib.route, world.fib.nextHop, world.fib.table];
    expect(world.fib.addressType(ip('10.0.0.1'))).toBe(RouteType.LOCAL);
    expect([world.fib.route, world.fib.nextHop, world.fib.table]).toEqual(before);
  });

  test('a next hop whose link is down is passed over only where the device ignores such routes', () => {
    const world = threeDevices();
    world.address('eth0', '10.0.0.1/24');
    world.link('eth0', false);
    const flow = flowTo('10.0.0.9');
    expect(world.fib.lookup(flow)).toBe(0);
    expect((world.fib.nextHop?.flags ?? 0) & NextHopFlag.LINKDOWN).toBe(NextHopFlag.LINKDOWN);
    world.device('eth0').ignoreLinkdown = true;
    expect(world.fib.lookup(flow)).toBe(Errno.ENETUNREACH);
    expect(world.fib.lookup(flow, true)).toBe(0);
  });

  test('oif takes the next hop by that device, unless the flow asks not to compare', () => {
    const world = threeDevices();
    const nextHops = ['eth0', 'eth1'].map((name) => ({ device: world.device(name) }));
    const config = {
      table: 0,
      destination: ANY,
      length: 0,
      type: RouteType.UNICAST,
      scope: Scope.LINK,
      nextHops,
    };
    world.fib.insert(config, 'add');
    expect(world.fib.lookup(flowTo('1.1.1.1', { oif: 3 }))).toBe(0);
    expect(world.fib.nextHop?.device?.name).toBe('eth1');
    expect(world.fib.lookup(flowTo('1.1.1.1', { oif: 9 }))).toBe(Errno.ENETUNREACH);
    expect(world.fib.lookup(flowTo('1.1.1.1', { oif: 9, skipNextHopOif: true }))).toBe(0);
  });

  test.each([
    ['0.0.0.0', RouteType.BROADCAST],
    ['0.1.2.3', RouteType.UNICAST],
    ['255.255.255.255', RouteType.BROADCAST],
    ['224.0.0.1', RouteType.MULTICAST],
    ['10.0.0.1', RouteType.LOCAL],
    ['10.0.0.255', RouteType.BROADCAST],
    ['10.0.0.2', RouteType.UNICAST],
    ['8.8.8.8', RouteType.UNICAST],
  ])('the address %s is of type %i', (text, type) => {
    const world = threeDevices();
    world.address('eth0', '10.0.0.1/24');
    expect(world.fib.addressType(ip(text))).toBe(type);
  });

  test('an address of another device is none of this one', () => {
    const world = threeDevices();
    world.address('eth0', '10.0.0.1/24');
    expect(world.fib.addressType(ip('10.0.0.1'), world.device('eth0'))).toBe(RouteType.LOCAL);
    expect(world.fib.addressType(ip('10.0.0.1'), world.device('eth1'))).toBe(RouteType.UNICAST);
  });
});
