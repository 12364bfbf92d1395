// The number of ones in 16 bits: JavaScript has no instruction for it, and a table is what is fast (measured).
export const ONES = new Uint8Array(1 << 16);

/** Fills the table; most programs have no large table and are spared a millisecond of their start. */
export function countOnes(): void {
  if (ONES[1] === 1) return;
  for (let bits = 1; bits < ONES.length; bits++) ONES[bits] = ONES[bits >> 1] + (bits & 1);
}
