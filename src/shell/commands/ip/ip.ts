// `ip` of iproute2 6.1.0: options, objects and batches (ip/ip.c).
import type { Command } from '../../command.ts';
import { address } from './address.ts';
import { type Arguments, exact, type Keyword, prefix } from './arguments.ts';
import { link } from './link.ts';
import { multicastAddress } from './multicast-address.ts';
import { neighbour } from './neighbour.ts';
import { netns } from './netns.ts';
import { leadingInteger, parseUnsigned } from './numbers.ts';
import { prefixVerb, type Verb } from './object.ts';
import { Family, type Options, parseFamily } from './options.ts';
import { route } from './route.ts';
import { rule } from './rule.ts';
import { IP_STATUSES, type Session } from './session.ts';
import { runTool, type Tool } from './tool.ts';
import { tunnel } from './tunnel.ts';
import { IP_USAGE } from './usage.ts';

const VERSION = 'ip utility, iproute2-6.1.0, libbpf 1.1.2\n';

const COW = `
 _ __ ___   ___   ___
| '_ \` _ \\ / _ \\ / _ \\
| | | | | | (_) | (_) |
|_| |_| |_|\\___/ \\___/


P.S. no real cows were harmed for this moo
`;

const notEmulated = (name: string): Verb =>
  prefixVerb(name, (session) => session.notEmulated(`ip ${name.split(' ')[0]}`));

/** In the order of comparison of ip.c. */
const OBJECTS: readonly Verb[] = [
  prefixVerb('address', address),
  notEmulated('addrlabel'),
  prefixVerb('maddress', multicastAddress),
  prefixVerb('route', route),
  prefixVerb('rule', rule),
  prefixVerb('neighbor neighbour', neighbour),
  notEmulated('ntable ntbl'),
  prefixVerb('link', link),
  notEmulated('l2tp'),
  notEmulated('fou'),
  notEmulated('ila'),
  notEmulated('macsec'),
  prefixVerb('tunnel tunl', tunnel),
  notEmulated('tuntap tap'),
  notEmulated('token'),
  notEmulated('tcpmetrics tcp_metrics'),
  notEmulated('monitor'),
  notEmulated('xfrm'),
  notEmulated('mroute'),
  notEmulated('mrule'),
  prefixVerb('netns', netns),
  notEmulated('netconf'),
  notEmulated('vrf'),
  notEmulated('sr'),
  notEmulated('nexthop'),
  notEmulated('mptcp'),
  notEmulated('ioam'),
  prefixVerb('help', (session) => session.usage(IP_USAGE)),
  notEmulated('stats'),
  prefixVerb('moo', (session) => session.exit(COW.slice(0, -1), 1)),
];

/** The value of an option, or the usage where none follows. */
const valued =
  (take: (session: Session, args: Arguments, text: string) => void): Keyword<Session>['take'] =>
  (session, args) => {
    if (args.hasValue) take(session, args, args.value());
    else args.usage(IP_USAGE);
  };

const set =
  (change: (options: Options) => void): Keyword<Session>['take'] =>
  ({ options }) =>
    change(options);

const family = (number: number): Keyword<Session>['take'] =>
  set((options) => {
    options.family = number;
  });

function takeFamily(session: Session, args: Arguments, text: string): void {
  if (text === 'help') {
    args.usage(IP_USAGE);
    return;
  }
  session.options.family = parseFamily(text);
  if (session.options.family === Family.UNSPEC) args.wrong('invalid protocol family', text);
}

function takeReceiveBuffer(_: Session, args: Arguments, text: string): void {
  if (parseUnsigned(text) === null) args.exit(`Invalid rcvbuf size '${text}'`);
}

function takeNamespace(session: Session, args: Arguments): void {
  const status = session.enter(args.hasValue ? args.value() : undefined);
  if (status !== 0) args.stop(status);
}

const ignored = (): void => {};

/** In the order of comparison of ip.c's main. */
const OPTIONS: readonly Keyword<Session>[] = [
  prefix(
    '-loops',
    valued(({ options }, _, text) => {
      options.loops = leadingInteger(text);
    }),
  ),
  prefix('-family', valued(takeFamily)),
  exact('-4', family(Family.INET)),
  exact('-6', family(Family.INET6)),
  exact('-0', family(Family.PACKET)),
  exact('-M', family(Family.MPLS)),
  exact('-B', family(Family.BRIDGE)),
  prefix(
    '-human -human-readable',
    set((options) => {
      options.human = true;
    }),
  ),
  prefix(
    '-iec',
    set((options) => {
      options.iec = true;
    }),
  ),
  prefix(
    '-stats -statistics',
    set((options) => {
      options.statistics++;
    }),
  ),
  prefix(
    '-details',
    set((options) => {
      options.details = true;
    }),
  ),
  prefix('-resolve', ignored),
  prefix(
    '-oneline',
    set((options) => {
      options.oneline = true;
    }),
  ),
  prefix('-timestamp -tshort', ignored),
  prefix('-Version', (session) => session.end(VERSION)),
  prefix(
    '-force',
    set((options) => {
      options.force = true;
    }),
  ),
  prefix(
    '-batch',
    valued(({ options }, _, text) => {
      options.batch = text;
    }),
  ),
  prefix(
    '-brief',
    set((options) => {
      options.brief = true;
    }),
  ),
  prefix(
    '-json',
    set((options) => {
      options.json = true;
    }),
  ),
  prefix(
    '-pretty',
    set((options) => {
      options.pretty = true;
    }),
  ),
  prefix('-rcvbuf', valued(takeReceiveBuffer)),
  prefix('-help', (_, args) => args.usage(IP_USAGE)),
  prefix('-netns', takeNamespace),
  prefix(
    '-Numeric',
    set((options) => {
      options.numeric = true;
    }),
  ),
  prefix(
    '-all',
    set((options) => {
      options.all = true;
    }),
  ),
  exact('-echo', ignored),
];

const TOOL: Tool = {
  name: 'ip',
  options: OPTIONS,
  optionHelp: 'ip -help',
  objects: OBJECTS,
  statuses: IP_STATUSES,
  usage: IP_USAGE,
};

export const ip: Command = { name: 'ip', run: (context, words) => runTool(context, TOOL, words) };
