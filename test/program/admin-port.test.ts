// The port to one namespace: what it says is there, and where operations reach beyond it.
import { describe, expect, test } from 'vitest';
import { mac } from '../../src/addr/mac.ts';
import { createLab } from '../../src/lab/create.ts';
import { AdminPort } from '../../src/program/admin-port.ts';
import { ip, ok, words } from '../admin/machine.ts';

function twoNamespaces() {
  const lab = createLab();
  const node = new AdminPort(lab, lab.addNamespace('node1')!);
  const pod = new AdminPort(lab, lab.addNamespace('pod1')!);
  return { lab, node, pod };
}

const veth = { name: 'cali1', kind: 'veth', veth: { peer: { name: 'eth0' } } };

describe('an operation', () => {
  test("makes a veth's other end in the namespace that is named", () => {
    const { node, pod } = twoNamespaces();
    ok(node.perform({ do: 'add-link', link: veth, peerNamespace: 'pod1' }));
    expect([node.link('cali1')?.kind, pod.link('eth0')?.kind, node.link('eth0')]).toEqual([
      'veth',
      'veth',
      null,
    ]);
  });

  test('moves a link there, and back to the initial namespace', () => {
    const { lab, node, pod } = twoNamespaces();
    ok(node.perform({ do: 'add-link', link: { name: 'd0', kind: 'dummy' } }));
    ok(node.perform({ do: 'set-link', device: 'd0', change: {}, toNamespace: 'pod1' }));
    ok(pod.perform({ do: 'set-link', device: 'd0', change: { name: 'd1' }, toNamespace: '' }));
    expect(new AdminPort(lab, lab.kernel.initial).link('d1')).not.toBeNull();
  });

  test('that names no namespace is refused', () => {
    const { node } = twoNamespaces();
    const refused = 'Error: argument "netns" is wrong: Invalid "netns" value.';
    expect(words(node.perform({ do: 'add-link', link: veth, peerNamespace: 'pod2' }))).toBe(refused);
    ok(node.perform({ do: 'add-link', link: { name: 'd0', kind: 'dummy' } }));
    const moved = node.perform({ do: 'set-link', device: 'd0', change: {}, toNamespace: 'pod2' });
    expect([words(moved), node.link('d0')?.name]).toEqual([refused, 'd0']);
  });
});

test('a device is asked for what it has, and what others have is not told', () => {
  const { node } = twoNamespaces();
  for (const name of ['d0', 'd1']) {
    const local = ip(name === 'd0' ? '10.0.0.1' : '10.0.1.1');
    ok(node.perform({ do: 'add-link', link: { name, kind: 'dummy', up: true } }));
    ok(node.perform({ do: 'add-address', device: name, address: { local, peer: local, length: 24 } }));
    const neighbour = { destination: ip('10.0.0.9'), device: name, lladdr: mac(2), state: 0x80 };
    ok(node.perform({ do: 'replace-neighbour', neighbour }));
  }
  const permanent = node.neighbours('d1').filter(({ state }) => state === 0x80);
  expect(node.addresses('d1').map(({ deviceName }) => deviceName)).toEqual(['d1']);
  expect(permanent.map(({ device }) => device)).toEqual(['d1']);
  expect([node.addresses('d2'), node.neighbours('d2')]).toEqual([[], []]);
  expect(node.sysctl('net/ipv4/conf/d2/rp_filter')).toBeNull();
});
