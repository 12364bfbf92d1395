// The variables of a shell: dynamic scopes, attributes, arrays. Scalars are replaced, never changed in place, so that
// a subshell's copy costs one Map per scope.

export interface Variable {
  /** Null for a name that was declared and has no value; a Map for both kinds of arrays. */
  value: string | null | Map<string, string>;
  exported: boolean;
  readonly: boolean;
  integer: boolean;
  lower: boolean;
  upper: boolean;
  /** declare -A. */
  associative: boolean;
  /** declare -n: `value` is the name that is meant. */
  reference: boolean;
}

const PLAIN: Variable = {
  value: null,
  exported: false,
  readonly: false,
  integer: false,
  lower: false,
  upper: false,
  associative: false,
  reference: false,
};

export type Attribute = 'exported' | 'readonly' | 'integer' | 'lower' | 'upper' | 'associative' | 'reference';

type Scope = Map<string, Variable>;

const copyScope = (scope: Scope): Scope => {
  const copy = new Map(scope);
  for (const [name, variable] of copy)
    if (variable.value instanceof Map) copy.set(name, { ...variable, value: new Map(variable.value) });
  return copy;
};

/** Indices of an indexed array in order. */
export const sortedKeys = (array: ReadonlyMap<string, string>): string[] =>
  [...array.keys()].sort((a, b) => Number(a) - Number(b));

/** Buckets of an associative array (bash's `ASSOC_HASH_BUCKETS`). */
const BUCKETS = 1024;

/** FNV-1 over the bytes, each as the signed char it is where bash was built (bash's `hash_string`). */
function hashOf(key: string): number {
  let hash = 2166136261;
  for (const byte of new TextEncoder().encode(key)) hash = Math.imul(hash, 16777619) ^ ((byte << 24) >> 24);
  return hash >>> 0;
}

/**
 * Keys of an associative array in the order of bash's hash table: bucket by bucket, in each the
 * latest one first. The table grows beyond 2,048 keys; then the order is not bash's.
 */
function hashedKeys(array: ReadonlyMap<string, string>): string[] {
  const table = new Map<number, string[]>();
  for (const key of array.keys()) {
    const bucket = hashOf(key) % BUCKETS;
    const entries = table.get(bucket);
    if (entries === undefined) table.set(bucket, [key]);
    else entries.unshift(key);
  }
  return [...table].sort(([a], [b]) => a - b).flatMap(([, entries]) => entries);
}

/** Keys of an array in the order in which bash lists them. */
export const listedKeys = (array: ReadonlyMap<string, string>, associative: boolean): string[] =>
  associative ? hashedKeys(array) : sortedKeys(array);

export class Variables {
  /** The global scope first, then one for each function that runs. */
  private scopes: Scope[] = [new Map()];

  clone(): Variables {
    const copy = new Variables();
    copy.scopes = this.scopes.map(copyScope);
    return copy;
  }

  push(): void {
    this.scopes.push(new Map());
  }

  pop(): void {
    this.scopes.pop();
  }

  get inFunction(): boolean {
    return this.scopes.length > 1;
  }

  private scopeOf(name: string): Scope {
    for (let i = this.scopes.length - 1; i > 0; i--) if (this.scopes[i].has(name)) return this.scopes[i];
    return this.scopes[0];
  }

  /** The variable itself, references not followed. */
  raw(name: string): Variable | undefined {
    return this.scopeOf(name).get(name);
  }

  /** The name that `name` stands for, through `declare -n`. */
  target(name: string): string {
    let at = name;
    for (let i = 0; i < 10; i++) {
      const variable = this.raw(at);
      if (variable === undefined || !variable.reference || typeof variable.value !== 'string') return at;
      at = variable.value;
    }
    return at;
  }

  get(name: string): Variable | undefined {
    const variable = this.raw(name);
    return variable?.reference === true ? this.raw(this.target(name)) : variable;
  }

  /** The value as `$name` gives it: element 0 of an array. Undefined if unset. */
  text(name: string): string | undefined {
    const value = this.get(name)?.value;
    if (value === undefined || value === null) return undefined;
    return typeof value === 'string' ? value : value.get('0');
  }

  /** Replaces the value; attributes stay. The caller has looked at `readonly`. */
  set(name: string, value: string): void {
    const target = this.target(name);
    const scope = this.scopeOf(target);
    const old = scope.get(target);
    if (old === undefined) scope.set(target, { ...PLAIN, value });
    else if (old.value instanceof Map) old.value.set('0', folded(old, value));
    else scope.set(target, { ...old, value: folded(old, value) });
  }

  setArray(name: string, value: Map<string, string>, associative: boolean): void {
    const target = this.target(name);
    const scope = this.scopeOf(target);
    scope.set(target, { ...(scope.get(target) ?? PLAIN), value, associative });
  }

  /** The elements, made from the scalar if it was one. */
  elements(name: string): Map<string, string> {
    const target = this.target(name);
    const scope = this.scopeOf(target);
    const old = scope.get(target) ?? PLAIN;
    if (old.value instanceof Map) return old.value;
    const value = new Map<string, string>();
    if (typeof old.value === 'string') value.set('0', old.value);
    scope.set(target, { ...old, value });
    return value;
  }

  setElement(name: string, key: string, value: string): void {
    const elements = this.elements(name);
    const variable = this.get(name);
    elements.set(key, variable === undefined ? value : folded(variable, value));
  }

  mark(name: string, attribute: Attribute, on: boolean): void {
    const target = attribute === 'reference' ? name : this.target(name);
    const scope = this.scopeOf(target);
    scope.set(target, { ...(scope.get(target) ?? PLAIN), [attribute]: on });
  }

  /** Makes `name` local to the running function. False outside of one. */
  declareLocal(name: string, inherit = false): boolean {
    const scope = this.scopes[this.scopes.length - 1];
    if (this.scopes.length === 1) return false;
    if (scope.has(name)) return true;
    const outer = this.raw(name);
    scope.set(name, { ...(inherit && outer ? outer : PLAIN), exported: outer?.exported ?? false });
    return true;
  }

  /** Also for a name in the global scope while a function runs (declare -g). */
  setGlobal(name: string, value: string): void {
    this.scopes[0].set(name, { ...(this.scopes[0].get(name) ?? PLAIN), value });
  }

  /** Restores what `raw` gave before a temporary assignment. */
  putBack(name: string, variable: Variable | undefined): void {
    const scope = this.scopeOf(name);
    if (variable === undefined) scope.delete(name);
    else scope.set(name, variable);
  }

  unset(name: string): void {
    const target = this.target(name);
    const scope = this.scopeOf(target);
    const local = scope !== this.scopes[0] && scope === this.scopes[this.scopes.length - 1];
    if (local) scope.set(target, { ...PLAIN });
    else scope.delete(target);
  }

  unsetElement(name: string, key: string): void {
    const value = this.get(name)?.value;
    if (value instanceof Map) value.delete(key);
  }

  isReadonly(name: string): boolean {
    return this.get(name)?.readonly === true;
  }

  /** Every name that is visible, in order. */
  names(): string[] {
    const names = new Set<string>();
    for (const scope of this.scopes) for (const name of scope.keys()) names.add(name);
    return [...names].sort();
  }

  /** Names declared in the running function. */
  localNames(): string[] {
    return [...this.scopes[this.scopes.length - 1].keys()];
  }

  /** What a program that is started gets. */
  environment(): Map<string, string> {
    const environment = new Map<string, string>();
    for (const name of this.names()) {
      const variable = this.raw(name);
      if (variable?.exported && typeof variable.value === 'string') environment.set(name, variable.value);
    }
    return environment;
  }
}

function folded(variable: Variable, value: string): string {
  if (variable.lower) return value.toLowerCase();
  return variable.upper ? value.toUpperCase() : value;
}
