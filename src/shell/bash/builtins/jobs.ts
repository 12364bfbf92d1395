// `jobs`, `wait`, `kill`, `disown`, `fg`, `bg`.
import { Signal, signalName, signalNames, signalNumber, signalWords } from '../../process/signals.ts';
import type { Task } from '../../process/task.ts';
import { isDone, type Job, statusOf } from '../jobs.ts';
import type { Shell } from '../shell.ts';
import { runPendingTraps } from '../traps.ts';

function stateOf(job: Job): string {
  if (!isDone(job)) return 'Running';
  const status = statusOf(job);
  const task = job.tasks[job.tasks.length - 1];
  if (task.signaled) return signalWords(task.signal) || signalName(task.signal);
  return status === 0 ? 'Done' : `Exit ${status}`;
}

function jobLine(shell: Shell, job: Job, long: boolean): string {
  const all = shell.jobs.all();
  const mark = job === all.at(-1) ? '+' : job === all.at(-2) && !isDone(job) ? '-' : ' ';
  const pid = long ? `${job.tasks[0].pid} ` : ' ';
  const state = stateOf(job);
  return `[${job.number}]${mark} ${pid}${state.padEnd(24)}${job.text}${state === 'Running' ? ' &' : ''}\n`;
}

export function jobs(shell: Shell, args: readonly string[]): number {
  const letters = args.filter((arg) => arg.startsWith('-')).join('');
  const specs = args.filter((arg) => !arg.startsWith('-'));
  let status = 0;
  const chosen = specs.length === 0 ? [...shell.jobs.all()] : [];
  for (const spec of specs) {
    const job = shell.jobs.find(spec);
    if (job !== null) chosen.push(job);
    else {
      shell.complain(`jobs: ${spec}: no such job`);
      status = 1;
    }
  }
  const wanted = chosen.filter((job) => !letters.includes('r') || !isDone(job));
  for (const job of wanted)
    shell.write(
      1,
      letters.includes('p') ? `${job.tasks[0].pid}\n` : jobLine(shell, job, letters.includes('l')),
    );
  for (const job of wanted) if (isDone(job)) shell.jobs.remove(job);
  return status;
}

/** What the prompt says about jobs that have ended, once. */
export function jobReports(shell: Shell): string[] {
  const ended = shell.jobs.all().filter(isDone);
  const lines = ended.map((job) => jobLine(shell, job, false));
  for (const job of ended) shell.jobs.remove(job);
  return lines;
}

/** Waits for processes; false if a trapped signal came first. */
async function waitFor(shell: Shell, tasks: readonly Task[], any: boolean): Promise<boolean> {
  const enough = (): boolean => (any ? tasks.some((task) => task.done) : tasks.every((task) => task.done));
  while (!enough()) {
    if (shell.task.done) return false;
    await shell.task.wait(Number.POSITIVE_INFINITY, (wake) => {
      for (const task of tasks) if (!task.done) task.whenDone(wake);
    });
    if (shell.pending.length > 0) return false;
  }
  return true;
}

export async function wait(shell: Shell, args: readonly string[]): Promise<number> {
  const any = args.includes('-n');
  const specs = args.filter((arg) => !/^-[nf]$/.test(arg) && arg !== '--');
  if (specs.length === 0) return any ? waitAny(shell) : waitAll(shell);
  let status = 0;
  for (const spec of specs) {
    status = await waitOne(shell, spec);
    if (shell.stopped) break;
  }
  return status;
}

/** A signal that a trap is set for ends `wait`: the trap runs, and the status tells. */
async function interrupted(shell: Shell): Promise<number> {
  if (shell.task.done) return shell.task.status;
  const [signal] = shell.pending;
  await runPendingTraps(shell);
  if (shell.stopped) return shell.status;
  return 128 + (signal ?? Signal.INT);
}

async function waitAll(shell: Shell): Promise<number> {
  const all = [...shell.jobs.all()];
  if (
    !(await waitFor(
      shell,
      all.flatMap((job) => job.tasks),
      false,
    ))
  )
    return interrupted(shell);
  for (const job of all) reap(shell, job);
  return 0;
}

async function waitAny(shell: Shell): Promise<number> {
  const all = [...shell.jobs.all()];
  if (all.length === 0) return 127;
  if (
    !(await waitFor(
      shell,
      all.map((job) => job.tasks[job.tasks.length - 1]),
      true,
    ))
  )
    return interrupted(shell);
  const first = all.find((job) => isDone(job)) as Job;
  reap(shell, first);
  return statusOf(first);
}

async function waitOne(shell: Shell, spec: string): Promise<number> {
  if (spec.startsWith('%')) {
    const job = shell.jobs.find(spec);
    if (job === null) {
      shell.complain(`wait: ${spec}: no such job`);
      return 127;
    }
    if (!(await waitFor(shell, job.tasks, false))) return interrupted(shell);
    reap(shell, job);
    return statusOf(job);
  }
  if (!/^\d+$/.test(spec)) {
    shell.complain(`wait: \`${spec}': not a pid or valid job spec`);
    return 1;
  }
  const task = shell.jobs.task(Number(spec));
  if (task === null) {
    shell.complain(`wait: pid ${spec} is not a child of this shell`);
    return 127;
  }
  if (!(await waitFor(shell, [task], false))) return interrupted(shell);
  const job = shell.jobs.jobOf(task);
  if (job !== null && isDone(job)) reap(shell, job);
  return task.status;
}

/** Takes an ended job off the list; a script hears of one that was killed (not by TERM or INT). */
function reap(shell: Shell, job: Job): void {
  shell.jobs.remove(job);
  reportKilled(shell, job);
}

function reportKilled(shell: Shell, job: Job): void {
  const task = job.tasks[job.tasks.length - 1];
  if (!task.signaled || task.signal === Signal.TERM || job.reported) return;
  job.reported = true;
  const words = signalWords(task.signal);
  if (words !== '') shell.complain(`${String(task.pid).padStart(5)} ${words.padEnd(23)} ${job.text}`);
}

export function disown(shell: Shell, args: readonly string[]): number {
  const specs = args.filter((arg) => !arg.startsWith('-'));
  const all = args.some((arg) => /^-[ar]+$/.test(arg)) ? [...shell.jobs.all()] : [];
  for (const spec of specs) {
    const task = /^\d+$/.test(spec) ? shell.jobs.task(Number(spec)) : null;
    const job = task === null ? shell.jobs.find(spec) : shell.jobs.jobOf(task);
    if (job === null) {
      shell.complain(`disown: ${spec}: no such job`);
      return 1;
    }
    all.push(job);
  }
  const last = shell.jobs.all().at(-1);
  if (args.length === 0 && last !== undefined) all.push(last);
  for (const job of all) shell.jobs.remove(job);
  return 0;
}

export const fg = (shell: Shell): number => {
  shell.complain('fg: no job control');
  return 1;
};

export const bg = (shell: Shell): number => {
  shell.complain('bg: no job control');
  return 1;
};

const KILL_USAGE =
  'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n';

export function kill(shell: Shell, args: readonly string[]): number {
  let signal: number = Signal.TERM;
  let operands = args;
  const [first] = args;
  if (first === '-l' || first === '-L') return listSignals(shell, args.slice(1));
  if (first === '-s' || first === '-n') {
    signal = signalNumber(args[1] ?? '');
    operands = args.slice(2);
    if (signal < 0) return invalidSignal(shell, args[1] ?? '');
  } else if (first !== undefined && /^-./.test(first) && first !== '--') {
    signal = signalNumber(first.slice(1));
    operands = args.slice(1);
    if (signal < 0) return invalidSignal(shell, first.slice(1));
  }
  if (operands[0] === '--') operands = operands.slice(1);
  if (operands.length === 0) {
    shell.write(2, KILL_USAGE);
    return 2;
  }
  let failures = 0;
  for (const operand of operands) if (!killOne(shell, operand, signal)) failures++;
  return failures === operands.length ? 1 : 0;
}

function invalidSignal(shell: Shell, text: string): number {
  shell.complain(`kill: ${text}: invalid signal specification`);
  return 1;
}

function killOne(shell: Shell, operand: string, signal: number): boolean {
  if (operand.startsWith('%')) {
    const job = shell.jobs.find(operand);
    if (job === null) shell.complain(`kill: ${operand}: no such job`);
    for (const task of job?.tasks ?? []) task.kill(signal);
    return job !== null;
  }
  if (!/^-?\d+$/.test(operand)) {
    shell.complain(`kill: ${operand}: arguments must be process or job IDs`);
    return false;
  }
  const targets = targetsOf(shell, Number(operand));
  for (const task of targets) task.kill(signal);
  if (targets.length === 0) shell.complain(`kill: (${operand}) - No such process`);
  return targets.length > 0;
}

/** `0` and `-1` are everything that the script started, and itself last. */
function targetsOf(shell: Shell, pid: number): readonly Task[] {
  const { tasks } = shell.session;
  if (pid > 0) {
    const task = tasks.get(pid);
    return task === undefined ? [] : [task];
  }
  const main = tasks.get(shell.session.mainPid(shell.task));
  const others = [...tasks.values()].filter((task) => task !== main);
  return pid === 0 && main !== undefined ? [...others, main] : others;
}

function listSignals(shell: Shell, specs: readonly string[]): number {
  if (specs.length > 0) {
    for (const spec of specs) {
      const number = /^\d+$/.test(spec) ? Number(spec) & 127 : signalNumber(spec);
      shell.write(1, `${/^\d+$/.test(spec) ? signalName(number) : number}\n`);
    }
    return 0;
  }
  const cells = signalNames().map((name, index) => `${String(index + 1).padStart(2)}) SIG${name}`);
  for (let i = 0; i < cells.length; i += 5) shell.write(1, `${cells.slice(i, i + 5).join('\t')}\n`);
  return 0;
}
