// The source port of VXLAN packets: of the flow that is first seen in a packet.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flowPort } from '../../src/ip/flow-port.ts';
import type { VxlanState } from '../../src/netns/device.ts';
import type { Namespace } from '../../src/netns/namespace.ts';
import { type Packet, PacketPool } from '../../src/packet/packet.ts';
import { EtherType } from '../../src/wire/ethernet.ts';

const pool = new PacketPool();
const namespace = { conf: { ip_local_port_range: [32768, 60999] } } as unknown as Namespace;
const state = { sourcePortLow: 0, sourcePortHigh: 0 } as VxlanState;

/** A UDP packet's headers. */
function udp(sourcePort: number): Packet {
  const packet = pool.from(Uint8Array.of(0x45, ...new Array(8).fill(0), 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2));
  packet.put(8);
  packet.view.setUint32(packet.head + 20, (sourcePort << 16) | 53);
  packet.network = packet.head;
  packet.protocol = EtherType.IPV4;
  return packet;
}

test('options in the header are not part of the flow: what is read at once is what the dissector finds', () => {
  const word = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(
    fc.property(word, word, word, fc.constantFrom(6, 17), (source, destination, ports, protocol) => {
      const headers = (words: number): Packet => {
        const packet = pool.from(new Uint8Array(4 * (words + 2)));
        const { view, head } = packet;
        view.setUint8(head, 0x40 | words);
        view.setUint8(head + 9, protocol);
        view.setUint32(head + 12, source);
        view.setUint32(head + 16, destination);
        view.setUint32(head + 4 * words, ports);
        packet.network = head;
        packet.protocol = EtherType.IPV4;
        return packet;
      };
      const plain = headers(5);
      const other = headers(6);
      expect(flowPort(namespace, state, plain)).toBe(flowPort(namespace, state, other));
      expect(plain.flowHashHasPorts).toBe(other.flowHashHasPorts);
    }),
  );
});

test('another flow may have another port', () => {
  const ports = new Set([1, 2, 3, 4, 5, 6, 7, 8].map((port) => flowPort(namespace, state, udp(port))));
  expect(ports.size).toBeGreaterThan(1);
});

test('a packet keeps the port of its first tunnel, and its copies have it too', () => {
  const first = udp(1);
  const port = flowPort(namespace, state, first);
  const other = [2, 3, 4, 5].find((one) => flowPort(namespace, state, udp(one)) !== port)!;
  const copy = pool.clone(first);
  for (const packet of [first, copy]) {
    packet.view.setUint32(packet.head + 20, (other << 16) | 53);
    expect(flowPort(namespace, state, packet)).toBe(port);
  }
});

test('a packet that is given out again is of no flow yet', () => {
  const used = udp(1);
  flowPort(namespace, state, used);
  pool.free(used);
  expect(pool.alloc(100).flowHash).toBe(0);
});
