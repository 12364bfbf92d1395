// Whatever happened in between, the kernel's table ends as that of a fresh start with the final wishes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Errno } from '../../../src/addr/errno.ts';
import { ipv4, networkOf } from '../../../src/addr/ipv4.ts';
import { mac } from '../../../src/addr/mac.ts';
import { prefixKey } from '../../../src/calico/calc/types.ts';
import { RouteClass } from '../../../src/calico/table/route-class.ts';
import type { RouteTable } from '../../../src/calico/table/route-table.ts';
import { type Target, TargetType } from '../../../src/calico/table/target.ts';
import type { Operation } from '../../../src/program/operation.ts';
import { add, down, ip, up } from '../../admin/machine.ts';
import { GRACE, node, target } from './node.ts';

const WORKLOADS = ['cali1', 'cali2', 'cali3'];
const INTERFACES = ['eth0', ...WORKLOADS];

/** Wishes about one place: a class on an interface. Blackholes are on none. */
interface Wish {
  readonly cls: RouteClass;
  readonly iface: string;
  readonly targets: readonly Target[];
}

type Event =
  | { readonly do: 'set' | 'update' | 'remove'; readonly wish: Wish }
  | { readonly do: 'up' | 'down' | 'gone' | 'missed flap' | 'kick'; readonly iface: string }
  | {
      readonly do: 'edit';
      readonly verb: 'add' | 'replace' | 'append' | 'delete';
      readonly route: Target;
      readonly device: string;
    }
  | { readonly do: 'fail'; readonly kind: Operation['do']; readonly at: number; readonly errno: number }
  | { readonly do: 'apply' | 'resync' }
  | { readonly do: 'wait'; readonly seconds: number };

const prefix = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom(26, 32))
  .map(([n, length]) => ({ destination: networkOf(ipv4(0x0a410000 + n * 64), length), length }));

/** On eth0 only routes of the exclusive protocol are ours: Felix wishes for no others there. */
const owned = ({ cls, iface, targets }: Wish): Wish =>
  iface === 'eth0'
    ? { cls, iface, targets: targets.map((one) => ({ ...one, protocol: 80 })) }
    : { cls, iface, targets };

const onInterface = fc
  .record({
    at: prefix,
    type: fc.constantFrom(TargetType.LOCAL_WORKLOAD, TargetType.ONLINK, TargetType.VXLAN),
    protocol: fc.constantFrom(3, 80),
    priority: fc.constantFrom(0, 0, 512, 1024, 90_000),
    mtu: fc.constantFrom(0, 0, 1400),
    mac: fc.constantFrom(mac(0), mac(0x0200000000aa)),
  })
  .map(({ at, ...rest }) =>
    target('0.0.0.0', {
      ...rest,
      ...at,
      gateway: rest.type === TargetType.LOCAL_WORKLOAD ? ip('0.0.0.0') : ip('12.0.0.9'),
    }),
  );
const reject = fc
  .record({
    at: prefix,
    type: fc.constantFrom(TargetType.BLACKHOLE, TargetType.PROHIBIT, TargetType.UNREACHABLE),
  })
  .map(({ at, type }) => target('0.0.0.0', { ...at, type, protocol: 80 }));

const wish: fc.Arbitrary<Wish> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({
        cls: fc.constantFrom(RouteClass.LOCAL_WORKLOAD, RouteClass.IPIP_TUNNEL),
        iface: fc.constantFrom(...INTERFACES),
        targets: fc.array(onInterface, { minLength: 1, maxLength: 3 }),
      })
      .map(owned),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      cls: fc.constant(RouteClass.BLACKHOLE_IPIP),
      iface: fc.constant(''),
      targets: fc.array(reject, { minLength: 1, maxLength: 3 }),
    }),
  },
);

/** Of ours as seen from the kernel, and of a protocol that is nobody's but on workloads' interfaces. */
const edit: fc.Arbitrary<Event> = fc.record({
  do: fc.constant('edit' as const),
  verb: fc.constantFrom('add', 'replace', 'append', 'delete') as fc.Arbitrary<
    'add' | 'replace' | 'append' | 'delete'
  >,
  route: fc
    .tuple(prefix, fc.constantFrom(3, 80), fc.constantFrom(0, 512, 1024, 80_000))
    .map(([at, protocol, priority]) => target('0.0.0.0', { ...at, protocol, priority })),
  device: fc.constantFrom(...WORKLOADS),
});

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('set', 'update', 'remove') as fc.Arbitrary<'set' | 'update' | 'remove'>,
      wish,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('up', 'down', 'gone', 'missed flap', 'kick') as fc.Arbitrary<
        'up' | 'down' | 'gone' | 'missed flap' | 'kick'
      >,
      iface: fc.constantFrom(...INTERFACES),
    }),
  },
  { weight: 3, arbitrary: edit },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('fail' as const),
      kind: fc.constantFrom('route' as const, 'replace-neighbour' as const),
      at: fc.integer({ min: 1, max: 4 }),
      errno: fc.constantFrom(Errno.ENODEV, Errno.ENETDOWN, Errno.EEXIST, Errno.ESRCH, Errno.ENOBUFS),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('apply', 'apply', 'resync') as fc.Arbitrary<'apply' | 'resync'>,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 11) }) },
);

/** Routes of others, at metrics that nobody wishes for. */
const FOREIGN: readonly (readonly [Target, string])[] = [
  [target('10.65.0.0/26', { protocol: 12, priority: 7 }), ''],
  [target('10.65.0.64', { protocol: 4, priority: 7 }), 'eth0'],
];

type Node = ReturnType<typeof node>;

function settle(world: Node, table: RouteTable): void {
  world.port.heal();
  world.wait(GRACE / 1_000_000 + 1);
  table.apply();
  table.resync();
  expect(table.apply()).toEqual([]);
}

/** Without the routes of others. */
const ours = (world: Node): string[] =>
  world
    .routes()
    .filter((line) => !line.endsWith('metric 7') && !line.startsWith('default'))
    .sort();

/** What is wished for in the end, place by place. */
function remember(
  wishes: Map<string, Map<number, Target>>,
  { cls, iface, targets }: Wish,
  verb: string,
): void {
  const place = `${cls} ${iface}`;
  const held = verb === 'set' ? new Map<number, Target>() : (wishes.get(place) ?? new Map());
  for (const one of targets) {
    const key = prefixKey(one.destination, one.length) * 2 ** 17 + one.priority;
    if (verb === 'remove') held.delete(key);
    else held.set(key, one);
  }
  wishes.set(place, held);
}

function tell(table: RouteTable, { cls, iface, targets }: Wish, verb: string): void {
  if (verb === 'set') table.set(cls, iface, targets);
  else
    for (const one of targets)
      if (verb === 'update') table.update(cls, iface, one);
      else table.remove(cls, iface, prefixKey(one.destination, one.length), one.priority);
}

function interfaceEvent(world: Node, table: RouteTable, what: string, name: string): void {
  const { namespace, port } = world;
  if (what === 'gone') {
    if (port.link(name) === null) return;
    port.perform({ do: 'delete-link', device: name });
    table.interfaceChanged(name, 'gone', 0);
    return;
  }
  if (port.link(name) === null) add(namespace, 'dummy', name);
  if (what === 'down' || what === 'missed flap') down(namespace, name);
  if (what === 'up' || what === 'missed flap') up(namespace, name);
  if (what === 'down' || what === 'up') table.interfaceChanged(name, what, world.indexOf(name));
  if (what === 'kick') world.announce(table);
}

function happen(world: Node, table: RouteTable, one: Event, wishes: Map<string, Map<number, Target>>): void {
  switch (one.do) {
    case 'set':
    case 'update':
    case 'remove':
      remember(wishes, one.wish, one.do);
      tell(table, one.wish, one.do);
      break;
    case 'edit':
      world.ip(one.verb, one.route, one.device);
      break;
    case 'fail':
      world.port.failAt(one.kind, one.at, one.errno);
      break;
    case 'apply':
      table.apply();
      break;
    case 'resync':
      table.resync();
      break;
    case 'wait':
      world.wait(one.seconds);
      break;
    default:
      interfaceEvent(world, table, one.do, one.iface);
  }
}

function freshWorld(): Node {
  const world = node(3);
  for (const [route, device] of FOREIGN) world.ip('add', route, device);
  return world;
}

/** The same interfaces with the same indices, up or down or not there, and nothing else. */
function twinOf(world: Node): Node {
  const twin = node(0);
  twin.port.perform({ do: 'delete-link', device: 'eth0' });
  for (const { name, index, flags } of world.port.links()) {
    if (name === 'lo') continue;
    add(twin.namespace, 'dummy', name, { index });
    if ((flags & 1) !== 0) up(twin.namespace, name);
  }
  return twin;
}

/** The world after the events and the last announcement, and a twin of it that a fresh table made. */
function play(events: readonly Event[], finish: (world: Node, table: RouteTable) => void): [Node, Node] {
  const world = freshWorld();
  const table = world.table();
  const wishes = new Map<string, Map<number, Target>>();
  for (const one of events) happen(world, table, one, wishes);
  world.announce(table);
  finish(world, table);
  const twin = twinOf(world);
  const fresh = twin.table();
  for (const [place, held] of wishes) {
    const [cls, iface] = place.split(' ') as [string, string];
    fresh.set(Number(cls) as RouteClass, iface, [...held.values()]);
  }
  expect(fresh.apply()).toEqual([]);
  return [world, twin];
}

function expectSame([world, twin]: [Node, Node]): void {
  expect(ours(world)).toEqual(ours(twin));
  expect(world.neighbours()).toEqual(expect.arrayContaining(twin.neighbours()));
  expect(world.routes()).toContain('blackhole 10.65.0.0/26 proto bird metric 7');
}

test('any sequence of wishes, events, edits and failures ends as a fresh start with the final wishes', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => expectSame(play(events, settle))),
    { numRuns: 400 },
  );
});

const ORDERLY = ['set', 'update', 'remove', 'up', 'down', 'gone', 'missed flap', 'kick', 'apply', 'wait'];
const orderly = event.filter((one) => ORDERLY.includes(one.do));

test('where nobody else writes and nothing fails, no resync is needed', () => {
  fc.assert(
    fc.property(fc.array(orderly, { maxLength: 40 }), (events) =>
      expectSame(play(events, (_, table) => expect(table.apply()).toEqual([]))),
    ),
    { numRuns: 400 },
  );
});

const samePlace = (one: Target, other: Target): boolean =>
  one.destination === other.destination && one.length === other.length && one.priority === other.priority;

test('a second apply does nothing, and wishing for the same again is no change', () => {
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 10 }), (wishes) => {
      const world = freshWorld();
      const table = world.table();
      for (const one of wishes) tell(table, one, 'update');
      table.apply();
      world.asked();
      table.apply();
      for (const { cls, iface, targets } of wishes) {
        const last = (one: Target) => targets.findLast((other) => samePlace(one, other)) === one;
        const alone = wishes.filter((other) => other.cls === cls && other.iface === iface).length === 1;
        if (alone)
          table.set(
            cls,
            iface,
            targets.filter(last).map((one) => ({ ...one })),
          );
      }
      table.apply();
      expect(world.asked()).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
