// ss (iproute2 6.1): the sockets of a lab are those of VXLAN devices and of programs that listen, none of them connected.
import { listSockets, type SocketInfo } from '../../../admin/socket-list.ts';
import type { Namespace } from '../../../netns/namespace.ts';
import type { Command, Context } from '../../command.ts';
import { getoptLong, type LongOption } from '../net-tools/long-options.ts';

const flag = (name: string, letter: string): LongOption => ({ name, letter, takesValue: false });

const LONG_OPTIONS: readonly LongOption[] = [
  flag('numeric', 'n'),
  flag('resolve', 'r'),
  flag('all', 'a'),
  flag('listening', 'l'),
  flag('options', 'o'),
  flag('extended', 'e'),
  flag('memory', 'm'),
  flag('processes', 'p'),
  flag('info', 'i'),
  flag('summary', 's'),
  flag('ipv4', '4'),
  flag('ipv6', '6'),
  flag('tcp', 't'),
  flag('udp', 'u'),
  flag('raw', 'w'),
  flag('unix', 'x'),
  flag('no-header', 'H'),
  flag('oneline', 'O'),
  flag('version', 'V'),
];

const SPEC = 'nralomepi46tuwxsHOV';
/** Letters that choose sockets by kind. */
const KINDS = ['t', 'u', 'w', 'x'];

function run(context: Context, args: readonly string[]): number {
  const parsed = getoptLong(args, SPEC, LONG_OPTIONS);
  if ('problem' in parsed) return refuse(context, parsed.problem);
  if (parsed.operands.length > 0)
    return refuse(context, `a filter (${parsed.operands.join(' ')}) is not emulated`);
  const given = new Set(parsed.options.map(({ letter }) => letter));
  if (given.has('V')) context.out('ss utility, iproute2-6.1.0\n');
  else if (given.has('s')) context.out(summary(context.namespace));
  else context.out(table(context.namespace, given));
  return 0;
}

function refuse(context: Context, why: string): number {
  context.err(`vrouter: ss: ${why}\n`);
  return 1;
}

/** What is neither connected nor asked for as listening is not shown. */
function chosen(namespace: Namespace, given: ReadonlySet<string>): SocketInfo[] {
  if (!given.has('a') && !given.has('l')) return [];
  if (given.has('6') && !given.has('4')) return [];
  const kinds = KINDS.filter((kind) => given.has(kind));
  return listSockets(namespace).filter(
    ({ protocol }) => kinds.length === 0 || kinds.includes(protocol === 'udp' ? 'u' : 't'),
  );
}

/** A column: its head, what is before it, and where its cells stand. */
interface Column {
  readonly head: string;
  readonly before: string;
  readonly isRight: boolean;
  readonly cell: (socket: SocketInfo) => string;
}

const column = (head: string, before: string, cell: Column['cell'], isRight = false): Column => ({
  head,
  before,
  isRight,
  cell,
});

const NETID = column('Netid', '', ({ protocol }) => protocol);
const STATE = column('State', '', ({ protocol }) => (protocol === 'udp' ? 'UNCONN' : 'LISTEN'));
const REST: readonly Column[] = [
  column('Recv-Q', ' ', () => '0     '),
  column('Send-Q', ' ', () => '0     '),
  column('Local Address:', ' ', () => '0.0.0.0:', true),
  column('Port', '', ({ port }) => String(port)),
  column('Peer Address:', ' ', () => '0.0.0.0:', true),
  column('Port', '', () => '*'),
  column('Process', '', () => ''),
];

/** The kind is named where there may be several, the state where there may be several of it. */
function columnsFor(given: ReadonlySet<string>): readonly Column[] {
  const kinds = KINDS.filter((kind) => given.has(kind));
  if (kinds.length !== 1) return [NETID, { ...STATE, before: ' ' }, ...REST];
  const isConnected = kinds[0] === 'u' && !given.has('a') && !given.has('l');
  return isConnected ? [{ ...REST[0], before: '' }, ...REST.slice(1)] : [STATE, ...REST];
}

function table(namespace: Namespace, given: ReadonlySet<string>): string {
  const sockets = chosen(namespace, given);
  const columns = columnsFor(given);
  const hasHead = !given.has('H');
  const rows = sockets.map((socket) => columns.map(({ cell }) => cell(socket)));
  if (hasHead) rows.unshift(columns.map(({ head }) => head));
  const widths = columns.map((_, index) => Math.max(0, ...rows.map((row) => row[index].length)));
  return rows.map((row) => rowText(columns, row, widths)).join('');
}

function rowText(columns: readonly Column[], row: readonly string[], widths: readonly number[]): string {
  const cells = row.map((text, index) => {
    const { before, isRight } = columns[index];
    return before + (isRight ? text.padStart(widths[index]) : text.padEnd(widths[index]));
  });
  return `${cells.join('')}\n`;
}

function summary(namespace: Namespace): string {
  const all = listSockets(namespace);
  const [udp, tcp] = [all.filter(({ protocol }) => protocol === 'udp').length, all.length];
  const line = (name: string, count: number): string =>
    `${name}\t  ${[count, count, 0].map((number) => String(number).padEnd(9)).join(' ')}\n`;
  const programs = all.filter(({ isProgram }) => isProgram).length;
  return (
    `Total: ${programs}\nTCP:   ${tcp - udp} (estab 0, closed 0, orphaned 0, timewait 0)\n\n` +
    `Transport Total     IP        IPv6\n${line('RAW', 0)}${line('UDP', udp)}${line('TCP', tcp - udp)}` +
    `${line('INET', all.length)}${line('FRAG', 0)}\n`
  );
}

export const ss: Command = { name: 'ss', run };
