// What the FIB asks of the devices and neighbours around it.
import type { Ipv4 } from '../addr/ipv4.ts';
import type { FibHost } from '../fib/host.ts';
import type { FibDevice } from '../fib/route.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { selectAddress } from './devinet.ts';

/** The FibHost of a namespace: every FibDevice that the FIB hands back is one of its devices. */
export class NamespaceFibHost implements FibHost {
  private readonly namespace: Namespace;

  constructor(namespace: Namespace) {
    this.namespace = namespace;
  }

  deviceByName(name: string): FibDevice | undefined {
    return this.namespace.names.get(name);
  }

  l3mdev(index: number): FibDevice | null {
    return this.namespace.devices.get(index)?.l3mdev ?? null;
  }

  ipv4Enabled(device: FibDevice): boolean {
    return !(device as Device).ipv4Disabled;
  }

  selectSourceAddress(device: FibDevice, gateway: Ipv4, scope: number): Ipv4 {
    return selectAddress(this.namespace, device as Device, gateway, scope);
  }

  groupOf(device: FibDevice): number {
    return (device as Device).group;
  }

  neighbourState(device: FibDevice, address: Ipv4): number {
    return this.namespace.neighbours.lookup(device as Device, address)?.state ?? -1;
  }

  nexthopCompatMode(): boolean {
    return this.namespace.conf.nexthop_compat_mode !== 0;
  }

  multipathUsesNeighbours(): boolean {
    return this.namespace.conf.fib_multipath_use_neigh !== 0;
  }
}
