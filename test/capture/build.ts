// Builds captures for the tests: arbitrary records, both writers in all variants, and odd blocks by hand.

import fc from 'fast-check';
import { PcapWriter } from '../../src/capture/pcap-writer.ts';
import { PcapngWriter } from '../../src/capture/pcapng-writer.ts';
import { batchesInPlace, type CaptureBatch, captureBatches, readCapture } from '../../src/capture/read.ts';
import type { CaptureInfo, CaptureRecord, RecordToWrite } from '../../src/capture/record.ts';

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A packet of `length` bytes that count up from `first`. */
export function packet(length: number, first = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => first + i);
}

const bytes = fc.uint8Array({ maxLength: 200 });

/** A record any format can hold, cut or not. */
export const record: fc.Arbitrary<RecordToWrite> = fc
  .record({
    seconds: fc.nat(0xffff_ffff),
    nanos: fc.nat(999_999_999),
    data: bytes,
    cut: fc.nat(2_000),
  })
  .map(({ cut, ...rest }) => ({ ...rest, originalLength: rest.data.length + cut }));

/** A record with what only pcapng has, on one of `interfaces` interfaces. */
export function richRecord(interfaces: number): fc.Arbitrary<RecordToWrite> {
  const extras = fc.record({
    interface: fc.nat(interfaces - 1),
    // A zero at the end of an option's text cannot be told from padding.
    comment: fc.option(
      fc.string({ unit: 'grapheme' }).filter((text) => !text.endsWith('\0')),
      { nil: undefined },
    ),
    direction: fc.option(fc.constantFrom('in' as const, 'out' as const), { nil: undefined }),
  });
  return fc.tuple(record, extras).map(([plain, rich]) => ({ ...plain, ...rich }));
}

export interface ClassicVariant {
  readonly nanos: boolean;
  readonly bigEndian: boolean;
}

export const classicVariant: fc.Arbitrary<ClassicVariant> = fc.record({
  nanos: fc.boolean(),
  bigEndian: fc.boolean(),
});

export function classicFile(
  records: readonly RecordToWrite[],
  { nanos, bigEndian }: ClassicVariant = { nanos: false, bigEndian: false },
): Uint8Array {
  const writer = new PcapWriter({ linkType: 1, nanos, bigEndian });
  return concat(writer.header(), ...records.map((one) => writer.record(one)));
}

export function pcapngFile(
  records: readonly RecordToWrite[],
  { bigEndian = false, interfaces = 1 } = {},
): Uint8Array {
  const writer = new PcapngWriter({ bigEndian });
  const described = Array.from({ length: interfaces }, (_, i) =>
    writer.interface({ linkType: i, name: `eth${i}` }),
  );
  return concat(writer.header(), ...described, ...records.map((one) => writer.record(one)));
}

/** Any file a writer can make, of any variant. */
export const anyFile: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.tuple(fc.array(record), classicVariant).map(([records, variant]) => classicFile(records, variant)),
  fc
    .tuple(fc.array(richRecord(3)), fc.boolean())
    .map(([records, bigEndian]) => pcapngFile(records, { bigEndian, interfaces: 3 })),
);

/** A block with a right length at both ends; `body` is padded by the caller. */
export function block(type: number, body: Uint8Array, littleEndian = true): Uint8Array {
  const whole = new Uint8Array(12 + body.length);
  const view = new DataView(whole.buffer);
  view.setUint32(0, type, littleEndian);
  view.setUint32(4, whole.length, littleEndian);
  whole.set(body, 8);
  view.setUint32(whole.length - 4, whole.length, littleEndian);
  return whole;
}

/** 32-bit fields one after the other. */
export function words(...values: readonly number[]): Uint8Array {
  const whole = new Uint8Array(4 * values.length);
  const view = new DataView(whole.buffer);
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value, true);
  return whole;
}

/** A little-endian section header of the given major version. */
export function sectionBlock(major = 1): Uint8Array {
  return block(0x0a0d0d0a, words(0x1a2b3c4d, major, 0xffff_ffff, 0xffff_ffff));
}

/** A little-endian interface description; `options` are whole words. */
export function interfaceBlock(linkType: number, snapLength = 0, options: Uint8Array = words()): Uint8Array {
  return block(1, concat(words(linkType, snapLength), options));
}

/** A little-endian enhanced packet block; the time is in the interface's units. */
export function packetBlock(id: number, time: bigint, data: Uint8Array, captured = data.length): Uint8Array {
  const padding = new Uint8Array(-data.length & 3);
  const head = words(id, Number(time >> 32n), Number(time & 0xffff_ffffn), captured, data.length);
  return block(6, concat(head, data, padding));
}

/** Changes one 32-bit little-endian word of a copy. */
export function patched(file: Uint8Array, at: number, value: number): Uint8Array {
  const copy = file.slice();
  new DataView(copy.buffer).setUint32(at, value, true);
  return copy;
}

export async function* chunks(file: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let i = 0; at < file.length; i++) {
    const size = sizes[i % sizes.length]!;
    yield file.subarray(at, at + size);
    at += size;
  }
}

/** Everything the streaming reader says about the file cut into these sizes. */
export async function readChunked(file: Uint8Array, sizes: readonly number[]): Promise<CaptureBatch> {
  const records: CaptureRecord[] = [];
  const findings: CaptureBatch['findings'] = [];
  let info: CaptureInfo | undefined;
  for await (const batch of captureBatches(chunks(file, sizes))) {
    records.push(...batch.records);
    findings.push(...batch.findings);
    info = batch.info;
  }
  return { records, findings, info: info! };
}

/** Everything that reading in place says of the file when so many bytes come at once; of the records what is theirs. */
export function readInPlace(file: Uint8Array, sizes: readonly number[]): CaptureBatch {
  const records: CaptureRecord[] = [];
  const findings: CaptureBatch['findings'] = [];
  let info: CaptureInfo | undefined;
  let at = 0;
  let calls = 0;
  const fill = (memory: Uint8Array): number => {
    const piece = file.subarray(at, at + Math.min(memory.length, sizes[calls++ % sizes.length]!));
    memory.fill(0xee);
    memory.set(piece);
    at += piece.length;
    return piece.length;
  };
  for (const batch of batchesInPlace(fill)) {
    records.push(...batch.records.map(owned));
    findings.push(...batch.findings);
    info = batch.info;
  }
  return { records, findings, info: info! };
}

function owned(record: CaptureRecord): CaptureRecord {
  const { number, seconds, nanos, data, originalLength, linkType, comment, direction } = record;
  const rest = { originalLength, linkType, interface: record.interface, comment, direction };
  return { number, seconds, nanos, data: data.slice(), ...rest };
}

/** The packets' lengths and what the findings say: enough to tell what became of a small file. */
export function outline(file: Uint8Array): { lengths: number[]; findings: string[] } {
  const { records, findings } = readCapture(file);
  return {
    lengths: records.map(({ data }) => data.length),
    findings: findings.map(({ number, offset, what, value }) => `${number}@${offset} ${what} ${value}`),
  };
}
