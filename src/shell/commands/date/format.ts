// strftime(3) for times of the virtual clock, in UTC and the C locale.

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

const two = (value: number): string => String(value).padStart(2, '0');
const blank = (value: number): string => String(value).padStart(2, ' ');
const hour12 = (date: Date): number => date.getUTCHours() % 12 || 12;

function dayOfYear(date: Date): number {
  const start = Date.UTC(date.getUTCFullYear(), 0, 1);
  return Math.floor((date.getTime() - start) / 86_400_000) + 1;
}

/** Week of the year and its year by ISO 8601. */
function isoWeek(date: Date): { year: number; week: number } {
  const thursday = new Date(date.getTime());
  thursday.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  return { year: thursday.getUTCFullYear(), week: Math.ceil(dayOfYear(thursday) / 7) };
}

type Field = (date: Date, microseconds: number) => string;

const FIELDS: Readonly<Record<string, Field>> = {
  '%': () => '%',
  a: (d) => DAYS[d.getUTCDay()].slice(0, 3),
  A: (d) => DAYS[d.getUTCDay()],
  b: (d) => MONTHS[d.getUTCMonth()].slice(0, 3),
  B: (d) => MONTHS[d.getUTCMonth()],
  c: (_d, us) => formatTime('%a %b %e %H:%M:%S %Y', us),
  C: (d) => two(Math.floor(d.getUTCFullYear() / 100)),
  d: (d) => two(d.getUTCDate()),
  D: (_d, us) => formatTime('%m/%d/%y', us),
  e: (d) => blank(d.getUTCDate()),
  F: (_d, us) => formatTime('%Y-%m-%d', us),
  g: (d) => two(isoWeek(d).year % 100),
  G: (d) => String(isoWeek(d).year),
  h: (d) => MONTHS[d.getUTCMonth()].slice(0, 3),
  H: (d) => two(d.getUTCHours()),
  I: (d) => two(hour12(d)),
  j: (d) => String(dayOfYear(d)).padStart(3, '0'),
  k: (d) => blank(d.getUTCHours()),
  l: (d) => blank(hour12(d)),
  m: (d) => two(d.getUTCMonth() + 1),
  M: (d) => two(d.getUTCMinutes()),
  n: () => '\n',
  N: (_d, us) => `${String(((us % 1e6) + 1e6) % 1e6).padStart(6, '0')}000`,
  p: (d) => (d.getUTCHours() < 12 ? 'AM' : 'PM'),
  P: (d) => (d.getUTCHours() < 12 ? 'am' : 'pm'),
  q: (d) => String(Math.floor(d.getUTCMonth() / 3) + 1),
  r: (_d, us) => formatTime('%I:%M:%S %p', us),
  R: (_d, us) => formatTime('%H:%M', us),
  s: (_d, us) => String(Math.floor(us / 1e6)),
  S: (d) => two(d.getUTCSeconds()),
  t: () => '\t',
  T: (_d, us) => formatTime('%H:%M:%S', us),
  u: (d) => String(d.getUTCDay() || 7),
  U: (d) => two(Math.floor((dayOfYear(d) + 6 - d.getUTCDay()) / 7)),
  V: (d) => two(isoWeek(d).week),
  w: (d) => String(d.getUTCDay()),
  W: (d) => two(Math.floor((dayOfYear(d) + 6 - ((d.getUTCDay() + 6) % 7)) / 7)),
  x: (_d, us) => formatTime('%m/%d/%y', us),
  X: (_d, us) => formatTime('%H:%M:%S', us),
  y: (d) => two(d.getUTCFullYear() % 100),
  Y: (d) => String(d.getUTCFullYear()),
  z: () => '+0000',
  Z: () => 'UTC',
};

/** `microseconds` since the epoch as `format` says; what is no conversion stays as it is. */
export function formatTime(format: string, microseconds: number): string {
  const date = new Date(Math.floor(microseconds / 1000));
  return format.replace(
    /%([-_0^#]?)(\d*):*([%a-zA-Z])/g,
    (all, flag: string, width: string, letter: string) => {
      const field = FIELDS[letter];
      if (field === undefined) return all;
      let text = field(date, microseconds);
      if (letter === 'N' && width !== '') return text.slice(0, Number(width));
      if (flag === '-') text = text.replace(/^[0 ]+(?=.)/, '');
      if (flag === '_') text = text.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length));
      if (flag === '^') text = text.toUpperCase();
      return text.padStart(Number(width), /\d$/.test(text) ? '0' : ' ');
    },
  );
}
