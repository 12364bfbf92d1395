// The names of just-bash's syntax tree that the evaluator uses; only some of them are exported by name.
import type {
  CommandNode,
  PipelineNode,
  ScriptNode,
  SimpleCommandNode,
  StatementNode,
  WordNode,
} from 'just-bash';

export type { CommandNode, PipelineNode, ScriptNode, SimpleCommandNode, StatementNode, WordNode };

export type WordPart = WordNode['parts'][number];
type Part<T extends WordPart['type']> = Extract<WordPart, { type: T }>;
type Command<T extends CommandNode['type']> = Extract<CommandNode, { type: T }>;

export type DoubleQuoted = Part<'DoubleQuoted'>;
export type ParameterExpansion = Part<'ParameterExpansion'>;
export type BraceExpansion = Part<'BraceExpansion'>;
export type ProcessSubstitution = Part<'ProcessSubstitution'>;
export type Operation = NonNullable<ParameterExpansion['operation']>;
export type OperationOf<T extends Operation['type']> = Extract<Operation, { type: T }>;

export type FunctionNode = Command<'FunctionDef'>;
export type IfNode = Command<'If'>;
export type ForNode = Command<'For'>;
export type CStyleForNode = Command<'CStyleFor'>;
export type WhileNode = Command<'While'>;
export type UntilNode = Command<'Until'>;
export type CaseNode = Command<'Case'>;
export type SubshellNode = Command<'Subshell'>;
export type ArithmeticNode = Command<'ArithmeticCommand'>;
type ConditionalNode = Command<'ConditionalCommand'>;

export type Assignment = SimpleCommandNode['assignments'][number];
export type Redirection = SimpleCommandNode['redirections'][number];
export type HereDocument = Extract<Redirection['target'], { type: 'HereDoc' }>;
export type Condition = ConditionalNode['expression'];

/** The text of a word that is only literal, or null. */
export function literalText(word: WordNode): string | null {
  if (word.parts.length !== 1) return null;
  const part = word.parts[0];
  return part.type === 'Literal' || part.type === 'SingleQuoted' ? part.value : null;
}

/** The line (from 1, of the parsed text) that a command starts in; 0 if the parser did not say. */
export function lineOf(node: CommandNode): number {
  if (node.line) return node.line;
  switch (node.type) {
    case 'Group':
    case 'Subshell':
      return firstLine(node.body);
    case 'While':
    case 'Until':
      return firstLine(node.condition);
    case 'If':
      return firstLine(node.clauses[0]?.condition ?? []);
    case 'FunctionDef':
      return lineOf(node.body);
    default:
      return 0;
  }
}

const firstLine = (statements: readonly StatementNode[]): number =>
  statements.length === 0 ? 0 : startLine(statements[0]);

export function startLine(statement: StatementNode): number {
  const command = statement.pipelines[0]?.commands[0];
  return command === undefined ? 0 : lineOf(command);
}

/** Newlines within the first argument: bash takes the line in which it has read that far for the command's own. */
export function linesOfFirstArgument(node: SimpleCommandNode): number {
  const [first] = node.args;
  return first === undefined ? 0 : first.parts.reduce((sum, part) => sum + linesOfPart(part), 0);
}

function linesOfPart(part: WordPart): number {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
      return part.value.includes('\n') ? part.value.split('\n').length - 1 : 0;
    case 'DoubleQuoted':
      return part.parts.reduce((sum, inner) => sum + linesOfPart(inner), 0);
    case 'CommandSubstitution':
      return Math.max(0, ...part.body.statements.map(startLine)) - Math.min(1, part.body.statements.length);
    default:
      return 0;
  }
}
