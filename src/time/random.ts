// Chance as an argument: a seeded generator, so that two runs with one seed print the same bytes.

/** xoshiro128** 1.1 (Blackman and Vigna), seeded by splitmix32. */
export class Random {
  private readonly s = new Int32Array(4);

  constructor(seed: number) {
    let state = seed >>> 0;
    for (let i = 0; i < 4; i++) {
      state = (state + 0x9e3779b9) >>> 0;
      let z = state;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      this.s[i] = z ^ (z >>> 15);
    }
  }

  /** 32 random bits. */
  private next(): number {
    const { s } = this;
    const s0 = s[0];
    const s1 = s[1];
    const s2 = s[2] ^ s0;
    const s3 = s[3] ^ s1;
    const product = Math.imul(s1, 5);
    s[0] = s0 ^ s3;
    s[1] = s1 ^ s2;
    s[2] = s2 ^ (s1 << 9);
    s[3] = (s3 << 11) | (s3 >>> 21);
    return Math.imul((product << 7) | (product >>> 25), 9);
  }

  /** 32 random bits as an unsigned number. */
  u32(): number {
    return this.next() >>> 0;
  }

  /** As `below` of two to the power of `count`, which is 1 to 31. */
  bits(count: number): number {
    return this.next() >>> (32 - count);
  }

  /** An integer from 0 to `limit` - 1, 0 for a limit of 0 (as prandom_u32_max). */
  below(limit: number): number {
    return Math.floor((this.u32() / 0x100000000) * limit);
  }
}
