// tunl0 and vxlan.calico as a node wants them: S34 and S35.
import { describe, expect, test } from 'vitest';
import { Errno } from '../../../src/addr/errno.ts';
import { formatPrefix } from '../../../src/addr/ipv4.ts';
import { mac } from '../../../src/addr/mac.ts';
import { ensureSysctls } from '../../../src/calico/table/sysctls.ts';
import {
  ensureIpip,
  ensureVxlan,
  removeVxlan,
  type VxlanSettings,
} from '../../../src/calico/table/tunnel-device.ts';
import type { Port } from '../../../src/program/port.ts';
import { address, down, ip, ok } from '../../admin/machine.ts';
import { node } from './node.ts';

const addresses = (port: Port, device: string): string[] =>
  port.addresses(device).map(({ local, length }) => formatPrefix(local, length));
const state = (port: Port, device: string) => {
  const link = port.link(device);
  return link && { up: (link.flags & 1) !== 0, mtu: link.mtu, addresses: addresses(port, device) };
};

describe('tunl0', () => {
  const wanted = { address: ip('192.168.0.1'), mtu: 1400 };

  test('S35: is made, set up, and has its address and MTU', () => {
    const { port } = node(0);
    expect(ensureIpip(port, wanted)).toEqual([]);
    expect(state(port, 'tunl0')).toEqual({ up: true, mtu: 1400, addresses: ['192.168.0.1/32'] });
  });

  test('S35: another MTU is only a change of the MTU, and the same settings are no change', () => {
    const { port, asked } = node(0);
    ensureIpip(port, wanted);
    asked();
    ensureIpip(port, { ...wanted, mtu: 1300 });
    ensureIpip(port, { ...wanted, mtu: 1500 });
    ensureIpip(port, { ...wanted, mtu: 1500 });
    expect(asked()).toEqual(['ip link set dev tunl0 mtu 1300', 'ip link set dev tunl0 mtu 1500']);
  });

  test('S35: without an address all that it has go, link-local ones too, and the device stays', () => {
    const { port, namespace } = node(0);
    ensureIpip(port, wanted);
    ok(address(namespace, 'tunl0', '169.254.1.1/32'));
    expect(ensureIpip(port, { ...wanted, address: ip('0.0.0.0') })).toEqual([]);
    expect(state(port, 'tunl0')).toEqual({ up: true, mtu: 1400, addresses: [] });
  });

  test('turned off loses its addresses and stays', () => {
    const { port } = node(0);
    ensureIpip(port, wanted);
    expect(ensureIpip(port, null)).toEqual([]);
    expect(state(port, 'tunl0')?.addresses).toEqual([]);
  });

  test('turned off where there is none is nothing', () => {
    const { port, asked } = node(0);
    expect([ensureIpip(port, null), asked(), port.link('tunl0')]).toEqual([[], [], null]);
  });

  test.each(['set-link', 'add-address', 'delete-address', 'load-module'] as const)(
    'a %s that is refused is told, and the next time makes it right',
    (kind) => {
      const { port, namespace } = node(0);
      if (kind === 'delete-address') {
        ensureIpip(port, { ...wanted, address: ip('192.168.0.9') });
        ok(address(namespace, 'tunl0', '10.1.1.1/24'));
      }
      port.failAt(kind, 1, Errno.ENOBUFS);
      const failures = ensureIpip(port, wanted).map(({ operation, refusal }) => [
        operation.do,
        refusal.errno,
      ]);
      expect(failures).toContainEqual([kind, Errno.ENOBUFS]);
      expect(ensureIpip(port, wanted)).toEqual([]);
      expect(state(port, 'tunl0')).toEqual({ up: true, mtu: 1400, addresses: ['192.168.0.1/32'] });
    },
  );
});

describe('vxlan.calico', () => {
  const wanted: VxlanSettings = {
    name: 'vxlan.calico',
    vni: 4096,
    port: 4789,
    local: ip('12.0.0.2'),
    parent: 'eth0',
    mac: mac(0x66f937c37e94),
    mtu: 1450,
    address: ip('10.0.0.0'),
  };

  function made() {
    const one = node(1);
    expect(ensureVxlan(one.port, wanted)).toEqual([]);
    return { ...one, made: one.asked() };
  }

  test('is made with its VNI, parent, source, port and MAC, does not learn, and is up with its address', () => {
    const { port } = made();
    const { address, vxlan } = port.link('vxlan.calico')!;
    expect(state(port, 'vxlan.calico')).toEqual({ up: true, mtu: 1450, addresses: ['10.0.0.0/32'] });
    expect([address, vxlan]).toMatchObject([
      wanted.mac,
      { vni: 4096, port: 4789, local: wanted.local, link: port.link('eth0')!.index, learning: false },
    ]);
  });

  test('S34: is kept where it is as wanted', () => {
    const { port, asked } = made();
    expect([ensureVxlan(port, wanted), asked()]).toEqual([[], []]);
  });

  const differences: [what: string, change: Partial<VxlanSettings>][] = [
    ['VNI', { vni: 4097 }],
    ['port', { port: 4790 }],
    ['parent', { parent: 'cali1' }],
    ['source address', { local: ip('12.0.0.3') }],
    ['MAC', { mac: mac(0x660000000001) }],
  ];
  test.each(differences)('S34: is made anew for another %s', (_, change) => {
    const { port, indexOf, asked } = made();
    const before = indexOf('vxlan.calico');
    expect(ensureVxlan(port, { ...wanted, ...change })).toEqual([]);
    expect(indexOf('vxlan.calico')).not.toBe(before);
    expect(asked()[0]).toBe('ip link delete dev vxlan.calico');
    expect([ensureVxlan(port, { ...wanted, ...change }), asked()]).toEqual([[], []]);
  });

  test('S34: is made anew where it tells of missing neighbours', () => {
    const { port, asked } = made();
    ok(port.perform({ do: 'delete-link', device: 'vxlan.calico' }));
    const vxlan = { vni: 4096, link: 'eth0', local: wanted.local, port: 4789, learning: false, l2miss: true };
    ok(
      port.perform({
        do: 'add-link',
        link: { name: 'vxlan.calico', kind: 'vxlan', address: wanted.mac, vxlan },
      }),
    );
    asked();
    expect([ensureVxlan(port, wanted), asked()[0]]).toEqual([[], 'ip link delete dev vxlan.calico']);
  });

  test('follows its MTU and address without being made anew', () => {
    const { port, asked, namespace } = made();
    down(namespace, 'vxlan.calico');
    ensureVxlan(port, { ...wanted, mtu: 1350, address: ip('10.0.0.64') });
    expect(asked()).toEqual([
      'ip link set dev vxlan.calico mtu 1350',
      'ip address delete 10.0.0.0/32 dev vxlan.calico',
      'ip address add 10.0.0.64/32 dev vxlan.calico',
      'ip link set dev vxlan.calico up',
    ]);
  });

  test('waits for its parent, and does not go for the want of it', () => {
    const { port } = made();
    const failures = ensureVxlan(port, { ...wanted, parent: 'bond0' });
    expect(failures.map(({ refusal }) => refusal.errno)).toEqual([Errno.ENODEV]);
    expect(port.link('vxlan.calico')).not.toBeNull();
  });

  test('goes when it is turned off, once', () => {
    const { port, asked } = made();
    expect([removeVxlan(port, 'vxlan.calico'), removeVxlan(port, 'vxlan.calico'), asked()]).toEqual([
      [],
      [],
      ['ip link delete dev vxlan.calico'],
    ]);
  });

  test.each(['delete-link', 'add-link', 'add-address', 'set-link'] as const)(
    'a %s that is refused is told, and the next time makes it right',
    (kind) => {
      const { port } = made();
      const other = { ...wanted, vni: 5000 };
      port.failAt(kind, 1, Errno.ENOBUFS);
      expect(ensureVxlan(port, other).map(({ operation }) => operation.do)).toContain(kind);
      expect(ensureVxlan(port, other)).toEqual([]);
      expect(state(port, 'vxlan.calico')).toEqual({ up: true, mtu: 1450, addresses: ['10.0.0.0/32'] });
    },
  );
});

describe('settings', () => {
  const of = (setting: string, value = '1') => ({ path: `net/ipv4/conf/cali1/${setting}`, value });

  test('are written in their order', () => {
    const { port, asked } = node(1);
    expect(ensureSysctls(port, [of('route_localnet'), of('proxy_arp')])).toEqual([]);
    expect(asked().map((line) => line.split('.').at(-1))).toEqual(['route_localnet=1', 'proxy_arp=1']);
    expect(port.sysctl('net/ipv4/conf/cali1/proxy_arp')).toBe('1');
  });

  test('that are refused are told, and those behind are written all the same', () => {
    const { port } = node(1);
    const failures = ensureSysctls(port, [of('nothing'), of('proxy_arp')]);
    expect(failures.map(({ refusal }) => refusal.errno)).toEqual([Errno.ENOENT]);
    expect(port.sysctl('net/ipv4/conf/cali1/proxy_arp')).toBe('1');
  });
});
