// The door to one namespace: what is there, and one change at a time. The real one speaks to src/admin; tests put one in
// between that fails on demand, and scripts one that writes down.
import type { Refusal } from '../addr/errno.ts';
import type { AddressInfo, FdbInfo, LinkInfo, NeighbourInfo, Outcome, RouteInfo } from '../admin/types.ts';
import type { Operation } from './operation.ts';

export interface Port {
  links(): readonly LinkInfo[];
  /** Null for none of that name. */
  link(name: string): LinkInfo | null;
  /** Of one device. */
  addresses(device: string): readonly AddressInfo[];
  /** Of one table: 254 is main. */
  routes(table: number): readonly RouteInfo[];
  /** Of one device, in every state. */
  neighbours(device: string): readonly NeighbourInfo[];
  fdb(device: string): readonly FdbInfo[];
  /** `net/ipv4/ip_forward`; null if there is no such file. */
  sysctl(path: string): string | null;
  perform(operation: Operation): Outcome;
}

/** What could not be done now; who wanted it tries again. */
export interface Failure {
  readonly operation: Operation;
  readonly refusal: Refusal;
}
