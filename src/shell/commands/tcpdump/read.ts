// The file of -r: its records as libpcap would give them, up to the first thing that it stumbles over.
import type { Finding } from '../../../capture/finding.ts';
import { readCapture } from '../../../capture/read.ts';
import type { CaptureRecord } from '../../../capture/record.ts';

export interface ReadCapture {
  readonly linkType: number;
  readonly snapLength: number;
  readonly bigEndian: boolean;
  readonly records: readonly CaptureRecord[];
  /** What pcap_loop ends with, or null at the end of the file. */
  readonly problem: string | null;
}

const SNAP_LENGTH_MAX = 262_144;
const MAGIC_LENGTH = 4;
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const GZIP = 0x1f8b;
/** Findings that libpcap does not mind. */
const HARMLESS: ReadonlySet<string> = new Set(['captured-exceeds-original', 'bad-subseconds', 'bad-option']);

/** The capture, or the words of pcap_open_offline. */
export function readSavefile(bytes: Uint8Array): ReadCapture | { readonly error: string } {
  if (bytes.length < MAGIC_LENGTH) return { error: truncated(MAGIC_LENGTH, 'file header', bytes.length) };
  const { records, findings, info } = readCapture(bytes);
  const gzip = ((bytes[0] << 8) | bytes[1]) === GZIP;
  if (gzip || info.format === 'unknown') return { error: 'unknown file format' };
  if (info.format === 'pcap' && bytes.length < FILE_HEADER)
    return { error: truncated(FILE_HEADER, 'file header', bytes.length - MAGIC_LENGTH) };
  const version = findings.find((finding) => finding.what === 'unsupported-version');
  if (version !== undefined) return { error: `unsupported pcap savefile version ${version.value}` };
  const [first] = info.interfaces;
  if (first === undefined) return { error: 'the capture file has no Interface Description Blocks' };
  const stop = findings.find(({ what }) => !HARMLESS.has(what));
  const end =
    stop === undefined ? null : { number: stop.number, problem: recordProblem(stop, bytes, info.bigEndian) };
  const snapLength = first.snapLength === 0 ? SNAP_LENGTH_MAX : first.snapLength;
  const mixed = mixedLinkType(records, first.linkType, end?.number);
  return {
    linkType: first.linkType,
    snapLength,
    bigEndian: info.bigEndian,
    records: records
      .filter((record) => record.number < (mixed?.number ?? end?.number ?? Number.POSITIVE_INFINITY))
      .map((record) => cut(record, snapLength)),
    problem: mixed?.problem ?? end?.problem ?? null,
  };
}

const truncated = (wanted: number, what: string, got: number): string =>
  `truncated dump file; tried to read ${wanted} ${what} bytes, only got ${got}`;

/** libpcap gives no more of a packet than the file's snapshot length. */
function cut(record: CaptureRecord, snapLength: number): CaptureRecord {
  return record.data.length <= snapLength ? record : { ...record, data: record.data.subarray(0, snapLength) };
}

function recordProblem({ what, value, offset }: Finding, bytes: Uint8Array, bigEndian: boolean): string {
  if (what === 'captured-length-too-large')
    return `invalid packet capture length ${value}, bigger than maximum of ${SNAP_LENGTH_MAX}`;
  if (what !== 'truncated-record') return `truncated pcapng dump file; ${what}`;
  const got = Number(value);
  if (got < RECORD_HEADER) return truncated(RECORD_HEADER, 'header', got);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return truncated(view.getUint32(offset + 8, !bigEndian), 'captured', got - RECORD_HEADER);
}

/** A pcapng file may hold interfaces of several link types; libpcap stops at the second. */
function mixedLinkType(
  records: readonly CaptureRecord[],
  linkType: number,
  before = Number.POSITIVE_INFINITY,
): { number: number; problem: string } | null {
  const other = records.find((record) => record.linkType !== linkType && record.number < before);
  if (other === undefined) return null;
  const problem = `an interface has a type ${other.linkType} different from the type of the first interface`;
  return { number: other.number, problem };
}
