// Runs a replay from an open capture to the last line of its report.
import { once } from 'node:events';
import type { RouteInfo } from '../admin/types.ts';
import { describeFinding, type Finding, type FindingWhat, findingSentence } from '../capture/finding.ts';
import { type CaptureBatch, captureBatches } from '../capture/read.ts';
import { linkTypeName } from '../capture/record.ts';
import type { Lab } from '../lab/lab.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { Replay } from '../replay/replay.ts';
import { JsonReport } from '../replay/report-json.ts';
import { type Amount, TextReport } from '../replay/report-text.ts';
import { Summary } from '../replay/summary.ts';
import type { Verdict } from '../replay/verdict.ts';
import { routesThatLost } from '../trace/route-choice.ts';

/** The interface that was captured at. */
export interface Vantage {
  readonly lab: Lab;
  readonly namespace: Namespace;
  readonly device: Device;
}

export interface RunOptions {
  readonly capture: string;
  readonly script: string;
  readonly at: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

const NOT_AS_PROGRAMMED = 1;
const NOTHING_COMPARED = 2;
/** Damages of a file that are told one by one. */
const DAMAGE_LIMIT = 100;
/** Characters written at once. */
const PIECE = 1 << 16;
/** Routes told beside the one that decided. */
const LOST_ROUTES = 3;

/**
 * The exit status, or why the source is no capture: 0 if all that was compared is as programmed, 1 if anything is not, 2
 * if nothing was compared. What could not be read does not count: a capture that was interrupted ends in a cut record.
 */
export async function compareCapture(
  source: AsyncIterable<Uint8Array>,
  { lab, namespace, device }: Vantage,
  options: RunOptions,
): Promise<number | { wrong: string }> {
  const summary = new Summary();
  const damage = new Damage();
  const writer = new Writer();
  const report = options.json === true ? new Json(options, namespace) : new Text(options, namespace);
  const run = new Replay(lab, namespace, device, (verdict) => {
    summary.add(verdict);
    writer.add(report.verdict(verdict));
  });
  for await (const batch of captureBatches(source)) {
    if (batch.info.format === 'unknown') return { wrong: `${options.capture}: ${noCapture(batch.findings)}` };
    writer.add(report.begin(batch));
    damage.add(batch.findings);
    for (const record of batch.records)
      run.push(record, batch.info.interfaces[record.interface] ?? NO_SOURCE);
    await writer.breathe();
  }
  run.end();
  for (const note of run.setting.vantage.notes) process.stderr.write(`vrouter replay: ${note}\n`);
  writer.add(report.end(summary, damage));
  writer.flush();
  if (summary.compared === 0) return NOTHING_COMPARED;
  return summary.isClean ? 0 : NOT_AS_PROGRAMMED;
}

const NO_SOURCE = { fcsLength: 0 };

const noCapture = (findings: readonly Finding[]): string =>
  findings.map(findingSentence).join('; ') || 'no capture';

const lostRoutes =
  (namespace: Namespace) =>
  ({ destination, route }: Verdict): RouteInfo[] =>
    destination === 0 ? [] : routesThatLost(namespace, destination, route, LOST_ROUTES);

// ---- the two forms -----------------------------------------------------------------------------------------------

interface Report {
  /** '' from the second batch on. */
  begin(batch: CaptureBatch): string;
  verdict(verdict: Verdict): string;
  end(summary: Summary, damage: Damage): string;
}

class Text implements Report {
  private readonly options: RunOptions;
  private readonly text: TextReport;
  private begun = false;

  constructor(options: RunOptions, namespace: Namespace) {
    const amount: Amount = options.quiet === true ? 'quiet' : options.verbose === true ? 'verbose' : 'normal';
    const color = process.stdout.isTTY === true && !process.env.NO_COLOR;
    this.options = options;
    this.text = new TextReport({ amount, color, lost: lostRoutes(namespace) });
  }

  begin({ info }: CaptureBatch): string {
    if (this.begun) return '';
    this.begun = true;
    const { capture, at, script } = this.options;
    const types = [...new Set(info.interfaces.map(({ linkType }) => linkTypeName(linkType)))];
    const format = [info.format, ...types].join(', ');
    return `${capture} (${format}) at ${at} of ${script}\n\n`;
  }

  verdict(verdict: Verdict): string {
    return this.text.verdict(verdict);
  }

  end(summary: Summary, damage: Damage): string {
    const more = damage.count - damage.texts.length;
    const lines = damage.texts.map((text) => `unreadable: ${text}\n`);
    if (more > 0) lines.push(`unreadable: and ${more} more\n`);
    return lines.join('') + this.text.summary(summary, damage.unread);
  }
}

class Json implements Report {
  private readonly options: RunOptions;
  private readonly json: JsonReport;
  private begun = false;

  constructor(options: RunOptions, namespace: Namespace) {
    this.options = options;
    this.json = new JsonReport({ quiet: options.quiet === true, lost: lostRoutes(namespace) });
  }

  begin(): string {
    if (this.begun) return '';
    this.begun = true;
    const { capture, script, at } = this.options;
    return this.json.begin({ capture, lab: script, at });
  }

  verdict(verdict: Verdict): string {
    return this.json.verdict(verdict);
  }

  end(summary: Summary, damage: Damage): string {
    return this.json.end(summary, damage.texts, damage.count);
  }
}

/** Damage to a record that is read all the same. */
const READABLE: readonly FindingWhat[] = ['bad-option', 'bad-subseconds', 'captured-exceeds-original'];

/** What is wrong with the file itself. */
class Damage {
  readonly texts: string[] = [];
  readonly unread = { records: 0, more: false };
  count = 0;
  private latest = 0;

  add(findings: readonly Finding[]): void {
    this.count += findings.length;
    for (const finding of findings)
      if (this.texts.length < DAMAGE_LIMIT) this.texts.push(describeFinding(finding));
    for (const { what, number } of findings) if (!READABLE.includes(what)) this.lose(number);
  }

  /** Several findings may be about one record. */
  private lose(number: number): void {
    if (number === 0) this.unread.more = true;
    else if (number !== this.latest) this.unread.records++;
    this.latest = number;
  }
}

/** Standard output in pieces, as fast as its reader is. */
class Writer {
  private pieces: string[] = [];
  private length = 0;
  private full = false;

  add(text: string): void {
    if (text === '') return;
    this.pieces.push(text);
    this.length += text.length;
    if (this.length >= PIECE) this.flush();
  }

  flush(): void {
    if (this.length === 0) return;
    this.full = !process.stdout.write(this.pieces.join(''));
    this.pieces = [];
    this.length = 0;
  }

  async breathe(): Promise<void> {
    if (!this.full) return;
    await once(process.stdout, 'drain');
    this.full = false;
  }
}
