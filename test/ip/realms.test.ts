// Realms of a route, its rule and the way back: what is set stays, and what is open is taken from the next.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { getRoute } from '../../src/admin/route-get.ts';
import { completeRealms } from '../../src/ip/realms.ts';
import { address, twoHosts, type World } from './world.ts';

const realms = fc.record({ from: fc.nat(0xffff), to: fc.nat(0xffff) });
const word = ({ from, to }: { from: number; to: number }): number => from * 0x10000 + to;

describe('completing realms', () => {
  test('keeps either half that is set, and takes the other half where it is not', () => {
    fc.assert(
      fc.property(realms, realms, (a, b) => {
        const expected = { from: a.from || b.from, to: a.to || b.to };
        expect(completeRealms(word(a), word(b))).toBe(word(expected));
      }),
    );
  });

  test('the order of three does not matter for what the first has', () => {
    fc.assert(
      fc.property(realms, realms, realms, (a, b, c) => {
        const [one, two, three] = [word(a), word(b), word(c)];
        expect(completeRealms(completeRealms(one, two), three)).toBe(
          completeRealms(one, completeRealms(two, three)),
        );
      }),
    );
  });
});

/** What `ip route get` says in R of a packet to B; with `from`, of one that comes from A. */
function found(world: World, from?: string): number {
  const received = from === undefined ? {} : { source: address(from), iif: 'left' };
  const answer = getRoute(world.namespace('R'), { destination: address('10.0.2.2'), ...received });
  if ('refusal' in answer) throw new Error('no route');
  return answer.value.realms;
}

describe('a packet through R', () => {
  test('has none where nobody gave any', () => {
    expect(found(twoHosts())).toBe(0);
    expect(found(twoHosts(), '10.0.1.2')).toBe(0);
  });

  test('has those of its rule', () => {
    const world = twoHosts();
    const rule = { action: 1, table: 254, destination: address('10.0.2.0'), destinationLength: 24 };
    world.namespace('R').fib.addRule({ ...rule, realms: 9, priority: 5 });
    expect(found(world)).toBe(9);
  });

  test('has the destination realm of the way back as its source realm', () => {
    const world = twoHosts();
    const rule = { action: 1, table: 254, destination: address('10.0.1.0'), destinationLength: 24 };
    world.namespace('R').fib.addRule({ ...rule, realms: 9, priority: 5 });
    expect(found(world, '10.0.1.2')).toBe(9 << 16);
  });
});
