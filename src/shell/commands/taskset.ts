// taskset of util-linux: a command on some of the CPUs. The lab has one, number 0.
import type { Command, Context } from '../command.ts';

const HINT = "Try 'taskset --help' for more information.\n";

/** Whether a list as `0,2-4` names CPU 0; null for what is no list. */
function listHasFirst(list: string): boolean | null {
  if (!/^\d+(-\d+(:\d+)?)?(,\d+(-\d+(:\d+)?)?)*$/.test(list)) return null;
  return list.split(',').some((range) => Number.parseInt(range, 10) === 0);
}

/** A mask is hexadecimal, with 0x in front or not; its last bit is CPU 0. */
function maskHasFirst(mask: string): boolean | null {
  if (!/^(0x)?[0-9a-fA-F]+$/.test(mask)) return null;
  return (Number.parseInt(mask.slice(-1), 16) & 1) === 1;
}

async function run(context: Context, args: readonly string[]): Promise<number> {
  const isList = args[0] === '-c' || args[0] === '--cpu-list';
  const [cpus, ...words] = isList ? args.slice(1) : args;
  if (cpus?.startsWith('-')) {
    context.err(`vrouter: taskset ${cpus} is not emulated\n`);
    return 1;
  }
  if (cpus === undefined || words.length === 0) {
    context.err(`taskset: bad usage\n${HINT}`);
    return 1;
  }
  const hasFirst = isList ? listHasFirst(cpus) : maskHasFirst(cpus);
  if (hasFirst === null) {
    context.err(`taskset: failed to parse CPU ${isList ? 'list' : 'mask'}: ${cpus}\n`);
    return 1;
  }
  if (!hasFirst) {
    context.err("taskset: failed to set pid 0's affinity: Invalid argument\n");
    return 1;
  }
  const status = await context.run(words);
  if (status >= 0) return status;
  context.err(`taskset: failed to execute ${words[0]}: No such file or directory\n`);
  return 127;
}

export const taskset: Command = { name: 'taskset', run };
