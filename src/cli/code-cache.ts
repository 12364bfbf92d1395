// The command as one bundle, with the code that V8 made of it when it was built: without, a cold start spends a third of its
// time on finding, reading and compiling what it needs.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

/** Both are in one folder. */
export const BUNDLE = 'vrouter.cjs';
export const CODE_CACHE = 'vrouter.cache';

/** What the bundle's text is a function of: `here` is its URL, and `load` imports what is not in it. */
type Program = (
  require: NodeJS.Require,
  module: { exports: unknown },
  here: string,
  load: (name: string) => Promise<unknown>,
) => void;

/** The text around the bundle. */
export const wrapped = (text: string): string => `(function(require,module,__here,__load){${text}\n})`;

export interface Bundle {
  readonly script: Script;
  run(): void;
}

/** `folder` ends in a slash. Another Node than the one that it was built with compiles as it goes. */
export function openBundle(folder: URL): Bundle {
  const file = new URL(BUNDLE, folder);
  const filename = fileURLToPath(file);
  // The bundle is ASCII.
  const script = new Script(readFileSync(file, 'latin1'), { filename, cachedData: cachedCode(folder) });
  const run = (): void => {
    const program: Program = script.runInThisContext();
    program(createRequire(file), { exports: {} }, file.href, (name) => import(name));
  };
  return { script, run };
}

function cachedCode(folder: URL): Uint8Array | undefined {
  try {
    return readFileSync(new URL(CODE_CACHE, folder));
  } catch {
    return undefined;
  }
}
