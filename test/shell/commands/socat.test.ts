// socat between files and UDP.
import { describe, expect, test } from 'vitest';
import { runScript } from '../../../src/shell/run.ts';

const PAIR = `
ip netns add b
ip link add v0 type veth peer name v1 netns b
ip addr add 10.0.0.1/24 dev v0; ip link set v0 up
ip -n b addr add 10.0.0.2/24 dev v1; ip -n b link set v1 up
`;

const run = (script: string) => runScript({ script: PAIR + script });

describe('socat', () => {
  test('brings what it reads to a file at the other end', async () => {
    const { stdout } = await run(`ip netns exec b socat UDP4-LISTEN:7000,fork ./heard.txt & sleep 1
echo one | socat STDIN UDP4:10.0.0.2:7000; echo two | socat - UDP:10.0.0.2:7000,sourceport=99
kill %1; wait; cat heard.txt`);
    expect(stdout).toBe('one\ntwo\n');
  });

  test('reads as many bytes as it is told, and marks what it sends with the TOS and port that it is given', async () => {
    const { stdout } = await run(`ip netns exec b socat UDP-LISTEN:7000 OPEN:/dev/null,wronly=1 &
tcpdump -nvt -c 1 -i v0 udp 2>/dev/null & sleep 1
socat OPEN:/dev/zero,rdonly=1,readbytes=100 UDP:10.0.0.2:7000,tos=0x10,sourceport=99; wait %2; kill %1`);
    expect(stdout).toMatch(/tos 0x10.*length 128/);
    expect(stdout).toMatch(/10\.0\.0\.1\.99 > 10\.0\.0\.2\.7000: .*length 100/);
  });

  test.each([
    ['where nobody listens', 'echo a | socat STDIN UDP4:10.0.0.2:7000', 'Connection refused'],
    ['without a route', 'echo a | socat STDIN UDP4:10.9.0.1:7000', 'Network is unreachable'],
    ['with what is not emulated', 'socat TCP4:10.0.0.2:80 STDIO', 'not emulated'],
    ['with one address', 'socat STDIO', 'exactly 2 addresses required'],
  ])('fails %s', async (_, script, message) => {
    const { stderr, exitCode } = await run(script);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
  });
});
