// Requests about links in the words of rtnetlink, made into what the kinds of devices take.
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import type { BridgeChange, PortChange } from '../link/bridge-device.ts';
import type { LinkAttributes } from '../link/create.ts';
import type { TunnelParameters } from '../link/ipip-device.ts';
import type { VxlanChange } from '../link/vxlan-device.ts';
import { type Device, DeviceFlag } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { IpipSettings, LinkChange, VxlanSettings } from './types.ts';

/** The device of a name or an index. */
export const findDevice = (namespace: Namespace, device: string | number): Device | undefined =>
  typeof device === 'number' ? namespace.devices.get(device) : namespace.names.get(device);

/** Flags as reported, with what a request changes of them (rtnl_dev_combine_flags). */
export function combineFlags(flags: number, change: LinkChange): number {
  const put = (held: number, bit: number, wanted: boolean | undefined) => {
    if (wanted === undefined) return held;
    return wanted ? held | bit : held & ~bit;
  };
  let combined = put(flags, DeviceFlag.UP, change.up);
  combined = put(combined, DeviceFlag.NOARP, change.arp === undefined ? undefined : !change.arp);
  combined = put(combined, DeviceFlag.MULTICAST, change.multicast);
  combined = put(combined, DeviceFlag.PROMISC, change.promisc);
  return put(combined, DeviceFlag.ALLMULTI, change.allmulticast);
}

/** The flags of a device as a request sees them: promiscuity only as a user asked for it (rtnl_dev_get_flags). */
export const requestFlags = (device: Device): number =>
  (device.flags & ~(DeviceFlag.PROMISC | DeviceFlag.ALLMULTI)) | device.userFlags;

/** Whether a request changes flags at all. */
export const changesFlags = (change: LinkChange): boolean =>
  [change.up, change.arp, change.multicast, change.promisc, change.allmulticast].some(
    (flag) => flag !== undefined,
  );

export const attributesOf = (request: LinkChange & { index?: number }, name: string): LinkAttributes => ({
  name,
  index: request.index ?? 0,
  mtu: request.mtu,
  address: request.address,
  broadcast: request.broadcast,
  txQueueLength: request.txQueueLength,
  group: request.group,
});

/** Leaves out what is undefined, so that a spread does not overwrite with it. */
function defined<T extends object>(settings: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}

/** The index of an underlying device; iproute2 has looked for it before, in the namespace of the request. */
const linkOf = (namespace: Namespace, name: string | undefined): number | undefined => {
  if (name === undefined) return undefined;
  return name === '' ? 0 : (namespace.names.get(name)?.index ?? MISSING);
};

/** An index that no device has. */
const MISSING = -1;

/** ipip_netlink_parms. */
export function tunnelParameters(namespace: Namespace, settings: IpipSettings): Partial<TunnelParameters> {
  const { link, ...rest } = settings;
  return defined({ ...rest, link: linkOf(namespace, link) });
}

/** vxlan_nl2conf, without its checks. */
export function vxlanChange(namespace: Namespace, settings: VxlanSettings): VxlanChange | Refusal {
  const { link, group, remote, external, gbp, flowLabel, ...rest } = settings;
  if (external || gbp) return refuse(Errno.EOPNOTSUPP, 'vxlan: external and gbp are not modelled');
  if (flowLabel) return refuse(Errno.EINVAL, 'Label attribute only applies to IPv6 VXLAN devices');
  return defined({ ...rest, remote: group ?? remote, link: linkOf(namespace, link) });
}

export const bridgeChange = (change: BridgeChange | undefined): BridgeChange => defined(change ?? {});

export const portChange = (change: PortChange): PortChange => defined(change);
