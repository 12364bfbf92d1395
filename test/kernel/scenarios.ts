// The scenarios under captures/: a scenario is a directory there with a script.sh.
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const CAPTURES = resolve(import.meta.dirname, '../../captures');

export function scenarioNames(): string[] {
  return readdirSync(CAPTURES)
    .filter((name) => existsSync(join(CAPTURES, name, 'script.sh')))
    .sort();
}
