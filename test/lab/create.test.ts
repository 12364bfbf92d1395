// The lab: names of namespaces, frames in and out, virtual time, and equal bytes for equal labs.
import { describe, expect, it } from 'vitest';
import { setLink } from '../../src/admin/link.ts';
import { createLab } from '../../src/lab/create.ts';
import type { Lab } from '../../src/lab/lab.ts';
import type { Device, Tap } from '../../src/netns/device.ts';
import type { Namespace } from '../../src/netns/namespace.ts';
import { add, address, ok, pair, up } from '../admin/machine.ts';

const SECOND = 1_000_000;

/** Writes down every frame that a device sends or receives, as hex with its direction and time. */
function listen(lab: Lab, namespace: Namespace, name: string): string[] {
  const heard: string[] = [];
  const tap: Tap = {
    frame(_device: Device, packet, outgoing) {
      const at = lab.kernel.clock.now - lab.kernel.clock.bootedAt;
      heard.push(`${at} ${outgoing ? '>' : '<'} ${Buffer.from(packet.data()).toString('hex')}`);
    },
  };
  const device = namespace.names.get(name) as Device;
  device.taps = [...(device.taps ?? []), tap];
  return heard;
}

/** An ARP question for 10.0.0.1 from 10.0.0.2. */
const QUESTION = Buffer.from(
  'ffffffffffff020000000002080600010800060400010200000000020a0000020000000000000a000001',
  'hex',
);

function cable(options: { seed?: number; start?: number } = {}) {
  const lab = createLab(options);
  const { initial } = lab.kernel;
  pair(initial, 'v0', 'v1');
  up(initial, 'v0');
  up(initial, 'v1');
  ok(address(initial, 'v0', '10.0.0.1/24'));
  return { lab, initial };
}

describe('a lab', () => {
  it('begins at the start of 2024 with one namespace and its loopback', () => {
    const lab = createLab();
    expect(new Date(lab.kernel.clock.now / 1000).toISOString()).toBe('2024-01-01T00:00:00.000Z');
    expect([...lab.kernel.initial.names.keys()]).toEqual(['lo']);
    expect(createLab({ start: 5 }).kernel.clock.now).toBe(5);
  });

  it('knows its namespaces by name, in the order in which they came', () => {
    const lab = createLab();
    const b = lab.addNamespace('b');
    const a = lab.addNamespace('a');
    expect([...lab.names.keys()]).toEqual(['b', 'a']);
    expect(lab.addNamespace('a')).toBeNull();
    expect([lab.nameOf(a as Namespace), lab.nameOf(b as Namespace), lab.nameOf(lab.kernel.initial)]).toEqual([
      'a',
      'b',
      null,
    ]);
    expect([lab.removeNamespace('a'), lab.removeNamespace('a')]).toEqual([true, false]);
    expect(lab.kernel.namespaces.size).toBe(2);
  });

  it('hands a frame to a device as a cable would, and the answer goes out there', () => {
    const { lab, initial } = cable();
    const heard = listen(lab, initial, 'v0');
    lab.receive(initial, 'v0', QUESTION);
    lab.settle();
    expect(heard.map((line) => line.split(' ')[1])).toEqual(['<', '>']);
    expect(heard[1]).toMatch(/ > 020000000002.{12}0806000108000604000[2]/);
    expect(initial.names.get('v0')?.stats).toMatchObject({ rxPackets: 1, rxBytes: 42, txPackets: 1 });
    expect(lab.kernel.pool.outstanding).toBe(0);
  });

  it('sends a frame out of a device: it arrives at the other end', () => {
    const { lab, initial } = cable();
    const heard = listen(lab, initial, 'v0');
    lab.transmit(initial, 'v1', QUESTION);
    lab.settle();
    expect(heard.length).toBe(2);
    expect(lab.kernel.pool.outstanding).toBe(0);
    expect(() => lab.transmit(initial, 'nowhere', QUESTION)).toThrow('no device nowhere');
  });

  it('runs timers in their order up to a time, and stands at that time then', () => {
    const lab = createLab();
    const { clock } = lab.kernel;
    const ran: number[] = [];
    for (const seconds of [3, 1, 2]) clock.schedule(seconds * SECOND, () => ran.push(seconds));
    expect(lab.nextEvent()).toBe(clock.now + SECOND);
    lab.runUntil(clock.bootedAt + 2 * SECOND);
    expect([ran, clock.now - clock.bootedAt]).toEqual([[1, 2], 2 * SECOND]);
    lab.runUntil(clock.bootedAt + SECOND);
    expect(clock.now - clock.bootedAt).toBe(2 * SECOND);
  });

  it('with the same seed gives the same addresses and frames, with another others', () => {
    const play = (seed: number) => {
      const { lab, initial } = cable({ seed });
      const heard = listen(lab, initial, 'v0');
      lab.receive(initial, 'v0', QUESTION);
      lab.runUntil(lab.kernel.clock.now + 5 * SECOND);
      return heard;
    };
    expect(play(7)).toEqual(play(7));
    expect(play(7)).not.toEqual(play(8));
  });

  it('random addresses are unicast and locally administered', () => {
    const lab = createLab();
    for (let i = 0; i < 100; i++) add(lab.kernel.initial, 'dummy', 'd%d');
    for (const device of lab.kernel.initial.devices.values())
      if (!device.loopback) expect(Math.floor(device.address / 2 ** 40) & 3).toBe(2);
  });

  it('a namespace that ends while packets wait in it leaves none of them behind', () => {
    const { lab, initial } = cable();
    const a = lab.addNamespace('a') as Namespace;
    ok(setLink(initial, 'v1', { namespace: a }));
    up(a, 'v1');
    ok(address(a, 'v1', '10.0.0.9/24'));
    lab.receive(a, 'v1', QUESTION);
    lab.receive(initial, 'v0', QUESTION);
    lab.removeNamespace('a');
    lab.runUntil(lab.kernel.clock.now + 10 * SECOND);
    expect(lab.kernel.pool.outstanding).toBe(0);
  });
});
