// A packet that a host of the lab sends of its own, as a program on it would have sent it.
import { ANY, isLimitedBroadcast, isMulticast } from '../addr/ipv4.ts';
import { Drop } from '../drop/reasons.ts';
import { FlowKey } from '../fib/flow.ts';
import { output } from '../ip/output.ts';
import type { RouteResult } from '../ip/route.ts';
import { routeOutput } from '../ip/route-output.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Packet } from '../packet/packet.ts';
import * as ip from '../wire/ipv4.ts';

/** The bits of TOS that a local sender's routing sees. */
const TOS_MASK = 0x1e;

const key = new FlowKey();

/**
 * Sends the packet, whose head is its IPv4 header; `route` holds what was chosen. `bound` is the device that the sender
 * is bound to, if it must be. The errno of a refusal, 0 for none; the packet is ended by then.
 */
export function sendOwnPacket(
  namespace: Namespace,
  packet: Packet,
  bound: Device | null,
  route: RouteResult,
): number {
  const { view, head } = packet;
  const destination = ip.destination(view, head);
  key.ask(destination, ip.source(view, head));
  key.tos = ip.tos(view, head) & TOS_MASK;
  key.protocol = ip.protocol(view, head);
  const toGroup = isMulticast(destination) || isLimitedBroadcast(destination);
  if (bound !== null && (toGroup || key.source === ANY)) key.oif = bound.index;
  packet.network = head;
  const refusal = routeOutput(namespace, key, route);
  // A program may probe the path with packets that are longer than what was learnt of it (IP_PMTUDISC_PROBE).
  if ((ip.fragment(view, head) & ip.DF) !== 0) route.exception = null;
  if (refusal !== 0) namespace.kernel.drop(namespace, packet, Drop.IP_OUTNOROUTES);
  else if (output(namespace, packet, route) !== 0)
    namespace.kernel.drop(namespace, packet, Drop.PKT_TOO_BIG, route.device);
  return refusal;
}
