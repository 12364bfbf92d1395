// VRF devices as the kernel makes, fills and empties them; every text was recorded from Linux 6.1 (captures/vrf).
import { describe, expect, it } from 'vitest';
import { addLink, deleteLink, getLink, setLink } from '../../src/admin/link.ts';
import { changeRoute, dumpRoutes } from '../../src/admin/route.ts';
import { deleteRule, dumpRules } from '../../src/admin/rule.ts';
import { readSysctl, writeSysctl } from '../../src/admin/sysctl.ts';
import type { Namespace } from '../../src/netns/namespace.ts';
import {
  add,
  address,
  down,
  ip,
  LOCAL,
  line,
  machine,
  ok,
  pair,
  routes,
  up,
  words,
} from '../admin/machine.ts';

/** A namespace with a cable, whose first end has an address, and a VRF `red` of table 10. */
function domain(): Namespace {
  const { root } = machine();
  pair(root, 'left', 'far');
  for (const name of ['lo', 'left', 'far']) up(root, name);
  ok(address(root, 'left', '10.1.0.1/24'));
  add(root, 'vrf', 'red', { vrf: { table: 10 } });
  up(root, 'red');
  return root;
}

const priorities = (root: Namespace): number[] => dumpRules(root).map(({ priority }) => priority);

describe('a VRF device', () => {
  it('needs a table', () => {
    const { root } = machine();
    expect(words(addLink(root, { kind: 'vrf', name: 'v' }))).toBe('Error: VRF table id is missing.');
    expect(words(addLink(root, { kind: 'vrf', name: 'v', vrf: { table: 0 } }))).toBe(
      'Error: Invalid VRF table id.',
    );
    expect(priorities(root)).toEqual([0, 32766, 32767]);
  });

  it('is as large as a packet can be, and has no ARP', () => {
    expect(line(domain(), 'red')).toBe('4: red: <NOARP,UP,LOWER_UP> mtu 65575 qdisc noqueue state UP');
  });

  it('stays where it is', () => {
    const { lab, root } = machine();
    add(root, 'vrf', 'red', { vrf: { table: 10 } });
    expect(words(setLink(root, 'red', { namespace: lab.addNamespace('b')! }))).toBe('Invalid argument');
  });

  it('brings one rule for all VRFs, and not again once that was deleted', () => {
    const root = domain();
    add(root, 'vrf', 'blue', { vrf: { table: 20 } });
    expect(priorities(root)).toEqual([0, 1000, 32766, 32767]);
    ok(deleteRule(root, { l3mdev: true }));
    add(root, 'vrf', 'green', { vrf: { table: 30 } });
    expect(priorities(root)).toEqual([0, 32766, 32767]);
  });

  it('makes its table, be it empty', () => {
    const root = domain();
    expect(root.fib.hasTable(10)).toBe(true);
    expect(routes(root, 10)).toEqual([]);
  });
});

describe('enslaving', () => {
  it('moves the routes of addresses into the table, and drops all others', () => {
    const root = domain();
    ok(
      changeRoute(root, 'add', {
        table: 0,
        destination: ip('10.9.0.0'),
        length: 16,
        nextHops: [{ device: '', gateway: ip('10.1.0.2') }],
      }),
    );
    ok(setLink(root, 'left', { master: 'red' }));
    expect(routes(root)).toEqual([]);
    expect(routes(root, LOCAL).filter((route) => route.includes('left'))).toEqual([]);
    expect(routes(root, 10)).toEqual([
      '10.1.0.0/24 dev left src 10.1.0.1',
      'local 10.1.0.1 dev left src 10.1.0.1',
      'broadcast 10.1.0.255 dev left src 10.1.0.1',
    ]);
  });

  it('is undone by nomaster: the routes come back, and nothing is left in the table', () => {
    const root = domain();
    const before = dumpRoutes(root);
    ok(setLink(root, 'left', { master: 'red' }));
    ok(setLink(root, 'left', { master: '' }));
    expect(dumpRoutes(root)).toEqual(before);
  });

  it('is undone when the VRF goes', () => {
    const root = domain();
    ok(setLink(root, 'left', { master: 'red' }));
    ok(deleteLink(root, 'red'));
    expect(routes(root)).toEqual(['10.1.0.0/24 dev left src 10.1.0.1']);
    expect(routes(root, 10)).toEqual([]);
    expect(line(root, 'left')).not.toContain('master');
  });

  it('takes even the local route of a device that is down, until it is up', () => {
    const root = domain();
    down(root, 'left');
    expect(routes(root, LOCAL)).toContain('local 10.1.0.1 dev left src 10.1.0.1');
    ok(setLink(root, 'left', { master: 'red' }));
    expect(routes(root, LOCAL).join()).not.toContain('left');
    expect(routes(root, 10)).toEqual([]);
    up(root, 'left');
    expect(routes(root, 10)).toContain('local 10.1.0.1 dev left src 10.1.0.1');
  });

  it.each([
    ['lo', 'Error: Can not enslave loopback device to a VRF.'],
    ['blue', 'Error: Can not enslave an L3 master device to a VRF.'],
    ['red', 'Error: Can not enslave an L3 master device to a VRF.'],
  ])('refuses %s', (device, refusal) => {
    const root = domain();
    add(root, 'vrf', 'blue', { vrf: { table: 20 } });
    expect(words(setLink(root, device, { master: 'red' }))).toBe(refusal);
  });

  it('takes a device from its bridge, and a bridge takes no VRF', () => {
    const root = domain();
    add(root, 'bridge', 'br0');
    ok(setLink(root, 'left', { master: 'br0' }));
    ok(setLink(root, 'left', { master: 'red' }));
    expect(root.names.get('left')!.port).toBeNull();
    expect(line(root, 'left')).toContain('master red');
    expect(words(setLink(root, 'red', { master: 'br0' }))).toBe('Invalid argument');
  });

  it('ends when the device leaves the namespace', () => {
    const { lab, root } = machine();
    add(root, 'vrf', 'red', { vrf: { table: 10 } });
    add(root, 'dummy', 'd0', { master: 'red' });
    const other = lab.addNamespace('b')!;
    ok(setLink(root, 'd0', { namespace: other }));
    expect(other.names.get('d0')!.vrf).toBeNull();
  });

  it('is told with the table of the VRF', () => {
    const root = domain();
    ok(setLink(root, 'left', { master: 'red' }));
    const answer = getLink(root, 'left');
    expect('value' in answer && [answer.value.master, answer.value.vrfTable]).toEqual(['red', 10]);
  });
});

describe('net.vrf.strict_mode', () => {
  const PATH = 'net/vrf/strict_mode';

  it('is there once the module is', () => {
    const { root } = machine();
    expect(readSysctl(root, PATH)).toHaveProperty('refusal');
    add(root, 'vrf', 'red', { vrf: { table: 10 } });
    expect(readSysctl(root, PATH)).toEqual({ value: '0' });
  });

  it('lets no two VRFs share a table, and cannot be switched on while two do', () => {
    const root = domain();
    add(root, 'vrf', 'twin', { vrf: { table: 10 } });
    expect(words(writeSysctl(root, PATH, '1'))).toBe('Device or resource busy');
    ok(deleteLink(root, 'twin'));
    ok(writeSysctl(root, PATH, '1'));
    const twin = { kind: 'vrf', name: 'twin', vrf: { table: 10 } };
    expect(words(addLink(root, twin))).toBe('Error: Table is used by another VRF.');
    expect(root.names.has('twin')).toBe(false);
    expect(words(writeSysctl(root, PATH, '2'))).toBe('Invalid argument');
  });
});
