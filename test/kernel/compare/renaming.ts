// Keeps which random value of one recording stands for which of the other. A pair that contradicts an
// earlier pair is a difference: two fragments of a packet must still share their identification.

export class Renaming {
  readonly #forward = new Map<string, string>();
  readonly #backward = new Map<string, string>();

  /** Returns what `expected` stood for before, or undefined when the pair is consistent. */
  contradiction(kind: string, scope: string, expected: string, actual: string): string | undefined {
    const from = `${kind} ${scope} ${expected}`;
    const to = `${kind} ${scope} ${actual}`;
    const before = this.#forward.get(from);
    if (before !== undefined && before !== actual) return `${expected} was ${before} before, not ${actual}`;
    const reverse = this.#backward.get(to);
    if (reverse !== undefined && reverse !== expected)
      return `${actual} stood for ${reverse} before, not ${expected}`;
    this.#forward.set(from, actual);
    this.#backward.set(to, expected);
    return undefined;
  }
}
