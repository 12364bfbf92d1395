// The three kinds of patches: the examples of their RFCs, and what must hold of any.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyManifest, equal, jsonPatch, mergePatch } from '../../../src/calico/resource/patch.ts';

/** RFC 7386, appendix A. */
const MERGES: [target: unknown, patch: unknown, result: unknown][] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

/** RFC 6902, appendix A; null for an error. */
const PATCHES: [sentence: string, document: unknown, operations: unknown[], result: unknown][] = [
  [
    'A.1 adds a member',
    { foo: 'bar' },
    [{ op: 'add', path: '/baz', value: 'qux' }],
    { baz: 'qux', foo: 'bar' },
  ],
  [
    'A.2 adds an element',
    { foo: ['bar', 'baz'] },
    [{ op: 'add', path: '/foo/1', value: 'qux' }],
    { foo: ['bar', 'qux', 'baz'] },
  ],
  ['A.3 removes a member', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
  [
    'A.4 removes an element',
    { foo: ['a', 'b', 'c'] },
    [{ op: 'remove', path: '/foo/1' }],
    { foo: ['a', 'c'] },
  ],
  [
    'A.5 replaces',
    { baz: 'qux', foo: 'bar' },
    [{ op: 'replace', path: '/baz', value: 'boo' }],
    { baz: 'boo', foo: 'bar' },
  ],
  [
    'A.6 moves a value',
    { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
    [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
    { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
  ],
  [
    'A.7 moves an element',
    { foo: ['all', 'grass', 'cows', 'eat'] },
    [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
    { foo: ['all', 'cows', 'eat', 'grass'] },
  ],
  [
    'A.8 tests and goes on',
    { baz: 'qux', foo: ['a', 2, 'c'] },
    [
      { op: 'test', path: '/baz', value: 'qux' },
      { op: 'test', path: '/foo/1', value: 2 },
    ],
    { baz: 'qux', foo: ['a', 2, 'c'] },
  ],
  ['A.9 tests and stops', { baz: 'qux' }, [{ op: 'test', path: '/baz', value: 'bar' }], null],
  [
    'A.10 adds a mapping',
    { foo: 'bar' },
    [{ op: 'add', path: '/child', value: { grandchild: {} } }],
    { foo: 'bar', child: { grandchild: {} } },
  ],
  ['A.12 adds to what is not there', { foo: 'bar' }, [{ op: 'add', path: '/baz/bat', value: 'qux' }], null],
  [
    'A.14 reads ~0 and ~1',
    { '/': 9, '~1': 10 },
    [{ op: 'test', path: '/~01', value: 10 }],
    { '/': 9, '~1': 10 },
  ],
  ['A.15 tells numbers from texts', { '~1': 10 }, [{ op: 'test', path: '/~01', value: '10' }], null],
  [
    'A.16 appends',
    { foo: ['bar'] },
    [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
    { foo: ['bar', ['abc', 'def']] },
  ],
  ['an index beyond the end is none', { foo: ['bar'] }, [{ op: 'add', path: '/foo/2', value: 1 }], null],
  ['an index with a zero in front is none', { foo: ['a', 'b'] }, [{ op: 'remove', path: '/foo/01' }], null],
  ['the whole document is replaced', { foo: 1 }, [{ op: 'replace', path: '', value: [2] }], [2]],
  [
    'a copy is not the original',
    { a: { b: 1 } },
    [
      { op: 'copy', from: '/a', path: '/c' },
      { op: 'add', path: '/c/d', value: 2 },
    ],
    { a: { b: 1 }, c: { b: 1, d: 2 } },
  ],
  ['replacing what is not there', {}, [{ op: 'replace', path: '/a', value: 1 }], null],
  ['an operation that is none', {}, [{ op: 'frob', path: '/a' }], null],
];

const json = fc.jsonValue({ maxDepth: 3 });
const mapping = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd'),
  fc.oneof(fc.integer(), fc.dictionary(fc.constantFrom('a', 'b'), fc.integer())),
);

describe('a merge patch', () => {
  it.each(MERGES)('%j with %j is %j', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });

  it('done twice is as done once, and leaves its target alone', () => {
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const before = structuredClone(target);
        const once = mergePatch(target, patch);
        expect(target).toEqual(before);
        expect(mergePatch(once, patch)).toEqual(once);
      }),
    );
  });
});

describe('a JSON patch', () => {
  it.each(PATCHES)('%s', (_, document, operations, result) => {
    const before = structuredClone(document);
    const after = jsonPatch(document, operations);
    expect('value' in after ? after.value : null).toEqual(result);
    expect(document).toEqual(before);
  });
});

describe('an applied manifest', () => {
  it('is there as a whole, over whatever there was', () => {
    fc.assert(
      fc.property(mapping, mapping, mapping, (before, manifest, current) => {
        const after = applyManifest(before, manifest, current) as Record<string, unknown>;
        expect(mergePatch(after, manifest)).toEqual(after);
      }),
    );
  });

  it('alone decides what it and its predecessor speak of; the rest stays', () => {
    fc.assert(
      fc.property(mapping, mapping, mapping, (before, manifest, current) => {
        const after = applyManifest(before, manifest, current) as Record<string, unknown>;
        for (const key of ['a', 'b', 'c', 'd']) {
          if (!(key in manifest) && key in before) expect(after).not.toHaveProperty(key);
          if (!(key in manifest) && !(key in before)) expect(after[key]).toEqual(current[key]);
        }
      }),
    );
  });
});

describe('equality of values', () => {
  it('is that of the tests, whatever the order of keys', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        const sorted = (value: unknown): string =>
          JSON.stringify(value, (_, each) =>
            each !== null && typeof each === 'object' && !Array.isArray(each)
              ? Object.fromEntries(Object.entries(each).sort(([x], [y]) => (x < y ? -1 : 1)))
              : each,
          );
        expect(equal(a, structuredClone(a))).toBe(true);
        expect(equal(a, b)).toBe(sorted(a) === sorted(b));
      }),
    );
  });
});

it('names an operation without a name', () => {
  expect(jsonPatch({}, [{ path: '/a' }])).toEqual({ error: 'unexpected kind of operation: unknown' });
});
