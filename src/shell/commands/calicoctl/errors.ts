// calicoctl's words for what goes wrong (libcalico-go/lib/errors/errors.go, calicoctl's main).
import type { Problem } from '../../../calico/resource/problem.ts';
import type { Kind } from '../../../calico/resource/types.ts';
import { pluralOf } from './kinds.ts';

export interface Target {
  readonly kind: Kind;
  readonly name: string;
  /** '' for a kind without. */
  readonly namespace: string;
}

const identifier = ({ kind, name, namespace }: Target): string =>
  `${kind}(${namespace === '' ? '' : `${namespace}/`}${name})`;

export const doesNotExist = (target: Target): string =>
  `resource does not exist: ${identifier(target)} with error: ${pluralOf(target.kind)} "${target.name}" not found`;

export const alreadyExists = (target: Target): string =>
  `resource already exists: ${identifier(target)} with error: ${pluralOf(target.kind)} "${target.name}" already exists`;

const fieldError = ({ field, value, reason }: Problem): string =>
  value === '' ? `${field} (${reason})` : `${field} = '${value}' (${reason})`;

/** ErrorValidation; a problem without a field is a sentence by itself. */
export function validationError(problems: readonly Problem[]): string {
  const [first] = problems;
  if (problems.length === 1)
    return first.field === '' ? first.reason : `error with field ${fieldError(first)}`;
  const lines = problems.map((problem) => `-  ${fieldError(problem)}\n`);
  return `error with the following fields:\n${lines.join('')}`;
}

const UNKNOWN_FIELD = 'unknown field';

/** calicoctl takes no field that it does not know: a misspelt one would be silently without effect. */
export const unknownField = (problems: readonly Problem[]): Problem | undefined =>
  problems.find(({ reason }) => reason === UNKNOWN_FIELD);

/** massageError. */
export const unknownFieldError = ({ field }: Problem): string =>
  `field in document is not recognized or is in the wrong location: ${field.split('.').at(-1)}`;

/** A Go slice of errors. */
export const errorList = (errors: readonly string[]): string => `[${errors.join(' ')}]`;
