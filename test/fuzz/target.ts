// What is fuzzed: something that takes any bytes. It may refuse them in words; it may not throw, hang or grow.

export interface Target {
  readonly name: string;
  /** Inputs that make sense, to begin with. */
  seeds(): Uint8Array[];
  /** Words that mean something to it: texts are changed word by word. Null for bytes. */
  readonly words: readonly string[] | null;
  /** Throws where the input found a mistake. Resolves to nothing of interest. */
  run(input: Uint8Array): unknown;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const bytesOf = (text: string): Uint8Array => encoder.encode(text);
export const textOf = (bytes: Uint8Array): string => decoder.decode(bytes);

/** A target whose inputs are texts. */
export const textTarget = (
  name: string,
  seeds: () => readonly string[],
  run: (text: string) => unknown,
  words: readonly string[] = [],
): Target => ({ name, words, seeds: () => seeds().map(bytesOf), run: (input) => run(textOf(input)) });

/** What a target throws where two ways to the same answer differ. */
export function mustEqual(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what} differ:\n${a?.slice(0, 2000)}\n${b?.slice(0, 2000)}`);
}
