// Flags, operational state and qdisc of devices in every situation, as `ip link` prints them on Linux 6.1.
import { describe, expect, it } from 'vitest';
import { setLink } from '../../src/admin/link.ts';
import { loadModule } from '../../src/admin/module.ts';
import { add, down, line, lines, machine, ok, pair, up } from '../admin/machine.ts';

const SECOND = 1_000_000;

describe('a device that is new', () => {
  it('is down with qdisc noop: every kind in its own way', () => {
    const { root } = machine();
    add(root, 'dummy', 'd0');
    add(root, 'bridge', 'br0');
    pair(root, 'v0', 'v1');
    expect(lines(root)).toEqual([
      '1: lo: <LOOPBACK> mtu 65536 qdisc noop state DOWN',
      '2: d0: <BROADCAST,NOARP> mtu 1500 qdisc noop state DOWN',
      '3: br0: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN',
      '4: v1@v0: <BROADCAST,MULTICAST,M-DOWN> mtu 1500 qdisc noop state DOWN',
      '5: v0@v1: <BROADCAST,MULTICAST,M-DOWN> mtu 1500 qdisc noop state DOWN',
    ]);
  });

  it('tunl0 is in every namespace once ipip is loaded, and in those that come later', () => {
    const { lab, root } = machine();
    const before = lab.addNamespace('before')!;
    ok(loadModule(lab.kernel, 'ipip'));
    const after = lab.addNamespace('after')!;
    for (const namespace of [root, before, after])
      expect(line(namespace, 'tunl0')).toBe('2: tunl0@NONE: <NOARP> mtu 1480 qdisc noop state DOWN');
  });
});

describe('a device that goes up', () => {
  it('without a carrier of its own to watch it is UNKNOWN and stays so', () => {
    const { root } = machine();
    add(root, 'dummy', 'd0');
    up(root, 'd0');
    up(root, 'lo');
    expect(line(root, 'd0')).toBe(
      '2: d0: <BROADCAST,NOARP,UP,LOWER_UP> mtu 1500 qdisc noqueue state UNKNOWN',
    );
    expect(line(root, 'lo')).toBe('1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN');
  });

  it('a veth waits for its peer, and both are UP with it', () => {
    const { root } = machine();
    pair(root, 'v0', 'v1');
    up(root, 'v0');
    expect(line(root, 'v0')).toBe(
      '3: v0@v1: <NO-CARRIER,BROADCAST,MULTICAST,UP,M-DOWN> mtu 1500 qdisc noqueue state LOWERLAYERDOWN',
    );
    up(root, 'v1');
    expect(line(root, 'v0')).toBe(
      '3: v0@v1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP',
    );
    expect(line(root, 'v1')).toBe(
      '2: v1@v0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP',
    );
  });

  it('a veth that goes down keeps its qdisc and takes the carrier of its peer', () => {
    const { root } = machine();
    pair(root, 'v0', 'v1');
    up(root, 'v0');
    up(root, 'v1');
    down(root, 'v1');
    expect(line(root, 'v1')).toBe('2: v1@v0: <BROADCAST,MULTICAST> mtu 1500 qdisc noqueue state DOWN');
    expect(line(root, 'v0')).toBe(
      '3: v0@v1: <NO-CARRIER,BROADCAST,MULTICAST,UP,M-DOWN> mtu 1500 qdisc noqueue state LOWERLAYERDOWN',
    );
  });
});

describe('a bridge', () => {
  it('without ports is UNKNOWN with carrier', () => {
    const { root } = machine();
    add(root, 'bridge', 'br0');
    up(root, 'br0');
    expect(line(root, 'br0')).toBe(
      '2: br0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UNKNOWN',
    );
  });

  it('follows its ports, and shows it a second late when a change is not urgent', () => {
    const { lab, root } = machine();
    add(root, 'bridge', 'br0');
    up(root, 'br0');
    pair(root, 'v0', 'v1');
    up(root, 'v0');
    ok(setLink(root, 'v0', { master: 'br0' }));
    expect(line(root, 'br0')).toBe('2: br0: <BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state UNKNOWN');
    expect(line(root, 'v0')).toBe(
      '4: v0@v1: <NO-CARRIER,BROADCAST,MULTICAST,UP,M-DOWN> mtu 1500 qdisc noqueue master br0 state LOWERLAYERDOWN',
    );
    up(root, 'v1');
    expect(line(root, 'br0')).toBe(
      '2: br0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UNKNOWN',
    );
    lab.runUntil(lab.kernel.clock.now + 2 * SECOND);
    expect(line(root, 'br0')).toBe(
      '2: br0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP',
    );
    down(root, 'v1');
    lab.runUntil(lab.kernel.clock.now + 2 * SECOND);
    expect(line(root, 'br0')).toBe(
      '2: br0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN',
    );
  });

  it('with STP a port listens and learns for a forward delay each before it forwards', () => {
    const { lab, root } = machine();
    add(root, 'bridge', 'br0', { bridge: { stp: true } });
    up(root, 'br0');
    add(root, 'dummy', 'd0', { arp: true });
    ok(setLink(root, 'd0', { master: 'br0', up: true }));
    const port = root.names.get('d0')!.port!;
    const states = [1, 16, 31].map((seconds) => {
      lab.runUntil(lab.kernel.clock.bootedAt + seconds * SECOND);
      return port.state;
    });
    expect(states).toEqual([1, 2, 3]);
  });
});

describe('a device that moves to another namespace', () => {
  it('goes down, loses its qdisc, keeps its index, and each side names the other by an id', () => {
    const { lab, root } = machine();
    const a = lab.addNamespace('a')!;
    pair(root, 'v0', 'v1');
    up(root, 'v0');
    up(root, 'v1');
    ok(setLink(root, 'v1', { namespace: a }));
    expect(line(a, 'v1')).toBe('2: v1@if3: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN');
    expect(line(root, 'v0')).toBe(
      '3: v0@if2: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state LOWERLAYERDOWN',
    );
    expect([...root.peerIds.values(), ...a.peerIds.values()]).toEqual([0, 0]);
  });

  it('takes the next free index where its own is taken', () => {
    const { lab, root } = machine();
    const a = lab.addNamespace('a')!;
    add(a, 'dummy', 'd0');
    add(root, 'dummy', 'd1');
    ok(setLink(root, 'd1', { namespace: a }));
    expect(line(a, 'd1')).toBe('3: d1: <BROADCAST,NOARP> mtu 1500 qdisc noop state DOWN');
  });

  it('ends of equal index are DOWN without carrier and not LOWERLAYERDOWN, and that a second late', () => {
    const { lab, root } = machine();
    const a = lab.addNamespace('a')!;
    add(root, 'veth', 'v0', { veth: { peer: { name: 'v1', namespace: a } } });
    up(root, 'v0');
    lab.runUntil(lab.kernel.clock.now + 2 * SECOND);
    expect(line(root, 'v0')).toBe(
      '2: v0@if2: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN',
    );
    up(a, 'v1');
    expect(line(root, 'v0')).toBe(
      '2: v0@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP',
    );
  });
});

describe('a namespace that ends', () => {
  it('takes its cables with it, at both ends, and its id', () => {
    const { lab, root } = machine();
    const a = lab.addNamespace('a')!;
    add(root, 'veth', 'v0', { veth: { peer: { name: 'v1', namespace: a } } });
    expect(line(root, 'v0')).toMatch(/^2: v0@if2/);
    expect(lab.removeNamespace('a')).toBe(true);
    expect(lines(root).map((text) => text.split(':')[1])).toEqual([' lo']);
    expect(root.peerIds.size).toBe(0);
    expect(lab.kernel.pool.outstanding).toBe(0);
  });
});
