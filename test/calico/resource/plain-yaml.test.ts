import fc from 'fast-check';
import * as yaml from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { readPlainYaml } from '../../../src/calico/resource/plain-yaml.ts';

const schema = yaml.CORE_SCHEMA.withTags(yaml.boolYaml11Tag, yaml.mergeTag);

/** What js-yaml makes of a text; undefined where it refuses. */
function reference(text: string): { value: unknown } | undefined {
  try {
    return { value: yaml.load(text, { schema }) };
  } catch {
    return undefined;
  }
}

const scalar = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '10.0.0.0/8',
    'all()',
    'yes',
    'true',
    '1',
    '010',
    '0x1f',
    '1e3',
    '-',
    '- a',
    'a: b',
    "it's",
    '~',
  ),
  fc.constantFrom('2026-01-01T00:00:00Z', 'ee:ee:ee:ee:ee:ee', '.5', '.inf', '{}', 'a #b', 'null', ''),
  fc.boolean(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constant(null),
);
const key = fc.oneof(
  fc.constantFrom(
    'metadata',
    'spec',
    'f:name',
    'kubernetes.io/os',
    '.',
    '.5',
    'n',
    'on',
    '1',
    'a b',
    '-x',
    "q'",
    '',
  ),
  fc.string({ minLength: 1, maxLength: 8 }),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

describe('YAML as kubectl prints it, in one pass', () => {
  it('reads what is dumped as js-yaml does, or leaves it to js-yaml', () => {
    let answered = 0;
    const options = fc.record({
      seqNoIndent: fc.boolean(),
      quoteStyle: fc.constantFrom('single' as const, 'double' as const),
      lineWidth: fc.constantFrom(-1, 40),
      indent: fc.integer({ min: 2, max: 4 }),
    });
    fc.assert(
      fc.property(value, options, (any, how) => {
        const text = yaml.dump(any, how);
        const plain = readPlainYaml(text);
        if (plain === null) return;
        answered++;
        expect(plain).toEqual(reference(text));
      }),
      { numRuns: 2000 },
    );
    expect(answered).toBeGreaterThan(100);
  });

  it('never answers otherwise than js-yaml, whatever lines it is given', () => {
    const piece = fc.constantFrom(
      ...[
        'a',
        'b',
        'key',
        ':',
        ': ',
        '- ',
        '-',
        ' ',
        '  ',
        '\n',
        '\n',
        '\n  ',
        '\n- ',
        '#',
        ' # c',
        '"',
        "'",
      ],
      ...[
        '"q"',
        "'s'",
        '{}',
        '[]',
        '|',
        '>',
        '&x',
        '*x',
        '!t',
        '---',
        '...',
        '%',
        '?',
        '? ',
        ',',
        '1',
        '.',
        '~',
      ],
      ...['key: v', 'k2:', 'yes', '\t', '\r\n', '<<', '__proto__: {}', '\u00e9', '\u2028', '10', '0.5', '/'],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const text = pieces.join('');
        const plain = readPlainYaml(text);
        if (plain !== null) expect(plain).toEqual(reference(text));
      }),
      { numRuns: 50_000 },
    );
  });

  it('answers for a pod as kubectl prints it', () => {
    const text = [
      '  apiVersion: v1',
      '  kind: Pod',
      '  metadata:',
      '    annotations:',
      '      cni.projectcalico.org/podIP: 10.0.0.2/32',
      '    creationTimestamp: "2026-01-01T00:00:00Z"',
      '    labels: {}',
      '    ownerReferences:',
      '    - apiVersion: apps/v1',
      '      controller: true',
      '  spec:',
      '    containers:',
      '    - env:',
      '      - name: A',
      "        value: 'b''c'",
      '    priority: 0',
      '  status:',
      '    podIPs:',
      '    - ip: 10.0.0.2',
      '',
    ].join('\n');
    expect(readPlainYaml(text)).toEqual(reference(text));
    expect(readPlainYaml(text)).not.toBeNull();
  });
});
