// The TCP header (RFC 9293 section 3.1), as far as a host without TCP needs it: to print it and to refuse it.
//
//    0               2               4               8               12
//   +---------------+---------------+---------------+---------------+
//   | source port   | dest. port    | sequence      | acknowledgement
//   +---------------+---------------+---------------+---------------+
//   |offs|rsv| flags| window        | checksum      | urgent        | 12
//   +---------------+---------------+---------------+---------------+

export const TCP_HEADER = 20;

export const TcpFlag = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32, ECE: 64, CWR: 128 } as const;

export const sourcePort = (view: DataView, at: number): number => view.getUint16(at);
export const destinationPort = (view: DataView, at: number): number => view.getUint16(at + 2);
export const sequence = (view: DataView, at: number): number => view.getUint32(at + 4);
export const acknowledgement = (view: DataView, at: number): number => view.getUint32(at + 8);
/** In bytes. */
export const headerLength = (view: DataView, at: number): number => (view.getUint8(at + 12) >>> 4) << 2;
export const flags = (view: DataView, at: number): number => view.getUint8(at + 13);
export const setTcpChecksum = (view: DataView, at: number, value: number): void =>
  view.setUint16(at + 16, value);

/** Writes a header without options, window 0, checksum 0. */
export function write(
  view: DataView,
  at: number,
  source: number,
  destination: number,
  sequenceNumber: number,
  acknowledgementNumber: number,
  flagBits: number,
): void {
  view.setUint16(at, source);
  view.setUint16(at + 2, destination);
  view.setUint32(at + 4, sequenceNumber);
  view.setUint32(at + 8, acknowledgementNumber);
  view.setUint16(at + 12, 0x5000 | flagBits);
  view.setUint32(at + 14, 0);
  view.setUint16(at + 18, 0);
}
