// `ip tunnel`: the ioctls by which IPIP tunnels were made before netlink (ip_tunnel_ctl in net/ipv4/ip_tunnel.c).
import { Errno, refuse } from '../addr/errno.ts';
import { runLinkWatch } from '../link/carrier.ts';
import { deleteDevices } from '../link/create.ts';
import {
  changeTunnelByRequest,
  completeParameters,
  findTunnel,
  addTunnel as make,
} from '../link/ipip-device.ts';
import { loadKind } from '../link/module.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { tunnelParameters } from './link-request.ts';
import type { IpipSettings, Outcome } from './types.ts';

/**
 * `ip tunnel add NAME mode ipip …`: SIOCADDTUNNEL on tunl0, whose module is loaded for it. EEXIST where a tunnel has
 * these ends. Unlike one made by `ip link add` it has limits for its MTU.
 */
export function addTunnel(namespace: Namespace, name: string, settings: IpipSettings): Outcome {
  loadKind(namespace.kernel, 'ipip');
  const parameters = completeParameters(tunnelParameters(namespace, settings));
  const outcome = make(namespace, name, parameters);
  runLinkWatch(namespace.kernel);
  return outcome;
}

/** `ip tunnel change NAME …`: SIOCCHGTUNNEL on the device (tunl0 without a name); ENODEV, EOPNOTSUPP for no tunnel. */
export function changeTunnel(namespace: Namespace, device: string, settings: IpipSettings): Outcome {
  const found = tunnelOf(namespace, device);
  if ('errno' in found) return found;
  const outcome = changeTunnelByRequest(found, completeParameters(tunnelParameters(namespace, settings)));
  runLinkWatch(namespace.kernel);
  return outcome;
}

/** `ip tunnel del NAME`: SIOCDELTUNNEL; EPERM for tunl0 itself, which by its ends may name another tunnel. */
export function deleteTunnel(namespace: Namespace, device: string, settings: IpipSettings = {}): Outcome {
  const found = tunnelOf(namespace, device);
  if ('errno' in found) return found;
  const named = found.tunnel?.fallback
    ? findTunnel(namespace, completeParameters(tunnelParameters(namespace, settings)))
    : found;
  if (named === null) return refuse(Errno.ENOENT);
  if (named.tunnel?.fallback) return refuse(Errno.EPERM);
  const outcome = deleteDevices([named]);
  runLinkWatch(namespace.kernel);
  return outcome;
}

function tunnelOf(namespace: Namespace, name: string): Device | NonNullable<Outcome> {
  const device = namespace.names.get(name);
  if (device === undefined) return refuse(Errno.ENODEV);
  return device.tunnel === null ? refuse(Errno.EOPNOTSUPP) : device;
}
