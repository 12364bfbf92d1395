// Builds frames byte by byte for the generators in this directory. It shares nothing with src/wire on
// purpose: what judges the product must not be made by it, and half of these frames are malformed.
import { writeFileSync } from 'node:fs';

/** A small seeded generator (mulberry32): the same seed gives the same frames for ever. */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

export function bytes(...parts: (number | string | Uint8Array | number[])[]): Uint8Array {
  const flat: number[] = [];
  for (const part of parts) {
    if (typeof part === 'number') flat.push(part);
    else if (typeof part === 'string') flat.push(...Buffer.from(part, 'hex'));
    else flat.push(...part);
  }
  return Uint8Array.from(flat);
}

const mac = (text: string): number[] => text.split(':').map((byte) => Number.parseInt(byte, 16));
export const ip = (text: string): number[] => text.split('.').map(Number);
export const u16 = (value: number): number[] => [(value >>> 8) & 0xff, value & 0xff];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];

export function dotted(address: number): string {
  return u32(address).join('.');
}

function internetChecksum(data: Uint8Array | number[]): number {
  let sum = 0;
  for (let i = 0; i < data.length; i += 2) sum += (data[i]! << 8) | (data[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

export interface Ipv4Fields {
  src: string;
  dst: string;
  protocol: number;
  payload: Uint8Array;
  ttl?: number;
  tos?: number;
  id?: number;
  /** The 16 bits of flags and fragment offset, in the header's own form. */
  fragment?: number;
  options?: Uint8Array;
  version?: number;
  /** Header length in words, total length, checksum: right unless given. */
  ihl?: number;
  totalLength?: number;
  checksum?: number;
}

export function ipv4(fields: Ipv4Fields): Uint8Array {
  const options = fields.options ?? new Uint8Array();
  const ihl = fields.ihl ?? 5 + options.length / 4;
  const header = bytes(
    ((fields.version ?? 4) << 4) | ihl,
    fields.tos ?? 0,
    u16(fields.totalLength ?? 20 + options.length + fields.payload.length),
    u16(fields.id ?? 0x1234),
    u16(fields.fragment ?? 0),
    fields.ttl ?? 64,
    fields.protocol,
    u16(0),
    ip(fields.src),
    ip(fields.dst),
    options,
  );
  const checksum = fields.checksum ?? internetChecksum(header);
  header.set(u16(checksum), 10);
  return bytes(header, fields.payload);
}

/** Fills in the checksum at `at` of an ICMP or TCP-like message, XOR-ed with `spoil`. */
function withChecksum(message: Uint8Array, at: number, pseudoHeader: number[], spoil: number): Uint8Array {
  message.set(u16(internetChecksum(bytes(pseudoHeader, message)) ^ spoil), at);
  return message;
}

export function icmp(type: number, code: number, rest: number[], data: Uint8Array, spoil = 0): Uint8Array {
  return withChecksum(bytes(type, code, 0, 0, rest, data), 2, [], spoil);
}

export function echo(id: number, sequence: number, size = 24): Uint8Array {
  return icmp(8, 0, [...u16(id), ...u16(sequence)], pattern(size));
}

export function pattern(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => i & 0xff);
}

function pseudo(src: string, dst: string, protocol: number, length: number): number[] {
  return [...ip(src), ...ip(dst), 0, protocol, ...u16(length)];
}

export interface Ports {
  src: string;
  dst: string;
  sport: number;
  dport: number;
}

export function udp(flow: Ports, data: Uint8Array, spoil = 0): Uint8Array {
  const length = 8 + data.length;
  const header = bytes(u16(flow.sport), u16(flow.dport), u16(length), 0, 0, data);
  return withChecksum(header, 6, pseudo(flow.src, flow.dst, 17, length), spoil);
}

export function tcp(flow: Ports, flags: number, sequence: number, acknowledged: number): Uint8Array {
  const segment = bytes(
    u16(flow.sport),
    u16(flow.dport),
    u32(sequence),
    u32(acknowledged),
    0x50,
    flags,
    u16(0x4000),
    u16(0),
    u16(0),
  );
  return withChecksum(segment, 16, pseudo(flow.src, flow.dst, 6, segment.length), 0);
}

export function ethernet(dst: string, src: string, type: number, payload: Uint8Array): Uint8Array {
  return bytes(mac(dst), mac(src), u16(type), payload);
}

export interface ArpFields {
  operation: number;
  senderMac: string;
  senderIp: string;
  targetMac?: string;
  targetIp: string;
}

export function arp(fields: ArpFields): Uint8Array {
  return bytes(
    u16(1),
    u16(0x0800),
    6,
    4,
    u16(fields.operation),
    mac(fields.senderMac),
    ip(fields.senderIp),
    mac(fields.targetMac ?? '00:00:00:00:00:00'),
    ip(fields.targetIp),
  );
}

/** An Ethernet capture, in the classic format, with `gap` milliseconds after each frame. */
export function captureOf(
  frames: readonly Uint8Array[],
  gap: (index: number) => number = () => 1,
): Uint8Array {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262144, 16);
  header.writeUInt32LE(1, 20);
  let time = 0;
  const records = frames.map((frame, i) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(1_600_000_000 + Math.floor(time / 1000), 0);
    record.writeUInt32LE((time % 1000) * 1000, 4);
    record.writeUInt32LE(frame.length, 8);
    record.writeUInt32LE(frame.length, 12);
    time += gap(i);
    return Buffer.concat([record, frame]);
  });
  return Buffer.concat([header, ...records]);
}

export function writeCapture(
  path: string,
  frames: readonly Uint8Array[],
  gap?: (index: number) => number,
): void {
  writeFileSync(path, captureOf(frames, gap));
}
