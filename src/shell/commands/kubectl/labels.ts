// Label selectors of Kubernetes as `-l` takes them: equality, presence and sets, all of which must hold.
import type { ApiObject } from './api-server.ts';

type Labels = Readonly<Record<string, string>>;
type Test = (labels: Labels) => boolean;

/** Null for a text that is none. */
export function parseLabelSelector(text: string): ((object: ApiObject) => boolean) | null {
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim());
  const tests = parts.filter((part) => part !== '').map(requirement);
  if (tests.includes(null)) return null;
  return ({ metadata }) => tests.every((test) => test?.(metadata.labels ?? {}));
}

const KEY = '[\\w./-]+';
const EQUALITY = new RegExp(`^(${KEY})\\s*(==?|!=)\\s*([\\w.-]*)$`);
const PRESENCE = new RegExp(`^(!?)\\s*(${KEY})$`);
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s+\\(([^)]*)\\)$`);

function requirement(part: string): Test | null {
  const equality = EQUALITY.exec(part);
  if (equality !== null) {
    const [, key, operator, value] = equality;
    return (labels) => (labels[key] === value) === (operator !== '!=');
  }
  const presence = PRESENCE.exec(part);
  if (presence !== null) return (labels) => Object.hasOwn(labels, presence[2]) === (presence[1] === '');
  const set = SET.exec(part);
  if (set === null) return null;
  const values = set[3].split(',').map((value) => value.trim());
  return (labels) => values.includes(labels[set[1]] ?? '') === (set[2] === 'in');
}
