// What a namespace tells those who listen: each change once, in the kernel's order, and nothing to others.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatIpv4, formatPrefix } from '../../src/addr/ipv4.ts';
import { deleteAddress, dumpAddresses } from '../../src/admin/address.ts';
import { type Message, subscribe } from '../../src/admin/messages.ts';
import { changeNeighbour, deleteNeighbour, dumpNeighbours } from '../../src/admin/neighbour.ts';
import { addNexthop } from '../../src/admin/nexthop.ts';
import { changeRoute, deleteRoute, dumpRoutes } from '../../src/admin/route.ts';
import { Table } from '../../src/admin/route-constants.ts';
import { routeText } from '../../src/admin/route-text.ts';
import type { RouteVerb } from '../../src/admin/types.ts';
import type { Namespace } from '../../src/netns/namespace.ts';
import { add, address, down, ip, machine, pair, up } from './machine.ts';

function host(): Namespace {
  const { root } = machine();
  pair(root, 'veth0', 'veth1');
  up(root, 'veth0');
  up(root, 'veth1');
  address(root, 'veth0', '10.0.0.1/24');
  return root;
}

const kinds = (messages: readonly Message[]): string[] =>
  messages.map(({ kind, gone }) => `${gone ? '-' : '+'}${kind}`);

function heard(namespace: Namespace, run: () => void): Message[] {
  const messages: Message[] = [];
  const end = subscribe(namespace, (message) => messages.push(message));
  run();
  end();
  return messages;
}

test('an address is told before the routes that it brings, and goes before them', () => {
  const root = host();
  const came = heard(root, () => address(root, 'veth0', '10.5.0.1/24'));
  expect(kinds(came)).toEqual(['+address', '+route', '+route', '+route']);
  const went = heard(root, () =>
    deleteAddress(root, 'veth0', { local: ip('10.5.0.1'), peer: ip('10.5.0.1'), length: 24 }),
  );
  expect(kinds(went)).toEqual(['-address', '-route', '-route', '-route']);
});

test('routes that vanish with their device are not told', () => {
  const root = host();
  expect(kinds(heard(root, () => down(root, 'veth0')))).not.toContain('-route');
});

test('nobody hears anything who has ended, and nothing is told then', () => {
  const { root } = machine();
  const messages: Message[] = [];
  subscribe(root, (message) => messages.push(message))();
  add(root, 'dummy', 'd0');
  expect(messages).toEqual([]);
  expect(root.netlink).toBeNull();
});

test('routes are told with the nexthop that they use unless nexthop_compat_mode is off', () => {
  const root = host();
  const nexthop = (last: number) => ({ id: 1, family: 2, device: 'veth0', gateway: ip(`10.0.0.${last}`) });
  addNexthop(root, 'add', nexthop(2));
  changeRoute(root, 'add', {
    table: Table.MAIN,
    destination: ip('10.9.0.0'),
    length: 16,
    nextHops: [],
    nexthopId: 1,
  });
  expect(kinds(heard(root, () => addNexthop(root, 'replace', nexthop(3))))).toEqual(['+nexthop', '+route']);
  root.conf.nexthop_compat_mode = 0;
  expect(kinds(heard(root, () => addNexthop(root, 'replace', nexthop(2))))).toEqual(['+nexthop']);
});

test('one who ends leaves the others listening', () => {
  const { root } = machine();
  const first: Message[] = [];
  const end = subscribe(root, () => {});
  subscribe(root, (message) => first.push(message));
  end();
  add(root, 'dummy', 'd0');
  expect(kinds(first)).toEqual(['+netconf', '+link']);
});

const VERBS: readonly RouteVerb[] = ['add', 'replace', 'append', 'prepend', 'change'];

test('who keeps a book of the routes that it hears of has the table', () => {
  const change = fc.record({
    verb: fc.constantFrom(...VERBS, 'delete' as const),
    prefix: fc.integer({ min: 1, max: 3 }),
    gateway: fc.integer({ min: 2, max: 4 }),
    priority: fc.integer({ min: 0, max: 1 }),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 25 }), (changes) => {
      const root = host();
      const book: string[] = [];
      const key = (message: Message): string => (message.kind === 'route' ? routeText(message.route) : '');
      const end = subscribe(root, (message) => {
        if (message.kind !== 'route') return;
        // A replacement is told as a new route: the kernel marks it with a flag that iproute2 does not print.
        if (message.gone) book.splice(book.indexOf(key(message)), 1);
        else book.push(key(message));
      });
      for (const { verb, prefix, gateway, priority } of changes) {
        const request = {
          table: Table.MAIN,
          destination: ip(`10.${prefix}.0.0`),
          length: 16,
          priority,
          nextHops: [{ device: 'veth0', gateway: ip(`10.0.0.${gateway}`) }],
        };
        if (verb === 'delete') deleteRoute(root, request);
        else changeRoute(root, verb, request);
      }
      end();
      const table = dumpRoutes(root, Table.MAIN).filter(({ length }) => length === 16);
      for (const route of table)
        expect(book, formatPrefix(route.destination, route.length)).toContain(routeText(route));
    }),
  );
});

test('who keeps a book of addresses and neighbours has what is there', () => {
  const change = fc.record({
    neighbour: fc.boolean(),
    away: fc.boolean(),
    host: fc.integer({ min: 2, max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 25 }), (changes) => {
      const root = host();
      const book = new Set(['10.0.0.1']);
      const end = subscribe(root, (message) => {
        let name = '';
        if (message.kind === 'address') name = formatIpv4(message.address.local);
        else if (message.kind === 'neighbour')
          name = `neighbour ${formatIpv4(message.neighbour.destination)}`;
        else return;
        if (message.gone) book.delete(name);
        else book.add(name);
      });
      for (const { neighbour, away, host: last } of changes) {
        const local = ip(`10.0.${neighbour ? 0 : last}.${last}`);
        const entry = { device: 'veth0', destination: local, lladdr: 2 as never };
        if (neighbour && away) deleteNeighbour(root, entry);
        else if (neighbour) changeNeighbour(root, 'replace', entry);
        else if (away) deleteAddress(root, 'veth0', { local, peer: local, length: 24 });
        else address(root, 'veth0', `10.0.${last}.${last}/24`);
      }
      end();
      const there = [
        ...dumpAddresses(root, 'veth0').map(({ local }) => formatIpv4(local)),
        ...dumpNeighbours(root, { device: 'veth0' }).map(
          ({ destination }) => `neighbour ${formatIpv4(destination)}`,
        ),
      ];
      expect([...book].sort()).toEqual(there.sort());
    }),
  );
});
