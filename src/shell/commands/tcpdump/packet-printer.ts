// One line for one packet: number, time, the printer of the link type, and the bytes if they are wanted
// (pretty_print_packet).
import {
  type CaptureRecord,
  LINKTYPE_EN10MB,
  LINKTYPE_IPV4,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_NULL,
  LINKTYPE_RAW,
} from '../../../capture/record.ts';
import { Dissector, type PrintOptions } from './dissector.ts';
import { asciiDump, hexAsciiDump, hexDump } from './hex-dump.ts';
import type { Names } from './names.ts';
import { bsdLoopback } from './print-null.ts';
import { sll, sll2 } from './print-sll.ts';
import { PRINTERS } from './printers.ts';
import { TcpFlows } from './tcp-flows.ts';
import { TimestampPrinter } from './timestamp.ts';

/** What a line is made of. */
export type PrintablePacket = Pick<CaptureRecord, 'seconds' | 'nanos' | 'data' | 'originalLength'>;

/** MAXIMUM_SNAPLEN. */
const LENGTH_MAX = 262_144;

export class PacketPrinter {
  private readonly d: Dissector;
  private readonly options: PrintOptions;
  private readonly timestamps: TimestampPrinter;
  private readonly linkType: number;
  private readonly interfaceName: (index: number) => string;

  /** `interfaceName` names the indices of cooked captures. */
  constructor(
    options: PrintOptions,
    names: Names,
    linkType: number,
    interfaceName: (index: number) => string,
  ) {
    this.options = options;
    this.d = new Dissector(options, names, new TcpFlows(), PRINTERS);
    this.timestamps = new TimestampPrinter(options.timestamp, options.nanos);
    this.linkType = linkType;
    this.interfaceName = interfaceName;
  }

  /** The lines of the packet that is the `number`th, with a newline at the end. */
  format(packet: PrintablePacket, number: number): string {
    const prefix = this.options.number ? `${String(number).padStart(5)}  ` : '';
    const wrong = wrongLengths(packet.data.length, packet.originalLength);
    if (wrong !== '') return `${prefix}[Invalid header:${wrong}]\n`;
    this.d.start(packet.data);
    this.frame(packet.originalLength);
    const header = this.d.cut ? 0 : this.d.linkHeaderLength;
    this.d.finish();
    this.bytes(header);
    return `${prefix}${this.timestamps.format(packet.seconds, packet.nanos)}${this.d.text}\n`;
  }

  private frame(length: number): void {
    const { d } = this;
    switch (this.linkType) {
      case LINKTYPE_EN10MB:
        d.linkHeaderLength += PRINTERS.ethernet(d, 0, length, d.bytes.length);
        return;
      case LINKTYPE_LINUX_SLL:
        sll(d, length);
        return;
      case LINKTYPE_LINUX_SLL2:
        sll2(d, length, this.interfaceName);
        return;
      case LINKTYPE_NULL:
        bsdLoopback(d, length);
        return;
      case LINKTYPE_RAW:
      case LINKTYPE_IPV4:
        rawIp(d, length);
        return;
      default:
        hexAsciiDump(d, '\n\t', 0, d.bytes.length);
    }
  }

  /** -X, -x or -A, the first of them that was given; once without, twice with the link-layer header. */
  private bytes(header: number): void {
    const { d, options } = this;
    const count = options.hexAscii || options.hex || options.ascii;
    const from = count > 1 ? 0 : header;
    if (count === 0 || (count === 1 && d.bytes.length <= header)) return;
    const length = d.bytes.length - from;
    if (options.hexAscii > 0) hexAsciiDump(d, '\n\t', from, length);
    else if (options.hex > 0) hexDump(d, '\n\t', from, length);
    else asciiDump(d, from, length);
  }
}

/** What is wrong with the lengths of a record, or nothing. */
function wrongLengths(captured: number, length: number): string {
  const wrong: string[] = [];
  if (captured === 0) wrong.push(' caplen==0');
  if (length === 0) wrong.push(' len==0');
  else if (length < captured) wrong.push(` len(${length}) < caplen(${captured})`);
  if (captured > LENGTH_MAX) wrong.push(` caplen(${captured}) > ${LENGTH_MAX}`);
  if (length > LENGTH_MAX) wrong.push(` len(${length}) > ${LENGTH_MAX}`);
  return wrong.join(',');
}

/** No link-layer header: the version is in the first byte (print-raw.c). */
function rawIp(d: Dissector, length: number): void {
  d.protocol = 'raw';
  if (d.options.linkHeader) d.print('ip: ');
  d.protocol = 'ipn';
  const version = d.u8(0) >>> 4;
  if (version === 4) PRINTERS.ipv4(d, 0, length);
  else if (version === 6) PRINTERS.ipv6(d, 0, length);
  else d.print(`unknown ip ${version}`);
}
