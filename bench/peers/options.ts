// What each comparison with peers may be told: npm run bench:peers -- [lpm|lpm6|forward|capture]… [--rib FILE] [--rib6 FILE] [--rounds N].
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { rib: { type: 'string' }, rib6: { type: 'string' }, rounds: { type: 'string' } },
  allowPositionals: true,
});

/** Tables of routes in place of the synthetic ones. */
export const { rib, rib6 } = values;

/** How many pairs of passes are taken, `usual` unless told. */
export const roundsOf = (usual: number): number => Number(values.rounds ?? usual);
