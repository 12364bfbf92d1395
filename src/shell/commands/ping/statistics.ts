// What ping counts, and how it prints times and the final lines (gather_statistics and finish of iputils).

/** Packets and times of one run; times in microseconds. */
export class Statistics {
  transmitted = 0;
  received = 0;
  repeats = 0;
  errors = 0;
  /** Largest number of requests that were under way at once, -1 before the first answer. */
  pipe = -1;
  minimum = Number.MAX_SAFE_INTEGER;
  maximum = 0;
  sum = 0;
  sumOfSquares = 0;
  /** Eight times the moving average of the round trip. */
  average = 0;
  /** The newest sequence number that was answered (16 bits). */
  acknowledged = 0;
  private readonly answered = new Uint8Array(0x10000);

  addTime(time: number): void {
    this.sum += time;
    this.sumOfSquares += time * time;
    this.minimum = Math.min(this.minimum, time);
    this.maximum = Math.max(this.maximum, time);
    if (this.average === 0) this.average = time * 8;
    else this.average += time - Math.trunc(this.average / 8);
  }

  /** A request went out (advance_ntransmitted). */
  advance(): void {
    this.transmitted++;
    if ((this.transmitted & 0xffff) - this.acknowledged > 0x7fff)
      this.acknowledged = (this.transmitted + 1) & 0xffff;
  }

  /** An answer or an error for `sequence` came (acknowledge). */
  acknowledge(sequence: number): void {
    const behind = (this.transmitted - sequence) & 0xffff;
    if (behind > 0x7fff) return;
    this.pipe = Math.max(this.pipe, behind + 1);
    const ahead = (sequence - this.acknowledged) & 0xffff;
    if ((ahead > 0 && ahead <= 0x7fff) || (this.transmitted & 0xffff) - this.acknowledged > 0x7fff)
      this.acknowledged = sequence;
  }

  get inFlight(): number {
    const behind = (this.transmitted - this.acknowledged) & 0xffff;
    return behind <= 0x7fff ? behind : this.transmitted - this.received - this.errors;
  }

  clearAnswered(sequence: number): void {
    this.answered[sequence & 0xffff] = 0;
  }

  isAnswered(sequence: number): boolean {
    return this.answered[sequence & 0xffff] === 1;
  }

  /** Counts a reply; true if its request had been answered before. */
  countReply(sequence: number): boolean {
    const duplicate = this.isAnswered(sequence);
    if (duplicate) this.repeats++;
    else this.received++;
    this.answered[sequence & 0xffff] = 1;
    return duplicate;
  }
}

/** `time=…` of a reply: three significant digits from a millisecond on, rounded. */
export function timeText(time: number): string {
  if (time >= 100_000 - 50) return `${Math.trunc((time + 500) / 1000)} ms`;
  if (time >= 10_000 - 5)
    return `${Math.trunc((time + 50) / 1000)}.${Math.trunc(((time + 50) % 1000) / 100)} ms`;
  if (time >= 1000) {
    const hundredths = Math.trunc(((time + 5) % 1000) / 10);
    return `${Math.trunc((time + 5) / 1000)}.${String(hundredths).padStart(2, '0')} ms`;
  }
  return `${milliseconds(time)} ms`;
}

/** Microseconds as milliseconds with three decimals. */
const milliseconds = (time: number): string =>
  `${Math.trunc(time / 1000)}.${String(Math.trunc(time % 1000)).padStart(3, '0')}`;

/** ping's own integer square root: Newton's method, which for some numbers ends one above the floor. */
export function rootOf(value: number): number {
  let previous = Number.POSITIVE_INFINITY;
  let x = value;
  while (value > 0 && x < previous) {
    previous = x;
    x = Math.floor((x + Math.floor(value / x)) / 2);
  }
  return x;
}

/** printf's %g of a float. */
export function percentText(value: number): string {
  const rounded = Number(Math.fround(value).toPrecision(6));
  if (rounded === 0 || Math.abs(rounded) >= 1e-4) return String(rounded);
  return rounded.toExponential().replace(/e-(\d)$/, 'e-0$1');
}

export interface FinishOptions {
  readonly hostname: string;
  readonly timing: boolean;
  /** Whether the line about the gap between packets is due: no interval, flood or adaptive. */
  readonly gap: boolean;
  /** Microseconds from the start to the last request. */
  readonly elapsed: number;
}

function roundTripText(statistics: Statistics): string {
  const total = statistics.received + statistics.repeats;
  const average = Math.trunc(statistics.sum / total);
  const variance =
    statistics.sum < 0x7fffffff
      ? Math.trunc((statistics.sumOfSquares - (statistics.sum * statistics.sum) / total) / total)
      : Math.trunc(statistics.sumOfSquares / total - average * average);
  const times = [statistics.minimum, average, statistics.maximum, rootOf(variance)].map(milliseconds);
  return `rtt min/avg/max/mdev = ${times.join('/')} ms`;
}

function gapText(statistics: Statistics, elapsed: number): string {
  const gap = Math.trunc(elapsed / (statistics.transmitted - 1));
  const average = Math.trunc(statistics.average / 8);
  return `ipg/ewma ${milliseconds(gap)}/${milliseconds(average)} ms`;
}

function countText(statistics: Statistics, elapsed: number): string {
  const { transmitted, received, repeats, errors } = statistics;
  let text = `${transmitted} packets transmitted, ${received} received`;
  if (repeats > 0) text += `, +${repeats} duplicates`;
  if (errors > 0) text += `, +${errors} errors`;
  if (transmitted === 0) return text;
  const loss = percentText(((transmitted - received) * 100) / transmitted);
  return `${text}, ${loss}% packet loss, time ${Math.trunc((elapsed + 500) / 1000)}ms`;
}

/** The lines at the end, from the empty one on. */
export function finishText(statistics: Statistics, options: FinishOptions): string {
  const last: string[] = [];
  if (statistics.received > 0 && options.timing) last.push(roundTripText(statistics));
  if (statistics.pipe > 1) last.push(`pipe ${statistics.pipe}`);
  if (statistics.received > 0 && options.gap && statistics.transmitted > 1)
    last.push(gapText(statistics, options.elapsed));
  return (
    `\n--- ${options.hostname} ping statistics ---\n` +
    `${countText(statistics, options.elapsed)}\n${last.join(', ')}\n`
  );
}
