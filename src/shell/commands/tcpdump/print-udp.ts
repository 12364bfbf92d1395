// UDP (print-udp.c): addresses with ports, the checksum with -v, and the way to a well-known port's printer.
import type { Dissector, IpContext } from './dissector.ts';
import { IP_PROTOCOL } from './ip-protocols.ts';
import { transportChecksum6 } from './ipv6-checksum.ts';
import { rightChecksum, transportChecksum4 } from './print-ipv4.ts';
import { hex4 } from './tokens.ts';

const HEADER = 8;

export function udp(d: Dissector, at: number, length: number, ip: IpContext): void {
  d.protocol = 'udp';
  if (!d.has(at + 2, 2)) {
    d.print(endpoints(d, ip, null));
    d.printTruncated();
    return;
  }
  const source = d.u16(at);
  const destination = d.u16(at + 2);
  d.print(endpoints(d, ip, [d.names.udpPort(source), d.names.udpPort(destination)]));
  if (length < HEADER) {
    d.print(`truncated-udp ${length}`);
    return;
  }
  if (!d.has(at + 4, 2)) {
    d.printTruncated();
    return;
  }
  const field = d.u16(at + 4);
  const whole = field === 0 && length > 65535 ? length : field;
  if (whole < HEADER) {
    d.print(`truncated-udplength ${whole}`);
    return;
  }
  if (at + HEADER > d.snapEnd) {
    d.printTruncated();
    return;
  }
  datagram(d, at, source, destination, whole - HEADER, Math.min(whole, length) - HEADER, ip);
}

/** `10.0.0.1.53 > 10.0.0.2.1024: `; behind an IPv6 extension header the addresses were printed before. */
export function endpoints(d: Dissector, ip: IpContext, ports: readonly [string, string] | null): string {
  const v6 = ip.version === 6;
  const own = d.u8(ip.header + (v6 ? 6 : 9));
  if (own !== IP_PROTOCOL.UDP && own !== IP_PROTOCOL.TCP)
    return ports === null ? '' : `${ports[0]} > ${ports[1]}: `;
  const from = v6 ? d.ipv6(ip.header + 8) : d.ipv4(ip.header + 12);
  const to = v6 ? d.ipv6(ip.header + 24) : d.ipv4(ip.header + 16);
  return ports === null ? `${from} > ${to}: ` : `${from}.${ports[0]} > ${to}.${ports[1]}: `;
}

function datagram(
  d: Dissector,
  at: number,
  source: number,
  destination: number,
  said: number,
  length: number,
  ip: IpContext,
): void {
  const { verbose, noChecksums, quiet } = d.options;
  const wanted = ip.version === 6 ? 1 : 2;
  if (verbose >= wanted && !noChecksums && !ip.fragmented) checksumWords(d, at, length, ip);
  if (quiet === 0 && d.printers.udpPort(d, source, destination, at + HEADER, length)) return;
  if (said > length && !ip.fragmented) d.print(`UDP, bad length ${said} > ${length}`);
  else d.print(`UDP, length ${said}`);
}

function checksumWords(d: Dissector, at: number, length: number, ip: IpContext): void {
  const field = d.u16(at + 6);
  if (ip.version === 4 && field === 0) {
    d.print('[no cksum] ');
    return;
  }
  if (!d.has(at + HEADER, length)) return;
  const whole = length + HEADER;
  const sum =
    ip.version === 4
      ? transportChecksum4(d, ip.header, at, whole, IP_PROTOCOL.UDP)
      : transportChecksum6(d, ip.header, at, whole, IP_PROTOCOL.UDP);
  if (sum === 0) d.print('[udp sum ok] ');
  else d.print(`[bad udp cksum 0x${hex4(field)} -> 0x${hex4(rightChecksum(field, sum))}!] `);
}
