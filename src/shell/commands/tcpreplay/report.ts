// The report of tcpreplay: packets, rates, flows and the statistics of the interface.
import { civilTime } from '../probe/civil-time.ts';

export interface ReplayStatistics {
  sent: number;
  bytes: number;
  failed: number;
  /** Microseconds since the epoch. */
  start: number;
  end: number;
}

/** Integer part and remainder of a count scaled by a power of ten, as tcpreplay's integers divide. */
const scaled = (count: number, scale: number, elapsed: number): [number, number] => {
  const value = elapsed === 0 ? 0 : Math.floor((count * scale * 1_000_000) / elapsed);
  return [Math.floor(value / scale), value % scale];
};

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/** `Actual: …` and `Rated: …` (packet_stats). */
export function packetText(statistics: ReplayStatistics): string {
  const elapsed = statistics.end - statistics.start;
  const seconds = Math.floor(elapsed / 1_000_000);
  const rest = elapsed % 1_000_000;
  const time = seconds >= 1 ? `${seconds}.${pad(Math.floor(rest / 10_000), 2)}` : `0.${pad(rest, 6)}`;
  return (
    `Actual: ${statistics.sent} packets (${statistics.bytes} bytes) sent in ${time} seconds\n` +
    `Rated: ${rateText(statistics, elapsed)}\n`
  );
}

function rateText(statistics: ReplayStatistics, elapsed: number): string {
  const [bytes, tenths] = scaled(statistics.bytes, 10, elapsed);
  const [packets, hundredths] = scaled(statistics.sent, 100, elapsed);
  const thousandths = Math.floor((bytes * 8) / 1000);
  const megabits = Math.floor(thousandths / 1000);
  const fraction = megabits >= 1 ? pad(Math.floor(thousandths / 10) % 100, 2) : pad(thousandths % 1000, 3);
  return `${bytes}.${tenths} Bps, ${megabits}.${fraction} Mbps, ${packets}.${pad(hundredths, 2)} pps`;
}

export interface FlowCounts {
  readonly count: number;
  readonly packets: number;
  readonly others: number;
}

/** `Flows: …`, or '' without any flow. */
export function flowText(flows: FlowCounts, elapsed: number): string {
  if (flows.count === 0) return '';
  const [rate, hundredths] = scaled(flows.count, 100, elapsed);
  return (
    `Flows: ${flows.count} flows, ${rate}.${pad(hundredths, 2)} fps, ` +
    `${flows.packets} unique flow packets, ${flows.others} unique non-flow packets\n`
  );
}

export const interfaceText = (device: string, statistics: ReplayStatistics): string =>
  `Statistics for network device: ${device}\n` +
  `\tSuccessful packets:        ${statistics.sent}\n` +
  `\tFailed packets:            ${statistics.failed}\n` +
  '\tTruncated packets:         0\n' +
  '\tRetried packets (ENOBUFS): 0\n' +
  '\tRetried packets (EAGAIN):  0\n';

/** `Test start: 2026-11-20 10:37:13.761775 ...` with --stats. */
export const dateText = (microseconds: number): string => civilTime(microseconds);
