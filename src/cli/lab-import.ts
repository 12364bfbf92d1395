// The lab that `--import DIR` means: the nodes as their own tools printed them.

import { importDirectory } from './dump-files.ts';
import type { BuiltLab, LabFlags, LabSource } from './lab-source.ts';
import type { Wrong } from './wrong.ts';

export async function importSource(
  command: string,
  directory: string,
  { seed }: LabFlags,
): Promise<LabSource | Wrong> {
  const imported = await importDirectory(directory);
  if ('wrong' in imported) return imported;
  if (imported.nodes.length === 0) return { wrong: `${directory}: nothing in it was understood` };
  const dumps = imported.nodes.map(({ dump }) => dump);
  let builds = 0;
  const build = async (): Promise<BuiltLab> => {
    const { createLab } = await import('../lab/create.ts');
    const { buildNodes } = await import('../dump/build.ts');
    const lab = createLab(seed === undefined ? {} : { seed });
    const complaints = imported.findings.length + buildNodes(lab, dumps).length;
    if (builds++ === 0 && complaints > 0)
      process.stderr.write(
        `vrouter ${command}: ${complaints} lines of ${directory} are not in the lab; vrouter import ${directory} tells which\n`,
      );
    return { lab, cluster: null };
  };
  return { name: directory, build };
}
