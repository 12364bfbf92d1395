// Modules that the name of a device loads (dev_load in net/core/dev_ioctl.c).
import { expect, test } from 'vitest';
import { runScript } from '../../src/shell/run.ts';

const names = async (command: string): Promise<string> => {
  const { stdout } = await runScript({
    script: `${command} >/dev/null 2>&1; ls /sys/class/net | tr '\\n' ' '`,
  });
  return stdout.trim();
};

test.each([
  ['ip link set', 'ip link set tunl0 up', 'lo tunl0'],
  ['in any namespace', 'ip netns add n; ip -n n address show dev tunl0', 'lo tunl0'],
  ['ifconfig', 'ifconfig tunl0 10.0.0.1', 'lo tunl0'],
  ['tcpdump', 'tcpdump -i tunl0', 'lo tunl0'],
  ['not what hands the name to the kernel', 'ip rule add iif tunl0 lookup 7', 'lo'],
  ['not another name', 'ip link set tunl1 up', 'lo'],
])('%s', async (_, command, expected) => {
  expect(await names(command)).toBe(expected);
});
