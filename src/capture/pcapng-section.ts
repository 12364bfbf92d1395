// pcapng: what a section means, its byte order, its interfaces and the packets captured on them.

import type { FindingWhat } from './finding.ts';
import type { CaptureSink } from './parser.ts';
import {
  BLOCK_ENHANCED_PACKET,
  BLOCK_INTERFACE,
  BLOCK_PACKET,
  BLOCK_SECTION,
  BLOCK_SIMPLE_PACKET,
  FLAG_INBOUND,
  FLAG_OUTBOUND,
  isPacketBlock,
  OPT_COMMENT,
  OPT_FLAGS,
  OPT_NAME,
  OPT_TSOFFSET,
  OPT_TSRESOL,
  optionText,
  PACKET_DATA_AT,
  padded,
  SIMPLE_DATA_AT,
  walkOptions,
} from './pcapng-blocks.ts';
import type { Direction } from './record.ts';
import { DEFAULT_TSRESOL, InterfaceClock, resolutionSeconds } from './timestamp.ts';

const SUPPORTED_MAJOR = 1;

/** An interface as the packets of its section need it. */
interface SectionInterface {
  readonly linkType: number;
  readonly snapLength: number;
  readonly clock: InterfaceClock;
  /** Index into the capture's interfaces. */
  readonly index: number;
}

/**
 * Takes whole blocks, `length` bytes at index `at` of the view, whose two lengths agree and that are not too
 * short for their type. Blocks of other types, and sections of an unknown major version, are passed over.
 */
export class PcapngSection {
  littleEndian = true;
  readonly #sink: CaptureSink;
  #interfaces: SectionInterface[] = [];
  #supported = true;
  #sections = 0;
  #number = 0;
  // The block being read, so that its readers need not hand these down.
  #view: DataView = new DataView(new ArrayBuffer(0));
  #at = 0;
  #end = 0;
  #offset = 0;
  // What the options of the current packet said.
  #comment: string | undefined;
  #direction: Direction | undefined;

  constructor(sink: CaptureSink) {
    this.#sink = sink;
  }

  /** Reads one block; `littleEndian` matters for a section header only. */
  block(
    type: number,
    view: DataView,
    at: number,
    length: number,
    offset: number,
    littleEndian: boolean,
  ): void {
    this.#view = view;
    this.#at = at;
    this.#end = at + length - 4;
    this.#offset = offset;
    if (type === BLOCK_SECTION) this.#readSection(littleEndian);
    else if (this.#supported) this.#readContent(type);
  }

  /** Reports a block that cannot be read; returns the record number it took, 0 when it was no packet. */
  skip(type: number, offset: number, what: FindingWhat, value: number | string): number {
    const number = isPacketBlock(type) && this.#supported ? ++this.#number : 0;
    this.#sink.findings.push({ number, offset, what, value });
    return number;
  }

  #readContent(type: number): void {
    if (type === BLOCK_ENHANCED_PACKET) this.#readPacket(this.#u32(8));
    else if (type === BLOCK_PACKET) this.#readPacket(this.#u16(8));
    else if (type === BLOCK_SIMPLE_PACKET) this.#readSimplePacket();
    else if (type === BLOCK_INTERFACE) this.#readInterface();
  }

  /** Section 4.1: byte order magic at 8, version at 12, section length at 16 (not needed). */
  #readSection(littleEndian: boolean): void {
    this.littleEndian = littleEndian;
    this.#interfaces = [];
    if (this.#sections++ === 0) this.#sink.info.bigEndian = !littleEndian;
    const major = this.#u16(12);
    this.#supported = major === SUPPORTED_MAJOR;
    if (!this.#supported) this.#find('unsupported-version', `${major}.${this.#u16(14)}`, 0);
  }

  /** Section 4.2: link type at 8, snapshot length at 12, options at 16. */
  #readInterface(): void {
    let tsresol = DEFAULT_TSRESOL;
    let tsoffset = 0;
    let name: string | undefined;
    this.#readOptions(16, 0, (code, at, length) => {
      if (code === OPT_TSRESOL && length === 1) tsresol = this.#view.getUint8(at);
      else if (code === OPT_TSOFFSET && length === 8) tsoffset = this.#readTimeOffset(at);
      else if (code === OPT_NAME) name = optionText(this.#view, at, length);
    });
    const linkType = this.#u16(8);
    const snapLength = this.#u32(12);
    const index = this.#sink.info.interfaces.length;
    this.#interfaces.push({ linkType, snapLength, clock: new InterfaceClock(tsresol, tsoffset), index });
    // if_fcslen is not read: whether it counts bits or bytes is disputed (pcapng issue 60).
    this.#sink.info.interfaces.push({
      linkType,
      snapLength,
      fcsLength: 0,
      resolution: resolutionSeconds(tsresol),
      name,
    });
  }

  #readTimeOffset(at: number): number {
    const offset = Number(this.#view.getBigInt64(at, this.littleEndian));
    if (Number.isSafeInteger(offset)) return offset;
    this.#find('bad-option', OPT_TSOFFSET, 0);
    return 0;
  }

  /** Section 4.3 and appendix A: time at 12 and 16, captured length at 20, length at 24, data at 28, options. */
  #readPacket(id: number): void {
    const number = ++this.#number;
    const captured = this.#u32(20);
    const source = this.#sourceOf(id, number, PACKET_DATA_AT, captured);
    if (source === undefined) return;
    const { clock } = source;
    clock.read(this.#u32(12), this.#u32(16));
    this.#readPacketOptions(PACKET_DATA_AT + padded(captured), number);
    this.#deliver(number, source, clock.seconds, clock.nanos, PACKET_DATA_AT, captured, this.#u32(24));
  }

  /**
   * Section 4.4: length at 8, data at 12, no time and no options; it belongs to the section's first interface.
   * How much was captured follows from that interface's snapshot length.
   */
  #readSimplePacket(): void {
    const number = ++this.#number;
    const originalLength = this.#u32(8);
    const captured = Math.min(originalLength, this.#interfaces[0]?.snapLength || originalLength);
    const source = this.#sourceOf(0, number, SIMPLE_DATA_AT, captured);
    if (source === undefined) return;
    this.#comment = undefined;
    this.#direction = undefined;
    this.#deliver(number, source, 0, 0, SIMPLE_DATA_AT, captured, originalLength);
  }

  /** The interface of a packet; undefined, and a finding, when there is none or the packet does not fit in. */
  #sourceOf(id: number, number: number, dataAt: number, captured: number): SectionInterface | undefined {
    const source = this.#interfaces[id];
    const fits = captured <= this.#end - this.#at - dataAt;
    if (source !== undefined && fits) return source;
    if (fits) this.#find('unknown-interface', id, number);
    else this.#find('captured-exceeds-block', captured, number);
    return undefined;
  }

  #deliver(
    number: number,
    source: SectionInterface,
    seconds: number,
    nanos: number,
    dataAt: number,
    captured: number,
    originalLength: number,
  ): void {
    if (captured > originalLength) this.#find('captured-exceeds-original', captured, number);
    this.#sink.records.push({
      number,
      seconds,
      nanos,
      data: new Uint8Array(this.#view.buffer, this.#view.byteOffset + this.#at + dataAt, captured),
      originalLength,
      linkType: source.linkType,
      interface: source.index,
      comment: this.#comment,
      direction: this.#direction,
    });
  }

  #readPacketOptions(from: number, number: number): void {
    this.#comment = undefined;
    this.#direction = undefined;
    if (this.#at + from < this.#end) this.#readOptions(from, number, this.#onPacketOption);
  }

  readonly #onPacketOption = (code: number, at: number, length: number): void => {
    if (code === OPT_COMMENT) this.#addComment(optionText(this.#view, at, length));
    else if (code === OPT_FLAGS && length === 4) this.#direction = this.#directionAt(at);
  };

  #addComment(text: string): void {
    this.#comment = this.#comment === undefined ? text : `${this.#comment}\n${text}`;
  }

  #directionAt(at: number): Direction | undefined {
    const flags = this.#view.getUint32(at, this.littleEndian) & 3;
    if (flags === FLAG_INBOUND) return 'in';
    return flags === FLAG_OUTBOUND ? 'out' : undefined;
  }

  #readOptions(
    from: number,
    number: number,
    visit: (code: number, at: number, length: number) => void,
  ): void {
    const bad = walkOptions(this.#view, this.#at + from, this.#end, this.littleEndian, visit);
    if (bad >= 0) this.#find('bad-option', bad, number);
  }

  #u16(at: number): number {
    return this.#view.getUint16(this.#at + at, this.littleEndian);
  }

  #u32(at: number): number {
    return this.#view.getUint32(this.#at + at, this.littleEndian);
  }

  #find(what: FindingWhat, value: number | string, number: number): void {
    this.#sink.findings.push({ number, offset: this.#offset, what, value });
  }
}
