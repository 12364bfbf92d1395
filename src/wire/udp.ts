// The UDP header (RFC 768).
//
//    0               2               4               6               8
//   +---------------+---------------+---------------+---------------+
//   | source port   | dest. port    | length        | checksum      |
//   +---------------+---------------+---------------+---------------+

export const UDP_HEADER = 8;
/** Where in the header the checksum stands. */
export const UDP_CHECKSUM_OFFSET = 6;

export const sourcePort = (view: DataView, at: number): number => view.getUint16(at);
export const destinationPort = (view: DataView, at: number): number => view.getUint16(at + 2);
export const length = (view: DataView, at: number): number => view.getUint16(at + 4);
/** 0 says that the sender computed none. */
export const udpChecksum = (view: DataView, at: number): number => view.getUint16(at + 6);
export const setUdpChecksum = (view: DataView, at: number, value: number): void =>
  view.setUint16(at + 6, value);

/** Writes the 8 bytes with a checksum of 0. */
export function write(view: DataView, at: number, source: number, destination: number, bytes: number): void {
  view.setUint16(at, source);
  view.setUint16(at + 2, destination);
  view.setUint16(at + 4, bytes);
  view.setUint16(at + 6, 0);
}
