// Equal route bodies are one object while they are in use, also where their hashes collide.
import { expect, test } from 'vitest';
import { type Ipv4, ipv4 } from '../../src/addr/ipv4.ts';
import { RouteBodies, RouteBody } from '../../src/fib/entry.ts';
import { NextHopEntry } from '../../src/fib/nexthop.ts';
import { Random } from '../../src/time/random.ts';

function body(priority: number, prefsrc: Ipv4 = ipv4(0)): RouteBody {
  const keys = { table: 254, type: 1, protocol: 4, scope: 0, priority, prefsrc, metrics: null };
  return new RouteBody(keys, [new NextHopEntry(1, 0)], 0);
}

test('a body is shared while it is in use and forgotten with its last user', () => {
  const bodies = new RouteBodies();
  const first = body(1);
  bodies.hold(bodies.share(first));
  expect(bodies.share(body(1))).toBe(first);
  bodies.hold(first);
  bodies.release(first);
  expect(bodies.share(body(1))).toBe(first);
  bodies.release(first);
  const second = body(1);
  expect(bodies.share(second)).toBe(second);
  expect([...bodies]).toEqual([]);
});

test('bodies of one hash are told apart, whichever of them goes first', () => {
  const bodies = new RouteBodies();
  const byHash = new Map<number, RouteBody[]>();
  const random = new Random(1);
  for (let i = 0; i < 200_000; i++) {
    const one = body(random.below(1000), ipv4(random.u32()));
    bodies.hold(one);
    byHash.set(one.hash, [...(byHash.get(one.hash) ?? []), one]);
  }
  const collided = [...byHash.values()].filter((list) => list.length > 1);
  expect(collided.length).toBeGreaterThan(1);
  collided.forEach((list, index) => {
    const [gone, ...left] = index % 2 === 0 ? list : [...list].reverse();
    bodies.release(gone);
    expect(bodies.share(body(gone.priority, gone.prefsrc))).not.toBe(gone);
    for (const one of left) expect(bodies.share(body(one.priority, one.prefsrc))).toBe(one);
  });
});
