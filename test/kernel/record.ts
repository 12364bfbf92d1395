// Records what a real kernel does with the scenarios of captures/: each one runs under its own
// user-mode Linux, and what it prints and captures becomes the golden result.
//
//   npm run record [-- NAME…] [--out DIR] [--jobs N] [--timeout SECONDS] [--install]
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { CAPTURES, scenarioNames } from './scenarios.ts';

const INIT = join(import.meta.dirname, 'init.sh');

/** The Debian packages the guest needs, each with a file that shows that it is there. */
const PACKAGES: readonly (readonly [name: string, file: string])[] = [
  ['user-mode-linux', '/usr/bin/linux.uml'],
  ['kmod', '/bin/kmod'],
  ['iproute2', '/bin/ip'],
  ['tcpdump', '/usr/bin/tcpdump'],
  ['tcpreplay', '/usr/bin/tcpreplay'],
  ['iputils-ping', '/bin/ping'],
  ['net-tools', '/sbin/ifconfig'],
  ['bridge-utils', '/sbin/brctl'],
  ['traceroute', '/usr/bin/traceroute.db'],
  ['iputils-tracepath', '/usr/bin/tracepath'],
  ['ethtool', '/sbin/ethtool'],
  ['procps', '/sbin/sysctl'],
];

/** Scenarios whose capture is also published at the top of captures/, for the README's examples. */
const PUBLISHED: Readonly<Record<string, string>> = { 'calico-ipip-cap': 'ipip.cap' };

interface Options {
  names: string[];
  out: string | undefined;
  jobs: number;
  timeoutSeconds: number;
  install: boolean;
}

/** A refusal that the user can act on: printed without a stack, exit status 2. */
class UsageError extends Error {}

function parseOptions(argv: string[]): Options {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      jobs: { type: 'string', default: '2' },
      timeout: { type: 'string', default: '180' },
      install: { type: 'boolean', default: false },
    },
  });
  const known = scenarioNames();
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(`no such scenario: ${unknown.join(', ')} (there are: ${known.join(', ')})`);
  }
  return {
    names: positionals.length > 0 ? positionals : known,
    out: values.out,
    jobs: positiveNumber('--jobs', values.jobs),
    timeoutSeconds: positiveNumber('--timeout', values.timeout),
    install: values.install,
  };
}

function positiveNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new UsageError(`${option} takes a positive number, not "${text}"`);
  return value;
}

function missingPackages(): string[] {
  return PACKAGES.filter(([, file]) => !existsSync(file)).map(([name]) => name);
}

function requirePackages(install: boolean): void {
  const missing = missingPackages();
  if (missing.length === 0) return;
  if (!install) {
    throw new UsageError(
      `these Debian packages are missing: ${missing.join(' ')}\n` +
        'install them with apt-get, or run again with --install as root',
    );
  }
  installPackages(missing);
}

function installPackages(names: string[]): void {
  if (process.getuid?.() !== 0) throw new UsageError('--install has to run as root');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...names]]) {
    const { status } = spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env });
    if (status !== 0) throw new UsageError(`apt-get ${args[0]} failed with status ${status}`);
  }
  const missing = missingPackages();
  if (missing.length > 0)
    throw new UsageError(`apt-get did not bring ${missing.join(' ')}: Debian 12 is needed`);
}

/** The directory a guest exchanges files with; see init.sh for its parts. */
function prepareJob(name: string): string {
  const job = mkdtempSync(join(tmpdir(), `vrouter-record-${name}-`));
  mkdirSync(join(job, 'in'));
  mkdirSync(join(job, 'out'));
  const source = join(CAPTURES, name);
  cpSync(join(source, 'script.sh'), join(job, 'in', 'script.sh'));
  const inputs = join(source, 'in');
  if (existsSync(inputs)) cpSync(inputs, join(job, 'in'), { recursive: true, dereference: true });
  return job;
}

function guestArguments(job: string): string[] {
  return [
    'mem=512M',
    'root=/dev/root',
    'rootfstype=hostfs',
    'rootflags=/',
    'ro',
    `init=${INIT}`,
    'con=null',
    'con0=null,fd:1',
    'quiet',
    // The scenarios are about IPv4, and router solicitations would come at random times.
    'ipv6.disable=1',
    `uml_dir=${join(job, 'uml')}`,
    `job=${job}`,
  ];
}

const running = new Set<ChildProcess>();

/** User-mode Linux is many processes of one group: all of them go, or none. */
function killGuest(child: ChildProcess): void {
  try {
    process.kill(-child.pid!, 'SIGKILL');
  } catch {
    // It has gone by itself.
  }
}

function bootGuest(job: string, timeoutSeconds: number): Promise<{ console: string; timedOut: boolean }> {
  return new Promise((resolve, reject) => {
    const child = spawn('linux.uml', guestArguments(job), {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    const chunks: Buffer[] = [];
    child.stdout!.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr!.on('data', (chunk: Buffer) => chunks.push(chunk));
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      killGuest(child);
    }, timeoutSeconds * 1000);
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      running.delete(child);
      killGuest(child);
      resolve({ console: Buffer.concat(chunks).toString(), timedOut });
    });
  });
}

function guestFailure(name: string, job: string, boot: { console: string; timedOut: boolean }): Error {
  const read = (file: string) => {
    const path = join(job, 'out', file);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  const reason = boot.timedOut ? 'did not end in time' : 'ended before the scenario did';
  return new Error(
    `${name}: the guest ${reason}\n${boot.console}${read('boot.txt')}${lastLines(read('output.txt'))}`,
  );
}

/** Where a script hangs shows in the end of what it printed. */
function lastLines(text: string): string {
  return `its output ends with:\n${text.split('\n').slice(-10).join('\n')}`;
}

/** Replaces the recording in `target` by what the guest left in `out`. */
function storeResult(out: string, target: string): void {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  cpSync(join(out, 'output.txt'), join(target, 'output.txt'));
  cpSync(join(out, 'exit.txt'), join(target, 'exit.txt'));
  cpSync(join(out, 'files'), target, { recursive: true });
}

async function recordScenario(name: string, options: Options): Promise<string> {
  const job = prepareJob(name);
  try {
    const boot = await bootGuest(job, options.timeoutSeconds);
    const out = join(job, 'out');
    if (!existsSync(join(out, 'done'))) throw guestFailure(name, job, boot);
    const target = options.out ? join(options.out, name) : join(CAPTURES, name, 'golden');
    storeResult(out, target);
    publish(name, target, options);
    return readFileSync(join(out, 'kernel.txt'), 'utf8');
  } finally {
    rmSync(job, { recursive: true, force: true });
  }
}

function publish(name: string, target: string, options: Options): void {
  const file = PUBLISHED[name];
  if (file && !options.out) cpSync(join(target, file), join(CAPTURES, basename(file)));
}

function toolVersions(): string {
  const names = PACKAGES.map(([name]) => name);
  const { stdout } = spawnSync('dpkg-query', ['--show', ...names], { encoding: 'utf8' });
  return (stdout ?? '').replaceAll('\t', ' ');
}

/** A scenario may take the recording of another as its input (a link into golden/): it has to wait for it. */
function readsRecordings(name: string): boolean {
  const inputs = join(CAPTURES, name, 'in');
  if (!existsSync(inputs)) return false;
  return readdirSync(inputs).some((file) => realpathSync(join(inputs, file)).includes('/golden/'));
}

async function recordAll(options: Options): Promise<string[]> {
  const failures: string[] = [];
  for (const last of [false, true]) {
    const names = options.names.filter((name) => readsRecordings(name) === last);
    failures.push(...(await recordSome(names, options)));
  }
  return failures;
}

async function recordSome(names: string[], options: Options): Promise<string[]> {
  const queue = [...names];
  const failures: string[] = [];
  let kernel = '';
  const worker = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const start = Date.now();
      try {
        kernel = await recordScenario(name, options);
        console.log(`${name}: recorded in ${((Date.now() - start) / 1000).toFixed(1)} s`);
      } catch (error) {
        failures.push(name);
        console.error(error instanceof Error ? error.message : error);
      }
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, worker));
  if (kernel) writeFileSync(join(options.out ?? CAPTURES, 'kernel.txt'), `${kernel}${toolVersions()}`);
  return failures;
}

function stopEverything(): void {
  for (const child of running) killGuest(child);
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  requirePackages(options.install);
  if (options.names.length === 0) throw new UsageError('there is no scenario under captures/');
  if (options.out) mkdirSync(options.out, { recursive: true });
  process.on('exit', stopEverything);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
  const failures = await recordAll(options);
  if (failures.length > 0) console.error(`not recorded: ${failures.join(', ')}`);
  return failures.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError) && !(error instanceof TypeError)) throw error;
  console.error(`record: ${error.message}`);
  process.exitCode = 2;
}
