// Filters of traffic control: what a frame meets between a stack and a device (sch_handle_ingress, and the filters of
// a root qdisc in its enqueue). The qdiscs themselves hold nothing back: a virtual device takes every frame at once.
import { Drop } from '../drop/reasons.ts';
import type { Device } from '../netns/device.ts';
import type { TrafficAction, TrafficFilter } from '../netns/traffic.ts';
import type { Packet } from '../packet/packet.ts';
import * as ethernet from '../wire/ethernet.ts';
import * as ipv4 from '../wire/ipv4.ts';

/** The first filter that the frame, its head at the Ethernet header, fits (tcf_classify); null for none. */
function actionFor(filters: readonly TrafficFilter[], packet: Packet): TrafficAction | null {
  const { view, head } = packet;
  if (packet.length < ethernet.ETHERNET_HEADER) return null;
  const type = ethernet.etherType(view, head);
  for (const { etherType, ipProtocol, action } of filters) {
    if (etherType !== 0 && etherType !== type) continue;
    if (ipProtocol === 0 || (type === ethernet.EtherType.IPV4 && protocolOf(packet) === ipProtocol))
      return action;
  }
  return null;
}

const protocolOf = ({ view, head, length }: Packet): number =>
  length < ethernet.ETHERNET_HEADER + ipv4.IPV4_HEADER
    ? 0
    : ipv4.protocol(view, head + ethernet.ETHERNET_HEADER);

/** `pedit munge ip df set 0x40 pipe csum ip`, of a frame of IPv4. */
function setDontFragment({ view, head, length }: Packet): void {
  const at = head + ethernet.ETHERNET_HEADER;
  if (length < ethernet.ETHERNET_HEADER + ipv4.IPV4_HEADER) return;
  ipv4.setFragment(view, at, ipv4.fragment(view, at) | ipv4.DF);
  ipv4.fillChecksum(view, at);
}

/** Redirections within redirections (MIRRED_NEST_LIMIT). */
const NEST_LIMIT = 4;

let nested = 0;

type Way = (device: Device, packet: Packet) => void;

/** A frame about to leave by `device`: true if the filters took it. `send` and `receive` go on at another device. */
export function actOnEgress(
  device: Device,
  packet: Packet,
  { send, receive }: { readonly send: Way; readonly receive: Way },
): boolean {
  const action = actionFor(device.traffic!.egress, packet);
  if (action === null) return false;
  if (action.kind === 'dont-fragment') {
    setDontFragment(packet);
    return false;
  }
  const { kernel } = device.namespace;
  if (nested >= NEST_LIMIT) kernel.drop(device.namespace, packet, Drop.RECURSION_LIMIT, device);
  else redirect(action.direction === 'egress' ? send : receive, action.device, packet);
  return true;
}

function redirect(way: Way, device: Device, packet: Packet): void {
  nested++;
  way(device, packet);
  nested--;
}

/** A frame that `device` received: the device to go on with, or null if it went elsewhere. */
export function actOnIngress(device: Device, packet: Packet, send: Way): Device | null {
  const action = actionFor(device.traffic!.ingress, packet);
  if (action === null) return device;
  if (action.kind === 'dont-fragment') {
    setDontFragment(packet);
    return device;
  }
  if (action.direction === 'ingress') return action.device;
  send(action.device, packet);
  return null;
}
