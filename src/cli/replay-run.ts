// Runs a replay from its first capture to the last line of its reports: one vantage point after another, each with a lab
// of its own, and then the packets on their way between them.
import { writeFileSync } from 'node:fs';
import type { RouteInfo } from '../admin/types.ts';
import { type Finding, findingSentence } from '../capture/finding.ts';
import type { MergedBatch } from '../capture/merge.ts';
import { type CaptureRecord, linkTypeName, PlacedRecord } from '../capture/record.ts';
import type { Lab } from '../lab/lab.ts';
import type { Namespace } from '../netns/namespace.ts';
import { type Followed, isCleanFollowed } from '../replay/followed.ts';
import { BlockRecord } from '../replay/record-block.ts';
import { Replay } from '../replay/replay.ts';
import type { Report } from '../replay/report.ts';
import { JsonReport } from '../replay/report-json.ts';
import { JunitReport } from '../replay/report-junit.ts';
import { TextReport } from '../replay/report-text.ts';
import { Summary } from '../replay/summary.ts';
import type { Tally, Verdict } from '../replay/verdict.ts';
import { routesThatLost } from '../trace/route-choice.ts';
import { reasonOf } from './host-error.ts';
import { Damage } from './replay-damage.ts';
import { FirstReading, followPackets } from './replay-follow.ts';
import { captureThreads, readCaptures, type Threads, totalBytes } from './replay-input.ts';
import { Output } from './replay-output.ts';
import { type Interface, interfaceOf, type VantagePlan } from './replay-plan.ts';
import { Progress } from './replay-progress.ts';
import type { Wrong } from './wrong.ts';

export interface RunOptions {
  readonly vantages: readonly VantagePlan[];
  /** The lab's script or files, as the user gave them. */
  readonly labName: string;
  /** Makes the lab anew: a replay uses it up. */
  readonly lab: () => Promise<Lab>;
  readonly json?: boolean;
  readonly junit?: string;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly all?: boolean;
  readonly examples: number;
  /** Threads: one judges, the others read. */
  readonly jobs: number;
}

const NOT_AS_PROGRAMMED = 1;
const NOTHING_COMPARED = 2;
/** Routes told beside the one that decided. */
const LOST_ROUTES = 3;
const NO_SOURCE = { fcsLength: 0 };

/**
 * The exit status, or what the user can put right: 0 if all that was compared is as programmed, 1 if anything is not, 2
 * if nothing was compared at some vantage point. What could not be read does not count: a capture that was interrupted
 * ends in a cut record.
 */
export async function runReplay(options: RunOptions): Promise<number | Wrong> {
  const run = new Run(options);
  return run.run();
}

class Run {
  private readonly options: RunOptions;
  private readonly report: Report;
  private readonly junit: JunitReport | null;
  private readonly output = new Output();
  private readonly progress: Progress | null;
  private readonly total = new Summary();
  private readonly readings: FirstReading[] = [];
  private nothing = false;

  constructor(options: RunOptions) {
    this.options = options;
    this.report = reportOf(options);
    this.junit = options.junit === undefined ? null : new JunitReport(options);
    this.progress = progressOf(options);
  }

  async run(): Promise<number | Wrong> {
    const { vantages } = this.options;
    let opened = false;
    for (const plan of vantages) {
      const lab = await this.options.lab();
      const wrong = opened ? null : firstWrong(lab, vantages);
      if (wrong !== null) return wrong;
      if (!opened) this.output.add(this.report.open(vantages));
      opened = true;
      const unread = await this.judge(plan, lab);
      if (unread !== null) return this.stop(unread);
    }
    return this.end(vantages.length > 1 ? await this.follow() : null);
  }

  private async follow(): Promise<Followed> {
    const { vantages: plans, lab, examples } = this.options;
    const followed = await followPackets({
      plans,
      readings: this.readings,
      lab: await lab(),
      examples,
      onPackets: (count) => this.progress?.advance(count),
      onBytes: (count) => this.progress?.read(count),
    });
    this.progress?.clear();
    return followed;
  }

  private stop(wrong: Wrong): Wrong {
    this.progress?.clear();
    return wrong;
  }

  // ---- one vantage point -----------------------------------------------------------------------------------------

  /** Judges the captures of a vantage point; why one of them is no capture, or null. */
  private async judge(plan: VantagePlan, lab: Lab): Promise<Wrong | null> {
    const { namespace, device } = interfaceOf(lab, plan.at) as Interface;
    const reading = this.options.vantages.length > 1 ? new FirstReading(lab, { namespace, device }) : null;
    const summary = new Summary();
    const damage = new Damage(plan.captures);
    this.begin(plan, namespace);
    const emit = (verdict: Verdict): void => this.tell(summary, verdict);
    const replay = new Replay(lab, namespace, device, emit, { tally: this.tallyOf(summary) });
    const formats = new Set<string>();
    const onBytes = (bytes: number): void => this.progress?.read(bytes);
    for await (const batch of readCaptures(plan, onBytes, this.threadsFor(plan, replay))) {
      const wrong = this.noCapture(plan, batch);
      if (wrong !== null) return wrong;
      this.report.format(formatText(formats, batch));
      damage.add(batch.file, batch.findings);
      reading?.add(batch.records, batch.info);
      pushRecords(replay, batch, plan.captures.length > 1);
      this.progress?.advance(batch.records.length);
      await this.output.breathe();
    }
    replay.end();
    this.progress?.clear();
    for (const note of replay.setting.vantage.notes) process.stderr.write(`vrouter replay: ${note}\n`);
    if (reading !== null) this.keep(reading, replay);
    this.endVantage(summary, damage);
    return null;
  }

  private threadsFor({ captures }: VantagePlan, { setting }: Replay): Threads {
    const names = captureThreads(captures, this.options.jobs);
    const { vxlanPorts, device } = setting;
    return { isFor: (name) => names.has(name), keys: { linkLength: device.headerLength, vxlanPorts } };
  }

  /** Not the replay itself: it would keep its lab. */
  private keep(reading: FirstReading, { setting: { device, vantage } }: Replay): void {
    if (device.headerLength > 0 && device.port === null) reading.mac = vantage.mac;
    this.readings.push(reading);
  }

  private begin({ at, captures }: VantagePlan, namespace: Namespace): void {
    const source = { at, captures, lost: lostRoutes(namespace) };
    this.output.add(this.report.begin(source));
    this.junit?.begin(source);
  }

  private tell(summary: Summary, verdict: Verdict): void {
    summary.add(verdict);
    this.output.add(this.report.verdict(verdict));
    this.junit?.verdict(verdict);
  }

  /** Packets that are not told are counted. */
  private tallyOf(summary: Summary): Tally {
    const { report } = this;
    return {
      get wantsEach() {
        return report.wantsEach;
      },
      add: (model, packets) => summary.add(model, packets),
    };
  }

  private noCapture({ captures }: VantagePlan, { info, findings, file }: MergedBatch): Wrong | null {
    if (info.format !== 'unknown') return null;
    return { wrong: `${captures[file]}: ${noCaptureText(findings)}` };
  }

  private endVantage(summary: Summary, damage: Damage): void {
    this.total.include(summary);
    this.nothing ||= summary.compared === 0;
    this.output.add(this.report.endVantage(summary, damage));
    this.junit?.endVantage(summary, damage);
  }

  // ---- the end ---------------------------------------------------------------------------------------------------

  private end(followed: Followed | null): number | Wrong {
    this.output.add(this.report.end(this.total, followed));
    this.output.flush();
    const wrong = this.writeJunit(followed);
    if (wrong !== null) return wrong;
    if (this.total.compared > 0 && !this.total.isClean) return NOT_AS_PROGRAMMED;
    if (!isCleanFollowed(followed)) return NOT_AS_PROGRAMMED;
    return this.nothing ? NOTHING_COMPARED : 0;
  }

  private writeJunit(followed: Followed | null): Wrong | null {
    const { junit } = this.options;
    if (this.junit === null || junit === undefined) return null;
    try {
      writeFileSync(junit, this.junit.end(this.total, followed));
      return null;
    } catch (error) {
      return { wrong: `${junit}: ${reasonOf(error)}` };
    }
  }
}

// ---- parts -------------------------------------------------------------------------------------------------------

function reportOf({ json, quiet, verbose, all, examples, labName, vantages }: RunOptions): Report {
  if (json === true) return new JsonReport({ quiet: quiet === true, lab: labName, examples });
  const amount = quiet === true ? 'quiet' : verbose === true ? 'verbose' : all === true ? 'all' : 'normal';
  const color = process.stdout.isTTY === true && !process.env.NO_COLOR;
  return new TextReport({ amount, color, examples, lab: labName, several: vantages.length > 1 });
}

/** On a terminal that is not filled with packets meanwhile. */
function progressOf({ quiet, all, verbose, vantages }: RunOptions): Progress | null {
  const lists = (all === true || verbose === true) && process.stdout.isTTY === true;
  if (process.stderr.isTTY !== true || quiet === true || lists) return null;
  const write = (text: string): void => void process.stderr.write(text);
  return new Progress({ write, now: () => performance.now(), total: bytesToRead(vantages) });
}

/** Several captures are read twice. */
const bytesToRead = (vantages: readonly VantagePlan[]): number =>
  totalBytes(vantages) * (vantages.length > 1 ? 2 : 1);

function firstWrong(lab: Lab, vantages: readonly VantagePlan[]): Wrong | null {
  for (const { at } of vantages) {
    const found = interfaceOf(lab, at);
    if ('wrong' in found) return found;
  }
  return null;
}

/** Packets of several files are counted as one capture. */
function pushRecords(replay: Replay, { records, info }: MergedBatch, renumber: boolean): void {
  for (const record of records) {
    const source = info.interfaces[record.interface] ?? NO_SOURCE;
    replay.push(renumber ? numbered(record, replay.pushed + 1) : record, source);
  }
}

const numbered = (record: CaptureRecord, number: number): CaptureRecord =>
  record instanceof BlockRecord || record instanceof PlacedRecord
    ? record.numbered(number)
    : { ...record, number };

function formatText(formats: Set<string>, { info }: MergedBatch): string {
  formats.add(info.format);
  for (const { linkType } of info.interfaces) formats.add(linkTypeName(linkType));
  return [...formats].join(', ');
}

const noCaptureText = (findings: readonly Finding[]): string =>
  findings.map(findingSentence).join('; ') || 'no capture';

const lostRoutes =
  (namespace: Namespace) =>
  ({ destination, route }: Verdict): RouteInfo[] =>
    destination === 0 ? [] : routesThatLost(namespace, destination, route, LOST_ROUTES);
