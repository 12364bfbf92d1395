// fdb_flush of a bridge and of a port: what is static stays (br_fdb_flush, br_fdb_delete_by_port).
import { expect, test } from 'vitest';
import { runScript } from '../../../../src/shell/run.ts';

const LAB = `ip link add br0 type bridge; ip link set br0 up
for v in v1 v2; do
  ip link add $v type veth peer name p$v; ip link set $v master br0 up; ip link set p$v up
  bridge fdb add 02:00:00:00:00:0\${v#v} dev $v master dynamic
  bridge fdb add 02:00:00:00:01:0\${v#v} dev $v master static
done
`;

const left = async (command: string): Promise<string[]> => {
  const list = "bridge fdb show br br0 | grep -v -e permanent -e vlan | awk '{print $3, $NF}' | sort";
  return (await runScript({ script: `${LAB}${command}; ${list}` })).output.trim().split('\n');
};

test.each([
  ['nothing', 'true', ['v1 br0', 'v1 static', 'v2 br0', 'v2 static']],
  ['the bridge', 'ip link set br0 type bridge fdb_flush', ['v1 static', 'v2 static']],
  ['a port', 'ip link set v1 type bridge_slave fdb_flush', ['v1 static', 'v2 br0', 'v2 static']],
])('%s', async (_, command, expected) => {
  expect(await left(command)).toEqual(expected);
});
