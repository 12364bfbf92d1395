// The device by which a tunnel's outer packets would leave now: only to guess an MTU when the tunnel is made.
import { FlowKey } from '../fib/flow.ts';
import { RouteType } from '../fib/route.ts';
import type { Device, TunnelState } from '../netns/device.ts';

/** The device of the route to the tunnel's remote (the loopback for an address of ours); null without a route. */
export function outgoingDevice(device: Device): Device | null {
  const { underlay } = device;
  const tunnel = device.tunnel as TunnelState;
  const flow = new FlowKey();
  flow.destination = tunnel.remote;
  flow.source = tunnel.local;
  flow.tos = tunnel.tos & 0xfc;
  flow.oif = tunnel.link;
  flow.mark = tunnel.fwmark;
  if (underlay.fib.lookup(flow) !== 0) return null;
  const local = underlay.fib.route?.type === RouteType.LOCAL;
  return local ? underlay.loopback : ((underlay.fib.nextHop?.device as Device | undefined) ?? null);
}
