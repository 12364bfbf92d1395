// The devices that can be captured on, in the order in which libpcap lists them (pcap_findalldevs).
import { findLink } from '../../../admin/module.ts';
import { type Device, Kind } from '../../../netns/device.ts';
import type { Namespace } from '../../../netns/namespace.ts';

/** One entry of -D; `device` is null for the pseudo-device `any` and for what is no network device. */
interface CaptureDevice {
  readonly name: string;
  readonly description: string;
  readonly device: Device | null;
  readonly flags: readonly string[];
  /** Sorted by this, then by index (get_figure_of_merit). */
  readonly merit: number;
}

const NOT_RUNNING = 0x80000000;
const NOT_UP = 0x40000000;
const DISCONNECTED = 0x20000000;
const LOOPBACK = 0x10000000;
const ANY = 0x08000000;

/** Kinds whose driver tells ethtool whether they have a link. */
const TELLS_LINK: ReadonlySet<number> = new Set([Kind.VETH, Kind.BRIDGE, Kind.VXLAN]);

const pseudo = (name: string, description: string, flags: string[], merit: number): CaptureDevice => ({
  name,
  description,
  device: null,
  flags,
  merit,
});

/** What this machine has besides network devices, as on every Debian system. */
const OTHERS: readonly CaptureDevice[] = [
  pseudo('any', 'Pseudo-device that captures on all interfaces', ['Up', 'Running'], ANY),
  pseudo('bluetooth-monitor', 'Bluetooth Linux Monitor', ['Wireless'], NOT_RUNNING + NOT_UP),
  pseudo('nflog', 'Linux netfilter log (NFLOG) interface', [], NOT_RUNNING + NOT_UP),
  pseudo('nfqueue', 'Linux netfilter queue (NFQUEUE) interface', [], NOT_RUNNING + NOT_UP),
  pseudo('dbus-system', 'D-Bus system bus', [], NOT_RUNNING + NOT_UP),
  pseudo('dbus-session', 'D-Bus session bus', [], NOT_RUNNING + NOT_UP),
];

function entry(device: Device): CaptureDevice {
  const flags: string[] = [];
  if (device.up) flags.push('Up');
  if (device.carrier) flags.push('Running');
  if (device.loopback) flags.push('Loopback');
  const tells = TELLS_LINK.has(device.kind);
  if (tells) flags.push(device.carrier ? 'Connected' : 'Disconnected');
  const merit =
    (device.carrier ? 0 : NOT_RUNNING) +
    (device.up ? 0 : NOT_UP) +
    (tells && !device.carrier ? DISCONNECTED : 0) +
    (device.loopback ? LOOPBACK : 0);
  return { name: device.name, description: '', device, flags, merit };
}

function captureDevices(namespace: Namespace): CaptureDevice[] {
  const all = [...[...namespace.devices.values()].map(entry), ...OTHERS];
  return all.sort((a, b) => a.merit - b.merit);
}

/** The lines of -D. */
export function deviceLines(namespace: Namespace): string {
  return captureDevices(namespace)
    .map(({ name, description, flags, device }, i) => {
      const words = flags.length === 0 ? ['none'] : [...flags];
      // A device without a link is [none, Disconnected].
      if (device !== null && flags.length === 1 && flags[0] === 'Disconnected') words.unshift('none');
      return `${i + 1}.${name}${description === '' ? '' : ` (${description})`} [${words.join(', ')}]\n`;
    })
    .join('');
}

/** `any` captures on all devices of the namespace. */
export type Choice = Device | 'any';

/** The device of -i by name or number in the list, the first of the list without -i; or what is wrong with it. */
export function chooseDevice(namespace: Namespace, name: string | null): Choice | { readonly error: string } {
  const list = captureDevices(namespace);
  if (name === null) return list[0].device ?? 'any';
  if (name === 'any') return 'any';
  findLink(namespace, name);
  const named = namespace.device(name);
  if (named !== undefined) return named.up ? named : { error: `${name}: That device is not up` };
  if (!/^\d+$/.test(name)) return { error: `${name}: No such device exists\n(No such device exists)` };
  const numbered = list[Number(name) - 1];
  if (numbered === undefined) return { error: 'Invalid adapter index' };
  if (numbered.device === null)
    return numbered.name === 'any'
      ? 'any'
      : { error: `${numbered.name}: No such device exists\n(No such device exists)` };
  return numbered.device.up ? numbered.device : { error: `${numbered.name}: That device is not up` };
}
