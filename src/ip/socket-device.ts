// Sockets and devices: which packets a bound socket hears, and which addresses are local for it (inet_bound_dev_eq and
// raw_bind; networking/vrf.rst, "Applications").
import type { Ipv4 } from '../addr/ipv4.ts';
import { RouteType } from '../fib/route.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Packet } from '../packet/packet.ts';
import * as ip from '../wire/ipv4.ts';

/**
 * Whether a socket of a protocol bound to a device, null for none, hears a packet that upper layers see at `device`: in a
 * VRF both the VRF and the slave that received it will do, and a socket that is bound to none as udp_l3mdev_accept and
 * raw_l3mdev_accept have it.
 */
export function hearsAt(
  bound: Device | null,
  packet: Packet,
  device: Device,
  protocol: number = ip.IpProtocol.ICMP,
): boolean {
  const vrf = device.l3mdev;
  const { raw_l3mdev_accept: raw, udp_l3mdev_accept: udp } = device.namespace.conf;
  if (bound === null) return vrf === null || (protocol === ip.IpProtocol.UDP ? udp : raw) !== 0;
  return bound === vrf || bound === inputDevice(packet, device, vrf);
}

/** What was sent to an address of our own came in, to a socket, by the device that has the address (inet_iif). */
function inputDevice(packet: Packet, device: Device, vrf: Device | null): Device | null {
  const { namespace } = device;
  const input = namespace.devices.get(packet.inputIndex);
  const isLooped = vrf === null ? device.loopback : input === vrf;
  if (!isLooped) return vrf === null ? device : (input ?? null);
  return ownerIn(namespace, vrf, ip.destination(packet.view, packet.network)) ?? device;
}

function ownerIn(namespace: Namespace, vrf: Device | null, address: Ipv4): Device | undefined {
  for (const device of namespace.devices.values())
    if (device.l3mdev === vrf && device.addresses.some(({ local }) => local === address)) return device;
  return undefined;
}

/** An address that a socket bound to `device` may bind: one of its VRF, or of the local table (raw_bind). */
export const isLocalAddress = (namespace: Namespace, address: Ipv4, device: Device | null): boolean =>
  namespace.fib.addressType(address, null, device?.l3mdev?.vrfTable) === RouteType.LOCAL;
