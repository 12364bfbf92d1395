// The command line as iproute2's parsers walk it (NEXT_ARG and its kin). The first complaint is printed where it
// arises and ends the walk: `done` is true from then on and `failure` is the exit status, so that no parser has to ask
// after every word.
import { abbreviates } from './options.ts';
import type { Session } from './session.ts';

export class Arguments {
  readonly session: Session;
  /** Exit status of a failed parse, 0 while all is well. */
  failure = 0;
  private readonly words: readonly string[];
  private position = 0;

  constructor(session: Session, words: readonly string[]) {
    this.session = session;
    this.words = words;
  }

  /** No word is left, or the command line is wrong. */
  get done(): boolean {
    return this.failure !== 0 || this.position >= this.words.length;
  }

  get word(): string {
    return this.words[this.position] ?? '';
  }

  /** The word at hand and all behind it. */
  get rest(): readonly string[] {
    return this.words.slice(this.position);
  }

  /** Exactly this word (strcmp). */
  is(keyword: string): boolean {
    return this.word === keyword;
  }

  /** This word or a beginning of it (matches). */
  begins(keyword: string): boolean {
    return abbreviates(this.word, keyword);
  }

  advance(): void {
    this.position++;
  }

  /** Whether a value can follow (NEXT_ARG_OK). */
  get hasValue(): boolean {
    return this.position + 1 < this.words.length;
  }

  /** The word behind the one at hand (NEXT_ARG). */
  value(): string {
    if (this.failure !== 0) return '';
    if (!this.hasValue) {
      this.stop(this.session.exit('Command line is not complete. Try option "help"'));
      return '';
    }
    this.position++;
    return this.word;
  }

  /** Ends the walk with an exit status; the first one counts. */
  stop(status: number): void {
    if (this.failure === 0) this.failure = status;
  }

  /** A complaint of the parser that returns -1. */
  fail(line: string): void {
    if (this.failure === 0) this.stop(this.session.fail(line));
  }

  /** A complaint of the parser that exits with -1. */
  exit(line: string): void {
    if (this.failure === 0) this.stop(this.session.exit(line));
  }

  usage(text: string): void {
    if (this.failure === 0) this.stop(this.session.usage(text));
  }

  /** invarg. Many of iproute2's messages end in a line end of their own: then an empty line follows. */
  wrong(message: string, value: string): void {
    this.exit(`Error: argument "${value}" is wrong: ${message}`);
  }

  /** duparg. */
  duplicate(key: string, value: string): void {
    this.exit(`Error: duplicate "${key}": "${value}" is the second value.`);
  }

  /** duparg2. */
  garbage(key: string, value: string): void {
    this.exit(`Error: either "${key}" is duplicate, or "${value}" is a garbage.`);
  }
}

/** One word of a language: what it is called, whether it may be abbreviated, and what it does to `T`. */
export interface Keyword<T> {
  readonly words: readonly string[];
  readonly abbreviates: boolean;
  readonly take: (target: T, args: Arguments) => void;
}

/** Words that stand only for themselves, separated by blanks. */
export const exact = <T>(words: string, take: Keyword<T>['take']): Keyword<T> => ({
  words: words.split(' '),
  abbreviates: false,
  take,
});

/** Words that any beginning of them stands for. */
export const prefix = <T>(words: string, take: Keyword<T>['take']): Keyword<T> => ({
  words: words.split(' '),
  abbreviates: true,
  take,
});

/** Takes every word by the first keyword that fits, else by `otherwise`; ends at a keyword that `ends` names. */
export function walk<T>(
  args: Arguments,
  keywords: readonly Keyword<T>[],
  target: T,
  otherwise: Keyword<T>['take'],
): void {
  for (; !args.done; args.advance()) (find(args.word, keywords)?.take ?? otherwise)(target, args);
}

/** The first keyword that fits, in order: iproute2's own order of comparison decides what an abbreviation means. */
export function find<K extends { readonly words: readonly string[]; readonly abbreviates: boolean }>(
  word: string,
  keywords: readonly K[],
): K | undefined {
  return keywords.find((keyword) =>
    keyword.words.some((name) => (keyword.abbreviates ? abbreviates(word, name) : word === name)),
  );
}
