// hostname and uname: the machine that the lab is.
import type { Command, Context } from '../command.ts';
import { KERNEL_RELEASE } from './modprobe/release.ts';

const NAME = 'vrouter';
const PARTS: readonly (readonly [letter: string, text: string])[] = [
  ['s', 'Linux'],
  ['n', NAME],
  ['r', KERNEL_RELEASE],
  ['v', '#1'],
  ['m', 'x86_64'],
  ['o', 'GNU/Linux'],
];

function runHostname(context: Context, args: readonly string[]): number {
  const operands = args.filter((arg) => !arg.startsWith('-'));
  if (operands.length > 0) {
    context.err("hostname: the lab's name cannot be changed\n");
    return 1;
  }
  const addresses = args.some((arg) => /^-[iI]$/.test(arg));
  context.out(addresses ? '127.0.1.1\n' : args.includes('-d') ? '\n' : `${NAME}\n`);
  return 0;
}

const LONG: Readonly<Record<string, string>> = {
  '--kernel-name': 's',
  '--nodename': 'n',
  '--kernel-release': 'r',
  '--kernel-version': 'v',
  '--machine': 'm',
  '--operating-system': 'o',
  '--all': 'a',
};

function runUname(context: Context, args: readonly string[]): number {
  const letters = args.map((arg) => LONG[arg] ?? arg.replace(/^-/, '')).join('') || 's';
  const unknown = [...letters].find((letter) => !'asnrvmpio'.includes(letter));
  if (unknown !== undefined) {
    context.err(`uname: invalid option -- '${unknown}'\nTry 'uname --help' for more information.\n`);
    return 1;
  }
  const wanted = PARTS.filter(([letter]) => letters.includes('a') || letters.includes(letter)).map(
    ([, text]) => text,
  );
  if (/[pi]/.test(letters)) wanted.push('unknown');
  context.out(`${wanted.join(' ')}\n`);
  return 0;
}

export const hostname: Command = { name: 'hostname', run: runHostname };
export const uname: Command = { name: 'uname', run: runUname };
