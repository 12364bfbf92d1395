// Runs many cases in one boot of user-mode Linux, some at a time, each with a directory and names of its own.
import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Recording, readRecording } from '../kernel/compare/recording.ts';
import type { Case } from './case.ts';
import { agentSteps, QUIET } from './steps.ts';

const INIT = join(import.meta.dirname, '../kernel/init.sh');
const AGENT = join(import.meta.dirname, 'agent.pl');

/** What runs in the guest: names of namespaces are private to a mount namespace, and all of them go with it. */
const DRIVER = [
  'tar xf cases.tar',
  ...QUIET,
  'modprobe -a veth bridge dummy vxlan',
  'perl agent.pl cases PARALLEL',
  'rm cases.tar agent.pl',
  '',
].join('\n');

function prepare(cases: readonly Case[], parallel: number): string {
  const job = mkdtempSync(join(tmpdir(), 'vrouter-parity-'));
  for (const name of ['in', 'out', 'cases']) mkdirSync(join(job, name));
  for (const one of cases) {
    mkdirSync(join(job, 'cases', one.name));
    writeFileSync(join(job, 'cases', one.name, 'steps'), agentSteps(one));
  }
  const { status } = spawnSync('tar', ['cf', join(job, 'in/cases.tar'), '-C', job, 'cases']);
  if (status !== 0) throw new Error('tar failed');
  copyFileSync(AGENT, join(job, 'in/agent.pl'));
  writeFileSync(join(job, 'in/script.sh'), DRIVER.replace('PARALLEL', String(parallel)));
  return job;
}

export function boot(
  job: string,
  timeoutSeconds: number,
  more: readonly string[] = ['ipv6.disable=1'],
): Promise<string> {
  const args = ['mem=512M', 'root=/dev/root', 'rootfstype=hostfs', 'rootflags=/', 'ro', `init=${INIT}`];
  args.push('con=null', 'con0=null,fd:1', 'quiet', `uml_dir=${join(job, 'uml')}`, `job=${job}`, ...more);
  return new Promise((resolve, reject) => {
    const child = spawn('linux.uml', args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    const stop = () => {
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        // It has gone by itself.
      }
    };
    const timer = setTimeout(stop, timeoutSeconds * 1000);
    process.once('exit', stop);
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      process.off('exit', stop);
      stop();
      resolve(Buffer.concat(chunks).toString());
    });
  });
}

const textIn = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** What the kernel makes of the cases, by name; nothing where the program that ran the case did not survive it. */
export async function runInGuest(
  cases: readonly Case[],
  parallel: number,
  timeoutSeconds = 900,
): Promise<Map<string, Recording>> {
  const job = prepare(cases, parallel);
  try {
    const printed = await boot(job, timeoutSeconds);
    const out = join(job, 'out');
    if (!existsSync(join(out, 'done')))
      throw new Error(
        `the guest did not end in order\n${printed}${textIn(join(out, 'boot.txt'))}${textIn(join(out, 'output.txt'))}`,
      );
    const said = textIn(join(out, 'output.txt'));
    if (said !== '') console.log(said);
    const directories = cases.map(({ name }) => [name, join(out, 'files/cases', name)] as const);
    const recorded = directories.filter(([, directory]) => existsSync(join(directory, 'exit.txt')));
    return new Map(recorded.map(([name, directory]) => [name, readRecording(directory)]));
  } finally {
    rmSync(job, { recursive: true, force: true });
  }
}
