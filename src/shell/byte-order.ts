// Lines in the order of their bytes, as `sort` has them in the C locale, which is the only one of a lab. just-bash's
// sort takes the alphabet's order.

/** Options that leave it to whole lines what comes first. */
const WHOLE_LINES = /^-[rus]+$|^--(?:reverse|unique|stable)?$/;

/** What `sort` with these arguments prints, from the same lines in another order. */
export function inByteOrder(args: readonly string[], output: string): string {
  const options = args.filter((arg) => arg.startsWith('-') && arg !== '-');
  if (!options.every((option) => WHOLE_LINES.test(option)) || output === '') return output;
  const lines = output.replace(/\n$/, '').split('\n');
  lines.sort((one, other) => (one < other ? -1 : one > other ? 1 : 0));
  if (options.some((option) => /^-\w*r|^--reverse/.test(option))) lines.reverse();
  return `${lines.join('\n')}\n`;
}
