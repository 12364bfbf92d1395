// What the kernel looks up besides when it sends an ICMP error: routes of the opposite direction, for IPsec policies
// that might ask for the sender's own packet (icmp_route_lookup). There are none here, but what was looked up is kept
// with what was learnt of its path, and `ip route show cache` tells.
import type { Ipv4 } from '../addr/ipv4.ts';
import { FlowKey } from '../fib/flow.ts';
import { RouteType } from '../fib/route.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Packet } from '../packet/packet.ts';
import * as ip from '../wire/ipv4.ts';
import { portsOf } from './flow-dissector.ts';
import { RouteResult } from './route.ts';
import { InputKey, routeInput } from './route-input.ts';
import { routeOutput } from './route-output.ts';

const route = new RouteResult();
const key = new FlowKey();
const inputKey = new InputKey();

/** All but ECN of a TOS (INET_ECN_MASK). */
const NOT_ECN = 0xfc;

/** `answered` is the address that the error goes to, with the TOS `tos`; `at` the device whose VRF it is routed in. */
export function lookBack(
  namespace: Namespace,
  packet: Packet,
  answered: Ipv4,
  tos: number,
  at: Device | null,
): void {
  if (namespace.fib.addressType(answered) === RouteType.LOCAL) return;
  const { view, network } = packet;
  const [sender, target] = [ip.source(view, network), ip.destination(view, network)];
  if (namespace.fib.addressType(target) === RouteType.LOCAL) {
    askAbout(packet, sender, target);
    key.oif = packet.inputIndex;
    routeOutput(namespace, key, route);
    return;
  }
  askAbout(packet, target, sender);
  key.oif = at?.l3mdev?.index ?? 0;
  key.anySource = true;
  if (routeOutput(namespace, key, route) !== 0) return;
  inputKey.destination = sender;
  inputKey.source = target;
  inputKey.tos = tos;
  inputKey.mark = packet.mark;
  inputKey.protocol = ip.protocol(view, network);
  inputKey.ports = portsOf(packet, network);
  routeInput(namespace, route.device, inputKey, route);
}

/** xfrm_decode_session_reverse. */
function askAbout(packet: Packet, destination: Ipv4, source: Ipv4): void {
  const { view, network } = packet;
  key.ask(destination, source);
  key.tos = ip.tos(view, network) & NOT_ECN;
  key.mark = packet.mark;
  key.protocol = ip.protocol(view, network);
}
