// The words behind calicoctl and kubectl: options anywhere, `--name value`, `--name=value`, `-n value`, `-nvalue`, `-it`.

/** What the options are: their long names, and whether a value follows. */
export interface Options {
  readonly flags: readonly string[];
  readonly values: readonly string[];
  /** Letter → long name. */
  readonly letters: Readonly<Record<string, string>>;
}

export class Words {
  readonly operands: string[] = [];
  /** What stands behind `--`; null without one. */
  command: string[] | null = null;
  private readonly given = new Map<string, string[]>();

  add(name: string, value: string): void {
    this.given.set(name, [...(this.given.get(name) ?? []), value]);
  }

  has(name: string): boolean {
    const value = this.given.get(name)?.at(-1);
    return value !== undefined && value !== 'false';
  }

  /** The last one counts. */
  value(name: string): string | undefined {
    return this.given.get(name)?.at(-1);
  }

  values(name: string): readonly string[] {
    return this.given.get(name) ?? [];
  }
}

/** An option that is none, or that lacks its value. */
export interface BadOption {
  readonly option: string;
  readonly lacksValue: boolean;
}

export function readWords(args: readonly string[], options: Options): Words | BadOption {
  const words = new Words();
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (arg === '--') {
      words.command = args.slice(at + 1);
      break;
    }
    if (arg === '-' || !arg.startsWith('-')) words.operands.push(arg);
    else {
      const used = arg.startsWith('--')
        ? readLong(arg, args[at + 1], options, words)
        : readLetters(arg, args[at + 1], options, words);
      if (typeof used !== 'number') return used;
      at += used;
    }
  }
  return words;
}

/** How many further words it used. */
function readLong(
  arg: string,
  following: string | undefined,
  { flags, values }: Options,
  words: Words,
): number | BadOption {
  const equals = arg.indexOf('=');
  const name = arg.slice(2, equals < 0 ? undefined : equals);
  if (!flags.includes(name) && !values.includes(name)) return { option: arg, lacksValue: false };
  if (equals >= 0) words.add(name, arg.slice(equals + 1));
  else if (flags.includes(name)) words.add(name, 'true');
  else if (following === undefined) return { option: arg, lacksValue: true };
  else words.add(name, following);
  return equals < 0 && values.includes(name) ? 1 : 0;
}

function readLetters(
  arg: string,
  following: string | undefined,
  { flags, letters }: Options,
  words: Words,
): number | BadOption {
  for (let at = 1; at < arg.length; at++) {
    const name = Object.hasOwn(letters, arg[at]) ? letters[arg[at]] : undefined;
    if (name === undefined) return { option: `-${arg[at]}`, lacksValue: false };
    if (flags.includes(name)) words.add(name, 'true');
    else {
      const rest = arg.slice(at + 1).replace(/^=/, '');
      if (rest === '' && following === undefined) return { option: `-${arg[at]}`, lacksValue: true };
      words.add(name, rest || (following as string));
      return rest === '' ? 1 : 0;
    }
  }
  return 0;
}
