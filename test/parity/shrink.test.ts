// Shrinking: what a difference does not need is left out.
import { expect, test } from 'vitest';
import { type Case, isInput } from './case.ts';
import { shrink } from './shrink.ts';

/** The first bytes of its frames. */
const first = ({ inputs }: Case) => inputs.filter(isInput).map(({ frame }) => frame[0]);

test('of many lines and frames those stay that a difference needs', async () => {
  const at = { host: 'n0', device: 'eth0' };
  const inputs = Array.from({ length: 70 }, (_, i) => ({ at, frame: Uint8Array.of(i) }));
  const lines = Array.from({ length: 40 }, (_, i) => `ip -n n0 line ${i}`);
  const large: Case = { name: 'large', hosts: ['n0'], lines, taps: [at], inputs, probes: ['a', 'b'] };
  const needs = (one: Case) =>
    [7, 61].every((value) => first(one).includes(value)) && one.lines.includes('ip -n n0 line 23');
  const small = await shrink(large, async (cases) => cases.map(needs));
  expect(first(small)).toEqual([7, 61]);
  expect(small.lines).toEqual(['ip -n n0 line 23']);
  expect(small.name).toBe('large');
});
