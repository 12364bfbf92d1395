// Redirections: `<`, `>`, `>>`, `2>&1`, `&>`, here-documents and here-strings, in the order in which they are written.
import { errorWords } from '../files/errors.ts';
import { absolute } from '../files/paths.ts';
import { failed } from '../files/tree.ts';
import { BytesStream, FileStream, SinkStream, type Stream } from '../process/stream.ts';
import type { HereDocument, Redirection, WordNode } from './ast.ts';
import type { Saved } from './descriptors.ts';
import { expandText, expandWords } from './expand.ts';
import type { Shell } from './shell.ts';

const encoder = new TextEncoder();
const NULL = new SinkStream(() => '');

/** Runs `body` with the redirections made; status 1 if one of them cannot be. */
export async function withRedirections(
  shell: Shell,
  redirections: readonly Redirection[],
  body: () => Promise<void>,
): Promise<void> {
  const saved = await redirect(shell, redirections);
  if (saved === null) {
    if (shell.unwind === null) shell.status = 1;
    return;
  }
  await body();
  shell.descriptors.restore(saved);
}

/** Makes the redirections; null, with all undone and a message, if one of them cannot be. */
export async function redirect(shell: Shell, redirections: readonly Redirection[]): Promise<Saved | null> {
  const saved: Saved = new Map();
  for (const redirection of redirections) {
    if (await redirectOne(shell, redirection, saved)) continue;
    shell.descriptors.restore(saved);
    return null;
  }
  return saved;
}

async function redirectOne(shell: Shell, node: Redirection, saved: Saved): Promise<boolean> {
  const { operator, target } = node;
  if (target.type === 'HereDoc') return hereDocument(shell, node, target, saved);
  if (operator === '<<<') {
    const text = await expandText(shell, target);
    if (shell.stopped) return false;
    return put(shell, node, 0, new BytesStream(encoder.encode(`${text}\n`)), saved);
  }
  const word = await targetText(shell, target);
  if (word === null || shell.stopped) return false;
  if (operator === '>&' || operator === '<&') return duplicate(shell, node, word, saved);
  const output = operator !== '<' && operator !== '<>';
  const stream = output ? openOutput(shell, word, operator) : openInput(shell, word, operator === '<>');
  if (stream === null) return false;
  if (operator !== '&>' && operator !== '&>>') return put(shell, node, output ? 1 : 0, stream, saved);
  shell.descriptors.replace(1, stream, saved);
  shell.descriptors.replace(2, stream, saved);
  return true;
}

async function targetText(shell: Shell, target: WordNode): Promise<string | null> {
  const words = await expandWords(shell, [target]);
  if (words.length === 1 || shell.stopped) return words[0] ?? null;
  shell.complain(`${shell.session.language.wordText(target)}: ambiguous redirect`);
  return null;
}

/** `<<-`: the tabs that lines begin with go. */
function withoutTabs(word: WordNode): WordNode {
  const parts = word.parts.map((part, index) => {
    if (part.type !== 'Literal') return part;
    const value = part.value.replace(/\n\t+/g, '\n');
    return { ...part, value: index === 0 ? value.replace(/^\t+/, '') : value };
  });
  return { ...word, parts };
}

async function hereDocument(
  shell: Shell,
  node: Redirection,
  document: HereDocument,
  saved: Saved,
): Promise<boolean> {
  const content = document.stripTabs ? withoutTabs(document.content) : document.content;
  const text = await expandText(shell, content);
  if (shell.stopped) return false;
  return put(shell, node, 0, new BytesStream(encoder.encode(text)), saved);
}

/** Sets descriptor `node.fd` (or the operator's own), or one that is free for `{name}>`. */
function put(shell: Shell, node: Redirection, standard: number, stream: Stream, saved: Saved): boolean {
  if (node.fdVariable === undefined) {
    shell.descriptors.replace(node.fd ?? standard, stream, saved);
    return true;
  }
  const fd = shell.descriptors.free(10);
  shell.variables.set(node.fdVariable, String(fd));
  shell.descriptors.set(fd, stream);
  return true;
}

function duplicate(shell: Shell, node: Redirection, word: string, saved: Saved): boolean {
  const { descriptors } = shell;
  const standard = node.operator === '>&' ? 1 : 0;
  if (word === '-') {
    const fd =
      node.fdVariable === undefined ? (node.fd ?? standard) : Number(shell.variables.text(node.fdVariable));
    if (node.fdVariable === undefined) descriptors.replace(fd, null, saved);
    else descriptors.close(fd);
    return true;
  }
  const moved = /^(\d+)-$/.exec(word);
  const from = moved === null ? word : moved[1];
  if (!/^\d+$/.test(from)) return redirectBoth(shell, node, word, saved);
  const stream = descriptors.get(Number(from));
  if (stream === undefined) {
    shell.complain(`${from}: Bad file descriptor`);
    return false;
  }
  if (!put(shell, node, standard, stream, saved)) return false;
  if (moved !== null) descriptors.replace(Number(from), null, saved);
  return true;
}

/** `>&word` is `>word 2>&1`. */
function redirectBoth(shell: Shell, node: Redirection, word: string, saved: Saved): boolean {
  if (node.operator !== '>&' || (node.fd !== null && node.fd !== 1)) {
    shell.complain(`${word}: ambiguous redirect`);
    return false;
  }
  const stream = openOutput(shell, word, '>');
  if (stream === null) return false;
  shell.descriptors.replace(1, stream, saved);
  shell.descriptors.replace(2, stream, saved);
  return true;
}

function openOutput(shell: Shell, path: string, operator: string): Stream | null {
  if (path === '') return refuse(shell, ': No such file or directory');
  const device = openDevice(shell, path);
  if (device !== undefined) return device;
  const { files } = shell.session;
  const at = absolute(shell.cwd, path);
  if (shell.options.noclobber && (operator === '>' || operator === '&>')) {
    const there = files.find(shell.namespace, at);
    if (!failed(there) && there.kind === 'file')
      return refuse(shell, `${path}: cannot overwrite existing file`);
  }
  const file = files.openWrite(shell.namespace, at, operator.endsWith('>>') ? 'append' : 'truncate');
  if (failed(file)) return refuse(shell, `${path}: ${errorWords(file)}`);
  return new FileStream(file);
}

function openInput(shell: Shell, path: string, create: boolean): Stream | null {
  const device = openDevice(shell, path);
  if (device !== undefined) return device;
  const { files } = shell.session;
  const at = absolute(shell.cwd, path);
  const file = create ? files.openWrite(shell.namespace, at, 'keep') : files.openRead(shell.namespace, at);
  if (failed(file)) return refuse(shell, `${path}: ${errorWords(file)}`);
  return new FileStream(file);
}

function refuse(shell: Shell, message: string): null {
  shell.complain(message);
  return null;
}

/** /dev/null and the names of descriptors; undefined for any other path, null for a refusal. */
export function openDevice(shell: Shell, path: string): Stream | null | undefined {
  if (!path.startsWith('/dev/')) return undefined;
  if (path === '/dev/null') return NULL;
  const named = { '/dev/stdin': 0, '/dev/stdout': 1, '/dev/stderr': 2, '/dev/tty': 1 }[path];
  const numbered = /^\/dev\/fd\/(\d+)$/.exec(path);
  const fd = named ?? (numbered === null ? undefined : Number(numbered[1]));
  if (fd !== undefined)
    return shell.descriptors.get(fd) ?? refuse(shell, `${path}: No such file or directory`);
  if (/^\/dev\/(tcp|udp)\//.test(path))
    return refuse(shell, `${path}: sockets of the shell are not part of the lab`);
  return undefined;
}
