// Makes dist/bin, the command as it is installed: main.ts with all that it imports in one file but for just-bash, which
// guards its own modules, and the code that V8 made of it while it replayed a capture.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { BUNDLE, CODE_CACHE, openBundle, wrapped } from './code-cache.ts';

const FOLDER = join(import.meta.dirname, '../../dist/bin');
const COMMON: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  external: ['just-bash'],
  logLevel: 'warning',
};
const LOADED = /\bimport\("just-bash"\)/g;

/** What is run as modules: what starts the command, and its threads. */
const buildModules = (): Promise<unknown> =>
  build({
    ...COMMON,
    entryPoints: { main: 'src/cli/start.ts', 'replay-reader': 'src/cli/replay-reader.ts' },
    format: 'esm',
    banner: {
      js: "import{createRequire as requireOf}from'node:module';const require=requireOf(import.meta.url);",
    },
    outdir: FOLDER,
  });

/** A script cannot import: the module that runs it does it instead. */
async function buildProgram(): Promise<void> {
  const { outputFiles } = await build({
    ...COMMON,
    entryPoints: ['src/cli/main.ts'],
    format: 'cjs',
    define: { 'import.meta.url': '__here' },
    write: false,
  });
  const text = outputFiles[0]!.text.replace(/^#!.*/, '');
  if (!LOADED.test(text)) throw new Error('the bundle imports no just-bash');
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, BUNDLE), wrapped(text.replace(LOADED, '__load("just-bash")')));
}

/** Runs the command once, and keeps the code of all functions that it called. */
function keepCode(): void {
  const { script, run } = openBundle(new URL('../../dist/bin/', import.meta.url));
  process.once('exit', () => writeFileSync(join(FOLDER, CODE_CACHE), script.createCachedData()));
  process.stdout.write = () => true;
  process.argv = [
    ...[process.execPath, join(FOLDER, 'main.js'), 'replay', 'captures/ipip.cap'],
    ...['--lab', 'captures/calico-ipip/in/lab.sh', '--at', 'node1:eth0'],
  ];
  run();
}

rmSync(FOLDER, { recursive: true, force: true });
await buildModules();
await buildProgram();
keepCode();
