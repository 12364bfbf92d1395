// sysctl of procps 4.0.2, as it answered on a real machine.
import { expect, test } from 'vitest';
import { runScript } from '../../../src/shell/run.ts';

const KEY = 'net.ipv4.conf.lo.rp_filter';
const STAT = 'sysctl: cannot stat /proc/sys';
const NONE = 'No such file or directory';

const cases: [sentence: string, line: string, output: string, status: number][] = [
  ['reads by dots', `sysctl ${KEY}`, `${KEY} = 0\n`, 0],
  ['reads by slashes, and prints dots', 'sysctl net/ipv4/conf/lo/rp_filter', `${KEY} = 0\n`, 0],
  ['-n prints the value', `sysctl -n ${KEY} net.ipv4.ip_default_ttl`, '0\n64\n', 0],
  ['-b leaves the newline', `sysctl -b ${KEY} net.ipv4.ip_default_ttl`, '064', 0],
  ['-N prints the name', `sysctl -N ${KEY}`, `${KEY}\n`, 0],
  [
    '-w writes and prints',
    `sysctl -w ${KEY}=1; cat /proc/sys/net/ipv4/conf/lo/rp_filter`,
    `${KEY} = 1\n1\n`,
    0,
  ],
  ['key=value writes without -w', `sysctl ${KEY}=2`, `${KEY} = 2\n`, 0],
  ['blanks around = in one word', `sysctl -w "${KEY} = 1"`, `${KEY} = 1\n`, 0],
  ['-q is silent', `sysctl -qw ${KEY}=1; sysctl -n ${KEY}`, '1\n', 0],
  ['-n -w prints the value', `sysctl -n -w ${KEY}=1`, '1\n', 0],
  ['-N -w prints the value too', `sysctl -N ${KEY}=0`, '0\n', 0],
  [
    'several at once',
    `sysctl ${KEY}=0 net.ipv4.ip_default_ttl`,
    `${KEY} = 0\nnet.ipv4.ip_default_ttl = 64\n`,
    0,
  ],
  ['an unknown key', 'sysctl net.ipv4.nosuch', `${STAT}/net/ipv4/nosuch: ${NONE}\n`, 1],
  ['an unknown key written', 'sysctl -w net.ipv4.nosuch=1', `${STAT}/net/ipv4/nosuch: ${NONE}\n`, 1],
  [
    'an unknown device',
    'sysctl -w net.ipv4.conf.nodev.rp_filter=1',
    `${STAT}/net/ipv4/conf/nodev/rp_filter: ${NONE}\n`,
    1,
  ],
  ['-e keeps silent about it', 'sysctl -e net.ipv4.nosuch', '', 0],
  [
    'a star is no pattern when reading',
    "sysctl 'net.ipv4.conf.*.rp_filter'",
    `${STAT}/net/ipv4/conf/*/rp_filter: ${NONE}\n`,
    1,
  ],
  [
    'a value that is none',
    'sysctl -w net.ipv4.ip_forward=abc',
    'sysctl: setting key "net.ipv4.ip_forward": Invalid argument\n',
    1,
  ],
  ['no value', `sysctl -w ${KEY}=`, `sysctl: setting key "${KEY}": Invalid argument\n`, 1],
  [
    'a second =',
    'sysctl -w net.ipv4.ip_forward=0=1',
    'sysctl: setting key "net.ipv4.ip_forward": Invalid argument\n',
    1,
  ],
  [
    '-w without =',
    'sysctl -w net.ipv4.ip_forward',
    'sysctl: command line(0): invalid syntax, continuing...\n',
    1,
  ],
  ['blanks around = in three words', `sysctl ${KEY} = 0`, `${KEY} = 0\n${STAT}/0: ${NONE}\n`, 2],
  [
    'a directory cannot be written',
    'sysctl -w net.ipv4.conf.lo=1',
    'sysctl: setting key "net.ipv4.conf.lo": Invalid argument\n',
    0,
  ],
  [
    '-w and nothing',
    'sysctl -w',
    "sysctl: no variables specified\nTry `sysctl --help' for more information.\n",
    1,
  ],
  ['an empty key', "sysctl ''", 'sysctl: "" is an unknown key\n', 255],
  [
    'repeated separators',
    'sysctl net..ipv4.ip_forward',
    'sysctl: separators should not be repeated: ..ipv4.ip_forward\nnet..ipv4.ip_forward = 0\n',
    0,
  ],
  ['-a with a pattern', "sysctl -a -r 'conf.lo.rp_filter'", `${KEY} = 0\n`, 0],
  ['--version', 'sysctl -V', 'sysctl from procps-ng 4.0.2\n', 0],
  [
    'a file that is not there',
    'sysctl -p nofile',
    'sysctl: cannot open "nofile": No such file or directory\n',
    1,
  ],
  [
    '-p reads a file, and goes on behind faults',
    `printf '# c\\n; d\\n\\n${KEY} = 1\\nfoo\\n-net.ipv4.nosuch=2\\nnet.ipv4.nosuch3=4\\nnet.ipv4.ip_forward=1\\n' > f; sysctl -p f`,
    `sysctl: f(5): invalid syntax, continuing...\n${KEY} = 1\n${STAT}/net/ipv4/nosuch: ${NONE}\n${STAT}/net/ipv4/nosuch3: ${NONE}\nnet.ipv4.ip_forward = 1\n`,
    1,
  ],
  ['-p - reads standard input', `echo ${KEY}=1 | sysctl -p -`, `${KEY} = 1\n`, 0],
  ['-p reads /etc/sysctl.conf', `echo ${KEY}=1 > /etc/sysctl.conf; sysctl -p`, `${KEY} = 1\n`, 0],
  [
    'a pattern in a file spares what is named',
    `printf 'net.ipv4.conf.*.rp_filter=2\\n${KEY}=1\\n' | sysctl -q -p -; sysctl -n ${KEY} net.ipv4.conf.all.rp_filter`,
    '1\n2\n',
    0,
  ],
  [
    'a device with a dot in its name',
    'ip link add eth0.5 type dummy; sysctl net.ipv4.conf.eth0/5.rp_filter; sysctl -w net/ipv4/conf/eth0.5/rp_filter=1',
    'net.ipv4.conf.eth0/5.rp_filter = 0\nnet.ipv4.conf.eth0/5.rp_filter = 1\n',
    0,
  ],
];

test.each(cases)('%s', async (_sentence, line, output, status) => {
  const result = await runScript({ script: line });
  expect([result.output, result.exitCode]).toEqual([output, status]);
});
