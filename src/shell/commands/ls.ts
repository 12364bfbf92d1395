// ls: names in directories; with -l in coreutils' long form.
import type { Command, Context, FileStat } from '../command.ts';
import { formatTime } from './date/format.ts';

const KNOWN = 'aAdlhtrSRFp1iLgnksUvCX';
const HALF_YEAR = 15_778_476 * 1e6;

interface Entry {
  readonly name: string;
  readonly stat: FileStat;
}

class Lister {
  private readonly context: Context;
  private readonly letters: string;

  constructor(context: Context, letters: string) {
    this.context = context;
    this.letters = letters;
  }

  has(letter: string): boolean {
    return this.letters.includes(letter);
  }

  /** The entries of a directory as the options want them. */
  entries(path: string, stat: FileStat): Entry[] {
    const entries: Entry[] = [];
    const names = this.has('a') ? ['.', '..', ...stat.names] : stat.names;
    for (const name of names) {
      if (name.startsWith('.') && !this.has('a') && !this.has('A')) continue;
      const found = this.context.stat(`${path === '/' ? '' : path}/${name}`, this.has('L'));
      if (typeof found !== 'string') entries.push({ name, stat: found });
    }
    return this.sorted(entries);
  }

  sorted(entries: readonly Entry[]): Entry[] {
    const order = [...entries];
    if (this.has('t')) order.sort((a, b) => b.stat.modified - a.stat.modified);
    else if (this.has('S')) order.sort((a, b) => b.stat.size - a.stat.size);
    return this.has('r') ? order.reverse() : order;
  }

  print(entries: readonly Entry[], total: boolean): void {
    const { context } = this;
    if (this.has('l') || this.has('g') || this.has('n')) {
      if (total) context.out(`total ${this.blocks(entries)}\n`);
      const width = Math.max(0, ...entries.map((entry) => this.size(entry).length));
      for (const entry of entries) context.out(this.long(entry, width));
      return;
    }
    const names = entries.map((entry) => this.decorated(entry));
    const wide = context.isTerminal && !this.has('1') && names.join('  ').length < 80;
    if (names.length > 0) context.out(`${names.join(wide ? '  ' : '\n')}\n`);
  }

  private blocks(entries: readonly Entry[]): string {
    const bytes = entries.map(({ stat }) => (stat.kind === 'file' ? Math.ceil(stat.size / 4096) * 4 : 0));
    const sum = bytes.reduce((a, b) => a + b, 0);
    return this.has('h') ? human(sum * 1024) : String(sum);
  }

  private size({ stat }: Entry): string {
    return this.has('h') ? human(stat.size) : String(stat.size);
  }

  private long(entry: Entry, width: number): string {
    const { stat } = entry;
    const now = this.context.lab.kernel.clock.now;
    const recent = now - stat.modified < HALF_YEAR && stat.modified <= now;
    const when = formatTime(recent ? '%b %e %H:%M' : '%b %e  %Y', stat.modified);
    const links = stat.kind === 'directory' ? 2 : 1;
    const owner = this.has('n') ? '0 0' : this.has('g') ? 'root' : 'root root';
    const arrow = stat.kind === 'link' ? ` -> ${stat.target}` : '';
    return `${modeText(stat)} ${links} ${owner} ${this.size(entry).padStart(width)} ${when} ${this.decorated(entry)}${arrow}\n`;
  }

  private decorated({ name, stat }: Entry): string {
    if (stat.kind === 'directory') return this.has('F') || this.has('p') ? `${name}/` : name;
    if (!this.has('F')) return name;
    if (stat.kind === 'link') return this.has('l') ? name : `${name}@`;
    return (stat.mode & 0o111) === 0 ? name : `${name}*`;
  }

  /** A directory, and with -R those below it. */
  directory(path: string, stat: FileStat, heading: string): void {
    this.context.out(heading);
    const entries = this.entries(path, stat);
    this.print(entries, true);
    if (!this.has('R')) return;
    for (const { name, stat: below } of entries)
      if (below.kind === 'directory' && name !== '.' && name !== '..')
        this.directory(`${path}/${name}`, below, `\n${path}/${name}:\n`);
  }
}

const UNITS = ['', 'K', 'M', 'G', 'T'];

/** As `-h`: one decimal below ten, rounded up. */
function human(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit + 1 < UNITS.length) {
    value /= 1024;
    unit++;
  }
  if (unit === 0) return String(bytes);
  return value < 10
    ? `${(Math.ceil(value * 10) / 10).toFixed(1)}${UNITS[unit]}`
    : `${Math.ceil(value)}${UNITS[unit]}`;
}

function modeText(stat: FileStat): string {
  const type = { file: '-', directory: 'd', link: 'l' }[stat.kind];
  const bits = [0o400, 0o200, 0o100, 0o40, 0o20, 0o10, 0o4, 0o2, 0o1];
  return type + bits.map((bit, index) => ((stat.mode & bit) === 0 ? '-' : 'rwx'[index % 3])).join('');
}

const LONG: Readonly<Record<string, string>> = {
  '--all': 'a',
  '--almost-all': 'A',
  '--directory': 'd',
  '--human-readable': 'h',
  '--recursive': 'R',
  '--reverse': 'r',
};

function run(context: Context, args: readonly string[]): number {
  let letters = '';
  const paths: string[] = [];
  for (const arg of args) {
    if (!/^-./.test(arg)) paths.push(arg);
    else if (arg.startsWith('--')) letters += LONG[arg] ?? '';
    else letters += arg.slice(1);
  }
  const unknown = [...letters].find((letter) => !KNOWN.includes(letter));
  if (unknown !== undefined) {
    context.err(`ls: invalid option -- '${unknown}'\nTry 'ls --help' for more information.\n`);
    return 2;
  }
  const lister = new Lister(context, letters);
  let status = 0;
  const found: Entry[] = [];
  for (const name of (paths.length === 0 ? ['.'] : paths).sort()) {
    const stat = context.stat(name, !lister.has('l') || name.endsWith('/'));
    if (typeof stat !== 'string') found.push({ name, stat });
    else {
      context.err(`ls: cannot access '${name}': ${stat}\n`);
      status = 2;
    }
  }
  const files = found.filter(({ stat }) => lister.has('d') || stat.kind !== 'directory');
  const directories = found.filter(({ stat }) => !lister.has('d') && stat.kind === 'directory');
  lister.print(lister.sorted(files), false);
  directories.forEach(({ name, stat }, index) => {
    const headed = paths.length > 1 || lister.has('R');
    lister.directory(name, stat, headed ? `${index > 0 || files.length > 0 ? '\n' : ''}${name}:\n` : '');
  });
  return status;
}

export const ls: Command = { name: 'ls', aliases: ['dir'], run };
