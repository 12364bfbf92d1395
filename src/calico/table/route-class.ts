// Which of several routes to one destination is written: Felix's route classes in their order (felix/routetable/defs.go).

/** The lowest number wins. */
export const RouteClass = {
  LOCAL_WORKLOAD: 0,
  BPF_SPECIAL: 1,
  WIREGUARD: 2,
  VXLAN_SAME_SUBNET: 3,
  VXLAN_TUNNEL: 4,
  IPIP_SAME_SUBNET: 5,
  IPIP_TUNNEL: 6,
  NO_ENCAP: 7,
  BLACKHOLE_VXLAN: 8,
  BLACKHOLE_IPIP: 9,
  BLACKHOLE_NO_ENCAP: 10,
} as const;

export type RouteClass = (typeof RouteClass)[keyof typeof RouteClass];
