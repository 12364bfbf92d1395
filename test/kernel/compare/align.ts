// Lays two lists beside each other so that most of their elements meet an equal one.

export interface Step<T> {
  a: T | undefined;
  b: T | undefined;
  /** Both are there and have the same key. Not the same, but both there: one was changed into the other. */
  same: boolean;
}

/** Lengths of the longest common subsequences of the ends of both lists. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint32Array[] {
  const rows = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      rows[i]![j] = a[i] === b[j] ? rows[i + 1]![j + 1]! + 1 : Math.max(rows[i + 1]![j]!, rows[i]![j + 1]!);
    }
  }
  return rows;
}

/** Between two equal elements, what is missing and what is new are changes of each other, in order. */
function changes<T>(missing: T[], extra: T[]): Step<T>[] {
  const count = Math.max(missing.length, extra.length);
  return Array.from({ length: count }, (_, i) => ({ a: missing[i], b: extra[i], same: false }));
}

export function align<T>(a: readonly T[], b: readonly T[], keyOf: (element: T) => string): Step<T>[] {
  const keysA = a.map(keyOf);
  const keysB = b.map(keyOf);
  const common = commonLengths(keysA, keysB);
  const steps: Step<T>[] = [];
  let missing: T[] = [];
  let extra: T[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && keysA[i] === keysB[j]) {
      steps.push(...changes(missing, extra), { a: a[i], b: b[j], same: true });
      missing = [];
      extra = [];
      i += 1;
      j += 1;
    } else if (j === b.length || (i < a.length && common[i + 1]![j]! >= common[i]![j + 1]!)) {
      missing.push(a[i]!);
      i += 1;
    } else {
      extra.push(b[j]!);
      j += 1;
    }
  }
  return [...steps, ...changes(missing, extra)];
}
