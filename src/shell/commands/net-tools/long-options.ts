// getopt_long(3): short options as in getopt, long ones by any unambiguous beginning.
import { type GetoptResult, getopt } from '../probe/getopt.ts';

/** A long option and the letter it stands for. */
export interface LongOption {
  readonly name: string;
  readonly letter: string;
  readonly takesValue: boolean;
}

/** Options and operands in any order; long options come out as their letters. */
export function getoptLong(args: readonly string[], spec: string, long: readonly LongOption[]): GetoptResult {
  const translated: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === '--') {
      translated.push(...args.slice(i));
      break;
    }
    if (!arg.startsWith('--')) {
      translated.push(arg);
      continue;
    }
    const words = translate(arg, long);
    if (typeof words === 'string') return { ...optionsOf(translated, spec), problem: words };
    translated.push(...words);
  }
  return getopt(translated, spec);
}

const optionsOf = (args: readonly string[], spec: string): Pick<GetoptResult, 'options'> => ({
  options: getopt(args, spec).options,
});

function translate(arg: string, long: readonly LongOption[]): string[] | string {
  const [name, ...rest] = arg.slice(2).split('=');
  const value = rest.length > 0 ? rest.join('=') : null;
  const matches = long.filter((each) => each.name.startsWith(name));
  const found = matches.find((each) => each.name === name) ?? matches[0];
  if (found === undefined) return `unrecognized option '${arg}'`;
  if (matches.length > 1 && found.name !== name && matches.some((each) => each.letter !== found.letter)) {
    const choices = matches.map((each) => `'--${each.name}'`).join(' ');
    return `option '${arg}' is ambiguous; possibilities: ${choices}`;
  }
  if (value !== null && !found.takesValue) return `option '--${found.name}' doesn't allow an argument`;
  return value === null ? [`-${found.letter}`] : [`-${found.letter}${value}`];
}
