// Looks for differences between vrouter and the kernel in labs and traffic that nobody thought of.
//
//   npm run parity -- [--cases N] [--seed S] [--frames N] [--show N] [--shrink N] [--keep DIR] [--all] [--least P]
//   npm run parity -- --again DIR
//
// Draws N cases, lets user-mode Linux and vrouter run each, and compares every frame and every line. --shrink makes the
// first so many cases that differ small; --keep writes what differs (or all) as scenario directories with their golden
// results; --least is the percentage of frames that have to agree (100: every line as well); --again compares such a
// directory without the kernel. Needs what `npm run record` needs.
import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatAgreement, readRecording, readScenario } from '../kernel/compare/recording.ts';
import { CAPTURES } from '../kernel/scenarios.ts';
import type { Case } from './case.ts';
import { withChanges } from './changes.ts';
import { type Draw, sample } from './draw.ts';
import { judge, judgeTwice, keep, playAndCompare, Total, type Verdict } from './judge.ts';
import { drawLab } from './lab.ts';
import { drawProbes } from './probes.ts';
import { shrink } from './shrink.ts';
import { scriptOf } from './steps.ts';
import { drawTraffic } from './traffic.ts';

/** So many cases share a boot. */
const BATCH = 40;

function drawCase(draw: Draw, frames: number): Case {
  const lab = drawLab(draw);
  // Both ends of a cable see the same, as long as both take frames of the same length.
  const taps = lab.hosts.flatMap(({ name, ports, others }) => {
    const cables = ports.filter(({ mac, mtu, peer }) => mtu !== peer.mtu || mac.endsWith('1'));
    const devices = [...cables.map(({ device }) => device), ...others.filter((device) => device !== 'lo')];
    return devices.map((device) => ({ host: name, device }));
  });
  const hosts = lab.hosts.map(({ name }) => name);
  const inputs = withChanges(draw, lab, drawTraffic(draw, lab, frames));
  return { name: '', hosts, lines: lab.lines, taps, inputs, probes: drawProbes(draw, lab) };
}

const OPTIONS = {
  cases: { type: 'string', default: '30' },
  seed: { type: 'string', default: '1' },
  frames: { type: 'string', default: '60' },
  show: { type: 'string', default: '1' },
  shrink: { type: 'string', default: '0' },
  only: { type: 'string' },
  keep: { type: 'string' },
  all: { type: 'boolean', default: false },
  least: { type: 'string', default: '100' },
  again: { type: 'string' },
} as const;

interface Settings {
  seed: number;
  show: number;
  shrink: number;
  keep: string | undefined;
  all: boolean;
}

/** Runs the cases, batch by batch, and returns those that differ. */
async function runAll(
  cases: readonly Case[],
  settings: Settings,
): Promise<{ different: Verdict[]; total: Total }> {
  const total = new Total();
  const different: Verdict[] = [];
  for (let from = 0; from < cases.length; from += BATCH) {
    for (const verdict of await judgeTwice(cases.slice(from, from + BATCH))) {
      total.add(verdict);
      if (settings.keep !== undefined && (settings.all || !verdict.same)) keep(settings.keep, verdict);
      if (verdict.same) continue;
      different.push(verdict);
      console.log(formatAgreement(verdict.one.name, verdict.agreement, settings.show));
    }
    console.log(`seed ${settings.seed}: ${total}`);
  }
  return { different, total };
}

async function shrinkOne(large: Verdict, settings: Settings): Promise<void> {
  const framesDiffer = large.agreement.frames.differences.length > 0;
  const differs = ({ same, agreement }: Verdict): boolean =>
    framesDiffer ? agreement.frames.differences.length > 0 : !same;
  const small = await shrink(large.one, async (cases) => {
    const verdicts = new Map((await judge(cases)).map((verdict) => [verdict.one, verdict]));
    return cases.map((one) => verdicts.has(one) && differs(verdicts.get(one)!));
  });
  const [verdict] = await judge([{ ...small, name: `${small.name}-small` }]);
  console.log(formatAgreement(verdict!.one.name, verdict!.agreement, settings.show));
  console.log(scriptOf(small).script);
  if (settings.keep !== undefined) keep(settings.keep, verdict!);
}

async function compareAgain(directory: string, show: number): Promise<number> {
  const total = new Total();
  for (const name of readdirSync(directory).sort()) {
    const path = resolve(directory, name);
    const verdict = await playAndCompare(
      { ...readScenario(relative(CAPTURES, path)), name },
      readRecording(join(path, 'golden')),
    );
    total.add(verdict);
    if (!verdict.same) console.log(formatAgreement(name, verdict.agreement, show));
  }
  console.log(`${directory}: ${total}`);
  return total.equalCases === total.cases ? 0 : 1;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS });
  const show = Number(values.show);
  if (values.again !== undefined) return compareAgain(values.again, show);
  const settings = {
    seed: Number(values.seed),
    show,
    shrink: Number(values.shrink),
    keep: values.keep,
    all: values.all,
  };
  const only = values.only?.split(',');
  const cases = sample(settings.seed, Number(values.cases), (draw) => drawCase(draw, Number(values.frames)))
    .map((one, i) => ({ ...one, name: `parity-${settings.seed}-${i}` }))
    .filter(({ name }) => only === undefined || only.includes(name));
  const { different, total } = await runAll(cases, settings);
  for (const verdict of different.slice(0, settings.shrink)) await shrinkOne(verdict, settings);
  const least = Number(values.least);
  const enough = total.frames > 0 && (100 * total.equalFrames) / total.frames >= least;
  return different.length === 0 || (least < 100 && enough) ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
process.exitCode = await main();
