// `test` and `[`: POSIX's rules by the number of arguments, then the grammar with -a, -o, ! and parentheses.
import { compareNumbers } from '../conditional.ts';
import type { Shell } from '../shell.ts';
import { BINARY, compareStrings, UNARY, unaryTest } from '../tests.ts';

/** An expression that cannot be: only ever caught by `test`. */
class Fault extends Error {}

export function test(shell: Shell, args: readonly string[], name: string): number {
  let words = args;
  if (name === '[') {
    if (args.at(-1) !== ']') {
      shell.complain("[: missing `]'");
      return 2;
    }
    words = args.slice(0, -1);
  }
  try {
    return new Tester(shell, words).run() ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    shell.complain(`${name}: ${error.message}`);
    return 2;
  }
}

class Tester {
  private readonly shell: Shell;
  private readonly words: readonly string[];
  private at = 0;

  constructor(shell: Shell, words: readonly string[]) {
    this.shell = shell;
    this.words = words;
  }

  run(): boolean {
    const { words } = this;
    switch (words.length) {
      case 0:
        return false;
      case 1:
        return words[0] !== '';
      case 2:
        return this.two(words[0], words[1]);
      case 3:
        return this.three(words[0], words[1], words[2]);
      case 4:
        if (words[0] === '!') return !this.three(words[1], words[2], words[3]);
        if (words[0] === '(' && words[3] === ')') return this.two(words[1], words[2]);
    }
    const value = this.or();
    if (this.at < words.length) throw new Fault('too many arguments');
    return value;
  }

  private two(first: string, second: string): boolean {
    if (first === '!') return second === '';
    if (UNARY.test(first)) return unaryTest(this.shell, first, second);
    throw new Fault(`${first}: unary operator expected`);
  }

  private three(first: string, second: string, third: string): boolean {
    if (BINARY.test(second)) return this.binary(first, second, third);
    if (second === '-a') return first !== '' && third !== '';
    if (second === '-o') return first !== '' || third !== '';
    if (first === '!') return !this.two(second, third);
    if (first === '(' && third === ')') return second !== '';
    throw new Fault(`${second}: binary operator expected`);
  }

  private or(): boolean {
    let value = this.and();
    while (this.words[this.at] === '-o') {
      this.at++;
      const right = this.and();
      value = value || right;
    }
    return value;
  }

  private and(): boolean {
    let value = this.term();
    while (this.words[this.at] === '-a') {
      this.at++;
      const right = this.term();
      value = value && right;
    }
    return value;
  }

  private term(): boolean {
    const { words } = this;
    const word = words[this.at];
    if (word === undefined) throw new Fault('argument expected');
    if (word === '!') {
      this.at++;
      return !this.term();
    }
    if (BINARY.test(words[this.at + 1] ?? '') && words[this.at + 2] !== undefined) {
      this.at += 3;
      return this.binary(word, words[this.at - 2], words[this.at - 1]);
    }
    if (word === '(') return this.group();
    if (UNARY.test(word) && words[this.at + 1] !== undefined) {
      this.at += 2;
      return unaryTest(this.shell, word, words[this.at - 1]);
    }
    this.at++;
    return word !== '';
  }

  private group(): boolean {
    this.at++;
    const value = this.or();
    if (this.words[this.at++] !== ')') throw new Fault("`)' expected");
    return value;
  }

  private binary(left: string, operator: string, right: string): boolean {
    if (!/^-(eq|ne|lt|le|gt|ge)$/.test(operator)) return compareStrings(this.shell, left, operator, right);
    return compareNumbers(integer(left), operator, integer(right));
  }
}

function integer(text: string): bigint {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new Fault(`${text}: integer expression expected`);
  return BigInt(text.trim().replace(/^\+/, ''));
}
