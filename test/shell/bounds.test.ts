// Scripts that would go on for ever: each ends, says why, and never takes the process with it.
import { expect, test } from 'vitest';
import { runScript } from '../../src/shell/run.ts';

const cases: [sentence: string, script: string, limits: object, says: string, status: number][] = [
  ['waiting for nothing is interrupted', 'sleep infinity; echo never', {}, 'every process waits', 130],
  [
    'waiting for a job that waits for ever',
    'sleep infinity & wait; echo never',
    {},
    'every process waits',
    130,
  ],
  ['an interrupted shell runs its EXIT trap', "trap 'echo bye' EXIT; sleep infinity", {}, 'bye', 130],
  [
    'a trapped interrupt lets the script go on',
    "trap 'echo int' INT; sleep infinity; echo on",
    {},
    'int\non',
    0,
  ],
  ['a loop that sleeps', 'while :; do sleep 1; done', { seconds: 50 }, '50 s of virtual time', 130],
  [
    'a loop of programs',
    'while :; do ip link; done > /dev/null',
    { programs: 50 },
    'more than 50 programs',
    1,
  ],
  [
    'a loop of slow programs',
    'while echo | sed p; do :; done > /dev/null',
    { programs: 50 },
    'more than 50 programs',
    1,
  ],
  ['a loop that does nothing', 'while :; do :; done', { commands: 500 }, 'more than 500 commands', 1],
  [
    'a loop that prints',
    'while :; do echo y; done',
    { outputBytes: 500 },
    'more than 500 bytes of output',
    1,
  ],
  ['a loop that forks', 'while :; do sleep 9 & done', { processes: 50 }, 'more than 50 processes', 1],
  ['a function that calls itself', 'f() { f; }; f', {}, 'maximum function nesting level', 1],
  ['a function that forks itself', 'f() { f | f & }; f; wait', { processes: 200 }, 'ended', 1],
  ['a substitution within itself', 'f() { x=$(f); }; f', {}, 'nested more than 100 deep', 1],
  ['a file that sources itself', "echo '. ./x' > x; . ./x", {}, 'within each other more than', 1],
  ['eval within itself', 'e=\'eval "$e"\'; eval "$e"', {}, 'within each other more than', 1],
  ['a variable that doubles', 'x=a; while :; do x=$x$x; done', {}, 'a variable of more than', 1],
  ['an array that grows', 'while :; do a+=(x "${a[@]}"); done', {}, 'argument list too long', 1],
  ['a variable that is appended to', 'x={1}; while :; do x+=$x; done', {}, 'a variable of more than', 1],
  ['a field as wide as nothing can be', 'printf %1000000000d 1', {}, 'a text that is too long', 1],
  ['yes', 'yes', { outputBytes: 50_000 }, 'more than 50000 bytes of output', 1],
  ['yes that nobody reads', 'yes > /dev/null', { commands: 500 }, 'more than 500 commands', 1],
  ['yes with a reader that has enough', 'yes a b | head -n 2; echo end', {}, 'a b\na b\nend', 0],
  ['a substitution without an end', 'x=$(yes)', { outputBytes: 90_000 }, 'more than 90000 bytes read', 1],
  [
    'a program that reads without an end',
    'yes | sort',
    { outputBytes: 90_000 },
    'more than 90000 bytes read',
    1,
  ],
  ['tee into a file that is full', 'yes | tee f | head -c 2; echo end', { fileBytes: 50_000 }, 'end', 0],
  ['what is passed on to a reader that has enough', 'yes | cat | head -n 1; echo end', {}, 'y\nend', 0],
  ['what is passed on to one that sleeps', 'yes | cat | sleep 1; echo end', {}, 'end', 0],
  ['yes that is killed', 'yes > /dev/null & sleep 1; kill $!; wait $!; echo $?', {}, '143', 0],
  ['braces that multiply', 'echo {1..9999}{1..9999} > /dev/null', {}, 'argument list too long', 1],
  [
    'a file that grows',
    'while echo abcdefgh >> f; do :; done',
    { fileBytes: 5000 },
    'No space left on device',
    0,
  ],
  ['a pipe whose writer never ends', 'while :; do echo y; done | sleep 1; echo end', {}, 'end', 0],
];

test.each(cases)('%s', async (_sentence, script, limits, says, status) => {
  const result = await runScript({ script, limits });
  expect(result.output).toContain(says);
  expect(result.exitCode).toBe(status);
});

test('a script that fills the memory of the host is ended before it is full', async () => {
  let asked = 0;
  const script = 'while :; do ip link add type dummy; done';
  const { output, exitCode } = await runScript({ script, isMemoryShort: () => ++asked > 3 });
  expect([output, exitCode]).toEqual(['vrouter: no memory is left: ended\n', 1]);
});

test('a large script is within the bounds: 10,000 lines, 1,000 namespaces', async () => {
  const lines = [
    ...Array.from({ length: 1000 }, (_, i) => `ip netns add n${i}`),
    ...Array.from({ length: 10_000 }, () => 'ip link show lo > /dev/null'),
    'ip netns | wc -l',
  ];
  expect((await runScript({ script: lines.join('\n') })).output).toBe('1000\n');
});
