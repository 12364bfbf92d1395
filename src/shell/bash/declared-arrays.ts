// The arrays among the arguments of `declare`, `local` and their kin: just-bash's parser makes one flat word of
// `a=($(seq 3) "$(date)")` and loses what is in it, so they are parsed again from the source, as the assignments that
// they are.
import type { ScriptNode, SimpleCommandNode, WordNode } from './ast.ts';
import { literalText } from './ast.ts';

/** The builtins whose arguments may be assignments. */
export const DECLARATIONS: ReadonlySet<string> = new Set([
  'declare',
  'typeset',
  'local',
  'export',
  'readonly',
]);

type Parse = (text: string) => ScriptNode;

/** A statement's text and how far its arrays have been found. */
interface Source {
  readonly text: string;
  at: number;
}

/** The elements of arguments that are arrays. */
const ELEMENTS = new WeakMap<WordNode, readonly WordNode[]>();

export const elementsOf = (word: WordNode): readonly WordNode[] | undefined => ELEMENTS.get(word);

/** `parse`, with the arrays in declarations remembered for `elementsOf`. */
export function withDeclaredArrays(parse: Parse): Parse {
  const whole: Parse = (text) => {
    const script = parse(text);
    if (DECLARED.test(text)) walk(script, { text: '', at: 0 }, whole);
    return script;
  };
  return whole;
}

const DECLARED = /\b(declare|typeset|local|export|readonly)\b[^\n]*=\(/;

function walk(node: unknown, source: Source, parse: Parse): void {
  if (typeof node !== 'object' || node === null) return;
  const { type, sourceText } = node as { readonly type?: string; readonly sourceText?: string };
  const inner = type === 'Statement' ? { text: sourceText ?? '', at: 0 } : source;
  if (type === 'SimpleCommand') findArrays(node as SimpleCommandNode, inner, parse);
  for (const child of Object.values(node)) walk(child, inner, parse);
}

function findArrays(command: SimpleCommandNode, source: Source, parse: Parse): void {
  const name = command.name === null ? null : literalText(command.name);
  if (name === null || !DECLARATIONS.has(name)) return;
  for (const word of command.args) {
    const first = word.parts[0];
    const found = first?.type === 'Literal' ? /^[A-Za-z_]\w*\+?=\(/.exec(first.value) : null;
    const elements = found === null ? null : arrayAt(found[0], source, parse);
    if (elements !== null) ELEMENTS.set(word, elements);
  }
}

/** The shortest text from `start` on that is an array. */
function arrayAt(start: string, source: Source, parse: Parse): readonly WordNode[] | null {
  const from = source.text.indexOf(start, source.at);
  if (from < 0) return null;
  for (let to = source.text.indexOf(')', from); to >= 0; to = source.text.indexOf(')', to + 1)) {
    const elements = arrayIn(source.text.slice(from, to + 1), parse);
    if (elements === null) continue;
    source.at = to + 1;
    return elements;
  }
  return null;
}

function arrayIn(text: string, parse: Parse): readonly WordNode[] | null {
  try {
    const command = parse(text).statements[0]?.pipelines[0]?.commands[0];
    return command?.type === 'SimpleCommand' ? (command.assignments[0]?.array ?? null) : null;
  } catch (error) {
    const { name } = error as Error;
    if (name !== 'ParseException' && name !== 'LexerError') throw error;
    return null;
  }
}
