// Timestamps of a pcapng interface: 64-bit counts of any resolution to seconds and nanoseconds.

const NANOS_PER_SECOND = 1_000_000_000;
const BINARY = 0x80;

/** if_tsresol when the option is absent: microseconds. */
export const DEFAULT_TSRESOL = 6;

/** Seconds per unit of an if_tsresol octet (draft-ietf-opsawg-pcapng, section 4.2). */
export function resolutionSeconds(tsresol: number): number {
  return tsresol & BINARY ? 2 ** -(tsresol & 0x7f) : Number(`1e-${tsresol}`);
}

/** Turns the timestamps of one interface; the result is left in `seconds` and `nanos`, so nothing is allocated. */
export class InterfaceClock {
  /** Seconds since 1970 of the last `read`, if_tsoffset included. */
  seconds = 0;
  /** Nanoseconds of the last `read`, rounded down. */
  nanos = 0;
  readonly #offset: number;
  /** Units per second where numbers do (10 ** 0 to 10 ** 9), else 0. */
  readonly #units: number;
  readonly #bigUnits: bigint;

  /** `tsresol` is the option's octet; `offset` is if_tsoffset in seconds. */
  constructor(tsresol: number, offset: number) {
    const exponent = tsresol & 0x7f;
    this.#offset = offset;
    this.#units = tsresol <= 9 ? 10 ** tsresol : 0;
    this.#bigUnits = tsresol & BINARY ? 1n << BigInt(exponent) : 10n ** BigInt(exponent);
  }

  /** Reads a timestamp given as two unsigned halves. */
  read(high: number, low: number): void {
    if (this.#units > 0) this.#readNumbers(high, low);
    else this.#readBig(high, low);
  }

  /**
   * Long division in base 2^16. Every intermediate value stays below 2^48, so doubles are exact (a plain
   * `high * 2 ** 32 + low` is not: nanoseconds since 1970 need 61 bits).
   */
  #readNumbers(high: number, low: number): void {
    const units = this.#units;
    const upper = high * 65_536 + (low >>> 16);
    const quotient = Math.floor(upper / units);
    const lower = (upper - quotient * units) * 65_536 + (low & 0xffff);
    const rest = Math.floor(lower / units);
    this.seconds = quotient * 65_536 + rest + this.#offset;
    this.nanos = (lower - rest * units) * (NANOS_PER_SECOND / units);
  }

  #readBig(high: number, low: number): void {
    const count = (BigInt(high) << 32n) | BigInt(low);
    const units = this.#bigUnits;
    this.seconds = Number(count / units) + this.#offset;
    this.nanos = Number(((count % units) * BigInt(NANOS_PER_SECOND)) / units);
  }
}
