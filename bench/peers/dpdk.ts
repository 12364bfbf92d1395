// A table of DPDK's in a process of its own (rte_lpm.c, rte_fib.c, rte_lpm6.c) beside ours: answers compared, then passes in turn.
//
// Each round takes one pass of ours and one of the peer's over the same addresses; the ratio is taken pair by pair and
// its median printed, so that a machine that is busy or slows down weighs on both. Beside it stand the rates that the best
// of each part of a pass add up to, in which others that run weigh least.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../figure.ts';
import { PeerProcess } from './child.ts';

export const QUERIES = 1 << 20;
/** Lookups of which the time is taken, some 0.2 ms; as in harness.h. */
const PART = 1 << 15;
/** Lookups of one call while code is warmed up. */
const SHORT = 16;

/** One of our ways to look addresses up, and the peer's beside which it is measured. */
export interface Way {
  readonly name: string;
  readonly theirs: string;
  /** The same addresses where this way wants them; where they are unless told. */
  place?(queries: Int32Array): Int32Array;
  /** Looks all addresses up; what it returns keeps the lookups from being left out. */
  pass(queries: Int32Array): number;
}

export interface Comparison {
  readonly peer: string;
  readonly program: string;
  /** The table as the harness reads it. */
  readonly table: Int32Array;
  readonly streams: readonly { readonly name: string; readonly queries: Int32Array }[];
  /** Words of one address. */
  readonly width: number;
  readonly rounds: number;
  readonly ways: readonly Way[];
  /** Our answers to all addresses, 0 for none. */
  answers(queries: Int32Array): Int32Array;
}

type Times = readonly (readonly number[])[];

function piecesOf(queries: Int32Array, words: number): Int32Array[] {
  return Array.from({ length: queries.length / words }, (_, at) =>
    queries.subarray(at * words, (at + 1) * words),
  );
}

/** The times of the parts of a pass, with the caches as a pass leaves them. The peers' harness does the same. */
function passTimes({ pass }: Way, width: number, queries: Int32Array): number[] {
  pass(queries);
  return piecesOf(queries, PART * width).map((part) => {
    const start = process.hrtime.bigint();
    pass(part);
    return Number(process.hrtime.bigint() - start);
  });
}

/**
 * Short passes over all the addresses. Code that V8 compiles while a long loop runs is not as good as what it makes of a
 * function that is called again and again, and only that is what a program has that runs for hours.
 */
function warmUp({ ways, streams, width }: Comparison): void {
  for (const { pass } of ways)
    for (const { queries } of streams) for (const piece of piecesOf(queries, SHORT * width)) pass(piece);
}

async function checkAnswers(comparison: Comparison, process: PeerProcess, path: string): Promise<void> {
  const { peer, streams, ways } = comparison;
  for (const [which, { name, queries }] of streams.entries()) {
    const ours = comparison.answers(queries);
    for (const theirs of new Set(ways.map((way) => way.theirs))) {
      await process.ask(`answers ${which} ${theirs} ${path}`);
      const bytes = readFileSync(path);
      const answers = new Int32Array(bytes.buffer, bytes.byteOffset, ours.length);
      const at = ours.findIndex((answer, index) => answer !== answers[index]);
      if (at >= 0)
        throw new Error(`${name}, address ${at}: ours ${ours[at]}, ${peer} ${theirs} ${answers[at]}`);
    }
  }
}

/** What a pass takes of which each part is taken from the round in which others disturbed it least. */
function bestOf(rounds: Times): number {
  const parts = rounds[0].map((_, part) => Math.min(...rounds.map((times) => times[part])));
  return parts.reduce((sum, time) => sum + time, 0);
}

function printTimes(what: string, name: string, ours: Times, theirs: Times): void {
  const rates = [ours, theirs].map((times) => (QUERIES / bestOf(times)) * 1e3);
  const ratio = median(ours.map((times, round) => median(theirs[round]) / median(times)));
  const figures = rates.map((rate) => rate.toFixed(1).padStart(9)).join('');
  const ratios = `best parts ${(rates[0] / rates[1]).toFixed(2)}, pairs ${ratio.toFixed(2)}`;
  console.log(`${what.padEnd(42)} ${name.padEnd(12)} ${figures} M/s   ratio: ${ratios}`);
}

async function measureAll(
  { peer, streams, ways, width, rounds }: Comparison,
  process: PeerProcess,
): Promise<void> {
  for (const way of ways)
    for (const [which, { name, queries }] of streams.entries()) {
      const placed = way.place?.(queries) ?? queries;
      const ours: number[][] = [];
      const theirs: number[][] = [];
      for (let round = 0; round < rounds; round++) {
        ours.push(passTimes(way, width, placed));
        theirs.push((await process.ask(`run ${which} ${way.theirs}`)).trim().split(' ').map(Number));
      }
      printTimes(`${way.name}, ${peer} ${way.theirs}`, name, ours, theirs);
    }
}

export async function compare(comparison: Comparison): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'vrouter-peers-'));
  const fileOf = (name: string, words: Int32Array): string => {
    writeFileSync(join(folder, name), new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
    return join(folder, name);
  };
  const files = comparison.streams.map(({ name, queries }) => fileOf(name, queries));
  const peer = new PeerProcess(comparison.program, [fileOf('table', comparison.table), ...files]);
  try {
    await peer.line();
    await checkAnswers(comparison, peer, join(folder, 'answers'));
    warmUp(comparison);
    await measureAll(comparison, peer);
  } finally {
    peer.end();
    rmSync(folder, { recursive: true });
  }
}
