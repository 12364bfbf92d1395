// The state of printing one packet: its bytes up to the snapshot's end, the text so far, and the printers by name.
// A read behind the end does not throw. It gives 0 and sets `cut`; from then on nothing more is printed, and the
// line ends in ` [|protocol]`, which is what tcpdump's longjmp out of a printer comes to. A printer therefore
// never asks whether a read went well; it only has to bound its loops (by a length, or by `cut`).
import type { Names } from './names.ts';
import type { TcpFlows } from './tcp-flows.ts';

/** What the command line asked of the printers; counts where an option may be repeated. */
export interface PrintOptions {
  /** -n */
  numeric: boolean;
  /** -e */
  linkHeader: boolean;
  /** -v … -vvv */
  verbose: number;
  /** -q */
  quiet: number;
  /** -S */
  absoluteSequence: boolean;
  /** -K */
  noChecksums: boolean;
  /** -x, -xx */
  hex: number;
  /** -X, -XX */
  hexAscii: number;
  /** -A, -AA */
  ascii: number;
  /** -t … -ttttt */
  timestamp: number;
  /** -# */
  number: boolean;
  /** --nano: nine digits after the second. */
  nanos: boolean;
}

/** The link-layer addresses of a frame, as printed; LLC and SNAP name them without -e. */
export interface LinkAddresses {
  readonly source: string;
  readonly destination: string;
}

/** What an IP header tells the printer of its payload. */
export interface IpContext {
  readonly version: 4 | 6;
  /** Offset of the IP header. */
  readonly header: number;
  /** More fragments follow, or it came in fragments: checksums are not looked at. */
  readonly fragmented: boolean;
}

/** Printers that others call: one object, so that no printer imports another that imports it (see printers.ts). */
export interface Printers {
  /** An Ethernet frame; the length of its headers. */
  ethernet(d: Dissector, at: number, length: number, captured: number): number;
  /** The payload of an EtherType; false if there is no printer for it. */
  etherType(d: Dissector, type: number, at: number, length: number, captured: number): boolean;
  ipv4(d: Dissector, at: number, length: number): void;
  ipv6(d: Dissector, at: number, length: number): void;
  /** The payload of an IP packet. */
  ipPayload(d: Dissector, protocol: number, at: number, length: number, ip: IpContext): void;
  /** The payload of a UDP datagram with a well-known port; false if there is no printer for it. */
  udpPort(d: Dissector, source: number, destination: number, at: number, length: number): boolean;
  /** The payload of a TCP segment with a well-known port, behind `, length N`. */
  tcpPort(d: Dissector, source: number, destination: number, at: number, length: number): void;
}

export class Dissector {
  readonly options: PrintOptions;
  readonly names: Names;
  readonly flows: TcpFlows;
  readonly printers: Printers;
  bytes: Uint8Array = new Uint8Array(0);
  /** Offset behind the last byte that may be read; printers lower it to what a header says is there. */
  snapEnd = 0;
  /** The protocol being printed: what ` [|…]` names. */
  protocol = '';
  /** Bytes of link-layer header, which -x, -X and -A leave out. */
  linkHeaderLength = 0;
  /** A read went behind the end. */
  cut = false;
  text = '';
  private cutIn = '';
  private saved: number[] = [];

  constructor(options: PrintOptions, names: Names, flows: TcpFlows, printers: Printers) {
    this.options = options;
    this.names = names;
    this.flows = flows;
    this.printers = printers;
  }

  /** Starts on a packet; `text` begins empty. */
  start(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.snapEnd = bytes.length;
    this.protocol = '';
    this.linkHeaderLength = 0;
    this.cut = false;
    this.text = '';
    this.saved = [];
  }

  /** Ends the decoding: names where it was cut, and gives the whole snapshot back to the hex dump. */
  finish(): void {
    if (this.cut) {
      this.text += ` [|${this.cutIn}]`;
      this.linkHeaderLength = 0;
    }
    this.cut = false;
    this.snapEnd = this.bytes.length;
  }

  print(text: string): void {
    if (!this.cut) this.text += text;
  }

  /** Gives the packet up as too short (nd_trunc_longjmp). */
  truncate(): void {
    if (!this.cut) this.cutIn = this.protocol;
    this.cut = true;
  }

  /** Prints ` [|protocol]` and lets the caller go on (nd_print_trunc). */
  printTruncated(): void {
    this.print(` [|${this.protocol}]`);
  }

  printInvalid(): void {
    this.print(' (invalid)');
  }

  /** Whether `length` bytes from `at` were captured (ND_TTEST_LEN). */
  has(at: number, length: number): boolean {
    return length >= 0 && at + length <= this.snapEnd;
  }

  /** Gives up if not (ND_TCHECK_LEN). */
  need(at: number, length: number): boolean {
    if (!this.has(at, length)) this.truncate();
    return !this.cut;
  }

  /** Bytes captured from `at` on. */
  available(at: number): number {
    return this.snapEnd - at;
  }

  u8(at: number): number {
    return this.need(at, 1) ? this.bytes[at] : 0;
  }

  u16(at: number): number {
    return this.need(at, 2) ? (this.bytes[at] << 8) | this.bytes[at + 1] : 0;
  }

  u24(at: number): number {
    return this.need(at, 3) ? (this.bytes[at] << 16) | (this.bytes[at + 1] << 8) | this.bytes[at + 2] : 0;
  }

  u32(at: number): number {
    if (!this.need(at, 4)) return 0;
    const { bytes } = this;
    return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
  }

  /** Little endian. */
  u16le(at: number): number {
    return this.need(at, 2) ? this.bytes[at] | (this.bytes[at + 1] << 8) : 0;
  }

  /** An IPv4 address by name or number. */
  ipv4(at: number): string {
    return this.need(at, 4) ? this.names.ipv4(this.u32(at) | 0) : '';
  }

  ipv6(at: number): string {
    return this.need(at, 16) ? this.names.ipv6(this.bytes.subarray(at, at + 16)) : '';
  }

  mac(at: number): string {
    return this.need(at, 6) ? this.names.mac(this.bytes.subarray(at, at + 6)) : '';
  }

  /** `length` bytes as hexadecimal with `separator` between. */
  hexBytes(at: number, length: number, separator = ''): string {
    if (!this.need(at, length)) return '';
    return Array.from(this.bytes.subarray(at, at + length), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join(separator);
  }

  /** Limits reading to `length` bytes from `at` until `popSnapEnd` (nd_push_snaplen). */
  pushSnapEnd(at: number, length: number): void {
    this.saved.push(this.snapEnd);
    if (length <= this.snapEnd - at) this.snapEnd = at + length;
  }

  /**
   * Sets the limit of the last push anew. As in tcpdump, it may grow to what held before the push below the
   * last one, and not at all if there is none (nd_change_snaplen looks one entry too far).
   */
  changeSnapEnd(at: number, length: number): void {
    const before = this.saved.length > 1 ? this.saved[this.saved.length - 2] : this.snapEnd;
    if (length <= before - at) this.snapEnd = at + length;
  }

  popSnapEnd(): void {
    const end = this.saved.pop();
    if (end !== undefined) this.snapEnd = end;
  }
}
