// Neighbour states through time, as net/core/neighbour.c drives them.
import { describe, expect, test } from 'vitest';
import { ipv4 } from '../../src/addr/ipv4.ts';
import { mac } from '../../src/addr/mac.ts';
import { dropName } from '../../src/drop/reasons.ts';
import { NudState } from '../../src/neigh/neighbour.ts';
import { NeighbourTable, UpdateFlag } from '../../src/neigh/table.ts';
import { PacketPool } from '../../src/packet/packet.ts';
import { Clock, SECOND } from '../../src/time/clock.ts';
import { Random } from '../../src/time/random.ts';

const HIM = ipv4(0x0a000002);
const MAC = mac(0x020000000002);

function table() {
  const clock = new Clock(0);
  const pool = new PacketPool();
  const log: string[] = [];
  const device = {
    index: 2,
    name: 'eth0',
    neighConf: {
      mcast_solicit: 3,
      mcast_resolicit: 0,
      ucast_solicit: 3,
      app_solicit: 0 as number,
      retransTime: SECOND,
      baseReachableTime: 30 * SECOND,
      delayProbeTime: 5 * SECOND,
      unres_qlen_bytes: 3000,
      locktime: SECOND,
      reachableTime: 30 * SECOND,
    },
  };
  const neighbours = new NeighbourTable(clock, new Random(1), {
    solicit: (_, __, unicast) => log.push(`${clock.now / SECOND}s ${unicast ? 'unicast' : 'broadcast'}`),
    send: (_, packet) => {
      log.push('sent');
      pool.free(packet);
    },
    fail: (_, packet) => {
      log.push(`${clock.now / SECOND}s failed`);
      pool.free(packet);
    },
    drop: (_, packet, reason) => {
      log.push(dropName(reason).slice(16));
      pool.free(packet);
    },
  });
  const until = (seconds: number) => {
    while (clock.nextAt() <= seconds * SECOND) clock.step();
    clock.now = seconds * SECOND;
  };
  const send = () => {
    const packet = pool.from(new Uint8Array(84));
    const may = neighbours.mayOutput(neighbours.obtain(device, HIM)!, packet);
    if (may) pool.free(packet);
    return may;
  };
  const state = () => neighbours.lookup(device, HIM)?.state;
  return { clock, device, log, neighbours, pool, send, state, until };
}

describe('a neighbour', () => {
  test('that failed and is heard of again with its old address was not confirmed by it (__neigh_update)', () => {
    const { clock, device, neighbours, until } = table();
    const neighbour = neighbours.obtain(device, HIM)!;
    until(100);
    neighbours.update(neighbour, MAC, NudState.REACHABLE, UpdateFlag.ADMIN);
    neighbours.update(neighbour, null, NudState.FAILED, UpdateFlag.ADMIN);
    neighbours.update(neighbour, MAC, NudState.STALE, UpdateFlag.OVERRIDE);
    expect(neighbour.confirmed).toBe(clock.now - 60 * SECOND);
  });

  test('asked for by a program first: its questions are not sent, those that follow are (neigh_app_ns)', () => {
    const { device, log, send, until } = table();
    device.neighConf.app_solicit = 2;
    send();
    until(1.5);
    expect(log).toEqual([]);
    until(2.5);
    expect(log).toHaveLength(1);
    expect(log[0]).toMatch(/broadcast$/);
  });

  test('that does not answer: three broadcasts a second and the rest of a tick apart, then failure for all who wait', () => {
    const { log, pool, send, state, until } = table();
    expect([send(), send()]).toEqual([false, false]);
    expect(state()).toBe(NudState.INCOMPLETE);
    until(10);
    expect(log).toEqual([
      '0s broadcast',
      '1.04s broadcast',
      '2.08s broadcast',
      '3.12s failed',
      '3.12s failed',
    ]);
    expect([state(), pool.outstanding]).toEqual([NudState.FAILED, 0]);
  });

  test('that answers: what waited goes out in order, and the entry is reachable', () => {
    const { device, log, neighbours, send, state } = table();
    send();
    send();
    neighbours.update(neighbours.lookup(device, HIM)!, MAC, NudState.REACHABLE, UpdateFlag.OVERRIDE);
    expect(log).toEqual(['0s broadcast', 'sent', 'sent']);
    expect([state(), send()]).toEqual([NudState.REACHABLE, true]);
  });

  test('goes stale unused, is delayed by use, then probed by unicast, then fails', () => {
    const { device, log, neighbours, send, state, until } = table();
    send();
    neighbours.update(neighbours.lookup(device, HIM)!, MAC, NudState.REACHABLE, UpdateFlag.OVERRIDE);
    log.length = 0;
    until(40);
    expect(state()).toBe(NudState.STALE);
    expect([send(), state()]).toEqual([true, NudState.DELAY]);
    until(46);
    expect(state()).toBe(NudState.PROBE);
    until(60);
    expect(log).toEqual(['45.04s unicast', '46.08s unicast', '47.12s unicast']);
    expect(state()).toBe(NudState.FAILED);
  });

  test('confirmed while delayed is reachable again without a question', () => {
    const { device, log, neighbours, send, state, until } = table();
    send();
    neighbours.update(neighbours.lookup(device, HIM)!, MAC, NudState.STALE, UpdateFlag.OVERRIDE);
    send();
    until(3);
    neighbours.confirm(neighbours.lookup(device, HIM)!);
    log.length = 0;
    until(6);
    expect([state(), log]).toEqual([NudState.REACHABLE, []]);
  });

  test('keeps a bounded queue: the oldest packet gives way', () => {
    const { log, pool, send } = table();
    for (let i = 0; i < 5; i++) send();
    expect(log.filter((line) => line === 'NEIGH_QUEUEFULL')).toHaveLength(2);
    expect(pool.outstanding).toBe(3);
  });

  test('that is permanent is changed by an administrator only', () => {
    const { device, neighbours, state } = table();
    const neighbour = neighbours.obtain(device, HIM)!;
    neighbours.update(neighbour, MAC, NudState.PERMANENT, UpdateFlag.OVERRIDE | UpdateFlag.ADMIN);
    expect(neighbours.update(neighbour, mac(5), NudState.STALE, UpdateFlag.OVERRIDE)).toBe(false);
    expect([neighbour.mac, state()]).toEqual([MAC, NudState.PERMANENT]);
    expect(
      neighbours.update(neighbour, mac(5), NudState.REACHABLE, UpdateFlag.OVERRIDE | UpdateFlag.ADMIN),
    ).toBe(true);
    expect([neighbour.mac, state()]).toEqual([5, NudState.REACHABLE]);
  });

  test('another MAC without the right to override changes nothing', () => {
    const { device, neighbours, state } = table();
    const neighbour = neighbours.heardFrom(device, HIM, MAC)!;
    neighbours.update(neighbour, mac(5), NudState.REACHABLE, 0);
    expect([neighbour.mac, state()]).toEqual([MAC, NudState.STALE]);
  });

  test('removed with packets that wait: they end, and its timer never fires', () => {
    const { clock, device, log, neighbours, pool, send } = table();
    send();
    neighbours.remove(neighbours.lookup(device, HIM)!);
    expect([log.at(-1), pool.outstanding, clock.pending, neighbours.size]).toEqual(['NEIGH_DEAD', 0, 0, 0]);
  });

  test('is one of at most 1024: then old ones go, and if none can, no more are made', () => {
    const { device, neighbours } = table();
    let refused = 0;
    for (let i = 0; i < 2000; i++) {
      const made = neighbours.obtain(device, ipv4(0x0a010000 + i));
      if (made === null) refused++;
      else neighbours.update(made, MAC, NudState.REACHABLE, UpdateFlag.ADMIN);
    }
    expect([neighbours.size, refused]).toEqual([1024, 976]);
  });

  test('is not counted while it is permanent: a cluster of 2000 nodes has as many beside 1024 others', () => {
    const { device, neighbours } = table();
    const fill = (
      from: number,
      make: (address: ReturnType<typeof ipv4>) => ReturnType<typeof neighbours.obtain>,
    ) => {
      let refused = 0;
      for (let i = 0; i < 2000; i++) if (make(ipv4(from + i)) === null) refused++;
      return refused;
    };
    fill(0x0a010000, (address) => {
      const made = neighbours.obtainExempt(device, address);
      neighbours.update(made, MAC, NudState.PERMANENT, UpdateFlag.ADMIN);
      return made;
    });
    const others = fill(0x0a020000, (address) => neighbours.obtain(device, address));
    neighbours.update(
      neighbours.lookup(device, ipv4(0x0a010000))!,
      MAC,
      NudState.REACHABLE,
      UpdateFlag.ADMIN,
    );
    neighbours.remove(neighbours.lookup(device, ipv4(0x0a010000))!);
    expect([neighbours.size, others]).toEqual([1999 + 1024, 976]);
    neighbours.flushAll();
    expect(fill(0x0a030000, (address) => neighbours.obtain(device, address))).toBe(976);
  });
});
