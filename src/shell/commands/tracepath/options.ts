// The command line of tracepath.
import { getopt } from '../probe/getopt.ts';
import { versionText } from '../probe/iputils.ts';
import { INT_MAX, parseBounded } from '../probe/numbers.ts';
import type { Stdio } from '../probe/stdio.ts';

const USAGE = `
Usage
  tracepath [options] <destination>

Options:
  -4             use IPv4
  -6             use IPv6
  -b             print both name and ip
  -l <length>    use packet <length>
  -m <hops>      use maximum <hops>
  -n             no dns name resolution
  -p <port>      use destination <port>
  -V             print version and exit
  <destination>  dns name or ip address

For more details see tracepath(8).
`;

/** What usage() and option errors end with: exit(-1). */
const USAGE_STATUS = 255;

/** IPv4 and UDP headers. */
export const OVERHEAD = 28;

export interface TracepathOptions {
  numeric: boolean;
  both: boolean;
  /** Bytes of a packet with its headers. */
  length: number;
  maxHops: number;
  port: number;
  target: string;
}

/** The options, or the exit status. */
export function parseOptions(args: readonly string[], io: Stdio): TracepathOptions | number {
  const read = getopt(args, '46bhl:m:np:V');
  const options = { numeric: false, both: false, length: 65535, maxHops: 30, port: 44444, target: '' };
  for (const { letter, value } of read.options) {
    const status = apply(options, letter, value, io);
    if (status >= 0) return status;
  }
  if ('problem' in read) {
    io.errorText(`tracepath: ${read.problem}\n`);
    return usage(io);
  }
  const [target] = read.operands;
  if (target === undefined || read.operands.length > 1) return usage(io);
  return { ...options, target };
}

function usage(io: Stdio): number {
  io.errorText(USAGE);
  return USAGE_STATUS;
}

/** An exit status, or -1 to go on. */
function apply(options: TracepathOptions, letter: string, value: string, io: Stdio): number {
  if (letter === 'n') options.numeric = true;
  else if (letter === 'b') options.both = true;
  else if (letter === 'm') return number(value, 255, io, (hops) => Object.assign(options, { maxHops: hops }));
  else if (letter === 'p') return number(value, 65535, io, (port) => Object.assign(options, { port }));
  else if (letter === 'l') return length(options, value, io);
  else if (letter === '6') return sixth(io);
  else if (letter === 'h') return usage(io);
  else if (letter === 'V') {
    io.print(versionText('tracepath'));
    return 0;
  }
  return -1;
}

function number(value: string, max: number, io: Stdio, take: (number: number) => void): number {
  const parsed = parseBounded(value, 0, max);
  if ('problem' in parsed) {
    io.error(parsed.problem);
    return 1;
  }
  take(parsed.value);
  return -1;
}

function length(options: TracepathOptions, value: string, io: Stdio): number {
  const status = number(value, INT_MAX, io, (bytes) => {
    options.length = bytes;
  });
  if (status >= 0 || options.length > OVERHEAD) return status;
  io.error(`pktlen must be within: ${OVERHEAD} < value <= ${INT_MAX}`);
  return 1;
}

function sixth(io: Stdio): number {
  io.errorText('vrouter: tracepath -6: IPv6 is not emulated\n');
  return 1;
}
