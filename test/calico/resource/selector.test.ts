import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Labels, parseSelector, type Selector } from '../../../src/calico/resource/selector.ts';

function selector(text: string): Selector {
  const parsed = parseSelector(text);
  if ('error' in parsed) throw new Error(`${text}: ${parsed.error}`);
  return parsed;
}

const WEB: Labels = { role: 'web-front', zone: 'a', 'projectcalico.org/os': 'linux', empty: '' };

describe('Calico’s selectors', () => {
  it.each([
    ['', true],
    ['all()', true],
    ['all( )', true],
    ["zone == 'a'", true],
    ['zone=="b"', false],
    ['zone != "b"', true],
    ['missing != "b"', true],
    ['missing == ""', false],
    ['empty == ""', true],
    ['zone in {"a", "b"}', true],
    ['zone in {}', false],
    ['zone in {"b",}', false],
    ['missing in {"a"}', false],
    ['zone not in {"a"}', false],
    ['missing not in {"a"}', true],
    ['has(zone)', true],
    ['has( missing )', false],
    ['!has(missing)', true],
    ['!!has(zone)', true],
    ['role contains "-fr"', true],
    ['role starts with "web"', true],
    ['role  starts  with "front"', false],
    ['role ends with "front"', true],
    ['missing contains ""', false],
    ['projectcalico.org/os == "linux"', true],
    ['has(constructor)', false],
    ['zone == "b" && zone == "a" || role starts with "web"', true],
    ['zone == "b" && (zone == "a" || role starts with "web")', false],
    ['! (zone == "a" && has(role))', false],
    ['global()', false],
  ])('%s: %s', (text, expected) => {
    expect(selector(text).matches(WEB)).toBe(expected);
  });

  it.each([
    ['a & b', 'expected &&'],
    ['a == "b" | c', 'expected ||'],
    ['(a == "b"', 'expected )'],
    ['a in {"b"', 'expected }'],
    ['a in {"b" "c"}', 'expected }'],
    ['a = "b"', 'expected =='],
    ['has()', 'expected identifier'],
    ['a == b', 'expected string'],
    ['a in "b"', 'expected set literal'],
    ['a b', 'expected operator after label'],
    ['a', 'expected operator after label'],
    ['has(a', "no closing ')' after has("],
    ['all(a)', "no closing ')' after all("],
    ['global(', "no closing ')' after global("],
    ['a == "b', 'unterminated string'],
    [`${'a'.repeat(513)} == "b"`, 'label too long'],
    ['all() all()', 'unexpected token'],
    ['== "a"', 'unexpected token'],
    ['§', 'unexpected characters'],
  ])('%s is refused: %s', (text, error) => {
    expect(parseSelector(text)).toEqual({ error });
  });

  it('says whether global() is in it', () => {
    expect([selector('global()').saysGlobal, selector('all()').saysGlobal]).toEqual([true, false]);
  });

  it('not, and, or mean what they mean, for any selectors and labels', () => {
    const label = fc.constantFrom('a', 'b', 'c');
    const value = fc.constantFrom('x', 'y', '');
    const atom = fc.oneof(
      fc
        .tuple(label, fc.constantFrom('==', '!=', 'contains', 'starts with', 'ends with'), value)
        .map(([l, operator, v]) => `${l} ${operator} "${v}"`),
      label.map((l) => `has(${l})`),
      fc
        .tuple(label, fc.constantFrom('in', 'not in'), fc.array(value))
        .map(([l, operator, set]) => `${l} ${operator} {${set.map((v) => `'${v}'`).join(', ')}}`),
    );
    const labels = fc.dictionary(label, value);
    fc.assert(
      fc.property(atom, atom, atom, labels, (p, q, r, given) => {
        const holds = (text: string) => selector(text).matches(given);
        expect(holds(`!(${p})`)).toBe(!holds(p));
        expect(holds(`${p} || ${q} && ${r}`)).toBe(holds(p) || (holds(q) && holds(r)));
        expect(holds(`(${p} || ${q}) && ${r}`)).toBe((holds(p) || holds(q)) && holds(r));
      }),
    );
  });
});
