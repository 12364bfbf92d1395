// What a capture is made of: link types, interfaces and records, the same for every file format.

/** Link-layer header types (https://www.tcpdump.org/linktypes.html) that the views of this folder read. */
export const LINKTYPE_NULL = 0;
export const LINKTYPE_EN10MB = 1;
export const LINKTYPE_RAW = 101;
export const LINKTYPE_LINUX_SLL = 113;
export const LINKTYPE_IPV4 = 228;
export const LINKTYPE_LINUX_SLL2 = 276;

/** The names tcpdump prints after "link-type". */
const LINK_TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [LINKTYPE_NULL, 'NULL'],
  [LINKTYPE_EN10MB, 'EN10MB'],
  [LINKTYPE_RAW, 'RAW'],
  [LINKTYPE_LINUX_SLL, 'LINUX_SLL'],
  [LINKTYPE_IPV4, 'IPV4'],
  [LINKTYPE_LINUX_SLL2, 'LINUX_SLL2'],
]);

/** tcpdump's name of a link type, or its number in decimal when it has none here. */
export function linkTypeName(linkType: number): string {
  return LINK_TYPE_NAMES.get(linkType) ?? String(linkType);
}

/** The snapshot length tcpdump writes (MAXIMUM_SNAPLEN of libpcap), and the longest classic record believed. */
export const MAX_SNAP_LENGTH = 262_144;

/** Whether the interface received or sent the packet (epb_flags, bits 0 and 1). */
export type Direction = 'in' | 'out';

/** One interface of a capture: an IDB of pcapng, or the whole of a classic file. */
interface CaptureInterface {
  readonly linkType: number;
  /** Bytes; 0 in pcapng means no limit. */
  readonly snapLength: number;
  /** Bytes of frame check sequence at the end of each frame; 0 when none or not stated. */
  readonly fcsLength: number;
  /** Seconds per timestamp unit: 1e-6, 1e-9, 2 ** -n. */
  readonly resolution: number;
  /** if_name; classic files have none. */
  readonly name: string | undefined;
}

/** One captured packet. */
export interface CaptureRecord {
  /** Position in the file, from 1. A record too damaged to deliver takes a number as well. */
  readonly number: number;
  /** Seconds since 1970-01-01 UTC; 0 where the file has no time (pcapng simple packet block). */
  readonly seconds: number;
  /** Nanoseconds within the second, 0 to 999,999,999; finer timestamps are cut off. */
  readonly nanos: number;
  /** The captured bytes. They share memory with their neighbours in the file: copy before writing to them. */
  readonly data: Uint8Array;
  /** Bytes the packet had on the wire; more than `data.length` when it was cut. */
  readonly originalLength: number;
  readonly linkType: number;
  /**
   * Index into the capture's interfaces; 0 in classic files. It is the pcapng interface ID in a file of one
   * section; a further section goes on counting where the one before ended.
   */
  readonly interface: number;
  /** opt_comment; several are joined by newlines. */
  readonly comment?: string | undefined;
  readonly direction?: Direction | undefined;
}

/** A plain record of a classic file, in the memory that the file is read into: an object for each packet, but no copy. */
export class PlacedRecord implements CaptureRecord {
  readonly number: number;
  readonly seconds: number;
  readonly nanos: number;
  readonly linkType: number;
  readonly originalLength: number;
  /** The captured bytes are the `length` ones at `at`, which are others once the next batch is read. */
  readonly view: DataView;
  readonly at: number;
  readonly length: number;

  constructor(
    number: number,
    seconds: number,
    nanos: number,
    linkType: number,
    originalLength: number,
    view: DataView,
    at: number,
    length: number,
  ) {
    this.number = number;
    this.seconds = seconds;
    this.nanos = nanos;
    this.linkType = linkType;
    this.originalLength = originalLength;
    this.view = view;
    this.at = at;
    this.length = length;
  }

  get data(): Uint8Array {
    return new Uint8Array(this.view.buffer, this.at, this.length);
  }

  get interface(): number {
    return 0;
  }

  /** The same under another number. */
  numbered(number: number): PlacedRecord {
    const { seconds, nanos, linkType, originalLength, view, at, length } = this;
    return new PlacedRecord(number, seconds, nanos, linkType, originalLength, view, at, length);
  }
}

/** What a writer needs of a record; every CaptureRecord is one. */
export interface RecordToWrite {
  readonly seconds: number;
  readonly nanos: number;
  readonly data: Uint8Array;
  /** Bytes on the wire; `data.length` when absent. */
  readonly originalLength?: number | undefined;
  readonly interface?: number | undefined;
  readonly comment?: string | undefined;
  readonly direction?: Direction | undefined;
}

/** What is known of a capture besides its records; it grows while the file is read. */
export interface CaptureInfo {
  format: 'pcap' | 'pcapng' | 'unknown';
  /** Byte order of a classic file, or of the first pcapng section. */
  bigEndian: boolean;
  gzip: boolean;
  readonly interfaces: CaptureInterface[];
}
