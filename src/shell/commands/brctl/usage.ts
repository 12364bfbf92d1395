// The commands of brctl (bridge-utils 1.7.1) with their numbers of arguments and help texts.

export interface Help {
  readonly name: string;
  readonly arguments: number;
  readonly help: string;
}

const entry = (count: number, name: string, help: string): Help => ({ name, arguments: count, help });

export const COMMANDS: readonly Help[] = [
  entry(1, 'addbr', '<bridge>\t\tadd bridge'),
  entry(1, 'delbr', '<bridge>\t\tdelete bridge'),
  entry(2, 'addif', '<bridge> <device>\tadd interface to bridge'),
  entry(2, 'delif', '<bridge> <device>\tdelete interface from bridge'),
  entry(3, 'hairpin', '<bridge> <port> {on|off}\tturn hairpin on/off'),
  entry(2, 'setageing', '<bridge> <time>\t\tset ageing time'),
  entry(2, 'setbridgeprio', '<bridge> <prio>\t\tset bridge priority'),
  entry(2, 'setfd', '<bridge> <time>\t\tset bridge forward delay'),
  entry(2, 'sethello', '<bridge> <time>\t\tset hello time'),
  entry(2, 'setmaxage', '<bridge> <time>\t\tset max message age'),
  entry(3, 'setpathcost', '<bridge> <port> <cost>\tset path cost'),
  entry(3, 'setportprio', '<bridge> <port> <prio>\tset port priority'),
  entry(0, 'show', '[ <bridge> ]\t\tshow a list of bridges'),
  entry(1, 'showmacs', '<bridge>\t\tshow a list of mac addrs'),
  entry(1, 'showstp', '<bridge>\t\tshow bridge stp info'),
  entry(2, 'stp', '<bridge> {on|off}\tturn stp on/off'),
];

export const USAGE =
  'Usage: brctl [commands]\ncommands:\n' +
  COMMANDS.map(({ name, help }) => `\t${name.padEnd(10)}\t${help}\n`).join('');

export const VERSION = 'bridge-utils, 1.7\n';
