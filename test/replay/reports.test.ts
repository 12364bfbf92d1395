// The reports: findings by kind and cause, and JUnit's XML.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../src/lab/lab.ts';
import { Findings } from '../../src/replay/findings.ts';
import type { Followed } from '../../src/replay/followed.ts';
import type { Report } from '../../src/replay/report.ts';
import { JunitReport } from '../../src/replay/report-junit.ts';
import { TextReport } from '../../src/replay/report-text.ts';
import { Summary } from '../../src/replay/summary.ts';
import { isFault, VERDICTS, type Verdict } from '../../src/replay/verdict.ts';
import { buildLab, captureFile, changed, replayCapture, scriptText } from './labs.ts';

const IPIP = scriptText('calico-ipip/in/lab.sh');
const WRONG_HOP = changed(IPIP, [[/(tunnel node1.*) 10\.211\.55\.9/, '$1 10.211.55.7']]);
const NOTHING = { texts: [], count: 0, unread: { records: 0, more: false } };

let lab: Lab;
let verdicts: Verdict[];
beforeAll(async () => {
  lab = await buildLab(WRONG_HOP);
  verdicts = replayCapture(lab, 'node1:eth0', captureFile('calico-ipip/golden/node1-eth0.pcap'));
});

const lost = (): never[] => [];
const findingsOf = (given: readonly Verdict[], examples = 5): Findings => {
  const findings = new Findings({ examples, place: '', lost });
  for (const verdict of given) findings.add(verdict);
  return findings;
};

function report(form: Report, given: readonly Verdict[], followed: Followed | null = null): string {
  const summary = new Summary();
  form.open([{ at: 'node1:eth0', captures: ['a.pcap'] }]);
  let text = form.begin({ at: 'node1:eth0', captures: ['a.pcap'], lost });
  form.format('pcap');
  for (const verdict of given) {
    summary.add(verdict);
    text += form.verdict(verdict);
  }
  return text + form.endVantage(summary, NOTHING) + form.end(summary, followed);
}

describe('findings', () => {
  test('are few, and every fault is counted in one of them', () => {
    const { groups } = findingsOf(verdicts);
    const faulty = verdicts.filter(({ kind }) => isFault(kind));
    expect(faulty.length).toBeGreaterThan(20);
    expect(groups.length).toBeLessThan(6);
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(faulty.length);
  });

  test('of one route, one direction and one difference are one, whoever talks', () => {
    const { groups } = findingsOf(verdicts);
    const [first] = groups;
    const alike = verdicts.filter(
      ({ kind, expected, direction }) =>
        kind === 'differs' && direction === 'out' && expected.startsWith('encapsulated to 10.211.55.7'),
    );
    expect(new Set(alike.map(({ flow }) => flow)).size).toBeGreaterThan(1);
    expect(first?.count).toBeGreaterThan(new Set(alike.map(({ flow }) => flow)).size);
    expect(groups.every(({ route }, i) => groups.findIndex((other) => other.route === route) <= i)).toBe(
      true,
    );
  });

  test.each([0, 1, 3])('name at most %i packets each', (examples) => {
    for (const group of findingsOf(verdicts, examples).groups)
      expect(group.examples.length).toBe(Math.min(examples, group.count));
  });
});

describe('text', () => {
  const text = (amount: 'quiet' | 'normal' | 'all', given = verdicts): string =>
    report(new TextReport({ amount, color: false, examples: 2, lab: 'lab.sh', several: false }), given);

  test('findings come before the packets', () => {
    const lines = text('normal').split('\n');
    const finding = lines.findIndex((line) =>
      /^packet \d+: expected encapsulated to 10\.211\.55\.7/.test(line),
    );
    const packet = lines.findIndex((line) => /^packet 1 (in|out): /.test(line));
    expect(finding).toBe(2);
    expect(packet).toBeGreaterThan(finding);
  });

  test('a capture of up to a hundred packets is listed, a longer one only with --all', () => {
    const listed = (given: Verdict[], amount: 'normal' | 'all'): number =>
      text(amount, given)
        .split('\n')
        .filter((line) => /^packet \d+ (in|out): /.test(line)).length;
    const many = Array.from({ length: 101 }, (_, i) => verdicts[i % 5]!);
    expect(listed(many.slice(1), 'normal')).toBe(100);
    expect(listed(many, 'normal')).toBe(0);
    expect(listed(many, 'all')).toBe(101);
  });

  test('--quiet lists none', () => {
    expect(text('quiet')).not.toMatch(/^packet \d+ (in|out): /m);
    expect(text('quiet')).toMatch(/^packet \d+: expected /m);
  });
});

describe('JUnit', () => {
  const xml = (given: readonly Verdict[], followed: Followed | null = null): string =>
    report(new JunitReport({ examples: 2 }), given, followed);
  const attribute = (element: string, name: string): number =>
    Number(new RegExp(` ${name}="(\\d+)"`).exec(element)?.[1]);

  test('totals are right: a case per flow, a failure per flow with findings', () => {
    const text = xml(verdicts);
    const flows = new Set(verdicts.map(({ flow }) => flow));
    const failed = new Set(verdicts.filter(({ kind }) => isFault(kind)).map(({ flow }) => flow));
    for (const element of text.match(/<testsuites? [^>]*>/g) ?? []) {
      expect(attribute(element, 'tests')).toBe(flows.size);
      expect(attribute(element, 'failures')).toBe(failed.size);
      expect(attribute(element, 'errors')).toBe(0);
    }
    expect(text.match(/<testcase /g)).toHaveLength(flows.size);
    expect(text.match(/<failure /g)).toHaveLength(failed.size);
  });

  test('a capture in which nothing was compared is an error', () => {
    const element = /<testsuite [^>]*>/.exec(xml([]))?.[0] ?? '';
    expect([attribute(element, 'tests'), attribute(element, 'errors')]).toEqual([1, 1]);
  });

  test('a loss between two interfaces is a failure of a suite of its own', () => {
    const losses = { lost: { count: 3, examples: [] }, unsent: { count: 0, examples: [] } };
    const ends = { source: 1, destination: 2 } as never;
    const good = { lost: { count: 0, examples: [] }, unsent: { count: 0, examples: [] } };
    const crossings = [
      { what: 'IPIP (protocol 4)', left: 3, came: 0, losses, ...(ends as object) },
      { what: 'ICMP', left: 4, came: 4, losses: good, ...(ends as object) },
    ] as never;
    const way = {
      from: 'a:e',
      to: 'b:e',
      fromHost: 'a',
      toHost: 'b',
      crossings,
      further: 0,
      apart: 0,
      common: null,
    };
    const text = xml([], { ways: [way], clocks: [], notes: [] });
    const suite = /<testsuite name="a:e to b:e"[^>]*>/.exec(text)?.[0] ?? '';
    expect([attribute(suite, 'tests'), attribute(suite, 'failures')]).toEqual([2, 1]);
    expect(text).toContain('the network between drops IPIP (protocol 4)');
  });

  /** Elements nest, attributes are quoted, and no character is left that XML has no place for. */
  function isWellFormed(text: string): boolean {
    const open: string[] = [];
    const rest = text
      .replace(/^<\?xml [^?]*\?>\n/, '')
      .replace(
        /<(\/?)([\w-]+)((?: [\w-]+="[^"<&]*(?:&\w+;[^"<&]*)*")*)(\/?)>/g,
        (_, end, name, __, single) => {
          if (end === '/') return open.pop() === name ? '' : '<';
          if (single !== '/') open.push(name);
          return '';
        },
      );
    return (
      open.length === 0 &&
      !/[<>]|&(?!(?:amp|lt|gt|quot|apos);)/.test(rest) &&
      !/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text)
    );
  }

  test('any words are escaped', () => {
    const words = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('<b & "c">', ']]>', '\u0000\u001b[31m', '\ud800'),
    );
    fc.assert(
      fc.property(words, words, fc.constantFrom(...VERDICTS), (flow, packet, kind) => {
        const verdict = {
          ...verdicts[0]!,
          kind,
          flow,
          packet,
          expected: flow,
          seen: packet,
          notes: [packet],
        };
        expect(isWellFormed(xml([verdict as Verdict]))).toBe(true);
      }),
    );
  });
});
