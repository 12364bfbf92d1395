// From text to plain values: JSON by JSON.parse, YAML by js-yaml (measured on this machine's pods: five times as fast as
// the yaml package), lists item by item.
import * as yaml from 'js-yaml';
import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { type Piece, placeIn, placeOfSpan, type Source, type Span, spanText } from './piece.ts';
import { readPlainYaml } from './plain-yaml.ts';
import { describeProblem, type Problem } from './problem.ts';
import { cutList, documentsOf, isJson } from './split.ts';
import type { Place } from './types.ts';

/**
 * YAML 1.2, but `yes` and `on` are booleans: Kubernetes and calicoctl read YAML 1.1 by go-yaml. Timestamps stay text, as
 * everything behind them is JSON.
 */
const schema = yaml.CORE_SCHEMA.withTags(yaml.boolYaml11Tag, yaml.mergeTag);

const load = (text: string): unknown => yaml.load(text, { schema });

type Report = (problem: Problem) => void;

/** The resources of a file, one by one; a part that cannot be read is reported and left out. */
export function* readPieces(source: Source, report: Report): Generator<Piece> {
  for (const document of documentsOf(source)) {
    const list = cutList(document);
    const head = list === null ? undefined : readQuietly(list.head);
    if (list !== null && isList(head)) yield* itemsOf(document, list.items, head, report);
    else yield* documentPieces(document, report);
  }
}

interface ListHead {
  readonly apiVersion?: unknown;
  readonly kind: string;
}

const isList = (value: unknown): value is ListHead =>
  isRecord(value) && typeof value.kind === 'string' && value.kind.endsWith('List');

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readQuietly = (text: string): unknown => {
  try {
    return readText(text);
  } catch {
    return undefined;
  }
};

/** Beyond that a text that cannot be read is not read again by slower parsers for a better word about it. */
const LARGE = 1_000_000;

/** JSON where it is JSON: what looks so and is not may still be YAML's flow style. */
function readText(text: string): unknown {
  if (/^\s*[{[]/.test(text)) {
    try {
      return JSON.parse(text);
    } catch (error) {
      if (text.length > LARGE) throw error;
      return load(text);
    }
  }
  const plain = readPlainYaml(text);
  return plain === null ? load(text) : plain.value;
}

/** What a typed list tells of its items: an IPPoolList holds IPPools, a List says nothing. */
const inherited = ({ apiVersion, kind }: ListHead): { apiVersion: string; kind: string } => ({
  apiVersion: typeof apiVersion === 'string' ? apiVersion : '',
  kind: kind.slice(0, -'List'.length),
});

function* itemsOf(document: Span, items: readonly Span[], head: ListHead, report: Report): Generator<Piece> {
  const said = inherited(head);
  for (const [at, span] of items.entries()) {
    try {
      yield { span, path: [], value: readText(spanText(span)), ...said };
    } catch (error) {
      if (isAlias(error)) return yield* wholeList(document, at, said, report);
      report(syntaxProblem(span, error));
    }
  }
}

/** An item that refers to another's anchor: the list must be read as one. */
const isAlias = (error: unknown): boolean =>
  error instanceof yaml.YAMLException && error.reason.startsWith('unidentified alias');

function* wholeList(
  span: Span,
  from: number,
  said: { apiVersion: string; kind: string },
  report: Report,
): Generator<Piece> {
  try {
    const { items } = readText(spanText(span)) as { items: unknown[] };
    for (let at = from; at < items.length; at++)
      yield { span, path: ['items', at], value: items[at], ...said };
  } catch (error) {
    report(syntaxProblem(span, error));
  }
}

/** A document that is no list, or a list in flow style. */
function* documentPieces(span: Span, report: Report): Generator<Piece> {
  let value: unknown;
  try {
    value = readText(spanText(span));
  } catch (error) {
    report(syntaxProblem(span, error));
    return;
  }
  const items = Array.isArray(value) ? value : isList(value) ? (value as { items?: unknown }).items : null;
  if (!Array.isArray(items)) {
    if (value !== null && !isList(value)) yield { span, path: [], value, apiVersion: '', kind: '' };
    return;
  }
  const said = Array.isArray(value) ? { apiVersion: '', kind: '' } : inherited(value as ListHead);
  const key = Array.isArray(value) ? [] : ['items'];
  for (const [at, item] of items.entries()) yield { span, path: [...key, at], value: item, ...said };
}

/** The parser that keeps places tells the error; where it finds none, the one that stumbled. */
function syntaxProblem(span: Span, error: unknown): Problem {
  const language = isJson(span) ? 'JSON' : 'YAML';
  const { place, reason } = exactError(span) ?? { place: markOf(span, error), reason: reasonOf(error) };
  return describeProblem('', place, { path: [], reason: `${language} syntax: ${reason}` });
}

function exactError(span: Span): { place: Place; reason: string } | null {
  const text = spanText(span);
  if (text.length > LARGE) return null;
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, logLevel: 'silent', prettyErrors: false });
  const first = (parsed as Document[]).flatMap(({ errors }) => errors)[0];
  return first === undefined
    ? null
    : { place: placeIn(span, lines.linePos(first.pos[0])), reason: first.message };
}

const reasonOf = (error: unknown): string =>
  error instanceof yaml.YAMLException ? error.reason : (error as Error).message;

/** js-yaml says where it stumbled, and V8's JSON.parse at which position. */
function markOf(span: Span, error: unknown): Place {
  const mark = error instanceof yaml.YAMLException ? error.mark : undefined;
  if (mark !== undefined) return placeIn(span, { line: mark.line + 1, col: mark.column + 1 });
  const position = /at position (\d+)/.exec((error as Error).message)?.[1];
  if (position === undefined) return placeOfSpan(span);
  const before = spanText(span).slice(0, Number(position)).split('\n');
  return placeIn(span, { line: before.length, col: (before.at(-1) as string).length + 1 });
}
