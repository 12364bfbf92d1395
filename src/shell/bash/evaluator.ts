// The evaluator's parts by name, so that a word can hold a command and a command hold words without files that import
// each other in a circle: whoever stands below in the layers calls up through this.
import type { Resolved } from '../programs.ts';
import type { CommandNode, StatementNode, WordNode, WordPart } from './ast.ts';
import type { Output } from './fields.ts';
import type { Shell } from './shell.ts';
import type { Start } from './start.ts';

/** Where a command's name may be looked up. */
export interface Lookup {
  readonly functions: boolean;
  readonly builtins: boolean;
  readonly programs: boolean;
}

/** A builtin gets its arguments expanded and answers with the exit status. */
export type Builtin = (shell: Shell, args: readonly string[], name: string) => number | Promise<number>;

export interface Evaluator {
  list(shell: Shell, statements: readonly StatementNode[]): Promise<void>;
  /** A statement's `&&` and `||`, without regard to `&`. */
  andOr(shell: Shell, statement: StatementNode): Promise<void>;
  command(shell: Shell, command: CommandNode): Promise<void>;
  /** A command whose words are expanded. */
  words(shell: Shell, argv: readonly string[], lookup?: Lookup): Promise<void>;
  /** Text as commands (`eval`); a script as a whole. */
  text(shell: Shell, text: string, firstLine?: number, what?: string): Promise<void>;
  script(shell: Shell, text: string): Promise<void>;
  expandText(shell: Shell, word: WordNode): Promise<string>;
  expandWords(shell: Shell, words: readonly WordNode[]): Promise<string[]>;
  expandPattern(shell: Shell, word: WordNode): Promise<string>;
  expandParts(shell: Shell, parts: readonly WordPart[], output: Output, quoted: boolean): Promise<void>;
  /** Runs what a name was resolved to, in the process of `start`. */
  program(start: Start, resolved: Resolved, argv: readonly string[]): Promise<number>;
  readonly builtins: ReadonlyMap<string, Builtin>;
}
