// A job's command line as bash prints it back (print_cmd.c): blanks where it puts them, redirections at the end.
import type { CommandNode, PipelineNode, Redirection, SimpleCommandNode, StatementNode } from './ast.ts';
import type { Language } from './language.ts';

/** The text of a statement without its `&`; compound commands that take several lines stay as they were written. */
export function jobText(language: Language, statement: StatementNode): string {
  const source = (statement.sourceText ?? '').trim().replace(/\s*&$/, '');
  return statementText(language, statement) ?? source;
}

function statementText(language: Language, statement: StatementNode): string | null {
  const texts = statement.pipelines.map((pipeline) => pipelineText(language, pipeline));
  if (texts.includes(null)) return null;
  return texts
    .map((text, index) => (index === 0 ? text : ` ${statement.operators[index - 1]} ${text}`))
    .join('');
}

/** bash forgets a `!`. */
function pipelineText(language: Language, pipeline: PipelineNode): string | null {
  const texts = pipeline.commands.map((command) => commandText(language, command));
  if (texts.includes(null) || pipeline.pipeStderr?.includes(true)) return null;
  return `${pipeline.timed ? 'time ' : ''}${texts.join(' | ')}`;
}

function commandText(language: Language, node: CommandNode): string | null {
  if (node.type === 'SimpleCommand') {
    const bare: SimpleCommandNode = { ...node, redirections: [] };
    return withRedirections(language, language.commandText(bare), node.redirections);
  }
  if (node.type !== 'Subshell' && node.type !== 'Group') return null;
  const list = node.body.map((statement) => statementText(language, statement));
  if (list.includes(null) || node.body.some((statement) => statement.background)) return null;
  const body = list.join('; ');
  const text = node.type === 'Subshell' ? `( ${body} )` : `{ ${body}; }`;
  return withRedirections(language, text, node.redirections);
}

function withRedirections(language: Language, text: string, all: readonly Redirection[]): string | null {
  if (all.some(({ target }) => target.type === 'HereDoc')) return null;
  const texts = all.map((redirection) => redirectionText(language, redirection));
  return [...(text === '' ? [] : [text]), ...texts].join(' ');
}

function redirectionText(language: Language, redirection: Redirection): string {
  const { operator, target } = redirection;
  const word = target.type === 'HereDoc' ? '' : language.wordText(target);
  if ((operator === '>&' || operator === '<&') && /^(\d+-?|-)$/.test(word)) {
    const descriptor = redirection.fd ?? (operator === '>&' ? 1 : 0);
    return `${descriptor}${word === '-' ? '>&' : operator}${word}`;
  }
  return `${redirection.fd ?? ''}${operator} ${word}`;
}
