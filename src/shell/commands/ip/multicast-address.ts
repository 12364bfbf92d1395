// `ip maddress`: the groups that devices are members of (ip/ipmaddr.c).
import { strerror } from '../../../addr/errno.ts';
import { formatIpv4, type Ipv4 } from '../../../addr/ipv4.ts';
import { formatMac, MAC_ZERO, type Mac } from '../../../addr/mac.ts';
import {
  addMulticast,
  deleteMulticast,
  type MulticastEntry,
  multicastList,
} from '../../../admin/multicast-list.ts';
import type { Device } from '../../../netns/device.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { prefixVerb, runVerb, type Verb } from '../iproute2/object.ts';
import { Family } from '../iproute2/options.ts';
import type { Printer } from '../iproute2/printer.ts';
import type { Session } from '../iproute2/session.ts';
import { parseLinkAddress } from '../iproute2/values.ts';
import { MADDRESS_USAGE } from './usage.ts';

const MAC_LENGTH = 6;

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
    const links = family === Family.UNSPEC || family === Family.PACKET ? multicastList(device) : [];
    // The kernel keeps the group that was joined last in front, and link-layer addresses in order.
    const addresses = session.ipv4 ? [...groups].reverse() : [];
    printDevice(out, device, links, addresses, session.options.oneline);
  }
  session.out(out.finish());
  return 0;
}

/** With -oneline every group has the device's name in front. */
function printDevice(
  out: Printer,
  device: Device,
  links: readonly MulticastEntry[],
  groups: readonly Ipv4[],
  oneline: boolean,
): void {
  const prints = [
    ...links.map((link) => () => printLink(out, link)),
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

function printLink(out: Printer, { mac, users, isStatic }: MulticastEntry): void {
  out.field('link', formatMac(mac), `link  ${formatMac(mac)}`);
  if (users !== 1) out.field('users', users, ` users ${users}`);
  if (isStatic) out.field('features', 'static', ' static');
}

function printGroup(out: Printer, group: Ipv4): void {
  out.field('family', 'inet', 'inet  ');
  out.field('address', formatIpv4(group), formatIpv4(group));
}

type Change = typeof addMulticast;

/** By an ioctl, whose errors have its name. */
const modify =
  (change: Change) =>
  (session: Session, rest: readonly string[]): number => {
    const args = new Arguments(session, rest);
    const words = { device: '', mac: MAC_ZERO };
    for (; !args.done && args.failure === 0; args.advance()) takeWord(session, args, words);
    if (args.failure !== 0) return args.failure;
    if (words.device === '') return session.exit('Not enough information: "dev" is required.');
    const refusal = change(session.namespace, words.device, words.mac);
    if (refusal === null) {
      session.exited = true;
      return 0;
    }
    return session.exit(`ioctl: ${strerror(refusal.errno)}`, 1);
  };

function takeWord(session: Session, args: Arguments, words: { device: string; mac: Mac }): void {
  if (args.is('dev')) {
    const name = args.value();
    if (words.device !== '') args.duplicate('dev', name);
    words.device = name;
    return;
  }
  const text = args.begins('address') ? args.value() : args.word;
  if ('help'.startsWith(text)) {
    args.usage(MADDRESS_USAGE);
    return;
  }
  // The first byte tells whether there was one before.
  if (words.mac >= 2 ** 40) args.duplicate('address', text);
  else takeMac(session, args, words, text);
}

function takeMac(session: Session, args: Arguments, words: { mac: Mac }, text: string): void {
  const address = parseLinkAddress(text);
  if (typeof address === 'string') args.stop(session.exit(`"${address}" is invalid lladdr.`, 1));
  else if (address.bytes !== MAC_LENGTH)
    args.stop(
      session.exit(`Error: Invalid address length ${address.bytes} - must be ${MAC_LENGTH} bytes`, 1),
    );
  else words.mac = address.value;
}

const VERBS: readonly Verb[] = [
  prefixVerb('add', modify(addMulticast)),
  prefixVerb('delete', modify(deleteMulticast)),
  prefixVerb('list show lst', list),
  prefixVerb('help', (session) => session.usage(MADDRESS_USAGE)),
];

export const multicastAddress = (session: Session, words: readonly string[]): number | Promise<number> =>
  runVerb(session, words, VERBS, list, 'ip maddr');
