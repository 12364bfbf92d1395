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
  if (bound === null) return hearsUnbound(device, protocol);
  return bound === vrf || bound === inputDevice(packet, device, vrf);
}

function hearsUnbound({ l3mdev, namespace: { conf } }: Device, protocol: number): boolean {
  const isUdp = protocol === ip.IpProtocol.UDP;
  return l3mdev === null || (isUdp ? conf.udp_l3mdev_accept : conf.raw_l3mdev_accept) !== 0;
}

/**
 * The same for an error: what we tell ourselves came in by the loopback device, and no socket that is bound to another one
 * hears of it (raw_icmp_error, __udp4_lib_err).
 */
export function hearsErrorAt(
  bound: Device | null,
  packet: Packet,
  device: Device,
  protocol: number,
): boolean {
  if (bound === null) return hearsUnbound(device, protocol);
  const { l3mdev, namespace } = device;
  if (l3mdev === null) return bound === device;
  return bound === l3mdev || bound === namespace.devices.get(packet.inputIndex);
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
