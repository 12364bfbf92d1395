// A replay told to people: the findings first, then the packets of a short capture, then the flows and the sum.

import { type FindingGroup, Findings } from './findings.ts';
import { clockText, type Followed, isCleanFollowed, lossTexts, wayText } from './followed.ts';
import { packetLines, SHORT_CAPTURE } from './packet-list.ts';
import type { Damages, Report, Source, Unread } from './report.ts';
import { WORDS } from './report-lines.ts';
import type { Summary, VerdictCounts } from './summary.ts';
import { VERDICTS, type Verdict, type VerdictKind } from './verdict.ts';

/**
 * `quiet` lists no packets, `normal` those of a short capture, `all` each as it is read (before the findings, for a list
 * of millions cannot wait), `verbose` too, with the routes that lost and where packets came in.
 */
type Amount = 'quiet' | 'normal' | 'all' | 'verbose';

export interface TextOptions {
  readonly amount: Amount;
  readonly color: boolean;
  /** Packets that are named for each finding. */
  readonly examples: number;
  /** The script or files that the lab was made from. */
  readonly lab: string;
  /** There are several vantage points. */
  readonly several: boolean;
}

const RED = '\x1b[31m';
const GREEN = '\x1b[32m';
const PLAIN = '\x1b[0m';

/** What is told of one vantage point, once it is over. */
interface Section {
  readonly head: string;
  readonly findings: string;
  readonly list: string;
  readonly sums: string;
}

export class TextReport implements Report {
  private readonly options: TextOptions;
  private readonly sections: Section[] = [];
  private readonly unread = { records: 0, more: false };
  private source: Source | null = null;
  private formatText = '';
  private findings: Findings;
  private list: string[] = [];
  private listed = 0;

  constructor(options: TextOptions) {
    this.options = options;
    this.findings = this.newFindings();
  }

  open(): string {
    return '';
  }

  begin(source: Source): string {
    this.source = source;
    this.formatText = '';
    this.findings = this.newFindings();
    this.list = [];
    this.listed = 0;
    return '';
  }

  format(format: string): void {
    this.formatText = format;
  }

  verdict(verdict: Verdict): string {
    this.findings.add(verdict);
    const { amount } = this.options;
    if (amount === 'quiet') return '';
    if (amount === 'normal') return this.keep(verdict);
    return (this.listed++ === 0 ? `${this.head()}\n\n` : '') + this.packet(verdict);
  }

  get wantsEach(): boolean {
    const { amount } = this.options;
    return amount === 'normal' ? this.listed <= SHORT_CAPTURE : amount !== 'quiet';
  }

  /** Keeps the lines of a short capture; a longer one has no list. */
  private keep(verdict: Verdict): string {
    if (this.listed > SHORT_CAPTURE) return '';
    if (++this.listed > SHORT_CAPTURE) this.list = [];
    else this.list.push(this.packet(verdict));
    return '';
  }

  private packet(verdict: Verdict): string {
    const { place, lost } = this;
    const details = this.options.amount === 'verbose';
    return packetLines(verdict, { place, lost, details, paint: (text, good) => this.paint(text, good) });
  }

  endVantage(summary: Summary, { texts, count, unread }: Damages): string {
    const damages = texts.map((text) => `unreadable: ${text}\n`);
    if (count > texts.length) damages.push(`unreadable: and ${count - texts.length} more\n`);
    this.unread.records += unread.records;
    this.unread.more ||= unread.more;
    const streams = this.options.amount === 'all' || this.options.amount === 'verbose';
    this.sections.push({
      head: streams && this.listed > 0 ? '' : `${this.head()}\n`,
      findings: this.findingsText(),
      list: this.list.join(''),
      sums: (this.options.several ? `\n${this.source?.at}\n` : '') + damages.join('') + sumText(summary),
    });
    return '';
  }

  end(total: Summary, followed: Followed | null): string {
    const part = (name: keyof Section): string => this.sections.map((section) => section[name]).join('');
    const losses = followed === null ? '' : this.lossesText(followed);
    const following = followed === null ? '' : followedText(followed);
    const good = total.isClean && isCleanFollowed(followed);
    const closing = this.paint(closingLine(total, good, this.unread), good);
    const findings = losses + part('findings');
    const gap = findings === '' || part('list') === '' ? '' : '\n';
    const body = `${findings}${gap}${part('list')}${part('sums')}${following}${closing}`;
    return `${part('head')}\n${body.replace(/^\n/, '')}\n`;
  }

  // ---- parts -----------------------------------------------------------------------------------------------------

  private newFindings(): Findings {
    return new Findings({ examples: this.options.examples, place: this.place, lost: this.lost });
  }

  private get place(): string {
    return this.options.several && this.source !== null ? ` of ${this.source.at}` : '';
  }

  private readonly lost: Source['lost'] = (verdict) => this.source?.lost(verdict) ?? [];

  private head(): string {
    const { captures, at } = this.source as Source;
    const files = captures.length > 3 ? [captures[0], `… ${captures.at(-1)}`] : captures;
    const format = this.formatText === '' ? '' : ` (${this.formatText})`;
    return `${files.join(' ')}${format} at ${at} of ${this.options.lab}`;
  }

  private paint(text: string, good: boolean): string {
    return this.options.color ? `${good ? GREEN : RED}${text}${PLAIN}` : text;
  }

  private findingsText(): string {
    const { groups, further } = this.findings;
    const more = further > 0 ? `and ${further} findings of further kinds: see the counts\n\n` : '';
    return groups.map((group) => this.groupText(group)).join('') + more;
  }

  /** The first packet in full, then the others that show the same. */
  private groupText({ headline, lines, examples, count }: FindingGroup): string {
    const others = examples.slice(1).map(({ number, packet }) => `    packet ${number}: ${packet}`);
    const among = others.length < count - 1 ? ', among them' : '';
    const more = others.length > 0 ? `${among}:` : '';
    const rest = count > 1 ? [`  and ${count - 1} more like this${more}`, ...others] : [];
    const all = [this.paint(headline, false), ...lines.map((line) => `  ${line}`), ...rest];
    return `${all.join('\n')}\n`;
  }

  private lossesText(followed: Followed): string {
    return lossTexts(followed)
      .map(({ headline, lines }) =>
        [this.paint(headline, false), ...lines.map((line) => `  ${line}`), ''].join('\n'),
      )
      .join('');
  }
}

/** The flows and the sum. */
function sumText(summary: Summary): string {
  const shown = VERDICTS.filter((kind) => summary.counts[kind] > 0);
  const table = summary.packets === 0 ? '' : `\n${flowTable(summary, shown)}\n`;
  const counts = shown.map(
    (kind) => `${summary.counts[kind]} ${kind === 'differs' ? 'that differ' : WORDS[kind]}`,
  );
  return `${table}${summary.packets} packets: ${counts.join(', ') || 'none'}\n`;
}

function followedText(followed: Followed): string {
  const lines = [...followed.ways.map(wayText), ...followed.clocks.map(clockText), ...followed.notes];
  return `\n${['followed', ...lines.map((line) => `  ${line}`)].join('\n')}\n`;
}

function closingLine({ compared }: Summary, good: boolean, { records, more }: Unread): string {
  if (compared === 0) return 'Nothing was compared.';
  if (!good) return 'Not as programmed.';
  if (records === 0 && !more) return 'All as programmed.';
  const lost = records === 0 ? 'a part of the file' : records === 1 ? '1 record' : `${records} records`;
  return `All that could be read is as programmed; ${lost} could not be read.`;
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
