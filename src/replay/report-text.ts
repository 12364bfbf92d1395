// A replay told to people: one block per packet, then the flows and the sum.
import { formatIpv4 } from '../addr/ipv4.ts';
import { describeRoute } from '../admin/route.ts';
import type { RouteInfo } from '../admin/types.ts';
import type { Route } from '../fib/route.ts';
import { isRefusing } from '../trace/route-choice.ts';
import { routeText } from '../trace/route-text.ts';
import type { Summary, VerdictCounts } from './summary.ts';
import { isFault, VERDICTS, type Verdict, type VerdictKind } from './verdict.ts';

export type Amount = 'quiet' | 'normal' | 'verbose';

export interface TextOptions {
  readonly amount: Amount;
  readonly color: boolean;
  /** The routes that lost to the one that decided; asked for only where they are told. */
  readonly lost: (verdict: Verdict) => readonly RouteInfo[];
}

/** What of the file could not be read. */
export interface Unread {
  readonly records: number;
  /** Something that is no record, or nobody knows of how many. */
  readonly more: boolean;
}

/** Findings of one kind that are told in full. */
const EXAMPLES = 10;
/** Kinds of findings that are told apart. */
const KINDS_LIMIT = 1000;

const WORDS: Readonly<Record<VerdictKind, string>> = {
  'as-programmed': 'as programmed',
  differs: 'differs',
  'should-drop': 'should have been dropped',
  missing: 'missing',
  unexplained: 'not explained by the model',
  outside: 'not a matter of the model',
};

const RED = '\x1b[31m';
const GREEN = '\x1b[32m';
const PLAIN = '\x1b[0m';

export class TextReport {
  private readonly options: TextOptions;
  private readonly told = new Map<string, number>();

  constructor(options: TextOptions) {
    this.options = options;
  }

  /** The lines for one verdict, '' if it is not told. */
  verdict(verdict: Verdict): string {
    if (isFault(verdict.kind)) return this.fault(verdict);
    if (this.options.amount === 'quiet') return '';
    const { number, direction, packet } = verdict;
    return this.lines(`packet ${number} ${direction}: ${packet}`, this.fateLines(verdict));
  }

  private lines(head: string, rest: readonly string[]): string {
    return `${[head, ...rest.map((line) => `  ${line}`)].join('\n')}\n`;
  }

  private paint(color: string, text: string): string {
    return this.options.color ? `${color}${text}${PLAIN}` : text;
  }

  private fateLines(verdict: Verdict): string[] {
    if (verdict.kind === 'outside') return [`${WORDS.outside}: ${verdict.notes.join('; ')}`];
    const lines = [`${this.paint(GREEN, fateWord(verdict))}: ${verdict.expected}`];
    if (verdict.route !== null) lines.push(decidedText(verdict.route));
    if (this.options.amount !== 'verbose') return lines;
    return [...lines, ...this.lostLines(verdict), ...verdict.notes];
  }

  private lostLines(verdict: Verdict): string[] {
    const word = verdict.route === null ? 'not taken' : 'lost to it';
    return this.options.lost(verdict).map((route) => `${word}: ${routeText(route)}`);
  }

  /** Of each kind of finding the first are told in full, further ones only where every packet is told. */
  private fault(verdict: Verdict): string {
    const kind = `${verdict.kind} ${verdict.flow} ${verdict.expected} ${verdict.reason} ${verdict.differences.map(({ field }) => field)}`;
    const before = this.told.get(kind) ?? 0;
    if (before > 0 || this.told.size < KINDS_LIMIT) this.told.set(kind, before + 1);
    if (before < EXAMPLES) return this.lines(this.headline(verdict), this.faultLines(verdict));
    if (this.options.amount === 'quiet')
      return before === EXAMPLES ? '  … and more of this kind: see the counts\n' : '';
    return this.lines(this.headline(verdict), []);
  }

  private headline(verdict: Verdict): string {
    const { number, kind, expected, seen } = verdict;
    const place =
      kind === 'missing' ? (number > 0 ? `after packet ${number}` : 'missing') : `packet ${number}`;
    const said = expected === '' ? WORDS[kind] : `expected ${expected}`;
    return this.paint(RED, seen === '' ? `${place}: ${said}` : `${place}: ${said}, seen ${seen}`);
  }

  private faultLines(verdict: Verdict): string[] {
    const { kind, packet, reason, differences, notes, route, destination } = verdict;
    const lines = [`${WORDS[kind]}: ${packet}`];
    if (reason !== '') lines.push(`reason ${reason}`);
    for (const { field, expected, seen } of differences)
      lines.push(`${field}: expected ${expected}, seen ${seen}`);
    lines.push(...notes);
    if (route !== null) lines.push(decidedText(route));
    else if (destination !== 0) lines.push(`no route decided for ${formatIpv4(destination)}`);
    return [...lines, ...this.lostLines(verdict)];
  }

  /** The flows, the sum and the closing line. */
  summary(summary: Summary, unread: Unread): string {
    const shown = VERDICTS.filter((kind) => summary.counts[kind] > 0);
    const table = summary.packets === 0 ? '' : `\n${flowTable(summary, shown)}\n`;
    const counts = shown.map(
      (kind) => `${summary.counts[kind]} ${kind === 'differs' ? 'that differ' : WORDS[kind]}`,
    );
    const sum = `${summary.packets} packets: ${counts.join(', ') || 'none'}\n`;
    const verdict = this.paint(summary.isClean ? GREEN : RED, closingLine(summary, unread));
    return `${table}${sum}${verdict}\n`;
  }
}

function decidedText(route: Route): string {
  const text = routeText(describeRoute(route));
  return isRefusing(route) ? `${text} decided` : `route ${text}`;
}

function closingLine({ compared, isClean }: Summary, { records, more }: Unread): string {
  if (compared === 0) return 'Nothing was compared.';
  if (!isClean) return 'Not as programmed.';
  if (records === 0 && !more) return 'All as programmed.';
  const lost = records === 0 ? 'a part of the file' : records === 1 ? '1 record' : `${records} records`;
  return `All that could be read is as programmed; ${lost} could not be read.`;
}

function fateWord({ direction, expected, notes }: Verdict): string {
  if (direction === 'in') return expected.startsWith('dropped') ? 'received as programmed' : 'as programmed';
  return notes.some((note) => note.startsWith('from ') || note.startsWith('came in'))
    ? 'forwarded as programmed'
    : 'sent as programmed';
}

function flowTable(summary: Summary, shown: readonly VerdictKind[]): string {
  const rows = [...summary.flows].map(([flow, counts]) => [
    flow,
    ...shown.map((kind) => count(counts, kind)),
  ]);
  const head = ['flow', ...shown.map((kind) => WORDS[kind])];
  const widths = head.map((word, i) => Math.max(word.length, ...rows.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [head, ...rows].map(line).join('\n');
}

const count = (counts: VerdictCounts, kind: VerdictKind): string =>
  counts[kind] === 0 ? '' : String(counts[kind]);
