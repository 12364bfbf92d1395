// Problems of users with the network between their nodes, and with nodes registered otherwise than it is.
import { describe, expect, test } from 'vitest';
import { felixYaml, IPIP, IPIP_CROSS, pair, VXLAN, world } from './cluster.ts';

const STRICT = [
  ['net/ipv4/conf/all/rp_filter', '1'],
  ['net/ipv4/conf/default/rp_filter', '1'],
] as const;

describe.each(['calico#9138', 'calico#6568'])('%s', () => {
  test('CrossSubnet on a cloud that checks sources: pods are no addresses of the NIC', () => {
    const { trace } = world(pair(IPIP_CROSS), { underlay: ['check-source'] });
    const lines = trace('default.a', 'default.b');
    expect(lines).toContain('route 192.168.2.0/26 via 10.0.0.2 dev eth0 proto bird metric 1024');
    expect(lines.at(-2)).toBe(
      'default.b (192.168.2.5) was not reached: dropped at underlay by port1: dropped by the underlay: source ' +
        '192.168.1.5 is no address of this NIC (SKB_DROP_REASON_UNDERLAY_SOURCE); no ICMP was sent.',
    );
    expect(lines.at(-1)).toMatch(
      /^An answer would not have come back either: .*source 192\.168\.2\.5 is no address/,
    );
  });

  test('with IPIP Always the outer source is the node, and all is well', () => {
    const { trace } = world(pair(IPIP), { underlay: ['check-source'] });
    expect(trace('default.a', 'default.b').at(-1)).toMatch(/was reached and answered\.$/);
  });
});

test('calicoctl#949: a cloud that drops protocol 4, but not VXLAN', () => {
  const { trace } = world(pair(IPIP), { underlay: ['drop-protocol=4'] });
  const lines = trace('default.a', 'default.b');
  expect(lines).toContain('sent by eth0 to underlay:port1');
  expect(lines.at(-2)).toContain('dropped by the underlay: it carries no IP protocol 4');
  expect(trace('n1', '10.0.0.2').at(-1)).toMatch(/was reached and answered\.$/);
  const other = world(pair(VXLAN), { underlay: ['drop-protocol=4'] });
  expect(other.trace('default.a', 'default.b').at(-1)).toMatch(/was reached and answered\.$/);
});

test('calico#1584: a node registered with /32 answers by the tunnel what came bare, and rp_filter refuses both', () => {
  const { trace } = world(pair(IPIP_CROSS, ['10.0.0.1/24', '10.0.0.2/32']), { nodeSettings: STRICT });
  const lines = trace('default.a', 'default.b');
  expect(lines).toContain('route 192.168.2.0/26 via 10.0.0.2 dev eth0 proto bird metric 1024');
  expect(lines.at(-2)).toContain(
    'dropped at n2 by eth0: net.ipv4.conf.eth0.rp_filter=1 on eth0: the route back is ' +
      '192.168.1.0/26 via 10.0.0.1 dev tunl0 proto bird metric 1024 onlink (SKB_DROP_REASON_IP_RPFILTER)',
  );
  expect(lines.at(-1)).toContain(
    'dropped at n1 by tunl0: net.ipv4.conf.tunl0.rp_filter=1 on tunl0: the route back is ' +
      '192.168.2.0/26 via 10.0.0.2 dev eth0 proto bird metric 1024 (SKB_DROP_REASON_IP_RPFILTER)',
  );
  const loose = world(pair(IPIP_CROSS, ['10.0.0.1/24', '10.0.0.2/32']));
  expect(loose.trace('default.a', 'default.b').at(-1)).toMatch(/was reached and answered\.$/);
});

describe('calicoctl#426: host to a remote pod', () => {
  const subnets = ['10.0.0.1/24', '10.0.1.2/24'];

  test('from tunl0’s address it is answered', () => {
    const { trace } = world(pair(IPIP, subnets), { nodeSettings: STRICT });
    const lines = trace('n1', 'default.b');
    expect(lines[0]).toMatch(/^n1 \(192\.168\.1\.0\) to default\.b/);
    expect(lines.at(-1)).toMatch(/was reached and answered\.$/);
  });

  test('from a tunl0 that has lost its address rp_filter of the second hop refuses it, while pods reach each other', async () => {
    const { sh, trace } = world(pair(IPIP, subnets), { nodeSettings: STRICT });
    await sh('ip -n n1 address delete 192.168.1.0/32 dev tunl0');
    await sh('ip -n n1 route replace 192.168.2.0/26 via 10.0.1.2 dev tunl0 onlink proto bird metric 1024');
    const lines = trace('n1', 'default.b');
    expect(lines[0]).toMatch(/^n1 \(10\.0\.0\.1\) to default\.b/);
    expect(lines.at(-2)).toContain(
      'dropped at n2 by tunl0: net.ipv4.conf.tunl0.rp_filter=1 on tunl0: the route back is default via 10.0.1.1 dev eth0',
    );
    expect(lines.at(-1)).toMatch(/^An answer would not have come back either: .*rp_filter=1 on eth0/);
    expect(trace('default.a', 'default.b').at(-1)).toMatch(/was reached and answered\.$/);
  });
});

test('calico#8367: a wrong source outside the tunnel, and the route that prefers it', async () => {
  const { sh, trace } = world(pair(IPIP));
  await sh(
    'ip -n n1 address add 192.168.77.7/24 dev eth0; ip -n n1 route add 10.0.0.2 dev eth0 src 192.168.77.7',
  );
  expect(trace('default.a', 'default.b')).toContain(
    'outer source 192.168.77.7: preferred source of route 10.0.0.2 dev eth0 scope link src 192.168.77.7',
  );
});

test.each(['calico#3270', 'calico#4186'])(
  '%s: no default route on the host, so nobody is 169.254.1.1',
  async () => {
    const { sh, trace } = world(pair(IPIP));
    await sh('ip -n n1 route delete default');
    const lines = trace('default.a', 'default.b');
    expect(lines).toContain('neighbour 169.254.1.1 dev eth0 FAILED: asked 3 times by ARP, nobody answered');
    expect(lines.at(-2)).toMatch(/proxy_arp=1 but no route to 169\.254\.1\.1: not answered/);
    expect(await sh('ip -n default.a neigh show 169.254.1.1')).toEqual(['169.254.1.1 dev eth0 FAILED']);
  },
);

test('calico#10692: a VXLAN port that one node has alone', async () => {
  const { sh, trace } = world(pair(VXLAN) + felixYaml('vxlanPort: 4799', 'node.n1'));
  expect((await sh('ip -n n1 -d link show vxlan.calico')).join()).toContain('dstport 4799');
  const lines = trace('default.a', 'default.b');
  expect(lines.at(-2)).toContain('udp/4799 has no listener here (SKB_DROP_REASON_NO_SOCKET)');
  expect(lines.at(-2)).toContain('ICMP port unreachable was sent by n2 to n1: no ICMP reached the sender.');
});

test('calico#7281: a forwarding entry to a node that is no more', async () => {
  const { sh, trace } = world(pair(VXLAN));
  const [entry] = await sh('bridge -n n1 fdb show dev vxlan.calico');
  const mac = (entry as string).slice(0, 17);
  await sh(`bridge -n n1 fdb replace ${mac} dev vxlan.calico dst 10.0.0.99 self permanent`);
  const lines = trace('default.a', 'default.b');
  expect(lines).toContain(`fdb of vxlan.calico: ${mac} dst 10.0.0.99 self permanent`);
  expect(lines.at(-2)).toMatch(/after VXLAN encapsulation: 10\.0\.0\.99 dev eth0 FAILED, nobody answered/);
  expect(lines.at(-2)).toMatch(/was sent by n1 to n1: no ICMP reached the sender\.$/);
});
