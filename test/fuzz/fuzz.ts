// `npm run fuzz -- [--seconds N] [--seed S] [--out DIR] [TARGET…]`: each target in a worker of its own, with V8's
// coverage as feedback. What throws, hangs or grows is told once by its place, and its input written down.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { HEAD, type Message, type WorkerData } from './message.ts';
import { TARGETS } from './targets.ts';

const INPUT_LIMIT = 1 << 20;
/** Seconds without an end of one input after which it hangs. */
const PATIENCE = 30;
const MEGABYTES = 1024;

/** A worker has to be taught TypeScript first: what `--import` registers is the main thread's alone. */
const START = `import('tsx/esm/api').then(({ register }) => {
  register();
  return import(${JSON.stringify(new URL('./worker.ts', import.meta.url).href)});
});`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '30' },
    seed: { type: 'string' },
    out: { type: 'string', default: '/tmp/vrouter-fuzz' },
    run: { type: 'string' },
  },
});

/** The failures of one target: one of each place in the source. */
class Findings {
  readonly places = new Set<string>();
  private readonly target: string;

  constructor(target: string) {
    this.target = target;
  }

  add(kind: string, error: string, input: Uint8Array): void {
    const place = /\/(src\/[^\s)]+:\d+):\d+/.exec(error)?.[1] ?? error.split('\n', 1)[0]!.slice(0, 60);
    if (this.places.has(place)) return;
    this.places.add(place);
    const hash = createHash('sha1').update(input).digest('hex').slice(0, 8);
    const path = join(values.out, `${this.target}-${hash}`);
    mkdirSync(values.out, { recursive: true });
    writeFileSync(path, input);
    console.log(`${this.target}: ${kind} (${path})\n  ${error.split('\n').slice(0, 6).join('\n  ')}`);
  }
}

/** Runs one target; how many mistakes were found. */
function fuzz(target: string, seconds: number, seed: number): Promise<number> {
  const shared = new SharedArrayBuffer(INPUT_LIMIT + HEAD);
  const numbers = new Int32Array(shared, 0, 2);
  const input = (): Uint8Array => new Uint8Array(shared, HEAD, numbers[1]).slice();
  const findings = new Findings(target);
  const data: WorkerData = { target, seconds, seed, shared };
  const worker = new Worker(START, {
    eval: true,
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: MEGABYTES },
  });
  return new Promise((resolve) => {
    let before = -1;
    const watch = setInterval(() => {
      if (numbers[0] === before && before > 0) {
        findings.add('hangs', `more than ${PATIENCE} s`, input());
        void worker.terminate();
      }
      before = numbers[0]!;
    }, PATIENCE * 1000);
    worker.on('message', (message: Message) => tell(target, message, findings));
    worker.on('error', (error) => findings.add('ends the worker', error.stack ?? String(error), input()));
    worker.on('exit', () => {
      clearInterval(watch);
      resolve(findings.places.size);
    });
  });
}

function tell(target: string, message: Message, findings: Findings): void {
  if (message.kind === 'failure') findings.add('throws', message.error, message.input);
  else if (message.kind === 'slow')
    findings.add('is slow', `${Math.round(message.milliseconds / 1000)} s`, message.input);
  else if (message.kind === 'end')
    console.log(`${target}: ${message.runs} inputs, ${message.blocks} blocks, ${message.corpus} kept`);
}

/** `--run FILE`: one input again, as it was written down. */
async function runAgain(target: string, path: string): Promise<void> {
  await TARGETS.find(({ name }) => name === target)!.run(Uint8Array.from(readFileSync(path)));
  console.log(`${target}: nothing found`);
}

const names = positionals.length > 0 ? positionals : TARGETS.map(({ name }) => name);
const unknown = names.filter((name) => !TARGETS.some((target) => target.name === name));
if (unknown.length > 0) {
  console.error(`no target ${unknown.join(', ')}: there are ${TARGETS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
if (values.run !== undefined) await runAgain(names[0]!, values.run);
else {
  const seed = values.seed === undefined ? Date.now() % 1_000_000_007 : Number(values.seed);
  console.log(`seed ${seed}`);
  let found = 0;
  for (const name of names) found += await fuzz(name, Number(values.seconds), seed);
  console.log(`${found} found`);
  process.exitCode = found === 0 ? 0 : 1;
}
