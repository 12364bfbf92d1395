// The time in front of a line, for -t to -ttttt (ts_print). Local time is UTC: the lab has no time zone.

/** Prints times; remembers the packet that -ttt and -ttttt count from. */
export class TimestampPrinter {
  private readonly kind: number;
  private readonly digits: number;
  private reference: bigint | null = null;

  /** `kind` is how often -t was given. */
  constructor(kind: number, nanos: boolean) {
    this.kind = kind;
    this.digits = nanos ? 9 : 6;
  }

  /** The time with a blank behind it; nothing for -t. `nanos` is within the second. */
  format(seconds: number, nanos: number): string {
    switch (this.kind) {
      case 1:
        return '';
      case 2:
        return `${isLate(seconds) ? ERROR : `${seconds}${this.fraction(nanos)}`} `;
      case 3:
      case 5:
        return this.difference(seconds, nanos);
      case 4:
        return `${isLate(seconds) ? ERROR : this.clock(seconds, nanos, true)} `;
      default:
        return `${isLate(seconds) ? ERROR : this.clock(seconds, nanos, false)} `;
    }
  }

  private fraction(nanos: number): string {
    return `.${String(nanos).padStart(9, '0').slice(0, this.digits)}`;
  }

  private clock(seconds: number, nanos: number, date: boolean): string {
    const text = new Date(seconds * 1000).toISOString();
    return `${date ? `${text.slice(0, 10)} ` : ''}${text.slice(11, 19)}${this.fraction(nanos)}`;
  }

  /** Since the packet before (-ttt) or the first (-ttttt), in units of the precision. */
  private difference(seconds: number, nanos: number): string {
    const unit = 10n ** BigInt(9 - this.digits);
    const now = BigInt(seconds) * NANOS + (BigInt(nanos) / unit) * unit;
    this.reference ??= now;
    const span = now - this.reference;
    if (this.kind === 3) this.reference = now;
    const size = span < 0n ? -span : span;
    const text = this.clock(Number(size / NANOS), Number(size % NANOS), false);
    return `${span < 0n ? '-' : ' '}${text} `;
  }
}

const NANOS = 1_000_000_000n;
const ERROR = '[Error converting time]';
/** Since 2038 the real one thinks that the time is negative. */
const isLate = (seconds: number): boolean => seconds >= 0x80000000;
