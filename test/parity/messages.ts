// Draws what an IPv4 packet carries: echoes, datagrams, segments, errors that quote, and packets within packets.
import {
  bytes,
  ethernet,
  type Ipv4Fields,
  icmp,
  ip,
  ipv4,
  pattern,
  tcp,
  u16,
  udp,
} from '../kernel/frames/build.ts';
import type { Draw } from './draw.ts';
import type { Lab, Tunnel } from './lab.ts';

export interface Flow {
  readonly src: string;
  readonly dst: string;
}

interface Message {
  readonly protocol: number;
  readonly payload: Uint8Array;
}

/** Wrong by one bit, now and then. */
const spoil = (draw: Draw): number => (draw.chance(4) ? 0x0100 : 0);

function echoMessage(draw: Draw, size: number): Message {
  const rest = [...u16(draw.int(1, 3)), ...u16(draw.int(0, 999))];
  const type = draw.chance(6) ? draw.pick([13, 14, 15, 17, 9, 10, 30, 42]) : draw.pick([8, 8, 8, 8, 0]);
  return {
    protocol: 1,
    payload: icmp(type, draw.chance(4) ? 3 : 0, rest, pattern(Math.max(size - 8, 0)), spoil(draw)),
  };
}

function udpMessage(draw: Draw, flow: Flow, size: number): Message {
  const ports = { ...flow, sport: draw.int(1024, 2000), dport: draw.pick([9, 33434, 4789, 8472, 53]) };
  const payload = udp(ports, pattern(Math.max(size - 8, 0)), spoil(draw));
  if (draw.chance(4)) payload.set([0, 0], 6);
  if (draw.chance(4)) payload.set(u16(draw.pick([0, 7, 8, payload.length - 1, payload.length + 1])), 4);
  return { protocol: 17, payload };
}

function tcpMessage(draw: Draw, flow: Flow): Message {
  const ports = { ...flow, sport: draw.int(1024, 2000), dport: 80 };
  const payload = tcp(
    ports,
    draw.pick([0x02, 0x10, 0x04, 0x11, 0x12, 0x18, 0x00]),
    draw.int(0, 99999),
    draw.int(0, 99999),
  );
  return { protocol: 6, payload };
}

function otherMessage(draw: Draw, size: number): Message {
  return { protocol: draw.pick([253, 47, 41, 132, 0, 2, 4, 17, 1]), payload: pattern(size) };
}

/** An error about a packet that `flow.dst` may have sent: to anybody, or through one of its tunnels. */
function errorMessage(draw: Draw, lab: Lab, flow: Flow): Message {
  const [type, ...codes] = draw.pick([
    [3, 0, 1, 2, 3, 4, 4, 4, 13, 16],
    [11, 0, 1],
    [12, 0],
    [4, 0],
    [5, 0, 1],
  ] as const);
  const code = draw.pick(codes as readonly number[]);
  const rest =
    type === 5
      ? ip(draw.pick(draw.pick(lab.hosts).addresses))
      : [0, 0, ...u16(draw.pick([0, 68, 500, 552, 576, 1000, 1300, 1480, 9999]))];
  const quoted = quotedPacket(draw, lab, flow);
  const cut = draw.chance(50) ? quoted.subarray(0, Math.min(quoted.length, 28)) : quoted;
  return {
    protocol: 1,
    payload: icmp(type, code, rest, draw.chance(5) ? cut.subarray(0, 20) : cut, spoil(draw)),
  };
}

function quotedPacket(draw: Draw, lab: Lab, flow: Flow): Uint8Array {
  const dst = draw.chance(50) ? flow.src : draw.pick(draw.pick(lab.hosts).addresses);
  const back = { src: flow.dst, dst };
  const tunnels = lab.tunnels.filter(({ outer }) => outer.includes(flow.dst));
  if (tunnels.length > 0 && draw.chance(60)) {
    const { outer } = draw.pick(tunnels);
    const to = outer[0] === flow.dst ? outer[1] : outer[0];
    const message = draw.chance(50)
      ? { protocol: 4, payload: ipv4({ ...back, protocol: 1, payload: pattern(16) }) }
      : udpMessage(draw, back, 24);
    return ipv4({ src: flow.dst, dst: to, ...message });
  }
  const message = draw.pick([
    () => echoMessage(draw, 32),
    () => udpMessage(draw, back, 32),
    () => tcpMessage(draw, back),
  ])();
  return ipv4({ ...back, ...message, fragment: draw.chance(30) ? 0x4000 : 0 });
}

/** The flow between the ends of a tunnel, towards `draw`n one. */
function throughTunnel(
  draw: Draw,
  lab: Lab,
  tunnel: Tunnel,
  size: number,
  depth: number,
): { outer: Flow } & Message {
  const from = draw.int(0, 1);
  const outer = { src: tunnel.outer[from]!, dst: tunnel.outer[1 - from]! };
  const inner = {
    src: draw.pick(tunnel.ends[from]!.addresses),
    dst: draw.pick(draw.pick(lab.hosts).addresses),
  };
  const packet = drawPacket(draw, lab, inner, Math.max(size - 50, 0), depth + 1);
  if (tunnel.kind === 'ipip' ? draw.chance(90) : draw.chance(10))
    return { outer, protocol: 4, payload: packet };
  const target = draw.chance(85)
    ? tunnel.macs[1 - from]!
    : draw.pick(['ff:ff:ff:ff:ff:ff', '02:00:00:00:99:99', '01:00:5e:00:00:01']);
  const frame = ethernet(
    target,
    draw.chance(90) ? tunnel.macs[from]! : '02:00:00:00:77:77',
    draw.chance(95) ? 0x0800 : 0x86dd,
    packet,
  );
  const flags = draw.chance(92) ? 0x08 : draw.pick([0, 0x88, 0x0c, 0x48]);
  const vni = draw.chance(92) ? tunnel.vni : 99;
  const header = [flags, 0, 0, 0, 0, 0, vni, draw.chance(96) ? 0 : 1];
  const message = udp({ ...outer, sport: 50000, dport: tunnel.port }, bytes(header, frame), spoil(draw));
  if (draw.chance(60)) message.set([0, 0], 6);
  return { outer, protocol: 17, payload: message };
}

function options(draw: Draw): Uint8Array {
  return draw.pick([
    bytes(1, 1, 1, 0),
    bytes(7, 15, 4, new Uint8Array(12), 0),
    bytes(7, 7, 8, 1, 2, 3, 4, 0),
    bytes(0x94, 4, 0, 0),
    bytes(0x83, 7, 4, 192, 168, 1, 1, 0),
    bytes(0x89, 7, 4, 192, 168, 1, 1, 0),
    // No time of day: a quotation's checksum would tell it.
    bytes(0x44, 8, 9, 0, 0, 0, 0, 0),
    bytes(0x44, 12, 9, 0xf1, new Uint8Array(8)),
    bytes(0x44, 8, 9, 0x10, 0, 0, 0, 0),
    bytes(0x88, 4, 0, 7),
    bytes(0x1e, 4, 0, 0),
    bytes(7, 40, 4, 0),
    bytes(7, 3, 2, 0),
    bytes(1, 1, 1, 7),
  ]);
}

/** The header's fields besides the addresses: good mostly. */
function headerFields(draw: Draw): Partial<Ipv4Fields> {
  const fields: Partial<Ipv4Fields> = { id: draw.int(1, 0xffff) };
  fields.ttl = draw.chance(72)
    ? 64
    : draw.chance(80)
      ? draw.pick([0, 1, 2, 3, 4, 128, 255])
      : draw.int(0, 255);
  if (draw.chance(25)) fields.tos = draw.pick([1, 2, 3, 0x10, 0x08, 0xb8, 0xb9, 0xff, 0x04, 0x1c, 0xe0]);
  if (draw.chance(6)) fields.tos = draw.int(0, 255);
  if (draw.chance(40))
    fields.fragment = draw.pick([0x4000, 0x4000, 0x4000, 0x4000, 0x8000, 0x6000, 0x2000, 0x0002, 0xc000]);
  if (draw.chance(8)) fields.options = options(draw);
  return fields;
}

function message(draw: Draw, lab: Lab, flow: Flow, size: number): Message {
  const kind = draw.int(1, 100);
  if (kind <= 50) return echoMessage(draw, size);
  if (kind <= 70) return udpMessage(draw, flow, size);
  if (kind <= 80) return tcpMessage(draw, flow);
  if (kind <= 92) return errorMessage(draw, lab, flow);
  return otherMessage(draw, size);
}

/** A whole packet of about `size` bytes. */
export function drawPacket(draw: Draw, lab: Lab, flow: Flow, size: number, depth = 0): Uint8Array {
  const fields = headerFields(draw);
  const room = Math.max(size - 20 - (fields.options?.length ?? 0), 0);
  if (depth < 2 && lab.tunnels.length > 0 && draw.chance(15)) {
    const { outer, ...inside } = throughTunnel(draw, lab, draw.pick(lab.tunnels), room, depth);
    return ipv4({ ...fields, ...outer, ...inside });
  }
  return ipv4({ ...fields, ...flow, ...message(draw, lab, flow, room) });
}
