// Nexthop objects: what may become of them, and what routes see of it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Errno } from '../../src/addr/errno.ts';
import { FlowKey } from '../../src/fib/flow.ts';
import type { NexthopConfig } from '../../src/fib/nexthops.ts';
import { type Route, RouteType, Table } from '../../src/fib/route.ts';
import { ip, World } from './world.ts';

const DEVICES = ['eth0', 'eth1'];

function host(): World {
  const world = new World('lo', ...DEVICES);
  for (const name of ['lo', ...DEVICES]) world.up(name);
  world.address('eth0', '10.0.0.1/24');
  world.address('eth1', '10.1.0.1/24');
  return world;
}

/** What `ip nexthop add|replace` says; of family AF_INET unless it is a group. */
const request = (world: World, id: number, rest: Partial<NexthopConfig>): NexthopConfig => ({
  id,
  family: rest.group === undefined ? 2 : 0,
  protocol: 0,
  onlink: false,
  blackhole: false,
  fdb: false,
  replace: false,
  loopback: world.device('lo'),
  ...rest,
});

const via = (world: World, text: string): Partial<NexthopConfig> => ({
  gateway: ip(text),
  device: world.device(text.startsWith('10.0.') ? 'eth0' : 'eth1'),
});

const group = (...members: [id: number, weight: number][]): Partial<NexthopConfig> => ({
  group: members.map(([id, weight]) => ({ id, weight })),
});

const add = (world: World, id: number, rest: Partial<NexthopConfig>) =>
  world.fib.addNexthop(request(world, id, rest));

const routeTo = (world: World, text: string): Route | undefined =>
  world.fib.dump(Table.MAIN).find((route) => route.destination === ip(text));

/** The device that a flow with this hash leaves by. */
function deviceFor(world: World, text: string, hash: number): string | undefined {
  const flow = new FlowKey();
  flow.destination = ip(text);
  world.fib.lookup(flow);
  world.fib.selectMultipath(hash);
  return world.fib.nextHop?.device?.name;
}

const use = (world: World, text: string, nexthopId: number) =>
  world.fib.insert(
    {
      table: Table.MAIN,
      type: RouteType.UNICAST,
      destination: ip(text),
      length: 16,
      nextHops: [],
      nexthopId,
    },
    'add',
  );

/** `10.0.0.2*3`: gateway and weight of each next hop. */
const leads = (route: Route | undefined): string[] | undefined =>
  route?.nextHops.map((hop) => `${hop.device?.name} ${hop.gateway & 0xff}*${hop.weight}`);

describe('a route with a nexthop object', () => {
  test('leads where the object leads now', () => {
    const world = host();
    expect(add(world, 1, via(world, '10.0.0.2'))).toBeNull();
    expect(use(world, '10.9.0.0', 1)).toBeNull();
    expect(leads(routeTo(world, '10.9.0.0'))).toEqual(['eth0 2*1']);
    expect(add(world, 1, { ...via(world, '10.1.0.3'), replace: true })).toBeNull();
    expect(leads(routeTo(world, '10.9.0.0'))).toEqual(['eth1 3*1']);
  });

  test('goes with the object, and with a group that has no other member', () => {
    const world = host();
    add(world, 1, via(world, '10.0.0.2'));
    add(world, 9, group([1, 1]));
    use(world, '10.9.0.0', 1);
    use(world, '10.8.0.0', 9);
    expect(world.fib.deleteNexthop(1)).toBeNull();
    expect(routeTo(world, '10.9.0.0')).toBeUndefined();
    expect(routeTo(world, '10.8.0.0')).toBeUndefined();
    expect(world.fib.nexthops.inOrder()).toEqual([]);
  });

  test('is a blackhole while the object is one', () => {
    const world = host();
    add(world, 1, { blackhole: true });
    use(world, '10.9.0.0', 1);
    const flow = new FlowKey();
    flow.destination = ip('10.9.0.1');
    expect(world.fib.lookup(flow)).toBe(Errno.EINVAL);
    add(world, 1, { ...via(world, '10.0.0.2'), replace: true });
    expect(world.fib.lookup(flow)).toBe(0);
  });

  test('whose object does not lead by the device that is asked for gives way to a shorter prefix only', () => {
    const world = host();
    add(world, 1, via(world, '10.0.0.2'));
    use(world, '10.9.0.0', 1);
    world.fib.insert(
      {
        table: Table.MAIN,
        type: RouteType.UNICAST,
        destination: ip('10.9.0.0'),
        length: 16,
        priority: 5,
        nextHops: [{ gateway: ip('10.1.0.2') }],
      },
      'append',
    );
    const flow = new FlowKey();
    flow.destination = ip('10.9.0.1');
    flow.oif = world.device('eth1').index;
    expect(world.fib.lookup(flow)).toBe(Errno.ENETUNREACH);
  });
});

describe('a group', () => {
  test('takes each member for its share of the hashes', () => {
    const world = host();
    add(world, 1, via(world, '10.0.0.2'));
    add(world, 2, via(world, '10.1.0.2'));
    add(world, 9, group([1, 1], [2, 3]));
    use(world, '10.9.0.0', 9);
    const taken = (hash: number) => deviceFor(world, '10.9.0.1', hash);
    expect(taken(0)).toBe('eth0');
    expect(taken(2 ** 29 - 1)).toBe('eth0');
    expect(taken(2 ** 29)).toBe('eth1');
    expect(taken(2 ** 31 - 1)).toBe('eth1');
  });

  test('passes over a member whose neighbour is dead only where a later one takes the hash', () => {
    const world = host();
    add(world, 1, via(world, '10.0.0.2'));
    add(world, 2, via(world, '10.1.0.2'));
    add(world, 9, group([1, 1], [2, 1]));
    use(world, '10.9.0.0', 9);
    const taken = (hash: number) => deviceFor(world, '10.9.0.1', hash);
    const FAILED = 0x20;
    world.neighbours.set(`eth0 ${ip('10.0.0.2')}`, FAILED);
    expect(taken(0)).toBe('eth1');
    world.neighbours.clear();
    world.neighbours.set(`eth1 ${ip('10.1.0.2')}`, FAILED);
    expect(taken(2 ** 31 - 1)).toBe('eth1');
  });
});

type Step =
  | { kind: 'add'; id: number; host: number; replace: boolean }
  | { kind: 'group'; id: number; members: [number, number][]; replace: boolean }
  | { kind: 'delete'; id: number }
  | { kind: 'route'; id: number }
  | { kind: 'flush'; device: number };

const IDS = fc.integer({ min: 1, max: 4 });
const GROUPS = fc.integer({ min: 5, max: 7 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('add' as const),
    id: IDS,
    host: fc.integer({ min: 2, max: 5 }),
    replace: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('group' as const),
    id: GROUPS,
    members: fc.array(fc.tuple(IDS, fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 4 }),
    replace: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('delete' as const), id: fc.integer({ min: 1, max: 7 }) }),
  fc.record({ kind: fc.constant('route' as const), id: fc.integer({ min: 1, max: 7 }) }),
  fc.record({ kind: fc.constant('flush' as const), device: fc.integer({ min: 0, max: 1 }) }),
);

function take(world: World, one: Step): void {
  if (one.kind === 'add')
    add(world, one.id, { ...via(world, `10.${one.host & 1}.0.${one.host}`), replace: one.replace });
  else if (one.kind === 'group') add(world, one.id, { ...group(...one.members), replace: one.replace });
  else if (one.kind === 'delete') world.fib.deleteNexthop(one.id);
  else if (one.kind === 'route') use(world, `10.${100 + one.id}.0.0`, one.id);
  else world.fib.nexthopsLost(world.device(DEVICES[one.device]), false);
}

test('after any changes a route has an object that is there and leads where its members do', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const world = host();
      for (const one of steps) take(world, one);
      const { fib } = world;
      for (const route of fib.dump(Table.MAIN)) {
        if (route.nexthop === null) continue;
        const nexthop = fib.nexthop(route.nexthop.id);
        expect(nexthop).toBe(route.nexthop);
        const members = nexthop?.group?.members ?? [{ nexthop, weight: 1 }];
        expect(members.length).toBeGreaterThan(0);
        expect(leads(route)).toEqual(
          members.map(({ nexthop: member, weight }) => {
            const hop = member?.path?.hop;
            return `${hop?.device?.name} ${(hop?.gateway ?? 0) & 0xff}*${weight}`;
          }),
        );
        for (const { nexthop: member } of members) expect(fib.nexthop(member?.id ?? 0)).toBe(member);
      }
    }),
  );
});
