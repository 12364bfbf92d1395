// When a live capture hands its packets over: at the end of a block, and what is in an unfinished one is lost.
import { expect, test } from 'vitest';
import { runScript } from '../../../../src/shell/run.ts';

const printed = async (script: string): Promise<string[]> => {
  const { output } = await runScript({ script: `ip link set lo up\n${script}` });
  return output.split('\n').filter((line) => /echo re|captured|received by|=/.test(line));
};

test.each([
  ['killed at once, a second is not over: nothing', '', '', 0],
  ['after more than a second everything is there', '', 'sleep 1', 2],
  ['line-buffered output is 0.1 s late at most', '-l', 'sleep 0.1', 2],
  ['immediate mode is never late', '--immediate-mode', '', 2],
])('%s', async (_, options, pause, count) => {
  const lines = await printed(
    `tcpdump -ni lo ${options} 2>err & sleep 1.2; ping -qc1 127.0.0.1 >out; ${pause}; kill $!; wait; cat err`,
  );
  expect(lines.filter((line) => line.includes('echo'))).toHaveLength(count);
  expect(lines.slice(-2)).toEqual([`${count} packets captured`, '4 packets received by filter']);
});

test('what a capture prints comes after what happened meanwhile', async () => {
  const lines = await printed(
    'tcpdump -lni lo 2>err & sleep 1.2; ping -qc1 127.0.0.1 >out; echo =1; sleep 0.2; echo =2; kill $!',
  );
  expect(lines.map((line) => line.replace(/.*(=\d|request|reply).*/, '$1'))).toEqual([
    '=1',
    'request',
    'reply',
    '=2',
  ]);
});
