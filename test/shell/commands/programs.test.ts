// The small programs that scripts call around the network's.
import { expect, test } from 'vitest';
import { runScript } from '../../../src/shell/run.ts';

const cases: [sentence: string, script: string, output: string][] = [
  [
    'date formats the virtual clock',
    "date -u; date +%F; date -d @86399 '+%T %j %a %-d'; date -d '2024-02-29 12:00' +%s; date -d nonsense",
    'Mon Jan  1 00:00:00 UTC 2024\n2024-01-01\n23:59:59 001 Thu 1\n1709208000\ndate: invalid date ‘nonsense’\n',
  ],
  [
    'uname, hostname, id',
    'uname; uname -m; hostname; id -u; id -un; id; whoami; id nobody',
    'Linux\nx86_64\nvrouter\n0\nroot\nuid=0(root) gid=0(root) groups=0(root)\nroot\nid: ‘nobody’: no such user\n',
  ],
  [
    'head by lines and bytes',
    'seq 20 > f; head f | tail -1; head -n 2 f; head -3 f | wc -l; head -c 3 f; head -n -18 f; head -n1 f f; head -n x f',
    '10\n1\n2\n3\n1\n21\n2\n==> f <==\n1\n\n==> f <==\n1\nhead: invalid number of lines: ‘x’\n',
  ],
  [
    'cat numbers and marks',
    "printf 'a\\n\\n\\n\\tb\\n' > f; cat -n f; cat -A f; cat -s f | wc -l; cat - f < /dev/null | wc -l; cat -Z",
    "     1\ta\n     2\t\n     3\t\n     4\t\tb\na$\n$\n$\n^Ib$\n3\n4\ncat: invalid option -- 'Z'\nTry 'cat --help' for more information.\n",
  ],
  [
    'tee copies',
    'echo a | tee f g; echo b | tee -a f > /dev/null; cat f g; echo c | tee /nonexistent/x',
    'a\na\nb\na\ntee: /nonexistent/x: No such file or directory\nc\n',
  ],
  [
    'env and printenv',
    'env -i A=1 env; A=2 printenv A; env -u HOME printenv HOME; echo $?; env nosuch; echo $?; env A=3 sh -c "echo $A\\$A"',
    'A=1\n2\n1\nenv: ‘nosuch’: No such file or directory\n127\n3\n',
  ],
  [
    'xargs',
    "echo 1 2 3 | xargs -n 2 echo; printf 'a b\\nc\\n' | xargs -I{} echo '<{}>'; echo | xargs echo none; echo | xargs -r echo never; printf 'a\\0b c\\0' | xargs -0 -n1 echo; echo \"'q r' s\" | xargs -n1; echo x | xargs false; echo $?",
    '1 2\n3\n<a b>\n<c>\nnone\na\nb c\nq r\ns\n123\n',
  ],
  [
    'sudo runs its arguments',
    'sudo -n -E echo a; sudo -u root id -u; sudo A=1 printenv A; sudo sh -c "echo b > f"; cat f; sudo nosuch; echo $?',
    'a\n0\n1\nb\nsudo: nosuch: command not found\n1\n',
  ],
  [
    'sleep takes units and refuses nonsense',
    'sleep 0.1s 0.1; sleep x; sleep',
    "sleep: invalid time interval ‘x’\nTry 'sleep --help' for more information.\nsleep: missing operand\nTry 'sleep --help' for more information.\n",
  ],
  [
    'mktemp makes a file or a directory of its own',
    'f=$(mktemp); [ -f $f ] && echo file; d=$(mktemp -d); [ -d $d ] && echo directory; [ $f != $(mktemp) ] && echo other; mktemp x',
    "file\ndirectory\nother\nmktemp: too few X's in template ‘x’\n",
  ],
  [
    'ls -l',
    'mkdir d; echo hello > d/f; ln -s f d/l; chmod 750 d/f; ls -l d; ls -1a d; ls nope',
    "total 4\n-rwxr-x--- 1 root root 6 Jan  1 00:00 f\nlrwxrwxrwx 1 root root 1 Jan  1 00:00 l -> f\n.\n..\nf\nl\nls: cannot access 'nope': No such file or directory\n",
  ],
  [
    'lsmod lists what modprobe loaded',
    "modprobe ipip; lsmod | awk '{print $1, $3, $4}'",
    'Module Used by\nipip 0 \ntunnel4 1 ipip\nip_tunnel 1 ipip\n',
  ],
  [
    'what has no place in a lab says so',
    'systemctl start x; apt-get install y; watch ls; nc -l 80; nosuch',
    'vrouter: systemctl: there are no services in the lab\nvrouter: apt-get: there are no packages in the lab: every program that it has is installed\nvrouter: watch: the lab has no screen to watch; use a loop with sleep\nvrouter: nc: TCP and UDP programs are not part of the lab\nbash: line 1: nosuch: command not found\n',
  ],
  [
    'uptime counts virtual time',
    'uptime; uptime -p; sleep 3599.97; sleep 1; uptime; uptime -p; sleep 2d; uptime; uptime -s; uptime -p',
    ' 00:00:00 up 0 min,  0 user,  load average: 0.00, 0.00, 0.00\nup 0 minutes\n 01:00:01 up  1:00,  0 user,  load average: 0.00, 0.00, 0.00\nup 1 hour, 0 minutes\n 01:00:01 up 2 days,  1:00,  0 user,  load average: 0.00, 0.00, 0.00\n2024-01-01 00:00:00\nup 2 days, 1 hour, 0 minutes\n',
  ],
  [
    'less and more print',
    'echo a > f; less -R f; echo b | less; less nofile; more f f; echo c | more; more nofile; echo $?; ip link | less | head -c 5',
    'a\nb\nnofile: No such file or directory\n::::::::::::::\nf\n::::::::::::::\na\n::::::::::::::\nf\n::::::::::::::\na\nc\nmore: cannot open nofile: No such file or directory\n0\n1: lo',
  ],
  ['a script has no history', 'history; history x', 'bash: line 1: history: x: numeric argument required\n'],
  [
    'pgrep, pidof, killall',
    'sleep 50 & pgrep -c sleep >/dev/null; [ "$(pgrep sleep)" = $! ] && echo same; killall sleep; wait; pidof sleep; echo $?; killall sleep',
    'same\n1\nsleep: no process found\n',
  ],
];

test.each(cases)('%s', async (_sentence, script, output) => {
  expect((await runScript({ script })).output).toBe(output);
});

test('drops names the reasons for which packets ended, by namespace', async () => {
  const { output } = await runScript({
    script: [
      'ip netns add a; ip -n a link add d0 type dummy; ip -n a link set d0 up; ip -n a address add 10.0.0.1/24 dev d0',
      'ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev d0',
      'ip netns exec a ping -c 2 -W 0.1 10.0.0.2 > /dev/null; drops a; drops -j; drops nope; echo $?',
    ].join('\n'),
  });
  expect(output).toMatch(/^a +2 SKB_DROP_REASON_DUMMY\n/m);
  expect(output).toContain('{"netns":"a","reason":"SKB_DROP_REASON_DUMMY","packets":2}');
  expect(output).toMatch(/drops: no namespace "nope"\n1\n$/);
});
