// IPv6 addresses and routes that are kept and read back but move no packet: scripts that configure both families run,
// and the part about IPv4 is emulated. Who keeps the first one of a machine is to say so (`Kept.isFirst`).
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { formatIpv6, parseIpv6 } from '../addr/ipv6.ts';
import type { Device } from '../netns/device.ts';
import type { DeviceEvent, DeviceListener, Kernel } from '../netns/kernel.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Outcome, RouteVerb } from './types.ts';

const IFF_UP = 0x1;
const IFF_LOOPBACK = 0x8;
const PERMANENT = 0x80;
const NOPREFIXROUTE = 0x200;
/** IP6_RT_PRIO_USER and IP6_RT_PRIO_ADDRCONF. */
const METRIC_OF_USERS = 1024;
const METRIC_OF_ADDRESSES = 256;
const MAIN = 254;
const PROTOCOL_KERNEL = 2;
const UNICAST = 1;

const SCOPE_LINK = 253;
const SCOPE_HOST = 254;

export interface Ipv6Address {
  /** Canonical text, as everything of IPv6 here. */
  readonly local: string;
  /** '' for none. */
  readonly peer: string;
  readonly length: number;
  /** Of the subnet's route; 0 for the usual one. */
  readonly metric: number;
  /** IFA_F_*. */
  readonly flags: number;
}

export interface Ipv6AddressInfo extends Ipv6Address {
  readonly scope: number;
  readonly index: number;
  readonly deviceName: string;
}

export interface Ipv6NextHop {
  /** '' for none. */
  readonly gateway: string;
  readonly device: string;
  readonly weight: number;
  readonly onlink: boolean;
}

export interface Ipv6Route {
  readonly table: number;
  /** `default`, an address or a prefix. */
  readonly destination: string;
  readonly type: number;
  readonly protocol: number;
  readonly metric: number;
  readonly nextHops: readonly Ipv6NextHop[];
}

/** What a request of the family came to; `isFirst` of its machine is worth a word. */
export interface Kept {
  readonly refusal: Refusal | null;
  readonly isFirst: boolean;
}

/** What one machine keeps: devices take theirs along when they go down, as addrconf_ifdown does. */
class Ipv6Store implements DeviceListener {
  readonly addresses = new Map<Device, Ipv6Address[]>();
  readonly routes = new Map<Namespace, Ipv6Route[]>();

  deviceEvent(device: Device, event: DeviceEvent): void {
    if (event !== 'down' && event !== 'unregister') return;
    this.addresses.delete(device);
    const { namespace } = device;
    const left = this.routesOf(namespace).flatMap((route) => without(route, device.name));
    this.routes.set(namespace, left);
  }

  addressesOf(device: Device): Ipv6Address[] {
    return this.addresses.get(device) ?? [];
  }

  routesOf(namespace: Namespace): Ipv6Route[] {
    return this.routes.get(namespace) ?? [];
  }
}

/** A route of several next hops loses those of a device, and ends with the last one. */
function without(route: Ipv6Route, device: string): Ipv6Route[] {
  const nextHops = route.nextHops.filter((hop) => hop.device !== device);
  if (nextHops.length === route.nextHops.length) return [route];
  return nextHops.length === 0 ? [] : [{ ...route, nextHops }];
}

const stores = new WeakMap<Kernel, Ipv6Store>();

/** Makes a change, and the store with the first one. */
export function keepIpv6(kernel: Kernel, change: (store: Ipv6Store) => Outcome): Kept {
  if (kernel.ipv6Disabled) return { refusal: refuse(Errno.EOPNOTSUPP), isFirst: false };
  const old = stores.get(kernel);
  const store = old ?? new Ipv6Store();
  const refusal = change(store);
  if (old !== undefined || refusal !== null) return { refusal, isFirst: false };
  stores.set(kernel, store);
  kernel.deviceListeners.push(store);
  return { refusal, isFirst: true };
}

// ---- addresses -------------------------------------------------------------------------------------------------

/** `ip address add|change|replace ADDRESS dev DEVICE` of the family inet6 (inet6_rtm_newaddr). */
export const changeIpv6Address = (
  namespace: Namespace,
  verb: 'add' | 'change' | 'replace',
  name: string,
  address: Ipv6Address,
): Kept =>
  keepIpv6(namespace.kernel, (store) => {
    const device = namespace.names.get(name);
    if (device === undefined) return refuse(Errno.ENODEV, 'Unable to find the interface');
    const own = store.addressesOf(device);
    const others = own.filter(({ local }) => local !== address.local);
    if (others.length < own.length && verb === 'add') return refuse(Errno.EEXIST, 'address already assigned');
    if (others.length === own.length && verb === 'change') return refuse(Errno.ENODEV, 'address not found');
    store.addresses.set(device, [...others, { ...address, flags: address.flags | PERMANENT }]);
    return null;
  });

/** `ip address delete` (inet6_addr_del): the length has to be the same. */
export const deleteIpv6Address = (namespace: Namespace, name: string, address: Ipv6Address): Outcome => {
  if (namespace.kernel.ipv6Disabled) return refuse(Errno.EOPNOTSUPP);
  const device = namespace.names.get(name);
  if (device === undefined) return refuse(Errno.ENODEV);
  const store = stores.get(namespace.kernel);
  const own = store?.addressesOf(device) ?? [];
  const left = own.filter(({ local, length }) => local !== address.local || length !== address.length);
  if (left.length === own.length) return refuse(Errno.EADDRNOTAVAIL, 'address not found');
  store?.addresses.set(device, left);
  return null;
};

/** By device, wider scopes first; a device that is up and has one also has the one that its MAC address makes. */
export function dumpIpv6Addresses(namespace: Namespace): Ipv6AddressInfo[] {
  const store = stores.get(namespace.kernel);
  if (store === undefined) return [];
  return [...namespace.devices.values()].flatMap((device) =>
    [...store.addressesOf(device), ...linkLocalOf(store, device)]
      .map((address) => infoOf(device, address))
      .sort((a, b) => a.scope - b.scope),
  );
}

const infoOf = (device: Device, address: Ipv6Address): Ipv6AddressInfo => ({
  ...address,
  scope: scopeOf(address.local),
  index: device.index,
  deviceName: device.name,
});

const scopeOf = (local: string): number => {
  if (local === '::1') return SCOPE_HOST;
  return isLinkLocal(local) ? SCOPE_LINK : 0;
};

/** RFC 4291 section 2.5.6. */
const isLinkLocal = (local: string): boolean => /^fe[89ab]/.test(local);

/** addrconf_dev_config: of a device without any address of the family the script says nothing, and neither do we. */
function linkLocalOf(store: Ipv6Store, device: Device): Ipv6Address[] {
  const own = store.addressesOf(device);
  const wanted =
    (device.flags & IFF_UP) !== 0 && (device.flags & IFF_LOOPBACK) === 0 && device.headerLength > 0;
  if (!wanted || own.length === 0 || own.some(({ local }) => isLinkLocal(local))) return [];
  return [{ local: linkLocal(device.address), peer: '', length: 64, metric: 0, flags: PERMANENT }];
}

/** fe80::/64 with the modified EUI-64 of a MAC address (RFC 4291 appendix A). */
function linkLocal(mac: number): string {
  const bytes = new Uint8Array(16);
  bytes.set([0xfe, 0x80]);
  const octet = (i: number): number => Math.floor(mac / 2 ** (8 * (5 - i))) & 0xff;
  bytes.set([octet(0) ^ 2, octet(1), octet(2), 0xff, 0xfe, octet(3), octet(4), octet(5)], 8);
  return formatIpv6(bytes);
}

// ---- routes ----------------------------------------------------------------------------------------------------

const isSame = (a: Ipv6Route, b: Ipv6Route): boolean =>
  a.table === b.table && a.destination === b.destination && a.metric === b.metric;

/** Without a metric it is 1024 (ip6_route_info_create). */
const withMetric = (route: Ipv6Route): Ipv6Route => ({ ...route, metric: route.metric || METRIC_OF_USERS });

/** `ip -6 route add|append|replace|…`: neither gateways nor sources are checked. */
export const changeIpv6Route = (namespace: Namespace, verb: RouteVerb, request: Ipv6Route): Kept =>
  keepIpv6(namespace.kernel, (store) => {
    const wanted = withMetric(request);
    const own = store.routesOf(namespace);
    const others = own.filter((route) => !isSame(route, wanted));
    const exists = others.length < own.length;
    if (exists && verb === 'add') return refuse(Errno.EEXIST);
    if (!exists && (verb === 'change' || verb === 'test')) return refuse(Errno.ENOENT);
    const replaces = verb === 'replace' || verb === 'change';
    store.routes.set(namespace, [...(replaces ? others : own), wanted]);
    return null;
  });

/** `ip -6 route delete` (ip6_route_del): what is left out matches anything. */
export function deleteIpv6Route(namespace: Namespace, request: Ipv6Route): Outcome {
  if (namespace.kernel.ipv6Disabled) return refuse(Errno.EOPNOTSUPP);
  const store = stores.get(namespace.kernel);
  const own = store?.routesOf(namespace) ?? [];
  const at = own.findIndex((route) => matches(route, request));
  if (at < 0) return refuse(Errno.ESRCH);
  store?.routes.set(namespace, own.toSpliced(at, 1));
  return null;
}

const matches = (route: Ipv6Route, { table, destination, metric, nextHops }: Ipv6Route): boolean =>
  route.table === table &&
  route.destination === destination &&
  (metric === 0 || route.metric === metric) &&
  nextHops.every((hop) => route.nextHops.some((own) => covers(hop, own)));

const covers = (wanted: Ipv6NextHop, own: Ipv6NextHop): boolean =>
  (wanted.gateway === '' || wanted.gateway === own.gateway) &&
  (wanted.device === '' || wanted.device === own.device);

/** The kept ones, and the subnets of addresses on devices that are up. */
export function dumpIpv6Routes(namespace: Namespace): Ipv6Route[] {
  const connected = dumpIpv6Addresses(namespace).filter(({ index, flags, local, peer, length }) => {
    const device = namespace.devices.get(index);
    return (
      device !== undefined &&
      (device.flags & IFF_UP) !== 0 &&
      !(flags & NOPREFIXROUTE) &&
      !isLone(local, peer, length)
    );
  });
  return [...connected.map(subnetRoute), ...(stores.get(namespace.kernel)?.routesOf(namespace) ?? [])];
}

const isLone = (local: string, peer: string, length: number): boolean =>
  local === '::1' || (peer === '' && length === 128);

const subnetRoute = ({ local, peer, length, metric, deviceName }: Ipv6AddressInfo): Ipv6Route => ({
  table: MAIN,
  destination: ipv6Prefix(parseIpv6(peer || local) ?? new Uint8Array(16), length),
  type: UNICAST,
  protocol: PROTOCOL_KERNEL,
  metric: metric || METRIC_OF_ADDRESSES,
  nextHops: [{ gateway: '', device: deviceName, weight: 1, onlink: false }],
});

/** The text of a prefix, its host bits cleared: `default` for none, without a length for all. */
export function ipv6Prefix(address: Uint8Array, length: number): string {
  if (length === 0) return 'default';
  const masked = address.map((byte, i) => byte & (0xff00 >> Math.min(8, Math.max(0, length - 8 * i))));
  return length === 128 ? formatIpv6(masked) : `${formatIpv6(masked)}/${length}`;
}
