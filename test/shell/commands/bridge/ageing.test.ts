// What a bridge learnt goes when it is too old, without anybody looking for it (recorded: br_fdb_cleanup).
import { expect, test } from 'vitest';
import { runScript } from '../../../../src/shell/run.ts';

test.each([
  ['is there before its time', 29, '02:00:00:00:00:02 master br0 \n'],
  ['is gone after it', 31, ''],
])('an entry %s', async (_, seconds, expected) => {
  const { output } = await runScript({
    script: `
      ip netns add h
      ip link add br0 up type bridge ageing_time 3000
      ip addr add 10.0.0.1/24 dev br0
      ip link add v up master br0 type veth peer name eth0 address 02:00:00:00:00:02 netns h
      ip -n h addr add 10.0.0.2/24 dev eth0
      ip -n h link set eth0 up
      ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev br0
      ip -n h neigh add 10.0.0.1 lladdr $(cat /sys/class/net/br0/address) dev eth0
      sleep 2
      ip netns exec h ping -c 1 10.0.0.1 >/dev/null
      sleep ${seconds}
      bridge fdb show dev v | grep 02:00:00:00:00:02`,
  });
  expect(output).toBe(expected);
});
