// The counters of `ip -s link` (print_stats64, print_num): columns as wide as the widest number in them.
import type { LinkInfo } from '../../../admin/types.ts';
import type { DeviceStats } from '../../../netns/device.ts';
import type { Options } from '../iproute2/options.ts';
import type { Printer } from '../iproute2/printer.ts';

/** Least widths: "*X errors:", packets, errors, dropped, heartbt, overrun. */
const WIDTHS = [10, 7, 6, 7, 7, 7];
/** Behind the last column stands an empty one for compressed packets, which no device here has. */
const COMPRESSED = 10;

/** What one direction prints: a title, then names and numbers in columns. */
interface Block {
  readonly title: 'RX' | 'TX';
  readonly names: readonly string[];
  readonly values: readonly number[];
  readonly errorNames: readonly string[];
  readonly errors: readonly number[];
}

const received = (stats: Readonly<DeviceStats>): Block => ({
  title: 'RX',
  names: ['bytes', 'packets', 'errors', 'dropped', 'missed', 'mcast'],
  values: [stats.rxBytes, stats.rxPackets, stats.rxErrors, stats.rxDropped, 0, stats.multicast],
  errorNames: ['length', 'crc', 'frame', 'fifo', 'overrun'],
  errors: [0, 0, stats.rxFrameErrors, 0, 0],
});

const sent = (stats: Readonly<DeviceStats>, carrierChanges: number): Block => ({
  title: 'TX',
  names: ['bytes', 'packets', 'errors', 'dropped', 'carrier', 'collsns'],
  values: [
    stats.txBytes,
    stats.txPackets,
    stats.txErrors,
    stats.txDropped,
    stats.txCarrierErrors,
    stats.collisions,
  ],
  errorNames: ['aborted', 'fifo', 'window', 'heartbt', 'transns'],
  errors: [0, 0, 0, 0, carrierChanges],
});

/** Prints the counters without the end of the last line. */
export function printStats(out: Printer, info: LinkInfo, options: Options): void {
  const blocks = [received(info.stats), sent(info.stats, info.carrierChanges)];
  if (out.json) {
    printJson(out, info, options.statistics > 1);
    return;
  }
  const widths = columnWidths(blocks, options);
  for (const [index, block] of blocks.entries()) {
    if (index > 0) out.newline();
    printBlock(out, block, widths, options);
  }
}

function columnWidths(blocks: readonly Block[], options: Options): number[] {
  const widths = [...WIDTHS];
  if (options.human) return widths;
  const widen = (column: number, value: number): void => {
    widths[column] = Math.max(widths[column] as number, String(value).length);
  };
  for (const block of blocks) {
    block.values.forEach((value, column) => {
      widen(column, value);
    });
    // Errors stand one column further right.
    if (options.statistics > 1)
      block.errors.forEach((value, column) => {
        widen(column + 1, value);
      });
  }
  return widths;
}

function printBlock(out: Printer, block: Block, widths: readonly number[], options: Options): void {
  const [first, ...others] = widths as [number, ...number[]];
  const names = block.names.slice(1).map((name, i) => name.padStart(others[i] as number));
  out.text(`    ${block.title}: ${[(block.names[0] as string).padStart(first - 4), ...names].join(' ')}`);
  out.text(` ${' '.repeat(COMPRESSED)}`);
  out.newline();
  out.text(`    ${numbers(block.values, widths, options)}`);
  if (options.statistics < 2) return;
  out.newline();
  const errorNames = block.errorNames.map((name, i) => name.padStart(others[i] as number));
  out.text(`    ${block.title} errors:${' '.repeat(first - 10)} ${errorNames.join(' ')}`);
  out.newline();
  out.text(`${' '.repeat(first + 5)}${numbers(block.errors, others, options)}`);
}

const numbers = (values: readonly number[], widths: readonly number[], options: Options): string =>
  values.map((value, i) => `${formatCount(value, options).padStart(widths[i] as number)} `).join('');

/** A count as it is, or with `-human` in thousands (or 1024s) and three digits. */
function formatCount(count: number, options: Pick<Options, 'human' | 'iec'>): string {
  const base = options.iec ? 1024 : 1000;
  if (!options.human || count < base) return String(count);
  const prefixes = 'kMGTPE';
  let step = 0;
  let power = base;
  while (count / base >= power && step < prefixes.length - 1) {
    power *= base;
    step++;
  }
  const whole = count / power;
  const digits = whole < 10 ? 2 : whole < 100 ? 1 : 0;
  return `${whole.toFixed(digits)}${prefixes[step]}${options.iec ? 'i' : ''}`;
}

function printJson(out: Printer, { stats, carrierChanges }: LinkInfo, errors: boolean): void {
  out.openObject('stats64');
  printFields(out, 'rx', {
    bytes: stats.rxBytes,
    packets: stats.rxPackets,
    errors: stats.rxErrors,
    dropped: stats.rxDropped,
    over_errors: 0,
    multicast: stats.multicast,
    ...(errors ? { length_errors: 0, crc_errors: 0, frame_errors: stats.rxFrameErrors, fifo_errors: 0 } : {}),
    ...(errors ? { missed_errors: 0 } : {}),
  });
  printFields(out, 'tx', {
    bytes: stats.txBytes,
    packets: stats.txPackets,
    errors: stats.txErrors,
    dropped: stats.txDropped,
    carrier_errors: stats.txCarrierErrors,
    collisions: stats.collisions,
    ...(errors ? { aborted_errors: 0, fifo_errors: 0, window_errors: 0, heartbeat_errors: 0 } : {}),
    ...(errors ? { carrier_changes: carrierChanges } : {}),
  });
  out.closeObject();
}

function printFields(out: Printer, key: string, fields: Readonly<Record<string, number>>): void {
  out.openObject(key);
  for (const [name, value] of Object.entries(fields)) out.only(name, value);
  out.closeObject();
}
