// What the fuzzer and its workers tell each other.

/** What the parent gives. `shared` holds the input that runs now: its length, how many ran, and its bytes. */
export interface WorkerData {
  readonly target: string;
  readonly seconds: number;
  readonly seed: number;
  readonly shared: SharedArrayBuffer;
}

/** What it hears. */
export type Message =
  | { readonly kind: 'progress'; readonly runs: number; readonly corpus: number; readonly blocks: number }
  | { readonly kind: 'failure'; readonly error: string; readonly input: Uint8Array }
  | { readonly kind: 'slow'; readonly milliseconds: number; readonly input: Uint8Array }
  | { readonly kind: 'end'; readonly runs: number; readonly corpus: number; readonly blocks: number };

/** Bytes before the input in the shared memory. */
export const HEAD = 8;
