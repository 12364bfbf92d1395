// `ip link add` (rtnl_newlink with NLM_F_CREATE | NLM_F_EXCL).
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { registerBridge } from '../link/bridge-device.ts';
import { createDevice, deleteDevices, type LinkAttributes, validateNewAddress } from '../link/create.ts';
import { completeParameters, registerTunnel } from '../link/ipip-device.ts';
import { changeFlags } from '../link/lifecycle.ts';
import { setMaster } from '../link/master.ts';
import { KIND_MODULES, loadKind } from '../link/module.ts';
import { announceLink } from '../link/peer-id.ts';
import { registerDevice } from '../link/registry.ts';
import { type PeerAttributes, registerPair, validateVeth } from '../link/veth-pair.ts';
import { registerVlan, validateVlan } from '../link/vlan-device.ts';
import { registerVrf } from '../link/vrf-device.ts';
import { registerVxlan, type VxlanChange, validateVxlan } from '../link/vxlan-device.ts';
import { type Device, Kind } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import {
  attributesOf,
  bridgeChange,
  changesFlags,
  combineFlags,
  requestFlags,
  tunnelParameters,
  vxlanChange,
} from './link-request.ts';
import type { LinkAdd, Outcome } from './types.ts';

const isRefusal = (value: object | null): value is Refusal => value !== null && 'errno' in value;

/** IPPROTO of what an IPIP device may carry: anything, IPv4, MPLS. */
const TUNNEL_PROTOCOLS = [0, 4, 137];

/** What rtnl_link_ops.validate says of a request, before anybody looks whether the name is taken. */
function validate(
  kind: number,
  attributes: LinkAttributes,
  request: LinkAdd,
  vxlan: VxlanChange | null,
): Outcome {
  if (kind === Kind.VETH) return validateVeth(attributes);
  if (kind === Kind.VXLAN) return validateVxlan(attributes, vxlan);
  if (kind === Kind.VLAN) return validateNewAddress(attributes) ?? validateVlan(request.vlan);
  if (kind !== Kind.IPIP) return validateNewAddress(attributes);
  const protocol = request.ipip?.protocol;
  return protocol !== undefined && !TUNNEL_PROTOCOLS.includes(protocol) ? refuse(Errno.EINVAL) : null;
}

/** __rtnl_newlink. The kind's module is loaded where that is needed, and then everything is asked again. */
export function addLink(namespace: Namespace, request: LinkAdd): Outcome {
  const kindName = request.kind ?? '';
  const kind = KIND_MODULES.get(kindName);
  const loaded = kind !== undefined && namespace.kernel.modules.has(kindName);
  const attributes = attributesOf(request, request.name ?? `${kindName}%d`);
  if (attributes.index < 0) return refuse(Errno.EINVAL, "ifindex can't be negative");
  const vxlan = request.vxlan === undefined ? null : vxlanChange(namespace, request.vxlan);
  if (isRefusal(vxlan)) return vxlan;
  if (loaded) {
    const refusal = validate(kind, attributes, request, vxlan);
    if (refusal !== null) return refusal;
  }
  if (isTaken(namespace, request)) return refuse(Errno.EEXIST);
  if (kind === undefined) return refuse(Errno.EOPNOTSUPP, 'Unknown device type');
  if (!loaded) {
    loadKind(namespace.kernel, kindName);
    return addLink(namespace, request);
  }
  return create(namespace, kind, attributes, request, vxlan);
}

/** The device that a request names by index or, without one, by name is there already. */
const isTaken = (namespace: Namespace, request: LinkAdd): boolean =>
  request.index !== undefined && request.index > 0
    ? namespace.devices.has(request.index)
    : request.name !== undefined && namespace.names.has(request.name);

/** rtnl_newlink_create. */
function create(
  namespace: Namespace,
  kind: number,
  attributes: LinkAttributes,
  request: LinkAdd,
  vxlan: VxlanChange | null,
): Outcome {
  const made = createDevice(request.namespace ?? namespace, kind, attributes);
  if ('refusal' in made) return made.refusal;
  const { device } = made;
  const refusal = register(namespace, device, attributes, request, vxlan);
  if (refusal !== null) return refusal;
  const refused = configure(device, request);
  if (refused !== null) deleteDevices([device]);
  return refused;
}

/** rtnl_link_ops.newlink. */
function register(
  namespace: Namespace,
  device: Device,
  attributes: LinkAttributes,
  request: LinkAdd,
  vxlan: VxlanChange | null,
): Outcome {
  switch (device.kind) {
    case Kind.VETH:
      return registerPair(namespace, device, attributes, peerOf(namespace, request));
    case Kind.BRIDGE:
      return registerBridge(device, attributes, bridgeChange(request.bridge));
    case Kind.IPIP:
      return registerTunnel(
        device,
        attributes,
        completeParameters(tunnelParameters(namespace, request.ipip ?? {})),
      );
    case Kind.VXLAN:
      return registerVxlan(device, namespace, attributes, vxlan as VxlanChange);
    case Kind.VLAN:
      return registerVlan(device, namespace.names.get(request.link ?? ''), attributes, request.vlan ?? {});
    case Kind.VRF:
      return registerVrf(device, request.vrf?.table);
    default:
      return registerDevice(device);
  }
}

function peerOf(namespace: Namespace, request: LinkAdd): PeerAttributes | null {
  const peer = request.veth?.peer;
  if (peer === undefined) return null;
  return {
    ...attributesOf(peer, peer.name ?? 'veth%d'),
    namespace: peer.namespace ?? namespace,
    flags: combineFlags(0, peer),
  };
}

/** rtnl_configure_link, which VXLAN has behind it, and the master. */
function configure(device: Device, request: LinkAdd): Outcome {
  if (changesFlags(request)) {
    const refusal = changeFlags(device, combineFlags(requestFlags(device), request));
    if (refusal !== null) return refusal;
  } else if (device.kind !== Kind.VXLAN) announceLink(device);
  if (request.master === undefined || request.master === '') return null;
  const master = device.namespace.names.get(request.master);
  return master === undefined ? refuse(Errno.EINVAL) : setMaster(device, master);
}
