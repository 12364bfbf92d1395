// What nstat prints about itself, and its options (misc/nstat.c of iproute2 6.1).
import { getoptLong, type LongOption } from '../net-tools/long-options.ts';

const USAGE = `Usage: nstat [OPTION] [ PATTERN [ PATTERN ] ]
   -h, --help          this message
   -a, --ignore        ignore history
   -d, --scan=SECS     sample every statistics every SECS
   -j, --json          format output in JSON
   -n, --nooutput      do history only
   -p, --pretty        pretty print
   -r, --reset         reset history
   -s, --noupdate      don't update history
   -t, --interval=SECS report average over the last SECS
   -V, --version       output version information
   -z, --zeros         show entries with zero activity
`;

const flag = (name: string, letter: string): LongOption => ({ name, letter, takesValue: false });

const LONG_OPTIONS: readonly LongOption[] = [
  flag('help', 'h'),
  flag('ignore', 'a'),
  { name: 'scan', letter: 'd', takesValue: true },
  flag('nooutput', 'n'),
  flag('json', 'j'),
  flag('reset', 'r'),
  flag('noupdate', 's'),
  flag('pretty', 'p'),
  { name: 'interval', letter: 't', takesValue: true },
  flag('version', 'V'),
  flag('zeros', 'z'),
];

export interface NstatOptions {
  readonly given: ReadonlySet<string>;
  readonly patterns: readonly string[];
}

/** Or what is printed instead, and the exit status. */
export type Ending = { readonly out?: string; readonly err?: string; readonly status: number };

const FAILED = 255;

export function parseNstat(args: readonly string[]): NstatOptions | Ending {
  const parsed = getoptLong(args, 'h?vVzrnasd:t:jp', LONG_OPTIONS);
  for (const { letter, value } of parsed.options) {
    if (letter === 'V' || letter === 'v') return { out: 'nstat utility, iproute2-6.1.0\n', status: 0 };
    if (letter === 'h' || letter === '?') return { err: USAGE, status: FAILED };
    if (letter === 't' && !(Number.parseInt(value, 10) > 0))
      return { err: 'nstat: invalid time constant divisor\n', status: FAILED };
    if (letter === 'd') return { err: 'vrouter: nstat -d is not emulated\n', status: FAILED };
  }
  if ('problem' in parsed) return { err: `nstat: ${parsed.problem}\n${USAGE}`, status: FAILED };
  return { given: new Set(parsed.options.map(({ letter }) => letter)), patterns: parsed.operands };
}
