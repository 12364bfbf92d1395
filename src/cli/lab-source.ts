// What a subcommand works on: the network that `--lab SCRIPT` builds, as `vrouter sh` would run it.
import { readFileSync } from 'node:fs';
import type { Lab } from '../lab/lab.ts';
import { reasonOf } from './host-error.ts';
import { openHostFiles } from './host-files.ts';

/** What the user can put right; the run ends with exit status 2. */
export interface Wrong {
  readonly wrong: string;
}

/** A script that was read, and how to run it. */
export interface LabSource {
  /** The subcommand, for what it says on standard error. */
  readonly command: string;
  readonly name: string;
  readonly script: string;
  readonly seed?: number | undefined;
  /** What the script prints is shown, on standard error: it is no data of ours. Its own errors always are. */
  readonly verbose?: boolean | undefined;
  /** The lab was made before: all that the script says is known. */
  readonly isAgain?: boolean;
}

export interface LabFlags {
  readonly lab: string;
  readonly seed?: number;
  readonly verbose?: boolean;
}

export function readLabSource(command: string, { lab: name, seed, verbose }: LabFlags): LabSource | Wrong {
  try {
    return { command, name, script: readFileSync(name, 'utf8'), seed, verbose };
  } catch (error) {
    return { wrong: `${name}: ${reasonOf(error)}` };
  }
}

export async function buildLab(source: LabSource): Promise<Lab> {
  const { command, name, script, seed, verbose, isAgain } = source;
  const { runScript } = await import('../shell/run.ts');
  const result = await runScript({
    script,
    name,
    from: 'file',
    host: openHostFiles(process.cwd(), false),
    cwd: process.cwd().replaceAll('\\', '/'),
    sink: (stream, bytes) => {
      if (isAgain !== true && (stream === 'stderr' || verbose === true)) process.stderr.write(bytes);
    },
    ...(seed === undefined ? {} : { seed }),
  });
  if (result.exitCode !== 0 && isAgain !== true)
    process.stderr.write(
      `vrouter ${command}: ${name} ended with status ${result.exitCode}; what it built is used\n`,
    );
  return result.lab;
}
