// tc: qdiscs and filters as the kernel answers, and frames that filters redirect or mark.
import { describe, expect, test } from 'vitest';
import { runScript } from '../../../src/shell/run.ts';

const DUMMIES = 'for i in 0 1; do ip link add d$i type dummy; ip link set d$i up; done\n';

const last = async (script: string): Promise<string> =>
  (await runScript({ script: DUMMIES + script })).output;

/** What Linux 6.1 with iproute2 6.1.0 printed. */
describe('requests, as recorded', () => {
  test.each([
    [
      'a second qdisc',
      'tc qdisc add dev d0 ingress; tc qdisc add dev d0 ingress',
      'Error: Exclusivity flag on, cannot modify.\n',
    ],
    ['an unknown kind', 'tc qdisc add dev d0 root nope', 'Error: Specified qdisc kind is unknown.\n'],
    ['nothing to delete', 'tc qdisc del dev d0 root', 'Error: Cannot delete qdisc with handle of zero.\n'],
    [
      'a filter without a qdisc',
      'tc filter add dev d0 protocol ip basic action mirred egress redirect dev d1',
      'Error: Qdisc not classful.\nWe have an error talking to the kernel\n',
    ],
    [
      'a filter for a parent that is not there',
      'tc qdisc add dev d0 root handle 1: prio; tc filter add dev d0 parent 2: basic action mirred egress redirect dev d1',
      "Error: Parent Qdisc doesn't exists.\nWe have an error talking to the kernel\n",
    ],
    [
      'the list',
      'tc qdisc replace dev d0 root prio; tc qdisc add dev d1 ingress; tc qdisc add dev lo root handle 1: fq_codel; tc qdisc show',
      'qdisc fq_codel 1: dev lo root refcnt 2 limit 10240p flows 1024 quantum 65550 target 5ms interval 100ms memory_limit 32Mb ecn drop_batch 64 \n' +
        'qdisc prio 8001: dev d0 root refcnt 2 bands 3 priomap 1 2 2 2 1 2 0 0 1 1 1 1 1 1 1 1\n' +
        'qdisc noqueue 0: dev d1 root refcnt 2 \nqdisc ingress ffff: dev d1 parent ffff:fff1 ---------------- \n',
    ],
  ])('%s', async (_, script, printed) => {
    expect(await last(script)).toBe(printed);
  });

  test('what is not emulated is refused, not ignored', async () => {
    expect(await last('tc qdisc add dev d0 root netem delay 10ms; echo $?')).toMatch(/is not emulated\n1\n$/);
  });
});

const PAIR = `
ip netns add peer
ip link add v0 type veth peer name v1 netns peer
ip addr add 10.0.0.1/24 dev v0; ip link set v0 up
ip -n peer addr add 10.0.0.2/24 dev v1; ip -n peer link set v1 up
ip -n peer link set lo up; ip link set lo up
`;

describe('frames', () => {
  test('redirected at egress leave by the other device and are seen there only', async () => {
    const { stdout } = await runScript({
      script: `${PAIR}ip link add d0 type dummy; ip link set d0 up; ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0
tc qdisc add dev v0 root prio
tc filter add dev v0 protocol ip basic action mirred egress redirect dev d0
tcpdump -nqt -i d0 -c 1 icmp 2>/dev/null & tcpdump -nqt -i v0 icmp 2>/dev/null & sleep 1
ping -c 1 -W 1 10.0.0.2 | grep -c received; kill %2; wait`,
    });
    expect(stdout).toMatch(/^IP 10\.0\.0\.1 > 10\.0\.0\.2: ICMP echo request.*\n1\s+$/);
  });

  test('of another protocol than the filter’s are left alone', async () => {
    const { exitCode } = await runScript({
      script: `${PAIR}tc qdisc add dev v0 root prio
tc filter add dev v0 protocol ipv4 flower ip_proto udp action mirred egress redirect dev lo
ping -c 1 -W 1 10.0.0.2 >/dev/null`,
    });
    expect(exitCode).toBe(0);
  });

  test('redirected at ingress are received by the other device', async () => {
    const { stdout } = await runScript({
      script: `${PAIR}ip -n peer link add d0 type dummy; ip -n peer link set d0 address $(cat /sys/class/net/v0/address) up
ip -n peer link set d0 address 02:00:00:00:00:09; ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:09 dev v0
tc -n peer qdisc add dev v1 ingress
tc -n peer filter add dev v1 ingress protocol ip basic action mirred ingress redirect dev d0
ip netns exec peer tcpdump -nqt -i d0 -c 1 icmp 2>/dev/null & sleep 1
ping -c 1 -W 1 10.0.0.2 >/dev/null; wait`,
    });
    expect(stdout).toMatch(/^IP 10\.0\.0\.1 > 10\.0\.0\.2: ICMP echo request/);
  });

  test('that redirect in a circle end', async () => {
    const { stdout } = await runScript({
      script: `${PAIR}for d in v0 lo; do tc qdisc add dev $d root prio; done
tc filter add dev v0 protocol ip basic action mirred egress redirect dev lo
tc filter add dev lo protocol ip basic action mirred egress redirect dev v0
ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0
ping -c 1 -W 1 10.0.0.2 | grep -o "0 received"`,
    });
    expect(stdout).toBe('0 received\n');
  });
});
