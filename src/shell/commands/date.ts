// date: the virtual clock's time, in UTC.
import type { Command, Context } from '../command.ts';
import { formatTime } from './date/format.ts';

/** Formats of --rfc-3339 and -I by what they are precise to. */
const ISO: Readonly<Record<string, string>> = {
  date: '%Y-%m-%d',
  hours: '%Y-%m-%dT%H+00:00',
  minutes: '%Y-%m-%dT%H:%M+00:00',
  seconds: '%Y-%m-%dT%H:%M:%S+00:00',
  ns: '%Y-%m-%dT%H:%M:%S,%N+00:00',
};

function fail(context: Context, message: string): number {
  context.err(`date: ${message}\n`);
  return 1;
}

/** Microseconds since the epoch for what `-d` says; null if it is not understood. */
function timeOf(text: string, now: number): number | null {
  if (text === 'now' || text === '') return now;
  const epoch = /^@(-?\d+(?:\.\d+)?)$/.exec(text);
  if (epoch !== null) return Number(epoch[1]) * 1e6;
  const parsed = Date.parse(/\d:\d/.test(text) && !/[zZ]|[-+]\d\d:?\d\d$/.test(text) ? `${text}Z` : text);
  return Number.isNaN(parsed) ? null : parsed * 1000;
}

function run(context: Context, args: readonly string[]): number {
  let at = context.lab.kernel.clock.now;
  let format = '%a %b %e %H:%M:%S %Z %Y';
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    const given = /^(?:-d|--date=?)(.*)$/s.exec(arg);
    if (arg.startsWith('+')) format = arg.slice(1);
    else if (given !== null) {
      const text = given[1] || (args[++i] ?? '');
      const time = timeOf(text, at);
      if (time === null) return fail(context, `invalid date ‘${text}’`);
      at = time;
    } else if (arg === '-R' || arg === '--rfc-email') format = '%a, %d %b %Y %H:%M:%S +0000';
    else if (/^(-I|--iso-8601)/.test(arg))
      format = ISO[arg.replace(/^(-I|--iso-8601=?)/, '') || 'date'] ?? ISO.date;
    else if (arg.startsWith('--rfc-3339='))
      format = ISO[arg.slice(11)]?.replace('T', ' ').replace(',', '.') ?? ISO.date;
    else if (arg === '-u' || arg === '--utc' || arg === '--universal') continue;
    else if (arg === '-s' || arg.startsWith('--set'))
      return fail(context, 'cannot set date: Operation not permitted');
    else if (arg.startsWith('-'))
      return fail(
        context,
        `invalid option -- '${arg.replace(/^-+/, '')[0] ?? ''}'\nTry 'date --help' for more information.`,
      );
    else return fail(context, `invalid date ‘${arg}’`);
  }
  context.out(`${formatTime(format, at)}\n`);
  return 0;
}

export const date: Command = { name: 'date', run };
