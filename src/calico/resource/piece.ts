// One resource's part of a file: its text is read once for the value, and again, for line and column, only if something
// is to be told of it.
import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Path } from './problem.ts';
import type { Place } from './types.ts';

export interface Source {
  readonly file: string;
  readonly text: string;
}

/** A range of a file that holds a document or one item of a list. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
  /** Of `start`, from 1. */
  readonly line: number;
  readonly column: number;
  /** The dash of an item of a YAML list is at this offset; -1 for none. It is read as a blank. */
  readonly dash: number;
}

export interface Piece {
  readonly span: Span;
  /** Where in the span's value the resource is: `items`, 3 when the list could not be cut. */
  readonly path: Path;
  readonly value: unknown;
  /** What a typed list says of its items. */
  readonly apiVersion: string;
  readonly kind: string;
}

export function spanText({ source: { text }, start, end, dash }: Span): string {
  return dash < 0 ? text.slice(start, end) : `${text.slice(start, dash)} ${text.slice(dash + 1, end)}`;
}

/** A line and column within a span's text, both from 1, as a place in the file. */
export const placeIn = ({ source, line, column }: Span, at: { line: number; col: number }): Place => ({
  file: source.file,
  line: line + at.line - 1,
  column: at.line === 1 ? column + at.col - 1 : at.col,
});

/** Where a piece begins: its first word. */
export function placeOfSpan(span: Span): Place {
  const { source, start, dash } = span;
  const from = dash < 0 ? start : dash + 1;
  const margin = /(?:---(?=\s)|[#%].*|\s)*/y;
  margin.lastIndex = from;
  margin.exec(source.text);
  const at = Math.min(margin.lastIndex, span.end);
  const lines = source.text.slice(start, at).split('\n');
  return placeIn(span, { line: lines.length, col: (lines.at(-1) as string).length + 1 });
}

interface Parsed {
  readonly span: Span;
  readonly root: Node | null;
  readonly lines: LineCounter;
}

/** Finds the places of fields; problems of one piece come together, so it keeps the text that it parsed last. */
export class Locator {
  #latest: Parsed | null = null;

  /** Where a field stands, or what is nearest above it. */
  placeOf({ span, path }: Pick<Piece, 'span' | 'path'>, field: Path): Place {
    const { root, lines } = this.#parse(span);
    const offset = root === null ? null : offsetOf(root, [...path, ...field]);
    return offset === null ? placeOfSpan(span) : placeIn(span, lines.linePos(offset));
  }

  #parse(span: Span): Parsed {
    if (this.#latest?.span !== span) this.#latest = parse(span);
    return this.#latest;
  }
}

function parse(span: Span): Parsed {
  const lines = new LineCounter();
  const { contents } = parseDocument(spanText(span), { lineCounter: lines, merge: true, logLevel: 'silent' });
  return { span, root: contents, lines };
}

/** The offset of a value; of the last key that is there if the value is not; null for the very start. */
function offsetOf(root: Node, path: Path): number | null {
  let node: unknown = root;
  let found: number | null = null;
  for (const key of path) {
    const child = childOf(node, key);
    if (child === null) return found;
    node = child.value;
    found = startOf(child.key) ?? startOf(node) ?? found;
  }
  return startOf(node) ?? found;
}

function childOf(node: unknown, key: string | number): { key: unknown; value: unknown } | null {
  if (isSeq(node) && typeof key === 'number')
    return node.items[key] === undefined ? null : { key: null, value: node.items[key] };
  if (!isMap(node)) return null;
  const pair = node.items.find(
    (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === key,
  );
  return pair === undefined ? null : { key: pair.key, value: pair.value };
}

function startOf(node: unknown): number | null {
  const { range } = (node ?? {}) as { range?: [number, number, number] };
  return range?.[0] ?? null;
}
