// Felix's route table over a lab: the scenarios of its own tests by their numbers in the reference, and what else it
// promises.
import { describe, expect, test } from 'vitest';
import { Errno } from '../../../src/addr/errno.ts';
import { mac } from '../../../src/addr/mac.ts';
import { deleteNeighbour } from '../../../src/admin/neighbour.ts';
import { prefixKey } from '../../../src/calico/calc/types.ts';
import { mainTableOwnership } from '../../../src/calico/table/ownership.ts';
import { RouteClass } from '../../../src/calico/table/route-class.ts';
import { TargetType } from '../../../src/calico/table/target.ts';
import { add, down, ip, ok, up } from '../../admin/machine.ts';
import { FELIX, node, target } from './node.ts';

const { LOCAL_WORKLOAD, VXLAN_TUNNEL, VXLAN_SAME_SUBNET, BLACKHOLE_VXLAN, BPF_SPECIAL } = RouteClass;
const DEFAULT = 'default via 12.0.0.1 dev eth0';
const POD_MAC = mac(0x010203040506);
const keyOf = (text: string, length = 32) => prefixKey(ip(text), length);
const blackhole = { type: TargetType.BLACKHOLE, protocol: 80 };

describe('routes that Felix does not know', () => {
  function relics() {
    const one = node();
    one.ip('add', target('10.0.0.1'), 'cali1');
    one.ip('add', target('10.0.0.3'), 'cali3');
    return { ...one, table: one.table() };
  }

  test('S14: stay for ten seconds after the start, then only the default route is left', () => {
    const { table, routes, wait } = relics();
    expect([table.apply(), routes()]).toEqual([[], [DEFAULT, '10.0.0.1 dev cali1', '10.0.0.3 dev cali3']]);
    wait(11);
    expect([table.apply(), routes()]).toEqual([[], [DEFAULT]]);
  });

  test('the end of the grace is told', () => {
    const { table, wait } = relics();
    expect(table.nextDeadline).toBe(Infinity);
    table.apply();
    const end = table.nextDeadline;
    wait(10);
    table.apply();
    expect([end, table.nextDeadline]).toEqual([1010_000_000, Infinity]);
  });

  test('go at once from an interface that Felix has routes of its own for', () => {
    const { table, routes } = relics();
    table.set(LOCAL_WORKLOAD, 'cali1', [target('10.0.0.9', { priority: 1024 })]);
    table.apply();
    expect(routes()).toEqual([DEFAULT, '10.0.0.3 dev cali3', '10.0.0.9 dev cali1 metric 1024']);
  });

  test('have a new grace on an interface that appears', () => {
    const { namespace, table, routes, indexOf, wait, ip: edit } = relics();
    wait(11);
    table.apply();
    add(namespace, 'dummy', 'cali9');
    up(namespace, 'cali9');
    edit('add', target('10.0.0.9'), 'cali9');
    table.interfaceChanged('cali9', 'up', indexOf('cali9'));
    table.apply();
    expect(routes()).toEqual([DEFAULT, '10.0.0.9 dev cali9']);
    wait(10);
    table.apply();
    expect(routes()).toEqual([DEFAULT]);
  });

  test('of our own protocol have no grace elsewhere', () => {
    const { table, routes, ip: edit } = relics();
    edit('add', target('10.9.0.0/26', { protocol: 80 }), '');
    table.apply();
    expect(routes().some((line) => line.includes('blackhole'))).toBe(false);
  });

  test('and that are not ours are never touched', () => {
    const one = node();
    one.ip('add', target('10.9.0.0/26', { protocol: 12 }), '');
    one.ip('add', target('10.8.0.0/24', { protocol: 4, gateway: ip('12.0.0.9') }), 'eth0');
    const before = one.routes();
    const table = one.table();
    one.wait(11);
    table.apply();
    expect(one.routes()).toEqual(before);
  });
});

describe('a permanent neighbour', () => {
  const pod = target('10.0.0.1', { mac: POD_MAC });
  const line = '10.0.0.1 dev cali1 lladdr 01:02:03:04:05:06 nud permanent';

  function withPod() {
    const one = node();
    const table = one.table();
    table.set(LOCAL_WORKLOAD, 'cali1', [pod]);
    table.apply();
    return { ...one, table };
  }

  test('goes with the route', () => {
    expect(withPod().neighbours()).toEqual([line]);
  });

  test('S16: that disappeared is written again by a resync', () => {
    const { namespace, table, neighbours } = withPod();
    ok(deleteNeighbour(namespace, { destination: ip('10.0.0.1'), device: 'cali1' }));
    table.apply();
    expect(neighbours()).toEqual([]);
    table.resync();
    table.apply();
    expect(neighbours()).toEqual([line]);
  });

  test('S17: is not written for a route that is set and removed in one batch', () => {
    const one = node();
    const table = one.table();
    table.update(LOCAL_WORKLOAD, 'cali1', pod);
    table.remove(LOCAL_WORKLOAD, 'cali1', keyOf('10.0.0.1'), 0);
    table.apply();
    expect([one.asked(), one.neighbours()]).toEqual([[], []]);
  });

  test('is written again when the interface comes up', () => {
    const { table, setDown, setUp, neighbours } = withPod();
    setDown(table, 'cali1');
    table.apply();
    expect(neighbours()).toEqual([]);
    setUp(table, 'cali1');
    table.apply();
    expect(neighbours()).toEqual([line]);
  });

  test('waits for its route, and is tried again', () => {
    const one = node();
    const table = one.table();
    table.set(LOCAL_WORKLOAD, 'cali1', [pod]);
    one.port.failAt('route', 1, Errno.ENOBUFS);
    expect([table.apply().length, one.neighbours()]).toEqual([1, []]);
    one.port.failAt('replace-neighbour', 1, Errno.ENOBUFS);
    expect([table.apply().length, one.routes()]).toEqual([1, [DEFAULT, '10.0.0.1 dev cali1']]);
    expect([table.apply(), one.neighbours()]).toEqual([[], [line]]);
  });
});

describe('a change', () => {
  function two() {
    const one = node();
    const table = one.table();
    const wanted = [target('10.20.30.40'), target('10.0.20.0/24')];
    table.set(LOCAL_WORKLOAD, 'cali3', wanted);
    table.apply();
    one.asked();
    return { ...one, table, wanted };
  }

  test('S19: that is taken back before apply makes no kernel operation', () => {
    const { table, wanted, asked } = two();
    table.set(LOCAL_WORKLOAD, 'cali3', []);
    table.set(LOCAL_WORKLOAD, 'cali3', [wanted[0]!, target('10.0.20.0/24', { gateway: ip('1.2.3.4') })]);
    table.set(LOCAL_WORKLOAD, 'cali3', wanted);
    expect([table.apply(), asked()]).toEqual([[], []]);
  });

  test('replaces in place where destination and metric are the same, after the deletions', () => {
    const { table, asked } = two();
    table.set(LOCAL_WORKLOAD, 'cali3', []);
    table.update(LOCAL_WORKLOAD, 'cali4', target('10.0.20.0/24'));
    table.apply();
    expect(asked()).toEqual([
      'ip route delete unicast 10.20.30.40 dev cali3 proto boot scope link',
      'ip route replace 10.0.20.0/24 dev cali4',
    ]);
  });

  test('that others made is repaired by a resync, in both directions', () => {
    const { table, routes, wanted, ip: edit } = two();
    edit('delete', wanted[0]!, 'cali3');
    edit('replace', target('10.0.20.0/24'), 'eth0');
    edit('add', target('10.7.7.7'), 'cali3');
    table.resync();
    table.apply();
    expect(routes()).toEqual([DEFAULT, '10.0.20.0/24 dev cali3', '10.20.30.40 dev cali3']);
  });

  test('that is refused stays to be done, and only it', () => {
    const { table, port, asked } = two();
    table.set(LOCAL_WORKLOAD, 'cali4', [target('10.1.1.1'), target('10.1.1.2')]);
    port.failAt('route', 1, Errno.ENOBUFS);
    const failed = table.apply().map(({ refusal }) => refusal.errno);
    asked();
    expect([failed, table.apply(), asked()]).toEqual([
      [Errno.ENOBUFS],
      [],
      ['ip route replace 10.1.1.1 dev cali4'],
    ]);
  });

  test('to delete what is gone already is done', () => {
    const { table, wanted, ip: edit } = two();
    edit('delete', wanted[0]!, 'cali3');
    table.set(LOCAL_WORKLOAD, 'cali3', [wanted[1]!]);
    expect(table.apply()).toEqual([]);
  });

  test('of the MTU or the source is a change of the route', () => {
    const { table, routes } = two();
    table.set(LOCAL_WORKLOAD, 'cali3', [
      target('10.20.30.40', { mtu: 1400 }),
      target('10.0.20.0/24', { source: ip('12.0.0.2') }),
    ]);
    table.apply();
    expect(routes()).toEqual([
      DEFAULT,
      '10.0.20.0/24 dev cali3 src 12.0.0.2',
      '10.20.30.40 dev cali3 mtu 1400',
    ]);
  });
});

describe('two routes to one destination', () => {
  test('S20: with two metrics are two; removing one keeps the other, a stale one goes with a resync', () => {
    const one = node();
    const table = one.table();
    table.set(LOCAL_WORKLOAD, 'cali1', [
      target('10.0.0.1', { priority: 1024 }),
      target('10.0.0.1', { priority: 512 }),
    ]);
    table.apply();
    expect(one.routes().slice(1)).toEqual([
      '10.0.0.1 dev cali1 metric 512',
      '10.0.0.1 dev cali1 metric 1024',
    ]);
    table.remove(LOCAL_WORKLOAD, 'cali1', keyOf('10.0.0.1'), 512);
    table.apply();
    expect(one.routes().slice(1)).toEqual(['10.0.0.1 dev cali1 metric 1024']);
    one.ip('add', target('10.0.0.1', { priority: 70_000 }), 'cali1');
    table.resync();
    table.apply();
    expect(one.routes().slice(1)).toEqual(['10.0.0.1 dev cali1 metric 1024']);
  });

  test("the CNI plugin's, of metric 0, goes once the workload's own is there", () => {
    const one = node();
    one.ip('add', target('10.0.0.1'), 'cali1');
    const table = one.table();
    table.set(LOCAL_WORKLOAD, 'cali1', [target('10.0.0.1', { priority: 1024 })]);
    table.apply();
    expect(one.routes()).toEqual([DEFAULT, '10.0.0.1 dev cali1 metric 1024']);
  });

  test('of several classes: the lowest wins, and hands over when it goes', () => {
    const one = node();
    const table = one.table();
    const onlink = { type: TargetType.ONLINK, gateway: ip('12.0.0.7'), protocol: 80 };
    table.set(BLACKHOLE_VXLAN, '', [target('10.65.0.0/26', blackhole)]);
    table.set(VXLAN_SAME_SUBNET, 'eth0', [target('10.65.0.0/26', onlink)]);
    table.apply();
    expect(one.routes().slice(1)).toEqual(['10.65.0.0/26 via 12.0.0.7 dev eth0 onlink proto 80']);
    table.set(VXLAN_SAME_SUBNET, 'eth0', []);
    table.apply();
    expect(one.routes().slice(1)).toEqual(['blackhole 10.65.0.0/26 proto 80']);
  });

  test('of one class: the interface of the highest index wins; down or gone it hands over, the loser changes nothing', () => {
    const one = node(2);
    const table = one.table();
    const winner = () => one.routes().slice(1);
    table.set(LOCAL_WORKLOAD, 'cali2', [target('10.65.0.2')]);
    table.set(LOCAL_WORKLOAD, 'cali1', [target('10.65.0.2')]);
    table.apply();
    const both = winner();
    one.setDown(table, 'cali2');
    table.apply();
    const alone = winner();
    one.setUp(table, 'cali2');
    table.apply();
    one.setDown(table, 'cali1');
    one.asked();
    table.apply();
    expect([both, alone, winner(), one.asked()]).toEqual([
      ['10.65.0.2 dev cali2'],
      ['10.65.0.2 dev cali1'],
      ['10.65.0.2 dev cali2'],
      [],
    ]);
  });
});

describe('an interface', () => {
  test('S25: that is down takes no routes, its errors are none, and an event brings them', () => {
    const one = node();
    const table = one.table();
    table.set(LOCAL_WORKLOAD, 'cali1', [target('10.0.0.1')]);
    down(one.namespace, 'cali1');
    expect([table.apply(), one.routes()]).toEqual([[], [DEFAULT]]);
    up(one.namespace, 'cali1');
    table.interfaceChanged('cali1', 'up', one.indexOf('cali1'));
    expect([table.apply(), one.routes()]).toEqual([[], [DEFAULT, '10.0.0.1 dev cali1']]);
  });

  test('S25: that is up and refuses with ENETDOWN all the same is a failure', () => {
    const one = node();
    const table = one.table();
    table.set(LOCAL_WORKLOAD, 'cali1', [target('10.0.0.1')]);
    one.port.failAt('route', 1, Errno.ENETDOWN);
    expect(table.apply().map(({ refusal }) => refusal.errno)).toEqual([Errno.ENETDOWN]);
    expect([table.apply(), one.routes()]).toEqual([[], [DEFAULT, '10.0.0.1 dev cali1']]);
  });

  test('that flapped unseen between two events has its routes again', () => {
    const one = node();
    const table = one.table();
    table.set(LOCAL_WORKLOAD, 'cali1', [target('10.0.0.1')]);
    table.apply();
    down(one.namespace, 'cali1');
    up(one.namespace, 'cali1');
    table.interfaceChanged('cali1', 'down', one.indexOf('cali1'));
    table.interfaceChanged('cali1', 'up', one.indexOf('cali1'));
    table.apply();
    expect(one.routes()).toEqual([DEFAULT, '10.0.0.1 dev cali1']);
  });

  test('that lost only its carrier loses its routes too: the kernel keeps them, Felix does not', () => {
    const one = node();
    const table = one.table();
    table.set(LOCAL_WORKLOAD, 'cali1', [target('10.0.0.1')]);
    table.apply();
    table.interfaceChanged('cali1', 'down', one.indexOf('cali1'));
    table.apply();
    expect(one.routes()).toEqual([DEFAULT]);
  });

  test('that is made anew under the same name gets its routes', () => {
    const one = node();
    const table = one.table();
    table.set(LOCAL_WORKLOAD, 'cali1', [target('10.0.0.1')]);
    table.apply();
    ok(one.port.perform({ do: 'delete-link', device: 'cali1' }));
    table.interfaceChanged('cali1', 'gone', 0);
    table.apply();
    add(one.namespace, 'dummy', 'cali1');
    up(one.namespace, 'cali1');
    table.interfaceChanged('cali1', 'up', one.indexOf('cali1'));
    table.apply();
    expect(one.routes()).toEqual([DEFAULT, '10.0.0.1 dev cali1']);
  });
});

describe('S26: a table of its own', () => {
  const cidr = '10.10.0.0/24';

  test('throws, until an interface route for the same destination wins, and then again', () => {
    const one = node();
    const table = one.exclusive(100);
    one.announce(table);
    table.set(BPF_SPECIAL, '', [target(cidr, { type: TargetType.THROW, protocol: 80 })]);
    table.apply();
    expect(one.routes(100)).toEqual([`throw ${cidr} table 100 proto 80`]);
    table.set(LOCAL_WORKLOAD, 'cali1', [target(cidr)]);
    table.apply();
    expect(one.routes(100)).toEqual([`${cidr} dev cali1 table 100`]);
    table.set(LOCAL_WORKLOAD, 'cali1', []);
    table.apply();
    expect(one.routes(100)).toEqual([`throw ${cidr} table 100 proto 80`]);
  });

  test('replaces throw by blackhole by prohibit in place', () => {
    const one = node();
    const table = one.exclusive(100);
    const asked = [TargetType.THROW, TargetType.BLACKHOLE, TargetType.PROHIBIT].flatMap((type) => {
      table.set(BPF_SPECIAL, '', [target(cidr, { type, protocol: 80 })]);
      table.apply();
      return one.asked();
    });
    expect(asked).toEqual(
      ['throw', 'blackhole', 'prohibit'].map((word) => `ip route replace ${word} ${cidr} table 100 proto 80`),
    );
  });

  test('owns what is in it, and leaves the main table alone', () => {
    const one = node();
    one.ip('add', target('10.1.0.0/24', { protocol: 4 }), 'eth0', 100);
    one.ip('add', target('10.2.0.0/24', { protocol: 80 }), '');
    const table = one.exclusive(100);
    table.apply();
    expect([one.routes(100), one.routes().length]).toEqual([[], 2]);
  });
});

test('of two of ours with one key in the kernel, the second goes', () => {
  const one = node();
  const table = one.table();
  table.set(LOCAL_WORKLOAD, 'cali1', [target('10.0.0.1')]);
  table.apply();
  one.ip('append', target('10.0.0.1'), 'cali2');
  one.ip('append', target('10.0.0.1', { protocol: 80 }), 'cali1');
  table.resync();
  table.apply();
  expect(one.routes()).toEqual([DEFAULT, '10.0.0.1 dev cali1']);
});

test('tunnel routes of VXLAN are like any: onlink, with the MTU, of protocol boot', () => {
  const one = node();
  const table = one.table();
  const tunnel = { type: TargetType.VXLAN, gateway: ip('10.0.1.0'), mtu: 1450 };
  table.set(VXLAN_TUNNEL, 'eth0', [target('10.0.1.0/29', tunnel)]);
  table.apply();
  expect(one.routes().slice(1)).toEqual(['10.0.1.0/29 via 10.0.1.0 dev eth0 onlink mtu 1450']);
});

test('the BGP peer of a node keeps what BIRD wrote on its interface', () => {
  const one = node();
  one.ip('add', target('10.0.0.1', { protocol: 12 }), 'cali1');
  one.ip('add', target('10.0.0.2', { protocol: 12 }), 'cali2');
  const table = one.table(mainTableOwnership({ ...FELIX, isBgpPeer: (name) => name === 'cali1' }));
  one.wait(11);
  table.apply();
  expect(one.routes()).toEqual([DEFAULT, '10.0.0.1 dev cali1 proto bird']);
});
