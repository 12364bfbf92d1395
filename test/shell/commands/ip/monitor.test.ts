// ip monitor as a process: when it prints, what stands in front, how it ends. What it prints is recorded (captures/).
import { expect, test } from 'vitest';
import { runScript } from '../../../../src/shell/run.ts';

const LINK = '2: d0: <BROADCAST,NOARP> mtu 1300 qdisc noop state DOWN group default \n    link/ether';

const output = async (script: string): Promise<string> =>
  (await runScript({ script: `ip link add d0 address 02:00:00:00:00:01 type dummy\n${script}` })).output;

test('prints a change at the moment it happens', async () => {
  const text = await output('ip monitor link & sleep 1; ip link set d0 mtu 1300; echo done; kill %1; wait');
  expect(text.indexOf(LINK)).toBe(0);
  expect(text.indexOf('done')).toBeGreaterThan(0);
});

test('with -ts tells the virtual time', async () => {
  const text = await output(
    'ip -ts monitor link & sleep 1.5; date +%Y-%m-%dT%H:%M:%S; ip link set d0 mtu 1300; kill %1; wait',
  );
  const [now, first] = text.split('\n');
  expect(first.startsWith(`[${now}.`)).toBe(true);
});

test('with -t tells it in a line of its own', async () => {
  const text = await output('ip -t monitor link & sleep 1; ip link set d0 mtu 1300; kill %1; wait');
  expect(text).toMatch(/^Timestamp: \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4} \d+ usec\n2: d0:/);
});

test.each([
  ['ends when it is killed', 'ip monitor & sleep 1; kill %1; wait %1; echo $?', '143\n'],
  ['ends with its time', 'timeout 2 ip monitor; echo $?', '124\n'],
  ['hears nothing any more then', 'timeout 1 ip monitor link; ip link set d0 mtu 1300', ''],
  [
    'hears its own namespace only',
    'ip netns add a; ip -n a monitor link & sleep 1; ip link set d0 mtu 1300; kill %1',
    '',
  ],
])('%s', async (_, script, expected) => {
  expect(await output(script)).toBe(expected);
});

test('a label without a message is kept until one comes', async () => {
  const text = await output(
    'ip link add d1 type dummy; ip monitor label link dev d0 & sleep 1; ip link set d1 mtu 1300; echo between; ' +
      'ip link set d0 mtu 1300; kill %1; wait',
  );
  expect(text.startsWith(`between\n[LINK][LINK]${LINK}`)).toBe(true);
});

const CABLE = 'ip netns add o; ip link add v0 type veth peer name v1 netns o; ip link set v0 up';

test.each([
  ['calls a namespace by its number that had none when it began', 'link', 'link-netnsid 0'],
  ['knows a name by hearing of ids', 'link nsid', 'link-netns o'],
])('%s', async (_, objects, expected) => {
  expect(await output(`ip monitor ${objects} & sleep 1; ${CABLE}; kill %1; wait`)).toContain(expected);
});

test('knows a name that there was when it began', async () => {
  expect(await output(`${CABLE}; ip monitor link & sleep 1; ip link set v0 down; kill %1; wait`)).toContain(
    'link-netns o',
  );
});

test('a bridge tells no namespace of a port’s other end: its index is taken for a device here', async () => {
  // v1 has index 2 in its namespace, as d0 has here.
  const bridged = `${CABLE}; ip link add br0 type bridge; ip link set br0 up; sleep 1`;
  const text = await output(
    `${bridged}; ip monitor link & sleep 1; ip link set v0 master br0; kill %1; wait`,
  );
  expect(text).toContain('v0@if2: ');
  expect(text).toContain('v0@d0: ');
});
