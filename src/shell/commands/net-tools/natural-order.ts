// The order in which net-tools lists interfaces: numbers inside names count as numbers (nstrcmp of its library).

const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9';

export function compareNames(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  if (!isDigit(a[at]) && !isDigit(b[at])) return (a.charCodeAt(at) || 0) - (b.charCodeAt(at) || 0);
  while (at > 0 && isDigit(a[at - 1])) at--;
  if (!isDigit(a[at]) || !isDigit(b[at])) return (a.charCodeAt(at) || 0) - (b.charCodeAt(at) || 0);
  return Number.parseInt(a.slice(at), 10) - Number.parseInt(b.slice(at), 10) || a.length - b.length;
}
