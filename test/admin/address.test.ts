// Addresses and the routes that come and go with them, step by step as recorded from Linux 6.1.
import { describe, expect, it } from 'vitest';
import { formatIpv4 } from '../../src/addr/ipv4.ts';
import { changeAddress, deleteAddress, dumpAddresses } from '../../src/admin/address.ts';
import { deleteLink, setLink } from '../../src/admin/link.ts';
import { changeRoute } from '../../src/admin/route.ts';
import { writeSysctl } from '../../src/admin/sysctl.ts';
import type { AddressRequest } from '../../src/admin/types.ts';
import type { Namespace } from '../../src/netns/namespace.ts';
import { add, address, down, ip, LOCAL, machine, ok, pair, routes, up, words } from './machine.ts';

const SECOND = 1_000_000;
const SCOPES: Readonly<Record<number, string>> = { 0: 'global', 253: 'link', 254: 'host' };

/** The addresses of a device in the words of `ip address`. */
function held(namespace: Namespace, device: string): string[] {
  return dumpAddresses(namespace)
    .filter((info) => info.deviceName === device)
    .map((info) => {
      const peer = info.peer === info.local ? '' : ` peer ${formatIpv4(info.peer)}`;
      const secondary = (info.flags & 1) === 0 ? '' : ' secondary';
      return `${formatIpv4(info.local)}${peer}/${info.length} ${SCOPES[info.scope]}${secondary} ${info.label}`;
    });
}

function ask(
  namespace: Namespace,
  prefix: string,
  more: Partial<AddressRequest> = {},
  verb: 'add' | 'replace' = 'add',
) {
  const [text, length] = prefix.split('/');
  const request = { local: ip(text), peer: ip(text), length: Number(length), ...more };
  return words(changeAddress(namespace, verb, 'd0', request));
}

const remove = (namespace: Namespace, prefix: string, device = 'd0'): string => {
  const [text, length] = prefix.split('/');
  return words(deleteAddress(namespace, device, { local: ip(text), peer: ip(text), length: Number(length) }));
};

function withDummy() {
  const made = machine();
  add(made.root, 'dummy', 'd0');
  return made;
}

describe('adding addresses', () => {
  it('to a device that is down brings only the local route; the rest comes when it goes up', () => {
    const { root } = withDummy();
    ok(address(root, 'd0', '10.0.0.1/24'));
    expect([routes(root), routes(root, LOCAL)]).toEqual([[], ['local 10.0.0.1 dev d0 src 10.0.0.1']]);
    up(root, 'd0');
    expect(routes(root)).toEqual(['10.0.0.0/24 dev d0 src 10.0.0.1']);
    expect(routes(root, LOCAL)).toEqual([
      'local 10.0.0.1 dev d0 src 10.0.0.1',
      'broadcast 10.0.0.255 dev d0 src 10.0.0.1',
    ]);
  });

  it('the kernel orders them by scope, primaries first, and refuses what contradicts', () => {
    const { root } = withDummy();
    up(root, 'd0');
    const outcomes = [
      ask(root, '10.0.0.1/24'),
      ask(root, '10.0.0.1/24'),
      ask(root, '10.0.0.2/24'),
      ask(root, '10.0.0.3/25'),
      ask(root, '10.0.0.4/24', { scope: 253 }),
      ask(root, '10.0.0.5/24', { broadcast: ip('10.0.0.255'), label: 'd0:x' }),
      ask(root, '10.7.0.1/16', { scope: 254 }),
      ask(root, '10.8.0.1/16', { scope: 253 }),
      ask(root, '10.6.0.1/16'),
      ask(root, '10.6.0.1/33'),
      ask(root, '10.6.0.9/16', { validLifetime: 0 }),
      ask(root, '10.6.0.9/16', { validLifetime: 5, preferredLifetime: 6 }),
    ];
    const refused = 'Invalid argument';
    expect(outcomes).toEqual([
      'ok',
      'File exists',
      'ok',
      'ok',
      refused,
      'ok',
      'ok',
      'ok',
      'ok',
      refused,
      refused,
      refused,
    ]);
    expect(held(root, 'd0')).toEqual([
      '10.7.0.1/16 host d0',
      '10.8.0.1/16 link d0',
      '10.0.0.1/24 global d0',
      '10.0.0.3/25 global d0',
      '10.6.0.1/16 global d0',
      '10.0.0.2/24 global secondary d0',
      '10.0.0.5/24 global secondary d0:x',
    ]);
    expect(routes(root)).toEqual([
      '10.0.0.0/25 dev d0 src 10.0.0.3',
      '10.0.0.0/24 dev d0 src 10.0.0.1',
      '10.6.0.0/16 dev d0 src 10.6.0.1',
      '10.7.0.0/16 dev d0 src 10.7.0.1',
      '10.8.0.0/16 dev d0 src 10.8.0.1',
    ]);
  });

  const ROUTES: readonly (readonly [string, string, Partial<AddressRequest>, string[], string[]])[] = [
    [
      'a peer: the peer is the prefix',
      '10.5.0.1/32',
      { peer: ip('10.5.0.2') },
      ['10.5.0.2 dev d0 src 10.5.0.1'],
      ['local 10.5.0.1'],
    ],
    [
      'a peer in a subnet',
      '10.5.1.1/24',
      { peer: ip('10.5.1.2') },
      ['10.5.1.0/24 dev d0 src 10.5.1.1'],
      ['local 10.5.1.1', 'broadcast 10.5.1.255'],
    ],
    [
      '/31 has no broadcast address',
      '10.4.0.1/31',
      {},
      ['10.4.0.0/31 dev d0 src 10.4.0.1'],
      ['local 10.4.0.1'],
    ],
    ['/32 has no subnet', '10.4.0.3/32', {}, [], ['local 10.4.0.3']],
    [
      '/32 with a broadcast address has that',
      '10.4.0.3/32',
      { broadcast: ip('10.4.0.9') },
      [],
      ['local 10.4.0.3', 'broadcast 10.4.0.9'],
    ],
    ['0.0.0.0/8 is no subnet', '0.0.0.5/24', {}, [], ['local 0.0.0.5']],
    [
      'a metric goes to the subnet',
      '10.3.0.1/24',
      { metric: 50 },
      ['10.3.0.0/24 dev d0 src 10.3.0.1 metric 50'],
      ['local 10.3.0.1', 'broadcast 10.3.0.255'],
    ],
    [
      'noprefixroute: all but the subnet',
      '10.2.0.1/24',
      { noprefixroute: true },
      [],
      ['local 10.2.0.1', 'broadcast 10.2.0.255'],
    ],
    [
      'a default broadcast address is not a route twice',
      '10.2.0.1/24',
      { broadcast: ip('10.2.0.255') },
      ['10.2.0.0/24 dev d0 src 10.2.0.1'],
      ['local 10.2.0.1', 'broadcast 10.2.0.255'],
    ],
    [
      '255.255.255.255 is a route of nobody',
      '10.2.0.1/24',
      { broadcast: ip('255.255.255.255') },
      ['10.2.0.0/24 dev d0 src 10.2.0.1'],
      ['local 10.2.0.1', 'broadcast 10.2.0.255'],
    ],
  ];
  it.each(ROUTES)('routes of %s; deleting it takes them all', (_, prefix, more, main, local) => {
    const { root } = withDummy();
    up(root, 'd0');
    expect(ask(root, prefix, more)).toBe('ok');
    expect(routes(root)).toEqual(main);
    expect(routes(root, LOCAL).map((route) => route.split(' dev')[0])).toEqual(local);
    const [text, length] = prefix.split('/');
    ok(deleteAddress(root, 'd0', { local: ip(text), peer: more.peer ?? ip(text), length: Number(length) }));
    expect([...routes(root), ...routes(root, LOCAL), ...held(root, 'd0')]).toEqual([]);
  });

  it('on a device without IPv4 is refused, and on one that is not there', () => {
    const { root } = withDummy();
    ok(setLink(root, 'd0', { mtu: 67 }));
    expect(ask(root, '10.0.0.1/24')).toBe('No buffer space available');
    expect(words(address(root, 'd9', '10.0.0.1/24'))).toBe('No such device');
    ok(setLink(root, 'd0', { mtu: 1500 }));
    expect(ask(root, '10.0.0.1/24')).toBe('ok');
    ok(setLink(root, 'd0', { mtu: 67 }));
    expect([held(root, 'd0'), routes(root, LOCAL)]).toEqual([[], []]);
  });
});

describe('deleting addresses', () => {
  it('a primary takes its secondaries and all their routes, and the routes that prefer it', () => {
    const { root } = withDummy();
    up(root, 'd0');
    for (const prefix of ['10.0.0.1/24', '10.0.0.2/24', '10.6.0.1/16']) expect(ask(root, prefix)).toBe('ok');
    const to = { table: 0, destination: ip('192.168.2.0'), length: 24, scope: 253 };
    ok(
      changeRoute(root, 'add', {
        ...to,
        prefsrc: ip('10.6.0.1'),
        nextHops: [{ device: 'd0', gateway: ip('0.0.0.0') }],
      }),
    );
    expect(remove(root, '10.6.0.1/16')).toBe('ok');
    expect(remove(root, '10.6.0.1/16')).toBe('Cannot assign requested address');
    expect(remove(root, '10.0.0.1/24')).toBe('ok');
    expect([held(root, 'd0'), routes(root), routes(root, LOCAL)]).toEqual([[], [], []]);
  });

  it('with promote_secondaries the first secondary takes its place', () => {
    const { root } = withDummy();
    up(root, 'd0');
    ok(writeSysctl(root, 'net/ipv4/conf/d0/promote_secondaries', '1'));
    for (const prefix of ['10.0.0.1/24', '10.1.0.1/24', '10.0.0.2/24']) expect(ask(root, prefix)).toBe('ok');
    expect(ask(root, '10.0.0.3/24', { broadcast: ip('10.0.0.255') })).toBe('ok');
    expect(remove(root, '10.0.0.1/24')).toBe('ok');
    expect(held(root, 'd0')).toEqual([
      '10.1.0.1/24 global d0',
      '10.0.0.2/24 global d0',
      '10.0.0.3/24 global secondary d0',
    ]);
    expect(routes(root)).toEqual(['10.0.0.0/24 dev d0 src 10.0.0.2', '10.1.0.0/24 dev d0 src 10.1.0.1']);
    expect(routes(root, LOCAL)).toEqual([
      'local 10.0.0.2 dev d0 src 10.0.0.2',
      'local 10.0.0.3 dev d0 src 10.0.0.2',
      'broadcast 10.0.0.255 dev d0 src 10.0.0.2',
      'local 10.1.0.1 dev d0 src 10.1.0.1',
      'broadcast 10.1.0.255 dev d0 src 10.1.0.1',
    ]);
  });

  it('the last one ends IPv4 on the device: every route by it goes', () => {
    const { root } = withDummy();
    up(root, 'd0');
    expect(ask(root, '10.0.0.1/24')).toBe('ok');
    ok(
      changeRoute(root, 'add', {
        table: 0,
        destination: ip('1.0.0.0'),
        length: 8,
        scope: 253,
        nextHops: [{ device: 'd0', gateway: ip('0.0.0.0') }],
      }),
    );
    expect(remove(root, '10.0.0.1/24')).toBe('ok');
    expect(routes(root)).toEqual([]);
  });
});

describe('a device that goes down and up', () => {
  it('keeps its addresses and local routes, gets back their subnets, and loses what a user made', () => {
    const { root } = withDummy();
    up(root, 'd0');
    expect(ask(root, '10.0.0.3/25')).toBe('ok');
    expect(ask(root, '10.3.0.1/24', { metric: 50 })).toBe('ok');
    ok(
      changeRoute(root, 'add', {
        table: 0,
        destination: ip('192.168.0.0'),
        length: 24,
        nextHops: [{ device: '', gateway: ip('10.0.0.99') }],
      }),
    );
    const own = ['10.0.0.0/25 dev d0 src 10.0.0.3', '10.3.0.0/24 dev d0 src 10.3.0.1 metric 50'];
    expect(routes(root)).toEqual([...own, '192.168.0.0/24 via 10.0.0.99 dev d0']);
    down(root, 'd0');
    expect(routes(root)).toEqual([]);
    expect(routes(root, LOCAL)).toEqual([
      'local 10.0.0.3 dev d0 src 10.0.0.3',
      'local 10.3.0.1 dev d0 src 10.3.0.1',
    ]);
    up(root, 'd0');
    expect(routes(root)).toEqual(own);
  });

  it('the loopback brings 127.0.0.1/8 whenever it goes up', () => {
    const { root } = machine();
    up(root, 'lo');
    const all = [
      'local 127.0.0.0/8 dev lo src 127.0.0.1',
      'local 127.0.0.1 dev lo src 127.0.0.1',
      'broadcast 127.255.255.255 dev lo src 127.0.0.1',
    ];
    expect(routes(root, LOCAL)).toEqual(all);
    down(root, 'lo');
    expect(routes(root, LOCAL)).toEqual(all.slice(0, 2));
    const second = { local: ip('127.0.0.2'), peer: ip('127.0.0.2'), length: 8, scope: 254 };
    ok(changeAddress(root, 'add', 'lo', second));
    expect(remove(root, '127.0.0.1/8', 'lo')).toBe('ok');
    expect([held(root, 'lo'), routes(root, LOCAL)]).toEqual([[], []]);
    up(root, 'lo');
    expect(held(root, 'lo')).toEqual(['127.0.0.1/8 host lo']);
  });

  it('the other end of a cable only makes routes linkdown, and dead where those are ignored', () => {
    const { root } = machine();
    pair(root, 'v0', 'v1');
    ok(address(root, 'v0', '10.0.0.1/24'));
    up(root, 'v0');
    expect(routes(root)).toEqual(['10.0.0.0/24 dev v0 linkdown src 10.0.0.1']);
    up(root, 'v1');
    expect(routes(root)).toEqual(['10.0.0.0/24 dev v0 src 10.0.0.1']);
    ok(
      changeRoute(root, 'add', {
        table: 0,
        destination: ip('1.0.0.0'),
        length: 8,
        nextHops: [{ device: '', gateway: ip('10.0.0.7') }],
      }),
    );
    down(root, 'v1');
    expect(routes(root)).toEqual([
      '1.0.0.0/8 via 10.0.0.7 dev v0 linkdown',
      '10.0.0.0/24 dev v0 linkdown src 10.0.0.1',
    ]);
    ok(writeSysctl(root, 'net/ipv4/conf/v0/ignore_routes_with_linkdown', '1'));
    expect(routes(root)[0]).toBe('1.0.0.0/8 via 10.0.0.7 dev v0 dead linkdown');
    ok(deleteLink(root, 'v0'));
    expect([...routes(root), ...routes(root, LOCAL)]).toEqual([]);
  });

  it('moved to another namespace it leaves its addresses and routes behind', () => {
    const { lab, root } = withDummy();
    up(root, 'd0');
    expect(ask(root, '10.0.0.1/24')).toBe('ok');
    const other = lab.addNamespace('other')!;
    ok(setLink(root, 'd0', { namespace: other }));
    expect([routes(root), routes(root, LOCAL), held(other, 'd0'), routes(other, LOCAL)]).toEqual([
      [],
      [],
      [],
      [],
    ]);
  });
});

describe('changing an address', () => {
  it('replace changes its metric and lifetimes, add refuses', () => {
    const { root } = withDummy();
    up(root, 'd0');
    expect(ask(root, '10.0.0.2/24')).toBe('ok');
    expect(ask(root, '10.0.0.2/24', { metric: 7 })).toBe('File exists');
    expect(ask(root, '10.0.0.2/24', { metric: 7 }, 'replace')).toBe('ok');
    expect(routes(root)).toEqual(['10.0.0.0/24 dev d0 src 10.0.0.2 metric 7']);
    expect(ask(root, '10.0.0.2/24', { metric: 7 }, 'replace')).toBe('ok');
    expect(routes(root)).toEqual(['10.0.0.0/24 dev d0 src 10.0.0.2 metric 7']);
  });

  it('a lifetime runs down on the clock: deprecated first, then gone', () => {
    const { lab, root } = withDummy();
    const { clock } = lab.kernel;
    up(root, 'd0');
    expect(ask(root, '10.0.0.9/24', { validLifetime: 3, preferredLifetime: 1 })).toBe('ok');
    const look = () =>
      dumpAddresses(root).map((info) => [info.validLifetime, info.preferredLifetime, info.flags & 0x20]);
    expect(look()).toEqual([[3, 1, 0]]);
    lab.runUntil(clock.now + 2 * SECOND);
    expect(look()).toEqual([[1, 0, 0x20]]);
    lab.runUntil(clock.now + 2 * SECOND);
    expect([look(), routes(root)]).toEqual([[], []]);
  });

  it('a new name of the device renames the labels, numbering those that have no number', () => {
    const { root } = withDummy();
    for (const prefix of ['10.1.0.1/24', '10.0.0.2/24', '10.0.0.3/24']) expect(ask(root, prefix)).toBe('ok');
    expect(ask(root, '10.0.0.4/24', { label: 'd0:x' })).toBe('ok');
    ok(setLink(root, 'd0', { name: 'dd' }));
    expect(dumpAddresses(root).map((info) => info.label)).toEqual(['dd', 'dd:2', 'dd:3', 'dd:x']);
  });
});
