// The Internet checksum as RFC 1071 section 4.1 tells it: add 16-bit words, fold, complement. Slow and obvious.

export function slowChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += bytes[i] * 256 + (i + 1 < bytes.length ? bytes[i + 1] : 0);
    if (sum > 0xffff) sum = (sum % 0x10000) + 1;
  }
  return 0xffff - sum;
}
