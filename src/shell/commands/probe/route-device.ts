// The device by which a process would reach an address.
import type { Ipv4 } from '../../../addr/ipv4.ts';
import { getRoute } from '../../../admin/route-get.ts';
import type { Device } from '../../../netns/device.ts';
import type { Context } from '../../command.ts';

/** Null if there is no route. */
export function routeDevice({ namespace }: Context, destination: Ipv4): Device | null {
  const answer = getRoute(namespace, { destination });
  return 'value' in answer ? (namespace.device(answer.value.device) ?? null) : null;
}
