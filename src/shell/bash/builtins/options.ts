// `set` and `shopt`.
import { quoteForTrace } from '../quote.ts';
import { OPTION_LETTERS, type Options, type Shell } from '../shell.ts';

/** Names that `set -o` takes and that change nothing here. */
const WITHOUT_EFFECT = new Set(
  'braceexpand emacs errtrace functrace hashall histexpand history ignoreeof interactive-comments keyword monitor nolog notify onecmd physical posix privileged vi'.split(
    ' ',
  ),
);
const LETTERS_WITHOUT_EFFECT = 'bhkmptBEHPT';

export function set(shell: Shell, args: readonly string[]): number {
  if (args.length === 0) return printAll(shell);
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at];
    if (word === '--' || word === '-') {
      if (word === '-') shell.options.xtrace = shell.options.verbose = false;
      if (word === '--' || at + 1 < args.length) shell.positional = args.slice(at + 1);
      return 0;
    }
    if (!/^[-+]./.test(word)) break;
    for (const letter of word.slice(1)) {
      if (letter !== 'o') {
        if (!setLetter(shell, word[0], letter)) return 2;
      } else if (at + 1 >= args.length) return printOptions(shell, word === '-o');
      else if (!setNamed(shell, args[++at], word.startsWith('-'))) return 2;
    }
  }
  if (at < args.length) shell.positional = args.slice(at);
  return 0;
}

function setLetter(shell: Shell, sign: string, letter: string): boolean {
  const found = OPTION_LETTERS.find(([known]) => known === letter);
  if (found !== undefined) {
    shell.options[found[1]] = sign === '-';
    return true;
  }
  if (LETTERS_WITHOUT_EFFECT.includes(letter)) return true;
  shell.complain(`set: ${sign}${letter}: invalid option`);
  shell.write(2, 'set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n');
  return false;
}

function setNamed(shell: Shell, name: string, on: boolean): boolean {
  if (name in shell.options) {
    shell.options[name as keyof Options] = on;
    return true;
  }
  if (WITHOUT_EFFECT.has(name)) return true;
  shell.complain(`set: ${name}: invalid option name`);
  return false;
}

function printOptions(shell: Shell, table: boolean): number {
  const on = new Set(['braceexpand', 'hashall', 'interactive-comments']);
  const names = [...Object.keys(shell.options), ...WITHOUT_EFFECT].sort();
  for (const name of names) {
    const value = shell.options[name as keyof Options] ?? on.has(name);
    shell.write(
      1,
      table ? `${name.padEnd(15)}\t${value ? 'on' : 'off'}\n` : `set ${value ? '-' : '+'}o ${name}\n`,
    );
  }
  return 0;
}

function printAll(shell: Shell): number {
  for (const name of shell.variables.names()) {
    const value = shell.variables.raw(name)?.value;
    if (typeof value === 'string') shell.write(1, `${name}=${quoteForTrace(value)}\n`);
  }
  return 0;
}

const SHOPTS = new Set(
  `assoc_expand_once autocd cdable_vars cdspell checkhash checkjobs checkwinsize cmdhist compat31 compat32 compat40
   compat41 compat42 compat43 compat44 complete_fullquote direxpand dirspell dotglob execfail expand_aliases extdebug
   extglob extquote failglob force_fignore globasciiranges globskipdots globstar gnu_errfmt histappend histreedit
   histverify hostcomplete huponexit inherit_errexit interactive_comments lastpipe lithist localvar_inherit
   localvar_unset login_shell mailwarn no_empty_cmd_completion nocaseglob nocasematch noexpand_translation nullglob
   patsub_replacement progcomp progcomp_alias promptvars restricted_shell shift_verbose sourcepath varredir_close
   xpg_echo`.split(/\s+/),
);

export function shopt(shell: Shell, args: readonly string[]): number {
  const letters = args.filter((arg) => /^-[supqo]+$/.test(arg)).join('');
  const names = args.filter((arg) => !arg.startsWith('-'));
  if (letters.includes('o')) {
    for (const name of names)
      if (/[su]/.test(letters) && !setNamed(shell, name, letters.includes('s'))) return 1;
    return 0;
  }
  let status = 0;
  for (const name of names.length > 0 ? names : SHOPTS) {
    if (!SHOPTS.has(name)) {
      shell.complain(`shopt: ${name}: invalid shell option name`);
      status = 1;
    } else if (letters.includes('s')) shell.shopt.add(name);
    else if (letters.includes('u')) shell.shopt.delete(name);
    else {
      if (!shell.shopt.has(name) && names.length > 0) status = 1;
      if (!letters.includes('q'))
        shell.write(1, `${name.padEnd(15)}\t${shell.shopt.has(name) ? 'on' : 'off'}\n`);
    }
  }
  return status;
}
