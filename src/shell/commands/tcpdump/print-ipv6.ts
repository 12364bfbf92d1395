// The IPv6 header and the chain of its extension headers (print-ip6.c, print-ip6opts.c, print-frag6.c, print-rt6.c).
import type { Dissector, IpContext } from './dissector.ts';
import { IP_PROTOCOL as Next, PROTOCOL_NAMES } from './ip-protocols.ts';
import { destinationOptions, fragment, hopByHop, type Jumbo, routing } from './print-ipv6-extensions.ts';
import { token } from './tokens.ts';

const HEADER = 40;

/** These print the addresses themselves, with their ports. */
const PRINTS_ADDRESSES: ReadonlySet<number> = new Set([Next.TCP, Next.UDP, Next.SCTP]);

/** How far the chain has been read. */
interface Chain {
  readonly header: number;
  at: number;
  /** Bytes from `at` to the end by the length field. */
  left: number;
  next: number;
  /** Bytes of the header that was read last. */
  advance: number;
  extensions: number;
  fragmented: boolean;
  sawHopByHop: boolean;
  readonly jumbo: Jumbo;
}

/** Prints a packet of which `length` bytes were on the wire. */
export function ipv6(d: Dissector, at: number, length: number): void {
  d.protocol = 'ip6';
  if (!d.has(at, HEADER)) {
    d.printTruncated();
    return;
  }
  if (length < HEADER) {
    d.print(`truncated-ip6 ${length}`);
    return;
  }
  if (!d.options.linkHeader) d.print('IP6 ');
  const version = d.u8(at) >>> 4;
  if (version !== 6) {
    d.print(`version error: ${version} != 6`);
    return;
  }
  const payload = d.u16(at + 4);
  const whole = payload === 0 ? length + HEADER : payload + HEADER;
  if (payload !== 0 && length < whole) d.print(`truncated-ip6 - ${whole - length} bytes missing!`);
  if (d.options.verbose > 0) verboseHeader(d, at, payload);
  d.pushSnapEnd(at, whole);
  follow(d, length, {
    header: at,
    at,
    left: whole,
    next: d.u8(at + 6),
    advance: HEADER,
    extensions: 0,
    fragmented: false,
    sawHopByHop: false,
    jumbo: { found: false, payload },
  });
}

function verboseHeader(d: Dissector, at: number, payload: number): void {
  const flow = d.u32(at);
  const trafficClass = (flow >>> 20) & 0xff;
  const label = flow & 0xfffff;
  const next = d.u8(at + 6);
  d.print('(');
  if (trafficClass !== 0) d.print(`class 0x${trafficClass.toString(16).padStart(2, '0')}, `);
  if (label !== 0) d.print(`flowlabel 0x${label.toString(16).padStart(5, '0')}, `);
  d.print(`hlim ${d.u8(at + 7)}, next-header ${token(PROTOCOL_NAMES, next, 'unknown')} (${next}) `);
  d.print(`payload length: ${payload}) `);
}

/** What to do after a header: read the next, stop, or stop and leave the snapshot's end as it is. */
type Step = 'next' | 'stop' | 'leave';

function follow(d: Dissector, length: number, chain: Chain): void {
  let step: Step = 'next';
  while (step === 'next' && chain.at < d.snapEnd && !d.cut) {
    if (chain.left < chain.advance) {
      d.printTruncated();
      return;
    }
    chain.at += chain.advance;
    chain.left -= chain.advance;
    const first = chain.at === chain.header + HEADER;
    if (first && !PRINTS_ADDRESSES.has(chain.next))
      d.print(`${d.ipv6(chain.header + 8)} > ${d.ipv6(chain.header + 24)}: `);
    step = oneHeader(d, length, chain);
    if (step === 'next') d.protocol = 'ip6';
  }
  if (step !== 'leave') d.popSnapEnd();
}

function oneHeader(d: Dissector, length: number, chain: Chain): Step {
  switch (chain.next) {
    case Next.HOP_BY_HOP:
      return hopByHopStep(d, chain);
    case Next.DESTINATION_OPTIONS:
      return extension(d, chain, destinationOptions(d, chain.at));
    case Next.FRAGMENT: {
      const size = fragment(d, chain.at, chain.header);
      if (size >= 0 && d.snapEnd <= chain.at + size) return 'stop';
      chain.fragmented = true;
      return extension(d, chain, size);
    }
    case Next.ROUTING:
      if (d.has(chain.at, 1)) return extension(d, chain, routing(d, chain.at));
      d.printTruncated();
      return 'leave';
    default:
      return payload(d, length, chain);
  }
}

/** Goes on behind an extension header of `size` bytes; a negative size ends the packet. */
function extension(d: Dissector, chain: Chain, size: number): Step {
  if (size < 0) return 'stop';
  chain.advance = size;
  chain.extensions++;
  chain.next = d.u8(chain.at);
  return 'next';
}

function hopByHopStep(d: Dissector, chain: Chain): Step {
  const refuse = (why: string): Step => {
    d.print(`[${why}]`);
    d.printInvalid();
    return 'leave';
  };
  if (chain.sawHopByHop) return refuse('The Hop-by-Hop Options header was already found');
  if (chain.extensions > 0) return refuse("The Hop-by-Hop Options header don't follow the IPv6 header");
  const size = hopByHop(d, chain.at, chain.jumbo);
  if (chain.jumbo.payload === 0 && !chain.jumbo.found)
    return refuse('No valid Jumbo Payload Hop-by-Hop option found');
  chain.sawHopByHop = true;
  return extension(d, chain, size);
}

/** What is behind the last header; the length comes from the jumbo option if the length field is 0. */
function payload(d: Dissector, length: number, chain: Chain): Step {
  const read = chain.at - chain.header;
  if (chain.jumbo.found) {
    const whole = (chain.jumbo.payload + HEADER) >>> 0;
    if (whole < read) {
      d.printTruncated();
      return 'leave';
    }
    if (length < whole) d.print(`truncated-ip6 - ${whole - length} bytes missing!`);
    d.changeSnapEnd(chain.header, whole);
    chain.left = whole - read;
  } else if (chain.jumbo.payload === 0) {
    if (chain.extensions > 0) {
      d.printTruncated();
      return 'leave';
    }
    d.changeSnapEnd(chain.header, HEADER);
    chain.left = HEADER - read;
  }
  const context: IpContext = { version: 6, header: chain.header, fragmented: chain.fragmented };
  d.printers.ipPayload(d, chain.next, chain.at, chain.left, context);
  return 'stop';
}
