// One script of the kernel's selftests under user-mode Linux, with IPv6 as an ordinary machine has it.
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
import { boot } from '../parity/guest.ts';

/** The scripts start by their first line; they find nettest, where it was built, beside them. */
const driver = (name: string, seconds: number): string => `
sysctl -qw kernel.printk=1
modprobe -a ipv6 vrf
export PATH=$PATH:$PWD
chmod +x ./*
timeout ${seconds} ./${name}.sh
echo "exit status $?"
`;

export async function runOnKernel(directory: string, name: string, seconds: number): Promise<string> {
  const job = mkdtempSync(join(tmpdir(), 'vrouter-selftests-'));
  try {
    for (const part of ['in', 'out']) mkdirSync(join(job, part));
    for (const file of [`${name}.sh`, 'nettest'])
      if (existsSync(join(directory, file))) copyFileSync(join(directory, file), join(job, 'in', file));
    writeFileSync(join(job, 'in/script.sh'), driver(name, seconds));
    const console = await boot(job, seconds + 60, []);
    const output = join(job, 'out/output.txt');
    return existsSync(output) ? readFileSync(output, 'utf8') : `the guest did not start\n${console}`;
  } finally {
    rmSync(job, { recursive: true, force: true });
  }
}
