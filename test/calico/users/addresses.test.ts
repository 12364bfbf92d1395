// Problems of users with addresses: borrowed ones, and such as two nodes have.
import { describe, expect, test } from 'vitest';
import { blockYaml, IPIP, nodeYaml, pair, podYaml, poolYaml, VXLAN, world } from './cluster.ts';

describe('node#12: two nodes with the same address of tunl0', () => {
  const twins = [
    poolYaml(IPIP),
    nodeYaml('n1', '10.0.0.1/24', 'ipv4IPIPTunnelAddr: 192.168.1.0'),
    nodeYaml('n2', '10.0.0.2/24', 'ipv4IPIPTunnelAddr: 192.168.1.0'),
    podYaml('a', 'n1', '192.168.1.5'),
    podYaml('b', 'n2', '192.168.2.5'),
  ].join('');

  test('is a warning about the resources', () => {
    expect(world(twins).warnings.join('\n')).toMatch(
      /Node n2: spec\.bgp\.ipv4IPIPTunnelAddr = '192\.168\.1\.0' \(Node n1 has it too\)/,
    );
  });

  test('and the answer ends at the other node', () => {
    const lines = world(twins).trace('n1', 'default.b');
    expect(lines.at(-2)).toContain('its source 192.168.1.0 is an address of this host');
    expect(lines).toContain(
      'route local 192.168.1.0 dev tunl0 table local proto kernel scope host src 192.168.1.0',
    );
    expect(lines.at(-1)).toBe(
      'An answer would not have come back either: delivered at n2 to ICMP, as an echo reply: 192.168.1.0 is an address of n2 too.',
    );
  });

  test('while pods with addresses of their own reach each other', () => {
    expect(world(twins).trace('default.a', 'default.b').at(-1)).toMatch(/was reached and answered\.$/);
  });
});

describe('calico#6160: a tunnel address out of another node’s block', () => {
  const borrowed = [
    pair(VXLAN).replace('ipv4VXLANTunnelAddr: 192.168.1.0', 'ipv4VXLANTunnelAddr: 192.168.2.9'),
    nodeYaml('n3', '10.0.0.3/24', 'ipv4VXLANTunnelAddr: 192.168.3.0'),
    podYaml('d', 'n3', '192.168.3.5'),
    blockYaml('192.168.1.0/26', 'n1', { 5: 'n1' }),
    blockYaml('192.168.2.0/26', 'n2', { 0: 'n2', 5: 'n2', 9: 'n1' }),
    blockYaml('192.168.3.0/26', 'n3', { 0: 'n3', 5: 'n3' }),
  ].join('');

  test('before v3.30 the answer follows the block to its owner', () => {
    const lines = world(borrowed, { release: 'v3.20' }).trace('n1', 'default.d');
    expect(lines[0]).toMatch(/^n1 \(192\.168\.2\.9\)/);
    expect(lines).toContain('route 192.168.2.0/26 via 192.168.2.0 dev vxlan.calico onlink');
    expect(lines.at(-1)).toMatch(
      /^The answer did not come back: dropped at n2 .*blackhole 192\.168\.2\.0\/26 proto 80/,
    );
  });

  test('then the address has a route of its own, and the answer comes back', () => {
    const lines = world(borrowed, { release: 'v3.32' }).trace('n1', 'default.d');
    expect(lines).toContain('route 192.168.2.9 dev vxlan.calico scope link mtu 1450');
    expect(lines).toContain('lost to it: 192.168.2.0/26 via 192.168.2.0 dev vxlan.calico onlink mtu 1450');
    expect(lines.at(-1)).toMatch(/was reached and answered\.$/);
  });
});

describe('calico#3246: pods of a block’s owner and one that borrowed from it', () => {
  const borrower = (node: string | null): string =>
    [
      poolYaml(VXLAN),
      nodeYaml('n1', '10.0.0.1/24', 'ipv4VXLANTunnelAddr: 192.168.1.0'),
      nodeYaml('n2', '10.0.0.2/24', 'ipv4VXLANTunnelAddr: 192.168.2.0'),
      podYaml('a', 'n1', '192.168.1.5'),
      podYaml('b', 'n2', '192.168.1.9'),
      blockYaml('192.168.1.0/26', 'n1', { 0: 'n1', 5: 'n1', 9: node }),
      blockYaml('192.168.2.0/26', 'n2', { 0: 'n2' }),
    ].join('');

  test('an allocation that does not say its node leaves the block’s blackhole as the longest match', () => {
    const lines = world(borrower(null)).trace('default.a', 'default.b');
    expect(lines.at(-2)).toContain('the longest match for 192.168.1.9 is blackhole 192.168.1.0/26 proto 80');
    expect(lines.at(-2)).toMatch(/no ICMP was sent\.$/);
  });

  test('one that does gives the owner a route to the borrower', () => {
    const lines = world(borrower('n2')).trace('default.a', 'default.b');
    expect(lines).toContain('lost to it: blackhole 192.168.1.0/26 proto 80');
    expect(lines.at(-1)).toMatch(/was reached and answered\.$/);
  });
});
