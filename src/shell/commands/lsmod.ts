// lsmod (kmod 30): the modules that `modprobe` loaded.
import { loadedModules, moduleUsers } from '../../admin/module.ts';
import type { Command, Context } from '../command.ts';

/** Every module of the lab has this size: none of them has any code. */
const SIZE = 16384;

function run(context: Context): number {
  const { kernel } = context.lab;
  context.out('Module                  Size  Used by\n');
  for (const name of loadedModules(kernel)) {
    const users = moduleUsers(kernel, name);
    const used = users.length === 0 ? '' : ` ${users.join(',')}`;
    context.out(`${name.padEnd(19)} ${String(SIZE).padStart(8)}  ${users.length}${used}\n`);
  }
  return 0;
}

export const lsmod: Command = { name: 'lsmod', run };
