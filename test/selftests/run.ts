// Runs the kernel's own network selftests in vrouter and, with --kernel, on user-mode Linux, and compares what they
// say. The scripts are fetched beside the repository (fetch.sh); what the kernel said is kept there for later runs.
//
//   npm run selftests [-- NAME…] [--kernel] [--dir DIR] [--show N] [--timeout SECONDS]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runOnKernel } from './guest.ts';
import { differences, type Result, readResults, tally } from './results.ts';

const FETCH = join(import.meta.dirname, 'fetch.sh');
const CLI = join(import.meta.dirname, '../../dist/bin/main.js');

/** What the scripts call beyond what recording needs; each skips what it does not find. */
const PROGRAMS = ['linux.uml', 'socat', 'tc', 'iptables', 'arping', 'ifconfig', 'tcpdump'];

interface Options {
  readonly names: readonly string[];
  readonly directory: string;
  readonly kernel: boolean;
  readonly show: number;
  readonly seconds: number;
}

function fetched(directory: string | undefined): string {
  const args = directory === undefined ? [] : [directory];
  const { status, stdout } = spawnSync(FETCH, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0)
    throw new Error('the selftests could not be fetched: apt-get with a Debian 12 archive is needed');
  return stdout.trim();
}

function parseOptions(argv: string[]): Options {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      kernel: { type: 'boolean', default: false },
      dir: { type: 'string' },
      show: { type: 'string', default: '10' },
      timeout: { type: 'string', default: '1500' },
    },
  });
  const directory = fetched(values.dir);
  const known = scriptsIn(directory);
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`no such script: ${unknown.join(', ')} (there are: ${known.join(', ')})`);
  const names = positionals.length > 0 ? positionals : known;
  return {
    names,
    directory,
    kernel: values.kernel,
    show: Number(values.show),
    seconds: Number(values.timeout),
  };
}

const scriptsIn = (directory: string): string[] =>
  readdirSync(directory)
    .filter((file) => file.endsWith('.sh'))
    .map((file) => file.slice(0, -3));

function runHere(directory: string, name: string, seconds: number): string {
  const { stdout, status } = spawnSync('sh', ['-c', `exec ${process.execPath} ${CLI} sh ./${name}.sh 2>&1`], {
    cwd: directory,
    encoding: 'utf8',
    timeout: seconds * 1000,
    maxBuffer: 1 << 28,
  });
  return `${stdout}exit status ${status ?? 'none: stopped by the time limit'}\n`;
}

const resultFile = ({ directory }: Options, side: 'kernel' | 'vrouter', name: string): string =>
  join(directory, side, `${name}.txt`);

function keep(options: Options, side: 'kernel' | 'vrouter', name: string, output: string): Result[] {
  mkdirSync(join(options.directory, side), { recursive: true });
  writeFileSync(resultFile(options, side, name), output);
  return readResults(output);
}

async function kernelResults(options: Options, name: string): Promise<Result[] | null> {
  if (options.kernel)
    return keep(options, 'kernel', name, await runOnKernel(options.directory, name, options.seconds));
  const file = resultFile(options, 'kernel', name);
  return existsSync(file) ? readResults(readFileSync(file, 'utf8')) : null;
}

const cell = (results: readonly Result[] | null, isIpv6: boolean): string => {
  if (results === null) return 'not run';
  const { passed, total } = tally(results, isIpv6);
  return `${passed}/${total}`;
};

const ROW = (cells: readonly string[]): string =>
  `${cells[0].padEnd(32)}${cells
    .slice(1)
    .map((text) => text.padStart(14))
    .join('')}`;

/** The number of differences. */
async function compareScript(options: Options, name: string): Promise<number> {
  const kernel = await kernelResults(options, name);
  const ours = keep(options, 'vrouter', name, runHere(options.directory, name, options.seconds));
  console.log(ROW([name, cell(kernel, false), cell(ours, false), cell(kernel, true), cell(ours, true)]));
  const lines = kernel === null ? [] : differences(kernel, ours);
  for (const line of lines.slice(0, options.show)) console.log(`    ${line}`);
  if (lines.length > options.show) console.log(`    … and ${lines.length - options.show} more`);
  return lines.length;
}

function checkPrograms(): void {
  const missing = PROGRAMS.filter((name) => spawnSync('which', [name]).status !== 0);
  if (missing.length > 0)
    console.error(`not installed, tests that need them are skipped: ${missing.join(' ')}`);
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options.kernel) checkPrograms();
  console.log(`scripts and output: ${options.directory}`);
  console.log(ROW(['passed of tests', 'IPv4 kernel', 'IPv4 here', 'IPv6 kernel', 'IPv6 here']));
  let different = 0;
  for (const name of options.names) different += await compareScript(options, name);
  return different > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`selftests: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}
