// Puts /proc, /sys, /dev and /run/netns into a tree of files.
import { loadedModules, moduleUsers } from '../../admin/module.ts';
import type { Lab } from '../../lab/lab.ts';
import type { Random } from '../../time/random.ts';
import { KERNEL_RELEASE } from '../commands/modprobe/release.ts';
import { procNet } from './proc-net.ts';
import { sysClassNet } from './sys-class-net.ts';
import { sysctlDirectory } from './sysctl-files.ts';
import type { FileTree } from './tree.ts';
import { directoryOf, VirtualDirectory, VirtualFile } from './virtual-nodes.ts';

const ZEROS = '\0'.repeat(65536);

export function graftVirtualFiles(files: FileTree, lab: Lab, random: Random): void {
  const { kernel } = lab;
  files.graft(
    '/proc',
    directoryOf({
      cpuinfo: new VirtualFile(() => 'processor\t: 0\nvendor_id\t: vrouter\n\n'),
      filesystems: new VirtualFile(() => 'nodev\tsysfs\nnodev\tproc\n'),
      modules: new VirtualFile(() =>
        loadedModules(kernel)
          .map((name) => moduleLine(lab, name))
          .join(''),
      ),
      net: procNet(),
      sys: sysctlDirectory(new Map([['kernel/random/uuid', new VirtualFile(() => `${uuid(random)}\n`)]])),
      uptime: new VirtualFile(() => uptime(lab)),
      version: new VirtualFile(() => `Linux version ${KERNEL_RELEASE} (vrouter)\n`),
    }),
  );
  files.graft('/sys', directoryOf({ class: directoryOf({ net: sysClassNet() }) }));
  const nothing = new VirtualFile(
    () => '',
    () => null,
    0o666,
  );
  const zero = new VirtualFile(
    () => ZEROS,
    () => null,
    0o666,
  );
  files.graft('/dev', directoryOf({ null: nothing, zero }));
  const names = (): string[] => [...lab.names.keys()];
  const mounted = new VirtualFile(() => '');
  files.graft(
    '/run/netns',
    new VirtualDirectory(names, (_namespace, name) => (lab.names.has(name) ? mounted : null)),
  );
  files.link(kernel.initial, '/var/run', '/run');
}

function moduleLine(lab: Lab, name: string): string {
  const users = moduleUsers(lab.kernel, name);
  return `${name} 16384 ${users.length} ${users.length === 0 ? '-' : `${users.join(',')},`} Live 0x0000000000000000\n`;
}

/** Another one for each look (RFC 9562, version 4). */
function uuid(random: Random): string {
  const hex = Array.from({ length: 4 }, () => random.u32().toString(16).padStart(8, '0')).join('');
  const variant = (8 | (Number.parseInt(hex[16], 16) & 3)).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Seconds since the lab began, and as many idle ones. */
function uptime(lab: Lab): string {
  const { clock } = lab.kernel;
  const seconds = ((clock.now - clock.bootedAt) / 1e6).toFixed(2);
  return `${seconds} ${seconds}\n`;
}
