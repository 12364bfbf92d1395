// How ping shows an IPv4 header (-v, pr_iph) and its options: recorded routes and timestamps (pr_options).
import { formatIpv4, type Ipv4, ipv4 } from '../../../addr/ipv4.ts';
import * as ip from '../../../wire/ipv4.ts';

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
/** The fields as a little-endian host sees them, for iputils prints them without ntohs. */
const swap = (value: number): number => ((value & 0xff) << 8) | (value >>> 8);

/** The two lines about a header, and its options. */
export function headerText(view: DataView, at: number, options: OptionPrinter): string {
  const fragment = swap(ip.fragment(view, at));
  const length = ip.headerLength(view, at);
  return (
    'Vr HL TOS  Len   ID Flg  off TTL Pro  cks      Src      Dst Data\n' +
    ` ${hex(ip.version(view, at), 1)}  ${hex(length >> 2, 1)}  ${hex(ip.tos(view, at), 2)}` +
    ` ${hex(swap(ip.totalLength(view, at)), 4)} ${hex(swap(ip.identification(view, at)), 4)}` +
    `   ${hex((fragment & 0xe000) >> 13, 1)} ${hex(fragment & 0x1fff, 4)}` +
    `  ${hex(ip.ttl(view, at), 2)}  ${hex(ip.protocol(view, at), 2)} ${hex(swap(ip.headerChecksum(view, at)), 4)}` +
    ` ${formatIpv4(ip.source(view, at))}  ${formatIpv4(ip.destination(view, at))} \n` +
    options.text(view, at + ip.IPV4_HEADER, length - ip.IPV4_HEADER)
  );
}

const IPOPT = { END: 0, NOP: 1, RR: 7, TIMESTAMP: 68, LSRR: 131, SSRR: 137 } as const;
const POINTER_MIN = 4;

/** Prints the options of one reply after the other; it remembers the last recorded route. */
export class OptionPrinter {
  private readonly nameOf: (address: Ipv4) => string;
  private readonly flood: boolean;
  private lastRoute = '';

  constructor(nameOf: (address: Ipv4) => string, flood: boolean) {
    this.nameOf = nameOf;
    this.flood = flood;
  }

  /** The text about `length` bytes of options. */
  text(view: DataView, start: number, length: number): string {
    let text = '';
    const end = start + length;
    for (let at = start; at < end; ) {
      const kind = view.getUint8(at);
      if (kind === IPOPT.END) break;
      if (kind === IPOPT.NOP) {
        text += '\nNOP';
        at++;
        continue;
      }
      const size = at + 1 < end ? view.getUint8(at + 1) : 0;
      if (size < 2 || size > end - at) break;
      text += this.option(view, at, kind, size);
      at += size;
    }
    return text;
  }

  private option(view: DataView, at: number, kind: number, size: number): string {
    if (kind === IPOPT.RR) return this.recordRoute(view, at, size);
    if (kind === IPOPT.TIMESTAMP) return this.timestamp(view, at, size);
    if (kind !== IPOPT.LSRR && kind !== IPOPT.SSRR) return `\nunknown option ${kind.toString(16)}`;
    return `\n${kind === IPOPT.SSRR ? 'S' : 'L'}SRR: ${this.addresses(view, at + 2, size - POINTER_MIN)}`;
  }

  private recordRoute(view: DataView, at: number, size: number): string {
    const used = Math.min(view.getUint8(at + 2), size) - POINTER_MIN;
    if (used <= 0) return '';
    const route = Array.from({ length: used }, (_, i) => view.getUint8(at + 3 + i)).join();
    if (route === this.lastRoute && !this.flood) return '\t(same route)';
    this.lastRoute = route;
    return `\nRR: ${this.addresses(view, at + 3, used)}`;
  }

  /** `bytes` bytes of addresses, one to a line. */
  private addresses(view: DataView, start: number, bytes: number): string {
    let text = '';
    for (let at = start, left = bytes; left > 0 && at + 4 <= view.byteLength; at += 4, left -= 4)
      text += `\t${this.addressText(ipv4(view.getInt32(at)))}\n`;
    return text;
  }

  private addressText(address: Ipv4): string {
    return address === 0 ? '0.0.0.0' : this.nameOf(address);
  }

  private timestamp(view: DataView, at: number, size: number): string {
    let left = Math.min(view.getUint8(at + 2), size) - 5;
    if (left <= 0) return '';
    const flags = view.getUint8(at + 3);
    const clock = { standard: 0, other: 0 };
    let text = '\nTS: ';
    for (let place = at + 4; left > 0; place += 4, left -= 4) {
      if ((flags & 0xf) !== 0) {
        text += `\t${this.addressText(ipv4(view.getInt32(place)))}`;
        place += 4;
        left -= 4;
        if (left <= 0) break;
      }
      text += `${timeText(view.getUint32(place), clock)}\n`;
    }
    return flags >> 4 === 0 ? text : `${text}Unrecorded hops: ${flags >> 4}\n`;
  }
}

/** The first time absolute, the others as differences; times with the high bit are not milliseconds since midnight. */
function timeText(time: number, clock: { standard: number; other: number }): string {
  const value = time & 0x7fffffff;
  if (time >>> 31 === 1) {
    const text =
      clock.other === 0 ? `\t${value} absolute not-standard` : `\t${value - clock.other} not-standard`;
    clock.other = value;
    return text;
  }
  const text = clock.standard === 0 ? `\t${value} absolute` : `\t${value - clock.standard}`;
  clock.standard = value;
  return text;
}
