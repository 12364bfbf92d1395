// From an IP protocol number to its printer (print-ip-demux.c). What has none is named with its length.
import type { Dissector, IpContext } from './dissector.ts';
import { PROTOCOL_NAMES, IP_PROTOCOL as Protocol, protocolName } from './ip-protocols.ts';
import { gre } from './print-gre.ts';
import { icmp } from './print-icmp.ts';
import { icmpv6 } from './print-icmpv6.ts';
import { igmp } from './print-igmp.ts';
import { sctp } from './print-sctp.ts';
import { tcp } from './print-tcp.ts';
import { udp } from './print-udp.ts';
import { token } from './tokens.ts';

export function ipPayload(d: Dissector, protocol: number, at: number, length: number, ip: IpContext): void {
  switch (protocol) {
    case Protocol.TCP:
      tcp(d, at, length, ip);
      return;
    case Protocol.UDP:
      udp(d, at, length, ip);
      return;
    case Protocol.SCTP:
      sctp(d, at, length, ip);
      return;
    case Protocol.ICMP:
      ip.version === 4 ? icmp(d, at, length, ip) : requires(d, protocol, 4);
      return;
    case Protocol.ICMPV6:
      ip.version === 6 ? icmpv6(d, at, length, ip) : requires(d, protocol, 6);
      return;
    case Protocol.IGMP:
      ip.version === 4 ? igmp(d, at, length) : requires(d, protocol, 4);
      return;
    case Protocol.IPIP:
      d.printers.ipv4(d, at, length);
      return;
    case Protocol.IPV6:
      d.printers.ipv6(d, at, length);
      return;
    case Protocol.GRE:
      gre(d, at, length);
      return;
    case Protocol.ETHERNET:
      if (ip.version === 4) {
        requires(d, protocol, 6);
        return;
      }
      d.printers.ethernet(d, at, length, d.available(at));
      return;
    case Protocol.SUN_ND:
      d.print(` nd ${length}`);
      return;
    case Protocol.NONE:
      d.print('no next header');
      return;
    default:
      d.print(` ${protocolName(protocol, d.options.numeric)} ${length}`);
  }
}

function requires(d: Dissector, protocol: number, version: 4 | 6): void {
  d.print(`[${token(PROTOCOL_NAMES, protocol, 'unknown')} requires IPv${version}]`);
  d.printInvalid();
}
