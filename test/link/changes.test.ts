// What may be changed of a device and what the kernel says otherwise; every text was recorded from Linux 6.1.
import { describe, expect, it } from 'vitest';
import { parseMac } from '../../src/addr/mac.ts';
import { addLink, deleteLink, deleteLinkGroup, getLink, setLink } from '../../src/admin/link.ts';
import { loadModule } from '../../src/admin/module.ts';
import type { LinkAdd, LinkInfo, LinkSet } from '../../src/admin/types.ts';
import type { Namespace } from '../../src/netns/namespace.ts';
import { add, address, ip, line, lines, machine, ok, pair, up, words } from '../admin/machine.ts';

const mac = (text: string) => parseMac(text)!;

function info(namespace: Namespace, name: string): LinkInfo {
  const answer = getLink(namespace, name);
  if ('refusal' in answer) throw new Error(`no ${name}`);
  return answer.value;
}

/** A namespace with one device of each kind. */
function zoo() {
  const { lab, root } = machine();
  ok(loadModule(lab.kernel, 'ipip'));
  add(root, 'dummy', 'd0');
  add(root, 'bridge', 'br0');
  pair(root, 'q0', 'q1');
  add(root, 'bridge', 'br1');
  add(root, 'vxlan', 'x0', { vxlan: { vni: 7, port: 4789, link: 'q0' } });
  return { lab, root, other: lab.addNamespace('b')! };
}

describe('setting one thing of one device', () => {
  const { root, other } = zoo();
  const CASES: readonly (readonly [string, string, LinkSet, string])[] = [
    ['a dummy may have any MTU', 'd0', { mtu: 0 }, 'ok'],
    ['so may the loopback', 'lo', { mtu: 70000 }, 'ok'],
    ['an IPIP device has limits of its own', 'tunl0', { mtu: 67 }, 'Invalid argument'],
    ['65535 less the outer header is its largest', 'tunl0', { mtu: 65516 }, 'Invalid argument'],
    ['and that it takes', 'tunl0', { mtu: 65515 }, 'ok'],
    ['a veth has a smallest MTU', 'q0', { mtu: 67 }, 'Error: mtu less than device minimum.'],
    ['and a largest', 'q0', { mtu: 65536 }, 'Error: mtu greater than device maximum.'],
    ['a bridge too', 'br0', { mtu: 65536 }, 'Error: mtu greater than device maximum.'],
    ['a VXLAN device leaves room in its underlying device', 'x0', { mtu: 1451 }, 'Invalid argument'],
    ['as much as the outer headers need', 'x0', { mtu: 1450 }, 'ok'],
    [
      'a tunnel has no address that could be set',
      'tunl0',
      { address: mac('1:2:3:4:0:0') },
      'Operation not supported',
    ],
    ['the loopback has', 'lo', { address: mac('2:0:0:0:0:1') }, 'ok'],
    ['but not zero', 'lo', { address: mac('0:0:0:0:0:0') }, 'Cannot assign requested address'],
    ['nor a group', 'q0', { address: mac('1:0:0:0:0:1') }, 'Cannot assign requested address'],
    ['the queue may be as long as wanted', 'q0', { txQueueLength: 40000 }, 'ok'],
    ['a veth makes its own carrier', 'q0', { carrier: false }, 'Operation not supported'],
    ['a dummy has it made', 'd0', { carrier: false }, 'ok'],
    ['the loopback stays', 'lo', { namespace: other }, 'Invalid argument'],
    ['a bridge stays', 'br0', { namespace: other }, 'Invalid argument'],
    ['tunl0 stays', 'tunl0', { namespace: other }, 'Invalid argument'],
    ['the loopback is no port', 'lo', { master: 'br1' }, 'Invalid argument'],
    ['a bridge is no port', 'br0', { master: 'br1' }, 'Error: Can not enslave a bridge to a bridge.'],
    ['a tunnel without Ethernet is no port', 'tunl0', { master: 'br1' }, 'Invalid argument'],
    ['a veth is no bridge', 'q0', { master: 'q1' }, 'Operation not supported'],
    ['a name that is taken is refused', 'q0', { name: 'q1' }, 'File exists'],
    ['a name with a slash is refused', 'q0', { name: 'q/1' }, 'Invalid argument'],
    ['a name of sixteen letters is refused', 'q0', { name: 'abcdefghijklmnop' }, 'Invalid argument'],
    ['its own name is no change', 'q0', { name: 'q0' }, 'ok'],
    ['settings of another kind are refused', 'q0', { bridge: { stp: true } }, 'Operation not supported'],
    [
      'settings of a port are refused for what is none',
      'q0',
      { bridgePort: { cost: 5 } },
      'Operation not supported',
    ],
    ['an unknown device is ENODEV', 'nowhere', { up: true }, 'No such device'],
  ];
  it.each(CASES)('%s', (_, device, request, outcome) => {
    expect(words(setLink(root, device, request))).toBe(outcome);
  });
});

describe('names', () => {
  it('a device that is up keeps its name (no kind here may be renamed live)', () => {
    const { root } = machine();
    add(root, 'dummy', 'd0');
    up(root, 'd0');
    expect(words(setLink(root, 'd0', { name: 'd1' }))).toBe('Device or resource busy');
  });

  it('without a name the kind counts; a template takes its first free number', () => {
    const { root } = machine();
    for (const request of [{ kind: 'dummy' }, { kind: 'veth' }, { kind: 'bridge' }])
      ok(addLink(root, request));
    add(root, 'dummy', 'x%d');
    add(root, 'dummy', 'x%d');
    ok(setLink(root, 'x0', { name: 'y%d' }));
    expect([...root.names.keys()].sort()).toEqual(['bridge0', 'dummy0', 'lo', 'veth0', 'veth1', 'x1', 'y0']);
  });
});

describe('adding what cannot be', () => {
  const { root } = zoo();
  const vxlan = { vni: 9, port: 4789 };
  const CASES: readonly (readonly [string, LinkAdd, string])[] = [
    ['a taken name', { kind: 'dummy', name: 'd0' }, 'File exists'],
    ['a taken name of an unknown kind', { kind: 'nosuch', name: 'd0' }, 'File exists'],
    ['an unknown kind', { kind: 'nosuch', name: 'n0' }, 'Error: Unknown device type.'],
    ['no kind at all', { name: 'n0' }, 'Error: Unknown device type.'],
    ['a taken index', { kind: 'dummy', name: 'n0', index: 2 }, 'File exists'],
    ['a second tunl0', { kind: 'ipip', name: 'tunl0' }, 'File exists'],
    ['a second tunnel from any to any', { kind: 'ipip', ipip: { protocol: 0 } }, 'File exists'],
    [
      'a peer whose name is taken',
      { kind: 'veth', name: 'n0', veth: { peer: { name: 'd0' } } },
      'File exists',
    ],
    ['a pair of one name', { kind: 'veth', name: 'n0', veth: { peer: { name: 'n0' } } }, 'File exists'],
    ['a veth too small', { kind: 'veth', name: 'n0', mtu: 67 }, 'Invalid argument'],
    [
      'a multicast address',
      { kind: 'dummy', name: 'n0', address: mac('1:0:0:0:0:1') },
      'Cannot assign requested address',
    ],
    [
      'a VNI of 25 bits',
      { kind: 'vxlan', name: 'n0', vxlan: { ...vxlan, vni: 1 << 24 } },
      'Error: VXLAN ID must be lower than 16777216.',
    ],
    [
      'a VNI that is taken',
      { kind: 'vxlan', name: 'n0', vxlan: { ...vxlan, vni: 7 } },
      'Error: A VXLAN device with the specified VNI already exists.',
    ],
    [
      'a VXLAN device without settings',
      { kind: 'vxlan', name: 'n0' },
      'Error: Required attributes not provided to perform the operation.',
    ],
    [
      'ports in the wrong order',
      { kind: 'vxlan', name: 'n0', vxlan: { ...vxlan, sourcePortLow: 5, sourcePortHigh: 4 } },
      'Error: Invalid source port range.',
    ],
    [
      'a VXLAN device too small',
      { kind: 'vxlan', name: 'n0', mtu: 60, vxlan },
      'Error: MTU must be between 68 and 65535.',
    ],
    [
      'a VXLAN device with a group address',
      { kind: 'vxlan', name: 'n0', address: mac('1:0:0:0:0:1'), vxlan },
      'Error: Provided Ethernet address is not unicast.',
    ],
    [
      'a local group',
      { kind: 'vxlan', name: 'n0', vxlan: { ...vxlan, local: ip('239.1.1.1') } },
      'Error: Local address cannot be multicast.',
    ],
    [
      'a group without a device',
      { kind: 'vxlan', name: 'n0', vxlan: { ...vxlan, group: ip('239.1.1.1') } },
      'Error: Local interface required for multicast remote destination.',
    ],
    [
      'a device that is not there',
      { kind: 'vxlan', name: 'n0', vxlan: { ...vxlan, link: 'nowhere' } },
      'Error: Invalid local interface, device not found.',
    ],
    [
      'a bridge of 65536 bytes',
      { kind: 'bridge', name: 'n0', mtu: 65536 },
      'Error: mtu greater than device maximum.',
    ],
    [
      'a bridge whose hello time is out of bounds',
      { kind: 'bridge', name: 'n0', bridge: { helloTime: 11_000_000 } },
      'Numerical result out of range',
    ],
  ];
  it.each(CASES)('%s', (_, request, outcome) => {
    const before = lines(root);
    expect(words(addLink(root, request))).toBe(outcome);
    expect(lines(root)).toEqual(before);
  });
});

describe('deleting', () => {
  it('one end of a veth takes the other; tunl0 stays without a word; lo is refused', () => {
    const { root } = zoo();
    ok(deleteLink(root, 'q1'));
    ok(deleteLink(root, 'tunl0'));
    expect(words(deleteLink(root, 'lo'))).toBe('Operation not supported');
    expect([...root.names.keys()]).toEqual(['lo', 'tunl0', 'd0', 'br0', 'br1']);
  });

  it('a VXLAN device goes with the device that it was bound to', () => {
    const { root } = zoo();
    ok(deleteLink(root, 'q0'));
    expect(root.names.has('x0')).toBe(false);
    expect(root.vxlanDevices.size).toBe(0);
  });

  it('by group: not the default one, not an empty one', () => {
    const { root } = zoo();
    expect(words(deleteLinkGroup(root, 0))).toBe('Operation not permitted');
    expect(words(deleteLinkGroup(root, 7))).toBe('No such device');
    ok(setLink(root, 'd0', { group: 7 }));
    ok(deleteLinkGroup(root, 7));
    expect(root.names.has('d0')).toBe(false);
  });
});

describe('a bridge', () => {
  it('follows the lowest address and the smallest MTU of its ports until told otherwise', () => {
    const { root } = machine();
    add(root, 'bridge', 'br1');
    const peer = { name: 'q1', address: mac('2:0:0:0:0:12'), mtu: 1300 };
    add(root, 'veth', 'q0', { address: mac('2:0:0:0:0:11'), mtu: 1400, veth: { peer } });
    const seen: [number, number][] = [];
    const look = () => seen.push([info(root, 'br1').address, info(root, 'br1').mtu]);
    ok(setLink(root, 'q0', { master: 'br1' }));
    look();
    ok(setLink(root, 'q1', { master: 'br1' }));
    look();
    ok(setLink(root, 'q0', { address: mac('2:0:0:0:0:1') }));
    look();
    ok(setLink(root, 'br1', { mtu: 1350 }));
    ok(setLink(root, 'q1', { master: '' }));
    look();
    ok(setLink(root, 'q0', { master: '' }));
    look();
    expect(seen).toEqual([
      [mac('2:0:0:0:0:11'), 1400],
      [mac('2:0:0:0:0:11'), 1300],
      [mac('2:0:0:0:0:1'), 1300],
      [mac('2:0:0:0:0:1'), 1350],
      [0, 1350],
    ]);
  });

  it('that was given an address keeps it, and has no carrier until a port forwards', () => {
    const { root } = machine();
    add(root, 'bridge', 'br0', { address: mac('2:0:0:0:0:b0') });
    up(root, 'br0');
    expect(line(root, 'br0')).toBe(
      '2: br0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN',
    );
    add(root, 'dummy', 'd0', { address: mac('2:0:0:0:0:1') });
    ok(setLink(root, 'd0', { master: 'br0' }));
    expect(info(root, 'br0').address).toBe(mac('2:0:0:0:0:b0'));
  });

  it('numbers its ports, gives back numbers, and makes them promiscuous', () => {
    const { root } = machine();
    add(root, 'bridge', 'br0');
    for (const name of ['d0', 'd1', 'd2']) {
      add(root, 'dummy', name);
      ok(setLink(root, name, { master: 'br0' }));
    }
    ok(setLink(root, 'd1', { master: '' }));
    ok(setLink(root, 'd1', { master: 'br0' }));
    const ports = ['d0', 'd1', 'd2'].map((name) => info(root, name));
    expect(ports.map((port) => port.bridgePort?.number)).toEqual([1, 2, 3]);
    expect(ports.map((port) => [port.promiscuity, port.allmulti])).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    expect(ports.map((port) => port.flags & 0x100)).toEqual([0, 0, 0]);
  });
});

describe('an IPIP device', () => {
  function withUnderlay() {
    const { root } = machine();
    pair(root, 'u0', 'u1', { mtu: 1400 });
    up(root, 'u0');
    up(root, 'u1');
    ok(address(root, 'u0', '10.0.0.1/24'));
    return root;
  }
  const ends = { remote: ip('10.0.0.2'), local: ip('10.0.0.1'), protocol: 0 };

  it('with a remote is point-to-point and leaves room for its header on the way there', () => {
    const root = withUnderlay();
    add(root, 'ipip', 't0', { ipip: ends });
    expect(line(root, 't0')).toBe('5: t0@NONE: <POINTOPOINT,NOARP> mtu 1380 qdisc noop state DOWN');
    expect(words(addLink(root, { kind: 'ipip', name: 't1', ipip: ends }))).toBe('File exists');
    add(root, 'ipip', 't2', { ipip: { link: 'u0', protocol: 0 } });
    expect(line(root, 't2')).toBe('6: t2@u0: <NOARP> mtu 1380 qdisc noop state DOWN');
  });

  it('changes its ends, but not from point-to-point to any or back', () => {
    const root = withUnderlay();
    add(root, 'ipip', 't0', { ipip: ends });
    add(root, 'ipip', 't2', { ipip: { link: 'u0', protocol: 0 } });
    ok(setLink(root, 't0', { ipip: { ...ends, remote: ip('10.0.0.3') } }));
    expect(words(setLink(root, 't0', { ipip: { local: ip('10.0.0.1') } }))).toBe('Invalid argument');
    expect(words(setLink(root, 't2', { ipip: { link: 'u0', remote: ip('9.9.9.9') } }))).toBe(
      'Invalid argument',
    );
    expect(words(setLink(root, 'tunl0', { ipip: {} }))).toBe('Invalid argument');
    ok(setLink(root, 't0', { ipip: { remote: ip('99.0.0.2') } }));
    expect(info(root, 't0')).toMatchObject({
      address: 0,
      broadcast: 0x63000002,
      permanentAddress: 0x0a000001,
    });
  });

  it('moved away keeps its underlay behind, and goes with it', () => {
    const { lab, root } = machine();
    const [a, b] = [lab.addNamespace('a')!, lab.addNamespace('b')!];
    add(a, 'ipip', 't0', { ipip: { remote: ip('1.1.1.1') } });
    ok(setLink(a, 't0', { namespace: b }));
    expect(info(b, 't0')).toMatchObject({ linkNamespace: a, linkNetnsId: 0 });
    lab.removeNamespace('a');
    expect(b.names.has('t0')).toBe(false);
    expect(root.names.has('tunl0')).toBe(true);
  });
});

describe('a VXLAN device', () => {
  it('cannot change what it was made with', () => {
    const { root } = zoo();
    const CASES: readonly (readonly [LinkSet, string])[] = [
      [{ vxlan: { vni: 8 } }, 'Error: Cannot change VNI.'],
      [{ vxlan: { vni: 7, port: 9 } }, 'Error: Cannot change port.'],
      [{ vxlan: { vni: 7, proxy: true } }, 'Error: vxlan: cannot change PROXY flag.'],
      [{ vxlan: { vni: 7, ttl: 7 } }, 'ok'],
      [{ vxlan: { vni: 7, remote: ip('10.0.0.10') } }, 'ok'],
      [{ vxlan: { vni: 7, learning: false, ageing: 30 } }, 'ok'],
    ];
    for (const [request, outcome] of CASES) expect(words(setLink(root, 'x0', request))).toBe(outcome);
    expect(info(root, 'x0').vxlan).toMatchObject({
      ttl: 7,
      remote: ip('10.0.0.10'),
      learning: false,
      ageing: 30,
    });
  });
});
