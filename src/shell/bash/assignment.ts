// `x=1`, `x+=1`, `a[2]=b`, `a=(…)`, `m=([k]=v)`.

import { plainValue } from './arithmetic-scope.ts';
import type { Assignment, WordNode, WordPart } from './ast.ts';
import { expandParts, expandText, expandWords } from './expand.ts';
import { TextOutput } from './fields.ts';
import { splitSubscript, subscriptKey } from './parameter.ts';
import { quoteForTrace } from './quote.ts';
import type { Shell } from './shell.ts';
import { traceText } from './trace.ts';
import { sortedKeys } from './variables.ts';

/** `while :; do x=$x$x; done` has to end. */
const LENGTH_LIMIT = 1 << 26;
/** And so has `while :; do a[i++]=x; done`. */
const ELEMENTS_LIMIT = 1 << 21;

export async function assignAll(shell: Shell, assignments: readonly Assignment[]): Promise<void> {
  for (const assignment of assignments) if (!(await assign(shell, assignment)) || shell.stopped) return;
}

/** False, with a message, if the variable may not be changed. */
export async function assign(shell: Shell, node: Assignment): Promise<boolean> {
  const indexed = splitSubscript(node.name);
  const name = indexed?.name ?? node.name;
  if (shell.refuseReadonly(name)) return false;
  if (node.array !== null) {
    const words = node.array.map((word) => shell.session.language.wordText(word));
    await trace(shell, node, `(${words.join(' ')})`);
    await assignArray(shell, name, node.array, node.append);
    return true;
  }
  const value = node.value === null ? '' : await expandText(shell, node.value);
  const old = node.append && indexed === null ? (shell.variables.text(name) ?? '') : '';
  if (old.length + value.length > LENGTH_LIMIT)
    shell.abort(`a variable of more than ${LENGTH_LIMIT} characters`);
  if (shell.stopped) return false;
  await trace(shell, node, value === '' ? '' : quoteForTrace(value));
  if (indexed === null) assignScalar(shell, name, value, node.append);
  else await assignElement(shell, name, indexed.subscript, value, node.append);
  if (shell.options.allexport) shell.variables.mark(name, 'exported', true);
  return true;
}

async function trace(shell: Shell, node: Assignment, value: string): Promise<void> {
  if (shell.options.xtrace) await traceText(shell, `${node.name}${node.append ? '+=' : '='}${value}`);
}

/** Also what `read`, `printf -v` and the declarations do. */
export function assignScalar(shell: Shell, name: string, value: string, append: boolean): void {
  const { variables } = shell;
  const old = append ? (variables.text(name) ?? '') : '';
  if (variables.get(name)?.integer) variables.set(name, integerSum(shell, old, value));
  else variables.set(name, old + value);
  if (name === 'RANDOM') variables.unset(name);
}

function integerSum(shell: Shell, old: string, value: string): string {
  const result = plainValue(shell, old === '' ? value : `${old}+(${value || 0})`);
  if (!('error' in result)) return String(result.value);
  shell.complain(result.error);
  shell.unwind = { kind: 'discard' };
  shell.status = 1;
  return old;
}

async function assignElement(
  shell: Shell,
  name: string,
  subscript: string,
  value: string,
  append: boolean,
): Promise<void> {
  const key = await subscriptKey(shell, name, subscript);
  const held = shell.variables.get(name)?.value;
  if (held instanceof Map && held.size >= ELEMENTS_LIMIT)
    shell.abort(`an array of more than ${ELEMENTS_LIMIT} elements`);
  const old = append ? (shell.variables.elements(name).get(key) ?? '') : '';
  const text = shell.variables.get(name)?.integer ? integerSum(shell, old, value) : old + value;
  shell.variables.setElement(name, key, text);
}

/** An array's elements, each with a key of its own or the next index. */
export async function assignArray(
  shell: Shell,
  name: string,
  words: readonly WordNode[],
  append: boolean,
): Promise<void> {
  const associative = shell.variables.get(name)?.associative ?? false;
  const elements = new Map<string, string>(append ? shell.variables.elements(name) : []);
  let next = elements.size === 0 ? 0 : Number(sortedKeys(elements).at(-1)) + 1;
  const loose: string[] = [];
  for (const word of joinSubscripts(words)) {
    const keyed = keyedElement(word);
    if (keyed === null) {
      for (const value of await expandWords(shell, [word])) {
        if (associative) loose.push(value);
        else elements.set(String(next++), value);
      }
    } else {
      const key = await keyText(shell, name, keyed.key);
      const old = keyed.append ? (elements.get(key) ?? '') : '';
      elements.set(key, old + (await partsText(shell, keyed.value)));
      if (!associative) next = Number(key) + 1;
    }
    if (shell.stopped) return;
  }
  for (let i = 0; i < loose.length; i += 2) elements.set(loose[i], loose[i + 1] ?? '');
  shell.variables.setArray(name, elements, associative);
}

/** An array's elements expanded: `'value'` or `['key']='value'`, which can be assigned later without another look. */
export async function expandElements(shell: Shell, words: readonly WordNode[]): Promise<WordNode[]> {
  const elements: WordNode[] = [];
  for (const word of joinSubscripts(words)) {
    const keyed = keyedElement(word);
    if (keyed === null)
      for (const value of await expandWords(shell, [word])) elements.push(wordOf(quoted(value)));
    else {
      const key = quoted(await partsText(shell, keyed.key));
      const value = quoted(await partsText(shell, keyed.value));
      elements.push(wordOf(literal('['), key, literal(keyed.append ? ']+=' : ']='), value));
    }
    if (shell.stopped) break;
  }
  return elements;
}

const quoted = (value: string): WordPart => ({ type: 'SingleQuoted', value });
const wordOf = (...parts: WordPart[]): WordNode => ({ type: 'Word', parts });

async function partsText(shell: Shell, parts: readonly WordPart[]): Promise<string> {
  const output = new TextOutput(shell.ifs);
  await expandParts(shell, parts, output, false);
  return output.text;
}

async function keyText(shell: Shell, name: string, parts: readonly WordPart[]): Promise<string> {
  const text = await partsText(shell, parts);
  return shell.variables.get(name)?.associative ? text : subscriptKey(shell, name, text);
}

interface Keyed {
  readonly key: readonly WordPart[];
  readonly value: readonly WordPart[];
  readonly append: boolean;
}

const plain = (part: WordPart): string | null =>
  part.type === 'Literal' ? part.value : part.type === 'Glob' ? part.pattern : null;

/** `[a b]=c` is one element; the parser splits it at the blank. */
function joinSubscripts(words: readonly WordNode[]): readonly WordNode[] {
  const joined: WordNode[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    const open =
      word.parts.length > 0 && plain(word.parts[0])?.startsWith('[') && keyedElement(word) === null;
    const end = open ? words.findIndex((other, index) => index > at && closesSubscript(other)) : -1;
    if (end < 0) joined.push(word);
    else {
      const parts = words
        .slice(at, end + 1)
        .flatMap(({ parts }, index) => [literal(index > 0 ? ' ' : ''), ...parts]);
      joined.push(wordOf(...parts.slice(1)));
      at = end;
    }
  }
  return joined;
}

const closesSubscript = (word: WordNode): boolean =>
  word.parts.some((part) => /\]\+?=/.test(plain(part) ?? ''));

/** `[key]=value` taken apart; the parser leaves it as one word. */
function keyedElement(word: WordNode): Keyed | null {
  if (word.parts.length === 0 || !plain(word.parts[0])?.startsWith('[')) return null;
  const parts = literals(word.parts);
  for (const [index, part] of parts.entries()) {
    const text = plain(part);
    const found = text === null ? null : /\](\+?)=/.exec(text);
    if (text === null || found === null) continue;
    const key = [...parts.slice(0, index), literal(text.slice(0, found.index))];
    const value = [literal(text.slice(found.index + found[0].length)), ...parts.slice(index + 1)];
    const first = plain(key[0]) ?? '';
    key[0] = literal(first.slice(1));
    return { key, value, append: found[1] === '+' };
  }
  return null;
}

const literal = (value: string): WordPart => ({ type: 'Literal', value });

/** Neighbouring plain parts as one. */
function literals(parts: readonly WordPart[]): WordPart[] {
  const joined: WordPart[] = [];
  for (const part of parts) {
    const text = plain(part);
    const last = joined.at(-1);
    if (text !== null && last?.type === 'Literal') joined[joined.length - 1] = literal(last.value + text);
    else joined.push(text === null ? part : literal(text));
  }
  return joined;
}
