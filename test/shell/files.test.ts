// The files that scripts see: in memory, given, under /proc and /sys; and what is left of them for the caller.
import { describe, expect, test } from 'vitest';
import { runScript } from '../../src/shell/run.ts';

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

test('given files are there to read; only what the script wrote comes back', async () => {
  const { output, files } = await runScript({
    script: 'cat a.txt d/b; echo new > c; echo more >> a.txt; echo t > /tmp/t; rm d/b; mkdir e; echo x > e/f',
    files: { 'a.txt': 'given\n', 'd/b': new Uint8Array([98, 10]) },
  });
  expect(output).toBe('given\nb\n');
  expect([...files.keys()].sort()).toEqual(['/tmp/t', 'a.txt', 'c', 'e/f']);
  expect(text(files.get('a.txt'))).toBe('given\nmore\n');
  expect(text(files.get('c'))).toBe('new\n');
});

test('a script that only reads leaves nothing', async () => {
  const { files } = await runScript({ script: 'cat a; wc -l < a; . ./a', files: { a: 'true\n' } });
  expect(files.size).toBe(0);
});

test('the start directory is chosen by the caller', async () => {
  const { output, files } = await runScript({
    script: 'pwd; echo x > y; cd ..; pwd; cat lab/y',
    cwd: '/srv/my/lab',
  });
  expect(output).toBe('/srv/my/lab\n/srv/my\nx\n');
  expect([...files.keys()]).toEqual(['y']);
});

test('bytes stay bytes through redirections, pipes and cat', async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  const { files } = await runScript({
    script: 'cat in | cat > a; cp in b; cat < in > c; gzip -c in | gunzip -c > d',
    files: { in: bytes },
  });
  for (const name of ['a', 'b', 'c', 'd']) expect(files.get(name)).toEqual(bytes);
});

describe('paths', () => {
  const cases: [sentence: string, script: string, expected: string][] = [
    [
      'links are followed, also in the middle',
      'mkdir d; echo x > d/f; ln -s d l; ln -s l/f m; cat l/f m; cd l; pwd; cat ../m',
      'x\nx\n/tmp/lab/l\nx\n',
    ],
    [
      'a link to itself is an error',
      'ln -s a a; cat a; cat < a',
      'cat: a: Too many levels of symbolic links\ns.sh: line 1: a: Too many levels of symbolic links\n',
    ],
    ['a dangling link is made a file by writing', 'ln -s f l; echo x > l; cat f', 'x\n'],
    [
      'a file is no directory',
      'touch f; cat f/g; echo x > f/g; cd f',
      'cat: f/g: Not a directory\ns.sh: line 1: f/g: Not a directory\ns.sh: line 1: cd: f: Not a directory\n',
    ],
    ['dots and slashes', 'mkdir -p a/b; echo x > a/b/../f; cat ./a//f; ls a/./b/..', 'x\nb\nf\n'],
    [
      'programs have paths',
      '[ -x /sbin/ip ] && [ -x /usr/bin/tcpdump ] && [ -f /bin/bash ] && echo yes; command -v ip; which tcpdump; /sbin/ip -V | cut -c1-2; type -t ip sed nope',
      'yes\n/usr/sbin/ip\n/usr/bin/tcpdump\nip\nfile\nfile\n',
    ],
    [
      'PATH decides',
      'mkdir bin; printf "#!/bin/sh\\necho mine\\n" > bin/ip; chmod +x bin/ip; PATH=$PWD/bin:$PATH; ip; PATH=/nonexistent; ls',
      'mine\ns.sh: line 1: ls: command not found\n',
    ],
    [
      '/dev',
      'echo a > /dev/null; cat /dev/null; echo b > /dev/stderr; echo c > /dev/fd/1; head -c 3 /dev/zero | wc -c',
      'b\nc\n3\n',
    ],
    [
      '/dev/stdin is what comes in',
      'echo a | cat /dev/stdin; echo b | (read x < /dev/stdin; echo $x)',
      'a\nb\n',
    ],
  ];
  test.each(cases)('%s', async (_sentence, script, expected) => {
    expect((await runScript({ script, name: 's.sh' })).output).toBe(expected);
  });
});

describe('/proc and /sys', () => {
  const cases: [sentence: string, script: string, expected: string][] = [
    [
      'a setting is written and read',
      'cat /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv4/ip_forward; cat /proc/sys/net/ipv4/ip_forward; sysctl net.ipv4.ip_forward',
      '0\n1\nnet.ipv4.ip_forward = 1\n',
    ],
    [
      'tee writes settings',
      'echo 1 | sudo tee /proc/sys/net/ipv4/ip_forward; echo 0 | tee -a /proc/sys/net/ipv4/ip_forward > /dev/null; cat /proc/sys/net/ipv4/ip_forward',
      '1\n0\n',
    ],
    [
      'a value that is none is refused as the kernel does',
      'echo x > /proc/sys/net/ipv4/ip_forward; echo $?; cat /proc/sys/net/ipv4/ip_forward',
      's.sh: line 1: echo: write error: Invalid argument\n1\n0\n',
    ],
    [
      'there are no settings but those that there are',
      'echo 1 > /proc/sys/net/ipv4/nope; cat /proc/sys/net/ipv4/nope; mkdir /proc/sys/x',
      's.sh: line 1: /proc/sys/net/ipv4/nope: No such file or directory\ncat: /proc/sys/net/ipv4/nope: No such file or directory\nmkdir: cannot create directory ‘/proc/sys/x’: No such file or directory\n',
    ],
    [
      'a UUID, another each time',
      "f=/proc/sys/kernel/random/uuid; a=$(cat $f); b=$(cat $f); [ $a != $b ] && echo $a | sed 's/[0-9a-f]/x/g'; grep -cE '^.{14}4.{4}[89ab]' $f; ls /proc/sys/kernel/random; ls -d /proc/sys/kernel /proc/sys/net",
      'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx\n1\nuuid\n/proc/sys/kernel\n/proc/sys/net\n',
    ],
    [
      'a loop over all devices',
      'ip link add d0 type dummy; for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 2 > $f; done; grep . /proc/sys/net/ipv4/conf/d*/rp_filter',
      '/proc/sys/net/ipv4/conf/d0/rp_filter:2\n/proc/sys/net/ipv4/conf/default/rp_filter:2\n',
    ],
    [
      'devices and their attributes',
      'ip link add d0 mtu 1400 address 02:00:00:00:00:01 type dummy; cd /sys/class/net; ls; cat d0/address d0/mtu d0/operstate d0/ifindex lo/type; cat d0/carrier; ip link set d0 up; cat d0/carrier d0/operstate',
      'd0\nlo\n02:00:00:00:00:01\n1400\ndown\n2\n772\ncat: d0/carrier: Invalid argument\n1\nunknown\n',
    ],
    [
      'an MTU may be written',
      'ip link add d0 type dummy; echo 1300 > /sys/class/net/d0/mtu; cat /sys/class/net/d0/mtu; echo x > /sys/class/net/d0/mtu',
      '1300\ns.sh: line 1: echo: write error: Invalid argument\n',
    ],
    [
      '/proc/net/route',
      'ip link add d0 type dummy; ip address add 10.1.2.3/24 dev d0; ip link set d0 up; ip route add default via 10.1.2.1; ip route add unreachable 10.9.0.0/16; sed "s/ *$//" /proc/net/route',
      'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\nd0\t00000000\t0102010A\t0003\t0\t0\t0\t00000000\t0\t0\t0\nd0\t0002010A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n*\t0000090A\t00000000\t0201\t0\t0\t0\t0000FFFF\t0\t0\t0\n',
    ],
    [
      '/proc/net/arp',
      'ip link add d0 type dummy; ip link set d0 up; ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev d0; cat /proc/net/arp',
      'IP address       HW type     Flags       HW address            Mask     Device\n10.0.0.9         0x1         0x6         02:00:00:00:00:09     *        d0\n',
    ],
  ];
  test.each(cases)('%s', async (_sentence, script, expected) => {
    expect((await runScript({ script, name: 's.sh' })).output).toBe(expected);
  });
});
