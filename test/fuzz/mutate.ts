// Changes inputs at random: a byte, a word, a line here and there, or parts of two inputs joined.
import { bytesOf, textOf } from './target.ts';

/** A small fast generator: a failing run is repeated by its seed (mulberry32). */
export class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % Math.max(1, limit);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }
}

/** No input grows beyond this many bytes. */
const LONGEST = 65_536;

const INTERESTING_BYTES = [0, 1, 2, 4, 5, 8, 0x14, 0x45, 0x7f, 0x80, 0xff];
const INTERESTING_SHORTS = [0, 1, 20, 0x0800, 0x0806, 0x7fff, 0x8000, 0x8100, 0xffff];
const INTERESTING_WORDS = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xa1b2c3d4, 0x1a2b3c4d, 0x10000];

type ByteChange = (bytes: Uint8Array, at: number, chance: Chance) => Uint8Array;

const joined = (...parts: Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

const BYTE_CHANGES: readonly ByteChange[] = [
  (bytes, at, chance) => poke(bytes, at, bytes[at]! ^ (1 << chance.below(8))),
  (bytes, at, chance) => poke(bytes, at, chance.below(256)),
  (bytes, at, chance) => poke(bytes, at, chance.pick(INTERESTING_BYTES)),
  (bytes, at, chance) => pokeNumber(bytes, at, 2, chance.pick(INTERESTING_SHORTS), chance),
  (bytes, at, chance) => pokeNumber(bytes, at, 4, chance.pick(INTERESTING_WORDS), chance),
  (bytes, at, chance) => joined(bytes.subarray(0, at), bytes.subarray(at + 1 + chance.below(16))),
  (bytes, at, chance) =>
    joined(bytes.subarray(0, at), new Uint8Array(1 + chance.below(8)), bytes.subarray(at)),
  (bytes, at, chance) => joined(bytes.subarray(0, at + chance.below(64)), bytes.subarray(at)),
  (bytes, at) => bytes.slice(0, at),
];

function poke(bytes: Uint8Array, at: number, value: number): Uint8Array {
  bytes[at] = value;
  return bytes;
}

function pokeNumber(bytes: Uint8Array, at: number, size: 2 | 4, value: number, chance: Chance): Uint8Array {
  if (at + size > bytes.length) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const little = chance.below(2) === 1;
  if (size === 2) view.setUint16(at, value, little);
  else view.setUint32(at, value, little);
  return bytes;
}

function changeBytes(input: Uint8Array, chance: Chance): Uint8Array {
  if (input.length === 0) return Uint8Array.of(chance.below(256));
  return chance.pick(BYTE_CHANGES)(Uint8Array.from(input), chance.below(input.length), chance);
}

/** Words, the signs between them, blanks: what a text is cut into. */
const tokensOf = (text: string): string[] => text.match(/[A-Za-z0-9_]+|\s+|[^A-Za-z0-9_\s]/g) ?? [];

const ODD_WORDS = [
  '0',
  '1',
  '-1',
  '255',
  '256',
  '65535',
  '65536',
  '4294967295',
  '4294967296',
  '99999999999999999999',
  '1e9',
  '0x7fffffff',
  '010',
  '',
  ' ',
  '\n',
  '\t',
  '"',
  "'",
  '\\',
  '$',
  '`',
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  '|',
  '&',
  ';',
  '<',
  '>',
  '*',
  '?',
  '/',
  ':',
  '.',
  ',',
  '=',
  '-',
  '--',
  '!',
  '#',
  '%',
  '@',
  '~',
  '\0',
  '\u00e9',
  '\ud83d\ude00',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'true',
  'NaN',
  '0.0.0.0/0',
  '255.255.255.255',
  '::1',
];

type WordChange = (tokens: string[], at: number, chance: Chance, words: readonly string[]) => void;

const WORD_CHANGES: readonly WordChange[] = [
  (tokens, at) => void tokens.splice(at, 1),
  (tokens, at) => void tokens.splice(at, 0, tokens[at]!),
  (tokens, at, chance) => void tokens.splice(at, 1, chance.pick(ODD_WORDS)),
  (tokens, at, chance) => void tokens.splice(at, 0, chance.pick(ODD_WORDS)),
  (tokens, at, chance, words) => void tokens.splice(at, 1, chance.pick(words)),
  (tokens, at, chance, words) => void tokens.splice(at, 0, chance.pick(words), ' '),
  (tokens, at, chance) => void tokens.splice(at, 1, tokens[chance.below(tokens.length)]!),
  (tokens, at, chance) => void tokens.splice(at, 1 + chance.below(6)),
  (tokens, at, chance) => {
    const part = tokens.slice(at, at + 1 + chance.below(8));
    for (let i = chance.below(20); i > 0 && tokens.length < 2000; i--) tokens.splice(at, 0, ...part);
  },
  (tokens, at) => void tokens.splice(at),
];

function changeWords(input: Uint8Array, chance: Chance, words: readonly string[]): Uint8Array {
  const tokens = tokensOf(textOf(input));
  if (tokens.length === 0) return bytesOf(chance.pick(ODD_WORDS));
  chance.pick(WORD_CHANGES)(
    tokens,
    chance.below(tokens.length),
    chance,
    words.length > 0 ? words : ODD_WORDS,
  );
  return bytesOf(tokens.join(''));
}

/** The beginning of one input and the end of another. */
const splice = (one: Uint8Array, other: Uint8Array, chance: Chance): Uint8Array =>
  joined(one.subarray(0, chance.below(one.length + 1)), other.subarray(chance.below(other.length + 1)));

/** A few changes of one input, sometimes with another's end. */
export function mutate(
  corpus: readonly Uint8Array[],
  chance: Chance,
  words: readonly string[] | null,
): Uint8Array {
  let input = chance.pick(corpus);
  if (chance.below(8) === 0) input = splice(input, chance.pick(corpus), chance);
  for (let left = 1 << chance.below(4); left > 0; left--)
    input =
      words !== null && chance.below(10) > 0 ? changeWords(input, chance, words) : changeBytes(input, chance);
  return input.length > LONGEST ? input.slice(0, LONGEST) : input;
}
