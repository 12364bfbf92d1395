// Spans of time in words: `1h30m` (unsigned_relts_print).

const UNITS: readonly (readonly [string, number])[] = [
  ['y', 31536000],
  ['w', 604800],
  ['d', 86400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
];

/** Seconds as years to seconds, leaving out what is 0. */
export function relativeSeconds(seconds: number): string {
  if (seconds === 0) return '0s';
  let text = '';
  for (const [unit, size] of UNITS) {
    if (seconds < size) continue;
    text += `${Math.floor(seconds / size)}${unit}`;
    seconds %= size;
  }
  return text;
}
