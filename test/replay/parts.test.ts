// The parts of a replay by themselves: fragments that are put together, MAC addresses as names, where hosts come in.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Ipv4, parseIpv4 } from '../../src/addr/ipv4.ts';
import { mac } from '../../src/addr/mac.ts';
import { Conversations } from '../../src/replay/conversations.ts';
import { Frame } from '../../src/replay/frame.ts';
import { MacNames } from '../../src/replay/mac-names.ts';
import { FragmentCollector } from '../../src/replay/own-fragments.ts';
import { type Expected, Pending } from '../../src/replay/pending.ts';
import { Topology } from '../../src/replay/topology.ts';
import * as ip from '../../src/wire/ipv4.ts';
import { buildLab, scriptText } from './labs.ts';

const address = (text: string): Ipv4 => parseIpv4(text)!;

/** One IPv4 packet of protocol 17 with this payload. */
function packetWith(payload: Uint8Array, field: number): Uint8Array {
  const bytes = new Uint8Array(20 + payload.length);
  const view = new DataView(bytes.buffer);
  ip.write(view, 0, bytes.length, 0, field, 64, 17, address('10.0.0.1'), address('10.0.0.2'));
  ip.setIdentification(view, 0, 7);
  ip.fillChecksum(view, 0);
  bytes.set(payload, 20);
  return bytes;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

describe('fragments', () => {
  test('in any order, some twice, give the packet once the last piece is there', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 9, maxLength: 300 }),
        fc.nat(),
        fc.array(fc.nat(), { maxLength: 5 }),
        (payload, order, again) => {
          const pieces: Uint8Array[] = [];
          for (let at = 0; at < payload.length; at += 8) {
            const more = at + 8 < payload.length ? ip.MF : 0;
            pieces.push(packetWith(payload.subarray(at, at + 8), (at >> 3) | more));
          }
          const turned = pieces.map((_, i) => pieces[(i * 1 + order) % pieces.length]!);
          const given = [
            ...again.map((i) => turned[i % turned.length]!).filter((piece) => piece !== turned.at(-1)),
            ...turned,
          ];
          const collector = new FragmentCollector<number>();
          const results = given.map((piece, i) => collector.add(viewOf(piece), 0, 0, i));
          expect(results.slice(0, -1).every((result) => result === null)).toBe(true);
          expect(results.at(-1)?.bytes).toEqual(packetWith(payload, 0));
          expect(results.at(-1)?.holders).toEqual(given.map((_, i) => i));
        },
      ),
    );
  });

  test('are given up a second after the first', () => {
    const collector = new FragmentCollector<string>();
    collector.add(viewOf(packetWith(new Uint8Array(8), ip.MF)), 0, 5_000_000, 'first');
    expect(collector.expire(5_999_999)).toEqual([]);
    expect(collector.expire(6_000_001)).toEqual([['first']]);
    expect(collector.expire(9_000_000)).toEqual([]);
  });
});

describe('MAC addresses as names', () => {
  const names = new MacNames([]);
  test('a name stands for one device only', () => {
    expect(names.bind(mac(1), mac(0x11))).toBe(true);
    expect(names.bind(mac(1), mac(0x12))).toBe(false);
    expect(names.bind(mac(2), mac(0x11))).toBe(false);
    expect(names.translate(mac(0x11))).toBe(1);
    expect(names.translate(mac(0x12))).toBe(0x12);
  });

  test('an address that the script set is no name', () => {
    expect(names.isSame(mac(5), mac(0x15))).toBe(false);
  });
});

describe('where hosts come in', () => {
  test('by their own cable, or by the first router on the way', async () => {
    const lab = await buildLab(scriptText('calico-ipip/in/lab.sh'));
    const node = lab.names.get('node1')!;
    const topology = new Topology(lab.kernel, node);
    const entry = (host: string): string[] =>
      topology
        .entriesOf(lab.names.get(host)!)
        .map(({ device, sender }) => `${device.name} from ${sender.namespace.name}:${sender.name}`);
    expect(entry('pod73')).toEqual(['calic2730abf871 from pod73:eth0']);
    expect(entry('node2')).toEqual(['eth0 from node2:eth0']);
    expect(entry('pod5')).toEqual(['eth0 from node2:eth0']);
    expect(topology.hostOf(address('192.168.202.5'))?.name).toBe('pod5');
    expect(topology.hostOf(address('10.211.55.8'))).toBeNull();
    expect(topology.neighbourOn(node.names.get('eth0')!, address('10.211.55.1'))?.name).toBe('lan0');
  });
});

describe('conversations', () => {
  const drop = { number: 4, at: 1_000_000, reason: 'R', notes: [] };
  const [a, b] = [address('10.0.0.1'), address('10.0.0.2')];

  test('a packet that is dropped after its destination was heard is contradicted', () => {
    const talk = new Conversations();
    expect(talk.sent(b, a, 1, 0)).toBeNull();
    expect(talk.dropped(a, b, 1, drop)).toBe(true);
    expect(talk.dropped(a, b, 17, drop)).toBe(false);
  });

  test('an answer within three seconds contradicts the drop before it, once', () => {
    const talk = new Conversations();
    expect(talk.dropped(a, b, 1, drop)).toBe(false);
    expect(talk.sent(b, a, 1, 2_000_000)).toBe(drop);
    expect(talk.sent(b, a, 1, 2_000_000)).toBeNull();
  });

  test('a later one does not', () => {
    const talk = new Conversations();
    talk.dropped(a, b, 1, drop);
    expect(talk.sent(b, a, 1, 4_000_001)).toBeNull();
  });
});

describe('what is expected of the capture', () => {
  const context = {
    isOurs: () => false,
    isVxlanPort: () => false,
    isSameMac: () => false,
    isTunnelPort: () => true,
  };
  /** A packet of its own for each identification. */
  const frame = (identification: number, ttl = 64): Frame => {
    const bytes = packetWith(new Uint8Array(8), 0);
    ip.setIdentification(viewOf(bytes), 0, identification);
    ip.setTtl(viewOf(bytes), 0, ttl);
    ip.fillChecksum(viewOf(bytes), 0);
    return new Frame(bytes, 0);
  };
  const expected = (identification: number, at = 0): Expected => ({
    frame: frame(identification),
    because: identification,
    at,
    optional: false,
    what: '',
    origin: null,
  });

  test('comes in any order, each once', () => {
    const pending = new Pending(context);
    for (const id of [1, 2, 3]) pending.add(expected(id));
    expect([3, 1, 2, 2].map((id) => pending.take(frame(id))?.because ?? null)).toEqual([3, 1, 2, null]);
  });

  test('is known for what it is about when it differs', () => {
    const pending = new Pending(context);
    pending.add(expected(1));
    expect(pending.take(frame(1, 9))).toBeNull();
    expect(pending.takeSimilar(frame(2, 9))).toBeNull();
    expect(pending.takeSimilar(frame(1, 9))?.because).toBe(1);
  });

  test('is missing two seconds later, unless it came', () => {
    const pending = new Pending(context);
    for (const id of [1, 2, 3]) pending.add(expected(id, id * 1000));
    pending.take(frame(1));
    expect(pending.expire(2_002_000).map(({ because }) => because)).toEqual([]);
    expect(pending.expire(2_002_001).map(({ because }) => because)).toEqual([2]);
    expect(pending.expire(9_000_000).map(({ because }) => because)).toEqual([3]);
  });
});
