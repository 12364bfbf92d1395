// Differences between programmed and dumped state, and what each does to packets.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Difference, diffNode } from '../../src/dump/diff.ts';
import { podsOfLab } from '../../src/dump/lab-pods.ts';
import type { NodeDump } from '../../src/dump/node-dump.ts';
import { readFiles } from '../../src/dump/read-files.ts';
import { readNamespace } from '../../src/dump/read-namespace.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { built, namespaceOf, printed, TEXT_COMMANDS } from './labs.ts';

let vxlan: Lab;
let programmed: NodeDump;
let text: string;

beforeAll(async () => {
  vxlan = await built(readFileSync('captures/calico-vxlan/in/lab.sh', 'utf8'));
  programmed = readNamespace(namespaceOf(vxlan, 'node1'), 'node1');
  text = await printed(vxlan, 'node1', TEXT_COMMANDS);
});

function compared(dump: string): Difference[] {
  const { nodes } = readFiles([{ path: 'node1.txt', text: dump }], { directory: 'dir', only: 'node1' });
  const [node] = nodes;
  return diffNode(programmed, (node as NonNullable<typeof node>).dump, { podsIn: podsOfLab(vxlan) });
}

/** The one difference that a changed text makes. */
function difference(from: string | RegExp, to: string): Difference {
  const found = compared(text.replace(from, to));
  expect(found).toHaveLength(1);
  return found[0] as Difference;
}

test('a node as programmed has no difference, nor has a part of its lists', () => {
  expect(compared(text)).toEqual([]);
  const parts = text.split(/(?=root@)/).filter((part) => part.split('\n').length > 2);
  expect(parts.map((part) => compared(part))).toEqual(parts.map(() => []));
});

describe('routes', () => {
  test('a missing block: its pods, and the way that they get instead', () => {
    expect(difference(/^192.168.202.0\/26.*\n/m, '')).toEqual({
      section: 'route',
      kind: 'missing',
      programmed: '192.168.202.0/26 via 192.168.202.0 dev vxlan.calico onlink',
      dumped: '',
      consequence:
        '192.168.202.0/26 (2 pods: pod4, pod5) goes by the default route to 10.211.55.1 on eth0 instead of to 192.168.202.0 on vxlan.calico',
      pods: ['pod4', 'pod5'],
      isForeign: false,
    });
  });

  test('a missing block without a default route has none at all', () => {
    const found = compared(text.replace(/^192.168.202.0\/26.*\n/m, '').replace(/^default .*\n/m, ''));
    expect(found.map(({ consequence }) => consequence)).toEqual(
      expect.arrayContaining([expect.stringContaining('pod5) has no route (Network is unreachable)')]),
    );
  });

  test('a missing route of a pod falls into the block that is dropped (calico#3246)', () => {
    expect(difference(/^192.168.36.75 .*\n/m, '').consequence).toBe(
      '192.168.36.75/32 (1 pod: pod75) is dropped without a word by blackhole 192.168.36.64/26 proto 80 instead of straight out of calif6f6818d0b6',
    );
  });

  test('a block that goes elsewhere is different', () => {
    const { kind, consequence } = difference(
      '192.168.202.0/26 via 192.168.202.0 dev vxlan.calico onlink',
      '192.168.202.0/26 via 10.211.55.9 dev eth0 proto bird',
    );
    expect(kind).toBe('different');
    expect(consequence).toContain('goes by 192.168.202.0/26 via 10.211.55.9 dev eth0 proto bird instead of');
  });

  test('another protocol is a difference that moves no packet', () => {
    expect(difference('onlink', 'proto 80 onlink').consequence).toContain('goes the same way');
  });

  test('an extra route that hides pods', () => {
    const { kind, consequence, pods } = difference(
      /^(192.168.202.0\/26.*\n)/m,
      '$1192.168.202.4 via 10.211.55.1 dev eth0\n',
    );
    expect([kind, pods]).toEqual(['extra', ['pod4']]);
    expect(consequence).toContain('goes by 192.168.202.4 via 10.211.55.1 dev eth0 instead of');
  });

  test('another MTU of the route is said', () => {
    expect(difference('vxlan.calico onlink', 'vxlan.calico onlink mtu 1400').consequence).toContain(
      "goes the same way, with MTU 1400 instead of the device's MTU",
    );
  });

  test('what is on docker0 is foreign, unless it takes the address of a pod', () => {
    const docker = '172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1 linkdown\n';
    expect(difference(/^(192.168.202.0\/26.*\n)/m, `$1${docker}`).isForeign).toBe(true);
    const taking = '192.168.202.4 dev docker0 scope link\n';
    expect(difference(/^(192.168.202.0\/26.*\n)/m, `$1${taking}`).isForeign).toBe(false);
  });

  test('a rule that sends packets to another table', () => {
    const { section, kind } = difference('32766:', '100:\tfrom 192.168.0.0/16 lookup 7\n32766:');
    expect([section, kind]).toEqual(['rule', 'extra']);
  });
});

describe('what routes need', () => {
  test('a missing neighbour of a VTEP', () => {
    expect(difference(/^192.168.202.0 dev vxlan.*PERMANENT.*\n/m, '').consequence).toBe(
      '192.168.202.0/26 (2 pods: pod4, pod5) cannot be reached: 192.168.202.0 is asked for by ARP on vxlan.calico, where nobody answers',
    );
  });

  test('a neighbour that was learnt does not count as missing if it says the same', () => {
    expect(compared(text.replace(/(192.168.202.0 dev vxlan.*)PERMANENT/, '$1REACHABLE'))).toEqual([]);
  });

  test('a missing neighbour of a pod is asked for', () => {
    expect(difference(/^192.168.36.73 dev cali.*PERMANENT.*\n/m, '').consequence).toBe(
      'the node asks for 192.168.36.73 by ARP before it sends to 192.168.36.73/32 (1 pod: pod73)',
    );
  });

  test('a stale forwarding entry leads to a dead VTEP (calico#7281)', () => {
    expect(difference('dst 10.211.55.9 self', 'dst 10.211.55.7 self').consequence).toBe(
      'frames for 192.168.202.0/26 (2 pods: pod4, pod5) go to 10.211.55.7 instead of 10.211.55.9',
    );
  });

  test('a missing forwarding entry', () => {
    expect(difference(/^66:2d:.*self permanent\n/m, '').consequence).toBe(
      '192.168.202.0/26 (2 pods: pod4, pod5) cannot be reached: frames for 66:2d:bf:44:a6:8b have no VTEP and are dropped',
    );
  });
});

describe('devices and settings', () => {
  test('a device that is down, and one with a smaller MTU', () => {
    expect(difference(/(vxlan.calico: <BROADCAST,MULTICAST),UP,LOWER_UP/, '$1').consequence).toBe(
      'no packet leaves or enters by vxlan.calico',
    );
    expect(difference(/(vxlan.calico: .*) mtu 1450/, '$1 mtu 1400').consequence).toContain(
      'packets of 1401 to 1450 bytes',
    );
  });

  test('the address of the tunnel', () => {
    const found = compared(text.replace('192.168.36.64/32 scope', '192.168.36.65/32 scope'));
    expect(found.map(({ section, kind }) => [section, kind])).toEqual([
      ['address', 'missing'],
      ['address', 'extra'],
    ]);
  });

  test('forwarding, proxy ARP, and a reverse path filter where the larger of two counts', () => {
    expect(
      compared(text.replace('net.ipv4.ip_forward = 1', 'net.ipv4.ip_forward = 0'))[0]?.consequence,
    ).toContain('nothing is forwarded');
    expect(
      difference('calic2730abf871.proxy_arp = 1', 'calic2730abf871.proxy_arp = 0').consequence,
    ).toContain('the pod behind it has no gateway');
    expect(difference('conf.eth0.rp_filter = 0', 'conf.eth0.rp_filter = 1').consequence).toContain(
      'by another device are dropped',
    );
  });
});

test('a node compared with itself is equal, whatever lists are left out, and each lost route is missing once', () => {
  fc.assert(
    fc.property(fc.subarray(programmed.routes.map((_, i) => i)), (kept) => {
      const routes = kept.map((i) => programmed.routes[i] as NodeDump['routes'][number]);
      const found = diffNode(programmed, { ...programmed, routes });
      const lost = programmed.routes.filter((route) => !routes.includes(route) && route.table === 254);
      expect(found.map(({ kind }) => kind)).toEqual(lost.map(() => 'missing'));
      expect(found.every(({ consequence }) => consequence !== '')).toBe(true);
    }),
  );
});
