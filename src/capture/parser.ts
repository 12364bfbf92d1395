// What the format parsers have in common: bytes are pushed in, records and findings fall into a sink.

import type { Finding } from './finding.ts';
import type { CaptureInfo, CaptureRecord } from './record.ts';

/** Where a parser puts what it read. The owner may empty the arrays, or replace them, between two pushes. */
export interface CaptureSink {
  readonly info: CaptureInfo;
  records: CaptureRecord[];
  findings: Finding[];
}

/**
 * An incremental parser of one file format. The result does not depend on how the bytes are cut into pushes,
 * nothing a file contains makes it throw, and it holds no more than the last push and one record or block.
 */
export interface CaptureParser {
  /** Takes the next bytes of the file; they are copied. */
  push(chunk: Uint8Array): void;
  /** Says that the file ends here; call once, after the last push. */
  end(): void;
}
