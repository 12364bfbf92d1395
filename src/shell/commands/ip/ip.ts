// `ip` of iproute2 6.1.0: options, objects and batches (ip/ip.c).
import type { Command } from '../../command.ts';
import { type Arguments, exact, type Keyword, prefix } from '../iproute2/arguments.ts';
import { leadingInteger, parseUnsigned } from '../iproute2/numbers.ts';
import { prefixVerb, type Verb } from '../iproute2/object.ts';
import {
  batchOption,
  countStatistics,
  familyOption,
  ignored,
  setFamily,
  setTimestamp,
  turnOn,
  valued,
} from '../iproute2/option-words.ts';
import { Family } from '../iproute2/options.ts';
import { IP_STATUSES, type Session } from '../iproute2/session.ts';
import { runTool, type Tool } from '../iproute2/tool.ts';
import { address } from './address.ts';
import { link } from './link.ts';
import { monitor } from './monitor.ts';
import { multicastAddress } from './multicast-address.ts';
import { neighbour } from './neighbour.ts';
import { netconf } from './netconf.ts';
import { netns } from './netns.ts';
import { nexthop } from './nexthop.ts';
import { route } from './route.ts';
import { rule } from './rule.ts';
import { tunnel } from './tunnel.ts';
import { IP_USAGE } from './usage.ts';
import { vrf } from './vrf.ts';

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
  prefixVerb('monitor', monitor),
  notEmulated('xfrm'),
  notEmulated('mroute'),
  notEmulated('mrule'),
  prefixVerb('netns', netns),
  prefixVerb('netconf', netconf),
  prefixVerb('vrf', vrf),
  notEmulated('sr'),
  prefixVerb('nexthop', nexthop),
  notEmulated('mptcp'),
  notEmulated('ioam'),
  prefixVerb('help', (session) => session.usage(IP_USAGE)),
  notEmulated('stats'),
  prefixVerb('moo', (session) => session.exit(COW.slice(0, -1), 1)),
];

function takeReceiveBuffer(_: Session, args: Arguments, text: string): void {
  if (parseUnsigned(text) === null) args.exit(`Invalid rcvbuf size '${text}'`);
}

function takeNamespace(session: Session, args: Arguments): void {
  const status = session.enter(args.hasValue ? args.value() : undefined);
  if (status !== 0) args.stop(status);
}

/** In the order of comparison of ip.c's main. */
const OPTIONS: readonly Keyword<Session>[] = [
  prefix(
    '-loops',
    valued(IP_USAGE, ({ options }, _, text) => {
      options.loops = leadingInteger(text);
    }),
  ),
  prefix('-family', familyOption(IP_USAGE, Object.values(Family).slice(1))),
  exact('-4', setFamily(Family.INET)),
  exact('-6', setFamily(Family.INET6)),
  exact('-0', setFamily(Family.PACKET)),
  exact('-M', setFamily(Family.MPLS)),
  exact('-B', setFamily(Family.BRIDGE)),
  prefix('-human -human-readable', turnOn('human')),
  prefix('-iec', turnOn('iec')),
  prefix('-stats -statistics', countStatistics),
  prefix('-details', turnOn('details')),
  prefix('-resolve', ignored),
  prefix('-oneline', turnOn('oneline')),
  prefix('-timestamp', setTimestamp('long')),
  prefix('-tshort', setTimestamp('short')),
  prefix('-Version', (session) => session.end(VERSION)),
  prefix('-force', turnOn('force')),
  prefix('-batch', batchOption(IP_USAGE)),
  prefix('-brief', turnOn('brief')),
  prefix('-json', turnOn('json')),
  prefix('-pretty', turnOn('pretty')),
  prefix('-rcvbuf', valued(IP_USAGE, takeReceiveBuffer)),
  prefix('-help', (_, args) => args.usage(IP_USAGE)),
  prefix('-netns', takeNamespace),
  prefix('-Numeric', turnOn('numeric')),
  prefix('-all', turnOn('all')),
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
