// What the FIB of one namespace asks of the host around it. src/ip implements it over devices and neighbours.
import type { Ipv4 } from '../addr/ipv4.ts';
import type { FibDevice } from './route.ts';

/** Every call is on the slow path (route and rule changes) unless its comment says otherwise. */
export interface FibHost {
  /** The device of this name in the namespace, for the iif and oif of rules (__dev_get_by_name). */
  deviceByName(name: string): FibDevice | undefined;

  /** The VRF device of the device with this index, null for none. Asked per lookup, once there is a VRF. */
  l3mdev(index: number): FibDevice | null;

  /** Whether IPv4 runs on the device (__in_dev_get_rtnl is not NULL): false for an MTU below 68. */
  ipv4Enabled(device: FibDevice): boolean;

  /**
   * The source address for packets out of `device` (inet_select_addr): the first primary address of a scope not
   * farther than `scope`, one in the same subnet as `gateway` before others if `gateway` is not 0; then any other
   * device's; 0 if there is none.
   */
  selectSourceAddress(device: FibDevice, gateway: Ipv4, scope: number): Ipv4;

  /** The device's group number (ip link set … group), for rules with suppress_ifgroup. Asked per lookup. */
  groupOf(device: FibDevice): number;

  /**
   * NUD_* state of the neighbour `address` on `device`, -1 if there is no entry. Asked per lookup, only when there
   * are several default routes or fib_multipath_use_neigh is set.
   */
  neighbourState(device: FibDevice, address: Ipv4): number;

  /** net.ipv4.nexthop_compat_mode: routes are told anew when the nexthop object that they use changes. */
  nexthopCompatMode(): boolean;

  /** net.ipv4.fib_multipath_use_neigh. */
  multipathUsesNeighbours(): boolean;
}
