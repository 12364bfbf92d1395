// Routing rules: order, what add and delete compare, what they refuse in which words, and devices that come and go.
import { describe, expect, test } from 'vitest';
import { Errno } from '../../src/addr/errno.ts';
import { FlowKey } from '../../src/fib/flow.ts';
import { type Rule, RuleAction, Scope, Table } from '../../src/fib/route.ts';
import { ip, World } from './world.ts';

const to = (table: number, rest: Partial<Rule> = {}): Partial<Rule> => ({
  action: RuleAction.TO_TABLE,
  table,
  ...rest,
});

const priorities = (world: World): number[] => world.fib.rules.map((rule) => rule.priority);

describe('the list of rules', () => {
  test('begins with local, main and default, made by the kernel', () => {
    const rules = new World('lo').fib.rules.map((rule) => [rule.priority, rule.table, rule.protocol]);
    expect(rules).toEqual([
      [0, Table.LOCAL, 2],
      [32766, Table.MAIN, 2],
      [32767, Table.DEFAULT, 2],
    ]);
  });

  test('gives a rule without a priority one less than the second has', () => {
    const world = new World('lo');
    for (const table of [100, 101, 102]) world.fib.addRule(to(table));
    expect(priorities(world)).toEqual([0, 32763, 32764, 32765, 32766, 32767]);
  });

  test('gives priority 0 when the second rule has 0, or there is none', () => {
    const world = new World('lo');
    world.fib.addRule(to(100, { priority: 0 }));
    world.fib.addRule(to(101));
    expect(priorities(world)).toEqual([0, 0, 0, 32766, 32767]);
  });

  test('puts a rule behind those of its priority', () => {
    const world = new World('lo');
    for (const table of [100, 101, 99]) world.fib.addRule(to(table, { priority: 10 }));
    expect(world.fib.rules.map((rule) => rule.table)).toEqual([255, 100, 101, 99, 254, 253]);
  });

  test('gives a rule without a table the first that does not exist', () => {
    const world = new World('lo');
    world.fib.addRule(to(Table.UNSPEC));
    world.fib.addRule(to(Table.UNSPEC));
    expect(world.fib.rules.map((rule) => rule.table)).toEqual([255, 2, 1, 254, 253]);
    expect(world.fib.hasTable(1)).toBe(true);
  });
});

const REFUSED: [string, Partial<Rule>, string][] = [
  ['a goto without a target', { action: RuleAction.GOTO }, 'Missing goto target for action goto'],
  ['a target without a goto', to(100, { target: 40000 }), 'Unexpected goto'],
  ['a goto to itself', { action: RuleAction.GOTO, priority: 10, target: 10 }, 'Backward goto not supported'],
  ['a goto back', { action: RuleAction.GOTO, priority: 10, target: 9 }, 'Backward goto not supported'],
  ['port 0', to(100, { sourcePorts: [0, 0] }), 'Invalid sport range'],
  ['ports that end before they begin', to(100, { destinationPorts: [20, 10] }), 'Invalid dport range'],
  ['port 65535', to(100, { destinationPorts: [1, 65535] }), 'Invalid dport range'],
  ['a TOS with ECN bits', to(100, { tos: 2 }), 'Invalid dsfield (tos): ECN bits must be 0'],
  ['a TOS of high bits', to(100, { tos: 0x20 }), 'Invalid tos'],
  ['a source prefix of 33 bits', to(100, { sourceLength: 33 }), 'Invalid source address'],
  ['a destination prefix of 33 bits', to(100, { destinationLength: 33 }), 'Invalid dst address'],
];

describe('a rule that cannot be', () => {
  test.each(REFUSED)('%s', (_, request, message) => {
    const world = new World('lo');
    expect(world.fib.addRule(request)).toEqual({ errno: Errno.EINVAL, message });
    expect([priorities(world), world.fib.hasCustomRules]).toEqual([[0, 32766, 32767], false]);
  });

  test('one that is there', () => {
    const world = new World('lo');
    expect(world.fib.addRule(to(100, { priority: 10, mark: 1 }))).toBeNull();
    expect(world.fib.addRule(to(100, { priority: 10, mark: 1 }))).toEqual({ errno: Errno.EEXIST });
    expect(world.fib.addRule(to(100, { priority: 10, mark: 1, markMask: 1 }))).toBeNull();
  });

  test('one without a source beside one with: what a request leaves out is not compared', () => {
    const world = new World('lo');
    world.fib.addRule(to(100, { priority: 10, source: ip('10.0.0.0'), sourceLength: 8 }));
    expect(world.fib.addRule(to(100, { priority: 10 }))).toEqual({ errno: Errno.EEXIST });
  });

  test('the same with `not` in front: that is not compared either', () => {
    const world = new World('lo');
    world.fib.addRule(to(100, { priority: 10, mark: 1 }));
    expect(world.fib.addRule(to(100, { priority: 10, mark: 1, invert: true }))).toEqual({
      errno: Errno.EEXIST,
    });
  });
});

describe('deleting a rule', () => {
  test('takes the first that has all that is named', () => {
    const world = new World('lo');
    world.fib.addRule(to(100, { priority: 10 }));
    world.fib.addRule(to(100, { priority: 20, mark: 7 }));
    expect(world.fib.deleteRule({ table: 100, mark: 7 })).toBeNull();
    expect(priorities(world)).toEqual([0, 10, 32766, 32767]);
    expect(world.fib.deleteRule({ table: 100 })).toBeNull();
    expect(world.fib.deleteRule({ table: 100 })).toEqual({ errno: Errno.ENOENT });
  });

  test('takes even those of the kernel: priority 0 is a priority', () => {
    const world = new World('lo');
    expect(world.fib.deleteRule({ priority: 0 })).toBeNull();
    expect(priorities(world)).toEqual([32766, 32767]);
    expect(world.fib.hasCustomRules).toBe(true);
  });
});

describe('a goto', () => {
  function withGoto(): World {
    const world = new World('lo', 'eth0');
    world.up('eth0');
    for (const [table, length] of [
      [100, 8],
      [200, 16],
    ] as const) {
      const hop = { scope: Scope.LINK, type: 1, nextHops: [{ device: world.device('eth0') }] };
      world.fib.insert({ ...hop, table, destination: ip('10.0.0.0'), length }, 'add');
    }
    world.fib.addRule({ action: RuleAction.GOTO, priority: 10, target: 30 });
    world.fib.addRule(to(100, { priority: 20 }));
    return world;
  }
  const found = (world: World): number | undefined => {
    world.fib.lookup({ ...new FlowKey(), destination: ip('10.0.0.9') });
    return world.fib.route?.table;
  };

  test('without its target is passed by', () => {
    const world = withGoto();
    expect([found(world), world.fib.rules[1].unresolved]).toEqual([100, true]);
  });

  test('leads past the rules between once its target is there, until that goes', () => {
    const world = withGoto();
    world.fib.addRule(to(200, { priority: 30 }));
    expect([found(world), world.fib.rules[1].unresolved]).toEqual([200, false]);
    world.fib.deleteRule({ priority: 30 });
    expect([found(world), world.fib.rules[1].unresolved]).toEqual([100, true]);
  });
});

describe('a rule that names a device', () => {
  test('is detached while there is none of that name, and matches nothing', () => {
    const world = new World('lo', 'eth0');
    world.fib.addRule({ action: RuleAction.PROHIBIT, iif: 'eth9', priority: 5 });
    world.fib.addRule({ action: RuleAction.PROHIBIT, oif: 'eth0', priority: 6 });
    expect(world.fib.rules.map((rule) => [rule.iifDetached, rule.oifDetached])).toEqual([
      [false, false],
      [true, false],
      [false, false],
      [false, false],
      [false, false],
    ]);
    expect(world.fib.lookup({ ...new FlowKey(), iif: 2 })).toBe(Errno.ENETUNREACH);
    expect(world.fib.lookup({ ...new FlowKey(), oif: 2 })).toBe(Errno.EACCES);
  });

  test('is attached when the device comes, and follows the name and not the device', () => {
    const world = new World('lo', 'eth0');
    world.fib.addRule({ action: RuleAction.PROHIBIT, iif: 'eth9', priority: 5 });
    const device = world.device('eth0');
    device.name = 'eth9';
    world.fib.deviceRenamed(device);
    expect(world.fib.rules[1].iifIndex).toBe(2);
    device.name = 'eth0';
    world.fib.deviceRenamed(device);
    expect(world.fib.rules[1].iifDetached).toBe(true);
  });

  test('is detached when the device is removed and attached to the next of that name', () => {
    const world = new World('lo', 'eth0');
    world.fib.addRule({ action: RuleAction.PROHIBIT, iif: 'eth0', priority: 5 });
    const device = world.device('eth0');
    world.remove('eth0');
    expect(world.fib.rules[1].iifDetached).toBe(true);
    world.fib.deviceAdded({ ...device, index: 9, name: 'eth0', carrier: true });
    expect(world.fib.rules[1].iifIndex).toBe(9);
  });

  test('matches everything with `not` while it is detached', () => {
    const world = new World('lo');
    world.fib.addRule({ action: RuleAction.PROHIBIT, iif: 'eth9', invert: true, priority: 5 });
    expect(world.fib.lookup(new FlowKey())).toBe(Errno.EACCES);
  });
});

describe('what a rule does', () => {
  test.each([
    [RuleAction.UNREACHABLE, Errno.ENETUNREACH],
    [RuleAction.PROHIBIT, Errno.EACCES],
    [RuleAction.BLACKHOLE, Errno.EINVAL],
  ])('action %i ends the search with errno %i, by that rule and no route', (action, errno) => {
    const { fib } = new World('lo');
    fib.addRule({ action, priority: 5 });
    expect(fib.lookup(new FlowKey())).toBe(errno);
    expect([fib.rule?.priority, fib.route]).toEqual([5, null]);
  });

  test('suppress_prefixlength 0 passes by the default route of its table and takes others', () => {
    const world = new World('lo', 'eth0');
    world.up('eth0');
    const hop = {
      table: Table.MAIN,
      scope: Scope.LINK,
      type: 1,
      nextHops: [{ device: world.device('eth0') }],
    };
    world.fib.insert({ ...hop, destination: ip('0.0.0.0'), length: 0 }, 'add');
    world.fib.insert({ ...hop, destination: ip('10.0.0.0'), length: 8 }, 'add');
    world.fib.addRule(to(Table.MAIN, { priority: 5, suppressPrefixLength: 0 }));
    world.fib.addRule({ action: RuleAction.BLACKHOLE, priority: 6 });
    expect(world.fib.lookup({ ...new FlowKey(), destination: ip('10.0.0.1') })).toBe(0);
    expect(world.fib.lookup({ ...new FlowKey(), destination: ip('8.8.8.8') })).toBe(Errno.EINVAL);
  });

  test('suppress_ifgroup passes by routes whose device is of that group', () => {
    const world = new World('lo', 'eth0');
    world.up('eth0');
    const hop = {
      table: Table.MAIN,
      scope: Scope.LINK,
      type: 1,
      nextHops: [{ device: world.device('eth0') }],
    };
    world.fib.insert({ ...hop, destination: ip('10.0.0.0'), length: 8 }, 'add');
    world.fib.addRule(to(Table.MAIN, { priority: 5, suppressIfgroup: 7 }));
    world.fib.addRule({ action: RuleAction.BLACKHOLE, priority: 6 });
    const flow = { ...new FlowKey(), destination: ip('10.0.0.1') };
    expect(world.fib.lookup(flow)).toBe(0);
    world.device('eth0').group = 7;
    expect(world.fib.lookup(flow)).toBe(Errno.EINVAL);
  });

  test('forwarded packets are looked into while a rule asks for protocol or ports, unless only of lo', () => {
    const { fib } = new World('lo');
    fib.addRule(to(100, { priority: 5, ipProtocol: 6, iif: 'lo' }));
    expect(fib.rulesNeedPorts).toBe(false);
    fib.addRule(to(100, { priority: 6, destinationPorts: [80, 80] }));
    expect(fib.rulesNeedPorts).toBe(true);
    fib.deleteRule({ priority: 6 });
    expect(fib.rulesNeedPorts).toBe(false);
  });
});
