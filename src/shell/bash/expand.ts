// Word expansion, in bash's order: braces, then tilde, parameters, commands and arithmetic from left to right, then
// splitting and file names. What a word becomes is left to the Output that it is told to.

import { expandArithmetic } from './arithmetic-scope.ts';
import type { BraceExpansion, DoubleQuoted, WordNode, WordPart } from './ast.ts';
import { literalText } from './ast.ts';
import { expandBraces } from './braces.ts';
import { escapePattern, type Field, FieldOutput, type Output, PatternOutput, TextOutput } from './fields.ts';
import { isPattern, matchFiles } from './glob.ts';
import { expandParameter } from './parameter.ts';
import type { Shell } from './shell.ts';
import { substituteCommand, substituteProcess } from './substitution.ts';

/** Command lines may not grow without end: `{1..1000000}{1..1000000}`. */
const FIELD_LIMIT = 100_000;

/** The fields that the words of a command become. */
export async function expandWords(shell: Shell, words: readonly WordNode[]): Promise<string[]> {
  const result: string[] = [];
  for (const word of words) {
    const text = literalText(word);
    if (text !== null) result.push(text);
    else for (const field of await expandWord(shell, word)) result.push(field);
    if (shell.stopped) break;
  }
  return result;
}

async function expandWord(shell: Shell, word: WordNode): Promise<string[]> {
  const result: string[] = [];
  for (const parts of expandBraces(word.parts)) {
    const output = new FieldOutput(shell.ifs, shell.shopt.has('extglob'));
    await expandParts(shell, parts, output, false);
    for (const field of output.finish()) addMatches(shell, field, result);
    if (result.length > FIELD_LIMIT) {
      shell.complain('argument list too long');
      shell.status = 1;
      shell.unwind = { kind: 'discard' };
      return [];
    }
  }
  return result;
}

function addMatches(shell: Shell, field: Field, result: string[]): void {
  const { pattern } = field;
  const literal = pattern === null || shell.options.noglob || !isPattern(pattern);
  const found = literal ? null : matchFiles(shell, pattern);
  if (found === null) result.push(field.text);
  else if (found.length > 0) result.push(...found);
  else if (shell.shopt.has('failglob')) {
    shell.complain(`no match: ${field.text}`);
    shell.unwind = { kind: 'discard' };
  } else if (!shell.shopt.has('nullglob')) result.push(field.text);
}

/** The text of a word that is not split and not matched. */
export async function expandText(shell: Shell, word: WordNode): Promise<string> {
  const text = literalText(word);
  if (text !== null) return text;
  const output = new TextOutput(shell.ifs);
  await expandParts(shell, word.parts, output, false);
  return output.text;
}

/** As `expandText`, where quoted characters lose their power as patterns. */
export async function expandPattern(shell: Shell, word: WordNode): Promise<string> {
  const output = new PatternOutput(escapePattern);
  await expandParts(shell, word.parts, output, false);
  return output.text;
}

/** For `[[ =~ ]]`: quoted characters lose their power in regular expressions. */
export async function expandRegex(shell: Shell, word: WordNode): Promise<string> {
  const output = new PatternOutput((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  await expandParts(shell, word.parts, output, false);
  return output.text;
}

/** Tells `output` what `parts` become; `quoted` inside double quotes and here-documents. */
export async function expandParts(
  shell: Shell,
  parts: readonly WordPart[],
  output: Output,
  quoted: boolean,
): Promise<void> {
  for (const part of parts) {
    if (part.type === 'Literal') {
      if (quoted) output.quoted(part.value);
      else output.literal(part.value);
    } else await expandPart(shell, part, output, quoted);
    if (shell.stopped) return;
  }
}

async function expandPart(shell: Shell, part: WordPart, output: Output, quoted: boolean): Promise<void> {
  const result = (text: string): void => (quoted ? output.quoted(text) : output.result(text));
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'Escaped':
      return output.quoted(part.value);
    case 'Glob':
      return quoted ? output.quoted(part.pattern) : output.glob(part.pattern);
    case 'DoubleQuoted':
      return expandQuotes(shell, part, output);
    case 'ParameterExpansion':
      return expandParameter(shell, part, output, quoted);
    case 'CommandSubstitution':
      return result(await substituteCommand(shell, part.body));
    case 'ArithmeticExpansion':
      return result(await expandArithmetic(shell, part.expression));
    case 'TildeExpansion':
      return output.quoted(tilde(shell, part.user));
    case 'ProcessSubstitution':
      return output.quoted(await substituteProcess(shell, part));
    case 'BraceExpansion':
      return expandLateBraces(shell, part, output, quoted);
  }
}

async function expandQuotes(shell: Shell, part: DoubleQuoted, output: Output): Promise<void> {
  if (part.parts.length === 0) output.quoted('');
  else await expandParts(shell, part.parts, output, true);
}

/** Braces where none are expanded (assignments, redirections): as they were written. */
async function expandLateBraces(
  shell: Shell,
  part: BraceExpansion,
  output: Output,
  quoted: boolean,
): Promise<void> {
  output.literal('{');
  for (const [index, item] of part.items.entries()) {
    if (index > 0) output.literal(',');
    if (item.type === 'Word') await expandParts(shell, item.word.parts, output, quoted);
    else
      output.literal(
        `${item.startStr ?? item.start}..${item.endStr ?? item.end}${item.step ? `..${item.step}` : ''}`,
      );
  }
  output.literal('}');
}

function tilde(shell: Shell, user: string | null): string {
  if (user === null || user === 'root')
    return (user === null ? shell.variables.text('HOME') : null) ?? '/root';
  if (user === '+') return shell.cwd;
  if (user === '-') return shell.variables.text('OLDPWD') ?? '~-';
  return `~${user}`;
}
