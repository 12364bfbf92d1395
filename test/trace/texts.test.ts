// Routes and packets in words: a route reads as `ip route` prints it, a packet as a line of a report has it.
import { describe, expect, test } from 'vitest';
import { dumpRoutes } from '../../src/admin/route.ts';
import { routeText } from '../../src/admin/route-text.ts';
import { dumpRules } from '../../src/admin/rule.ts';
import { readCapture } from '../../src/capture/read.ts';
import { runScript } from '../../src/shell/run.ts';
import { dissect } from '../../src/trace/dissect.ts';
import { packetText } from '../../src/trace/packet-text.ts';
import { ruleText } from '../../src/trace/rule-text.ts';
import { captureFile } from '../replay/labs.ts';

const ROUTES = `
ip netns add r
ip -n r link add v0 type veth peer name v1
ip -n r link set lo up
ip -n r link set v0 up
ip -n r link set v1 up
ip -n r address add 10.0.0.1/24 dev v0
ip -n r address add 10.1.0.1/24 dev v1
ip -n r route add default via 10.0.0.254
ip -n r route add 10.2.0.0/16 via 10.0.0.9 proto static metric 50 mtu 1400
ip -n r route add 10.2.0.0/16 via 10.0.0.8 proto bird metric 60 mtu lock 1300 advmss 1200
ip -n r route add 10.3.0.7 via 10.9.0.1 dev v0 onlink src 10.1.0.1
ip -n r route add blackhole 10.4.0.0/16 proto bird
ip -n r route add unreachable 10.5.0.0/16
ip -n r route add prohibit 10.6.0.1
ip -n r route add throw 10.6.0.0/24
ip -n r route add 10.7.0.0/16 tos 0x10 via 10.0.0.9
ip -n r route add 10.7.0.0/16 dev v0 scope link hoplimit 9
ip -n r route add 10.8.0.0/16 via 10.0.0.9 proto 80
ip -n r route add 10.10.0.0/16 via 10.0.0.9 table 77
`;

test('every route reads as `ip route show table all` prints it', async () => {
  const { lab, stdout } = await runScript({ script: `${ROUTES}ip -n r -4 route show table all\n` });
  const namespace = lab.names.get('r')!;
  const printed = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd());
  expect(printed.length).toBeGreaterThan(20);
  expect(dumpRoutes(namespace).map(routeText)).toEqual(printed);
});

test('several next hops follow in the same line', async () => {
  const script = `${ROUTES}ip -n r route add 10.11.0.0/16 nexthop via 10.0.0.9 weight 3 nexthop via 10.1.0.9\n`;
  const { lab } = await runScript({ script });
  const routes = dumpRoutes(lab.names.get('r')!).map(routeText);
  expect(routes).toContain(
    '10.11.0.0/16 nexthop via 10.0.0.9 dev v0 weight 3 nexthop via 10.1.0.9 dev v1 weight 1',
  );
});

test('every rule reads as `ip rule` prints it', async () => {
  const rules = [
    'from 10.0.0.0/8 to 10.1.2.3 priority 100 prohibit',
    'not from 10.9.0.0/16 iif v0 oif v1 priority 101 lookup 77 suppress_prefixlength 0',
    'fwmark 0x10/0xff ipproto tcp dport 80-90 priority 102 blackhole',
    'fwmark 7 ipproto 89 priority 103 unreachable',
    'l3mdev priority 110',
    'uidrange 1000-2000 tun_id 9 priority 111 lookup 77 realms 1/2',
    'priority 112 lookup main suppress_prefixlength 0 realms 300',
    'sport 53 ipproto udp priority 104 goto 105',
    'priority 105 nop protocol static',
    'from all priority 106 lookup default',
  ];
  const script = `${ROUTES}${rules.map((rule) => `ip -n r rule add ${rule}\n`).join('')}ip -n r rule\n`;
  const { lab, stdout } = await runScript({ script });
  const printed = stdout.trimEnd().replaceAll(':\t', ': ').split('\n');
  expect(printed).toHaveLength(rules.length + 3);
  expect(dumpRules(lab.names.get('r')!).map(ruleText)).toEqual(printed);
});

describe('packets', () => {
  const text = (data: Uint8Array): string => {
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    return packetText(
      view,
      dissect(
        view,
        14,
        () => true,
        (port) => port === 4789,
      ),
    );
  };
  const texts = (name: string): string[] =>
    readCapture(captureFile(name)).records.map(({ data }) => text(data));

  test('in tunnels are the packets that somebody sent', () => {
    expect(texts('ipip.cap').slice(0, 4)).toEqual([
      'ARP who-has 10.211.55.9 tell 10.211.55.8',
      'ARP 10.211.55.9 is-at 00:1c:42:1a:00:09',
      expect.stringMatching(/^192\.168\.36\.73 > 192\.168\.202\.5 ICMP echo request, id \d+, seq 1$/),
      expect.stringMatching(/^192\.168\.202\.5 > 192\.168\.36\.73 ICMP echo reply, id \d+, seq 1$/),
    ]);
  });

  test('of the recordings all have a text without "malformed"', () => {
    const all = [
      'calico-vxlan/golden/node1-eth0.pcap',
      'calico-ipip/golden/node1-calic2730abf871.pcap',
      'traceroute/golden/n0.pcap',
    ].flatMap(texts);
    expect(all.filter((line) => /malformed|form/.test(line))).toEqual([]);
    expect(all).toContainEqual(expect.stringMatching(/ICMP fragmentation needed, mtu 14\d0 \(about 192/));
    expect(all).toContainEqual(expect.stringMatching(/ICMP time exceeded \(about /));
    expect(all).toContainEqual(expect.stringMatching(/ICMP fragment at 1456, length \d+$/));
  });

  test.each([
    ['an empty frame', [], 'a frame of 0 bytes'],
    ['an IPv4 header that is cut', [...new Array(12).fill(0), 8, 0, 0x45], 'malformed IPv4'],
    ['an ARP message that is cut', [...new Array(12).fill(0), 8, 6, 0, 1], 'malformed ARP'],
    ['IPv6', [...new Array(12).fill(0), 0x86, 0xdd], '00:00:00:00:00:00 > 00:00:00:00:00:00 IPv6'],
    [
      'an unknown type',
      [...new Array(12).fill(0), 0x88, 0xb5],
      '00:00:00:00:00:00 > 00:00:00:00:00:00 EtherType 0x88b5',
    ],
  ])('%s', (_, bytes, expected) => {
    expect(text(new Uint8Array(bytes))).toBe(expected);
  });
});
