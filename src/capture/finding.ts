// Findings: what is wrong with a capture, said by number, place and value instead of thrown.

/** Every kind of finding, with the sentence that tells it. `%` stands for the value. */
const SENTENCES = {
  'empty-file': 'the file is empty',
  'unknown-magic': 'neither pcap nor pcapng: the file starts with %',
  'truncated-header': 'the file ends inside its header, after % bytes',
  'unsupported-version': 'unsupported file format version %',
  'gzip-damage': 'the gzip stream is damaged, what came before is read: %',
  'gzip-too-large': 'the gzip stream unpacks to more than % bytes',
  'captured-length-too-large': 'captured length % is more than any capture holds',
  'captured-exceeds-original': 'captured length % is more than the length on the wire',
  'captured-exceeds-block': 'captured length % does not fit into its block',
  'bad-subseconds': '% units after the second are more than a second',
  'truncated-record': 'the file ends inside the record, after % bytes of it',
  'truncated-block': 'the file ends inside the block, after % bytes of it',
  'skipped-bytes': '% bytes were skipped until something readable followed',
  'bad-block-length': 'block length % is impossible',
  'block-too-short': 'a block of % bytes is too short for its type',
  'trailing-length-mismatch': 'the length behind the block is %, not the one before it',
  'bad-byte-order-magic': 'byte order magic % is unknown',
  'unknown-interface': 'interface % was not described',
  'bad-option': 'option % is damaged and was ignored',
  'frame-too-short': '% bytes are too few for the link-layer header',
  'unknown-link-type': 'link type % is not supported',
  'unknown-family': 'address family % is neither IPv4 nor IPv6',
  'unknown-ip-version': 'IP version % is neither 4 nor 6',
  'no-ether-type': 'protocol field % is no EtherType',
  'not-ip': 'EtherType % is neither IPv4 nor IPv6',
} as const;

export type FindingWhat = keyof typeof SENTENCES;

/** What is wrong with one frame; the place is known to whoever holds the record. */
export interface FrameFinding {
  readonly what: FindingWhat;
  /** The offending value: a length in bytes, a field as read, or a text. */
  readonly value: number | string;
}

/** What is wrong in a file. */
export interface Finding extends FrameFinding {
  /** Number of the record (from 1) that is bad or lost here; 0 when it concerns no record. */
  readonly number: number;
  /** Bytes from the start of the (unpacked) file to the record or block. */
  readonly offset: number;
}

/** Tells a finding from any result it can stand for. */
export function isFinding(result: object): result is FrameFinding {
  return 'what' in result;
}

/** The finding without its place: `captured length 4294967295 is more than any capture holds`. */
export function findingSentence(finding: FrameFinding): string {
  return SENTENCES[finding.what].replace('%', () => String(finding.value));
}

/** The finding with its place: `record 17 at byte 1280: …`, or `byte 0: …` when no record is concerned. */
export function describeFinding(finding: Finding): string {
  const place = finding.number > 0 ? `record ${finding.number} at byte` : 'byte';
  return `${place} ${finding.offset}: ${findingSentence(finding)}`;
}
