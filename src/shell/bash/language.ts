// The language itself is just-bash's: its parser, loaded when the first shell starts. This file reads a script command
// by command, as bash does, so that what stands before a syntax error runs, and words it was not asked to parse yet.
import type { CommandNode, FunctionNode, ScriptNode, StatementNode, WordNode } from './ast.ts';
import { withDeclaredArrays } from './declared-arrays.ts';
import { opensArithmetic, withListedDo, withPatience } from './parser-faults.ts';

type Parse = (text: string) => ScriptNode;

/** Where a script is not bash: what bash says about it. */
export interface SyntaxFault {
  readonly line: number;
  readonly message: string;
  /** The offending line, for the second line of the message; null for an unexpected end. */
  readonly text: string | null;
}

export interface Language {
  readonly parse: Parse;
  /** A word as it could have been written. */
  wordText(word: WordNode): string;
  functionText(node: FunctionNode): string;
  commandText(node: CommandNode): string;
  /** `text` with its expansions, as the body of a here-document. */
  hereWord(text: string): WordNode;
  /** `text` with its quotes and expansions, as the value of an assignment; null if it is none. */
  valueWord(text: string): WordNode | null;
}

const CACHED_WORDS = 1000;

/** A memory of limited size for words that are parsed again and again in loops. */
function remember<T>(make: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const old = known.get(text);
    if (old !== undefined) return old;
    if (known.size >= CACHED_WORDS) known.clear();
    const made = make(text);
    known.set(text, made);
    return made;
  };
}

export async function loadLanguage(): Promise<Language> {
  const { parse: parseTree, serialize } = await import('just-bash');
  const parse = withDeclaredArrays(withListedDo(withPatience(parseTree)));
  const hereWord = (text: string): WordNode => {
    const delimiter = 'END-OF-THE-WORD';
    const command = parse(`:<<${delimiter}\n${text}\n${delimiter}\n`).statements[0].pipelines[0].commands[0];
    const target = command.type === 'SimpleCommand' ? command.redirections[0].target : null;
    if (target?.type !== 'HereDoc') throw new Error('a here-document did not parse as one');
    return trimmed(target.content);
  };
  const valueWord = (text: string): WordNode | null => {
    const command = parse(`_=${text}`).statements[0]?.pipelines[0].commands[0];
    return command?.type === 'SimpleCommand' && command.args.length === 0 && command.name === null
      ? command.assignments[0].value
      : null;
  };
  return {
    parse: remember(parse),
    wordText: (word) => serialize(scriptOf(commandOf(word))).trimEnd(),
    commandText: (node) => serialize(scriptOf(node)).trimEnd(),
    functionText: (node) => serialize(scriptOf(node)).trimEnd(),
    hereWord: remember(hereWord),
    valueWord: remember(valueWord),
  };
}

function commandOf(name: WordNode): CommandNode {
  return { type: 'SimpleCommand', assignments: [], name, args: [], redirections: [] };
}

function scriptOf(command: CommandNode): ScriptNode {
  const pipeline = { type: 'Pipeline' as const, commands: [command], negated: false };
  const statement = { type: 'Statement' as const, pipelines: [pipeline], operators: [], background: false };
  return { type: 'Script', statements: [statement] };
}

/** Without the newline that ends the last line of a here-document. */
function trimmed(word: WordNode): WordNode {
  const last = word.parts.at(-1);
  if (last?.type !== 'Literal' || !last.value.endsWith('\n')) return word;
  const rest = last.value.slice(0, -1);
  const parts = word.parts.slice(0, -1);
  return { ...word, parts: rest === '' ? parts : [...parts, { ...last, value: rest }] };
}

/** Lines that are parsed together at first: small enough for just-bash's limits on tokens and statements. */
const CHUNK_LINES = 128;

/** One step of reading a script: commands to run, or why it cannot go on. */
export type Read =
  | { readonly statements: readonly StatementNode[]; readonly firstLine: number }
  | { readonly fault: SyntaxFault }
  /** A command that bash would only refuse when it expands it; reading goes on behind it. */
  | { readonly refused: string; readonly line: number };

interface Attempt {
  readonly script: ScriptNode | null;
  readonly error: ParserError | null;
}

interface ParserError {
  readonly name: string;
  readonly message: string;
  readonly line?: number;
  readonly token?: { readonly type: string; readonly value: string };
}

/** Reads `text` piece by piece; each piece is whole commands. Lines are counted from `firstLine`. */
export function* readScript(language: Language, text: string, firstLine = 1): Generator<Read> {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  let at = 0;
  while (at < lines.length) {
    const piece = nextPiece(language, lines, at);
    if (piece === null) {
      yield* readToFault(language, lines, at, firstLine);
      return;
    }
    if (piece.script.statements.length > 0)
      yield { statements: piece.script.statements, firstLine: firstLine + at };
    at = piece.end;
  }
}

/** Doubles the number of lines until they are whole commands; null if not even all of them are. */
function nextPiece(
  language: Language,
  lines: readonly string[],
  start: number,
): { script: ScriptNode; end: number } | null {
  for (let count = CHUNK_LINES; ; count *= 2) {
    const end = Math.min(lines.length, start + count);
    const { script } = attempt(language, lines.slice(start, end).join('\n'));
    if (script !== null && (end === lines.length || !endsOpen(lines[end - 1], script)))
      return { script, end };
    if (end === lines.length) return null;
  }
}

/** Something ahead is wrong: the shortest pieces that parse, one by one, and then the fault. */
function* readToFault(
  language: Language,
  lines: readonly string[],
  start: number,
  firstLine: number,
): Generator<Read> {
  let at = start;
  let end = start + 1;
  while (at < lines.length && end <= lines.length) {
    const { script, error } = attempt(language, lines.slice(at, end).join('\n'));
    if (script !== null && !endsOpen(lines[end - 1], script)) {
      if (script.statements.length > 0) yield { statements: script.statements, firstLine: firstLine + at };
      at = end;
    } else if (badSubstitution(error) !== null) {
      yield { refused: badSubstitution(error) as string, line: firstLine + end - 1 };
      at = end;
    } else if (error !== null && isFinal(error)) {
      yield { fault: describe(error, lines, at, firstLine) };
      return;
    }
    end++;
  }
  if (at >= lines.length) return;
  const { error } = attempt(language, lines.slice(at).join('\n'));
  yield { fault: describe(error, lines, at, firstLine) };
}

/** False if `text` is the beginning of a command that has to go on; a fault is whole too. */
export function wholeness(language: Language, text: string): boolean {
  const { script, error } = attempt(language, text);
  if (script !== null) return !endsOpen(text.slice(text.lastIndexOf('\n') + 1), script);
  return error !== null && (isFinal(error) || badSubstitution(error) !== null);
}

function attempt(language: Language, text: string): Attempt {
  try {
    const script = language.parse(text);
    const deferred = script.statements.find(
      (statement) => statement.deferredError !== undefined,
    )?.deferredError;
    if (deferred !== undefined) return { script: null, error: unexpected(deferred.token, text) };
    if (opensArithmetic(script.statements.at(-1), text)) return { script: null, error: openArithmetic(text) };
    return incomplete(script) ? { script: null, error: null } : { script, error: null };
  } catch (error) {
    const { name } = error as Error;
    if (name !== 'ParseException' && name !== 'LexerError') throw error;
    return { script: null, error: error as ParserError };
  }
}

const openArithmetic = (text: string): ParserError => ({
  name: 'ParseException',
  message: "unexpected EOF while looking for matching `)'",
  line: text.slice(0, text.lastIndexOf('$((')).split('\n').length,
});

/** just-bash leaves some faults to the evaluator, without their line: it is the last one of the shortest piece. */
function unexpected(token: string, text: string): ParserError {
  const line = text.split('\n').length;
  return { name: 'ParseException', message: '', line, token: { type: 'WORD', value: token } };
}

/** just-bash takes `a &&` and `a |` for whole, with an empty command at the end. */
function incomplete(script: ScriptNode): boolean {
  const pipeline = script.statements.at(-1)?.pipelines.at(-1);
  const command = pipeline?.commands.at(-1);
  if (command?.type !== 'SimpleCommand' || pipeline === undefined) return false;
  const empty = command.name === null && command.assignments.length + command.redirections.length === 0;
  return empty && (pipeline.commands.length > 1 || (script.statements.at(-1)?.pipelines.length ?? 0) > 1);
}

/** The last line goes on in the next one: a backslash at its end, or a here-document without its end. */
function endsOpen(line: string, script: ScriptNode): boolean {
  return (
    /(^|[^\\])(\\\\)*\\$/.test(line) || JSON.stringify(script.statements.at(-1) ?? null).includes(OPEN_HERE)
  );
}

const OPEN_HERE = '"terminated":false';

const badSubstitution = (error: ParserError | null): string | null =>
  /\$\{.*\}: bad substitution$/s.exec(error?.message ?? '')?.[0] ?? null;

/** An error that more lines do not mend: a token that may not stand there. */
function isFinal(error: ParserError): boolean {
  return error.token !== undefined && error.token.type !== 'EOF';
}

function describe(
  error: ParserError | null,
  lines: readonly string[],
  at: number,
  firstLine: number,
): SyntaxFault {
  const matching = /unexpected EOF while looking for matching `.'/.exec(error?.message ?? '');
  const line = firstLine + at + (error?.line ?? 1) - 1;
  if (matching !== null) return { line, message: matching[0], text: null };
  if (error !== null && isFinal(error)) {
    const token = error.token?.type === 'NEWLINE' ? 'newline' : (error.token?.value ?? '');
    const text = lines[line - firstLine] ?? '';
    return { line, message: `syntax error near unexpected token \`${token}'`, text };
  }
  return { line: firstLine + lines.length, message: 'syntax error: unexpected end of file', text: null };
}
