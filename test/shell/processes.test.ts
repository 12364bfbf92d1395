// Processes on the virtual clock: who runs when, what kill reaches, and that two runs print the same bytes.
import { describe, expect, test } from 'vitest';
import { runScript } from '../../src/shell/run.ts';

const LINE = [
  'ip netns add a; ip netns add b',
  'ip link add va netns a type veth peer name vb netns b',
  'ip -n a link set va address 02:00:00:00:00:0a up; ip -n b link set vb address 02:00:00:00:00:0b up',
  'ip -n a address add 10.0.0.1/24 dev va; ip -n b address add 10.0.0.2/24 dev vb',
].join('\n');

const run = async (script: string) => runScript({ script: `${LINE}\n${script}`, name: 'script.sh' });
const output = async (script: string): Promise<string> => (await run(script)).output;

describe('what runs beside what', () => {
  const cases: [sentence: string, script: string, expected: string][] = [
    ['a job runs until it first waits', '(echo a; sleep 1; echo c) & echo b; wait', 'a\nb\nc\n'],
    [
      'wake-ups at one instant keep the order in which they were asked for',
      'sleep 1 && echo a & sleep 1 && echo b & sleep 1; echo c; wait',
      'a\nb\nc\n',
    ],
    [
      'a sleep takes its time and no more',
      's=$(date +%s); sleep 90; sleep 0.5; sleep 0.5m; echo $(($(date +%s) - s))',
      '120\n',
    ],
    [
      'time stands still for what the shell does itself',
      's=$EPOCHREALTIME; for i in 1 2 3; do echo $i >f; read x <f; done; (x=$(cd /)); [ $s = $EPOCHREALTIME ] && echo same',
      'same\n',
    ],
    [
      'the network goes on while the script sleeps',
      'ip netns exec a ping -c 3 10.0.0.2 >p & sleep 1.5; grep -c icmp_seq p; wait; grep -c icmp_seq p',
      '2\n3\n',
    ],
    [
      'output of a job and of the foreground come in order of time',
      'ip netns exec a ping -c 2 10.0.0.2 | grep -o icmp_seq=. & sleep 0.5; echo half; sleep 1; echo more; wait',
      'half\nicmp_seq=1\nicmp_seq=2\nmore\n',
    ],
    [
      'head ends what writes to it',
      'ip netns exec a ping 10.0.0.2 | head -2 | grep -c .; echo ${PIPESTATUS[0]}',
      '2\n141\n',
    ],
    [
      'a reader gets lines as they come',
      'ip netns exec a ping -c 2 10.0.0.2 | while read -r l; do case $l in *seq=*) date +%S;; esac; done',
      '00\n01\n',
    ],
    [
      'timeout ends a ping that has no count',
      'timeout 2.5 ip netns exec a ping -q 10.0.0.2 >/dev/null; echo $?; date +%S',
      '124\n02\n',
    ],
    [
      'kill %1 reaches the program behind ip netns exec',
      'ip netns exec a sleep 100 & kill %1; wait %1; echo $?; date +%S',
      '143\n00\n',
    ],
    [
      'pkill finds programs behind ip netns exec',
      'ip netns exec a sleep 100 & pkill sleep; wait; date +%S',
      '00\n',
    ],
    ['pidof is $!', 'sleep 100 & [ "$(pidof sleep)" = $! ] && echo same; kill $!', 'same\n'],
    [
      'a killed subshell leaves its child behind',
      '(sleep 2; echo never) & kill $!; wait $!; echo $?; date +%S',
      '143\n00\n',
    ],
    [
      'jobs that are left end with the script and print nothing more',
      '(sleep 1; echo never) & echo end',
      'end\n',
    ],
    [
      'nohup and setsid run their command',
      'nohup echo a; setsid echo b; nice -n 5 echo c; stdbuf -oL echo d',
      'a\nb\nc\nd\n',
    ],
  ];
  test.each(cases)('%s', async (_sentence, script, expected) => {
    expect(await output(script)).toBe(expected);
  });
});

test('a capture that is killed says what it saw, and its file is whole', async () => {
  const { output: text, files } = await run(
    'ip netns exec b tcpdump -U -i vb -w vb.pcap & sleep 1; ip netns exec a ping -c 1 10.0.0.2 >/dev/null; sleep 1; kill $!; wait',
  );
  expect(text).toContain('4 packets captured');
  expect(files.get('vb.pcap')?.length).toBe(24 + 4 * 16 + 2 * 42 + 2 * 98);
});

test('a capture that still runs at the end of the script is written', async () => {
  const { files, output: text } = await run(
    'ip netns exec b tcpdump -i vb -w vb.pcap 2>/dev/null & sleep 1; ip netns exec a ping -c 1 10.0.0.2 >/dev/null; sleep 1',
  );
  expect(text).toBe('');
  expect(files.get('vb.pcap')?.length).toBe(24 + 4 * 16 + 2 * 42 + 2 * 98);
});

test('two runs print the same bytes and write the same files', async () => {
  const script = [
    'ip netns exec b tcpdump -l -n -i vb 2>&1 & ip netns exec a tcpdump -i va -w va.pcap & sleep 1',
    'for i in 1 2 3; do (ip netns exec a ping -c 2 -i 0.$i 10.0.0.2; echo $i $RANDOM $!) & done',
    'sleep 0.25; ip -n a neigh; echo $$ $RANDOM; sleep 3; kill $(jobs -p); wait; mktemp',
  ].join('\n');
  const [first, second] = [await run(script), await run(script)];
  expect(first.output).toContain('ICMP echo reply');
  expect(second.output).toBe(first.output);
  expect([...second.files]).toEqual([...first.files]);
});

test('another seed changes what is random, and nothing else', async () => {
  const script = 'echo $RANDOM; sleep 1; date +%S';
  const [one, same, two] = await Promise.all(
    [1, 1, 2].map(async (seed) => (await runScript({ script, seed })).output.split('\n')),
  );
  expect(same).toEqual(one);
  expect(two[0]).not.toBe(one[0]);
  expect(two[1]).toBe(one[1]);
});

test('standard output and standard error are merged in order, and apart', async () => {
  const {
    output: merged,
    stdout,
    stderr,
  } = await runScript({
    script: 'echo a; echo b >&2; (echo c; nosuch; echo d >&2); echo e',
    name: 's.sh',
  });
  expect(merged).toBe('a\nb\nc\ns.sh: line 1: nosuch: command not found\nd\ne\n');
  expect(stdout).toBe('a\nc\ne\n');
  expect(stderr).toBe('b\ns.sh: line 1: nosuch: command not found\nd\n');
});

test('a sink hears output as it comes', async () => {
  const heard: string[] = [];
  await runScript({
    script: 'echo a; echo b >&2',
    sink: (stream, bytes) => heard.push(`${stream} ${new TextDecoder().decode(bytes)}`),
  });
  expect(heard).toEqual(['stdout a\n', 'stderr b\n']);
});

test('Ctrl-C ends the command, the traps run, and the status says so', async () => {
  let interrupt = (): void => {};
  let output = '';
  const result = await runScript({
    script: "trap 'echo bye' EXIT; echo one; sleep 1; echo two",
    started: (stop) => {
      interrupt = stop;
    },
    sink: (_stream, bytes) => {
      output += new TextDecoder().decode(bytes);
      if (output === 'one\n') queueMicrotask(interrupt);
    },
  });
  expect(output).toBe('one\nbye\n');
  expect(result.exitCode).toBe(130);
});

test('Ctrl-C is for the program first: a capture that ends well lets the script go on', async () => {
  const { output: text, exitCode } = await run('ip netns exec a tcpdump -i va 2>err; echo $?; tail -1 err');
  expect(text).toBe(
    'vrouter: every process waits and nothing is left to happen: interrupted\n\n0\n0 packets dropped by kernel\n',
  );
  expect(exitCode).toBe(0);
});
