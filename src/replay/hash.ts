// A number of 52 bits for a sequence of words: what packets are known again by where a text would cost more than the rest
// of the work. Two halves are mixed by different odd numbers, as in MurmurHash3.

let low = 0;
let high = 0;

/** Begins a sequence; different seeds are different kinds of sequences. */
export function begin(seed: number): void {
  low = seed;
  high = ~seed;
}

export function mix(word: number): void {
  low = Math.imul(low ^ word, 0x9e3779b1);
  low ^= low >>> 15;
  high = Math.imul(high ^ word, 0x85ebca6b);
  high ^= high >>> 13;
}

export function mixBytes(view: DataView, from: number, to: number): void {
  let at = from;
  for (; at + 4 <= to; at += 4) mix(view.getInt32(at));
  for (; at < to; at++) mix(view.getUint8(at));
}

/** The number for what was mixed since `begin`. */
export const result = (): number => (low >>> 0) * 0x100000 + (high >>> 12);
