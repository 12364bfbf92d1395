// Makes a case that differs small: leaves out frames, then lines and devices, as long as it still differs. One boot of
// the kernel tries many smaller cases at once.
import type { Case } from './case.ts';

/** Says of each case whether kernel and vrouter differ. */
export type Differ = (cases: readonly Case[]) => Promise<boolean[]>;

type Part = 'inputs' | 'lines' | 'taps' | 'probes';

/** `one` without each of the pieces that its list falls into. */
function without(one: Case, part: Part, pieces: number): Case[] {
  const list: readonly unknown[] = one[part];
  const size = Math.ceil(list.length / pieces);
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => ({
    ...one,
    [part]: list.filter((_, at) => Math.floor(at / size) !== i),
  }));
}

const named = (one: Case, index: number): Case => ({
  ...one,
  name: `${one.name.replace(/\.\d+$/, '')}.${index}`,
});

/** So many cases share a boot; the rest is not run if one of them differs. */
const BATCH = 12;

async function firstThatDiffers(cases: readonly Case[], differ: Differ): Promise<Case | undefined> {
  for (let from = 0; from < cases.length; from += BATCH) {
    const some = cases.slice(from, from + BATCH);
    const answers = await differ(some);
    if (answers.includes(true)) return some[answers.indexOf(true)];
  }
  return undefined;
}

/** Delta debugging on one list: leaves out ever smaller pieces. */
async function shrinkPart(one: Case, part: Part, differ: Differ, pieces: number): Promise<Case> {
  let best = one;
  for (let count = pieces; best[part].length > 1; ) {
    const smaller = without(best, part, Math.min(count, best[part].length)).map(named);
    const found = await firstThatDiffers(smaller, differ);
    if (found !== undefined) best = found;
    else if (count >= best[part].length) break;
    else count *= pieces;
  }
  return best;
}

export async function shrink(one: Case, differ: Differ): Promise<Case> {
  let best = await shrinkPart(one, 'inputs', differ, 8);
  best = await shrinkPart(best, 'lines', differ, 8);
  best = await shrinkPart(best, 'probes', differ, 8);
  best = await shrinkPart(best, 'taps', differ, 8);
  return { ...best, name: one.name };
}
