// Live captures in the shell against the same script on user-mode Linux 6.1 (live.sh, live.txt), and what only the
// lab can show: devices that come, go and move, and files that grow.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCapture } from '../../../../src/capture/read.ts';
import { createLab } from '../../../../src/lab/create.ts';
import { runScript } from '../../../../src/shell/run.ts';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'latin1');

/** Times and ping's identifiers, which no two runs have in common. */
const masked = (text: string): string =>
  text.replace(/\d\d:\d\d:\d\d\.\d{6}/g, 'TIME').replace(/\bid \d+,/g, 'id N,');

/** With -c the kernel counts on until a block of packets is handed over: chance, on a real clock. */
const counted = (command: string, text: string): string =>
  command.includes(' -c ') ? text.replace(/\d+ packets? received/, 'N packets received') : text;

/** By command: what was printed for it. */
const steps = (text: string): Map<string, string> =>
  new Map(
    masked(text)
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const command = step.slice(0, step.indexOf('\n'));
        return [command, counted(command, step.slice(step.indexOf('\n') + 1))];
      }),
  );

describe('captures as on the kernel', async () => {
  const kernel = steps(read('live.txt'));
  const { output } = await runScript({ script: read('live.sh') });
  const lab = steps(output);

  test.each([...kernel])('%s', (command, printed) => {
    expect(lab.get(command)).toBe(printed);
  });

  test('every command of the script', () => {
    expect([...lab.keys()]).toEqual([...kernel.keys()]);
  });
});

const PAIR = `
ip netns add a; ip netns add b
ip link add v0 netns a type veth peer name v0 netns b
for n in a b; do ip -n $n link set lo up; ip -n $n link set v0 up; done
ip -n a addr add 10.0.0.1/24 dev v0; ip -n b addr add 10.0.0.2/24 dev v0
ip -n a neigh add 10.0.0.2 lladdr $(ip netns exec b cat /sys/class/net/v0/address) dev v0
ip -n b neigh add 10.0.0.1 lladdr $(ip netns exec a cat /sys/class/net/v0/address) dev v0
`;

/** A script behind the pair of namespaces; standard error in the same text. */
const onPair = async (script: string): Promise<string> =>
  masked((await runScript({ script: PAIR + script })).output);

const REQUEST = 'TIME IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id N, seq 1, length 64\n';
const REPLY = 'TIME IP 10.0.0.2 > 10.0.0.1: ICMP echo reply, id N, seq 1, length 64\n';

describe('devices', () => {
  test('one that is deleted ends the capture', async () => {
    const output = await onPair(
      'ip netns exec a tcpdump -ni v0 & sleep 1; ip -n a link del v0; wait $!; echo "= $?"',
    );
    expect(output).toMatch(
      /tcpdump: pcap_loop: The interface disappeared\n0 packets captured\n[\s\S]*= 1\n$/,
    );
  });

  test('one that moves to another namespace ends the capture', async () => {
    const output = await onPair(
      'ip netns add c; ip netns exec a tcpdump -ni v0 & sleep 1; ip -n a link set v0 netns c; wait $!; echo "= $?"',
    );
    expect(output).toMatch(/The interface disappeared\n[\s\S]*= 1\n$/);
  });

  test('one that comes later is captured on any', async () => {
    const output = await onPair(`
      ip netns exec a tcpdump -ni any icmp 2>/dev/null & sleep 1
      ip -n a link add dm type dummy; ip -n a link set dm up; ip -n a addr add 10.1.0.1/24 dev dm
      ip -n a neigh add 10.1.0.2 lladdr 02:00:00:00:00:99 dev dm
      ip netns exec a ping -c 1 -W 1 10.1.0.2 >/dev/null; sleep 2; kill $!; wait`);
    expect(output).toBe(
      'TIME dm    Out IP 10.1.0.1 > 10.1.0.2: ICMP echo request, id N, seq 1, length 64\n\n',
    );
  });

  test('are promiscuous while they are captured on, unless -p or any', async () => {
    const promiscuity = async (options: string): Promise<string> =>
      await onPair(`
        ip netns exec a tcpdump ${options} >/dev/null 2>&1 & sleep 1
        ip -n a -d link show v0 | grep -o 'promiscuity [0-9]*'; kill $!; wait
        ip -n a -d link show v0 | grep -o 'promiscuity [0-9]*'`);
    expect(await promiscuity('-i v0')).toBe('promiscuity 1\npromiscuity 0\n');
    expect(await promiscuity('-p -i v0')).toBe('promiscuity 0\npromiscuity 0\n');
    expect(await promiscuity('-i any')).toBe('promiscuity 0\npromiscuity 0\n');
  });

  test('nothing listens on them when the capture has ended', async () => {
    const lab = createLab();
    await runScript({
      lab,
      script: `${PAIR} ip netns exec a tcpdump -i any >/dev/null 2>&1 & sleep 1; kill $!; wait`,
    });
    for (const namespace of lab.kernel.namespaces)
      for (const device of namespace.devices.values()) expect(device.taps).toBeNull();
  });
});

describe('the file of -w', () => {
  const whileRunning = (options: string): Promise<string> =>
    onPair(`
      ip netns exec a tcpdump -i v0 ${options} -w f.pcap 2>/dev/null & sleep 1
      ip netns exec a ping -c 1 10.0.0.2 >/dev/null; sleep 1; wc -c <f.pcap; kill $!; wait; wc -c <f.pcap`);

  test('is written at the end', async () => {
    expect(await whileRunning('')).toBe('0\n252\n');
  });

  test('is written packet by packet with -U', async () => {
    expect(await whileRunning('-U')).toBe('252\n252\n');
  });

  test('holds the frames with the virtual time and their whole length', async () => {
    const { stdout } = await runScript({
      script: `${PAIR} ip netns exec a tcpdump -i v0 -s 60 -w - 2>/dev/null | base64 -w 0 & sleep 1
        ip netns exec a ping -c 1 10.0.0.2 >/dev/null; sleep 2; pkill tcpdump; wait`,
    });
    const { records, info } = readCapture(new Uint8Array(Buffer.from(stdout, 'base64')));
    expect(info.interfaces[0]).toMatchObject({ linkType: 1, snapLength: 60 });
    expect(records.map(({ data, originalLength }) => [data.length, originalLength])).toEqual([
      [60, 98],
      [60, 98],
    ]);
  });
});

describe('output', () => {
  const at = (options: string): Promise<string> =>
    onPair(`
      ip netns exec a tcpdump ${options} -ni v0 >f 2>/dev/null & sleep 1
      ip netns exec a ping -c 1 10.0.0.2 >/dev/null; sleep 2; cat f; echo --; kill $!; wait; cat f`);

  test('comes at the end', async () => {
    expect(await at('')).toBe(`--\n${REQUEST}${REPLY}\n`);
  });

  test('comes line by line with -l', async () => {
    expect(await at('-l')).toBe(`${REQUEST}${REPLY}--\n${REQUEST}${REPLY}\n`);
  });

  test('is lost when the process is killed the hard way', async () => {
    const output = await onPair(`
      ip netns exec a tcpdump -ni v0 >f 2>&1 & sleep 1
      ip netns exec a ping -c 1 10.0.0.2 >/dev/null; sleep 2; kill -9 $!; wait $!; echo "= $?"; grep -c IP f`);
    expect(output).toMatch(/= 137\n0\n$/);
  });
});
