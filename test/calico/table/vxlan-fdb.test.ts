// The neighbours and forwarding entries of a VXLAN device: S29, and the law that any history ends as a fresh start.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Errno } from '../../../src/addr/errno.ts';
import { ipv4 } from '../../../src/addr/ipv4.ts';
import { mac } from '../../../src/addr/mac.ts';
import type { Vtep } from '../../../src/calico/calc/types.ts';
import { VxlanFdb } from '../../../src/calico/table/vxlan-fdb.ts';
import { commandOf } from '../../../src/program/script.ts';
import { down, ip, ok, up } from '../../admin/machine.ts';
import { node } from './node.ts';

const DEVICE = 'vxlan.calico';
const vtep = (n: number, parent = n, hardware = n): Vtep => ({
  node: `node${n}`,
  mac: mac(0x660000000000 + hardware),
  address: ipv4(0x0a000000 + n * 256),
  parent: ipv4(0xac000000 + parent),
});
const TWO = [vtep(1), vtep(2)];

function withoutDevice() {
  const one = node(0);
  const fdb = new VxlanFdb(one.port, DEVICE);
  const make = (): void => {
    const vxlan = { vni: 4096, link: 'eth0', local: ip('12.0.0.2'), port: 4789, learning: false };
    ok(one.port.perform({ do: 'add-link', link: { name: DEVICE, kind: 'vxlan', vxlan } }));
    one.asked();
  };
  const entries = (): string[] =>
    one.port
      .fdb(DEVICE)
      .map((entry) =>
        commandOf('', {
          do: 'replace-fdb',
          entry: { ...entry, flags: 2, port: undefined, vni: undefined, via: undefined, vlan: undefined },
        }).slice(19),
      )
      .sort();
  return { ...one, fdb, make, entries };
}

function ready() {
  const one = withoutDevice();
  one.make();
  up(one.namespace, DEVICE);
  return one;
}

const errnos = (failures: ReturnType<VxlanFdb['apply']>) => failures.map(({ refusal }) => refusal.errno);

test('S29: VTEPs wait for the device, then for it to be up, then each has a neighbour and a forwarding entry', () => {
  const { fdb, make, namespace, neighbours, entries } = withoutDevice();
  fdb.set(TWO);
  const missing = errnos(fdb.apply());
  make();
  const isDown = errnos(fdb.apply());
  up(namespace, DEVICE);
  expect([missing, isDown, fdb.apply()]).toEqual([[Errno.ENODEV], [Errno.ENETDOWN], []]);
  expect(neighbours()).toEqual([
    '10.0.1.0 dev vxlan.calico lladdr 66:00:00:00:00:01 nud permanent',
    '10.0.2.0 dev vxlan.calico lladdr 66:00:00:00:00:02 nud permanent',
  ]);
  expect(entries()).toEqual([
    '66:00:00:00:00:01 dev vxlan.calico dst 172.0.0.1 self permanent',
    '66:00:00:00:00:02 dev vxlan.calico dst 172.0.0.2 self permanent',
  ]);
});

test('nothing wanted of a device that is not there is no failure', () => {
  expect(withoutDevice().fdb.apply()).toEqual([]);
});

test('a second apply asks for nothing', () => {
  const { fdb, asked } = ready();
  fdb.set(TWO);
  fdb.apply();
  asked();
  fdb.set([...TWO]);
  expect([fdb.apply(), asked()]).toEqual([[], []]);
});

test('a node that was replaced: only its forwarding entry changes; one that left takes both with it', () => {
  const { fdb, asked } = ready();
  fdb.set(TWO);
  fdb.apply();
  asked();
  fdb.set([vtep(2, 9)]);
  fdb.apply();
  expect(asked()).toEqual([
    'ip neighbour delete 10.0.1.0 dev vxlan.calico',
    'bridge fdb delete 66:00:00:00:00:01 dev vxlan.calico self permanent',
    'bridge fdb replace 66:00:00:00:00:02 dev vxlan.calico dst 172.0.0.9 self permanent',
  ]);
});

test('where two nodes claim one address, the first of the list has it', () => {
  const { fdb, neighbours } = ready();
  fdb.set([vtep(1), { ...vtep(2), address: vtep(1).address }]);
  fdb.apply();
  expect(neighbours()).toEqual(['10.0.1.0 dev vxlan.calico lladdr 66:00:00:00:00:01 nud permanent']);
});

test('a device that was made anew has its entries again', () => {
  const { fdb, make, namespace, port, neighbours, entries } = ready();
  fdb.set(TWO);
  fdb.apply();
  ok(port.perform({ do: 'delete-link', device: DEVICE }));
  make();
  up(namespace, DEVICE);
  expect([fdb.apply(), neighbours().length, entries().length]).toEqual([[], 2, 2]);
});

test('any sequence of VTEPs, events, edits and failures ends as a fresh start', () => {
  const index = fc.integer({ min: 1, max: 3 });
  const one = fc.tuple(index, index, index).map(([n, parent, hardware]) => vtep(n, parent, hardware));
  const event = fc.oneof(
    fc.array(one, { maxLength: 4 }).map((vteps) => ({ do: 'set' as const, vteps })),
    fc
      .constantFrom('apply', 'resync', 'down', 'up', 'anew')
      .map((what) => ({ do: what as 'apply' | 'resync' | 'down' | 'up' | 'anew' })),
    one.map((edited) => ({ do: 'edit' as const, edited })),
    fc.record({
      do: fc.constant('fail' as const),
      kind: fc.constantFrom(
        'replace-neighbour',
        'delete-neighbour',
        'replace-fdb',
        'delete-fdb',
      ) as fc.Arbitrary<'replace-neighbour' | 'delete-neighbour' | 'replace-fdb' | 'delete-fdb'>,
      errno: fc.constantFrom(Errno.ENODEV, Errno.ENOENT, Errno.ENOBUFS),
    }),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 20 }), (events) => {
      const world = ready();
      let wanted: readonly Vtep[] = [];
      for (const happening of events)
        switch (happening.do) {
          case 'set':
            wanted = happening.vteps;
            world.fdb.set(wanted);
            break;
          case 'apply':
            world.fdb.apply();
            break;
          case 'resync':
            world.fdb.resync();
            break;
          case 'fail':
            world.port.failAt(happening.kind, 1, happening.errno);
            break;
          case 'edit': {
            const { address, mac: lladdr, parent } = happening.edited;
            const entry = { mac: lladdr, device: DEVICE, flags: 2, state: 0xc0, destination: parent };
            world.port.perform({
              do: 'replace-neighbour',
              neighbour: { destination: address, device: DEVICE, lladdr, state: 0x80 },
            });
            world.port.perform({ do: 'replace-fdb', entry });
            break;
          }
          case 'anew':
            world.port.heal();
            ok(world.port.perform({ do: 'delete-link', device: DEVICE }));
            world.make();
            break;
          default:
            (happening.do === 'up' ? up : down)(world.namespace, DEVICE);
        }
      world.port.heal();
      up(world.namespace, DEVICE);
      world.fdb.resync();
      expect(world.fdb.apply()).toEqual([]);

      const fresh = ready();
      fresh.fdb.set(wanted);
      fresh.fdb.apply();
      expect([world.neighbours().sort(), world.entries()]).toEqual([
        fresh.neighbours().sort(),
        fresh.entries(),
      ]);
    }),
    { numRuns: 200 },
  );
});
