// How ping ends when it is told to.
import { expect, test } from 'vitest';
import { createLab } from '../../../../src/lab/create.ts';
import type { Lab } from '../../../../src/lab/lab.ts';
import { ping } from '../../../../src/shell/commands/ping/ping.ts';
import { runCommand } from '../bench.ts';
import { parseTranscript, runStep } from '../transcript.ts';

/** Two namespaces on one cable: 10.0.0.1 and 10.0.0.2. */
async function pair(): Promise<Lab> {
  const lab = createLab();
  const lines = [
    'ip netns add a',
    'ip netns add b',
    'ip link add va netns a type veth peer name vb netns b',
    'ip -n a link set va up',
    'ip -n b link set vb up',
    'ip -n a link set lo up',
    'ip -n a addr add 10.0.0.1/24 dev va',
    'ip -n b addr add 10.0.0.2/24 dev vb',
  ];
  for (const step of parseTranscript(lines.map((line) => `$ ${line}\n= 0\n`).join('')))
    expect(await runStep(lab, step)).toBe('= 0');
  return lab;
}

const run = async (line: string, signal: { number: number; after: number }) => {
  const lab = await pair();
  return runCommand(lab, lab.names.get('a')!, ping, line, { signal });
};

test('SIGINT prints the statistics', async () => {
  const { out, status } = await run('10.0.0.2', { number: 2, after: 2_500_000 });
  expect(out).toContain('icmp_seq=3 ');
  expect(out).toContain('3 packets transmitted, 3 received, 0% packet loss, time 2000ms\nrtt ');
  expect(status).toBe(0);
});

test('SIGTERM ends it without a word', async () => {
  const { out, status } = await run('10.0.0.2', { number: 15, after: 2_500_000 });
  expect(out.split('\n').filter((line) => line.includes('bytes from'))).toHaveLength(3);
  expect(out).not.toContain('statistics');
  expect(status).toBe(143);
});

test('what was not flushed is lost: without a reply not even the first line comes out', async () => {
  const { text, status } = await run('10.0.0.99', { number: 15, after: 500_000 });
  expect(text).toBe('');
  expect(status).toBe(143);
});

test('an unreachable neighbour: the fourth request goes before the errors about the first three are read', async () => {
  const lab = await pair();
  const { out } = await runCommand(lab, lab.names.get('a')!, ping, '-c 4 10.0.0.99');
  expect(out).toContain('From 10.0.0.1 icmp_seq=4 Destination Host Unreachable\n');
  expect(out).toContain('+4 errors, 100% packet loss, time 3000ms\npipe 4\n');
});

test('nothing is left in the pool, and no socket', async () => {
  const lab = await pair();
  const namespace = lab.names.get('a')!;
  await runCommand(lab, namespace, ping, '-c 2 -s 4000 10.0.0.2');
  expect(namespace.sockets.size).toBe(0);
  expect(lab.kernel.pool.outstanding).toBe(0);
});
