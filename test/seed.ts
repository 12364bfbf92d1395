// The seed of every property: a fixed one, that a change is judged by itself; VROUTER_SEED=N looks for what nobody met.
import process from 'node:process';
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.VROUTER_SEED ?? 1) });
