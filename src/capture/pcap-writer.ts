// Writes classic pcap files, byte for byte as tcpdump -w does (pcap-savefile(5)).

import { MAX_SNAP_LENGTH, type RecordToWrite } from './record.ts';

const MAGIC_MICROS = 0xa1b2c3d4;
const MAGIC_NANOS = 0xa1b23c4d;
const FILE_HEADER_LENGTH = 24;
const RECORD_HEADER_LENGTH = 16;
const MAX_U32 = 0xffff_ffff;

export interface PcapOptions {
  readonly linkType: number;
  /** Nanosecond timestamps, as `tcpdump --nano`; microseconds when absent, the rest cut off. */
  readonly nanos?: boolean;
  /** Bytes kept of each packet; 262144 when absent. */
  readonly snapLength?: number;
  /** Little endian when absent. */
  readonly bigEndian?: boolean;
}

/** Makes the bytes of a file piece by piece: `header()` once, then `record()` for each packet. */
export class PcapWriter {
  readonly #linkType: number;
  readonly #nanos: boolean;
  readonly #snapLength: number;
  readonly #littleEndian: boolean;

  constructor({ linkType, nanos = false, snapLength = MAX_SNAP_LENGTH, bigEndian = false }: PcapOptions) {
    this.#linkType = linkType;
    this.#nanos = nanos;
    this.#snapLength = snapLength;
    this.#littleEndian = !bigEndian;
  }

  /** The 24 bytes a file starts with. */
  header(): Uint8Array {
    const bytes = new Uint8Array(FILE_HEADER_LENGTH);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, this.#nanos ? MAGIC_NANOS : MAGIC_MICROS, this.#littleEndian);
    view.setUint16(4, 2, this.#littleEndian);
    view.setUint16(6, 4, this.#littleEndian);
    view.setUint32(16, this.#snapLength, this.#littleEndian);
    view.setUint32(20, this.#linkType, this.#littleEndian);
    return bytes;
  }

  /**
   * One packet with its header, cut to the snapshot length. Throws a RangeError for a time that 32 bits of
   * seconds cannot hold (before 1970, after 2106): writing another one would be a silent change.
   */
  record({ seconds, nanos, data, originalLength = data.length }: RecordToWrite): Uint8Array {
    if (seconds < 0 || seconds > MAX_U32) throw new RangeError(`pcap cannot hold the time ${seconds}`);
    const captured = Math.min(data.length, this.#snapLength);
    const bytes = new Uint8Array(RECORD_HEADER_LENGTH + captured);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, seconds, this.#littleEndian);
    view.setUint32(4, this.#nanos ? nanos : Math.floor(nanos / 1_000), this.#littleEndian);
    view.setUint32(8, captured, this.#littleEndian);
    view.setUint32(12, originalLength, this.#littleEndian);
    bytes.set(captured === data.length ? data : data.subarray(0, captured), RECORD_HEADER_LENGTH);
    return bytes;
  }
}
