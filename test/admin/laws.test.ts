// Laws of the administrative side: whatever is asked in whatever order, nothing throws and the machine stays whole.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ipv4, ipv4, networkOf } from '../../src/addr/ipv4.ts';
import { mac } from '../../src/addr/mac.ts';
import { changeAddress, deleteAddress, dumpAddresses } from '../../src/admin/address.ts';
import { changeFdb, deleteFdb, dumpFdb } from '../../src/admin/fdb.ts';
import { addLink, deleteLink, dumpLinks, setLink } from '../../src/admin/link.ts';
import { loadModule, removeModule } from '../../src/admin/module.ts';
import { changeNeighbour, dumpNeighbours } from '../../src/admin/neighbour.ts';
import { changeRoute, deleteRoute, dumpRoutes } from '../../src/admin/route.ts';
import { getRoute } from '../../src/admin/route-get.ts';
import { addRule, deleteRule, dumpRules } from '../../src/admin/rule.ts';
import { readSysctl, writeSysctl } from '../../src/admin/sysctl.ts';
import type { AddressRequest, LinkAdd, LinkSet, RouteRequest } from '../../src/admin/types.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { type Device, Kind } from '../../src/netns/device.ts';
import type { Namespace } from '../../src/netns/namespace.ts';
import { add, machine, ok, words } from './machine.ts';

const SECOND = 1_000_000;
const NAMES = ['lo', 'tunl0', 'a0', 'a1', 'b0', 'b1', 'br0', 'x%d', 'x0', 'a0', 'b0', 'br0'];
const KINDS = ['veth', 'bridge', 'dummy', 'ipip', 'vxlan', 'veth', 'dummy', 'nosuch'];
const SPACES = ['', '', 'one', 'two'];

const name = fc.constantFrom(...NAMES);
const space = fc.constantFrom(...SPACES);
const byte = fc.integer({ min: 0, max: 3 });
const address = byte.map((last) => ipv4(0x0a000000 + last * 0x101));
const hardware = fc.integer({ min: 0, max: 6 }).map((last) => mac(0x020000000000 + last));
const mtu = fc.constantFrom(0, 60, 68, 1280, 1400, 1500, 9000, 65535, 70000);
/** Mostly left out: a request that says little is seldom refused. */
const maybe = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** One request of each sort, as a function of the lab. */
type Step = { label: string; run: (lab: Lab, at: (space: string) => Namespace) => unknown };

const ipip = fc.record({
  remote: maybe(address),
  local: maybe(address),
  link: maybe(name),
  protocol: fc.constantFrom(0, 4),
});
const vxlan = fc.record({
  vni: byte,
  port: fc.constantFrom(4789, 8472),
  link: maybe(name),
  remote: maybe(address),
});

const adding: fc.Arbitrary<Step> = fc
  .record({
    space,
    home: maybe(space),
    peerSpace: space,
    request: fc.record({
      name: maybe(name),
      kind: fc.constantFrom(...KINDS),
      mtu: maybe(mtu),
      address: maybe(hardware),
      up: maybe(fc.boolean()),
      master: maybe(name),
      index: maybe(byte),
      ipip: maybe(ipip),
      vxlan: maybe(vxlan),
    }),
    peer: maybe(name),
  })
  .map(({ space, home, peerSpace, request, peer }) => ({
    label: `add ${JSON.stringify(request)} in ${space}`,
    run: (_, at) => {
      const veth = peer === undefined ? undefined : { peer: { name: peer, namespace: at(peerSpace) } };
      const asked: LinkAdd = { ...request, veth };
      if (home !== undefined) asked.namespace = at(home);
      return addLink(at(space), asked);
    },
  }));

const setting: fc.Arbitrary<Step> = fc
  .record({
    space,
    device: name,
    to: maybe(space),
    request: fc.record({
      up: maybe(fc.boolean()),
      mtu: maybe(mtu),
      address: maybe(hardware),
      name: maybe(name),
      master: maybe(fc.oneof(name, fc.constant(''))),
      promisc: maybe(fc.boolean()),
      arp: maybe(fc.boolean()),
      carrier: maybe(fc.boolean()),
      ipip: maybe(ipip),
      vxlan: maybe(vxlan),
      bridge: maybe(fc.record({ stp: fc.boolean() })),
      bridgePort: maybe(fc.record({ state: byte, cost: byte })),
    }),
  })
  .map(({ space, device, to, request }) => ({
    label: `set ${device} ${JSON.stringify(request)} in ${space} to ${to}`,
    run: (_, at) => {
      const asked: LinkSet = { ...request };
      if (to !== undefined) asked.namespace = at(to);
      return setLink(at(space), device, asked);
    },
  }));

const addressing: fc.Arbitrary<Step> = fc
  .record({
    space,
    device: name,
    verb: fc.constantFrom('add', 'change', 'replace', 'delete'),
    request: fc.record({
      local: address,
      peer: address,
      length: fc.constantFrom(8, 24, 31, 32),
      broadcast: maybe(address),
      scope: maybe(fc.constantFrom(0, 253, 254)),
      metric: maybe(byte),
      validLifetime: maybe(byte),
    }),
  })
  .map(({ space, device, verb, request }) => ({
    label: `address ${verb} ${device} ${JSON.stringify(request)} in ${space}`,
    run: (_, at) =>
      verb === 'delete'
        ? deleteAddress(at(space), device, { local: request.local })
        : changeAddress(at(space), verb as 'add', device, request as AddressRequest),
  }));

const routing: fc.Arbitrary<Step> = fc
  .record({
    space,
    verb: fc.constantFrom('add', 'change', 'replace', 'append', 'prepend', 'delete'),
    destination: address,
    length: fc.constantFrom(0, 16, 24, 32),
    type: maybe(fc.constantFrom(1, 2, 6, 7)),
    device: fc.oneof(name, fc.constant('')),
    gateway: fc.oneof(address, fc.constant(0 as Ipv4)),
    table: fc.constantFrom(0, 7),
  })
  .map(({ space, verb, destination, length, type, device, gateway, table }) => {
    const plain = type === 6 || type === 7;
    const request: RouteRequest = {
      table,
      destination: networkOf(destination, length),
      length,
      type,
      nextHops: plain ? [] : [{ device, gateway }],
    };
    return {
      label: `route ${verb} ${JSON.stringify(request)} in ${space}`,
      run: (_, at) =>
        verb === 'delete'
          ? deleteRoute(at(space), { ...request, scope: 255 })
          : changeRoute(at(space), verb as 'add', request),
    };
  });

const others: fc.Arbitrary<Step> = fc
  .record({ space, device: name, address, hardware, pick: fc.integer({ min: 0, max: 11 }) })
  .map(({ space, device, address, hardware, pick }) => ({
    label: `other ${pick} ${device} in ${space}`,
    run: (lab, at) => {
      const namespace = at(space);
      const entry = {
        mac: hardware,
        device,
        flags: pick % 2 === 0 ? 2 : 4,
        state: 0x80,
        destination: address,
      };
      const steps = [
        () => changeNeighbour(namespace, 'replace', { destination: address, device, lladdr: hardware }),
        () => changeNeighbour(namespace, 'add', { destination: address, device, proxy: true }),
        () => changeFdb(namespace, 'append', entry),
        () => deleteFdb(namespace, entry),
        () => addRule(namespace, { action: 1, table: 7, iif: device }),
        () => deleteRule(namespace, { action: 1, table: 7 }),
        () => writeSysctl(namespace, `net/ipv4/conf/${device}/forwarding`, String(hardware % 2)),
        () => getRoute(namespace, { destination: address }),
        () => (loadModule(lab.kernel, 'ipip') ?? hardware % 7 === 0) && removeModule(lab.kernel, 'ipip'),
        () => lab.runUntil(lab.kernel.clock.now + 3 * SECOND),
        () => deleteLink(namespace, device),
        () => (space === '' || hardware % 3 > 0 ? null : lab.removeNamespace(space)),
      ];
      return steps[pick]();
    },
  }));

const step = fc.oneof(
  { weight: 4, arbitrary: adding },
  { weight: 4, arbitrary: setting },
  { weight: 3, arbitrary: addressing },
  { weight: 3, arbitrary: routing },
  { weight: 3, arbitrary: others },
);
const script = fc.array(step, { minLength: 10, maxLength: 40, size: 'max' });

type Finder = (space: string) => Namespace;

/** A machine with something of everything in its initial namespace and in one other, all of it up. */
function populated(): { lab: Lab; at: Finder } {
  const { lab, root } = machine();
  const at = (space: string) => (space === '' ? root : (lab.names.get(space) ?? lab.addNamespace(space)!));
  for (const namespace of [root, at('one')]) {
    add(namespace, 'veth', 'a0', { up: true, veth: { peer: { name: 'a1' } } });
    ok(setLink(namespace, 'a1', { up: true }));
    add(namespace, 'bridge', 'br0', { up: true });
    add(namespace, 'dummy', 'b0', { up: true });
    add(namespace, 'vxlan', 'b1', { up: true, vxlan: { vni: 9, link: 'b0' } });
    ok(
      changeAddress(namespace, 'add', 'b0', { local: ipv4(0x0a000001), peer: ipv4(0x0a000001), length: 24 }),
    );
    ok(
      changeAddress(namespace, 'add', 'a0', { local: ipv4(0x0a000101), peer: ipv4(0x0a000101), length: 24 }),
    );
  }
  return { lab, at };
}

function play(steps: readonly Step[], after?: (lab: Lab) => void): Lab {
  const { lab, at } = populated();
  for (const { run } of steps) {
    run(lab, at);
    after?.(lab);
  }
  return lab;
}

const spaces = (lab: Lab): Namespace[] => [...lab.kernel.namespaces];

/** What is wrong with a device, in words. */
function* faultsOf(device: Device, index: number): Generator<string> {
  const { namespace, port, bridge, underlay } = device;
  if (device.index !== index || namespace.devices.get(index) !== device) yield 'its index is not its own';
  if (namespace.names.get(device.name) !== device) yield 'its name is not its own';
  if (device.gone || !device.registered) yield 'it is gone';
  if (device.up !== device.running) yield 'up is not running';
  if (device.kind === Kind.VETH) {
    const { peer } = device;
    if (peer?.peer !== device || peer.namespace.devices.get(peer.index) !== peer) yield 'its peer is not';
    if (device.carrierOn !== (device.up && peer?.up)) yield 'carrier without both ends';
  }
  if (port !== null && !port.bridge.bridge?.ports.includes(device)) yield 'its bridge does not know it';
  if (port !== null && port.bridge.namespace !== namespace) yield 'its bridge is elsewhere';
  for (const other of bridge?.ports ?? [])
    if (other.port?.bridge !== device) yield 'its port does not know it';
  if (device.tunnel !== null && !underlay.ipipDevices.has(device)) yield 'its underlay does not know it';
  if (device.vxlan !== null && !underlay.vxlanDevices.has(device)) yield 'its underlay does not know it';
  const users = (bit: number) => (port === null ? 0 : 1) + ((device.userFlags & bit) === 0 ? 0 : 1);
  if (device.promiscuity !== users(0x100)) yield `promiscuity ${device.promiscuity}`;
  if (device.allmulti !== users(0x200)) yield `allmulti ${device.allmulti}`;
  if (device.ipv4Disabled && device.addresses.length > 0) yield 'addresses without IPv4';
}

/** What is wrong with a namespace. */
function* faultsIn(namespace: Namespace, lab: Lab): Generator<string> {
  if (namespace.names.size !== namespace.devices.size) yield 'names and devices differ';
  for (const [index, device] of namespace.devices)
    for (const fault of faultsOf(device, index)) yield `${device.name}: ${fault}`;
  const devices = [...namespace.devices.values()];
  const held = devices.flatMap((device) => device.addresses.map((one) => `${one.local} ${device.index}`));
  const owned = [...namespace.addressOwners].flatMap(([one, owners]) =>
    owners.map((owner) => `${one} ${owner.index}`),
  );
  if (held.sort().join() !== owned.sort().join()) yield 'addresses and their owners differ';
  for (const { nextHops } of dumpRoutes(namespace))
    for (const hop of nextHops)
      if (namespace.devices.get(hop.index)?.name !== hop.device) yield `a route by ${hop.device}`;
  for (const info of dumpNeighbours(namespace, {}))
    if (!namespace.names.has(info.device)) yield `a neighbour at ${info.device}`;
  for (const other of namespace.peerIds.keys())
    if (!lab.kernel.namespaces.has(other)) yield 'an id of a namespace that is gone';
  if (new Set(namespace.peerIds.values()).size !== namespace.peerIds.size) yield 'one id twice';
}

/** Everything that holds of a machine at any time. */
const whole = (lab: Lab): void =>
  expect(spaces(lab).flatMap((namespace) => [...faultsIn(namespace, lab)])).toEqual([]);

describe('any sequence of requests', () => {
  it('throws nothing and leaves the machine whole after every step', () => {
    fc.assert(
      fc.property(script, (steps) => void play(steps, whole)),
      { numRuns: 200 },
    );
  });

  it('gives the same answers to the same requests', () => {
    fc.assert(
      fc.property(script, (steps) => {
        const shown = (lab: Lab) =>
          spaces(lab).map((one) => [
            dumpLinks(one).map(({ linkNamespace, ...rest }) => rest),
            dumpAddresses(one),
            dumpRoutes(one),
            dumpRules(one),
            dumpFdb(one, {}),
          ]);
        expect(shown(play(steps))).toEqual(shown(play(steps)));
      }),
      { numRuns: 60 },
    );
  });

  it('leaves nothing behind when every namespace is removed', () => {
    fc.assert(
      fc.property(script, (steps) => {
        const lab = play(steps);
        for (const one of [...lab.names.keys()]) lab.removeNamespace(one);
        const { initial } = lab.kernel;
        for (const device of [...initial.names.keys()]) deleteLink(initial, device);
        lab.settle();
        const left = [...initial.devices.values()].filter(
          ({ loopback, tunnel }) => !loopback && !tunnel?.fallback,
        );
        expect(left.map((device) => device.name)).toEqual([]);
        expect(lab.kernel.pool.outstanding).toBe(0);
        expect(initial.peerIds.size).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a device that goes down and up again', () => {
  it('has the addresses that it had and exactly the routes that those bring', () => {
    const list = fc.array(
      fc.record({ local: address, peer: address, length: fc.constantFrom(8, 24, 31, 32) }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(list, (requests) => {
        const { root } = machine();
        addLink(root, { kind: 'dummy', name: 'd0', up: true });
        for (const request of requests) changeAddress(root, 'add', 'd0', request);
        const before = [dumpAddresses(root), dumpRoutes(root)];
        setLink(root, 'd0', { up: false });
        expect(dumpRoutes(root, 254)).toEqual([]);
        setLink(root, 'd0', { up: true });
        expect([dumpAddresses(root), dumpRoutes(root)]).toEqual(before);
        for (const info of dumpAddresses(root)) deleteAddress(root, 'd0', { local: info.local });
        expect(dumpRoutes(root)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a request that is made again', () => {
  it('replace and set change nothing the second time', () => {
    fc.assert(
      fc.property(script, fc.oneof(setting, addressing), (steps, again) => {
        const { lab, at } = populated();
        for (const { run } of steps) run(lab, at);
        if (
          /carrier|stp|bridgePort|ipip|vxlan|"name"| to (one|two)|address (add|delete|change)/.test(
            again.label,
          )
        )
          return;
        if (again.run(lab, at) !== null) return;
        const shown = () =>
          spaces(lab).map((one) => [
            dumpLinks(one).map(({ carrierChanges, linkNamespace, ...rest }) => rest),
            dumpAddresses(one),
            dumpRoutes(one),
          ]);
        lab.runUntil(lab.kernel.clock.now + 2 * SECOND);
        const once = shown();
        expect(words(again.run(lab, at) as null)).toBe('ok');
        expect(shown()).toEqual(once);
      }),
      { numRuns: 300 },
    );
  });

  it('what is written to a setting is read back', () => {
    const { root } = machine();
    fc.assert(
      fc.property(fc.integer({ min: -0x80000000, max: 0x7fffffff }), (value) => {
        expect(writeSysctl(root, 'net/ipv4/conf/lo/rp_filter', String(value))).toBeNull();
        expect(readSysctl(root, 'net/ipv4/conf/lo/rp_filter')).toEqual({ value: String(value) });
      }),
    );
  });
});
