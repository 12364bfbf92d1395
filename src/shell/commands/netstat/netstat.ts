// netstat (net-tools 2.10): routes, interfaces, groups, counters, and the sockets that somebody listens at.
import { formatIpv4 } from '../../../addr/ipv4.ts';
import { dumpLinks } from '../../../admin/link.ts';
import { listSockets, type SocketInfo } from '../../../admin/socket-list.ts';
import type { Command, Context } from '../../command.ts';
import { isUp, listInterfaces, longText, SHORT_HEADER, shortText } from '../net-tools/interface-text.ts';
import { getoptLong, type LongOption } from '../net-tools/long-options.ts';
import { CACHE_TEXT, routeTableText } from '../net-tools/route-text.ts';
import { openResolver } from '../probe/resolver.ts';
import { statisticsText } from './statistics.ts';

const long = (name: string, letter: string, takesValue = false): LongOption => ({ name, letter, takesValue });

const LONG_OPTIONS: readonly LongOption[] = [
  long('route', 'r'),
  long('interfaces', 'i'),
  long('groups', 'g'),
  long('statistics', 's'),
  long('masquerade', 'M'),
  long('verbose', 'v'),
  long('wide', 'W'),
  long('numeric', 'n'),
  long('symbolic', 'N'),
  long('extend', 'e'),
  long('programs', 'p'),
  long('timers', 'o'),
  long('continuous', 'c'),
  long('listening', 'l'),
  long('all', 'a'),
  long('fib', 'F'),
  long('cache', 'C'),
  long('tcp', 't'),
  long('udp', 'u'),
  long('raw', 'w'),
  long('unix', 'x'),
  long('version', 'V'),
  long('help', 'h'),
];

const VERSION = 'net-tools 2.10\n';
const BAD_OPTION = 4;

async function run(context: Context, args: readonly string[]): Promise<number> {
  const parsed = getoptLong(args, 'A:CFMacdeghilnNoprsStuUvVWw2fx64?Z', LONG_OPTIONS);
  if ('problem' in parsed) {
    context.err(`netstat: ${parsed.problem}\n`);
    return BAD_OPTION;
  }
  const letters = parsed.options.map(({ letter }) => letter);
  const given = new Set(letters);
  if (given.has('V')) context.out(VERSION);
  else if (given.has('r')) await showRoutes(context, letters);
  else if (given.has('i')) showInterfaces(context, given);
  else if (given.has('s'))
    context.out(
      statisticsText(context.namespace, new Set(['w', 't', 'u'].filter((each) => given.has(each)))),
    );
  else if (given.has('g')) showGroups(context);
  else showSockets(context, given);
  return 0;
}

async function showRoutes(context: Context, letters: readonly string[]): Promise<void> {
  const extended = letters.filter((letter) => letter === 'e').length;
  if (letters.includes('C')) {
    context.out(CACHE_TEXT);
    return;
  }
  const resolver = letters.includes('n') ? null : await openResolver(context);
  // Without -e netstat shows what route shows with one -e, and the other way round.
  const detail = extended === 0 ? 2 : extended === 1 ? 1 : 3;
  context.out(routeTableText(context.namespace, detail, resolver));
}

function showInterfaces(context: Context, given: ReadonlySet<string>): void {
  context.out('Kernel Interface table\n');
  const isLong = given.has('e');
  if (!isLong) context.out(SHORT_HEADER.replace('Iface      MTU', 'Iface             MTU'));
  for (const each of listInterfaces(context.namespace))
    if (given.has('a') || isUp(each)) context.out(isLong ? longText(each) : shortText(each));
}

/** All hosts are a group of every device that is up. */
function showGroups(context: Context): void {
  const lines = dumpLinks(context.namespace).flatMap(({ name }) => {
    // The one that was joined last is the first.
    const groups = [...(context.namespace.device(name)?.groups ?? [])].reverse();
    return groups.map((group) => `${name.padEnd(15)} ${'1'.padEnd(6)} ${formatIpv4(group)}\n`);
  });
  context.out(
    'IPv6/IPv4 Group Memberships\nInterface       RefCnt Group\n' +
      `--------------- ------ ---------------------\n${lines.join('')}`,
  );
}

function showSockets(context: Context, given: ReadonlySet<string>): void {
  const which = given.has('a') ? 'servers and established' : given.has('l') ? 'only servers' : 'w/o servers';
  const isChosen = ['t', 'u', 'w', 'x'].some((letter) => given.has(letter));
  const program = given.has('p');
  if (!isChosen || given.has('t') || given.has('u') || given.has('w'))
    context.out(
      `Active Internet connections (${which})\nProto Recv-Q Send-Q Local Address           ` +
        `Foreign Address         State      ${program ? ' PID/Program name    ' : ''}\n${socketRows(context, given)}`,
    );
  if (!isChosen || given.has('x'))
    context.out(
      `Active UNIX domain sockets (${which})\nProto RefCnt Flags       Type       State         ` +
        `I-Node   ${program ? 'PID/Program name     ' : ''}Path\n`,
    );
}

/** None is connected, so nothing is shown without -a or -l. */
function socketRows({ namespace }: Context, given: ReadonlySet<string>): string {
  if (!given.has('a') && !given.has('l')) return '';
  const isChosen = ['t', 'u', 'w'].some((letter) => given.has(letter));
  const shown = listSockets(namespace).filter(
    ({ protocol }) => !isChosen || given.has(protocol === 'udp' ? 'u' : 't'),
  );
  const program = given.has('p') ? ' -                   ' : '';
  return shown.map((socket) => `${socketRow(socket)}${program}\n`).join('');
}

const socketRow = ({ protocol, port }: SocketInfo): string =>
  `${protocol}        0      0 ${`0.0.0.0:${port}`.padEnd(23)} ${'0.0.0.0:*'.padEnd(23)} ${(protocol === 'tcp' ? 'LISTEN' : '').padEnd(11)}`;

export const netstat: Command = { name: 'netstat', run };
