// IPv6 addresses, routes and rules are kept and shown, and whoever sets the first one hears that they move no packet.
import { expect, test } from 'vitest';
import { runScript } from '../../../../src/shell/run.ts';

const SET_UP = 'ip link add d0 type dummy; ip link set d0 address 02:00:00:00:00:01; ip link set d0 up\n';
const ADDRESS = 'ip addr add 2001:db8:1::1/64 dev d0\n';

const run = (script: string) => runScript({ script: SET_UP + script });

test('a machine without any IPv6 address shows none, not even link-local ones', async () => {
  expect((await run('ip -6 addr; ip -6 route; ip -6 -br addr show dev d0')).output).toBe('');
});

test('the first change says on standard error that no packet follows it, the second one nothing', async () => {
  const { stderr } = await run(`${ADDRESS}ip -6 route add 2001:db8:2::/64 via 2001:db8:1::2`);
  expect(stderr).toMatch(/^vrouter: IPv6 .* move no packet\n$/);
});

test('an address is shown with the one that the MAC address makes while the device is up', async () => {
  const { stdout } = await run(`${ADDRESS}ip -6 -br addr show dev d0`);
  expect(stdout.split(/\s+/)).toEqual(['d0', 'UNKNOWN', '2001:db8:1::1/64', 'fe80::ff:fe00:1/64', '']);
});

test.each([
  ['a second time', `${ADDRESS}${ADDRESS}`, 2],
  ['where none is', 'ip addr del 2001:db8:1::1/64 dev d0', 2],
  ['after another was added', `${ADDRESS}ip addr add 2001:db8:1::2/64 dev d0`, 0],
  ['with what is not kept of it', 'ip addr add 2001:db8:1::1/64 dev d0 valid_lft 60', 1],
])('an address changed %s ends with the status of ip', async (_, script, status) => {
  expect((await run(script)).exitCode).toBe(status);
});

test('addresses and routes of a device go with it, as those of IPv4', async () => {
  const routes = 'ip -6 route add 2001:db8:2::/64 via 2001:db8:1::2 dev d0; ip -6 route add default dev lo\n';
  const { stdout } = await run(`${ADDRESS}${routes}ip link set d0 down; ip -6 addr; ip -6 route`);
  expect(stdout).toBe('default dev lo metric 1024 pref medium\n');
});

test('routes are told apart by table, destination and metric', async () => {
  const add = (words: string) => `ip -6 route add 2001:db8:2::/64 dev d0 ${words}; echo $?\n`;
  const { stdout } = await run(add('') + add('') + add('metric 5') + add('table 7') + add(''));
  expect(stdout).toBe('0\n2\n0\n0\n2\n');
});

test('a route is deleted by what is said of it', async () => {
  const { stdout } = await run(
    'ip -6 route add 2001:db8:2::/64 dev d0; ip -6 route del 2001:db8:2::/64 dev lo; echo $?\n' +
      'ip -6 route del 2001:db8:2::/64 dev d0; echo $?',
  );
  expect(stdout).toBe('2\n0\n');
});

test('rules begin with the tables local and main, and are kept in order', async () => {
  const { stdout } = await run('ip -6 rule add pref 7 table 9; ip -6 rule del pref 0; ip -6 rule');
  expect(stdout).toBe('7:\tfrom all lookup 9\n32766:\tfrom all lookup main\n');
});

test('a machine that was booted without IPv6 refuses all of it', async () => {
  const lines = [ADDRESS, 'ip -6 route add default dev d0\n', 'ip -6 rule add pref 7 table 9\n'];
  const script = SET_UP + lines.map((line) => `${line}echo $?\n`).join('');
  const { stdout } = await runScript({ script, ipv6Disabled: true });
  expect(stdout).toBe('2\n2\n2\n');
});

test('IPv4 is not concerned', async () => {
  const { stdout } = await run(`${ADDRESS}ip -6 rule add pref 7 table 9; ip route; ip rule`);
  expect(stdout).toMatch(/^0:.*local\s+32766:.*main\s+32767:.*default\s+$/);
});
