// Filters against what libpcap 1.10.3 took of the recorded frames (filters.txt), and laws that hold for any text.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileFilter, type Filter } from '../../../../src/shell/commands/tcpdump/filter/compile.ts';
import type { FilterLink } from '../../../../src/shell/commands/tcpdump/filter/link.ts';
import { recordedFilters, recordedFrames } from './tables.ts';

const FRAMES = recordedFrames();
const FILTERS = recordedFilters();
const LINK_NAMES: Readonly<Record<number, string>> = {
  0: 'BSD loopback',
  1: 'Ethernet',
  101: 'raw IP',
  113: 'cooked',
  276: 'cooked, version 2',
};

const nobody = (): number[] => [];
const compile = (text: string, link: FilterLink = { linkType: 1, live: false }) =>
  compileFilter(text, link, nobody);

function filterOf(text: string, link?: FilterLink): Filter {
  const filter = compile(text, link);
  if (!('matches' in filter)) throw new Error(`no filter: ${text}`);
  return filter;
}

/** In the table's form: the numbers of the frames that it takes, or why there is none. */
function taken(expression: string, linkType: number): string {
  const filter = compile(expression, { linkType, live: false });
  if ('error' in filter) return `! ${filter.error}`;
  if ('foreign' in filter) return 'not emulated';
  return FRAMES.filter((frame) => frame.linkType === linkType)
    .flatMap(({ data, length }, i) => (filter.matches(data, length, false) ? [i] : []))
    .join(' ');
}

describe('takes what libpcap takes', () => {
  test.each(
    FILTERS.map(
      ({ linkType, expression, taken: wanted }) =>
        [LINK_NAMES[linkType], expression, linkType, wanted] as const,
    ),
  )('%s: %s', (_, expression, linkType, wanted) => {
    expect(taken(expression, linkType)).toBe(wanted);
  });
});

test('the table tells filters apart: nearly every frame and no frame are rare answers', () => {
  const answers = FILTERS.map((filter) => filter.taken).filter((answer) => !answer.startsWith('!'));
  expect(new Set(answers).size).toBeGreaterThan(answers.length / 2);
});

test.each([
  'gateway router',
  'mpls',
  'pppoes',
  'llc',
  'ip protochain 6',
  'geneve',
  'stp',
  'ether proto 5',
  'tcp and type mgt',
  'atalk',
])('what libpcap has and this has not is refused: %s', (expression) => {
  expect(compile(expression)).toEqual({ foreign: true });
});

test('the empty expression takes everything', () => {
  expect(filterOf(' \n').matches(new Uint8Array(0), 0, false)).toBe(true);
});

test('a host name stands for its addresses', () => {
  const filter = compileFilter('host pod', { linkType: 1, live: false }, (name) =>
    name === 'pod' ? [0x0a000001] : [],
  );
  expect('matches' in filter && filter.matches(FRAMES[0].data, 42, false)).toBe(true);
});

const echo = (): Uint8Array => FRAMES[10].data;

describe('a load behind the captured bytes rejects the frame', () => {
  test.each(['tcp[100] = 0', 'not ether[500] = 1', 'ip or ether[500] = 1', 'ether[500] = 1 or ip'])(
    '%s',
    (expression) => {
      const wanted = expression.startsWith('ip or');
      expect(filterOf(expression).matches(echo(), echo().length, false)).toBe(wanted);
    },
  );
});

describe('the direction of a live capture', () => {
  const live = { linkType: 1, live: true };

  test.each([
    ['inbound', false, true],
    ['inbound', true, false],
    ['outbound', true, true],
    ['not outbound', false, true],
  ])('%s, sent: %s', (expression, outgoing, wanted) => {
    expect(filterOf(expression, live).matches(echo(), 98, outgoing)).toBe(wanted);
  });

  test('is unknown when libpcap filters again, so the frame is rejected unless nobody asks', () => {
    expect(filterOf('inbound', live).matchesAgain(echo(), 98)).toBe(false);
    expect(filterOf('not inbound', live).matchesAgain(echo(), 98)).toBe(false);
    expect(filterOf('icmp or inbound', live).matchesAgain(echo(), 98)).toBe(true);
  });
});

const WORDS = fc.constantFrom(
  ...'host net port src dst and or not ( ) [ ] : / 10.0.0.1 80 ip tcp ether 0x1f = != < & | << - * vlan len :: ! \\x a-b mask proto'.split(
    ' ',
  ),
);

describe('never throws', () => {
  test('for any words of the language', () => {
    fc.assert(
      fc.property(fc.array(WORDS, { maxLength: 12 }), (words) => {
        const filter = compile(words.join(' '));
        if ('matches' in filter) expect(typeof filter.matches(echo(), 98, false)).toBe('boolean');
        else expect('error' in filter || 'foreign' in filter).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(compile(text)).toBeTypeOf('object');
      }),
    );
  });

  test('for ten thousand parentheses', () => {
    expect(compile(`${'('.repeat(10000)}tcp${')'.repeat(10000)}`)).toEqual({
      error: "can't parse filter expression: syntax error",
    });
  });

  test.each(['host 10.0.0.1 mask', 'net 10.0.0.0 mask', 'net 10.0.0.0 mask and'])(
    'for a mask that is not there: %s',
    (text) => {
      expect(compile(text)).toEqual({ error: "can't parse filter expression: syntax error" });
    },
  );

  test('for any bytes', () => {
    const filters = FILTERS.filter(({ linkType }) => linkType === 1)
      .map(({ expression }) => compile(expression))
      .filter((filter) => 'matches' in filter);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(...filters), (bytes, filter) => {
        expect(typeof filter.matches(bytes, bytes.length, false)).toBe('boolean');
      }),
    );
  });
});
