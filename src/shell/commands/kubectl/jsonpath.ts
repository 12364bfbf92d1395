// kubectl's JSONPath templates (k8s.io/client-go/util/jsonpath): text, `{.a.b[0]}`, `{range …}…{end}`, `{"\n"}`, filters.
import { isRecord } from '../../../calico/resource/read-value.ts';

type Step =
  | { readonly key: string }
  | { readonly at: number }
  | { readonly all: true }
  | { readonly where: readonly Step[]; readonly isEqual: boolean; readonly value: string };

type Part =
  | { readonly text: string }
  | { readonly path: readonly Step[] }
  | { readonly over: readonly Step[]; readonly body: readonly Part[] };

/** What the template makes of the value; null for a template that cannot be read. */
export function jsonPath(value: unknown, template: string): string | null {
  const pieces = template.match(/\{(?:"[^"]*"|'[^']*'|[^{}"'])*\}|[^{]+|\{/g) ?? [];
  const parts = readParts([...pieces].reverse(), false);
  return parts === null ? null : render(parts, value);
}

/** Takes from the end of the list. */
function readParts(pieces: string[], isInRange: boolean): Part[] | null {
  const parts: Part[] = [];
  for (let piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) {
    if (!piece.startsWith('{')) {
      parts.push({ text: piece });
      continue;
    }
    const inner = piece.slice(1, -1).trim();
    if (inner === 'end') return isInRange ? parts : null;
    const part = readPart(inner, pieces);
    if (part === null) return null;
    parts.push(part);
  }
  return isInRange ? null : parts;
}

function readPart(inner: string, pieces: string[]): Part | null {
  const quoted = /^(["'])(.*)\1$/s.exec(inner);
  if (quoted !== null) return { text: quoted[2].replaceAll('\\n', '\n').replaceAll('\\t', '\t') };
  const range = /^range\s+(.*)$/s.exec(inner);
  const path = readPath(range === null ? inner : range[1]);
  if (path === null || range === null) return path === null ? null : { path };
  const body = readParts(pieces, true);
  return body === null ? null : { over: path, body };
}

const STEP =
  /^(?:\.((?:\\.|[^.[\]\\])+)|\[(-?\d+)\]|(\.?\[?\*\]?)|\['([^']*)'\]|\[\?\(@([^=!]*?)\s*(==|!=)\s*["']?([^"')]*)["']?\)\])/;

function readPath(text: string): Step[] | null {
  const steps: Step[] = [];
  let rest = text.replace(/^[$@]/, '');
  if (rest !== '' && !/^[.[]/.test(rest)) rest = `.${rest}`;
  while (rest !== '' && rest !== '.') {
    const match = STEP.exec(rest);
    if (match === null) return null;
    const step = stepOf(match);
    if (step === null) return null;
    steps.push(step);
    rest = rest.slice(match[0].length);
  }
  return steps;
}

function stepOf([, key, index, all, quoted, where, operator, value]: RegExpExecArray): Step | null {
  if (key === '*' || all !== undefined) return { all: true };
  if (key !== undefined || quoted !== undefined) return { key: quoted ?? key.replaceAll(/\\(.)/g, '$1') };
  if (index !== undefined) return { at: Number(index) };
  const path = readPath(where);
  return path === null ? null : { where: path, isEqual: operator === '==', value };
}

const render = (parts: readonly Part[], value: unknown): string =>
  parts
    .map((part) => {
      if ('text' in part) return part.text;
      if ('path' in part) return follow(value, part.path).map(textOf).join(' ');
      return follow(value, part.over)
        .map((each) => render(part.body, each))
        .join('');
    })
    .join('');

const follow = (value: unknown, path: readonly Step[]): unknown[] =>
  path.reduce<unknown[]>((values, step) => values.flatMap((each) => childrenOf(each, step)), [value]);

function childrenOf(value: unknown, step: Step): unknown[] {
  const items = Array.isArray(value) ? value : [];
  if ('key' in step) return isRecord(value) && Object.hasOwn(value, step.key) ? [value[step.key]] : [];
  if ('at' in step) return items.at(step.at) === undefined ? [] : [items.at(step.at)];
  if ('all' in step) return isRecord(value) ? Object.values(value) : items;
  return items.filter(
    (item) => follow(item, step.where).some((found) => textOf(found) === step.value) === step.isEqual,
  );
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
