// Namespace ids, neighbours, rules and the answers of `ip route get`, as netlink serves them on Linux 6.1.
import { describe, expect, it } from 'vitest';
import { formatIpv4 } from '../../src/addr/ipv4.ts';
import { parseMac } from '../../src/addr/mac.ts';
import { setLink } from '../../src/admin/link.ts';
import {
  changeNeighbour,
  deleteNeighbour,
  dumpNeighbours,
  getNeighbour,
  type NeighbourVerb,
} from '../../src/admin/neighbour.ts';
import { dumpNamespaceIds, namespaceId, setNamespaceId } from '../../src/admin/netns-id.ts';
import { changeRoute, deleteRoute, dumpRoutes, hasTable } from '../../src/admin/route.ts';
import { getRoute } from '../../src/admin/route-get.ts';
import { addRule, deleteRule, dumpRules } from '../../src/admin/rule.ts';
import { writeSysctl } from '../../src/admin/sysctl.ts';
import type { NeighbourRequest, RouteGetRequest, RouteRequest } from '../../src/admin/types.ts';
import { RouteType } from '../../src/fib/route.ts';
import type { Namespace } from '../../src/netns/namespace.ts';
import { add, address, down, ip, machine, ok, pair, routes, up, words } from './machine.ts';

describe('namespace ids', () => {
  const ids = (namespace: Namespace) =>
    dumpNamespaceIds(namespace).map(({ id, peer }) => `${id} ${peer.name}`);

  it('are given when a message about a link has to name the other side', () => {
    const { lab } = machine();
    const [b, c, d] = ['b', 'c', 'd'].map((name) => lab.addNamespace(name)!);
    add(c, 'veth', 'v0', { veth: { peer: { name: 'v1', namespace: d } } });
    expect([ids(b), ids(c), ids(d)]).toEqual([[], ['0 d'], []]);
    ok(setLink(c, 'v0', { namespace: b }));
    expect([ids(b), ids(c), ids(d)]).toEqual([['0 d'], ['0 d', '1 b'], []]);
    expect(words(setNamespaceId(c, d, 5))).toBe('Error: Peer netns already has a nsid assigned.');
    expect(words(setNamespaceId(b, c, 0))).toBe('Error: The specified nsid is already used.');
    ok(setNamespaceId(b, c, 9));
    ok(setNamespaceId(d, c, -1));
    expect([ids(b), ids(d), namespaceId(d, b)]).toEqual([['0 d', '9 c'], ['0 c'], -1]);
  });
});

describe('neighbours', () => {
  const A = parseMac('2:0:0:0:0:1')!;
  const B = parseMac('2:0:0:0:0:9')!;
  const shown = (namespace: Namespace, proxy = false) =>
    dumpNeighbours(namespace, { proxy }).map(
      (info) => `${formatIpv4(info.destination)} ${info.device} ${info.lladdr} ${info.state}`,
    );

  it('are added, changed and removed with the verbs of ip neigh', () => {
    const { root } = machine();
    pair(root, 'w0', 'w1');
    ok(address(root, 'w0', '10.1.1.254/24'));
    const CASES: readonly (readonly [NeighbourVerb, NeighbourRequest, string])[] = [
      ['add', { destination: ip('10.1.1.1'), device: 'w0' }, 'Error: No link layer address given.'],
      ['replace', { destination: ip('10.1.1.1'), device: 'w0', lladdr: A }, 'ok'],
      ['add', { destination: ip('10.1.1.1'), device: 'w0', lladdr: A }, 'File exists'],
      ['change', { destination: ip('10.1.1.2'), device: 'w0', lladdr: A }, 'No such file or directory'],
      ['replace', { destination: ip('10.1.1.2'), device: 'w0', lladdr: A, state: 2 }, 'ok'],
      ['append', { destination: ip('10.1.1.2'), device: 'w0', lladdr: B, state: 4 }, 'ok'],
      ['add', { destination: ip('10.1.1.2'), device: 'nowhere', lladdr: A }, 'No such device'],
      ['add', { destination: ip('10.1.1.2'), device: '', lladdr: A }, 'Error: Device not specified.'],
      ['add', { destination: ip('10.1.1.3'), device: 'w0', proxy: true }, 'ok'],
      ['add', { destination: ip('10.1.1.4'), device: '', proxy: true }, 'ok'],
    ];
    for (const [verb, request, outcome] of CASES)
      expect(words(changeNeighbour(root, verb, request))).toBe(outcome);
    expect(shown(root)).toEqual([`10.1.1.1 w0 ${A} 128`, `10.1.1.2 w0 ${A} 2`]);
    expect(shown(root, true)).toEqual(['10.1.1.3 w0 0 0', '10.1.1.4  0 0']);
    expect(words(deleteNeighbour(root, { destination: ip('10.1.1.9'), device: 'w0' }))).toBe(
      'No such file or directory',
    );
    expect(words(deleteNeighbour(root, { destination: ip('10.1.1.9'), device: 'w0', proxy: true }))).toBe(
      'No such file or directory',
    );
    ok(deleteNeighbour(root, { destination: ip('10.1.1.1'), device: 'w0' }));
    expect(getNeighbour(root, 'w0', ip('10.1.1.1'))).toEqual({
      refusal: { errno: 2, message: 'Neighbour entry not found' },
    });
  });

  it('go with the device that goes down, proxy entries too, and with its address', () => {
    const { root } = machine();
    pair(root, 'w0', 'w1');
    up(root, 'w0');
    const put = () =>
      ok(changeNeighbour(root, 'add', { destination: ip('10.1.1.1'), device: 'w0', lladdr: A }));
    put();
    ok(changeNeighbour(root, 'add', { destination: ip('10.1.1.3'), device: 'w0', proxy: true }));
    ok(changeNeighbour(root, 'add', { destination: ip('10.1.1.4'), device: '', proxy: true }));
    down(root, 'w0');
    expect([shown(root), shown(root, true)]).toEqual([[], ['10.1.1.4  0 0']]);
    put();
    ok(setLink(root, 'w0', { address: B }));
    expect(shown(root)).toEqual([]);
  });
});

describe('routes and rules', () => {
  const via = (gateway: string, more: Partial<RouteRequest> = {}): RouteRequest => ({
    table: 0,
    destination: ip('192.168.0.0'),
    length: 24,
    nextHops: [{ device: '', gateway: ip(gateway) }],
    ...more,
  });

  function host() {
    const made = machine();
    up(made.root, 'lo');
    add(made.root, 'dummy', 'd0');
    up(made.root, 'd0');
    ok(address(made.root, 'd0', '10.0.0.1/24'));
    return made;
  }

  it('the verbs of ip route treat what is there as their flags say', () => {
    const { root } = host();
    const outcomes = [
      words(changeRoute(root, 'change', via('10.0.0.2'))),
      words(changeRoute(root, 'add', via('10.0.0.2'))),
      words(changeRoute(root, 'add', via('10.0.0.3'))),
      words(changeRoute(root, 'replace', via('10.0.0.3'))),
      words(changeRoute(root, 'append', via('10.0.0.4'))),
      words(changeRoute(root, 'add', via('10.9.0.2', { length: 25 }))),
      words(changeRoute(root, 'add', via('10.0.0.2', { length: 16 }))),
    ];
    expect(outcomes).toEqual([
      'No such file or directory',
      'ok',
      'File exists',
      'ok',
      'ok',
      'Error: Nexthop has invalid gateway.',
      'ok',
    ]);
    expect(routes(root).filter((text) => text.startsWith('192'))).toEqual([
      '192.168.0.0/24 via 10.0.0.3 dev d0',
      '192.168.0.0/24 via 10.0.0.4 dev d0',
      '192.168.0.0/16 via 10.0.0.2 dev d0',
    ]);
    ok(deleteRoute(root, { table: 0, destination: ip('192.168.0.0'), length: 24, scope: 255, nextHops: [] }));
    expect(words(deleteRoute(root, via('10.0.0.9', { scope: 255 })))).toBe('No such process');
    expect(words(deleteRoute(root, via('10.0.0.9', { table: 77 })))).toBe('Error: FIB table does not exist.');
  });

  it('a blackhole has no next hop to show; tables are there once they were written to', () => {
    const { root } = host();
    expect(hasTable(root, 77)).toBe(false);
    ok(
      changeRoute(root, 'add', {
        table: 77,
        destination: ip('1.0.0.0'),
        length: 8,
        type: RouteType.BLACKHOLE,
        nextHops: [],
      }),
    );
    expect(dumpRoutes(root, 77)).toMatchObject([{ type: RouteType.BLACKHOLE, nextHops: [] }]);
    expect(hasTable(root, 77)).toBe(true);
  });

  it('rules name devices that may not be there', () => {
    const { root } = host();
    ok(addRule(root, { iif: 'd9', table: 77, action: 1 }));
    expect(dumpRules(root).map((rule) => [rule.priority, rule.table, rule.iifDetached])).toEqual([
      [0, 255, false],
      [32765, 77, true],
      [32766, 254, false],
      [32767, 253, false],
    ]);
    add(root, 'dummy', 'd9');
    expect(dumpRules(root)[1].iifDetached).toBe(false);
    expect(words(deleteRule(root, { priority: 5, action: 1 }))).toBe('No such file or directory');
  });

  describe('ip route get', () => {
    function router() {
      const { root } = host();
      add(root, 'dummy', 'd1');
      up(root, 'd1');
      ok(address(root, 'd1', '10.1.0.1/24'));
      ok(changeRoute(root, 'add', via('10.0.0.2')));
      const blackhole = { table: 0, destination: ip('1.0.0.0'), length: 8, nextHops: [] };
      ok(changeRoute(root, 'add', { ...blackhole, type: RouteType.BLACKHOLE }));
      ok(changeRoute(root, 'add', { ...blackhole, destination: ip('2.0.0.0'), type: RouteType.UNREACHABLE }));
      return root;
    }
    function answer(root: Namespace, request: RouteGetRequest): string {
      const got = getRoute(root, request);
      if ('refusal' in got) return words(got.refusal);
      const { type, gateway, device, source, cacheFlags, uid } = got.value;
      const gate = gateway === 0 ? '' : ` via ${formatIpv4(gateway)}`;
      return `${type}${gate} dev ${device}${source === 0 ? '' : ` src ${formatIpv4(source)}`} uid ${uid} ${cacheFlags.toString(16)}`;
    }
    const CASES: readonly (readonly [string, Omit<RouteGetRequest, 'destination'>, string, string])[] = [
      ['on the link', {}, '10.0.0.7', '1 dev d0 src 10.0.0.1 uid 0 0'],
      ['behind a gateway', {}, '192.168.0.5', '1 via 10.0.0.2 dev d0 src 10.0.0.1 uid 0 0'],
      ['of this host', {}, '10.0.0.1', '2 dev lo src 10.0.0.1 uid 0 80000000'],
      ['a broadcast address', {}, '10.0.0.255', '3 dev d0 src 10.0.0.1 uid 0 90000000'],
      ['nowhere', {}, '8.8.8.8', 'Network is unreachable'],
      ['into a blackhole', {}, '1.1.1.1', 'Invalid argument'],
      ['unreachable', {}, '2.2.2.2', 'No route to host'],
      ['from an address of ours', { source: ip('10.1.0.1') }, '10.0.0.7', '1 dev d0 uid 0 0'],
      ['from an address of nobody', { source: ip('9.9.9.9') }, '10.0.0.7', 'Network is unreachable'],
      ['by a device without a route there', { oif: 'd1' }, '8.8.8.8', '1 dev d1 src 10.1.0.1 uid 0 0'],
      [
        'received where forwarding is off',
        { iif: 'd1', source: ip('10.1.0.9') },
        '10.0.0.7',
        'No route to host',
      ],
      [
        'received for this host',
        { iif: 'd1', source: ip('10.1.0.9') },
        '10.0.0.1',
        '2 dev lo uid -1 80000000',
      ],
      ['received from ourselves', { iif: 'd1', source: ip('10.1.0.1') }, '10.0.0.1', 'Invalid argument'],
      ['received from 127/8', { iif: 'd1', source: ip('127.0.0.1') }, '10.0.0.7', 'Invalid argument'],
      ['received at a device that is not there', { iif: 'd7' }, '10.0.0.7', 'No such device'],
    ];
    it.each(CASES)('%s', (_, request, destination, expected) => {
      expect(answer(router(), { destination: ip(destination), ...request })).toBe(expected);
    });

    it('a router forwards, and with a reverse path filter asks where the source would be', () => {
      const root = router();
      ok(writeSysctl(root, 'net/ipv4/ip_forward', '1'));
      const asked = { destination: ip('10.0.0.7'), iif: 'd1', source: ip('10.1.0.9') };
      expect(answer(root, asked)).toBe('1 dev d0 uid -1 0');
      ok(writeSysctl(root, 'net/ipv4/conf/d1/rp_filter', '1'));
      expect(answer(root, { ...asked, source: ip('10.0.0.9') })).toBe('Invalid cross-device link');
    });

    it('fibmatch answers the entry of the table', () => {
      const got = getRoute(router(), { destination: ip('192.168.0.5'), fibmatch: true });
      expect('value' in got && got.value.route).toMatchObject({ destination: ip('192.168.0.0'), length: 24 });
    });

    it('fibmatch finds a local route in the main table until a rule is changed', () => {
      const root = router();
      const table = () => {
        const got = getRoute(root, { destination: ip('10.0.0.1'), fibmatch: true });
        return 'value' in got ? got.value.route?.table : got;
      };
      expect(table()).toBe(254);
      expect(addRule(root, { priority: 7, table: 9 })).toBeNull();
      expect(table()).toBe(255);
    });
  });
});
