// Faults that are planted in a script, found in the capture of a network that had none.
import { describe, expect, test } from 'vitest';
import { faultLines } from '../../src/replay/report-lines.ts';
import type { Verdict } from '../../src/replay/verdict.ts';
import { routesThatLost } from '../../src/trace/route-choice.ts';
import { buildLab, captureFile, changed, faults, replayCapture, scriptText } from './labs.ts';

type Change = readonly [RegExp, string];

async function findings(
  scenario: string,
  capture: string,
  at: string,
  changes: Change[],
): Promise<Verdict[]> {
  const script = changed(scriptText(`${scenario}/in/lab.sh`), changes);
  return replayCapture(await buildLab(script), at, captureFile(capture));
}

/** The first finding in full: what the table's rows say. */
function first(verdicts: readonly Verdict[]): Partial<Verdict> {
  const found = verdicts.find(({ kind }) => kind !== 'as-programmed' && kind !== 'outside');
  if (found === undefined) return {};
  const { number, kind, expected, seen, reason, differences, notes } = found;
  return { number, kind, expected, seen, reason, differences, notes };
}

const SENT = 'encapsulated to 10.211.55.9 on eth0';
const FROM = 'from pod73 by calic2730abf871';
const POD = 'calic2730abf871';

describe('three pings of a pod, seen at its node', () => {
  const at = 'node1:eth0';
  const cases: [string, Change[], Partial<Verdict>][] = [
    [
      'a wrong next hop of the remote block',
      [[/(tunnel node1.*) 10\.211\.55\.9/, '$1 10.211.55.7']],
      {
        number: 3,
        kind: 'differs',
        expected: 'encapsulated to 10.211.55.7 by tunl0',
        seen: SENT,
        differences: [
          {
            field: 'destination MAC',
            expected: 'that of 10.211.55.7',
            seen: '00:1c:42:1a:00:09 of 10.211.55.9',
          },
          { field: 'outer destination', expected: '10.211.55.7', seen: '10.211.55.9' },
        ],
        notes: [FROM],
      },
    ],
    [
      'no route to the remote block: the default route takes it',
      [[/^.*via "\$5" dev tunl0.*$/, '']],
      { number: 3, kind: 'differs', expected: 'bare on eth0', seen: SENT },
    ],
    [
      'no route and no default route',
      [
        [/^.*via "\$5" dev tunl0.*$/, ''],
        [/^.*route add default via 10.*$/, ''],
      ],
      {
        number: 3,
        kind: 'should-drop',
        reason: 'SKB_DROP_REASON_IP_INNOROUTES',
        notes: [
          FROM,
          'no route to 192.168.202.5',
          'its sender is told: 10.211.55.8 > 192.168.36.73 ICMP net unreachable (about 192.168.36.73 > 192.168.202.5)',
        ],
      },
    ],
    [
      'no route to the pod: its block’s blackhole takes the answer',
      [[/^.*ip -n "\$1" route add "\$3" dev.*$/, '']],
      {
        number: 4,
        kind: 'should-drop',
        expected: 'dropped',
        seen: '192.168.36.73 talks to 192.168.202.5',
        reason: 'SKB_DROP_REASON_BLACKHOLE',
        notes: ['no ICMP is sent'],
      },
    ],
    [
      'the block is routed without a tunnel',
      [[/via "\$5" dev tunl0 proto bird onlink/, 'via "$5"']],
      {
        number: 3,
        kind: 'differs',
        expected: 'bare on eth0',
        differences: [{ field: 'encapsulation', expected: 'bare', seen: 'encapsulated to 10.211.55.9' }],
      },
    ],
    [
      'an MTU that is too small for a ping',
      [[/link set tunl0 mtu 1480/, 'link set tunl0 mtu 80']],
      {
        number: 3,
        kind: 'should-drop',
        expected: 'dropped',
        seen: SENT,
        reason: 'SKB_DROP_REASON_PKT_TOO_BIG',
        notes: [
          FROM,
          'mtu of tunl0 is 80 in the lab: was it larger when this was captured?',
          'its sender is told: 10.211.55.8 > 192.168.36.73 ICMP fragmentation needed, mtu 80 (about 192.168.36.73 > 192.168.202.5)',
        ],
      },
    ],
    [
      'a pod that nobody has',
      [[/pod73 192\.168\.36\.73/, 'pod73 192.168.36.74']],
      { number: 3, kind: 'unexplained', seen: SENT, notes: ['nobody in the lab has 192.168.36.73'] },
    ],
    [
      'two pods with each other’s address',
      [
        [/address add "\$3\/32" dev eth0/, 'address add "$(swap $3)/32" dev eth0'],
        [/^pod\(\)/, SWAP],
      ],
      {
        number: 4,
        kind: 'differs',
        expected: 'delivered to pod73 by calic2730abf871',
        seen: 'for 192.168.36.73, which pod75 has',
      },
    ],
    [
      'the routes of two pods are swapped: nobody at the end of that cable answers',
      [
        [/route add "\$3" dev "\$5" scope link/, 'route add "$(swap $3)" dev "$5" scope link'],
        [/^pod\(\)/, SWAP],
      ],
      {
        number: 4,
        kind: 'differs',
        expected: 'asks for 192.168.36.73 on calif6f6818d0b6, where nobody has it',
        seen: 'for 192.168.36.73, which pod73 has',
        notes: [
          'leads to calif6f6818d0b6 (pod75), but 192.168.36.73 is an address of pod73, behind calic2730abf871',
        ],
      },
    ],
    [
      'forwarding is off',
      [[/net\.ipv4\.ip_forward=1/, 'net.ipv4.ip_forward=0']],
      {
        number: 4,
        kind: 'should-drop',
        reason: 'SKB_DROP_REASON_IP_INADDRERRORS',
        notes: ['forwarding is off on tunl0: net.ipv4.conf.tunl0.forwarding=0', 'no ICMP is sent'],
      },
    ],
    [
      'the tunnel is down',
      [[/tunl0 mtu 1480 up/, 'tunl0 mtu 1480']],
      { number: 3, kind: 'differs', expected: 'bare on eth0', seen: SENT },
    ],
    [
      'a pod whose interface is not up',
      [[/link set eth0 address "\$4" up/, 'link set eth0 address "$4"']],
      { number: 3, kind: 'should-drop', seen: SENT, reason: 'SKB_DROP_REASON_DEV_READY' },
    ],
    [
      'the pod’s permanent neighbour entry has a MAC address that nobody has',
      [[/lladdr "\$4"/, 'lladdr b2:11:00:00:00:99']],
      {
        number: 4,
        kind: 'differs',
        expected: 'nobody on calic2730abf871 has that MAC address',
        seen: 'for 192.168.36.73, which pod73 has',
      },
    ],
    [
      'reverse path filter where the pod is routed elsewhere',
      [
        [/^(node node2 .*)$/, '$1\nip netns exec node1 sysctl -qw net.ipv4.conf.all.rp_filter=1'],
        [/route add "\$3" dev "\$5" scope link/, 'route add "$3" dev tunl0 scope link'],
      ],
      {
        number: 3,
        kind: 'should-drop',
        reason: 'SKB_DROP_REASON_IP_RPFILTER',
        notes: [FROM, 'net.ipv4.conf.all.rp_filter=1', 'no ICMP is sent'],
      },
    ],
  ];
  test.each(cases)('%s', async (_, changes, expected) => {
    const verdicts = await findings('calico-ipip', 'ipip.cap', at, changes);
    expect(first(verdicts)).toMatchObject(expected);
    expect(faults(verdicts)).toHaveLength(3);
  });
});

describe('what decided is named', () => {
  const decided: [string, string, string[]][] = [
    [
      'a blackhole',
      'ip -n node1 route replace blackhole 192.168.202.0/26 proto bird',
      [
        'from pod73 by calic2730abf871',
        'no ICMP is sent',
        'blackhole 192.168.202.0/26 proto bird decided',
        'lost to it: default via 10.211.55.1 dev eth0',
      ],
    ],
    [
      'an unreachable route',
      'ip -n node1 route add unreachable 192.168.202.5',
      [
        'from pod73 by calic2730abf871',
        'its sender is told: 10.211.55.8 > 192.168.36.73 ICMP host unreachable (about 192.168.36.73 > 192.168.202.5)',
        'unreachable 192.168.202.5 decided',
        'lost to it: 192.168.202.0/26 via 10.211.55.9 dev tunl0 proto bird onlink',
        'lost to it: default via 10.211.55.1 dev eth0',
      ],
    ],
    [
      'forwarding that is off: no route is told',
      'ip netns exec node1 sysctl -qw net.ipv4.conf.calic2730abf871.forwarding=0',
      [
        'from pod73 by calic2730abf871',
        'forwarding is off on calic2730abf871: net.ipv4.conf.calic2730abf871.forwarding=0',
        'no ICMP is sent',
      ],
    ],
    [
      'a rule',
      'ip -n node1 rule add from 192.168.36.64/26 to 192.168.202.5 priority 100 prohibit',
      [
        'from pod73 by calic2730abf871',
        'rule 100: from 192.168.36.64/26 to 192.168.202.5 prohibit decided',
        'its sender is told: 10.211.55.8 > 192.168.36.73 ICMP administratively prohibited (about 192.168.36.73 > 192.168.202.5)',
      ],
    ],
    [
      'nothing, where there is no route',
      'ip -n node1 route del 192.168.202.0/26; ip -n node1 route del default',
      [
        'from pod73 by calic2730abf871',
        'no route to 192.168.202.5',
        'its sender is told: 10.211.55.8 > 192.168.36.73 ICMP net unreachable (about 192.168.36.73 > 192.168.202.5)',
        'no route decided for 192.168.202.5',
      ],
    ],
  ];
  test.each(decided)('%s', async (_, change, expected) => {
    const lab = await buildLab(`${scriptText('calico-ipip/in/lab.sh')}\n${change}\n`);
    const lost = ({ destination, route }: Verdict) =>
      destination === 0 ? [] : routesThatLost(lab.names.get('node1')!, destination, route, 3);
    const third = replayCapture(lab, 'node1:eth0', captureFile('ipip.cap')).find(
      ({ number }) => number === 3,
    );
    const lines = faultLines(third!, { place: '', lost });
    expect(lines[0]).toContain('should have been dropped: 192.168.36.73 > 192.168.202.5');
    expect(lines.slice(2)).toEqual(expected);
  });
});

const SWAP = `swap() {
  case "$1" in
    192.168.36.73) echo 192.168.36.75 ;;
    192.168.36.75) echo 192.168.36.73 ;;
    *) echo "$1" ;;
  esac
}
pod()`;

describe('everything that a node’s interfaces carried', () => {
  const cases: [string, string, string, Change[], number, Partial<Verdict>][] = [
    [
      'tunl0 with an MTU of 1400 cuts what went out whole',
      'calico-ipip',
      'eth0',
      [[/tunl0 mtu 1480/, 'tunl0 mtu 1400']],
      13,
      {
        number: 21,
        kind: 'differs',
        differences: [
          { field: 'outer length', expected: '1416', seen: '1500' },
          { field: 'inner length', expected: '1396', seen: '1480' },
          { field: 'inner fragment', expected: 'MF', seen: 'none' },
        ],
      },
    ],
    [
      'pods’ cables with an MTU of 1400 do not take what came over them',
      'calico-ipip',
      'eth0',
      [[/(link add "\$5") mtu 1480 (.*) mtu 1480/, '$1 mtu 1400 $2 mtu 1400']],
      13,
      { number: 21, kind: 'should-drop', reason: 'SKB_DROP_REASON_PKT_TOO_BIG' },
    ],
    [
      'tunl0 with an MTU of 1400 tells another MTU',
      'calico-ipip',
      POD,
      [[/tunl0 mtu 1480/, 'tunl0 mtu 1400']],
      1,
      {
        number: 52,
        kind: 'differs',
        differences: [{ field: 'ICMP next-hop MTU', expected: '1400', seen: '1480' }],
        notes: ['because of packet 51'],
      },
    ],
    [
      'tunl0 with an MTU of 1500 finds out too late, after the TTL was lowered',
      'calico-ipip',
      POD,
      [[/tunl0 mtu 1480/, 'tunl0 mtu 1500']],
      1,
      { number: 52, kind: 'differs', differences: [{ field: 'quoted TTL', expected: '63', seen: '64' }] },
    ],
    [
      'no proxy ARP for the pod',
      'calico-ipip',
      POD,
      [[/^.*proxy_arp=1.*$/, '']],
      1,
      {
        number: 2,
        kind: 'differs',
        expected: 'packet 1 not answered',
        seen: 'answered on calic2730abf871',
        notes: ['net.ipv4.conf.calic2730abf871.proxy_arp=0'],
      },
    ],
    [
      'proxy ARP without a default route',
      'calico-ipip',
      POD,
      [[/^.*route add default via 10.*$/, '']],
      1,
      {
        number: 2,
        kind: 'differs',
        notes: ['net.ipv4.conf.calic2730abf871.proxy_arp=1 but no route to 169.254.1.1'],
      },
    ],
    [
      'another VXLAN number',
      'calico-vxlan',
      'eth0',
      [[/id 4096/, 'id 4097']],
      43,
      {
        number: 3,
        kind: 'differs',
        expected: 'in VXLAN 4097 to 10.211.55.9 by vxlan.calico',
        seen: 'in VXLAN 4096 to 10.211.55.9 on eth0',
        differences: [{ field: 'VNI', expected: '4097', seen: '4096' }],
      },
    ],
    [
      'another VXLAN port',
      'calico-vxlan',
      'eth0',
      [[/dstport 4789/, 'dstport 8472']],
      42,
      {
        number: 3,
        kind: 'differs',
        differences: [{ field: 'outer UDP port', expected: '8472', seen: '4789' }],
      },
    ],
    [
      'a forwarding entry for the wrong node',
      'calico-vxlan',
      'eth0',
      [[/^(remote node1 .*) 10\.211\.55\.9/, '$1 10.211.55.7']],
      42,
      { number: 3, kind: 'differs', expected: 'in VXLAN 4096 to 10.211.55.7 by vxlan.calico' },
    ],
    [
      'no forwarding entry',
      'calico-vxlan',
      'eth0',
      [[/^.*fdb add.*$/, '']],
      42,
      { number: 3, kind: 'should-drop', reason: 'SKB_DROP_REASON_NO_TX_TARGET' },
    ],
    [
      'the wrong MAC address of the other VTEP',
      'calico-vxlan',
      'vxlan.calico',
      [[/^(remote node1 .*) 66:2d:bf:44:a6:8b/, '$1 66:2d:bf:44:a6:99']],
      42,
      {
        number: 1,
        kind: 'differs',
        differences: [{ field: 'destination MAC', expected: '66:2d:bf:44:a6:99', seen: '66:2d:bf:44:a6:8b' }],
      },
    ],
  ];
  test.each(cases)('%s', async (_, scenario, device, changes, count, expected) => {
    const capture = `${scenario}/golden/node1-${device}.pcap`;
    const verdicts = await findings(scenario, capture, `node1:${device}`, changes);
    expect(first(verdicts)).toMatchObject(expected);
    expect(faults(verdicts)).toHaveLength(count);
  });
});
