// Cuts files into documents and lists into their items by the shape of the text alone, so that neither the memory nor
// the reading of a value is for a whole list: `kubectl get pods -o yaml` of a cluster has hundreds of megabytes.
import type { Source, Span } from './piece.ts';

/** Counts lines forwards through one text, from the start of a span. */
class LineCount {
  readonly #text: string;
  #at: number;
  #line: number;
  #lineStart: number;

  constructor({ source, start, line, column }: Pick<Span, 'source' | 'start' | 'line' | 'column'>) {
    this.#text = source.text;
    this.#at = start;
    this.#line = line;
    this.#lineStart = start - column + 1;
  }

  /** Offsets must not fall. */
  advance(offset: number): { line: number; column: number } {
    for (let next = this.#text.indexOf('\n', this.#at); next >= 0 && next < offset; ) {
      this.#line++;
      this.#lineStart = this.#at = next + 1;
      next = this.#text.indexOf('\n', this.#at);
    }
    return { line: this.#line, column: offset - this.#lineStart + 1 };
  }
}

type Range = readonly [start: number, end: number];

/** A list in its parts: where its items are, and the text around them. */
export interface ListParts {
  readonly head: string;
  readonly items: readonly Span[];
}

/** The documents of a file. `---` at the start of a line ends one wherever it stands (YAML 1.2 section 9.1.2). */
export function documentsOf(source: Source): Span[] {
  const { text } = source;
  const count = new LineCount({ source, start: 0, line: 1, column: 1 });
  const spans: Span[] = [];
  const marker = /^---(?=[ \t\r\n]|$)/gm;
  for (let start = 0; start < text.length; ) {
    marker.lastIndex = start + 1;
    const end = marker.exec(text)?.index ?? text.length;
    const place = count.advance(start);
    if (!isBlank(text, start, end)) spans.push({ source, start, end, ...place, dash: -1 });
    start = end;
  }
  return spans;
}

/** Nothing but comments, directives, markers and blanks. */
function isBlank(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; ) {
    const next = text.indexOf('\n', at) + 1 || end;
    const line = text.slice(at, Math.min(next, end)).trim();
    if (line !== '' && line[0] !== '#' && line[0] !== '%' && !/^(---|\.\.\.)(\s*#.*)?$/.test(line))
      return false;
    at = next;
  }
  return true;
}

/** Whether a document is written as JSON (or as YAML's flow style, which only a parser can tell apart). */
export function isJson({ source: { text }, start }: Span): boolean {
  const word = /\S/g;
  word.lastIndex = start;
  const at = word.exec(text)?.index;
  return at !== undefined && (text[at] === '{' || text[at] === '[');
}

/** Cuts a list at its items; null for a document that is none, or that is written so that it cannot be cut. */
export function cutList(span: Span): ListParts | null {
  return isJson(span) ? cutJson(span) : cutYaml(span);
}

/**
 * YAML in block style: a line `items:` at the margin and dashes at one column below it. What belongs to an item stands
 * to the right of its dash, block scalars included (YAML 1.2 section 8), so the dashes part the items.
 */
function cutYaml(span: Span): ListParts | null {
  const { source, start, end } = span;
  const { text } = source;
  const match = /^items:[ \t]*(?:#.*)?\r?$/m.exec(text.slice(start, end));
  if (match === null) return null;
  const key = start + match.index;
  const { ranges, rest } = yamlItems(text, key + match[0].length, end);
  if (ranges.length === 0) return null;
  const count = new LineCount(span);
  const items = ranges.map(([from, to]) => {
    const { line } = count.advance(from);
    return { source, start: from, end: to, line, column: 1, dash: text.indexOf('-', from) };
  });
  return { head: `${text.slice(start, key)}\n${text.slice(rest, end)}`, items };
}

const DASH = 45;
const HASH = 35;
const SPACE = 32;

/** The lines of each item, and where the list's own text goes on. */
function yamlItems(text: string, from: number, end: number): { ranges: Range[]; rest: number } {
  const ranges: Range[] = [];
  let indent = -1;
  let begun = -1;
  for (let at = from; at < end; ) {
    const next = Math.min(text.indexOf('\n', at) + 1 || end, end);
    const column = firstColumn(text, at, next);
    if (column >= 0 && (indent < 0 || column <= indent)) {
      if (begun >= 0) ranges.push([begun, at]);
      const isItem = startsItem(text, at + column) && (indent < 0 || column === indent);
      if (!isItem) return { ranges, rest: at };
      indent = column;
      begun = at;
    }
    at = next;
  }
  if (begun >= 0) ranges.push([begun, end]);
  return { ranges, rest: end };
}

/** How many blanks a line begins with; -1 for one that is blank or a comment. */
function firstColumn(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && text.charCodeAt(at) === SPACE) at++;
  const code = at < end ? text.charCodeAt(at) : HASH;
  return code === HASH || code === 10 || code === 13 ? -1 : at - start;
}

const startsItem = (text: string, at: number): boolean =>
  text.charCodeAt(at) === DASH && /^[ \t\r\n]?$/.test(text.charAt(at + 1));

/** JSON: the elements of `items`, or of an array at the top. */
function cutJson(span: Span): ListParts | null {
  const { source, start, end } = span;
  const { text } = source;
  const top = skipBlanks(text, start);
  if (text[top] === '[') return partsOf(span, '{"apiVersion":"v1","kind":"List"}', elements(text, top, end));
  const found = membersOf(text, top, end)?.find(({ key }) => key === 'items');
  if (found === undefined || text[found.start] !== '[') return null;
  const head = `${text.slice(start, found.start)}[]${text.slice(found.end, end)}`;
  return partsOf(span, head, elements(text, found.start, end));
}

function partsOf(span: Span, head: string, ranges: readonly Range[] | null): ListParts | null {
  if (ranges === null) return null;
  const { source } = span;
  const count = new LineCount(span);
  const items = ranges.map(([start, end]) => ({ source, start, end, ...count.advance(start), dash: -1 }));
  return { head, items };
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= SPACE) at++;
  return at;
}

/** Behind the string that begins at `at`; -1 if it does not end. */
function skipString(text: string, at: number): number {
  for (let close = text.indexOf('"', at + 1); close >= 0; close = text.indexOf('"', close + 1)) {
    let slashes = 0;
    while (text[close - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return close + 1;
  }
  return -1;
}

const DOUBLE_QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Behind the value that begins at `at`; -1 if it does not end. */
function skipValue(text: string, at: number, end: number): number {
  if (text[at] === '"') return skipString(text, at);
  let depth = 0;
  for (let i = at; i < end; i++) {
    const code = text.charCodeAt(i);
    // Most of a printed file is indentation (measured: a third of the time saved).
    if (code <= SPACE) continue;
    if (code === DOUBLE_QUOTE) {
      i = skipString(text, i) - 1;
      if (i < 0) return -1;
    } else if (code === COMMA && depth === 0) return i;
    // Both pairs of brackets differ by this one bit: { and [, } and ].
    else if ((code | SPACE) === OPEN) depth++;
    else if ((code | SPACE) === CLOSE) {
      if (depth === 0) return i;
      if (--depth === 0) return i + 1;
    }
  }
  return -1;
}

/** The elements of an array; null if it is not well formed. */
function elements(text: string, open: number, end: number): Range[] | null {
  const ranges: Range[] = [];
  let at = skipBlanks(text, open + 1);
  if (text[at] === ']') return ranges;
  for (;;) {
    const behind = skipValue(text, at, end);
    if (behind <= at) return null;
    ranges.push([at, behind]);
    const mark = skipBlanks(text, behind);
    if (text[mark] === ']') return ranges;
    if (text[mark] !== ',') return null;
    at = skipBlanks(text, mark + 1);
  }
}

interface Member {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

/** The members of an object; null if it is not well formed. */
function membersOf(text: string, open: number, end: number): Member[] | null {
  const members: Member[] = [];
  let at = skipBlanks(text, open + 1);
  while (text[at] === '"') {
    const colon = skipBlanks(text, skipString(text, at));
    const start = skipBlanks(text, colon + 1);
    const behind = text[colon] === ':' ? skipValue(text, start, end) : -1;
    if (behind <= start) return null;
    members.push({ key: text.slice(at + 1, text.lastIndexOf('"', colon)), start, end: behind });
    const mark = skipBlanks(text, behind);
    at = text[mark] === ',' ? skipBlanks(text, mark + 1) : mark;
  }
  return text[at] === '}' ? members : null;
}
