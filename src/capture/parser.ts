// What the format parsers have in common: bytes wait in a queue, records and findings fall into a sink.

import type { Finding } from './finding.ts';
import type { CaptureInfo, CaptureRecord } from './record.ts';

/** Where a parser puts what it read. The owner may empty the arrays, or replace them, between two pushes. */
export interface CaptureSink {
  readonly info: CaptureInfo;
  /** Records may look into the queue (PlacedRecord): whoever gets them is done with them before it is filled again. */
  readonly inPlace: boolean;
  records: CaptureRecord[];
  findings: Finding[];
}

/**
 * An incremental parser of one file format. The result does not depend on how the bytes come into the queue,
 * nothing a file contains makes it throw, and it leaves no more there than a part of one record or block.
 */
export interface CaptureParser {
  /** Reads what is whole of the next bytes of the file. */
  read(): void;
  /** Says that the file ends here; call once, after the last bytes. */
  end(): void;
}
