// Compares two captures frame by frame, passing over what a kernel draws at random and nothing else.
import type { CaptureRecord } from '../../../src/capture/record.ts';
import { align } from './align.ts';
import { type Cover, checksumResidue, dissect, type Field, isUnfinished } from './dissect.ts';
import type { Renaming } from './renaming.ts';

/** What is known not to be random, because it was fed in or stands in both recordings. */
export interface Fixed {
  /** MAC addresses, as twelve hex digits. */
  macs: ReadonlySet<string>;
  /** `${kind} ${scope} ${value}` of identifications and echo identifiers in the scenario's input files. */
  values: ReadonlySet<string>;
}

export interface Tally {
  equal: number;
  all: number;
  differences: string[];
}

const LOCAL_PORTS = [32768, 60999] as const;
const RENAMED = ['mac', 'ip-id', 'vxlan-port', 'udp-port', 'echo-id'];

const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');
const bytesOf = (record: CaptureRecord, field: Field): Uint8Array =>
  record.data.subarray(field.at, field.at + field.length);

function randomMac(value: string, fixed: Fixed): boolean {
  const first = Number.parseInt(value.slice(0, 2), 16);
  return (first & 0x03) === 0x02 && !fixed.macs.has(value);
}

function localPort(value: string): boolean {
  const port = Number.parseInt(value, 16);
  return port >= LOCAL_PORTS[0] && port <= LOCAL_PORTS[1];
}

/** A time of day as ping writes it: seconds and microseconds, 64 bits each, least significant byte first. */
function plausibleTime(data: Uint8Array): boolean {
  if (data.length < 16) return true;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  return (
    view.getUint32(4, true) === 0 && view.getUint32(12, true) === 0 && view.getUint32(8, true) < 1_000_000
  );
}

/** Whether a value may differ between two recordings. */
function isRandom(field: Field, data: Uint8Array, fixed: Fixed): boolean {
  const value = hex(data);
  switch (field.kind) {
    case 'mac':
      return field.length === 6 && randomMac(value, fixed);
    case 'ip-id':
      return (value !== '0000' || !field.whole) && !fixed.values.has(`ip-id ${field.scope} ${value}`);
    case 'echo-id':
      return !fixed.values.has(`echo-id ${field.scope} ${value}`);
    case 'vxlan-port':
    case 'udp-port':
      return localPort(value) && !fixed.values.has(`udp-port ${field.scope} ${value}`);
    case 'ping-time':
      return plausibleTime(data);
    case 'clock':
      return true;
    default:
      return false;
  }
}

/** The unfinished checksum of a packet inside of the one whose UDP checksum `field` is; not that of a quotation. */
function unfinishedWithin(data: Uint8Array, field: Field, fields: readonly Field[]): Cover | undefined {
  const inside = fields.filter((one) => one.at > field.at && one.cover !== undefined);
  const found = inside.find(({ name, at, cover }) => !/quote/.test(name) && isUnfinished(data, at, cover!));
  return field.name.endsWith('udp.checksum') ? found?.cover : undefined;
}

/**
 * An outer UDP checksum is right for the packet as it will be when the unfinished one inside of it is done (local
 * checksum offload): the residue of the inner one, which covers random values, does not count.
 */
function checksumState(data: Uint8Array, field: Field, cover: Cover, fields: readonly Field[]): string {
  if (cover.hidden) return 'hidden';
  if (isUnfinished(data, field.at, cover)) return 'unfinished';
  const inner = unfinishedWithin(data, field, fields);
  const residue = checksumResidue(data, cover) - (inner === undefined ? 0 : checksumResidue(data, inner));
  return `sum ${(residue + 0xffff) % 0xffff}`;
}

/** What a field has to agree in: its bytes, the sum of what it covers, or only that it is random. */
function comparable(record: CaptureRecord, field: Field, fixed: Fixed, fields: readonly Field[]): string {
  const data = bytesOf(record, field);
  if (field.cover) return checksumState(record.data, field, field.cover, fields);
  return isRandom(field, data, fixed) ? `random ${field.kind}` : hex(data);
}

interface Frame {
  record: CaptureRecord;
  fields: Field[];
  /** Equal for frames that differ in nothing but random values. */
  key: string;
}

function readFrame(record: CaptureRecord, fixed: Fixed): Frame {
  const fields = dissect(record.linkType, record.data);
  const values = fields.map((field) => `${field.name}=${comparable(record, field, fixed, fields)}`);
  return { record, fields, key: `${record.originalLength} ${values.join(' ')}` };
}

function renamingDifference(a: Frame, b: Frame, fixed: Fixed, renaming: Renaming): string | undefined {
  for (const field of a.fields) {
    const expected = bytesOf(a.record, field);
    if (!RENAMED.includes(field.kind) || !isRandom(field, expected, fixed)) continue;
    const wrong = renaming.contradiction(
      field.kind,
      field.scope,
      hex(expected),
      hex(bytesOf(b.record, field)),
    );
    if (wrong !== undefined) return `${field.name}: inconsistent, ${wrong}`;
  }
  return undefined;
}

const shown = (record: CaptureRecord, field: Field): string =>
  field.length > 24 ? `${hex(bytesOf(record, field)).slice(0, 48)}…` : hex(bytesOf(record, field));

/** Says in which header fields two frames differ. */
function fieldDifferences(a: Frame, b: Frame, fixed: Fixed): string {
  const others = new Map(b.fields.map((field) => [`${field.name}@${field.at}`, field]));
  const parts: string[] = [];
  if (a.record.originalLength !== b.record.originalLength) {
    parts.push(`length: expected ${a.record.originalLength}, got ${b.record.originalLength}`);
  }
  for (const field of a.fields) {
    const other = others.get(`${field.name}@${field.at}`);
    if (!other) parts.push(`${field.name}: expected ${shown(a.record, field)}, got no such field`);
    else if (comparable(a.record, field, fixed, a.fields) !== comparable(b.record, other, fixed, b.fields)) {
      const bad = field.cover ? ' (does not fit what it covers)' : '';
      parts.push(`${field.name}: expected ${shown(a.record, field)}, got ${shown(b.record, other)}${bad}`);
    }
    if (parts.length === 4) break;
  }
  return parts.join('; ');
}

function describe({ record, fields }: Frame): string {
  const find = (name: string) => fields.filter((field) => field.name.endsWith(name)).at(-1);
  const address = (name: string) => {
    const field = find(name);
    return field ? bytesOf(record, field).join('.') : undefined;
  };
  const src = address('ipv4.src') ?? address('arp.sender-ip') ?? '?';
  const dst = address('ipv4.dst') ?? address('arp.target-ip') ?? '?';
  const top = fields.at(-1)?.name ?? 'empty';
  return `${src} > ${dst}, ${record.originalLength} bytes, ${top}`;
}

function differenceOf(change: { a: Frame | undefined; b: Frame | undefined }, fixed: Fixed): string {
  const { a, b } = change;
  if (a && b) return `frame ${a.record.number} (${describe(a)}): ${fieldDifferences(a, b, fixed)}`;
  if (a) return `frame ${a.record.number} (${describe(a)}) is missing`;
  return `frame ${b!.record.number} (${describe(b!)}) is not expected`;
}

/** Compares in order: there are no ties, a kernel with one processor sends one frame after another. */
export function compareFrames(
  expected: readonly CaptureRecord[],
  actual: readonly CaptureRecord[],
  fixed: Fixed,
  renaming: Renaming,
): Tally {
  const a = expected.map((record) => readFrame(record, fixed));
  const b = actual.map((record) => readFrame(record, fixed));
  const steps = align(a, b, (frame) => frame.key);
  const tally: Tally = { equal: 0, all: steps.length, differences: [] };
  for (const step of steps) {
    const wrong = step.same
      ? renamingDifference(step.a!, step.b!, fixed, renaming)
      : differenceOf(step, fixed);
    if (wrong === undefined) tally.equal += 1;
    else
      tally.differences.push(
        step.same ? `frame ${step.a!.record.number} (${describe(step.a!)}): ${wrong}` : wrong,
      );
  }
  return tally;
}

/** The MAC addresses in some frames, as twelve hex digits. */
export function macsOf(records: readonly CaptureRecord[]): string[] {
  return records.flatMap((record) =>
    dissect(record.linkType, record.data)
      .filter((field) => field.kind === 'mac' && field.length === 6)
      .map((field) => hex(bytesOf(record, field))),
  );
}

/** The identifications and the like in input frames: they were not drawn by a kernel. */
export function valuesOf(records: readonly CaptureRecord[]): string[] {
  return records.flatMap((record) =>
    dissect(record.linkType, record.data)
      .filter(({ kind }) => kind === 'ip-id' || kind === 'echo-id' || kind === 'udp-port')
      .map((field) => `${field.kind} ${field.scope} ${hex(bytesOf(record, field))}`),
  );
}
