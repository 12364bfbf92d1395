// The registry: every printer that another printer reaches by a number or a port.
import type { Dissector, Printers } from './dissector.ts';
import { ETHERTYPE } from './ether-types.ts';
import { arp } from './print-arp.ts';
import { bgp } from './print-bgp.ts';
import { dhcp } from './print-dhcp.ts';
import { dns, dnsOverTcp } from './print-dns.ts';
import { ethernet } from './print-ethernet.ts';
import { ipPayload } from './print-ip-payload.ts';
import { ipv4 } from './print-ipv4.ts';
import { ipv6 } from './print-ipv6.ts';
import { loopback } from './print-loopback.ts';
import { ntp } from './print-ntp.ts';
import { http, lines, ssh } from './print-text.ts';
import { otv, vxlan } from './print-vxlan.ts';

type Printer = (d: Dissector, at: number, length: number) => void;

/** By port, of the source or the destination; the first that fits is taken, as in print-udp.c. */
const UDP_PORTS: readonly (readonly [number, Printer])[] = [
  [53, (d, at, length) => dns(d, at, length, false)],
  [5353, (d, at, length) => dns(d, at, length, true)],
  [68, dhcp],
  [67, dhcp],
  [123, ntp],
  [8472, otv],
  [4789, vxlan],
];

/** The same for TCP (print-tcp.c). */
const TCP_PORTS: readonly (readonly [number, Printer])[] = [
  [25, lines('smtp')],
  [43, lines('whois')],
  [179, bgp],
  [22, ssh],
  [21, lines('ftp')],
  [80, http],
  [8080, http],
  [53, dnsOverTcp],
];

/** Prints by the first port that fits; false if there is none. */
function byPort(
  table: readonly (readonly [number, Printer])[],
  d: Dissector,
  source: number,
  destination: number,
  at: number,
  length: number,
): boolean {
  const found = table.find(([port]) => port === source || port === destination);
  found?.[1](d, at, length);
  return found !== undefined;
}

function etherType(d: Dissector, type: number, at: number, length: number, captured: number): boolean {
  if (type === ETHERTYPE.IPV4) ipv4(d, at, length);
  else if (type === ETHERTYPE.IPV6) ipv6(d, at, length);
  else if (type === ETHERTYPE.ARP || type === ETHERTYPE.REVARP) arp(d, at, length, captured);
  else if (type === ETHERTYPE.LOOPBACK) loopback(d, at, length);
  else return false;
  return true;
}

export const PRINTERS: Printers = {
  ethernet,
  etherType,
  ipv4,
  ipv6,
  ipPayload,
  udpPort: (d, source, destination, at, length) => byPort(UDP_PORTS, d, source, destination, at, length),
  tcpPort: (d, source, destination, at, length) => {
    byPort(TCP_PORTS, d, source, destination, at, length);
  },
};
