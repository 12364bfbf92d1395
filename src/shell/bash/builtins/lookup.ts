// `command`, `builtin`, `type`, `hash`: what a name would run.
import { searchPath } from '../program.ts';
import type { Shell } from '../shell.ts';

const KEYWORDS = new Set(
  'if then else elif fi case esac for select while until do done in function time { } ! [[ ]] coproc'.split(
    ' ',
  ),
);

/** What `name` is: the first that a command line would find. */
type Kind =
  | { readonly kind: 'keyword' | 'function' | 'builtin' }
  | { readonly kind: 'file'; readonly path: string };

function lookUp(shell: Shell, name: string): Kind | null {
  if (KEYWORDS.has(name)) return { kind: 'keyword' };
  if (shell.functions.has(name)) return { kind: 'function' };
  if (shell.session.evaluator.builtins.has(name)) return { kind: 'builtin' };
  const path = fileOf(shell, name);
  return path === null ? null : { kind: 'file', path };
}

function fileOf(shell: Shell, name: string): string | null {
  return shell.session.programs.locate(shell.namespace, shell.cwd, searchPath(shell), name);
}

export async function command(shell: Shell, args: readonly string[]): Promise<number> {
  let describe = '';
  let at = 0;
  for (; at < args.length && /^-[pvV]+$/.test(args[at]); at++)
    for (const letter of args[at].slice(1)) if (letter !== 'p') describe = letter;
  if (args[at] === '--') at++;
  const words = args.slice(at);
  if (describe !== '') {
    let found = false;
    for (const name of words)
      if (describeName(shell, name, describe === 'V' ? 'long' : 'short')) found = true;
      else if (describe === 'V') shell.complain(`command: ${name}: not found`);
    return found ? 0 : 1;
  }
  if (words.length === 0) return 0;
  await shell.session.evaluator.words(shell, words, { functions: false, builtins: true, programs: true });
  return shell.status;
}

export async function builtin(shell: Shell, args: readonly string[]): Promise<number> {
  if (args.length === 0) return 0;
  if (!shell.session.evaluator.builtins.has(args[0])) {
    shell.complain(`builtin: ${args[0]}: not a shell builtin`);
    return 1;
  }
  await shell.session.evaluator.words(shell, args, { functions: false, builtins: true, programs: false });
  return shell.status;
}

function describeName(shell: Shell, name: string, form: 'short' | 'long' | 'type' | 'path'): boolean {
  const found = lookUp(shell, name);
  if (found === null) return false;
  const text =
    form === 'long'
      ? longText(shell, name, found)
      : form === 'type'
        ? found.kind
        : found.kind === 'file'
          ? found.path
          : form === 'path'
            ? ''
            : name;
  if (text !== '') shell.write(1, `${text}\n`);
  return true;
}

function longText(shell: Shell, name: string, found: Kind): string {
  switch (found.kind) {
    case 'keyword':
      return `${name} is a shell keyword`;
    case 'builtin':
      return `${name} is a shell builtin`;
    case 'file':
      return `${name} is ${found.path}`;
    case 'function': {
      const definition = shell.functions.get(name);
      const body = definition === undefined ? '' : shell.session.language.functionText(definition.node);
      return `${name} is a function\n${body}`;
    }
  }
}

export function type(shell: Shell, args: readonly string[]): number {
  const letters = args.filter((arg) => /^-[afptP]+$/.test(arg)).join('');
  const form = letters.includes('t') ? 'type' : /p/i.test(letters) ? 'path' : 'long';
  let status = 0;
  for (const name of args.filter((arg) => !/^-[afptP]+$/.test(arg) && arg !== '--')) {
    if (describeName(shell, name, form)) continue;
    if (form === 'long') shell.complain(`type: ${name}: not found`);
    status = 1;
  }
  return status;
}

export const hash = (): number => 0;
