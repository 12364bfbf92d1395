// Identifications: where pieces of one flow are put together, packets near to each other must not share one.
import { expect, test } from 'vitest';
import { nextIdentification } from '../../src/ip/send.ts';
import { World } from './world.ts';

const drawn = (seed: number, count: number): number[] => {
  const namespace = new World(seed).namespace('A');
  return Array.from({ length: count }, () => nextIdentification(namespace));
};

test('thousands of packets in a row have numbers of their own, and none is 0', () => {
  const numbers = drawn(1, 7000);
  expect(new Set(numbers).size).toBe(7000);
  expect(Math.min(...numbers)).toBeGreaterThan(0);
  expect(Math.max(...drawn(1, 30_000))).toBeLessThan(0x10000);
});

test('where they begin is the seed’s', () => {
  expect(drawn(2, 3)).toEqual(drawn(2, 3));
  expect(drawn(2, 1)).not.toEqual(drawn(3, 1));
});
