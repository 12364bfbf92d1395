// Ethernet frames: addresses, VLAN tags, and the way to LLC or to an EtherType's printer (print-ether.c).
import type { Dissector, LinkAddresses } from './dissector.ts';
import { ETHERTYPE, etherTypeWords, LENGTH_MAX, vlanWords } from './ether-types.ts';
import { defaultDump } from './hex-dump.ts';
import { llc } from './print-llc.ts';

const HEADER = 14;
const ADDRESSES = 12;
const TAG = 4;

const TAGS: ReadonlySet<number> = new Set([
  ETHERTYPE.VLAN,
  ETHERTYPE.VLAN_9100,
  ETHERTYPE.VLAN_9200,
  ETHERTYPE.QINQ,
]);

/** How far the frame has been read. */
interface Progress {
  at: number;
  length: number;
  captured: number;
  type: number;
  /** `, length N: ` was printed. */
  saidLength: boolean;
}

/** Prints a frame of `length` bytes on the wire, `captured` of them at hand; the length of its headers. */
export function ethernet(d: Dissector, at: number, length: number, captured: number): number {
  d.protocol = 'ether';
  if (length < captured) {
    d.print(`[length ${length} < caplen ${captured}]`);
    d.printInvalid();
    return length;
  }
  if (captured < HEADER) {
    d.printTruncated();
    return captured;
  }
  const addresses = { source: d.mac(at + 6), destination: d.mac(at) };
  if (d.options.linkHeader) d.print(`${addresses.source} > ${addresses.destination}, `);
  const frame: Progress = {
    at: at + HEADER,
    length: length - HEADER,
    captured: captured - HEADER,
    type: d.u16(at + ADDRESSES),
    saidLength: false,
  };
  if (!tags(d, frame, length)) return frame.at - at + Math.min(frame.captured, frame.length);
  return frame.at - at + payload(d, frame, length, addresses);
}

/** Reads the VLAN tags; false if one is not all there. */
function tags(d: Dissector, frame: Progress, whole: number): boolean {
  while (TAGS.has(frame.type)) {
    if (frame.captured < TAG || frame.length < TAG) {
      d.protocol = 'vlan';
      d.printTruncated();
      return false;
    }
    if (d.options.linkHeader) {
      const rest = frame.saidLength ? ', ' : `, length ${whole}: `;
      d.print(`${etherTypeWords(frame.type, d.options.quiet > 0)}${rest}${vlanWords(d.u16(frame.at))}, `);
      frame.saidLength = true;
    }
    frame.type = d.u16(frame.at + 2);
    frame.at += TAG;
    frame.length -= TAG;
    frame.captured -= TAG;
  }
  return true;
}

/** Prints what the type field announces; how much of it is still link-layer header. */
function payload(d: Dissector, frame: Progress, whole: number, addresses: LinkAddresses): number {
  if (frame.type <= LENGTH_MAX) return ieee8023(d, frame, addresses);
  if (frame.type === ETHERTYPE.JUMBO) return llcOrDump(d, frame, addresses);
  if (d.options.linkHeader) {
    const words = etherTypeWords(frame.type, d.options.quiet > 0);
    d.print(frame.saidLength ? `${words}, ` : `${words}, length ${whole}: `);
  }
  if (!d.printers.etherType(d, frame.type, frame.at, frame.length, frame.captured))
    unknownType(d, frame, whole, addresses);
  return 0;
}

function unknownType(d: Dissector, frame: Progress, whole: number, addresses: LinkAddresses): void {
  if (!d.options.linkHeader) {
    const words = etherTypeWords(frame.type, d.options.quiet > 0);
    d.print(`${addresses.source} > ${addresses.destination}, ${words}, length ${whole}: `);
  }
  defaultDump(d, frame.at, frame.captured);
}

function ieee8023(d: Dissector, frame: Progress, addresses: LinkAddresses): number {
  frame.length = Math.min(frame.length, frame.type);
  frame.captured = Math.min(frame.captured, frame.length);
  d.pushSnapEnd(frame.at, frame.length);
  if (d.options.linkHeader) d.print(frame.saidLength ? '802.3' : `802.3, length ${frame.length}: `);
  const header = llcOrDump(d, frame, addresses);
  d.popSnapEnd();
  return header;
}

function llcOrDump(d: Dissector, { at, length, captured }: Progress, addresses: LinkAddresses): number {
  const header = llc(d, at, length, captured, addresses);
  if (header >= 0) return header;
  // As in tcpdump, the dump starts at the LLC header although that was printed.
  defaultDump(d, at, captured);
  return -header;
}
