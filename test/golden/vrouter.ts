// Plays a scenario in vrouter's shell: the one place of the golden tests that knows the product.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Recording, Scenario } from '../kernel/compare/recording.ts';

/** What src/shell offers; see there. */
interface ScriptRun {
  script: string;
  cwd: string;
  files: ReadonlyMap<string, Uint8Array>;
  seed: number;
}
type RunScript = (run: ScriptRun) => Promise<Recording>;

const SHELL = join(import.meta.dirname, '../../src/shell/run-script.ts');

/** The same as in the guest: see test/kernel/init.sh. */
const DIRECTORY = '/tmp/lab';
const SEED = 1;

export const available = existsSync(SHELL);

/** The files it returns are those that the script made or changed, as with the kernel. */
export async function play(scenario: Scenario): Promise<Recording> {
  const { runScript }: { runScript: RunScript } = await import(pathToFileURL(SHELL).href);
  const run = { script: scenario.script, cwd: DIRECTORY, files: scenario.inputs, seed: SEED };
  const { output, exitCode, files } = await runScript(run);
  return { output, exitCode, files: changedFiles(files, scenario.inputs) };
}

function changedFiles(
  files: ReadonlyMap<string, Uint8Array>,
  inputs: ReadonlyMap<string, Uint8Array>,
): Map<string, Uint8Array> {
  const changed = [...files].filter(([name, bytes]) => {
    const before = inputs.get(name);
    return name !== 'script.sh' && (before === undefined || Buffer.compare(before, bytes) !== 0);
  });
  return new Map(changed);
}
