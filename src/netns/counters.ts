// What a namespace counts: the SNMP numbers of Linux (include/net/snmp.h), under the names that /proc/net/snmp and
// /proc/net/netstat give them. What every packet counts is a field; the rest is kept once it was counted.

/** Counted where the kernel counts (IP_INC_STATS, __ICMP_INC_STATS and so on). */
const NAMES = [
  'IpInHdrErrors',
  'IpInAddrErrors',
  'IpInUnknownProtos',
  'IpOutDiscards',
  'IpOutNoRoutes',
  'IpReasmTimeout',
  'IpReasmReqds',
  'IpReasmOKs',
  'IpReasmFails',
  'IpFragOKs',
  'IpFragFails',
  'IpFragCreates',
  'IcmpInMsgs',
  'IcmpInErrors',
  'IcmpInCsumErrors',
  'IcmpOutMsgs',
  'IcmpOutRateLimitGlobal',
  'IcmpOutRateLimitHost',
  'TcpInSegs',
  'TcpOutSegs',
  'TcpInErrs',
  'TcpOutRsts',
  'TcpInCsumErrors',
  'UdpInDatagrams',
  'UdpNoPorts',
  'UdpInErrors',
  'UdpOutDatagrams',
  'UdpSndbufErrors',
  'UdpInCsumErrors',
  'UdpIgnoredMulti',
  'TcpExtArpFilter',
  'TcpExtIPReversePathFilter',
  'IpExtInNoRoutes',
  'IpExtInTruncatedPkts',
  'IpExtInMcastPkts',
  'IpExtOutMcastPkts',
  'IpExtInBcastPkts',
  'IpExtOutBcastPkts',
  'IpExtInMcastOctets',
  'IpExtOutMcastOctets',
  'IpExtInBcastOctets',
  'IpExtOutBcastOctets',
  'IpExtInCsumErrors',
  'IpExtInECT1Pkts',
  'IpExtInECT0Pkts',
  'IpExtInCEPkts',
  'IpExtReasmOverlaps',
  // no counter of the kernel's: received, but too short for an IPv4 header, so that its ECN bits were not looked at
  'NoHeader',
] as const;

export type MibName = (typeof NAMES)[number];

/** The number of each counter by its name. */
export const Mib = Object.fromEntries(NAMES.map((name, index) => [name, index])) as {
  readonly [Name in MibName]: number;
};

const ECN_MASK = 3;
/** Of what is received with ECN bits other than 0 (INET_ECN_*). */
const BY_ECN = [Mib.NoHeader, Mib.IpExtInECT1Pkts, Mib.IpExtInECT0Pkts, Mib.IpExtInCEPkts];
/** ICMPMSG_MIB: types sent are kept behind the types received. */
const SENT_TYPES = 0x100;

export class Counters {
  /** IpInReceives and IpExtInOctets. */
  received = 0;
  octetsIn = 0;
  delivered = 0;
  /** IpInDelivers: what a protocol here was given, whatever came of it. */
  handed = 0;
  /** ARP messages that did their work. */
  arp = 0;
  /** IpForwDatagrams. */
  forwarded = 0;
  /** IpOutRequests and IpExtOutOctets: 6.1 counts what is forwarded too, and its octets twice. */
  sent = 0;
  octetsOut = 0;
  /** Packets that were cut, and the pieces that came of it. */
  fragmented = 0;
  fragmentsMade = 0;
  /** Pieces that were put together, and the datagrams that came of it. */
  merged = 0;
  reassembled = 0;
  // Made when they are first needed: a cluster has 30,000 namespaces, and few of them ever count anything here.
  private items: Float64Array | null = null;
  private types: Map<number, number> | null = null;

  /** Adds to one of `Mib`. */
  count(item: number, by = 1): void {
    this.items ??= new Float64Array(NAMES.length);
    this.items[item] += by;
  }

  value(name: MibName): number {
    return this.items === null ? 0 : this.items[Mib[name]];
  }

  /** A packet came in whose TOS has ECN bits. */
  countEcn(tos: number): void {
    this.count(BY_ECN[tos & ECN_MASK]);
  }

  countIcmpIn(type: number): void {
    this.countType(type);
  }

  /** icmp_out_count. */
  countIcmpOut(type: number): void {
    this.count(Mib.IcmpOutMsgs);
    this.countType(SENT_TYPES + type);
  }

  /** Messages received of each type, by type; those sent by type + 256 (ICMPMSG_MIB). */
  get icmpTypes(): ReadonlyMap<number, number> {
    return this.types ?? NONE;
  }

  private countType(type: number): void {
    this.types ??= new Map();
    this.types.set(type, (this.types.get(type) ?? 0) + 1);
  }
}

const NONE: ReadonlyMap<number, number> = new Map();
