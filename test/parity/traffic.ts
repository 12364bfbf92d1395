// Draws the frames of a case: packets good and odd for hosts near and far, fragments, ARP, and frames that are broken.
import { arp, bytes, ethernet, ipv4, u16 } from '../kernel/frames/build.ts';
import type { Input } from './case.ts';
import type { Draw } from './draw.ts';
import type { Host, Lab, Port } from './lab.ts';
import { drawPacket, type Flow } from './messages.ts';

const BROADCAST = 'ff:ff:ff:ff:ff:ff';
const ETHERNET_HEADER = 14;
const ODD_DESTINATIONS = [
  '0.0.0.0',
  '127.0.0.1',
  '127.9.9.9',
  '224.0.0.1',
  '224.0.0.251',
  '239.1.1.1',
  '240.0.0.1',
  '255.255.255.255',
  '169.254.7.7',
  '203.0.113.1',
  '203.0.113.200',
  '0.1.2.3',
];
const ODD_SOURCES = [
  '0.0.0.0',
  '127.0.0.1',
  '224.0.0.5',
  '255.255.255.255',
  '240.0.0.1',
  '169.254.3.4',
  '203.0.113.5',
  '0.1.2.3',
];

const network = (address: string, last: string): string => address.replace(/\d+$/, last);

function destination(draw: Draw, lab: Lab, to: Port, receiver: Host): string {
  const kind = draw.int(1, 100);
  if (kind <= 25) return draw.pick(receiver.addresses);
  if (kind <= 55) return draw.pick(draw.pick(lab.hosts).addresses);
  if (kind <= 80) return `192.168.${draw.pick(lab.hosts).index}.9`;
  if (kind <= 84)
    return network(draw.chance(50) ? to.address : draw.pick(draw.pick(lab.hosts).addresses), '255');
  if (kind <= 88) return network(draw.pick(draw.pick(lab.hosts).addresses), draw.pick(['0', '77', '3']));
  if (kind <= 93 && lab.oddities.length > 0) return draw.pick(lab.oddities);
  return draw.pick(ODD_DESTINATIONS);
}

function source(draw: Draw, lab: Lab, from: Port, receiver: Host): string {
  const kind = draw.int(1, 100);
  if (kind <= 65) return from.address;
  if (kind <= 80) return draw.pick(draw.pick(lab.hosts).addresses);
  if (kind <= 88) return `192.168.${draw.pick(lab.hosts).index}.9`;
  if (kind <= 92) return draw.pick(receiver.addresses);
  if (kind <= 95) return network(from.address, draw.pick(['0', '66', '255']));
  return draw.pick(ODD_SOURCES);
}

/** Small, or about as long as some MTU on the way allows; never longer than the cable takes. */
function size(draw: Draw, lab: Lab, from: Port): number {
  if (draw.chance(55)) return draw.int(20, 120);
  const mtus = lab.hosts.flatMap((host) => host.ports.map(({ mtu }) => mtu));
  const near =
    draw.pick([...mtus, 576, 1200, 1000]) + draw.pick([-70, -58, -50, -28, -20, -8, -1, 0, 1, 8, 20, 28, 50]);
  return Math.max(20, Math.min(near, from.mtu));
}

/** The MAC address that leads on: that of the other end, of its bridge, or of the host behind the bridge. */
function frameTarget(draw: Draw, lab: Lab, from: Port): string {
  const { peer } = from;
  const bridge = (port: Port) => `02:00:00:00:${Number(port.address.split('.')[1]).toString(16)}:01`;
  const good = peer.bridge === '' ? [peer.mac] : [bridge(peer), ...behindBridge(lab, peer)];
  if (draw.chance(92)) return draw.pick(good);
  return draw.pick([
    BROADCAST,
    BROADCAST,
    '01:00:5e:00:00:01',
    '02:00:00:00:99:99',
    '01:80:c2:00:00:00',
    '01:80:c2:00:00:0e',
    '00:00:00:00:00:00',
    from.mac,
  ]);
}

function behindBridge(lab: Lab, port: Port): string[] {
  const host = lab.hosts.find(({ name }) => name === port.host)!;
  return host.ports.filter((one) => one.bridge !== '' && one !== port).map((one) => one.peer.mac);
}

const frameSource = (draw: Draw, from: Port): string =>
  draw.chance(94)
    ? from.mac
    : draw.pick(['02:00:00:00:77:01', BROADCAST, '00:00:00:00:00:00', from.peer.mac]);

/** With a VLAN tag, or two. */
function tagged(draw: Draw, frame: Uint8Array): Uint8Array {
  const tag = [
    ...u16(draw.pick([0x8100, 0x8100, 0x88a8])),
    ...u16(draw.pick([0, 0, 5, 100, 0xe000, 0x0fff])),
  ];
  const once = bytes(frame.subarray(0, 12), tag, frame.subarray(12));
  return draw.chance(20) ? tagged(draw, once) : once;
}

/** Things that are wrong with a whole frame. */
function damage(draw: Draw, frame: Uint8Array): Uint8Array {
  const at = ETHERNET_HEADER;
  const copy = Uint8Array.from(frame);
  switch (draw.int(1, 7)) {
    case 1:
      return copy.subarray(0, draw.int(at, copy.length));
    case 2:
      copy[at + 10]! ^= 0x40;
      return copy;
    case 3:
      copy[at] = draw.pick([0x44, 0x46, 0x4f, 0x65, 0x05]);
      return copy;
    case 4:
      copy.set(u16(draw.pick([0, 19, 20, 30, 9999])), at + 2);
      return copy;
    case 5:
      return bytes(copy, new Uint8Array(draw.int(1, 40)));
    case 6:
      return tagged(draw, copy);
    default:
      return bytes(copy.subarray(0, 12), u16(draw.pick([0x86dd, 0x88b5, 38, 0x88cc])), copy.subarray(14));
  }
}

interface Piece {
  readonly from: number;
  readonly to: number;
}

/** Cuts `total` bytes at multiples of eight. */
function cuts(draw: Draw, total: number): Piece[] {
  const places = Array.from({ length: draw.int(1, 4) }, () => draw.int(1, Math.max(1, (total - 1) >> 3)) * 8);
  const ends = [...new Set([...places.filter((place) => place < total), total])].sort((a, b) => a - b);
  return ends.map((to, i) => ({ from: ends[i - 1] ?? 0, to }));
}

/** Lost, repeated, overlapping and mixed up. */
function mixUp(draw: Draw, pieces: Piece[]): Piece[] {
  let mixed = draw.chance(50) ? draw.shuffle(pieces) : pieces;
  if (draw.chance(10)) mixed = mixed.slice(1);
  if (draw.chance(15)) mixed = [...mixed, draw.pick(pieces)];
  if (draw.chance(12))
    mixed = mixed.map((piece) =>
      draw.chance(40) && piece.from >= 8 ? { ...piece, from: piece.from - 8 } : piece,
    );
  if (draw.chance(8))
    mixed = mixed.map((piece) =>
      draw.chance(40) && piece.to - piece.from > 8 ? { ...piece, to: piece.to - 8 } : piece,
    );
  return mixed;
}

/** The fragments of a packet with a plain header. */
function fragments(draw: Draw, lab: Lab, flow: Flow, length: number): Uint8Array[] {
  const whole = drawPacket(draw, lab, flow, Math.max(length, 60));
  const headerLength = (whole[0]! & 15) * 4;
  const payload = whole.subarray(headerLength);
  const view = new DataView(whole.buffer, whole.byteOffset);
  const flags = draw.chance(25) ? 0x4000 : 0;
  const tos = draw.int(0, 3);
  return mixUp(draw, cuts(draw, payload.length)).map(({ from, to }) =>
    ipv4({
      src: [...whole.subarray(12, 16)].join('.'),
      dst: [...whole.subarray(16, 20)].join('.'),
      protocol: whole[9]!,
      id: view.getUint16(4),
      ttl: whole[8]!,
      tos: draw.chance(8) ? draw.int(0, 3) : tos,
      options: whole.subarray(20, headerLength),
      payload: payload.subarray(from, to),
      fragment: (draw.chance(95) ? flags : 0) | (to < payload.length ? 0x2000 : 0) | (from >> 3),
    }),
  );
}

function drawArp(draw: Draw, lab: Lab, from: Port, receiver: Host): Uint8Array {
  const targetIp = draw.pick([
    from.peer.address,
    draw.pick(receiver.addresses),
    destination(draw, lab, from.peer, receiver),
    from.address,
  ]);
  const senderMac = draw.chance(80) ? from.mac : '02:00:00:00:77:02';
  const message = arp({
    operation: draw.pick([1, 1, 1, 2, 2, 3]),
    senderMac,
    senderIp: draw.pick([from.address, from.address, '0.0.0.0', source(draw, lab, from, receiver), targetIp]),
    targetMac: draw.pick(['00:00:00:00:00:00', from.peer.mac, senderMac]),
    targetIp,
  });
  const to = draw.pick([BROADCAST, BROADCAST, from.peer.mac, '02:00:00:00:99:99']);
  // Another hardware, protocol, length of address, or operation.
  if (draw.chance(6)) message.set([draw.pick([0, 1, 4, 6, 8, 16])], draw.pick([1, 2, 3, 4, 5, 6, 7]));
  const frame = ethernet(
    to,
    from.mac,
    0x0806,
    draw.chance(90) ? message : message.subarray(0, draw.int(0, 28)),
  );
  return draw.chance(4) ? tagged(draw, frame) : frame;
}

function drawFrames(draw: Draw, lab: Lab, from: Port): Uint8Array[] {
  const receiver = lab.hosts.find(({ name }) => name === from.peer.host)!;
  if (draw.chance(12)) return [drawArp(draw, lab, from, receiver)];
  const flow = { src: source(draw, lab, from, receiver), dst: destination(draw, lab, from.peer, receiver) };
  const [to, sender] = [frameTarget(draw, lab, from), frameSource(draw, from)];
  const length = size(draw, lab, from);
  const packets = draw.chance(12)
    ? fragments(draw, lab, flow, length)
    : [drawPacket(draw, lab, flow, length)];
  return packets
    .map((packet) => ethernet(to, sender, 0x0800, packet))
    .map((frame) => (draw.chance(5) ? damage(draw, frame) : frame));
}

/** Frames that the device of a VXLAN sends, or the bridge before it. */
function overlayBurst(draw: Draw, lab: Lab, count: number): Input[] {
  const { ends, device, inner, macs } = draw.pick(lab.tunnels.filter(({ kind }) => kind === 'vxlan'));
  const from = draw.int(0, 1);
  return Array.from({ length: count }, () => {
    const dst = draw.chance(60) ? inner[1 - from]! : draw.pick(draw.pick(lab.hosts).addresses);
    const src = draw.chance(70) ? inner[from]! : draw.pick(ends[from]!.addresses);
    const length = draw.chance(40)
      ? draw.int(20, 120)
      : draw.pick([500, 526, 550, 900, 1230, 1350, 1430, 1450]);
    const packet = drawPacket(draw, lab, { src, dst }, length + draw.int(-1, 1)).subarray(0, 1480);
    const to = draw.chance(80)
      ? macs[1 - from]!
      : draw.pick([BROADCAST, '02:00:00:00:99:99', '01:00:5e:00:00:05']);
    const sender = draw.chance(70) ? macs[from]! : '02:00:00:00:55:01';
    return { at: { host: ends[from]!.name, device }, frame: ethernet(to, sender, 0x0800, packet) };
  });
}

/** A few bursts, each from one end of a cable. */
export function drawTraffic(draw: Draw, lab: Lab, count: number): Input[] {
  const ports = lab.hosts.flatMap((host) => host.ports).filter(({ bridge }) => bridge === '');
  const inputs: Input[] = [];
  while (inputs.length < count) {
    if (draw.chance(25) && lab.tunnels.some(({ kind }) => kind === 'vxlan')) {
      inputs.push(...overlayBurst(draw, lab, draw.int(4, 12)));
      continue;
    }
    const from = draw.pick(ports);
    const { host, device } = from;
    // What the other end drops for its length, tcpreplay would send again and again.
    const longest = Math.min(from.mtu, from.peer.mtu) + ETHERNET_HEADER;
    for (let left = draw.int(5, 25); left > 0; left--)
      for (const frame of drawFrames(draw, lab, from))
        if (frame.length <= longest) inputs.push({ at: { host, device }, frame });
  }
  return inputs;
}
