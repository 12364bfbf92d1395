// The number of ones in 16 bits: JavaScript has no instruction for it, and a table is what is fast (measured).
export const ONES = new Uint8Array(1 << 16);
for (let bits = 1; bits < ONES.length; bits++) ONES[bits] = ONES[bits >> 1] + (bits & 1);
