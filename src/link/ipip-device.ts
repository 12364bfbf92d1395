// IPIP tunnel devices: made, changed, found (net/ipv4/ip_tunnel.c, ipip.c).
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { type Ipv4, isMulticast } from '../addr/ipv4.ts';
import { type Mac, mac } from '../addr/mac.ts';
import { type Device, DeviceFlag, Kind, type TunnelState } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { stateChanged } from './carrier.ts';
import { createDevice, type LinkAttributes } from './create.ts';
import { setMtu } from './lifecycle.ts';
import { isValidName } from './name.ts';
import { registerDevice } from './registry.ts';
import { outgoingDevice } from './underlay-route.ts';

/** The outer header of a tunnel without options. */
const HEADER = 20;
const MIN_MTU = 68;
const ETHERNET_MTU = 1500;
const MAX_PACKET = 0xffff;
/** MTU of a tunnel over a device that is too small for one (IPV4_MIN_MTU). */
const IPV4_MIN_MTU = 68;

/** What a tunnel is told (struct ip_tunnel_parm). */
export type TunnelParameters = Omit<TunnelState, 'fallback'>;

const DEFAULTS: TunnelParameters = {
  local: 0 as Ipv4,
  remote: 0 as Ipv4,
  ttl: 0,
  tos: 0,
  pmtudisc: false,
  ignoreDf: false,
  link: 0,
  protocol: 0,
  fwmark: 0,
};

const FALLBACK: TunnelState = { ...DEFAULTS, fallback: true };

/** A TTL of its own makes a tunnel set DF whatever it was told (ip_tunnel_netlink_parms, ip_tunnel_ctl). */
export const completeParameters = (given: Partial<TunnelParameters>): TunnelParameters => ({
  ...DEFAULTS,
  protocol: 4,
  ...given,
  pmtudisc: (given.pmtudisc ?? true) || (given.ttl ?? 0) !== 0,
});

/** The tunnel of the namespace that has exactly these ends (ip_tunnel_find). */
export function findTunnel(underlay: Namespace, wanted: TunnelParameters): Device | null {
  for (const device of [...underlay.ipipDevices].reverse()) {
    const held = device.tunnel as TunnelState;
    if (held.local === wanted.local && held.remote === wanted.remote && held.link === wanted.link)
      return device;
  }
  return null;
}

/** The tunnel's ends are its link-layer addresses, in the first 32 bits that iproute2 looks at. */
const asAddress = (address: Ipv4): Mac => mac(address >>> 0);

/** ip_tunnel_bind_dev: the MTU that the path to the remote leaves; with a remote it is a point-to-point device. */
function bindDevice(device: Device): number {
  const tunnel = device.tunnel as TunnelState;
  let lower: Device | null = null;
  if (tunnel.remote !== 0) {
    lower = outgoingDevice(device);
    device.flags |= DeviceFlag.POINTOPOINT;
  }
  if (lower === null && tunnel.link !== 0) lower = device.underlay.devices.get(tunnel.link) ?? null;
  const room = (lower === null ? ETHERNET_MTU : Math.min(lower.mtu, MAX_PACKET)) - HEADER;
  return Math.max(room, IPV4_MIN_MTU);
}

/** ndo_init: the ends become the device's addresses when it is registered. */
function showEnds(device: Device): void {
  const tunnel = device.tunnel as TunnelState;
  device.address = asAddress(tunnel.local);
  device.broadcast = asAddress(tunnel.remote);
}

/** tunl0, one in every namespace (ip_tunnel_init_net). */
export function createFallbackTunnel(namespace: Namespace): void {
  const made = createDevice(namespace, Kind.IPIP, { name: 'tunl0', index: 0 });
  if ('refusal' in made) return;
  const { device } = made;
  device.tunnel = { ...FALLBACK };
  showEnds(device);
  if (registerDevice(device) !== null) return;
  device.mtu = bindDevice(device);
  namespace.fallback.set(Kind.IPIP, device);
  namespace.ipipDevices.add(device);
}

/** ip_tunnel_newlink. EEXIST where a tunnel has these ends. */
export function registerTunnel(
  device: Device,
  attributes: LinkAttributes,
  parameters: TunnelParameters,
): Refusal | null {
  const { namespace } = device;
  if (findTunnel(namespace, parameters) !== null) return refuse(Errno.EEXIST);
  device.tunnel = { ...parameters, fallback: false };
  showEnds(device);
  const refusal = registerDevice(device);
  if (refusal !== null) return refusal;
  const fitting = bindDevice(device);
  const wanted = attributes.mtu === undefined ? fitting : clampMtu(device.mtu);
  namespace.ipipDevices.add(device);
  return setMtu(device, wanted);
}

const clampMtu = (mtu: number): number => Math.min(Math.max(mtu, MIN_MTU), MAX_PACKET - HEADER);

/** ip_tunnel_changelink, ipip_changelink. */
export function changeTunnel(device: Device, parameters: TunnelParameters, keepMtu: boolean): Refusal | null {
  const tunnel = device.tunnel as TunnelState;
  const pointToPoint = (device.flags & DeviceFlag.POINTOPOINT) !== 0;
  if (pointToPoint !== (parameters.remote !== 0) || tunnel.fallback) return refuse(Errno.EINVAL);
  return changeEnds(device, parameters, keepMtu);
}

function changeEnds(device: Device, parameters: TunnelParameters, keepMtu: boolean): Refusal | null {
  const other = findTunnel(device.underlay, parameters);
  if (other !== null && other !== device) return refuse(Errno.EEXIST);
  if (other === null && !sameNature(device, parameters)) return refuse(Errno.EINVAL);
  updateTunnel(device, parameters, keepMtu);
  return null;
}

/** A tunnel to a group is a broadcast device, one to a remote point-to-point; neither may become the other. */
function sameNature(device: Device, parameters: TunnelParameters): boolean {
  const mask = DeviceFlag.POINTOPOINT | DeviceFlag.BROADCAST;
  let wanted = 0;
  if (isMulticast(parameters.remote)) wanted = DeviceFlag.BROADCAST;
  else if (parameters.remote !== 0) wanted = DeviceFlag.POINTOPOINT;
  return ((device.flags ^ wanted) & mask) === 0;
}

/** ip_tunnel_update. */
function updateTunnel(device: Device, parameters: TunnelParameters, keepMtu: boolean): void {
  const tunnel = device.tunnel as TunnelState;
  const rebind = tunnel.link !== parameters.link || tunnel.fwmark !== parameters.fwmark;
  Object.assign(tunnel, parameters, { protocol: tunnel.protocol });
  device.underlay.ipipDevices.delete(device);
  device.underlay.ipipDevices.add(device);
  showEnds(device);
  if (rebind) {
    const mtu = bindDevice(device);
    if (!keepMtu) device.mtu = mtu;
  }
  stateChanged(device);
}

/** `ip tunnel add` (ip_tunnel_create): as a link, but the MTU has limits. */
export function addTunnel(namespace: Namespace, name: string, parameters: TunnelParameters): Refusal | null {
  if (findTunnel(namespace, parameters) !== null) return refuse(Errno.EEXIST);
  if (name !== '' && !isValidName(name)) return refuse(Errno.E2BIG);
  const made = createDevice(namespace, Kind.IPIP, { name: name === '' ? 'ipip%d' : name, index: 0 });
  if ('refusal' in made) return made.refusal;
  const refusal = registerTunnel(made.device, { name, index: 0 }, parameters);
  made.device.minMtu = MIN_MTU;
  made.device.maxMtu = MAX_PACKET - HEADER;
  return refusal;
}

/** `ip tunnel change` (SIOCCHGTUNNEL): asked of tunl0 it changes the tunnel with these ends. */
export function changeTunnelByRequest(device: Device, parameters: TunnelParameters): Refusal | null {
  const tunnel = device.tunnel as TunnelState;
  if (!tunnel.fallback) return changeEnds(device, parameters, false);
  const found = findTunnel(device.underlay, parameters);
  if (found === null) return refuse(Errno.ENOENT);
  // The kernel takes the parameters from the tunnel that it found and writes them with the device that it was asked of.
  updateTunnel(found, parameters, false);
  return null;
}
