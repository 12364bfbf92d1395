// Kernel modules: which exist, which are loaded, and what loading one does.
import { Errno, refuse } from '../addr/errno.ts';
import type { Kernel } from '../netns/kernel.ts';
import type { Outcome } from './types.ts';

/** `modprobe NAME`: ENOENT where there is no such module ("FATAL: Module x not found in directory …" is modprobe's). */
export function loadModule(_kernel: Kernel, _name: string): Outcome {
  return refuse(Errno.ENOENT);
}

/** `modprobe -r NAME` or `rmmod NAME`: ENOENT where it is not loaded, EBUSY where it is used. */
export function removeModule(_kernel: Kernel, _name: string): Outcome {
  return refuse(Errno.ENOENT);
}

/** Names of the loaded modules, latest first, as lsmod lists them. */
export function loadedModules(_kernel: Kernel): string[] {
  return [];
}
