// What a process sends in pieces: all that the first one leads to happens before the second one leaves.
import { expect, test } from 'vitest';
import { runScript } from '../../src/shell/run.ts';

const CHAIN = `
for h in a r b; do ip netns add $h; ip -n $h link set lo up; done
ip link add e0 netns a type veth peer name e0 netns r; ip link add e1 netns r type veth peer name e0 netns b
ip -n a addr add 10.1.0.1/24 dev e0; ip -n r addr add 10.1.0.2/24 dev e0
ip -n r addr add 10.2.0.1/24 dev e1; ip -n b addr add 10.2.0.2/24 dev e0
for h in a b; do ip -n $h link set e0 up; done; ip -n r link set e0 up; ip -n r link set e1 up
ip -n a route add default via 10.1.0.2; ip -n b route add default via 10.2.0.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec a ping -c1 10.2.0.2 >/dev/null`;

async function seenAtA(command: string): Promise<string[]> {
  const { output } = await runScript({
    script: `${CHAIN}
ip netns exec a tcpdump -l -nti e0 2>/dev/null & sleep 1
ip netns exec a ${command} >/dev/null
sleep 1; kill $!; wait`,
  });
  return output.trimEnd().split('\n');
}

const shortly = (line: string): string => (line.includes('exceeded') ? 'error' : line.split(' > ')[0]!);

test('the router refuses the first piece before the second one leaves (local_bh_enable in __dev_queue_xmit)', async () => {
  const lines = await seenAtA('ping -c1 -W1 -t1 -s 4000 10.2.0.2');
  expect(lines.map(shortly)).toEqual(['IP 10.1.0.1', 'error', 'IP 10.1.0.1', 'IP 10.1.0.1']);
});

test('a question that the first piece raises is answered before the second one leaves', async () => {
  const lines = await seenAtA('bash -c "ip neigh flush all; ping -c1 -W1 -t1 -s 2000 10.2.0.2"');
  expect(lines.map(shortly)).toEqual([
    'ARP, Request who-has 10.1.0.2 tell 10.1.0.1, length 28',
    expect.stringMatching(/^ARP, Reply 10\.1\.0\.2/),
    'IP 10.1.0.1',
    'error',
    'IP 10.1.0.1',
  ]);
});
