// A frame as a filter sees it, and tests of it. As in BPF, a load behind the captured bytes rejects the whole
// frame, whatever `or` and `not` stand around it: it gives 0 and sets `cut`, and a filter that was cut is false.

export class FrameView {
  bytes: Uint8Array = new Uint8Array(0);
  /** Bytes on the wire. */
  length = 0;
  /** Sent by the machine that captures; null if that is not known. */
  outgoing: boolean | null = false;
  cut = false;

  start(bytes: Uint8Array, length: number, outgoing: boolean | null): void {
    this.bytes = bytes;
    this.length = length;
    this.outgoing = outgoing;
    this.cut = false;
  }

  u8(at: number): number {
    if (at >= this.bytes.length) {
      this.cut = true;
      return 0;
    }
    return this.bytes[at];
  }

  u16(at: number): number {
    if (at + 2 > this.bytes.length) {
      this.cut = true;
      return 0;
    }
    return (this.bytes[at] << 8) | this.bytes[at + 1];
  }

  u32(at: number): number {
    const { bytes } = this;
    if (at + 4 > bytes.length) {
      this.cut = true;
      return 0;
    }
    return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
  }
}

export type Test = (frame: FrameView) => boolean;

/** Constants, which `and` and `or` fold: a filter that is NEVER is refused. */
export const NEVER: Test = () => false;
export const ALWAYS: Test = () => true;

export function and(...tests: Test[]): Test {
  return tests.reduceRight((second, first) => {
    if (first === NEVER || second === NEVER) return NEVER;
    if (first === ALWAYS) return second;
    return second === ALWAYS ? first : (frame) => first(frame) && second(frame);
  });
}

export function or(...tests: Test[]): Test {
  return tests.reduceRight((second, first) => {
    if (first === ALWAYS || second === ALWAYS) return ALWAYS;
    if (first === NEVER) return second;
    return second === NEVER ? first : (frame) => first(frame) || second(frame);
  });
}

export function not(test: Test): Test {
  if (test === NEVER) return ALWAYS;
  return test === ALWAYS ? NEVER : (frame) => !test(frame);
}

export const byteIs =
  (at: number, value: number): Test =>
  (frame) =>
    frame.u8(at) === value;

export const shortIs =
  (at: number, value: number): Test =>
  (frame) =>
    frame.u16(at) === value;

/** The bits of `mask` in the 32 bits at `at` are those of `value`; both unsigned. */
export function wordIs(at: number, value: number, mask = 0xffffffff): Test {
  const wanted = (value & mask) >>> 0;
  return mask === 0 ? ALWAYS : (frame) => (frame.u32(at) & mask) >>> 0 === wanted;
}

/** Behind the IPv4 header at `at`. */
export const transportAt = (frame: FrameView, at: number): number => at + (frame.u8(at) & 15) * 4;
