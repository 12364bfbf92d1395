// How often a property is tried: as often as `npm test` has time for, or VROUTER_RUNS times as often.
import process from 'node:process';

const FACTOR = Number(process.env.VROUTER_RUNS ?? 1);

export const runs = (count: number): number => Math.ceil(count * FACTOR);
