// `getopts`: options of a script, one at each call.
import type { Shell } from '../shell.ts';

export function getopts(shell: Shell, args: readonly string[]): number {
  const [specification, name, ...given] = args;
  if (specification === undefined || name === undefined) {
    shell.write(2, 'getopts: usage: getopts optstring name [arg ...]\n');
    return 2;
  }
  const words = given.length > 0 ? given : shell.positional;
  const { variables } = shell;
  let index = Number(variables.text('OPTIND') ?? '1') || 1;
  if (index === 1 && shell.getoptsOffset > 0 && variables.text('OPTIND') !== shell.getoptsIndex)
    shell.getoptsOffset = 0;
  const word = words[index - 1];
  const finish = (status: number, letter: string): number => {
    variables.set('OPTIND', String(index));
    shell.getoptsIndex = String(index);
    variables.set(name, letter);
    return status;
  };
  const offset = shell.getoptsOffset === 0 ? 1 : shell.getoptsOffset;
  if (word === undefined || !/^-./.test(word) || word === '--') {
    if (word === '--') index++;
    variables.unset('OPTARG');
    return finish(1, '?');
  }
  const letter = word[offset];
  const at = specification.indexOf(letter, specification.startsWith(':') ? 1 : 0);
  const last = offset === word.length - 1;
  shell.getoptsOffset = last ? 0 : offset + 1;
  if (letter === ':' || at < 0) {
    if (last) index++;
    return finish(0, invalid(shell, specification, letter, 'illegal option --'));
  }
  if (specification[at + 1] !== ':') {
    if (last) index++;
    variables.unset('OPTARG');
    return finish(0, letter);
  }
  shell.getoptsOffset = 0;
  const value = last ? words[index] : word.slice(offset + 1);
  index += last ? 2 : 1;
  if (value === undefined) {
    index--;
    return finish(0, invalid(shell, specification, letter, 'option requires an argument --'));
  }
  variables.set('OPTARG', value);
  return finish(0, letter);
}

/** What the variable gets: `?`, or `:` for a missing argument in silent mode. */
function invalid(shell: Shell, specification: string, letter: string, message: string): string {
  if (specification.startsWith(':')) {
    shell.variables.set('OPTARG', letter);
    return message.startsWith('option') ? ':' : '?';
  }
  shell.variables.unset('OPTARG');
  shell.write(2, `${shell.name}: ${message} ${letter}\n`);
  return '?';
}
