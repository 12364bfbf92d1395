// The l3mdev rule: which flows it knows to belong to a VRF, and what it makes of them (net/l3mdev/l3mdev.c); and rules
// for users, tunnel ids and realms.
import { describe, expect, test } from 'vitest';
import { Errno } from '../../src/addr/errno.ts';
import { FlowKey } from '../../src/fib/flow.ts';
import { type Rule, RuleAction, Scope } from '../../src/fib/route.ts';
import { ip, World, type WorldDevice } from './world.ts';

const RED = 10;

/** `a` and `b` are slaves of `red`, `c` is none; the table of red leads by `a`, the main table by `c`. */
function domain(rules: readonly Partial<Rule>[] = [{ l3mdev: true, priority: 1000 }]): World {
  const world = new World('lo', 'a', 'b', 'c', 'red');
  const red = world.device('red');
  red.vrfTable = RED;
  for (const name of ['a', 'b', 'red']) world.device(name).l3mdev = red;
  for (const name of ['lo', 'a', 'b', 'c', 'red']) world.up(name);
  world.fib.vrfAdded(red);
  for (const rule of rules) world.fib.addRule({ action: RuleAction.TO_TABLE, ...rule });
  const add = (table: number, device: WorldDevice): void => {
    const hop = { nextHops: [{ device }], scope: Scope.LINK, type: 1 };
    expect(world.fib.insert({ table, destination: ip('10.0.0.0'), length: 8, ...hop }, 'add')).toBeNull();
  };
  add(RED, world.device('a'));
  add(0, world.device('c'));
  return world;
}

/** The device that a flow leaves by, or the errno. */
function ask(world: World, how: Partial<FlowKey>): string | Errno {
  const key = Object.assign(new FlowKey().ask(ip('10.1.2.3'), ip('0.0.0.0')), how);
  const errno = world.fib.lookup(key);
  return errno === 0 ? world.fib.nextHop!.device!.name : errno;
}

const index = (world: World, name: string): number => world.device(name).index;

describe('a flow', () => {
  test('of nobody takes the main table', () => {
    expect(ask(domain(), {})).toBe('c');
  });

  test('that leaves by the VRF device takes its table, by any slave', () => {
    const world = domain();
    expect(ask(world, { oif: index(world, 'red') })).toBe('a');
  });

  test('that leaves by a slave takes the table, by that slave only', () => {
    const world = domain();
    expect(ask(world, { oif: index(world, 'a') })).toBe('a');
    expect(ask(world, { oif: index(world, 'b') })).toBe(Errno.ENETUNREACH);
  });

  test('that came in by a slave takes the table', () => {
    const world = domain();
    expect(ask(world, { iif: index(world, 'b') })).toBe('a');
    expect(ask(world, { iif: index(world, 'c') })).toBe('c');
  });

  test('that is said to be of the VRF takes the table whatever it came in by', () => {
    const world = domain();
    expect(ask(world, { l3mdev: index(world, 'red'), iif: index(world, 'c') })).toBe('a');
  });

  test('takes the main table where the rule was deleted, and then oif means a device again', () => {
    const world = domain([]);
    world.fib.addRule({ action: RuleAction.TO_TABLE, table: 254, priority: 5 });
    expect(ask(world, { iif: index(world, 'a') })).toBe('c');
  });

  test('is not of a VRF because the last one was', () => {
    const world = domain();
    const key = new FlowKey();
    key.ask(ip('10.1.2.3'), ip('0.0.0.0')).oif = index(world, 'red');
    world.fib.lookup(key);
    expect(key.l3mdev).toBe(index(world, 'red'));
    world.fib.lookup(key.ask(ip('10.1.2.3'), ip('0.0.0.0')));
    expect(world.fib.nextHop!.device!.name).toBe('c');
  });
});

test('a gateway is looked for in the table of its device, whatever was asked before', () => {
  const world = domain();
  const gateway = (device: string | null) =>
    world.fib.insert(
      {
        table: 20,
        destination: ip('192.168.0.0'),
        length: 16,
        type: 1,
        scope: Scope.UNIVERSE,
        nextHops: [{ device: device === null ? null : world.device(device), gateway: ip('10.1.1.1') }],
      },
      'replace',
    );
  expect(gateway('a')).toBeNull();
  expect(gateway('b')).toMatchObject({ errno: Errno.ENETUNREACH });
  expect(gateway(null)).toBeNull();
  expect(world.fib.dump(20)[0].nextHops[0].device!.name).toBe('c');
});

describe('rules', () => {
  test('for l3mdev have no table', () => {
    const refusal = new World('lo').fib.addRule({ action: RuleAction.TO_TABLE, l3mdev: true, table: 5 });
    expect(refusal).toMatchObject({ message: 'l3mdev and table are mutually exclusive' });
  });

  test.each([
    [[0, 0], 0, true],
    [[0, 0], 1, false],
    [[1000, 2000], 1000, true],
    [[1000, 2000], 2000, true],
    [[1000, 2000], 999, false],
  ] as const)('for users %j: is user %d one?', (uidRange, uid, isOne) => {
    const world = domain([{ uidRange, table: RED }]);
    expect(ask(world, { uid })).toBe(isOne ? 'a' : 'c');
  });

  test.each([
    [7, 5],
    [0, 0xffffffff],
  ])('for users %d to %d are refused', (first, last) => {
    const world = new World('lo');
    const rule = { action: RuleAction.TO_TABLE, table: RED, uidRange: [first, last] } as const;
    expect(world.fib.addRule(rule)).toMatchObject({ message: 'Invalid uid range' });
  });

  test('for a tunnel id match nothing that has none', () => {
    expect(ask(domain([{ tunnelId: 7, table: RED }]), {})).toBe('c');
    expect(ask(domain([{ tunnelId: 0, table: RED }]), {})).toBe('a');
  });

  test('are deleted by what they ask for', () => {
    const world = domain([
      { l3mdev: true, priority: 1 },
      { uidRange: [1, 2], table: RED, priority: 2 },
      { tunnelId: 9, table: RED, priority: 3 },
      { realms: 5, table: RED, priority: 4 },
    ]);
    const left = () => world.fib.rules.map(({ priority }) => priority);
    expect(world.fib.deleteRule({ uidRange: [1, 3] })).toMatchObject({ errno: Errno.ENOENT });
    expect(world.fib.deleteRule({ realms: 6 })).toMatchObject({ errno: Errno.ENOENT });
    for (const request of [{ uidRange: [1, 2] as const }, { realms: 5 }, { tunnelId: 9 }, { l3mdev: true }])
      expect(world.fib.deleteRule(request)).toBeNull();
    expect(left()).toEqual([0, 32766, 32767]);
  });
});
