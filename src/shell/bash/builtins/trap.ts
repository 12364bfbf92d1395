// `trap`.
import { signalName, signalNames, signalNumber } from '../../process/signals.ts';
import type { Shell } from '../shell.ts';

const SPECIAL = new Set(['EXIT', 'ERR', 'DEBUG', 'RETURN']);

/** The name without SIG, or null if there is no such signal. */
function nameOf(spec: string): string | null {
  const upper = spec.toUpperCase();
  if (SPECIAL.has(upper)) return upper;
  const number = signalNumber(spec);
  return number < 0 ? null : number === 0 ? 'EXIT' : signalName(number);
}

export function trap(shell: Shell, args: readonly string[]): number {
  const words = args[0] === '--' ? args.slice(1) : args;
  const [first, ...rest] = words;
  if (first === '-l') {
    shell.write(1, `${signalNames().join(' ')}\n`);
    return 0;
  }
  if (first === undefined || first === '-p') return print(shell, rest);
  const reset = first === '-' || (rest.length === 0 && nameOf(first) !== null) || /^\d+$/.test(first);
  const specs = reset && first !== '-' ? words : rest;
  if (specs.length === 0) {
    shell.write(2, 'trap: usage: trap [-lp] [[arg] signal_spec ...]\n');
    return 2;
  }
  let status = 0;
  for (const spec of specs) {
    const name = nameOf(spec);
    if (name === null) {
      shell.complain(`trap: ${spec}: invalid signal specification`);
      status = 1;
    } else if (reset) shell.traps.delete(name);
    else shell.traps.set(name, first);
  }
  return status;
}

function print(shell: Shell, specs: readonly string[]): number {
  const order = ['EXIT', ...signalNames(), 'DEBUG', 'ERR', 'RETURN'];
  const wanted = specs.length === 0 ? order : specs.map((spec) => nameOf(spec) ?? '');
  for (const name of wanted) {
    const action = shell.traps.get(name);
    const full = SPECIAL.has(name) ? name : `SIG${name}`;
    if (action !== undefined) shell.write(1, `trap -- '${action.replace(/'/g, "'\\''")}' ${full}\n`);
  }
  return 0;
}
