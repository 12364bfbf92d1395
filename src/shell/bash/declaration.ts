// The arguments of `declare`, `local`, `export`, `readonly`: assignments among them are not split, and may be arrays.
import { expandElements } from './assignment.ts';
import type { WordNode, WordPart } from './ast.ts';
import { DECLARATIONS, elementsOf } from './declared-arrays.ts';
import { expandText, expandWords } from './expand.ts';
import { quoteSingle } from './quote.ts';
import type { Shell } from './shell.ts';
import { traceText } from './trace.ts';

export const isDeclaration = (name: string): boolean => DECLARATIONS.has(name);

/**
 * `words` as the builtin sees them; an array's elements are kept apart, expanded, as words under its name with its
 * operator.
 */
export interface Declaration {
  readonly words: readonly string[];
  readonly declared: ReadonlyMap<string, WordNode[]>;
}

export async function expandDeclaration(shell: Shell, args: readonly WordNode[]): Promise<Declaration> {
  const words: string[] = [];
  const declared = new Map<string, WordNode[]>();
  for (const word of args) {
    const array = arrayOf(word);
    if (array !== null) {
      words.push(array.target);
      declared.set(array.target, await expandArray(shell, array.target, array.words));
    } else if (isAssignment(word)) words.push(await expandText(shell, word));
    else words.push(...(await expandWords(shell, [word])));
    if (shell.stopped) break;
  }
  return { words, declared };
}

/** The elements as words that are only quoted text, traced on a line of their own. */
async function expandArray(shell: Shell, target: string, words: readonly WordNode[]): Promise<WordNode[]> {
  const elements = await expandElements(shell, words);
  if (shell.options.xtrace && !shell.stopped) {
    const texts = elements.map((word) => word.parts.map(partText).join(''));
    await traceText(shell, `${target}(${texts.join(' ')})`);
  }
  return elements;
}

const partText = (part: WordPart): string =>
  part.type === 'SingleQuoted' ? quoteSingle(part.value) : part.type === 'Literal' ? part.value : '';

function isAssignment(word: WordNode): boolean {
  const first = word.parts[0];
  return first?.type === 'Literal' && /^[A-Za-z_]\w*(\[[^\]]*\])?\+?=/.test(first.value);
}

/** `name=( … )`, which the parser leaves as one word with blanks in its literal text. */
function arrayOf(word: WordNode): { target: string; words: readonly WordNode[] } | null {
  const first = word.parts[0];
  const found = first?.type === 'Literal' ? /^([A-Za-z_]\w*\+?=)\(/.exec(first.value) : null;
  if (found === null || first.type !== 'Literal') return null;
  const parts: WordPart[] = [
    { type: 'Literal', value: first.value.slice(found[0].length) },
    ...word.parts.slice(1),
  ];
  const known = elementsOf(word);
  if (known !== undefined) return { target: found[1], words: known };
  const last = parts.at(-1);
  if (last?.type !== 'Literal' || !last.value.endsWith(')')) return null;
  parts[parts.length - 1] = { type: 'Literal', value: last.value.slice(0, -1) };
  return { target: found[1], words: splitAtBlanks(parts) };
}

function splitAtBlanks(parts: readonly WordPart[]): WordNode[] {
  const words: WordPart[][] = [[]];
  for (const part of parts) {
    if (part.type !== 'Literal') {
      words[words.length - 1].push(part);
      continue;
    }
    part.value.split(/[ \t\n]+/).forEach((text, index) => {
      if (index > 0) words.push([]);
      if (text !== '') words[words.length - 1].push({ type: 'Literal', value: text });
    });
  }
  return words.filter((word) => word.length > 0).map((word): WordNode => ({ type: 'Word', parts: word }));
}
