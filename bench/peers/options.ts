// What each comparison with peers may be told: npm run bench:peers -- [lpm|forward|capture]… [--rib FILE] [--rounds N].
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { rib: { type: 'string' }, rounds: { type: 'string' } },
  allowPositionals: true,
});

/** A table of routes in place of the synthetic one. */
export const { rib } = values;

/** How many pairs of passes are taken, `usual` unless told. */
export const roundsOf = (usual: number): number => Number(values.rounds ?? usual);
