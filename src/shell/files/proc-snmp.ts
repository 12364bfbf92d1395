// /proc/net/snmp and /proc/net/netstat: each group is a line of names and one of numbers.
import { dumpNetstat, dumpSnmp, type SnmpGroup } from '../../admin/snmp.ts';
import { VirtualFile } from './virtual-nodes.ts';

function groupText({ name, entries }: SnmpGroup): string {
  const names = entries.map(([each]) => ` ${each}`).join('');
  const values = entries.map(([, value]) => ` ${value}`).join('');
  return `${name}:${names}\n${name}:${values}\n`;
}

const text = (groups: readonly SnmpGroup[]): string => groups.map(groupText).join('');

export const procSnmp = (): VirtualFile => new VirtualFile((namespace) => text(dumpSnmp(namespace)));
export const procNetstat = (): VirtualFile => new VirtualFile((namespace) => text(dumpNetstat(namespace)));
