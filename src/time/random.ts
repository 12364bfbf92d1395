// Chance as an argument: a seeded generator, so that two runs with one seed print the same bytes.

/** xoshiro128** 1.1 (Blackman and Vigna), seeded by splitmix32. */
export class Random {
  private readonly s = new Uint32Array(4);

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

  /** 32 random bits as an unsigned number. */
  u32(): number {
    const s = this.s;
    const product = Math.imul(s[1], 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  /** An integer from 0 to `limit` - 1, 0 for a limit of 0 (as prandom_u32_max). */
  below(limit: number): number {
    return Math.floor((this.u32() / 0x100000000) * limit);
  }
}
