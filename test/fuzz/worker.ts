// Runs one target with changed inputs, keeping those that reach something new; its parent looks whether it still lives.
import { parentPort, workerData } from 'node:worker_threads';
import { Coverage } from './coverage.ts';
import { HEAD, type Message, type WorkerData } from './message.ts';
import { Chance, mutate } from './mutate.ts';
import type { Target } from './target.ts';

/** Asking V8 takes some milliseconds: as often as this, or after so many inputs. */
const ASK_EVERY = 40;
const BATCH = 64;
const CORPUS_LIMIT = 4000;
const SLOW = 10_000;

const { target: name, seconds, seed, shared } = workerData as WorkerData;
const numbers = new Int32Array(shared, 0, 2);
const current = new Uint8Array(shared, HEAD);
const say = (message: Message): void => parentPort!.postMessage(message);

class Fuzzer {
  private readonly coverage = new Coverage();
  private readonly chance = new Chance(seed);
  private target!: Target;
  private corpus: Uint8Array[] = [];
  private batch: Uint8Array[] = [];
  private asked = 0;
  private runs = 0;

  async run(): Promise<void> {
    const { TARGETS } = await import('./targets.ts');
    this.target = TARGETS.find((one) => one.name === name)!;
    this.corpus = this.target.seeds();
    const end = performance.now() + seconds * 1000;
    for (const input of this.corpus) await this.once(input);
    for (let told = performance.now(); performance.now() < end; ) {
      await this.once(mutate(this.corpus, this.chance, this.target.words));
      if (performance.now() < told + 5000) continue;
      told = performance.now();
      say({ kind: 'progress', ...this.figures() });
    }
    say({ kind: 'end', ...this.figures() });
  }

  private figures() {
    return { runs: this.runs, corpus: this.corpus.length, blocks: this.coverage.size };
  }

  private async once(input: Uint8Array): Promise<void> {
    current.set(input.subarray(0, current.length));
    numbers[1] = Math.min(input.length, current.length);
    numbers[0] = ++this.runs;
    const began = performance.now();
    try {
      await this.target.run(input);
    } catch (error) {
      say({ kind: 'failure', error: error instanceof Error ? (error.stack ?? '') : String(error), input });
    }
    const milliseconds = performance.now() - began;
    if (milliseconds > SLOW) say({ kind: 'slow', milliseconds, input });
    this.batch.push(input);
    if (performance.now() > this.asked + ASK_EVERY || this.batch.length >= BATCH) this.learn();
  }

  /** Of a batch that reached something new, nobody knows which one did: all stay. */
  private learn(): void {
    if (this.coverage.news() > 0) this.corpus.push(...this.batch);
    while (this.corpus.length > CORPUS_LIMIT)
      this.corpus[this.chance.below(this.corpus.length)] = this.corpus.pop()!;
    this.batch = [];
    this.asked = performance.now();
  }
}

await new Fuzzer().run();
