// Whatever runs behind `ip netns exec` runs in that namespace, with all that it starts.
import { expect, test } from 'vitest';
import { runScript } from '../../src/shell/run.ts';

const SETUP =
  'ip netns add red; ip netns add blue; ip -n red link add r0 type dummy; ip -n blue link add b0 type dummy';
const NAMES = `ip -br link | cut -d' ' -f1 | tr '\\n' ' '`;

const cases: [sentence: string, script: string, expected: string][] = [
  ['a program', 'ip netns exec red ip -br link | grep -o ^r0', 'r0\n'],
  ['bash -c, with pipes inside', `ip netns exec red bash -c "${NAMES}"`, 'lo r0 '],
  ['sh -c with arguments', `ip netns exec blue sh -c 'ip link show $1 | grep -c $1' sh b0`, '1\n'],
  [
    'a script by its path',
    `echo "${NAMES}" > s.sh; chmod +x s.sh; ip netns exec blue ./s.sh; ip netns exec red bash s.sh`,
    'lo b0 lo r0 ',
  ],
  ['a here-document into bash', `ip netns exec red bash <<E\n${NAMES}\nE`, 'lo r0 '],
  [
    'a shell within a shell goes elsewhere',
    `ip netns exec red bash -c 'ip netns exec blue bash -c "ip netns identify"; ip netns identify'`,
    'blue\nred\n',
  ],
  [
    'the shell outside stays where it is',
    'ip netns exec red true; ip netns identify; ip -br link | grep -c r0',
    '\n0\n',
  ],
  [
    'settings under /proc/sys are its own',
    "ip netns exec red sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'; cat /proc/sys/net/ipv4/ip_forward; ip netns exec red cat /proc/sys/net/ipv4/ip_forward",
    '0\n1\n',
  ],
  [
    'sysctl reads and writes its own',
    'ip netns exec red sysctl -w net.ipv4.conf.r0.rp_filter=2; ip netns exec blue sysctl net.ipv4.conf.r0.rp_filter',
    'net.ipv4.conf.r0.rp_filter = 2\nsysctl: cannot stat /proc/sys/net/ipv4/conf/r0/rp_filter: No such file or directory\n',
  ],
  [
    'globs see its devices',
    "ip netns exec red sh -c 'echo /proc/sys/net/ipv4/conf/*'; ip netns exec blue sh -c 'echo /sys/class/net/*'",
    '/proc/sys/net/ipv4/conf/all /proc/sys/net/ipv4/conf/default /proc/sys/net/ipv4/conf/lo /proc/sys/net/ipv4/conf/r0\n/sys/class/net/b0 /sys/class/net/lo\n',
  ],
  [
    "just-bash's programs see its files",
    'ip netns exec red grep -c . /sys/class/net/r0/address; ip netns exec blue grep -c . /sys/class/net/r0/address',
    '1\ngrep: /sys/class/net/r0/address: No such file or directory\n',
  ],
  [
    'xargs, env, sudo, timeout and nohup keep it',
    'echo identify | ip netns exec red xargs ip netns; ip netns exec red env A=1 ip netns identify; sudo -E ip netns exec red sudo -n ip netns identify; ip netns exec red timeout 1 ip netns identify; ip netns exec red nohup ip netns identify',
    'red\nred\nred\nred\nred\n',
  ],
  ['find -exec keeps it', 'touch f; ip netns exec blue find . -name f -exec ip netns identify ";"', 'blue\n'],
  [
    'nsenter goes by the path of the name',
    'nsenter --net=/run/netns/blue ip netns identify; nsenter --net=/var/run/netns/red -- ip netns identify; nsenter --net=/run/netns/nope true',
    'blue\nred\nnsenter: cannot open /run/netns/nope: No such file or directory\n',
  ],
  [
    'exported variables go along, others and functions do not',
    'x=1; export y=2; f() { :; }; ip netns exec red bash -c \'echo "[$x][$y]"\'; ip netns exec red f; echo $?',
    '[][2]\nexec of "f" failed: No such file or directory\n1\n',
  ],
  [
    'an unknown name',
    'ip netns exec nope true; echo $?',
    'Cannot open network namespace "nope": No such file or directory\n255\n',
  ],
  [
    'exit statuses come back',
    "ip netns exec red false; echo $?; ip netns exec red sh -c 'exit 7'; echo $?",
    '1\n7\n',
  ],
  [
    'functions that name a namespace',
    'on() { local ns=$1; shift; ip netns exec "$ns" "$@"; }; on red ip netns identify; on blue sh -c "ip netns identify"',
    'red\nblue\n',
  ],
  [
    'a name kept in a variable',
    'E="ip netns exec red"; $E ip netns identify; $E sh -c "ip netns identify"',
    'red\nred\n',
  ],
  [
    'names are listed in /run/netns',
    'ls /run/netns; ls /var/run/netns | wc -l; [ -e /run/netns/red ] && echo there; ip netns del red; [ -e /run/netns/red ] || echo gone',
    'blue\nred\n2\nthere\ngone\n',
  ],
];

test.each(cases)('%s', async (_sentence, script, expected) => {
  expect((await runScript({ script: `${SETUP}\n${script}`, name: 'script.sh' })).output).toBe(expected);
});
