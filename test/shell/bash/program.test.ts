// Programs take virtual time to start, builtins take none.
import { expect, test } from 'vitest';
import { PROGRAM_START } from '../../../src/shell/bash/program.ts';
import { runScript } from '../../../src/shell/run.ts';

/** Virtual microseconds that a script takes. */
async function duration(script: string): Promise<number> {
  const empty = await runScript({ script: '' });
  const { lab } = await runScript({ script });
  return lab.kernel.clock.now - empty.lab.kernel.clock.now;
}

test.each([
  ['a builtin', 'true; echo x; [ -e /tmp ]; cd /tmp', 0],
  ['a name that is no program', 'no-such-program', 0],
  ['a program', '/bin/true', PROGRAM_START],
  ['one of the text programs', 'grep x /etc/hosts', PROGRAM_START],
  ['programs in a row', 'ip link; ip link', 2 * PROGRAM_START],
  ['programs of one pipeline start together', 'ip link | cat | cat', PROGRAM_START],
  ['a program that runs another', 'sudo ip link', 2 * PROGRAM_START],
  ['a script by its path', 'echo true > s; chmod +x s; ./s', 2 * PROGRAM_START],
  ['sleep starts as all do', 'sleep 1', 1_000_000 + PROGRAM_START],
])('%s', async (_, script, expected) => {
  expect(await duration(script)).toBe(expected);
});

test('a background program starts while the shell goes on', async () => {
  const { output } = await runScript({ script: 'ip -V & echo started; wait' });
  expect(output).toBe('started\nip utility, iproute2-6.1.0, libbpf 1.1.2\n');
});

test('a program that is killed before it has started does nothing', async () => {
  const { output } = await runScript({ script: 'ip -V & kill $!; wait $!; echo $?' });
  expect(output.split('\n').at(-2)).toBe('143');
  expect(output).not.toContain('iproute2');
});
