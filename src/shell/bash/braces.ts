// Brace expansion: `a{b,c}d` is two words, `{01..10}` is ten. It comes before everything else.
import type { BraceExpansion, WordPart } from './ast.ts';

const WORD_LIMIT = 100_000;

/** The words, as parts, that a word with braces stands for; one if it has none. */
export function expandBraces(parts: readonly WordPart[]): (readonly WordPart[])[] {
  const index = parts.findIndex((part) => part.type === 'BraceExpansion');
  if (index < 0) return [parts];
  const before = parts.slice(0, index);
  const tails = expandBraces(parts.slice(index + 1));
  const words: WordPart[][] = [];
  for (const choice of choices(parts[index] as BraceExpansion))
    for (const tail of tails) {
      words.push([...before, ...choice, ...tail]);
      if (words.length > WORD_LIMIT) return words;
    }
  return words;
}

function choices(part: BraceExpansion): (readonly WordPart[])[] {
  return part.items.flatMap((item) => {
    if (item.type === 'Word') return item.word.parts.length === 0 ? [[]] : expandBraces(item.word.parts);
    return range(item).map((value): WordPart[] => [{ type: 'Literal', value }]);
  });
}

type Range = Extract<BraceExpansion['items'][number], { type: 'Range' }>;

function range(item: Range): string[] {
  const numeric = typeof item.start === 'number';
  const from = numeric ? Number(item.start) : String(item.start).charCodeAt(0);
  const to = numeric ? Number(item.end) : String(item.end).charCodeAt(0);
  const step = Math.max(1, Math.abs(item.step ?? 1)) * (to < from ? -1 : 1);
  const width = numeric ? paddedWidth(item) : 0;
  const values: string[] = [];
  for (let at = from; step > 0 ? at <= to : at >= to; at += step) {
    values.push(numeric ? padded(at, width) : String.fromCharCode(at));
    if (values.length > WORD_LIMIT) break;
  }
  return values;
}

/** `{01..10}` keeps the zeros of the longer end. */
function paddedWidth(item: Range): number {
  const ends = [item.startStr ?? String(item.start), item.endStr ?? String(item.end)];
  return ends.some((end) => /^-?0\d/.test(end)) ? Math.max(...ends.map((end) => end.length)) : 0;
}

function padded(value: number, width: number): string {
  const digits = String(Math.abs(value));
  return value < 0 ? `-${digits.padStart(width - 1, '0')}` : digits.padStart(width, '0');
}
