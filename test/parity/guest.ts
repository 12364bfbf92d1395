// Runs many scenarios in one boot of user-mode Linux, some at a time, each with a directory and names of its own.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Recording, readRecording, type Scenario } from '../kernel/compare/recording.ts';

const INIT = join(import.meta.dirname, '../kernel/init.sh');

/** What runs in the guest: a storm of frames neither fills the memory nor lasts; names of namespaces are private to a mount namespace, and all of them go with it. */
const DRIVER = `
tar xf cases.tar
one() {
  cd "$1"
  mount -t tmpfs tmpfs /run/netns
  ulimit -f 2000
  timeout -k 5 200 bash -c 'exec >output.txt 2>&1; exec bash script.sh'
  echo $? >exit.txt
  ip -all netns delete
  rm -f script.sh in[0-9]*.pcap
}
export -f one
ls cases | xargs -P PARALLEL -I{} unshare -m bash -c 'one cases/{}'
rm cases.tar
`;

function writeScenario(directory: string, { script, inputs }: Scenario): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'script.sh'), script);
  for (const [name, bytes] of inputs) writeFileSync(join(directory, name), bytes);
}

function prepare(scenarios: readonly Scenario[], parallel: number): string {
  const job = mkdtempSync(join(tmpdir(), 'vrouter-parity-'));
  for (const name of ['in', 'out', 'cases']) mkdirSync(join(job, name));
  for (const scenario of scenarios) writeScenario(join(job, 'cases', scenario.name), scenario);
  const { status } = spawnSync('tar', ['cf', join(job, 'in/cases.tar'), '-C', job, 'cases']);
  if (status !== 0) throw new Error('tar failed');
  writeFileSync(join(job, 'in/script.sh'), DRIVER.replace('PARALLEL', String(parallel)));
  return job;
}

/** What the console said. The kernel's arguments switch IPv6 off where a scenario is not about it. */
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

/** What the kernel makes of the scenarios, by name. */
export async function runInGuest(
  scenarios: readonly Scenario[],
  parallel = 3,
  timeoutSeconds = 600,
): Promise<Map<string, Recording>> {
  const job = prepare(scenarios, parallel);
  try {
    const console = await boot(job, timeoutSeconds);
    const out = join(job, 'out');
    if (!existsSync(join(out, 'done')))
      throw new Error(
        `the guest did not end in order\n${console}${textIn(join(out, 'boot.txt'))}${textIn(join(out, 'output.txt'))}`,
      );
    return new Map(scenarios.map(({ name }) => [name, readRecording(join(out, 'files/cases', name))]));
  } finally {
    rmSync(job, { recursive: true, force: true });
  }
}
