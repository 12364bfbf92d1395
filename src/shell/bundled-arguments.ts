// Words that GNU's and mawk's programs take and just-bash's do not, said in words that it knows.

/** The text of a file, or null. */
type Read = (path: string) => string | null;
type Adapt = (args: readonly string[], read: Read) => string[];

/** Variables that just-bash's awk keeps for itself: they are only heeded where the program sets them. */
const OWN = /^(?:FS|OFS|ORS|RS|SUBSEP)=/;

/**
 * `awk -f program`, `awk '…' FS=: file`, `awk -v OFS=, '…'`: assignments before the first file are those of -v, and those of awk's
 * own variables become a BEGIN of the program.
 */
const awk: Adapt = (args, read) => {
  const options: string[] = [];
  const assignments: string[] = [];
  const programs: string[] = [];
  let at = 0;
  for (; at < args.length && /^-./.test(args[at]) && args[at] !== '--'; at++) {
    const [, letter, inside] = /^-(.)(.*)$/s.exec(args[at]) as unknown as [string, string, string];
    const valued = 'fvF'.includes(letter);
    const value = valued && inside === '' ? (args[++at] ?? '') : inside;
    const text = letter === 'f' ? read(value) : null;
    if (text !== null) programs.push(text);
    else if (letter === 'v') assignments.push(value);
    else options.push(...(valued ? [`-${letter}`, value] : [args[at]]));
  }
  if (args[at] === '--') at++;
  if (programs.length === 0) programs.push(...args.slice(at, ++at));
  while (at < args.length && /^[A-Za-z_]\w*=/.test(args[at]) && read(args[at]) === null)
    assignments.push(args[at++]);
  const own = assignments.filter((text) => OWN.test(text));
  const others = assignments.filter((text) => !own.includes(text)).flatMap((text) => ['-v', text]);
  const program = programs.length === 0 ? [] : [setting(own) + programs.join('\n')];
  return [...options, ...others, ...program, ...args.slice(at)];
};

const setting = (assignments: readonly string[]): string =>
  assignments
    .map((text) =>
      text.replace(/^(\w+)=(.*)$/s, (_, name, value) => `${name}="${value.replace(/"/g, '\\"')}"`),
    )
    .map((text) => `BEGIN{${text}}\n`)
    .join('');

/** `paste -sd,` is `paste -s -d ,`, and with no file it reads its input. */
const paste: Adapt = (args) => {
  const words: string[] = [];
  let files = 0;
  for (let at = 0; at < args.length; at++) {
    const combined = /^-(s*)(d?)(.*)$/s.exec(args[at]);
    if (combined === null || args[at] === '-') {
      words.push(args[at]);
      files++;
      continue;
    }
    if (combined[1] !== '') words.push('-s');
    if (combined[2] !== '') words.push('-d', combined[3] === '' ? (args[++at] ?? '') : combined[3]);
    else if (combined[3] !== '') words.push(`-${combined[3]}`);
  }
  return files === 0 ? [...words, '-'] : words;
};

/** `sed '2i\text'`: GNU takes the text on the same line. */
const sed: Adapt = (args) =>
  args.map((text) => text.replace(/^((?:\d+|\$|\/(?:[^/\\]|\\.)*\/)?\s*[aic])\\(?=[^\n])/, '$1\\\n'));

const ADAPT: Readonly<Record<string, Adapt>> = { awk, paste, sed };

export const adaptArguments = (name: string, args: readonly string[], read: Read): string[] =>
  ADAPT[name]?.(args, read) ?? [...args];
