// The command line of arping.
import { getopt } from '../probe/getopt.ts';
import { versionText } from '../probe/iputils.ts';
import { INT_MAX, parseBounded } from '../probe/numbers.ts';
import type { Stdio } from '../probe/stdio.ts';

const USAGE = `
Usage:
  arping [options] <destination>

Options:
  -f            quit on first reply
  -q            be quiet
  -b            keep on broadcasting, do not unicast
  -D            duplicate address detection mode
  -U            unsolicited ARP mode, update your neighbours
  -A            ARP answer mode, update your neighbours
  -V            print version and exit
  -c <count>    how many packets to send
  -w <timeout>  how long to wait for a reply
  -i <interval> set interval between packets (default: 1 second)
  -I <device>   which ethernet device to use
  -s <source>   source ip address
  <destination> dns name or ip address

For more details see arping(8).
`;

export interface ArpingOptions {
  broadcastOnly: boolean;
  duplicateDetection: boolean;
  unsolicited: boolean;
  answer: boolean;
  quiet: boolean;
  quitOnReply: boolean;
  /** -1 for none given. */
  count: number;
  /** Seconds, 0 for none. */
  timeout: number;
  interval: number;
  device: string;
  source: string;
}

type FlagName = {
  [Key in keyof ArpingOptions]: ArpingOptions[Key] extends boolean ? Key : never;
}[keyof ArpingOptions];
const FLAGS: Readonly<Record<string, readonly FlagName[]>> = {
  b: ['broadcastOnly'],
  D: ['duplicateDetection', 'quitOnReply'],
  U: ['unsolicited'],
  A: ['answer', 'unsolicited'],
  q: ['quiet'],
  f: ['quitOnReply'],
};

const NUMBERS: Readonly<Record<string, readonly ['count' | 'timeout' | 'interval', min: number]>> = {
  c: ['count', 1],
  w: ['timeout', 0],
  i: ['interval', 0],
};

/** The options and the destination, or the exit status once everything has been said. */
export function parseOptions(
  args: readonly string[],
  io: Stdio,
): { options: ArpingOptions; target: string } | number {
  const options: ArpingOptions = {
    broadcastOnly: false,
    duplicateDetection: false,
    unsolicited: false,
    answer: false,
    quiet: false,
    quitOnReply: false,
    count: -1,
    timeout: 0,
    interval: 1,
    device: '',
    source: '',
  };
  const parsed = getopt(args, 'h?bfDUAqc:w:i:s:I:V');
  for (const { letter, value } of parsed.options) {
    for (const flag of FLAGS[letter] ?? []) options[flag] = true;
    if (letter === 'I') options.device = value;
    if (letter === 's') options.source = value;
    if (letter === 'V') {
      io.print(versionText('arping'));
      return 0;
    }
    if (letter === 'h' || letter === '?') return usage(io);
    const number = NUMBERS[letter];
    if (number === undefined) continue;
    const bounded = parseBounded(value, number[1], INT_MAX);
    if ('problem' in bounded) {
      io.error(bounded.problem);
      return 1;
    }
    options[number[0]] = bounded.value;
  }
  if ('problem' in parsed) io.errorText(`arping: ${parsed.problem}\n`);
  if ('problem' in parsed || parsed.operands.length !== 1) return usage(io);
  return { options, target: parsed.operands[0] };
}

function usage(io: Stdio): number {
  io.errorText(USAGE);
  return 2;
}
