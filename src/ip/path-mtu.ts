// What ICMP teaches about paths: a smaller MTU (ipv4_update_pmtu), another gateway (ipv4_redirect).
import { ANY, type Ipv4, isLimitedBroadcast, isMulticast, isZeronet } from '../addr/ipv4.ts';
import { FlowKey } from '../fib/flow.ts';
import { RouteType } from '../fib/route.ts';
import { NUD_VALID } from '../neigh/neighbour.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { SECOND } from '../time/clock.ts';
import * as ip from '../wire/ipv4.ts';
import { neighbourFor } from './arp-entry.ts';
import { isOnLink } from './devinet.ts';
import { learnMtu, ROUTING_TOS, RouteResult, rememberException } from './route.ts';
import { routeOutput } from './route-output.ts';

/** net.ipv4.route.gc_timeout: how long a redirect is believed. */
const REDIRECT_LIFETIME = 300 * SECOND;

const route = new RouteResult();
const key = new FlowKey();

/**
 * The question that the quoted packet's sender, us, asked when it was sent (__build_flow_key); `oif` is the device that
 * the sender is bound to, 0 for none.
 */
function askAgain(view: DataView, quoted: number, oif: number): FlowKey {
  key.ask(ip.destination(view, quoted), ip.source(view, quoted));
  key.oif = oif;
  key.tos = ip.tos(view, quoted) & ROUTING_TOS;
  key.protocol = ip.protocol(view, quoted);
  return key;
}

/** The packet whose header stands at `quoted` got no further than `mtu` bytes. */
export function learnFromIcmp(
  namespace: Namespace,
  view: DataView,
  quoted: number,
  mtu: number,
  oif: number,
): void {
  if (routeOutput(namespace, askAgain(view, quoted, oif), route) !== 0) return;
  learnMtu(namespace, route, key, mtu);
}

/** `sender` says that `gateway` is a better first hop for the packet at `quoted` (__ip_do_redirect). */
export function learnRedirect(
  namespace: Namespace,
  device: Device,
  view: DataView,
  quoted: number,
  sender: Ipv4,
  gateway: Ipv4,
  oif: number,
): void {
  if (
    routeOutput(namespace, askAgain(view, quoted, oif), route) !== 0 ||
    route.gateway === ANY ||
    route.gateway !== sender
  )
    return;
  if (gateway === sender || !acceptsRedirects(device) || !isPlausible(namespace, device, gateway, sender))
    return;
  const { neighbours } = namespace;
  const neighbour = neighbourFor(route.device, gateway);
  if (neighbour === null) return;
  if ((neighbour.state & NUD_VALID) === 0) {
    neighbours.resolve(neighbour);
    return;
  }
  namespace.kernel.pathChanges++;
  if (namespace.fib.lookup(key) === 0 && namespace.fib.nextHop !== null)
    rememberException(
      namespace,
      namespace.fib.nextHop,
      key.destination,
      gateway,
      0,
      false,
      REDIRECT_LIFETIME,
    );
}

/** A host believes redirects if either setting allows it, a router only if both do (IN_DEV_RX_REDIRECTS). */
function acceptsRedirects(device: Device): boolean {
  const own = device.conf.accept_redirects !== 0;
  const all = device.namespace.confAll.accept_redirects !== 0;
  return device.conf.forwarding !== 0 ? own && all : own || all;
}

function isPlausible(namespace: Namespace, device: Device, gateway: Ipv4, sender: Ipv4): boolean {
  if (isMulticast(gateway) || isLimitedBroadcast(gateway) || isZeronet(gateway)) return false;
  const shared = (device.conf.shared_media | namespace.confAll.shared_media) !== 0;
  if (shared) return namespace.fib.addressType(gateway) === RouteType.UNICAST;
  const onlyKnown = (device.conf.secure_redirects | namespace.confAll.secure_redirects) !== 0;
  return isOnLink(device, gateway, sender) && (!onlyKnown || namespace.fib.hasGateway(gateway, device));
}
