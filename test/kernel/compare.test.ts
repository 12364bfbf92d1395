// The comparer itself: it has to see every difference that counts, and to pass over none but the random.
import { describe, expect, it } from 'vitest';
import { sortUnordered } from './compare/lines.ts';
import { compareRecordings, differencesOf, type Recording, type Scenario } from './compare/recording.ts';
import {
  arp,
  bytes,
  captureOf,
  ethernet,
  type Ipv4Fields,
  icmp,
  ipv4,
  pattern,
  u16,
  udp,
} from './frames/build.ts';

const A = '00:1c:42:1a:00:08';
const B = '00:1c:42:1a:00:09';

const scenario: Scenario = { name: 'test', script: 'ip link\n', inputs: new Map() };

function recording(frames: Uint8Array[], output = '', exitCode = 0): Recording {
  return { output, exitCode, files: new Map([['eth0.pcap', captureOf(frames)]]) };
}

function differences(expected: Uint8Array[], actual: Uint8Array[], of = scenario): string[] {
  return differencesOf(compareRecordings(of, recording(expected), recording(actual)));
}

function lineDifferences(expected: string, actual: string, of = scenario): string[] {
  return differencesOf(compareRecordings(of, recording([], expected), recording([], actual)));
}

/** An echo as ping makes it: the time first, seconds and microseconds of 64 bits. */
function ping(id: number, sequence: number, seconds = 1_700_000_000): Uint8Array {
  const time = Buffer.alloc(16);
  time.writeUInt32LE(seconds, 0);
  time.writeUInt32LE(123_456, 8);
  return icmp(8, 0, [...u16(id), ...u16(sequence)], bytes(time, pattern(40)));
}

const inner = (fields: Partial<Ipv4Fields> = {}): Uint8Array =>
  ipv4({
    src: '192.168.36.73',
    dst: '192.168.202.5',
    protocol: 1,
    payload: ping(7, 1),
    id: 11,
    ttl: 63,
    ...fields,
  });

const outer = (payload: Uint8Array, fields: Partial<Ipv4Fields> = {}): Uint8Array =>
  ethernet(
    B,
    A,
    0x0800,
    ipv4({ src: '10.211.55.8', dst: '10.211.55.9', protocol: 4, payload, id: 21, ttl: 63, ...fields }),
  );

const ipip = (fields: Partial<Ipv4Fields> = {}): Uint8Array => outer(inner(fields));

function vxlan(sport: number, spoil = 0): Uint8Array {
  const payload = bytes(8, 0, 0, 0, 0, 0x10, 0, 0, ethernet(B, A, 0x0800, inner()));
  const flow = { src: '10.211.55.8', dst: '10.211.55.9', sport, dport: 4789 };
  return ethernet(B, A, 0x0800, ipv4({ ...flow, protocol: 17, payload: udp(flow, payload, spoil) }));
}

describe('frames that differ only in what is random', () => {
  it('agree when nothing differs', () => {
    expect(differences([ipip()], [ipip()])).toEqual([]);
  });

  it('agree when identifications are other ones, with their checksums', () => {
    expect(differences([outer(inner({ id: 1 }), { id: 2 })], [outer(inner({ id: 3 }), { id: 4 })])).toEqual(
      [],
    );
  });

  it('agree when ping has another identifier and another time', () => {
    const other = ipip({ payload: ping(99, 1, 1_800_000_000) });
    expect(differences([ipip()], [other])).toEqual([]);
  });

  it('agree when VXLAN hashed another source port', () => {
    expect(differences([vxlan(40_000)], [vxlan(50_000)])).toEqual([]);
  });

  it('agree when random MAC addresses are others everywhere', () => {
    const told = (mac: string) => [
      ethernet(
        'ff:ff:ff:ff:ff:ff',
        mac,
        0x0806,
        arp({ operation: 1, senderMac: mac, senderIp: '10.0.0.1', targetIp: '10.0.0.2' }),
      ),
      ethernet(
        mac,
        A,
        0x0806,
        arp({ operation: 2, senderMac: A, senderIp: '10.0.0.2', targetMac: mac, targetIp: '10.0.0.1' }),
      ),
    ];
    expect(differences(told('02:11:11:11:11:11'), told('02:22:22:22:22:22'))).toEqual([]);
  });

  it('agree in a quotation of such a packet', () => {
    const quote = (id: number) =>
      outer(icmp(11, 0, [0, 0, 0, 0], inner({ id, ttl: 1 })), { protocol: 1, id: id + 5 });
    expect(differences([quote(1)], [quote(77)])).toEqual([]);
  });
});

describe('frames that differ', () => {
  const expectOne = (
    actual: Uint8Array[],
    name: string,
    expected = [ipip(), ipip({ payload: ping(7, 2) })],
  ) => {
    const found = differences(expected, actual);
    expect(found.length).toBeGreaterThan(0);
    expect(found.join('\n')).toContain(name);
  };
  const second = ipip({ payload: ping(7, 2) });

  it('in the TTL', () => expectOne([ipip({ ttl: 62 }), second], 'ipip/ipv4.ttl: expected 3f, got 3e'));
  it('in the TOS', () => expectOne([outer(inner(), { tos: 4 }), second], 'ipv4.tos: expected 00, got 04'));
  it('in the outer address', () => expectOne([outer(inner(), { dst: '10.211.55.7' }), second], 'ipv4.dst'));
  it('in the flags', () => expectOne([outer(inner(), { fragment: 0x4000 }), second], 'ipv4.fragment'));
  it('in the MAC address', () => {
    const broadcast = bytes('ffffffffffff', ipip().subarray(6));
    expectOne([broadcast, second], 'ethernet.dst');
  });
  it('in one byte of the payload', () => {
    const frame = ipip();
    frame[frame.length - 1]! ^= 1;
    expectOne([frame, second], 'icmp.data');
  });
  it('by a frame that is missing', () => expectOne([second], 'frame 1'));
  it('by a frame more', () => expectOne([ipip(), second, ipip({ payload: ping(7, 3) })], 'is not expected'));
  it('in their order', () => expectOne([second, ipip()], 'is missing'));
  it('in the checksum of the outer header', () =>
    expectOne([outer(inner(), { checksum: 0x1234 }), second], 'ipv4.checksum'));
  it('in the checksum of the inner header', () =>
    expectOne([ipip({ checksum: 0x1234 }), second], 'ipip/ipv4.checksum'));
  it('in the checksum of the message', () => {
    const wrong = icmp(8, 0, [0, 7, 0, 1], ping(7, 1).subarray(8), 0x0101);
    expectOne([ipip({ payload: wrong }), second], 'icmp.checksum');
  });
  it('in the length', () => {
    const padded = bytes(ipip(), 0, 0);
    expectOne([padded, second], 'length: expected 118, got 120');
  });
  it('by an identification of zero where there was one, fragments being forbidden', () =>
    expectOne([ipip({ fragment: 0x4000, id: 0 })], 'ipip/ipv4.id', [ipip({ fragment: 0x4000 })]));
  it('in the identification of two pieces of one packet', () => {
    const pieces = (first: number, last: number) => [
      outer(pattern(64), { protocol: 99, id: first, fragment: 0x2000 }),
      outer(pattern(8), { protocol: 99, id: last, fragment: 8 }),
    ];
    expect(differences(pieces(5, 5), pieces(6, 6))).toEqual([]);
    expectOne(pieces(6, 7), 'ipv4.id: inconsistent', pieces(5, 5));
  });
  it('in the identification of a frame that was fed in', () => {
    const fed = { ...scenario, inputs: new Map([['in.pcap', captureOf([outer(inner(), { id: 5 })])]]) };
    expect(differences([outer(inner(), { id: 5 })], [outer(inner(), { id: 6 })], fed).join()).toContain(
      'ipv4.id',
    );
  });
  it('in a VXLAN source port outside of the local ports', () =>
    expectOne([vxlan(1024)], 'udp.src-port', [vxlan(40_000)]));
  it('in a VXLAN checksum', () => expectOne([vxlan(40_000, 0x0101)], 'udp.checksum', [vxlan(40_000)]));
  it('in a UDP port that was asked for', () => {
    const probe = (dport: number) => {
      const flow = { src: '10.0.0.1', dst: '10.0.0.2', sport: 40_000, dport };
      return ethernet(B, A, 0x0800, ipv4({ ...flow, protocol: 17, payload: udp(flow, pattern(4)) }));
    };
    expectOne([probe(33_435)], 'udp.dst-port', [probe(33_434)]);
  });
  it('in a MAC address that both recordings know', () => {
    const first = '02:00:00:00:00:01';
    const other = '02:00:00:00:00:02';
    const frame = (dst: string) => ethernet(dst, A, 0x0800, inner());
    expect(differences([frame(first), frame(other)], [frame(other), frame(other)])).not.toEqual([]);
  });
});

describe('printed lines', () => {
  it('agree when only times and rates differ', () => {
    const printed = (time: string) =>
      `64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=${time} ms\n` +
      `1 packets transmitted, 1 received, 0% packet loss, time ${time.length}ms\n` +
      `    cache expires ${600 - time.length}sec mtu 1400 \n`;
    expect(lineDifferences(printed('0.045'), printed('12'))).toEqual([]);
    expect(lineDifferences(printed('0.045'), printed('1000'))).toHaveLength(1);
  });

  it('differ in a TTL, a count, an address, a missing line, a space at the end', () => {
    const line = '64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=1.2 ms';
    expect(lineDifferences(line, line.replace('ttl=64', 'ttl=63'))).toHaveLength(1);
    expect(lineDifferences(line, line.replace('10.0.0.1', '10.0.0.2'))).toHaveLength(1);
    expect(lineDifferences(`${line}\n${line}`, line)).toHaveLength(1);
    expect(lineDifferences(line, `${line} `)).toHaveLength(1);
  });

  it('agree when the kernel lists neighbours in another order, not when routes are', () => {
    const neighbours = ['10.0.0.1 dev eth0 lladdr 00:00:00:00:00:01 STALE ', '10.0.0.2 dev eth0 FAILED '];
    expect(lineDifferences(neighbours.join('\n'), neighbours.toReversed().join('\n'))).toEqual([]);
    const routes = ['10.1.0.0/16 via 10.0.0.1 dev eth0 ', '10.2.0.0/16 via 10.0.0.1 dev eth0 '];
    expect(lineDifferences(routes.join('\n'), routes.toReversed().join('\n'))).not.toEqual([]);
  });

  it('are all compared to the letter when a scenario only reads files', () => {
    const offline = { ...scenario, script: 'tcpdump -nr x.pcap\n' };
    const line = '10:20:43.882586 ARP, Request who-has 10.0.0.1 tell 10.0.0.2, length 28';
    const later = line.replace('586', '587');
    expect(lineDifferences(line, later)).toEqual([]);
    expect(lineDifferences(line, later, offline)).toHaveLength(1);
  });

  it('sorts only runs of one table', () => {
    const lines = ['b', '10.0.0.2 dev e FAILED ', '10.0.0.1 dev e FAILED ', 'a', '10.0.0.0 dev e FAILED '];
    expect(sortUnordered(lines)).toEqual(['b', lines[2], lines[1], 'a', lines[4]]);
  });
});

it('compares the exit status and the files that are there', () => {
  const one = recording([ipip()]);
  const other = { ...recording([ipip()], '', 1), files: new Map([['eth1.pcap', captureOf([])]]) };
  const found = differencesOf(compareRecordings(scenario, one, other)).join('\n');
  expect(found).toContain('exit status: expected 0, got 1');
  expect(found).toContain('eth0.pcap: no such file');
  expect(found).toContain('eth1.pcap: not expected');
});
