// `declare`, `typeset`, `local`, `export`, `readonly`, `unset`.
import { assignArray, assignScalar } from '../assignment.ts';
import { splitSubscript, subscriptKey } from '../parameter.ts';
import { quoteDouble } from '../quote.ts';
import type { Shell } from '../shell.ts';
import { type Attribute, listedKeys } from '../variables.ts';

const ATTRIBUTES: Readonly<Record<string, Attribute>> = {
  x: 'exported',
  r: 'readonly',
  i: 'integer',
  l: 'lower',
  u: 'upper',
  A: 'associative',
  n: 'reference',
};

interface Flags {
  readonly on: Set<string>;
  readonly off: Set<string>;
  readonly operands: readonly string[];
}

/** Null, with a message and the usage, for an option that there is none of. */
function parse(
  shell: Shell,
  name: string,
  args: readonly string[],
  known: string,
  usage: string,
): Flags | null {
  const on = new Set<string>();
  const off = new Set<string>();
  let at = 0;
  for (; at < args.length && /^[-+]./.test(args[at]) && args[at] !== '--'; at++)
    for (const letter of args[at].slice(1)) {
      if (!known.includes(letter)) {
        shell.complain(`${name}: ${args[at][0]}${letter}: invalid option`);
        shell.write(2, `${name}: usage: ${usage}\n`);
        return null;
      }
      (args[at].startsWith('-') ? on : off).add(letter);
    }
  if (args[at] === '--') at++;
  return { on, off, operands: args.slice(at) };
}

const DECLARE_USAGE = 'declare [-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]';

export async function declare(shell: Shell, args: readonly string[], name: string): Promise<number> {
  const flags = parse(shell, name, args, 'aAfFgiIlnprtux', DECLARE_USAGE.replaceAll('declare', name));
  if (flags === null) return 2;
  if (flags.on.has('f') || flags.on.has('F')) return printFunctions(shell, flags);
  if (flags.on.has('p')) return printVariables(shell, name, flags);
  if (flags.operands.length === 0) return printVariables(shell, name, flags);
  const local = shell.variables.inFunction && !flags.on.has('g');
  return declareAll(shell, name, flags, local);
}

export async function local(shell: Shell, args: readonly string[]): Promise<number> {
  if (!shell.variables.inFunction) {
    shell.complain('local: can only be used in a function');
    return 1;
  }
  const flags = parse(shell, 'local', args, 'aAiIlnrux', 'local [option] name[=value] ...');
  if (flags === null) return 2;
  return declareAll(shell, 'local', flags, true);
}

export async function exportBuiltin(shell: Shell, args: readonly string[]): Promise<number> {
  const flags = parse(shell, 'export', args, 'fnp', 'export [-fn] [name[=value] ...] or export -p');
  if (flags === null) return 2;
  if (flags.operands.length === 0) return printMarked(shell, 'exported');
  if (flags.on.has('f')) return 0;
  const on = new Set(flags.on.has('n') ? [] : ['x']);
  return declareAll(
    shell,
    'export',
    { on, off: new Set(flags.on.has('n') ? ['x'] : []), operands: flags.operands },
    false,
  );
}

export async function readonly(shell: Shell, args: readonly string[]): Promise<number> {
  const usage = 'readonly [-aAf] [name[=value] ...] or readonly -p';
  const flags = parse(shell, 'readonly', args, 'aAfp', usage);
  if (flags === null) return 2;
  if (flags.operands.length === 0) return printMarked(shell, 'readonly');
  return declareAll(shell, 'readonly', { ...flags, on: new Set([...flags.on, 'r']) }, false);
}

async function declareAll(shell: Shell, name: string, flags: Flags, makeLocal: boolean): Promise<number> {
  let status = 0;
  for (const operand of flags.operands)
    if (!(await declareOne(shell, name, flags, operand, makeLocal))) status = 1;
  return status;
}

async function declareOne(
  shell: Shell,
  builtin: string,
  flags: Flags,
  operand: string,
  makeLocal: boolean,
): Promise<boolean> {
  const found = /^([A-Za-z_]\w*)(\[(.*?)\])?(?:(\+?)=(.*))?$/s.exec(operand);
  if (found === null) {
    shell.complain(`${builtin}: \`${operand}': not a valid identifier`);
    return false;
  }
  const [, name, , subscript, plus, value] = found;
  if ((value !== undefined || makeLocal) && shell.variables.isReadonly(name)) {
    const assigned = builtin === 'export' || builtin === 'readonly';
    shell.complain(`${assigned ? '' : `${builtin}: `}${name}: readonly variable`);
    return false;
  }
  if (makeLocal) shell.variables.declareLocal(name, flags.on.has('I'));
  markBefore(shell, flags, name);
  const array = shell.declared?.get(operand);
  if (array !== undefined) await assignArray(shell, name, array, plus === '+');
  else if (value !== undefined && subscript !== undefined)
    shell.variables.setElement(name, await subscriptKey(shell, name, subscript), value);
  else if (value !== undefined && flags.on.has('n')) setReference(shell, name, value);
  else if (value !== undefined) assignScalar(shell, name, value, plus === '+');
  markAfter(shell, flags, name);
  return true;
}

function setReference(shell: Shell, name: string, target: string): void {
  shell.variables.mark(name, 'reference', false);
  shell.variables.set(name, target);
}

function markBefore(shell: Shell, flags: Flags, name: string): void {
  const { variables } = shell;
  if (flags.on.has('A') && !(variables.get(name)?.value instanceof Map))
    variables.setArray(name, new Map(), true);
  if (flags.on.has('a') && !(variables.get(name)?.value instanceof Map)) variables.elements(name);
  for (const letter of 'ilu') if (flags.on.has(letter)) variables.mark(name, ATTRIBUTES[letter], true);
}

function markAfter(shell: Shell, flags: Flags, name: string): void {
  for (const letter of 'xrn') if (flags.on.has(letter)) shell.variables.mark(name, ATTRIBUTES[letter], true);
  for (const letter of 'xiln')
    if (flags.off.has(letter)) shell.variables.mark(name, ATTRIBUTES[letter], false);
  if (shell.variables.raw(name) === undefined) shell.variables.mark(name, 'exported', false);
}

/** `declare -p x` as bash writes it. */
function declaration(shell: Shell, name: string): string | null {
  const variable = shell.variables.raw(name);
  if (variable === undefined) return null;
  const letters = variable.reference ? 'n' : shell.attributesOf(name);
  const start = `declare -${letters === '' ? '-' : letters} ${name}`;
  if (variable.value === null) return start;
  if (typeof variable.value === 'string') return `${start}=${quoteDouble(variable.value)}`;
  const { value } = variable;
  const keys = listedKeys(value, variable.associative);
  const elements = keys.map((key) => `[${key}]=${quoteDouble(value.get(key) as string)}`);
  return `${start}=(${elements.join(' ')}${variable.associative && elements.length > 0 ? ' ' : ''})`;
}

function printVariables(shell: Shell, builtin: string, flags: Flags): number {
  let status = 0;
  const names = flags.operands.length > 0 ? flags.operands : shell.variables.names();
  for (const name of names) {
    const text = declaration(shell, name);
    if (text !== null) shell.write(1, `${text}\n`);
    else {
      shell.complain(`${builtin}: ${name}: not found`);
      status = 1;
    }
  }
  return status;
}

function printMarked(shell: Shell, attribute: 'exported' | 'readonly'): number {
  for (const name of shell.variables.names())
    if (shell.variables.raw(name)?.[attribute]) shell.write(1, `${declaration(shell, name)}\n`);
  return 0;
}

function printFunctions(shell: Shell, flags: Flags): number {
  const names = flags.operands.length > 0 ? flags.operands : [...shell.functions.keys()].sort();
  let status = 0;
  for (const name of names) {
    const definition = shell.functions.get(name);
    if (definition === undefined) status = 1;
    else if (flags.on.has('F'))
      shell.write(1, flags.operands.length > 0 ? `${name}\n` : `declare -f ${name}\n`);
    else shell.write(1, `${shell.session.language.functionText(definition.node)}\n`);
  }
  return status;
}

export async function unset(shell: Shell, args: readonly string[]): Promise<number> {
  const flags = parse(shell, 'unset', args, 'fvn', 'unset [-f] [-v] [-n] [name ...]');
  if (flags === null) return 2;
  let status = 0;
  for (const operand of flags.operands) if (!(await unsetOne(shell, flags, operand))) status = 1;
  return status;
}

async function unsetOne(shell: Shell, flags: Flags, operand: string): Promise<boolean> {
  if (flags.on.has('f')) {
    shell.functions.delete(operand);
    return true;
  }
  const indexed = splitSubscript(operand);
  const name = indexed?.name ?? operand;
  if (shell.variables.isReadonly(name)) {
    shell.complain(`unset: ${name}: cannot unset: readonly variable`);
    return false;
  }
  if (indexed !== null) {
    if (indexed.subscript === '@' || indexed.subscript === '*') shell.variables.unset(name);
    else shell.variables.unsetElement(name, await subscriptKey(shell, name, indexed.subscript));
  } else if (shell.variables.raw(name) !== undefined) shell.variables.unset(name);
  else if (!flags.on.has('v')) shell.functions.delete(name);
  return true;
}
