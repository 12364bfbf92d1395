// uptime: how long the lab has been there, on the virtual clock (procps 4.0.2, library/uptime.c).
import type { Command, Context } from '../command.ts';
import { formatTime } from './date/format.ts';

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

interface Age {
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
}

function ageOf(seconds: number): Age {
  const minutes = Math.floor(seconds / 60);
  return { days: Math.floor(minutes / 1440), hours: Math.floor(minutes / 60) % 24, minutes: minutes % 60 };
}

/** Nobody is logged in, and nothing waits for a processor. */
function status(now: number, { days, hours, minutes }: Age): string {
  const dayText = days === 0 ? '' : `${plural(days, 'day')}, `;
  const clock =
    hours === 0 ? `${minutes} min` : `${String(hours).padStart(2)}:${String(minutes).padStart(2, '0')}`;
  return ` ${formatTime('%T', now)} up ${dayText}${clock},  0 user,  load average: 0.00, 0.00, 0.00\n`;
}

/** The minutes are always told (procps_uptime_sprint_short). */
function pretty({ days, hours, minutes }: Age): string {
  const counts: [count: number, word: string][] = [
    [Math.floor(days / 7), 'week'],
    [days % 7, 'day'],
    [hours, 'hour'],
  ];
  const told = counts.filter(([count]) => count > 0).map(([count, word]) => plural(count, word));
  return `up ${[...told, plural(minutes, 'minute')].join(', ')}\n`;
}

function run(context: Context, args: readonly string[]): number {
  const { clock } = context.lab.kernel;
  const age = ageOf((clock.now - clock.bootedAt) / 1e6);
  const [option] = args;
  if (option === undefined) context.out(status(clock.now, age));
  else if (option === '-p' || option === '--pretty') context.out(pretty(age));
  else if (option === '-s' || option === '--since') context.out(`${formatTime('%F %T', clock.bootedAt)}\n`);
  else if (option === '-h' || option === '--help') context.out(USAGE);
  else if (option === '-V' || option === '--version') context.out('uptime from procps-ng 4.0.2\n');
  else {
    const what = option.startsWith('--')
      ? `unrecognized option '${option}'`
      : `invalid option -- '${option[1]}'`;
    if (option.startsWith('-')) context.err(`uptime: ${what}\n`);
    context.err(USAGE);
    return 1;
  }
  return 0;
}

const USAGE = `
Usage:
 uptime [options]

Options:
 -p, --pretty   show uptime in pretty format
 -h, --help     display this help and exit
 -s, --since    system up since
 -V, --version  output version information and exit

For more details see uptime(1).
`;

export const uptime: Command = { name: 'uptime', run };
