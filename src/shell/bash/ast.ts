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
export type GroupNode = Command<'Group'>;
export type ArithmeticNode = Command<'ArithmeticCommand'>;
export type ConditionalNode = Command<'ConditionalCommand'>;

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
