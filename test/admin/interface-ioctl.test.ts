// ifconfig's ioctls, step by step as recorded from Linux 6.1; and `ip tunnel`'s.
import { describe, expect, it } from 'vitest';
import { formatIpv4 } from '../../src/addr/ipv4.ts';
import { dumpAddresses } from '../../src/admin/address.ts';
import {
  classLength,
  interfaceAddress,
  removeInterfaceAddress,
  setInterfaceAddress,
  setInterfaceBroadcast,
  setInterfaceMask,
  setInterfacePeer,
} from '../../src/admin/interface-ioctl.ts';
import { getLink } from '../../src/admin/link.ts';
import { addTunnel, changeTunnel, deleteTunnel } from '../../src/admin/tunnel.ts';
import type { Namespace } from '../../src/netns/namespace.ts';
import { add, ip, machine, up, words } from './machine.ts';

const held = (namespace: Namespace): string[] =>
  dumpAddresses(namespace).map(
    (info) =>
      `${formatIpv4(info.local)}/${info.length} brd ${formatIpv4(info.broadcast)}${(info.flags & 1) === 0 ? '' : ' secondary'} ${info.label}`,
  );

describe('ifconfig', () => {
  it('gives an address its class as a mask and a broadcast address that follows the mask', () => {
    const { root } = machine();
    add(root, 'dummy', 'd0');
    up(root, 'd0');
    const steps: readonly (readonly [string, string[]])[] = [
      [words(setInterfaceAddress(root, 'd0', ip('10.1.2.3'))), ['10.1.2.3/8 brd 10.255.255.255 d0']],
      [words(setInterfaceMask(root, 'd0', ip('255.255.0.0'))), ['10.1.2.3/16 brd 10.1.255.255 d0']],
      [words(setInterfaceBroadcast(root, 'd0', ip('10.1.9.9'))), ['10.1.2.3/16 brd 10.1.9.9 d0']],
      [words(setInterfaceMask(root, 'd0', ip('255.255.255.0'))), ['10.1.2.3/24 brd 10.1.9.9 d0']],
      [words(setInterfaceMask(root, 'd0', ip('255.0.255.0'))), []],
    ];
    expect(steps.map(([outcome]) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok', 'Invalid argument']);
    expect(held(root)).toEqual(steps[3][1]);
  });

  it('keeps several under labels with a colon, each to be changed and removed by its own', () => {
    const { root } = machine();
    add(root, 'dummy', 'd0');
    for (const [name, address] of [
      ['d0', '10.2.2.2'],
      ['d0:1', '10.2.2.7'],
      ['d0:2', '192.168.5.5'],
    ])
      expect(words(setInterfaceAddress(root, name, ip(address)))).toBe('ok');
    expect(held(root)).toEqual([
      '10.2.2.2/8 brd 10.255.255.255 d0',
      '192.168.5.5/24 brd 192.168.5.255 d0:2',
      '10.2.2.7/8 brd 10.255.255.255 secondary d0:1',
    ]);
    expect(words(removeInterfaceAddress(root, 'd0:1'))).toBe('ok');
    expect(interfaceAddress(root, 'd0:1')).toBeNull();
    expect(words(setInterfacePeer(root, 'd0', ip('10.9.9.9')))).toBe('ok');
    expect(interfaceAddress(root, 'd0')).toMatchObject({ local: ip('10.2.2.2'), peer: ip('10.9.9.9') });
  });

  it('0.0.0.0 takes the address away, and what cannot be is refused', () => {
    const { root } = machine();
    add(root, 'dummy', 'd0');
    expect(words(setInterfaceAddress(root, 'd0', ip('10.2.2.2')))).toBe('ok');
    expect(words(setInterfaceAddress(root, 'd0', ip('0.0.0.0')))).toBe('ok');
    expect(held(root)).toEqual([]);
    expect([
      words(setInterfaceAddress(root, 'nodev', ip('10.1.1.1'))),
      words(setInterfaceAddress(root, 'd0', ip('224.0.0.5'))),
      words(setInterfaceMask(root, 'd0:9', ip('255.0.0.0'))),
      words(removeInterfaceAddress(root, 'd0:9')),
    ]).toEqual([
      'No such device',
      'Invalid argument',
      'Cannot assign requested address',
      'Cannot assign requested address',
    ]);
  });

  it.each([
    ['0.0.0.0', 0],
    ['0.1.2.3', 8],
    ['10.0.0.1', 8],
    ['172.16.0.1', 16],
    ['192.168.0.1', 24],
    ['255.255.255.255', 0],
  ])('the class of %s is /%i', (text, length) => {
    expect(classLength(ip(text))).toBe(length);
  });
});

describe('ip tunnel', () => {
  it('makes, changes and removes tunnels, and tunl0 comes with the first', () => {
    const { root } = machine();
    const remote = { remote: ip('10.0.0.5') };
    expect(words(addTunnel(root, 't5', remote))).toBe('ok');
    const answer = getLink(root, 't5');
    expect('value' in answer && answer.value).toMatchObject({
      minMtu: 68,
      maxMtu: 65515,
      mtu: 1480,
      index: 3,
    });
    expect([
      words(addTunnel(root, 't6', remote)),
      words(addTunnel(root, '', {})),
      words(addTunnel(root, 'a/b', { remote: ip('10.0.0.6') })),
      words(changeTunnel(root, 't5', { ...remote, ttl: 9 })),
      words(changeTunnel(root, 't9', remote)),
      words(changeTunnel(root, 'lo', remote)),
      words(deleteTunnel(root, 'tunl0')),
      words(deleteTunnel(root, 't5')),
    ]).toEqual([
      'File exists',
      'File exists',
      'Argument list too long',
      'ok',
      'No such device',
      'Operation not supported',
      'Operation not permitted',
      'ok',
    ]);
    expect([...root.names.keys()]).toEqual(['lo', 'tunl0']);
  });
});
