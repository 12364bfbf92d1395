// Plays a scenario in vrouter's shell: the one place of the golden tests that knows the product.
import { runScript } from '../../src/shell/run.ts';
import type { Recording, Scenario } from '../kernel/compare/recording.ts';

/** The same as in the guest: see test/kernel/init.sh. */
const DIRECTORY = '/tmp/lab';
const NAME = 'script.sh';

/** IPv6 is off as it is in the guest. The files it returns are those that the script made or changed in its directory, as with the kernel. */
export async function play({ script, inputs }: Scenario): Promise<Recording> {
  const files = new Map<string, Uint8Array | string>([...inputs, [NAME, script]]);
  const result = await runScript({ script, name: NAME, cwd: DIRECTORY, files, seed: 1, ipv6Disabled: true });
  const changed = [...result.files].filter(([name, bytes]) => {
    const before = inputs.get(name);
    return (
      name !== NAME && !name.startsWith('/') && (before === undefined || Buffer.compare(before, bytes) !== 0)
    );
  });
  return { output: result.output, exitCode: result.exitCode, files: new Map(changed) };
}
