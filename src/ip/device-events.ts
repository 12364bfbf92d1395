// What IPv4 does when something happens to a device: nexthop objects first, then ARP, its addresses, its routes, as the
// kernel's notifiers are ordered (nh_netdev_event, arp_netdev_event, inetdev_event, fib_netdev_event).
import { BROADCAST, type Ipv4, ipv4, LOOPBACK } from '../addr/ipv4.ts';
import { Scope } from '../fib/route.ts';
import { reportedFlags } from '../link/carrier.ts';
import { copyIpv4Conf, copyNeighConf } from '../netns/conf.ts';
import { AddressFlag, type Device, DeviceFlag, type InterfaceAddress } from '../netns/device.ts';
import type { DeviceEvent, DeviceListener } from '../netns/kernel.ts';
import { detachSettings, FOREVER, insertAddress, removeAddress } from './address-list.ts';
import { addAddressRoutes, forgetNeighbours } from './address-routes.ts';

/** 224.0.0.1, which every running device belongs to (IGMP_ALL_HOSTS). */
const ALL_HOSTS = ipv4(0xe0000001);
/** IPV4_MIN_MTU: below it a device has no IPv4. */
const MIN_MTU = 68;

/** Sends an ARP request for one's own address, so that neighbours learn it (inetdev_send_gratuitous_arp). */
export type Announce = (device: Device, address: Ipv4) => void;

/** The listeners of a machine's IPv4 stack, in their order. */
export const ipv4Listeners = (announce: Announce): DeviceListener[] => [
  { deviceEvent: nexthopEvent },
  { deviceEvent: arpEvent },
  { deviceEvent: (device, event) => addressEvent(device, event, announce) },
  { deviceEvent: routeEvent },
];

/** nh_netdev_event. */
function nexthopEvent(device: Device, event: DeviceEvent): void {
  const fib = device.namespace.fibBy(device);
  if (event === 'down') fib.nexthopsLost(device, false);
  else if (event === 'unregister') fib.nexthopsLost(device, true);
  else if (event === 'change' && !isAlive(device)) fib.nexthopsLost(device, false);
}

/** arp_netdev_event. */
function arpEvent(device: Device, event: DeviceEvent, detail: number): void {
  const { confAll } = device.namespace;
  const neighbours = device.namespace.neighboursOf(device);
  if (event === 'changeAddress') neighbours.flushDevice(device, false);
  if (event !== 'change') return;
  if ((detail & DeviceFlag.NOARP) !== 0) neighbours.flushDevice(device, false);
  const evict = (device.conf.arp_evict_nocarrier & confAll.arp_evict_nocarrier) !== 0;
  if (evict && !device.carrierOn) neighbours.flushDevice(device, true);
}

/** inetdev_event. */
function addressEvent(device: Device, event: DeviceEvent, announce: Announce): void {
  if (event === 'register') enable(device);
  else if (event === 'unregister') disable(device);
  else if (event === 'changeMtu') followMtu(device);
  else if (device.ipv4Disabled) return;
  else if (event === 'up') start(device, announce);
  else if (event === 'changeAddress') announceAll(device, announce);
  else if (event === 'down') device.groups.delete(ALL_HOSTS);
  else if (event === 'changeName') relabel(device);
}

/** inetdev_init: settings of its own, as conf.default and neigh.default have them now. */
function enable(device: Device): void {
  device.ipv4Disabled = false;
  device.conf = copyIpv4Conf(device.namespace.confDefault);
  device.neighConf = copyNeighConf(device.namespace.neighDefault);
  if (device.loopback) {
    device.conf.disable_xfrm = 1;
    device.conf.disable_policy = 1;
  }
  device.namespace.netlink?.netconf(device, null, 'new');
}

/** inetdev_destroy: every address goes, and nothing is promoted. */
function disable(device: Device): void {
  if (device.ipv4Disabled) return;
  while (device.addresses.length > 0) removeAddress(device, device.addresses[0], true);
  device.groups.clear();
  device.ipv4Disabled = true;
  device.namespace.netlink?.netconf(device, null, 'gone');
  forgetNeighbours(device);
}

/** A device too small for IPv4 loses it, and has it again, without addresses, once it is large enough. */
function followMtu(device: Device): void {
  if (device.mtu < MIN_MTU) disable(device);
  else if (device.ipv4Disabled) {
    enable(device);
    if (device.up) device.groups.add(ALL_HOSTS);
  }
}

function start(device: Device, announce: Announce): void {
  if (device.mtu < MIN_MTU) return;
  if (device.loopback) addLoopbackAddress(device);
  device.groups.add(ALL_HOSTS);
  announceAll(device, announce);
}

/** 127.0.0.1/8 comes whenever the loopback goes up; it is refused, silently, where it is already. */
function addLoopbackAddress(device: Device): void {
  const { now } = device.namespace.kernel.clock;
  const held: InterfaceAddress = {
    local: LOOPBACK,
    peer: LOOPBACK,
    length: 8,
    broadcast: ipv4(0),
    scope: Scope.HOST,
    label: device.name,
    flags: AddressFlag.PERMANENT,
    metric: 0,
    validLifetime: FOREVER,
    preferredLifetime: FOREVER,
    protocol: 0,
    updatedAt: now,
    createdAt: now,
  };
  detachSettings(device);
  insertAddress(device, held);
}

function announceAll(device: Device, announce: Announce): void {
  if (Math.max(device.conf.arp_notify, device.namespace.confAll.arp_notify) === 0) return;
  for (const held of device.addresses) if (held.local !== BROADCAST) announce(device, held.local);
}

const NAME_SIZE = 16;

/** inetdev_changename: the first address is labelled with the name, the others keep what stood behind the colon. */
function relabel(device: Device): void {
  for (const [place, held] of device.addresses.entries()) {
    const colon = held.label.indexOf(':');
    const tail = colon < 0 ? `:${place + 1}` : held.label.slice(colon);
    if (place === 0) held.label = device.name;
    else held.label = `${device.name.slice(0, NAME_SIZE - 1 - tail.length)}${tail}`;
    device.namespace.netlink?.address(device, held, 'new');
  }
  // Its settings are files with the device's name (devinet_sysctl_unregister, devinet_sysctl_register).
  device.namespace.netlink?.netconf(device, null, 'gone');
  device.namespace.netlink?.netconf(device, null, 'new');
}

/** fib_netdev_event. */
function routeEvent(device: Device, event: DeviceEvent, detail: number): void {
  const fib = device.namespace.fibBy(device);
  if (event === 'register') fib.deviceAdded(device);
  else if (event === 'changeName') fib.deviceRenamed(device);
  else if (event === 'unregister') {
    fib.deviceRemoved(device);
    forgetNeighbours(device);
  } else if (device.ipv4Disabled) return;
  else if (event === 'up') {
    for (const held of device.addresses) addAddressRoutes(device, held);
    fib.deviceUp(device);
    fib.addressesChanged();
  } else if (event === 'down' || event === 'changeVrf') {
    fib.deviceDown(device, event === 'changeVrf');
    forgetNeighbours(device);
  } else if (event === 'changeMtu') fib.mtuChanged(device, device.mtu, detail);
  else if (event === 'change') followCarrier(device);
}

/** Any sign of life keeps the routes: only a device neither running nor with carrier is linkdown. */
const isAlive = (device: Device): boolean =>
  (reportedFlags(device) & (DeviceFlag.RUNNING | DeviceFlag.LOWER_UP)) !== 0;

function followCarrier(device: Device): void {
  const fib = device.namespace.fibBy(device);
  if (isAlive(device)) fib.carrierUp(device);
  else fib.carrierDown(device);
}
