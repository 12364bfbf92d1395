// What a packet is, read from its bytes: for the heading of its journey and for what it was delivered to.
import type { Packet } from '../packet/packet.ts';
import * as icmp from '../wire/icmp.ts';
import { IcmpType, UnreachableCode } from '../wire/icmp.ts';
import * as ip from '../wire/ipv4.ts';
import * as udp from '../wire/udp.ts';
import type { IcmpHeader, PacketFacts } from './journey-record.ts';
import { icmpErrorText, ipv4Text, protocolName } from './packet-text.ts';

/** The ICMP error that stands at `at`; null for anything else. */
function errorAt(view: DataView, at: number): IcmpHeader | null {
  const type = icmp.type(view, at);
  if (!icmp.isError(type)) return null;
  const code = icmp.code(view, at);
  const tooBig = type === IcmpType.UNREACHABLE && code === UnreachableCode.FRAGMENTATION_NEEDED;
  return { type, code, mtu: tooBig ? icmp.nextHopMtu(view, at) : 0 };
}

/** Of a packet whose head is its IPv4 header. */
export function factsOf({ view, head, tail }: Packet): PacketFacts {
  const protocol = ip.protocol(view, head);
  const body = head + ip.headerLength(view, head);
  const error = protocol === ip.IpProtocol.ICMP ? errorAt(view, body) : null;
  return {
    text: ipv4Text(view, head, tail),
    source: ip.source(view, head),
    destination: ip.destination(view, head),
    protocol,
    error,
    message: error === null ? '' : icmpErrorText(view, body),
  };
}

/** What took a packet that was delivered, its head behind the IPv4 header: `ICMP echo request`, `a UDP socket on port 53`. */
export function deliveredTo({ view, network, head }: Packet): string {
  const protocol = ip.protocol(view, network);
  if (protocol === ip.IpProtocol.UDP) return `a UDP socket on port ${udp.destinationPort(view, head)}`;
  if (protocol === ip.IpProtocol.TCP) return `TCP port ${udp.destinationPort(view, head)}`;
  if (protocol !== ip.IpProtocol.ICMP) return protocolName(protocol);
  const type = icmp.type(view, head);
  if (type === IcmpType.ECHO) return 'ICMP, as an echo request';
  if (type === IcmpType.ECHO_REPLY) return 'ICMP, as an echo reply';
  return icmp.isError(type) ? `ICMP, as ${icmpErrorText(view, head)}` : `ICMP, as type ${type}`;
}
