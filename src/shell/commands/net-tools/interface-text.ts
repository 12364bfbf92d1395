// Interfaces as ifconfig and netstat print them (lib/interface.c of net-tools).
import { formatIpv4, ipv4, maskOf } from '../../../addr/ipv4.ts';
import { formatMac } from '../../../addr/mac.ts';
import { dumpAddresses } from '../../../admin/address.ts';
import { interfaceAddress } from '../../../admin/interface-ioctl.ts';
import { dumpLinks } from '../../../admin/link.ts';
import type { LinkInfo } from '../../../admin/types.ts';
import { DeviceFlag, HardwareType, type InterfaceAddress } from '../../../netns/device.ts';
import type { Namespace } from '../../../netns/namespace.ts';
import { compareNames } from './natural-order.ts';

/** An interface or an alias of one (`eth0:1`), as SIOCGIF… describe it. */
export interface Interface {
  readonly name: string;
  readonly link: LinkInfo;
  readonly address: Readonly<InterfaceAddress> | null;
  /** Only the interface itself has statistics. */
  readonly isAlias: boolean;
}

/** ifr_flags is 16 bits wide. */
const flagsOf = (link: LinkInfo): number => link.flags & 0xffff;

const LONG_FLAGS: readonly (readonly [number, string])[] = [
  [DeviceFlag.UP, 'UP'],
  [DeviceFlag.BROADCAST, 'BROADCAST'],
  [DeviceFlag.LOOPBACK, 'LOOPBACK'],
  [DeviceFlag.POINTOPOINT, 'POINTOPOINT'],
  [DeviceFlag.RUNNING, 'RUNNING'],
  [DeviceFlag.NOARP, 'NOARP'],
  [DeviceFlag.PROMISC, 'PROMISC'],
  [DeviceFlag.ALLMULTI, 'ALLMULTI'],
  [DeviceFlag.MASTER, 'MASTER'],
  [DeviceFlag.MULTICAST, 'MULTICAST'],
];

const SHORT_FLAGS: readonly (readonly [number, string])[] = [
  [DeviceFlag.ALLMULTI, 'A'],
  [DeviceFlag.BROADCAST, 'B'],
  [DeviceFlag.LOOPBACK, 'L'],
  [DeviceFlag.MULTICAST, 'M'],
  [DeviceFlag.PROMISC, 'P'],
  [DeviceFlag.NOARP, 'O'],
  [DeviceFlag.POINTOPOINT, 'P'],
  [DeviceFlag.MASTER, 'm'],
  [DeviceFlag.RUNNING, 'R'],
  [DeviceFlag.UP, 'U'],
];

const named = (table: typeof LONG_FLAGS, flags: number): string[] =>
  table.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);

export const isUp = (each: Interface): boolean => (each.link.flags & DeviceFlag.UP) !== 0;

/** Every interface and every alias that has an address, in net-tools' order. */
export function listInterfaces(namespace: Namespace): Interface[] {
  const links = new Map(dumpLinks(namespace).map((link) => [link.name, link]));
  const names = new Set(links.keys());
  for (const { label } of dumpAddresses(namespace)) names.add(label);
  return [...names].sort(compareNames).flatMap((name) => describe(namespace, links, name) ?? []);
}

/** The interface or alias of that name; null if there is no such device. */
export const findInterface = (namespace: Namespace, name: string): Interface | null =>
  describe(namespace, new Map(dumpLinks(namespace).map((link) => [link.name, link])), name);

function describe(
  namespace: Namespace,
  links: ReadonlyMap<string, LinkInfo>,
  name: string,
): Interface | null {
  const link = links.get(name.split(':')[0]);
  if (link === undefined) return null;
  return { name, link, address: interfaceAddress(namespace, name), isAlias: name.includes(':') };
}

function hardwareText(link: LinkInfo): string {
  if (link.hardwareType === HardwareType.LOOPBACK) return 'loop  % (Local Loopback)';
  if (link.hardwareType === HardwareType.TUNNEL) return 'tunnel   % (IPIP Tunnel)';
  if (link.hardwareType === HardwareType.ETHER) return `ether ${formatMac(link.address)}  % (Ethernet)`;
  return `unspec ${'00-'.repeat(15)}00  % (UNSPEC)`;
}

function addressLine(address: Readonly<InterfaceAddress>, flags: number): string {
  const mask = formatIpv4(ipv4(maskOf(address.length)));
  let text = `        inet ${formatIpv4(address.local)}  netmask ${mask}`;
  if (flags & DeviceFlag.BROADCAST) text += `  broadcast ${formatIpv4(address.broadcast)}`;
  if (flags & DeviceFlag.POINTOPOINT) text += `  destination ${formatIpv4(address.peer)}`;
  return `${text}\n`;
}

const UNITS: readonly (readonly [limit: number, unit: string])[] = [
  [1024 ** 6, 'EiB'],
  [1024 ** 5, 'PiB'],
  [1024 ** 4, 'TiB'],
  [1024 ** 3, 'GiB'],
  [1024 ** 2, 'MiB'],
  [1024, 'KiB'],
];

/** Bytes with one decimal and a unit: `336.0 B`, `1.5 KiB`. */
function bytesText(bytes: number): string {
  const [limit, unit] = UNITS.find(([each]) => bytes > each) ?? [1, 'B'];
  const tenths = Math.floor((bytes * 10) / limit);
  return `${Math.floor(tenths / 10)}.${tenths % 10} ${unit}`;
}

function statisticsText({ stats }: LinkInfo): string {
  const rx = `RX packets ${stats.rxPackets}  bytes ${stats.rxBytes} (${bytesText(stats.rxBytes)})`;
  const tx = `TX packets ${stats.txPackets}  bytes ${stats.txBytes} (${bytesText(stats.txBytes)})`;
  const rxErrors = `errors ${stats.rxErrors}  dropped ${stats.rxDropped}  overruns 0  frame ${stats.rxFrameErrors}`;
  const txErrors =
    `errors ${stats.txErrors}  dropped ${stats.txDropped} overruns 0  ` +
    `carrier ${stats.txCarrierErrors}  collisions ${stats.collisions}`;
  return `        ${rx}\n        RX ${rxErrors}\n        ${tx}\n        TX ${txErrors}\n`;
}

/** The block about one interface, with the empty line behind it. */
export function longText(each: Interface): string {
  const { name, link, address } = each;
  const flags = flagsOf(link);
  const words = named(LONG_FLAGS, flags).join(',');
  return (
    `${name}: flags=${flags}<${words}>  mtu ${link.mtu}\n` +
    (address === null ? '' : addressLine(address, flags)) +
    `        ${hardwareText(link).replace('%', `txqueuelen ${link.txQueueLength} `)}\n` +
    `${each.isAlias ? '' : statisticsText(link)}\n`
  );
}

/** The line about one interface in the table. */
export function shortText(each: Interface): string {
  const { stats, mtu } = each.link;
  const number = (value: number, width: number): string => String(value).padStart(width);
  const counters = each.isAlias
    ? '     - no statistics available -'.padEnd(56)
    : `${number(stats.rxPackets, 8)} ${number(stats.rxErrors, 6)} ${number(stats.rxDropped, 6)} 0      ` +
      `${number(stats.txPackets, 8)} ${number(stats.txErrors, 6)} ${number(stats.txDropped, 6)} ${number(0, 6)} `;
  const letters = named(SHORT_FLAGS, flagsOf(each.link)).join('') || '[NO FLAGS]';
  return `${each.name.slice(0, 15).padEnd(15)} ${number(mtu, 5)} ${counters}${letters}\n`;
}

export const SHORT_HEADER =
  'Iface      MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n';
