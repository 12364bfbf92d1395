// sysctl (procps 4.0.2): settings of the kernel by key, read and written in the namespace that it runs in.
import { Errno, strerror } from '../../../addr/errno.ts';
import { listSysctl, readSysctl, statSysctl, writeSysctl } from '../../../admin/sysctl.ts';
import { matches } from '../../bash/pattern.ts';
import type { Command, Context } from '../../command.ts';
import { type Options, parse } from './options.ts';
import { USAGE } from './usage.ts';

const decoder = new TextDecoder();
const DEPRECATED = new Set(['base_reachable_time', 'retrans_time']);
const ROOT = '/proc/sys/';
const OWNER_READ = 0o400;
const OWNER_WRITE = 0o200;

/** One line of a file, or one argument with `=`. */
interface Setting {
  /** Below /proc/sys. */
  readonly path: string;
  /** Null for a line that only excludes its path from patterns. */
  readonly value: string | null;
  readonly ignoreFailure: boolean;
}

/** Exchanges `.` and `/`, if the first of them in `text` is the one that is not wanted. */
function exchange(context: Context, text: string, wanted: '.' | '/'): string {
  const first = /[./]/.exec(text)?.[0];
  if (first === undefined || first === wanted) return text;
  const repeated = /[./][./]/.exec(text);
  if (repeated !== null)
    context.err(`sysctl: separators should not be repeated: ${text.slice(repeated.index)}\n`);
  return text.replace(/[./]/g, (mark) => (mark === '.' ? '/' : '.'));
}

class Sysctl {
  private readonly context: Context;
  private readonly options: Options;

  constructor(context: Context, options: Options) {
    this.context = context;
    this.options = options;
  }

  private warn(text: string): void {
    this.context.err(`sysctl: ${text}\n`);
  }

  /** Prints a setting, or all that are below it. */
  read(name: string): number {
    const { context, options } = this;
    if (name === '') {
      this.warn('"" is an unknown key');
      return -1;
    }
    const path = exchange(context, name, '/').replace(/\/+$/, '').replace(/\/\/+/g, '/');
    const key = exchange(context, name, '.');
    const stat = statSysctl(context.namespace, path);
    if (stat === null) {
      if (options.ignore) return 0;
      this.warn(`cannot stat ${ROOT}${exchange(context, name, '/')}: No such file or directory`);
      return 1;
    }
    if ((stat.mode & OWNER_READ) === 0) return 0;
    if (stat.directory) return this.readAll(path);
    if (options.pattern?.test(key) === false) return 0;
    if (options.namesOnly) {
      context.out(`${key}\n`);
      return 0;
    }
    return this.print(path, key);
  }

  private print(path: string, key: string): number {
    const { context, options } = this;
    const answer = readSysctl(context.namespace, path);
    if ('refusal' in answer) {
      if (answer.refusal.errno === Errno.EACCES) this.warn(`permission denied on key '${key}'`);
      else if (answer.refusal.errno !== Errno.EIO) this.warn(`reading key "${key}"`);
      return 1;
    }
    const lines = answer.value.split('\n').map((line) => (options.printName ? `${key} = ${line}` : line));
    if (answer.value !== '' || options.printName)
      context.out(lines.join('\n') + (options.newline ? '\n' : ''));
    return 0;
  }

  /** Everything below a directory. */
  readAll(path: string): number {
    const { context, options } = this;
    let status = 0;
    for (const name of listSysctl(context.namespace, path) ?? []) {
      if (!options.deprecated && DEPRECATED.has(name)) continue;
      const below = path === '' ? name : `${path}/${name}`;
      if (statSysctl(context.namespace, below)?.directory) this.readAll(below);
      else status |= this.read(below);
    }
    return status;
  }

  write(setting: Setting): number {
    const { context, options } = this;
    const { path } = setting;
    const stat = statSysctl(context.namespace, path);
    if (stat === null) {
      if (options.ignore) return 0;
      this.warn(`cannot stat ${ROOT}${path}: No such file or directory`);
      return 1;
    }
    const key = exchange(context, path, '.');
    if ((stat.mode & OWNER_WRITE) === 0 || stat.directory) {
      // The tool prints the errno that realpath(3) left.
      this.warn(`setting key "${key}": Invalid argument`);
      return 0;
    }
    if (!options.dryRun) {
      const refusal = writeSysctl(context.namespace, path, `${setting.value}\n`);
      if (refusal !== null) {
        this.warn(`setting key "${key}": ${strerror(refusal.errno)}`);
        return 1;
      }
    }
    if (!options.quiet || options.dryRun) this.echo(key, setting.value ?? '');
    return 0;
  }

  private echo(key: string, value: string): void {
    const { context, options } = this;
    if (options.namesOnly) context.out(`${value}\n`);
    else if (options.printName) context.out(`${key} = ${value}\n`);
    else context.out(options.newline ? `${value}\n` : value);
  }

  /** A line as a setting; null for none, with a message if there should be one. */
  setting(source: string, number: number, line: string): Setting | null {
    const text = line.trimStart();
    if (text.replace(/\n$/, '').length < 2 || /^[#;]/.test(text)) return null;
    if (this.options.pattern?.test(text) === false) return null;
    const dash = text.startsWith('-');
    const equals = text.indexOf('=');
    if (equals < 0 && !dash) {
      this.warn(`${source}(${number}): invalid syntax, continuing...`);
      return null;
    }
    const key = (equals < 0 ? text : text.slice(0, equals)).slice(dash ? 1 : 0).trimEnd();
    const path = exchange(this.context, key, '/').replace(/^\/+|\/+$/g, '');
    return { path, value: equals < 0 ? null : text.slice(equals + 1).trim(), ignoreFailure: dash };
  }

  /** `-p FILE`. */
  async load(file: string, settings: Setting[]): Promise<number> {
    const content = file === '-' ? await this.context.readStdin() : await this.context.open(file);
    if (typeof content === 'string') {
      this.warn(`cannot open "${file}": ${content}`);
      return 1;
    }
    decoder
      .decode(content)
      .split('\n')
      .forEach((line, index) => {
        const setting = this.setting(file, index + 1, line);
        if (setting !== null) settings.push(setting);
      });
    return 0;
  }

  /** Settings in order; a pattern stands for the paths that no other line names. */
  writeAll(settings: readonly Setting[]): number {
    let status = 0;
    for (const setting of settings) {
      if (setting.value === null) continue;
      if (!/[*?[]/.test(setting.path)) status |= this.write(setting);
      else
        for (const path of this.glob('', setting.path.split('/')))
          if (!settings.some((other) => other.path === path)) status |= this.write({ ...setting, path });
    }
    return status;
  }

  private glob(path: string, names: readonly string[]): string[] {
    const [name, ...rest] = names;
    if (name === undefined) return [path];
    const found = (listSysctl(this.context.namespace, path) ?? []).filter((entry) => matches(name, entry));
    return found.sort().flatMap((entry) => this.glob(path === '' ? entry : `${path}/${entry}`, rest));
  }
}

async function run(context: Context, args: readonly string[]): Promise<number> {
  if (args.length === 0) {
    context.err(USAGE);
    return 1;
  }
  const options = parse(context, args);
  if (typeof options === 'number') return options;
  const sysctl = new Sysctl(context, options);
  if (options.all) return sysctl.readAll('');
  if (options.load) return load(sysctl, options);
  if (options.operands.length === 0) return fail(context, 'no variables specified');
  if (options.namesOnly && options.quiet) return fail(context, 'options -N and -q cannot coexist');
  let status = 0;
  for (const operand of options.operands) {
    if (!options.write && !operand.includes('=')) status += sysctl.read(operand);
    else {
      const setting = sysctl.setting('command line', 0, operand);
      status |= setting === null ? 1 : sysctl.write(setting);
    }
  }
  return status;
}

async function load(sysctl: Sysctl, options: Options): Promise<number> {
  const standard = options.operands.length === 0 ? ['/etc/sysctl.conf'] : [];
  const files = [...(options.file === null ? standard : [options.file]), ...options.operands];
  const settings: Setting[] = [];
  let status = 0;
  for (const file of files) status |= await sysctl.load(file, settings);
  return status | sysctl.writeAll(settings);
}

function fail(context: Context, message: string): number {
  context.err(`sysctl: ${message}\nTry \`sysctl --help' for more information.\n`);
  return 1;
}

export const sysctl: Command = { name: 'sysctl', run };
