// The closed set of reasons for which a packet ends, as dense numbers named after the kernel's SKB_DROP_REASON_*.
// Where Linux 6.1 has no name for a drop yet, the name is the one that a later kernel gave it; the drops that no
// kernel names (they are silent or carry only an errno) are at the end, in the same style.

const NAMES = [
  'NOT_SPECIFIED',
  'NO_SOCKET', // no socket for the protocol or port
  'PKT_TOO_SMALL',
  'UDP_CSUM',
  'TCP_CSUM',
  'OTHERHOST', // unicast frame for another MAC address
  'IP_CSUM',
  'IP_INHDR', // malformed IPv4 header, or TTL exceeded in forwarding
  'IP_RPFILTER',
  'UNICAST_IN_L2_MULTICAST',
  'IP_NOPROTO', // no handler for the IP protocol
  'IP_OUTNOROUTES',
  'IPV6DISABLED',
  'NEIGH_CREATEFAIL',
  'NEIGH_FAILED', // the neighbour did not answer
  'NEIGH_QUEUEFULL', // too many packets wait for the neighbour
  'NEIGH_DEAD',
  'CPU_BACKLOG', // the queue of received frames is full
  'UNHANDLED_PROTO', // no handler for the EtherType
  'DEV_READY', // the device is down
  'FULL_RING',
  'NOMEM',
  'HDR_TRUNC',
  'ICMP_CSUM',
  'INVALID_PROTO', // for example a broadcast timestamp request
  'IP_INADDRERRORS', // host unreachable at input
  'IP_INNOROUTES', // network unreachable at input
  'PKT_TOO_BIG',
  // named by kernels after 6.1
  'DUP_FRAG', // overlapping or duplicate fragment (6.2)
  'FRAG_REASM_TIMEOUT', // (6.2)
  'FRAG_TOO_FAR', // (6.2)
  'IP_LOCAL_SOURCE', // the source is an address of ours (6.13)
  'IP_INVALID_SOURCE', // multicast, broadcast or 0/8 source (6.13)
  'IP_LOCALNET', // 127/8 on the wire (6.13)
  'IP_INVALID_DEST', // 0/8 destination (6.13)
  'VXLAN_INVALID_HDR', // (6.12)
  'VXLAN_VNI_NOT_FOUND', // (6.12)
  'MAC_INVALID_SOURCE', // (6.12)
  'VXLAN_ENTRY_EXISTS', // the source MAC is a static FDB entry elsewhere (6.12)
  'NO_TX_TARGET', // no FDB entry and no default remote (6.13)
  'IP_TUNNEL_ECN', // CE outside, not-ECT inside (6.12)
  'TUNNEL_TXINFO', // (6.13)
  'LOCAL_MAC', // a frame with our own MAC as its source (6.13)
  'ARP_PVLAN_DISABLE', // (6.13)
  'BRIDGE_INGRESS_STP_STATE', // (6.14)
  'BLACKHOLE', // the route is a blackhole (6.15)
  'RECURSION_LIMIT', // a tunnel through a tunnel through … (6.15)
  // not named by any kernel
  'ROUTE_UNREACHABLE', // the route is of type unreachable
  'ROUTE_PROHIBIT', // the route is of type prohibit
  'DEV_FORWARDING_OFF', // forwarding is off where the packet came in
  'NOT_FOR_US', // broadcast or multicast that may not be forwarded
  'ARP_NOT_ANSWERED', // an ARP message that asked nothing of us, or that we may not answer
  'ICMP_IGNORED', // an ICMP message that nothing here waits for
  'FRAG_OVERLAP', // the fragments contradict each other: the whole queue goes
  'FRAG_QUEUE_LIMIT', // ipfrag_high_thresh
  'TUNNEL_NO_DEVICE', // IPIP or VXLAN for which no device is configured
  'TUNNEL_NO_REMOTE', // no remote address, route or FDB entry
  'TUNNEL_LOOP', // the outer route leads back into the device
  'BRIDGE_NO_PORT', // no other port to send to
  'BRIDGE_VLAN', // the port, or the bridge itself, is not in the frame's VLAN
  'BRIDGE_SAME_PORT', // learnt on the port it came in by
  'BRIDGE_LINK_LOCAL', // 01:80:c2:00:00:0x is not forwarded
  'DUMMY', // a dummy device swallows what it is given
  'NO_CARRIER', // the other end of the cable is down
  'TTL_ZERO',
  'IP_OPTIONS', // source route refused, option malformed
  'TCP_NO_SOCKET', // answered with RST
  'LOOP_LIMIT', // the run loop's own bound on work at one instant
  // an underlay that misbehaves because it was asked to (src/ip/segment-faults.ts)
  'UNDERLAY_PROTOCOL', // an IP protocol that the segment does not carry
  'UNDERLAY_UDP_PORT', // UDP to a port that the segment does not carry
  'UNDERLAY_SOURCE', // the source is no address of the NIC that sent it
  'UNDERLAY_MTU', // longer than the segment's MTU
  'UNDERLAY_ICMP', // an ICMP error on a segment that swallows them
] as const;

export type DropName = (typeof NAMES)[number];

/** A reason as a number, from 0 to DROP_COUNT - 1. */
export type DropReason = number;

/** The number of each reason by its name without the prefix. */
export const Drop = Object.fromEntries(NAMES.map((name, index) => [name, index])) as {
  readonly [Name in DropName]: DropReason;
};

export const DROP_COUNT: number = NAMES.length;

/** As the kernel prints it, for example `SKB_DROP_REASON_IP_RPFILTER`. */
export const dropName = (reason: DropReason): string => `SKB_DROP_REASON_${NAMES[reason] ?? 'NOT_SPECIFIED'}`;
