// The lab that a script builds, as `vrouter sh` would run it.
import type { Lab } from '../lab/lab.ts';
import { openHostFiles } from './host-files.ts';

/** A script that was read, and how to run it. */
export interface ScriptSource {
  /** The subcommand, for what it says on standard error. */
  readonly command: string;
  readonly name: string;
  readonly script: string;
  readonly seed?: number | undefined;
  /** What the script prints is shown, on standard error: it is no data of ours. Its own errors always are. */
  readonly verbose?: boolean | undefined;
}

/** With `isAgain` the lab was made before: all that the script says is known. */
export async function buildFromScript(source: ScriptSource, isAgain: boolean): Promise<Lab> {
  const { command, name, script, seed, verbose } = source;
  const { runScript } = await import('../shell/run.ts');
  const result = await runScript({
    script,
    name,
    from: 'file',
    host: openHostFiles(process.cwd(), false),
    cwd: process.cwd().replaceAll('\\', '/'),
    sink: (stream, bytes) => {
      if (!isAgain && (stream === 'stderr' || verbose === true)) process.stderr.write(bytes);
    },
    ...(seed === undefined ? {} : { seed }),
  });
  if (result.exitCode !== 0 && !isAgain)
    process.stderr.write(
      `vrouter ${command}: ${name} ended with status ${result.exitCode}; what it built is used\n`,
    );
  return result.lab;
}
