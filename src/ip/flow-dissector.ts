// What the kernel takes for the flow of a packet: addresses and ports, as far inside as it looks
// (__skb_flow_dissect in net/core/flow_dissector.c, with the keys of skb_get_hash).
import type { Packet } from '../packet/packet.ts';
import { EtherType, VLAN_HEADER } from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import { IPV6_HEADER } from '../wire/ipv6.ts';

const IPV6_ADDRESSES = 8;
/** Headers that are looked into at most (MAX_FLOW_DISSECT_HDRS). */
const HEADERS_MAX = 15;

const IN_IPV6 = 41;
const GRE = 47;
const AH = 51;
/** IPv6's extension headers: hop-by-hop options, routing, destination options; and fragments. */
const IPV6_OPTIONS: readonly number[] = [0, 43, 60];
const IPV6_FRAGMENT = 44;
/** What begins with two ports, or with what passes for them (proto_ports_offset): TCP, UDP, DCCP, ESP, SCTP, UDP-Lite. */
const WITH_PORTS: readonly number[] = [6, 17, 33, 50, 132, 136];

/** Flags of GRE (linux/if_tunnel.h), and what an Ethernet frame in it is called. */
const GreFlag = { CHECKSUM: 0x8000, ROUTING: 0x4000, KEY: 0x2000, SEQUENCE: 0x1000, VERSION: 7 } as const;
const TRANSPARENT_ETHERNET = 0x6558;
const ETHERNET_HEADER = 14;

/** Source and destination port of the packet whose IPv4 header is at `at`, as one word; 0 where it has none. */
export function portsOf({ view, tail }: Packet, at: number): number {
  return ip.isFragment(view, at)
    ? 0
    : portsBehind(view, at + ip.headerLength(view, at), tail, ip.protocol(view, at));
}

function portsBehind(view: DataView, transport: number, tail: number, protocol: number): number {
  if (protocol === AH) return transport + 8 <= tail ? view.getInt32(transport + 4) : 0;
  return WITH_PORTS.includes(protocol) && transport + 4 <= tail ? view.getInt32(transport) : 0;
}

/** One flow's keys: filled anew for each packet. */
export class FlowDissector {
  /** Of the innermost header that was reached. */
  etherType = 0;
  protocol = 0;
  /** Of the innermost one that was understood; of IPv6, the addresses folded. */
  source = 0;
  destination = 0;
  ports = 0;
  /** IPv6 flow label, first VLAN tag, GRE key. */
  label = 0;
  tag = 0;
  key = 0;
  private at = 0;
  private tail = 0;
  private isFragment = false;

  dissect(packet: Packet): void {
    this.etherType = packet.protocol;
    this.protocol = 0;
    this.source = 0;
    this.destination = 0;
    this.ports = 0;
    this.label = 0;
    this.tag = 0;
    this.key = 0;
    this.at = packet.network;
    this.tail = packet.tail;
    this.isFragment = false;
    for (let left = HEADERS_MAX; left > 0 && this.lookInside(packet.view); left--);
  }

  /** Past the header of `etherType`; true if there is another one to look at. */
  private lookInside(view: DataView): boolean {
    switch (this.etherType) {
      case EtherType.IPV4:
        return this.passIpv4(view);
      case EtherType.IPV6:
        return this.passIpv6(view);
      case EtherType.VLAN:
      case EtherType.QINQ:
        return this.passTag(view);
      default:
        return false;
    }
  }

  private has(bytes: number): boolean {
    return this.at + bytes <= this.tail;
  }

  private passIpv4(view: DataView): boolean {
    const { at } = this;
    if (!this.has(ip.IPV4_HEADER) || ip.headerLength(view, at) < ip.IPV4_HEADER) return false;
    this.protocol = ip.protocol(view, at);
    this.source = ip.source(view, at);
    this.destination = ip.destination(view, at);
    this.at += ip.headerLength(view, at);
    this.isFragment ||= ip.isFragment(view, at);
    return !ip.isFragment(view, at) && this.passTransport(view);
  }

  private passIpv6(view: DataView): boolean {
    const { at } = this;
    if (!this.has(IPV6_HEADER)) return false;
    this.protocol = view.getUint8(at + 6);
    this.source = fold(view, at + IPV6_ADDRESSES);
    this.destination = fold(view, at + IPV6_ADDRESSES + 16);
    this.at += IPV6_HEADER;
    this.label = view.getUint32(at) & 0xfffff;
    return this.label === 0 && this.passTransport(view);
  }

  /** A tag: only the first one is part of the flow. */
  private passTag(view: DataView): boolean {
    if (!this.has(VLAN_HEADER)) return false;
    if (this.tag === 0) this.tag = (this.etherType << 16) | view.getUint16(this.at);
    this.etherType = view.getUint16(this.at + 2);
    this.at += VLAN_HEADER;
    return true;
  }

  private passTransport(view: DataView): boolean {
    const { protocol } = this;
    if (protocol === ip.IpProtocol.IPIP || protocol === IN_IPV6) {
      this.etherType = protocol === IN_IPV6 ? EtherType.IPV6 : EtherType.IPV4;
      return true;
    }
    if (protocol === GRE) return this.passGre(view);
    if (this.etherType === EtherType.IPV6 && IPV6_OPTIONS.includes(protocol)) return this.passOptions(view);
    if (this.etherType === EtherType.IPV6 && protocol === IPV6_FRAGMENT) this.passFragmentHeader(view);
    else if (!this.isFragment) this.ports = portsBehind(view, this.at, this.tail, protocol) || this.ports;
    return false;
  }

  private passOptions(view: DataView): boolean {
    if (!this.has(2)) return false;
    this.protocol = view.getUint8(this.at);
    this.at += (view.getUint8(this.at + 1) + 1) << 3;
    return this.passTransport(view);
  }

  private passFragmentHeader(view: DataView): void {
    if (this.has(8)) this.protocol = view.getUint8(this.at);
  }

  /** __skb_flow_dissect_gre, without the PPP of version 1. */
  private passGre(view: DataView): boolean {
    if (!this.has(4)) return false;
    const flags = view.getUint16(this.at);
    if ((flags & GreFlag.ROUTING) !== 0 || (flags & GreFlag.VERSION) !== 0) return false;
    this.etherType = view.getUint16(this.at + 2);
    let length = (flags & GreFlag.CHECKSUM) !== 0 ? 8 : 4;
    if ((flags & GreFlag.KEY) !== 0) {
      if (!this.has(length + 4)) return false;
      this.key = view.getInt32(this.at + length);
      length += 4;
    }
    if ((flags & GreFlag.SEQUENCE) !== 0) length += 4;
    if (this.etherType === TRANSPARENT_ETHERNET) {
      if (!this.has(length + ETHERNET_HEADER)) return false;
      this.etherType = view.getUint16(this.at + length + ETHERNET_HEADER - 2);
      length += ETHERNET_HEADER;
    }
    this.at += length;
    return true;
  }
}

function fold(view: DataView, at: number): number {
  return view.getInt32(at) ^ view.getInt32(at + 4) ^ view.getInt32(at + 8) ^ view.getInt32(at + 12);
}
