// What `test`, `[` and `[[` ask about strings, variables and files.

import type { Node } from '../files/nodes.ts';
import { absolute } from '../files/paths.ts';
import { failed } from '../files/tree.ts';
import { splitSubscript } from './parameter.ts';
import { openDevice } from './redirect.ts';
import type { Shell } from './shell.ts';

/** Letters of the unary operators. */
export const UNARY = /^-[abcdefghknoprstuvwxzGLNORS]$/;
export const BINARY = /^(=|==|!=|<|>|-eq|-ne|-lt|-le|-gt|-ge|-nt|-ot|-ef)$/;

export function unaryTest(shell: Shell, operator: string, operand: string): boolean {
  switch (operator) {
    case '-z':
      return operand === '';
    case '-n':
      return operand !== '';
    case '-o':
      return (shell.options as unknown as Record<string, boolean>)[operand] === true;
    case '-v':
      return isSet(shell, operand);
    case '-R':
      return shell.variables.raw(operand)?.reference === true;
    case '-t':
      return shell.descriptors.get(Number(operand))?.isTerminal === true;
    default:
      return fileTest(shell, operator, operand);
  }
}

function isSet(shell: Shell, name: string): boolean {
  const indexed = splitSubscript(name);
  if (indexed === null) return shell.parameter(name) !== undefined;
  return shell.arrayOf(indexed.name)?.has(indexed.subscript) === true;
}

function nodeAt(shell: Shell, path: string, follow: boolean): Node | null {
  if (path === '') return null;
  const node = shell.session.files.find(shell.namespace, absolute(shell.cwd, path), follow);
  return failed(node) ? null : node;
}

function fileTest(shell: Shell, operator: string, path: string): boolean {
  if (/^\/dev\/(null|std(in|out|err)|tty|fd\/\d+)$/.test(path)) {
    const open = path === '/dev/null' || openDevice(shell, path) !== null;
    return open && !'dfhLSs'.includes(operator[1]);
  }
  const node = nodeAt(shell, path, operator !== '-h' && operator !== '-L');
  if (node === null) return false;
  switch (operator[1]) {
    case 'f':
      return node.kind === 'file';
    case 'd':
      return node.kind === 'directory';
    case 'h':
    case 'L':
      return node.kind === 'link';
    case 's':
      return node.kind !== 'file' || node.size(shell.namespace) > 0;
    case 'r':
    case 'w':
      return true;
    case 'x':
      return node.kind === 'directory' || (node.mode & 0o111) !== 0;
    case 'b':
    case 'c':
    case 'g':
    case 'k':
    case 'p':
    case 'S':
    case 'u':
      return false;
    default:
      return true;
  }
}

/** Of strings, and the ages of files. */
export function compareStrings(shell: Shell, left: string, operator: string, right: string): boolean {
  if (operator === '=' || operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  if (operator === '<') return left < right;
  if (operator === '>') return left > right;
  const a = nodeAt(shell, left, true);
  const b = nodeAt(shell, right, true);
  if (operator === '-ef') return a !== null && a === b;
  if (operator === '-nt') return a !== null && (b === null || a.modified > b.modified);
  return b !== null && (a === null || a.modified < b.modified);
}
