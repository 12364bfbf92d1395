// getopt(3) as GNU has it: options and operands in any order, `--` ends the options, errors in its words.

/** One option as it came, in order. */
interface ShortOption {
  readonly letter: string;
  /** '' for an option that takes none. */
  readonly value: string;
}

export type GetoptResult =
  | { readonly options: ShortOption[]; readonly operands: string[] }
  /** Options read before the bad one, and getopt's complaint without the program's name. */
  | { readonly options: ShortOption[]; readonly problem: string };

/** `spec` is getopt's: `c:` takes a value, `q` takes none; a leading `+` stops at the first operand. */
export function getopt(args: readonly string[], spec: string): GetoptResult {
  const options: ShortOption[] = [];
  const operands: string[] = [];
  const stopsAtOperand = spec.startsWith('+');
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === '--') return { options, operands: [...operands, ...args.slice(i + 1)] };
    if (arg === '-' || !arg.startsWith('-')) {
      if (stopsAtOperand) return { options, operands: args.slice(i) };
      operands.push(arg);
      continue;
    }
    const next = readCluster(arg, args[i + 1], spec, options);
    if (typeof next === 'string') return { options, problem: next };
    i += next;
  }
  return { options, operands };
}

/** Reads `-abc` or `-cVALUE`; how many further arguments it used, or getopt's complaint. */
function readCluster(
  arg: string,
  following: string | undefined,
  spec: string,
  options: ShortOption[],
): number | string {
  for (let at = 1; at < arg.length; at++) {
    const letter = arg[at];
    const place = letter === ':' ? -1 : spec.indexOf(letter);
    if (place < 0) return `invalid option -- '${letter}'`;
    if (spec[place + 1] !== ':') {
      options.push({ letter, value: '' });
      continue;
    }
    const rest = arg.slice(at + 1);
    if (rest !== '') {
      options.push({ letter, value: rest });
      return 0;
    }
    if (following === undefined) return `option requires an argument -- '${letter}'`;
    options.push({ letter, value: following });
    return 1;
  }
  return 0;
}
