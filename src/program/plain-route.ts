// A route of the main table with one next hop, as `ip route add` without further words asks for it.
import { ANY, type Ipv4 } from '../addr/ipv4.ts';
import { RouteProtocol, Scope, Table } from '../admin/route-constants.ts';
import type { RouteVerb } from '../admin/types.ts';
import type { Operation } from './operation.ts';

export interface PlainRoute {
  readonly destination: Ipv4;
  readonly length: number;
  readonly device: string;
  /** Left out: the destination is on the link. */
  readonly gateway?: Ipv4;
  /** The gateway is taken to be on the link. */
  readonly onlink?: boolean;
  /** BOOT if left out. */
  readonly protocol?: number;
}

export function plainRoute(verb: RouteVerb | 'delete', route: PlainRoute): Operation {
  const { destination, length, device, gateway = ANY, onlink = false } = route;
  return {
    do: 'route',
    verb,
    route: {
      table: Table.MAIN,
      destination,
      length,
      protocol: route.protocol ?? RouteProtocol.BOOT,
      scope: gateway === ANY ? Scope.LINK : Scope.UNIVERSE,
      nextHops: [{ device, gateway, onlink }],
    },
  };
}
