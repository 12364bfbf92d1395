// A port that is disabled: `ip link set` wakes it again by the notice that follows, `bridge link set` does not
// (recorded: do_setlink ends with netdev_state_change, br_setlink does not).
import { expect, test } from 'vitest';
import { runScript } from '../../../../src/shell/run.ts';

test.each([
  ['ip link set v type bridge_slave state 0', 'forwarding'],
  ['bridge link set dev v state 0', 'disabled'],
])('%s', async (command, state) => {
  const { output } = await runScript({
    script: `
      ip link add br0 up type bridge
      ip link add v up master br0 type veth peer name w
      ip link set w up
      sleep 2
      ${command}
      bridge link show dev v`,
  });
  expect(output).toContain(`master br0 state ${state} `);
});
