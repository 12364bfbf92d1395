// Values against their schemas: what does not fit, in plain words, and fields that nobody knows.
import * as v from 'valibot';
import type { Finding, Path } from './problem.ts';
import { isRecord } from './read-value.ts';

/** The value as the schema has it, or what does not fit. */
export function shaped<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  path: Path,
): { output: v.InferOutput<S> } | { findings: Finding[] } {
  const result = v.safeParse(schema, value);
  if (result.success) return { output: result.output };
  return { findings: result.issues.map((issue) => describeIssue(issue, path)) };
}

function describeIssue(issue: v.BaseIssue<unknown>, path: Path): Finding {
  const keys = issue.path?.map(({ key }) => key as string | number) ?? [];
  return { path: [...path, ...keys], value: issue.input, reason: reasonOf(issue) };
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'must be a string',
  number: 'must be a number',
  boolean: 'must be true or false',
  object: 'must be a mapping',
  record: 'must be a mapping',
  array: 'must be a list',
  union: 'must be a string or a number',
};

function reasonOf(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === 'schema' && issue.input === undefined) return 'is required';
  if (issue.kind === 'validation') return issue.message;
  if (issue.type === 'picklist') return `must be one of ${choicesOf(issue)}`;
  // Messages of valibot's own begin so; ours are better.
  return issue.message.startsWith('Invalid ') ? (WORDS[issue.type] ?? issue.message) : issue.message;
}

const choicesOf = ({ requirement, expected }: v.BaseIssue<unknown>): string =>
  Array.isArray(requirement)
    ? requirement.join(', ')
    : (expected ?? '').replaceAll(/[()"]/g, '').replaceAll(' | ', ', ');

/** As much of a valibot schema as leads to the entries of its objects. */
interface SchemaShape {
  readonly entries?: Readonly<Record<string, SchemaShape>>;
  readonly wrapped?: SchemaShape;
  readonly item?: SchemaShape;
}

/** Fields that the schema does not know, anywhere within the value. */
export function unknownFields(
  schema: v.GenericSchema,
  value: unknown,
  path: Path,
  isKnown: (field: string) => boolean = () => false,
): Finding[] {
  const findings: Finding[] = [];
  walk(schema as SchemaShape, value, path, (at, field, found) => {
    if (!isKnown(field))
      findings.push({ path: at, value: found, reason: 'unknown field', severity: 'warning' });
  });
  return findings;
}

function walk(
  schema: SchemaShape,
  value: unknown,
  path: Path,
  report: (path: Path, field: string, value: unknown) => void,
): void {
  if (schema.wrapped !== undefined) walk(schema.wrapped, value, path, report);
  else if (schema.item !== undefined && Array.isArray(value))
    for (const [at, item] of value.entries()) walk(schema.item, item, [...path, at], report);
  else if (schema.entries !== undefined && isRecord(value))
    for (const [field, inner] of Object.entries(value)) {
      const entry = Object.hasOwn(schema.entries, field) ? schema.entries[field] : undefined;
      if (entry === undefined) report([...path, field], field, inner);
      else walk(entry, inner, [...path, field], report);
    }
}
