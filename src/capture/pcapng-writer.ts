// Writes pcapng files of one section: interfaces by name, nanoseconds, a comment and direction per packet.

import {
  BLOCK_ENHANCED_PACKET,
  BLOCK_INTERFACE,
  BLOCK_SECTION,
  BYTE_ORDER_MAGIC,
  FLAG_INBOUND,
  FLAG_OUTBOUND,
  OPT_COMMENT,
  OPT_END,
  OPT_FLAGS,
  OPT_NAME,
  OPT_TSRESOL,
  OPT_USERAPPL,
  PACKET_DATA_AT,
  padded,
} from './pcapng-blocks.ts';
import { type Direction, MAX_SNAP_LENGTH, type RecordToWrite } from './record.ts';

/** if_tsresol: nanoseconds. */
const TSRESOL_NANOS = 9;
const NANOS_PER_SECOND = 1_000_000_000n;
/** Section length "not stated" (section 4.1). */
const LENGTH_UNKNOWN = -1n;
const LONGEST_OPTION = 65_535;

const utf8 = new TextEncoder();

export interface PcapngOptions {
  /** shb_userappl, the program that wrote the file; `vrouter` when absent. */
  readonly userAppl?: string;
  /** Little endian when absent. */
  readonly bigEndian?: boolean;
}

export interface InterfaceToWrite {
  readonly linkType: number;
  readonly name?: string | undefined;
  /** Bytes kept of each packet; 262144 when absent, 0 for no limit. */
  readonly snapLength?: number;
}

interface Option {
  readonly code: number;
  readonly value: Uint8Array;
}

/**
 * Makes the bytes of a file piece by piece: `header()` once, `interface()` for each interface, whose IDs count
 * from 0 in the order of the calls, and `record()` for each packet. Interfaces may be added between packets.
 */
export class PcapngWriter {
  readonly #userAppl: string;
  readonly #littleEndian: boolean;
  readonly #snapLengths: number[] = [];

  constructor({ userAppl = 'vrouter', bigEndian = false }: PcapngOptions = {}) {
    this.#userAppl = userAppl;
    this.#littleEndian = !bigEndian;
  }

  /** The section header block. */
  header(): Uint8Array {
    const options = [textOption(OPT_USERAPPL, this.#userAppl)];
    return this.#block(BLOCK_SECTION, 24, options, (_bytes, view) => {
      view.setUint32(8, BYTE_ORDER_MAGIC, this.#littleEndian);
      view.setUint16(12, 1, this.#littleEndian);
      view.setBigInt64(16, LENGTH_UNKNOWN, this.#littleEndian);
    });
  }

  /** An interface description block. */
  interface({ linkType, name, snapLength = MAX_SNAP_LENGTH }: InterfaceToWrite): Uint8Array {
    this.#snapLengths.push(snapLength);
    const resolution = { code: OPT_TSRESOL, value: Uint8Array.of(TSRESOL_NANOS) };
    const options = name === undefined ? [resolution] : [textOption(OPT_NAME, name), resolution];
    return this.#block(BLOCK_INTERFACE, 16, options, (_bytes, view) => {
      view.setUint16(8, linkType, this.#littleEndian);
      view.setUint32(12, snapLength, this.#littleEndian);
    });
  }

  /**
   * An enhanced packet block, the packet cut to the interface's snapshot length. Throws a RangeError for an
   * interface that was not written before and for a time that 64 bits of nanoseconds cannot hold.
   */
  record(record: RecordToWrite): Uint8Array {
    const { data, interface: id = 0, originalLength = data.length } = record;
    const snapLength = this.#snapLengths[id];
    if (snapLength === undefined) throw new RangeError(`interface ${id} was not written to this pcapng`);
    const time = timestamp(record);
    const captured = snapLength === 0 ? data.length : Math.min(data.length, snapLength);
    const fixed = PACKET_DATA_AT + padded(captured);
    return this.#block(BLOCK_ENHANCED_PACKET, fixed, this.#packetOptions(record), (bytes, view) => {
      view.setUint32(8, id, this.#littleEndian);
      view.setUint32(12, Number(time >> 32n), this.#littleEndian);
      view.setUint32(16, Number(time & 0xffff_ffffn), this.#littleEndian);
      view.setUint32(20, captured, this.#littleEndian);
      view.setUint32(24, originalLength, this.#littleEndian);
      bytes.set(captured === data.length ? data : data.subarray(0, captured), PACKET_DATA_AT);
    });
  }

  #packetOptions({ comment, direction }: RecordToWrite): Option[] {
    const options: Option[] = [];
    if (comment !== undefined) options.push(textOption(OPT_COMMENT, comment));
    if (direction !== undefined) options.push(this.#flagsOption(direction));
    return options;
  }

  #flagsOption(direction: Direction): Option {
    const value = new Uint8Array(4);
    const flags = direction === 'in' ? FLAG_INBOUND : FLAG_OUTBOUND;
    new DataView(value.buffer).setUint32(0, flags, this.#littleEndian);
    return { code: OPT_FLAGS, value };
  }

  /** A block whose `fixed` first bytes `fill` completes, with its options and both lengths. */
  #block(
    type: number,
    fixed: number,
    options: readonly Option[],
    fill: (bytes: Uint8Array, view: DataView) => void,
  ): Uint8Array {
    const length = fixed + optionsLength(options) + 4;
    const bytes = new Uint8Array(length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, type, this.#littleEndian);
    view.setUint32(4, length, this.#littleEndian);
    fill(bytes, view);
    this.#writeOptions(bytes, view, fixed, options);
    view.setUint32(length - 4, length, this.#littleEndian);
    return bytes;
  }

  /** The options one after the other; the zeros behind the last one are the end-of-options marker. */
  #writeOptions(bytes: Uint8Array, view: DataView, at: number, options: readonly Option[]): void {
    for (const { code, value } of options) {
      view.setUint16(at, code, this.#littleEndian);
      view.setUint16(at + 2, value.length, this.#littleEndian);
      bytes.set(value, at + 4);
      at += 4 + padded(value.length);
    }
    if (options.length > 0) view.setUint32(at, OPT_END);
  }
}

function optionsLength(options: readonly Option[]): number {
  if (options.length === 0) return 0;
  return options.reduce((sum, { value }) => sum + 4 + padded(value.length), 4);
}

/** An option's length field has 16 bits; a longer text is cut there, not inside a character. */
function textOption(code: number, text: string): Option {
  const value = new Uint8Array(Math.min(LONGEST_OPTION, 3 * text.length));
  const { written } = utf8.encodeInto(text, value);
  return { code, value: value.subarray(0, written) };
}

function timestamp({ seconds, nanos }: RecordToWrite): bigint {
  const time = BigInt(seconds) * NANOS_PER_SECOND + BigInt(nanos);
  if (time === BigInt.asUintN(64, time)) return time;
  throw new RangeError(`pcapng cannot hold the time ${seconds}`);
}
