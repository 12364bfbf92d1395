// What `-f` names: files, folders of them, `-` for standard input.
import type { Source } from '../../../calico/resource/piece.ts';
import type { Context } from '../../command.ts';

/** A path that cannot be read, and why (strerror). */
export interface Unreadable {
  readonly path: string;
  readonly reason: string;
}

const RESOURCE_FILE = /\.(ya?ml|json)$/;
const decoder = new TextDecoder();

export async function readSources(
  context: Context,
  paths: readonly string[],
  recursive: boolean,
): Promise<Source[] | Unreadable> {
  const sources: Source[] = [];
  for (const path of paths) {
    for (const file of path === '-' ? ['-'] : filesOf(context, path, recursive)) {
      const content = file === '-' ? await context.readStdin() : await context.open(file);
      if (typeof content === 'string') return { path: file, reason: content };
      sources.push({ file, text: decoder.decode(content) });
    }
  }
  return sources;
}

/** Of a folder those that end as resources do; anything else as it is. */
function filesOf(context: Context, path: string, recursive: boolean): string[] {
  const found = context.stat(path);
  if (typeof found === 'string' || found.kind !== 'directory') return [path];
  const folder = path.replace(/\/*$/, '');
  return found.names.flatMap((name) => {
    const inner = `${folder}/${name}`;
    const entry = context.stat(inner);
    if (typeof entry !== 'string' && entry.kind === 'directory')
      return recursive ? filesOf(context, inner, true) : [];
    return RESOURCE_FILE.test(name) ? [inner] : [];
  });
}
