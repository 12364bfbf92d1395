// nettest -B: a connection between two namespaces, on the wire as TCP begins, speaks and ends.
import { describe, expect, test } from 'vitest';
import { runScript } from '../../../src/shell/run.ts';

const PAIR = `
for n in a b; do ip netns add $n; done
ip link add va netns a type veth peer name vb netns b
ip -n a addr add 10.0.0.1/24 dev va; ip -n a link set va up
ip -n b addr add 10.0.0.2/24 dev vb; ip -n b link set vb up
`;

const run = (script: string) => runScript({ script: PAIR + script });

describe('nettest', () => {
  test('greets and is greeted back', async () => {
    expect(await run('nettest -B -N a -O b -r 10.0.0.2')).toMatchObject({ output: '', exitCode: 0 });
  });

  test('shakes hands, sends one segment each way and ends in order', async () => {
    const { stdout } =
      await run(`ip netns exec a tcpdump -nt -i va tcp 2>/dev/null | grep -o 'Flags [^,]*' & sleep 1
nettest -B -N a -O b -r 10.0.0.2; sleep 1; pkill tcpdump; wait`);
    const flags = stdout.match(/\[.*?\]/g);
    expect(flags?.slice(0, 3)).toEqual(['[S]', '[S.]', '[.]']);
    expect(flags?.filter((flag) => flag.includes('P'))).toHaveLength(2);
    expect(flags?.filter((flag) => flag.includes('F'))).toHaveLength(2);
    expect(flags).not.toContain('[R]');
  });

  test('leaves no port behind', async () => {
    const again = 'nettest -B -N a -O b -r 10.0.0.2';
    expect((await run(`${again} && ${again}`)).exitCode).toBe(0);
  });

  test.each([
    ['without a route', 'nettest -B -N a -O b -r 10.9.9.9', 'Network is unreachable'],
    ['where nobody answers', 'nettest -B -N a -O b -r 10.0.0.9', 'timed out'],
    ['where somebody else answers with a reset', 'nettest -B -N a -O a -r 10.0.0.2', 'Connection refused'],
    ['in a namespace that is not there', 'nettest -B -N nope -O b -r 10.0.0.2', 'Failed to open namespace'],
    ['as a server alone', 'nettest -s', 'not emulated'],
  ])('fails %s', async (_, script, message) => {
    const { stderr, exitCode } = await run(script);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
  });
});
