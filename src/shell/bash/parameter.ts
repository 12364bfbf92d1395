// Parameter expansion: `$x`, `${a[@]:1:2}`, `${x:-word}`, `${x//a/b}` and the rest.

import { arithmeticValue, elementKey } from './arithmetic-scope.ts';
import type { Operation, OperationOf, ParameterExpansion, WordNode } from './ast.ts';
import type { Output } from './fields.ts';
import { mapped } from './parameter-mapping.ts';
import type { Shell } from './shell.ts';
import { listedKeys } from './variables.ts';

/** What a parameter holds now. */
interface Reading {
  readonly set: boolean;
  readonly values: readonly string[];
  /** `@` or `*` for several values, null for one. */
  readonly list: '@' | '*' | null;
}

const scalar = (text: string | undefined): Reading => ({
  set: text !== undefined,
  values: text === undefined ? [] : [text],
  list: null,
});

const joined = (reading: Reading): string => reading.values.join(' ');

/** `name[subscript]` taken apart; null for anything else. */
export function splitSubscript(parameter: string): { name: string; subscript: string } | null {
  const found = /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(parameter);
  return found === null ? null : { name: found[1], subscript: found[2] };
}

/** The key that a subscript means: any text for an associative array, else a number. */
export async function subscriptKey(shell: Shell, name: string, subscript: string): Promise<string> {
  const { language } = shell.session;
  const word = /[$`"'\\]/.test(subscript)
    ? (language.valueWord(subscript) ?? language.hereWord(subscript))
    : null;
  const text = word === null ? subscript : await shell.session.evaluator.expandText(shell, word);
  return shell.variables.get(name)?.associative ? text : elementKey(shell, name, text);
}

async function read(shell: Shell, parameter: string): Promise<Reading> {
  if (parameter === '@' || parameter === '*')
    return { set: shell.positional.length > 0, values: shell.positional, list: parameter };
  const indexed = splitSubscript(parameter);
  if (indexed === null) return scalar(shell.parameter(parameter));
  const value = shell.arrayOf(indexed.name);
  if (indexed.subscript === '@' || indexed.subscript === '*') {
    const values = value === undefined ? [] : arrayValues(shell, indexed.name, value);
    return { set: values.length > 0, values, list: indexed.subscript };
  }
  const key = await subscriptKey(shell, indexed.name, indexed.subscript);
  return scalar(value?.get(key));
}

const isAssociative = (shell: Shell, name: string): boolean =>
  shell.variables.get(name)?.associative ?? false;

function arrayValues(shell: Shell, name: string, value: ReadonlyMap<string, string>): string[] {
  return listedKeys(value, isAssociative(shell, name)).map((key) => value.get(key) as string);
}

export async function expandParameter(
  shell: Shell,
  part: ParameterExpansion,
  output: Output,
  quoted: boolean,
): Promise<void> {
  const { operation } = part;
  if (operation === null) {
    const reading = await read(shell, part.parameter);
    if (!reading.set && reading.list === null && shell.options.nounset) shell.unbound(part.parameter);
    emit(reading, output, quoted);
    return;
  }
  await operate(shell, part.parameter, operation, output, quoted);
}

function emit(reading: Reading, output: Output, quoted: boolean): void {
  if (reading.list !== null) output.list(reading.values, reading.list === '*', quoted);
  else if (quoted) output.quoted(reading.values[0] ?? '');
  else output.result(reading.values[0] ?? '');
}

async function operate(
  shell: Shell,
  parameter: string,
  operation: Operation,
  output: Output,
  quoted: boolean,
): Promise<void> {
  switch (operation.type) {
    case 'BadSubstitution':
      return badSubstitution(shell, operation.text);
    case 'LengthSliceError':
      return badSubstitution(shell, `\${#${parameter}}`);
    case 'VarNamePrefix': {
      const values = shell.variables.names().filter((name) => name.startsWith(operation.prefix));
      return output.list(values, operation.star, quoted);
    }
    case 'ArrayKeys':
      return output.list(keysOf(shell, operation.array), operation.star, quoted);
    case 'Indirection':
      return indirect(shell, parameter, operation, output, quoted);
    case 'Length':
      return textOut(String(await lengthOf(shell, parameter)), output, quoted);
  }
  const reading = await read(shell, parameter);
  switch (operation.type) {
    case 'DefaultValue':
    case 'AssignDefault':
    case 'ErrorIfUnset':
    case 'UseAlternative':
      return conditional(shell, parameter, operation, reading, output, quoted);
    case 'Substring':
      return emit(await substring(shell, parameter, operation, reading), output, quoted);
  }
  if (!reading.set && reading.list === null && shell.options.nounset) shell.unbound(parameter);
  emit({ ...reading, values: await mapped(shell, parameter, operation, reading.values) }, output, quoted);
}

function textOut(text: string, output: Output, quoted: boolean): void {
  if (quoted) output.quoted(text);
  else output.result(text);
}

function badSubstitution(shell: Shell, text: string): void {
  shell.complain(`${text}: bad substitution`);
  shell.status = 1;
  shell.unwind = { kind: shell.interactive ? 'discard' : 'exit' };
}

function keysOf(shell: Shell, name: string): string[] {
  const value = shell.arrayOf(name);
  return value === undefined ? [] : listedKeys(value, isAssociative(shell, name));
}

async function lengthOf(shell: Shell, parameter: string): Promise<number> {
  const reading = await read(shell, parameter);
  if (reading.list !== null) return reading.values.length;
  if (!reading.set && shell.options.nounset) shell.unbound(parameter);
  return [...(reading.values[0] ?? '')].length;
}

async function indirect(
  shell: Shell,
  parameter: string,
  operation: OperationOf<'Indirection'>,
  output: Output,
  quoted: boolean,
): Promise<void> {
  const target = shell.variables.raw(parameter)?.reference
    ? shell.variables.target(parameter)
    : joined(await read(shell, parameter));
  if (shell.variables.raw(parameter)?.reference) return textOut(target, output, quoted);
  if (!/^([A-Za-z_]\w*(\[.+\])?|[0-9]+|[@*#?$!-])$/s.test(target)) {
    shell.complain(
      target === '' ? `${parameter}: invalid indirect expansion` : `${target}: invalid variable name`,
    );
    shell.status = 1;
    shell.unwind = { kind: 'discard' };
    return;
  }
  await expandParameter(
    shell,
    { type: 'ParameterExpansion', parameter: target, operation: operation.innerOp ?? null },
    output,
    quoted,
  );
}

type Conditional = OperationOf<'DefaultValue' | 'AssignDefault' | 'ErrorIfUnset' | 'UseAlternative'>;

async function conditional(
  shell: Shell,
  parameter: string,
  operation: Conditional,
  reading: Reading,
  output: Output,
  quoted: boolean,
): Promise<void> {
  const there = reading.set && !(operation.checkEmpty && joined(reading) === '');
  if (operation.type === 'UseAlternative') {
    if (there) await emitWord(shell, operation.word, output, quoted);
    else if (quoted) output.quoted('');
    return;
  }
  if (there) return emit(reading, output, quoted);
  if (operation.type === 'DefaultValue') return emitWord(shell, operation.word, output, quoted);
  if (operation.type === 'ErrorIfUnset') return refuse(shell, parameter, operation);
  const value = await shell.session.evaluator.expandText(shell, operation.word);
  await assignDefault(shell, parameter, value);
  textOut(value, output, quoted);
}

/** The word of `${x:-word}`: its own quotes count, its unquoted literal text is split as a result is. */
async function emitWord(shell: Shell, word: WordNode, output: Output, quoted: boolean): Promise<void> {
  if (quoted && word.parts.length === 0) output.quoted('');
  const asResult: Output = {
    literal: (text) => output.result(text),
    quoted: (text) => output.quoted(text),
    glob: (text) => output.result(text),
    result: (text) => output.result(text),
    list: (values, star, inQuotes) => output.list(values, star, inQuotes),
  };
  await shell.session.evaluator.expandParts(shell, word.parts, quoted ? output : asResult, quoted);
}

async function refuse(
  shell: Shell,
  parameter: string,
  operation: OperationOf<'ErrorIfUnset'>,
): Promise<void> {
  const given =
    operation.word === null ? '' : await shell.session.evaluator.expandText(shell, operation.word);
  const standard = operation.checkEmpty ? 'parameter null or not set' : 'parameter not set';
  shell.complain(`${parameter}: ${given === '' ? standard : given}`);
  shell.status = shell.fatalStatus;
  shell.unwind = { kind: shell.interactive ? 'discard' : 'exit' };
}

async function assignDefault(shell: Shell, parameter: string, value: string): Promise<void> {
  const indexed = splitSubscript(parameter);
  const name = indexed?.name ?? parameter;
  if (!/^[A-Za-z_]/.test(name)) {
    shell.complain(`$${parameter}: cannot assign in this way`);
    shell.unwind = { kind: 'discard' };
  } else if (shell.refuseReadonly(name)) return;
  else if (indexed === null) shell.variables.set(name, value);
  else shell.variables.setElement(name, await subscriptKey(shell, name, indexed.subscript), value);
}

async function substring(
  shell: Shell,
  parameter: string,
  operation: OperationOf<'Substring'>,
  reading: Reading,
): Promise<Reading> {
  const offset = Number((await arithmeticValue(shell, operation.offset.originalText ?? '0')) ?? 0n);
  const length =
    operation.length === null
      ? null
      : Number((await arithmeticValue(shell, operation.length.originalText ?? '0')) ?? 0n);
  if (reading.list === null) {
    const characters = [...(reading.values[0] ?? '')];
    return { ...reading, values: [slice(shell, characters, offset, length, false).join('')] };
  }
  const positional = parameter === '@' || parameter === '*';
  const values = positional && offset >= 0 ? [shell.name, ...reading.values] : reading.values;
  // Elements of an associative array are counted from one, and :0 is :1 (bash's `assoc_subrange`).
  const fromOne = offset > 0 && isAssociative(shell, splitSubscript(parameter)?.name ?? '');
  return { ...reading, values: slice(shell, values, fromOne ? offset - 1 : offset, length, true) };
}

function slice<T>(
  shell: Shell,
  items: readonly T[],
  offset: number,
  length: number | null,
  list: boolean,
): T[] {
  const start = offset < 0 ? items.length + offset : offset;
  if (start < 0 || start > items.length) return [];
  if (length === null) return items.slice(start);
  const end = length < 0 ? items.length + length : start + length;
  if (length < 0 && (list || end < start)) {
    shell.complain(`${length}: substring expression < 0`);
    shell.unwind = { kind: 'discard' };
    return [];
  }
  return items.slice(start, end);
}
