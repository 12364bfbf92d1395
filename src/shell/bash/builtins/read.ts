// `read` and `mapfile`: lines of standard input into variables.
import type { Stream } from '../../process/stream.ts';
import { concatenate } from '../../process/stream.ts';
import { splitSubscript, subscriptKey } from '../parameter.ts';
import type { Shell } from '../shell.ts';

const decoder = new TextDecoder();

/** The next byte; null at the end (or when the shell was told to end), undefined when the time is over. */
async function nextByte(shell: Shell, stream: Stream, until: number): Promise<number | null | undefined> {
  for (;;) {
    const bytes = stream.read(1);
    if (bytes === null || shell.task.done) return null;
    if (bytes !== undefined) return bytes[0];
    const left = until - shell.session.scheduler.now;
    if (left <= 0) return undefined;
    await shell.task.wait(left, (wake) => stream.whenReadable(wake));
    if (shell.pending.length > 0) return undefined;
  }
}

interface ReadOptions {
  raw: boolean;
  array: string | null;
  delimiter: number;
  count: number;
  exact: boolean;
  fd: number;
  prompt: string;
  /** Seconds. */
  timeout: number;
}

interface Line {
  /** Characters that a backslash protects are marked by a NUL before them. */
  readonly text: string;
  readonly status: number;
}

async function readLine(shell: Shell, stream: Stream, options: ReadOptions): Promise<Line> {
  const bytes: number[] = [];
  const until = shell.session.scheduler.now + options.timeout * 1e6;
  let characters = 0;
  let status = 0;
  while (characters < options.count) {
    const byte = await nextByte(shell, stream, until);
    if (byte === undefined || byte === null) {
      status = byte === null ? 1 : 142;
      break;
    }
    if (byte === options.delimiter && !options.exact) break;
    if (byte === 0) continue;
    if (byte === 92 && !options.raw) {
      const escaped = await nextByte(shell, stream, until);
      if (typeof escaped !== 'number') break;
      if (escaped === 10) continue;
      bytes.push(0, escaped);
    } else bytes.push(byte);
    if ((byte & 0xc0) !== 0x80) characters++;
  }
  return { text: decoder.decode(Uint8Array.from(bytes)), status };
}

export async function read(shell: Shell, args: readonly string[]): Promise<number> {
  const options: ReadOptions = {
    raw: false,
    array: null,
    delimiter: 10,
    count: Number.POSITIVE_INFINITY,
    exact: false,
    fd: 0,
    prompt: '',
    timeout: Number.POSITIVE_INFINITY,
  };
  const names = parse(shell, args, options);
  if (names === null) return 2;
  for (const name of names)
    if (!/^[A-Za-z_]\w*(\[.*\])?$/s.test(name)) {
      shell.complain(`read: \`${name}': not a valid identifier`);
      return 1;
    }
  const stream = shell.descriptors.get(options.fd);
  if (stream === undefined) {
    shell.complain(`read: ${options.fd}: invalid file descriptor: Bad file descriptor`);
    return 1;
  }
  if (options.prompt !== '' && stream.isTerminal) shell.write(2, options.prompt);
  const { text, status } = await readLine(shell, stream, options);
  await distribute(shell, text, names, options.array);
  return status;
}

/** Fills `options`; the names, or null with a message for an option that there is none of. */
function parse(shell: Shell, args: readonly string[], options: ReadOptions): string[] | null {
  let at = 0;
  for (; at < args.length && /^-./.test(args[at]) && args[at] !== '--'; at++) {
    for (let i = 1; i < args[at].length; i++) {
      const letter = args[at][i];
      if (letter === 'r') options.raw = true;
      else if (letter === 's' || letter === 'e') continue;
      else if ('adinNptu'.includes(letter)) {
        const value = args[at].slice(i + 1) || (args[++at] ?? '');
        setOption(options, letter, value);
        break;
      } else {
        shell.complain(`read: -${letter}: invalid option`);
        shell.write(
          2,
          'read: usage: read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]\n',
        );
        return null;
      }
    }
  }
  return args.slice(args[at] === '--' ? at + 1 : at);
}

function setOption(options: ReadOptions, letter: string, value: string): void {
  if (letter === 'a') options.array = value;
  else if (letter === 'd') options.delimiter = value === '' ? 0 : value.charCodeAt(0);
  else if (letter === 'n' || letter === 'N') {
    options.count = Number(value);
    options.exact = letter === 'N';
  } else if (letter === 'p') options.prompt = value;
  else if (letter === 't') options.timeout = Number(value);
  else if (letter === 'u') options.fd = Number(value);
}

const plain = (text: string): string => text.replace(/\0(.)/gs, '$1');

async function distribute(
  shell: Shell,
  text: string,
  names: readonly string[],
  array: string | null,
): Promise<void> {
  const { ifs } = shell;
  if (array !== null) {
    const fields = splitFields(text, ifs, Number.POSITIVE_INFINITY);
    const elements = new Map(fields.map((field, index) => [String(index), plain(field)]));
    if (!shell.refuseReadonly(array)) shell.variables.setArray(array, elements, false);
    return;
  }
  if (names.length === 0) {
    shell.variables.set('REPLY', plain(text));
    return;
  }
  const fields = splitFields(text, ifs, names.length);
  for (const [index, name] of names.entries()) await store(shell, name, plain(fields[index] ?? ''));
}

async function store(shell: Shell, name: string, value: string): Promise<void> {
  const indexed = splitSubscript(name);
  if (shell.refuseReadonly(indexed?.name ?? name)) return;
  if (indexed === null) shell.variables.set(name, value);
  else
    shell.variables.setElement(
      indexed.name,
      await subscriptKey(shell, indexed.name, indexed.subscript),
      value,
    );
}

/** At most `limit` fields; the last has the rest of the line, without blanks around it. */
function splitFields(text: string, ifs: string, limit: number): string[] {
  const isBlank = (at: number): boolean => ifs.includes(text[at]) && ' \t\n'.includes(text[at]);
  const skip = (from: number): number => {
    let at = from;
    while (at < text.length && isBlank(at)) at++;
    return at;
  };
  const fields: string[] = [];
  let at = skip(0);
  while (at < text.length) {
    if (fields.length === limit - 1) {
      fields.push(lastField(text.slice(at), ifs));
      return fields;
    }
    const start = at;
    while (at < text.length && !ifs.includes(text[at])) at += text[at] === '\0' ? 2 : 1;
    fields.push(text.slice(start, at));
    at = skip(at);
    if (at < text.length && ifs.includes(text[at])) at = skip(at + 1);
  }
  return fields;
}

/** Blanks at the end go; so does one delimiter that ends the only field. */
function lastField(rest: string, ifs: string): string {
  let end = rest.length;
  while (end > 0 && ' \t\n'.includes(rest[end - 1]) && ifs.includes(rest[end - 1]) && rest[end - 2] !== '\0')
    end--;
  const text = rest.slice(0, end);
  const only = [...text].findIndex((char) => ifs.includes(char));
  return only >= 0 && only === text.length - 1 ? text.slice(0, -1) : text;
}

export async function mapfile(shell: Shell, args: readonly string[]): Promise<number> {
  let strip = false;
  let fd = 0;
  let count = Number.POSITIVE_INFINITY;
  let skip = 0;
  let delimiter = 10;
  let name = 'MAPFILE';
  for (let at = 0; at < args.length; at++) {
    if (args[at] === '-t') strip = true;
    else if (args[at] === '-u') fd = Number(args[++at]);
    else if (args[at] === '-n') count = Number(args[++at]) || Number.POSITIVE_INFINITY;
    else if (args[at] === '-s') skip = Number(args[++at]);
    else if (args[at] === '-d') delimiter = (args[++at] ?? '').charCodeAt(0) || 0;
    else if (!args[at].startsWith('-')) name = args[at];
  }
  const stream = shell.descriptors.get(fd);
  const lines = stream === undefined ? [] : await readLines(shell, stream, delimiter);
  const wanted = lines
    .slice(skip, skip + count)
    .map((line) => (strip && line.endsWith(String.fromCharCode(delimiter)) ? line.slice(0, -1) : line));
  if (shell.refuseReadonly(name)) return 1;
  shell.variables.setArray(name, new Map(wanted.map((line, index) => [String(index), line])), false);
  return 0;
}

/** All lines, each with its delimiter. */
async function readLines(shell: Shell, stream: Stream, delimiter: number): Promise<string[]> {
  const chunks: Uint8Array[] = [];
  while (!shell.task.done) {
    const chunk = stream.read(1 << 16);
    if (chunk === null) break;
    if (chunk !== undefined) chunks.push(chunk);
    else await shell.task.wait(Number.POSITIVE_INFINITY, (wake) => stream.whenReadable(wake));
  }
  const text = decoder.decode(concatenate(chunks));
  const mark = String.fromCharCode(delimiter);
  return text
    .split(mark)
    .map((line, index, all) => (index < all.length - 1 ? line + mark : line))
    .filter((line) => line !== '');
}
