// Netlink messages as bytes (linux/netlink.h): a header, a fixed part, attributes of type and length, all aligned to four.
// Numbers are in the order of the machine that wrote them, which is taken to be little-endian.

const HEADER = 16;
/** NLM_F_MULTI and NLM_F_DUMP_FILTERED: part of a dump that had a filter. */
const FLAGS = 0x22;
const LIMIT = 16384;

const aligned = (length: number): number => (length + 3) & ~3;

export interface Message {
  readonly type: number;
  /** What is behind the header. */
  readonly body: DataView;
}

/** One attribute behind another. */
export class AttributeWriter {
  private bytes: number[] = [];

  get done(): readonly number[] {
    return this.bytes;
  }

  put(type: number, value: readonly number[]): void {
    const length = value.length + 4;
    this.bytes.push(length & 255, length >> 8, type & 255, type >> 8, ...value);
    while ((this.bytes.length & 3) !== 0) this.bytes.push(0);
  }

  u8(type: number, value: number): void {
    this.put(type, [value]);
  }

  u32(type: number, value: number): void {
    this.put(type, u32(value));
  }

  /** As nla_put_u32 where the kernel leaves a zero out. */
  some(type: number, value: number): void {
    if (value !== 0) this.u32(type, value);
  }

  /** An address, which is in network order. */
  address(type: number, value: number): void {
    this.put(type, networkOrder(value));
  }

  /** With the 0 behind it. */
  text(type: number, value: string): void {
    this.put(type, [...new TextEncoder().encode(value), 0]);
  }
}

export const u16 = (value: number): number[] => [value & 255, (value >>> 8) & 255];
export const u32 = (value: number): number[] => [...u16(value), ...u16(value >>> 16)];
const networkOrder = (value: number): number[] => u32(value).reverse();

/** What a dump is known by: when it was asked for, and by whom. */
export interface DumpIdentity {
  readonly sequence: number;
  readonly port: number;
}

export const AF_INET = 2;
/** RT_TABLE_COMPAT. */
const LARGE_TABLE = 252;

/** What stands in the one byte that the fixed part has for a table. */
export const tableByte = (table: number): number => (table < 256 ? table : LARGE_TABLE);

/** A message of a dump; `sequence` and `port` say which dump it was. */
export function messageBytes(
  type: number,
  fixed: readonly number[],
  attributes: AttributeWriter,
  { sequence, port }: DumpIdentity,
): number[] {
  const body = [...fixed, ...attributes.done];
  return [...u32(HEADER + body.length), ...u16(type), ...u16(FLAGS), ...u32(sequence), ...u32(port), ...body];
}

/** The messages from `offset` on; the last one is what is wrong with the rest, if anything is (rtnl_from_file). */
export function* messagesIn(bytes: Uint8Array, offset: number): Generator<Message | string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = offset; at < bytes.length; ) {
    if (bytes.length - at < HEADER) {
      yield 'rtnl-from_file: truncated message';
      return;
    }
    const length = view.getUint32(at, true);
    if (length < HEADER || length > LIMIT) {
      yield `!!!malformed message: len=${length | 0} @${at + HEADER}`;
      return;
    }
    if (at + aligned(length) > bytes.length) {
      yield 'rtnl-from_file: truncated message';
      return;
    }
    const body = new DataView(bytes.buffer, bytes.byteOffset + at + HEADER, length - HEADER);
    yield { type: view.getUint16(at + 4, true), body };
    at += aligned(length);
  }
}

/** Attributes by type, of the latest of each (parse_rtattr). */
export class Attributes {
  private readonly byType = new Map<number, DataView>();

  constructor(view: DataView, from: number) {
    for (let at = from; at + 4 <= view.byteLength; ) {
      const length = view.getUint16(at, true);
      if (length < 4 || at + length > view.byteLength) return;
      const value = new DataView(view.buffer, view.byteOffset + at + 4, length - 4);
      this.byType.set(view.getUint16(at + 2, true) & 0x3fff, value);
      at += aligned(length);
    }
  }

  has(type: number): boolean {
    return this.byType.has(type);
  }

  value(type: number): DataView | undefined {
    return this.byType.get(type);
  }

  u8(type: number, otherwise = 0): number {
    const value = this.byType.get(type);
    return value === undefined || value.byteLength < 1 ? otherwise : value.getUint8(0);
  }

  u32(type: number, otherwise = 0): number {
    const value = this.byType.get(type);
    return value === undefined || value.byteLength < 4 ? otherwise : value.getUint32(0, true);
  }

  /** An address, or 0. */
  address(type: number): number {
    const value = this.byType.get(type);
    return value === undefined || value.byteLength < 4 ? 0 : value.getInt32(0);
  }

  text(type: number): string {
    const value = this.byType.get(type);
    if (value === undefined) return '';
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return new TextDecoder().decode(bytes).replace(/\0.*$/s, '');
  }
}
