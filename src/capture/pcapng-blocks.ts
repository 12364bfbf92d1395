// pcapng: block layouts and options, read from a block that is whole (draft-ietf-opsawg-pcapng).

//                        Every block (section 3.1)
//    0 +---------------------------------------------------------------+
//      |                          Block type                           |
//    4 |                      Block total length                       |
//    8 /              Body, then options, padded to 32 bits            /
//      |                      Block total length                       |
//      +---------------------------------------------------------------+
export const BLOCK_INTERFACE = 1;
/** Obsolete, appendix A; still written by old tools. */
export const BLOCK_PACKET = 2;
export const BLOCK_SIMPLE_PACKET = 3;
export const BLOCK_ENHANCED_PACKET = 6;
/** The same in both byte orders. */
export const BLOCK_SECTION = 0x0a0d0d0a;

/** The blocks a search for readable bytes believes in: those above and names, statistics, secrets, custom. */
export const KNOWN_BLOCKS: ReadonlySet<number> = new Set([
  1,
  2,
  3,
  4,
  5,
  6,
  9,
  10,
  0xbad,
  0x4000_0bad,
  BLOCK_SECTION,
]);

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** Type, both lengths. */
export const SMALLEST_BLOCK = 12;
/** Longer blocks are not believed, as in Wireshark (MAX_BLOCK_SIZE), bytes. */
export const LARGEST_BLOCK = 16 * 1024 * 1024;

/** Bytes before the options and behind them, of each type that is read. */
const FIXED_LENGTH: ReadonlyMap<number, number> = new Map([
  [BLOCK_SECTION, 28],
  [BLOCK_INTERFACE, 20],
  [BLOCK_PACKET, 32],
  [BLOCK_SIMPLE_PACKET, 16],
  [BLOCK_ENHANCED_PACKET, 32],
]);

/** The least a block of this type can have, in bytes. */
export function smallestLength(type: number): number {
  return FIXED_LENGTH.get(type) ?? SMALLEST_BLOCK;
}

/** Where the packet's bytes start in an enhanced and in an obsolete packet block; their length is at 20. */
export const PACKET_DATA_AT = 28;
export const CAPTURED_LENGTH_AT = 20;
/** Where they start in a simple packet block. */
export const SIMPLE_DATA_AT = 12;

/** Whether a block carries a packet and so takes a record number. */
export function isPacketBlock(type: number): boolean {
  return type === BLOCK_ENHANCED_PACKET || type === BLOCK_SIMPLE_PACKET || type === BLOCK_PACKET;
}

/** The next multiple of four. */
export function padded(length: number): number {
  return (length + 3) & ~3;
}

export const OPT_END = 0;
export const OPT_COMMENT = 1;
/** Section header. */
export const OPT_USERAPPL = 4;
/** Interface description. */
export const OPT_NAME = 2;
export const OPT_TSRESOL = 9;
export const OPT_TSOFFSET = 14;
/** Enhanced packet, and obsolete packet. */
export const OPT_FLAGS = 2;

/** epb_flags, bits 0 and 1. */
export const FLAG_INBOUND = 1;
export const FLAG_OUTBOUND = 2;

/**
 * Calls `visit` with code, index and length of each option between `at` and `end`, and returns -1; or the
 * code of the option that runs over the end, at which it stops. The end-of-options marker may be missing.
 */
export function walkOptions(
  view: DataView,
  at: number,
  end: number,
  littleEndian: boolean,
  visit: (code: number, at: number, length: number) => void,
): number {
  while (at + 4 <= end) {
    const code = view.getUint16(at, littleEndian);
    const length = view.getUint16(at + 2, littleEndian);
    if (code === OPT_END) return -1;
    if (at + 4 + length > end) return code;
    visit(code, at + 4, length);
    at += 4 + padded(length);
  }
  return -1;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** An option's text; bytes that are not UTF-8 become U+FFFD, and zeros at the end are dropped. */
export function optionText(view: DataView, at: number, length: number): string {
  let end = length;
  while (end > 0 && view.getUint8(at + end - 1) === 0) end--;
  return utf8.decode(new Uint8Array(view.buffer, view.byteOffset + at, end));
}
