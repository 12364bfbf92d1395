// `ip maddress show`: the groups that devices are members of (ip/ipmaddr.c).
import { formatIpv4, type Ipv4 } from '../../../addr/ipv4.ts';
import { formatMac, macOfGroup } from '../../../addr/mac.ts';
import { type Device, HardwareType } from '../../../netns/device.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { prefixVerb, runVerb, type Verb } from '../iproute2/object.ts';
import { Family } from '../iproute2/options.ts';
import type { Printer } from '../iproute2/printer.ts';
import type { Session } from '../iproute2/session.ts';
import { MADDRESS_USAGE } from './usage.ts';

/** The device that is asked for, '' for all, or an exit status. */
function parseDevice(session: Session, rest: readonly string[]): string | number {
  const args = new Arguments(session, rest);
  let device = '';
  for (; !args.done; args.advance()) {
    const named = args.is('dev');
    if (!named && args.begins('help')) args.usage(MADDRESS_USAGE);
    const name = named ? args.value() : args.word;
    if (device !== '') args.garbage('dev', name);
    device = name;
  }
  return args.failure === 0 ? device : args.failure;
}

function list(session: Session, rest: readonly string[]): number {
  const wanted = parseDevice(session, rest);
  if (typeof wanted === 'number') return wanted;
  const { family } = session.options;
  const out = session.printer();
  for (const device of session.namespace.devices.values()) {
    if (wanted !== '' && wanted !== device.name) continue;
    const groups = [...device.groups];
    const links = family === Family.UNSPEC || family === Family.PACKET ? linkGroups(device, groups) : [];
    // The kernel keeps the group that was joined last in front, and link-layer addresses in order.
    const addresses = session.ipv4 ? [...groups].reverse() : [];
    printDevice(out, device, links, addresses, session.options.oneline);
  }
  session.out(out.finish());
  return 0;
}

/** The link-layer groups that a device listens to for its IPv4 groups. */
const linkGroups = (device: Device, groups: readonly Ipv4[]): string[] =>
  device.hardwareType === HardwareType.ETHER ? groups.map((group) => formatMac(macOfGroup(group))) : [];

/** With -oneline every group has the device's name in front. */
function printDevice(
  out: Printer,
  device: Device,
  links: readonly string[],
  groups: readonly Ipv4[],
  oneline: boolean,
): void {
  const prints = [
    ...links.map((link) => () => out.field('link', link, `link  ${link}`)),
    ...groups.map((group) => () => printGroup(out, group)),
  ];
  for (const [i, print] of prints.entries()) {
    if (i === 0 || oneline) openDevice(out, device);
    out.text('\t');
    out.openObject();
    print();
    out.text('\n');
    out.closeObject();
    if (i === prints.length - 1 || oneline) closeDevice(out);
  }
}

function openDevice(out: Printer, device: Device): void {
  out.openObject();
  out.field('ifindex', device.index, `${device.index}:`);
  out.field('ifname', device.name, `\t${device.name}`);
  out.newline();
  out.openArray('maddr');
}

function closeDevice(out: Printer): void {
  out.closeArray();
  out.closeObject();
}

function printGroup(out: Printer, group: Ipv4): void {
  out.field('family', 'inet', 'inet  ');
  out.field('address', formatIpv4(group), formatIpv4(group));
}

const VERBS: readonly Verb[] = [
  prefixVerb('add', (session) => session.notEmulated('ip maddr add')),
  prefixVerb('delete', (session) => session.notEmulated('ip maddr delete')),
  prefixVerb('list show lst', list),
  prefixVerb('help', (session) => session.usage(MADDRESS_USAGE)),
];

export const multicastAddress = (session: Session, words: readonly string[]): number | Promise<number> =>
  runVerb(session, words, VERBS, list, 'ip maddr');
