// `set -x`: each command on standard error behind PS4, as bash writes it.
import { expandText } from './expand.ts';
import { quoteForTrace } from './quote.ts';
import type { Shell } from './shell.ts';

/** Writes one line; PS4's first character is repeated for each level of substitution. */
export async function traceText(shell: Shell, text: string): Promise<void> {
  shell.write(2, `${await prompt(shell)}${text}\n`);
}

async function prompt(shell: Shell): Promise<string> {
  const raw = shell.variables.text('PS4') ?? '+ ';
  const { xtrace } = shell.options;
  shell.options.xtrace = false;
  const { status, substituted } = shell;
  const text = /[$`\\]/.test(raw) ? await expandText(shell, shell.session.language.hereWord(raw)) : raw;
  shell.status = status;
  shell.substituted = substituted;
  shell.options.xtrace = xtrace;
  return text.slice(0, 1).repeat(shell.traceDepth) + text.slice(1);
}

/** `declared` are the arrays among the arguments of a declaration, traced before: only their names are left. */
export async function traceWords(
  shell: Shell,
  argv: readonly string[],
  declared: ReadonlyMap<string, unknown> | null,
): Promise<void> {
  const words = argv.map((word) => (declared?.has(word) ? word.replace(/\+?=$/, '') : quoteForTrace(word)));
  await traceText(shell, words.join(' '));
  if (declared !== null && (argv[0] === 'export' || argv[0] === 'readonly'))
    await traceDeclared(
      shell,
      argv.slice(1).filter((word) => !declared.has(word)),
    );
}

/** bash traces the assignments that `export` and `readonly` make a second time. */
async function traceDeclared(shell: Shell, words: readonly string[]): Promise<void> {
  for (const word of words) {
    const found = /^([A-Za-z_]\w*\+?=)(.*)$/s.exec(word);
    if (found !== null) await traceText(shell, found[1] + (found[2] === '' ? '' : quoteForTrace(found[2])));
  }
}

export async function traceArithmetic(shell: Shell, text: string): Promise<void> {
  await traceText(shell, `(( ${text} ))`);
}
