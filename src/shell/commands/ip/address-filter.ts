// What `ip link show` and `ip address show` can be asked to leave out (ipaddr_list_flush_or_save's words), and the
// three places where it is left out: by the kernel, before printing, and while printing.

import { type Ipv4, inPrefix } from '../../../addr/ipv4.ts';
import type { AddressInfo, LinkInfo } from '../../../admin/types.ts';
import { matches } from '../../bash/pattern.ts';
import { type Arguments, exact, type Keyword, walk } from '../iproute2/arguments.ts';
import { parseGroup, parseScope } from '../iproute2/names.ts';
import { Family } from '../iproute2/options.ts';
import { takePrefix } from '../iproute2/prefix.ts';
import { parsed } from '../iproute2/values.ts';
import { ADDRESS_USAGE, LINK_USAGE } from './usage.ts';
import { takeVrf } from './vrf-words.ts';

const UP = 0x1;
const NOWHERE = 255;

/** Flags of addresses that a filter may name, in print_ifa_flags' order. */
export interface AddressFlagName {
  readonly name: string;
  readonly mask: number;
  /** Not to be set by a user. */
  readonly readonly: boolean;
  readonly ipv6Only: boolean;
}

const flagName = (name: string, mask: number, readonly: boolean, ipv6Only: boolean): AddressFlagName => ({
  name,
  mask,
  readonly,
  ipv6Only,
});

export const PERMANENT = 0x80;
export const SECONDARY = 0x01;

export const ADDRESS_FLAGS: readonly AddressFlagName[] = [
  flagName('secondary', SECONDARY, true, false),
  flagName('temporary', SECONDARY, true, false),
  flagName('nodad', 0x02, false, true),
  flagName('optimistic', 0x04, false, true),
  flagName('dadfailed', 0x08, true, true),
  flagName('home', 0x10, false, true),
  flagName('deprecated', 0x20, true, true),
  flagName('tentative', 0x40, true, true),
  flagName('permanent', PERMANENT, true, true),
  flagName('mngtmpaddr', 0x100, false, true),
  flagName('noprefixroute', 0x200, false, false),
  flagName('autojoin', 0x400, false, false),
  flagName('stable-privacy', 0x800, true, true),
];

export interface ListFilter {
  readonly linkOnly: boolean;
  family: number;
  device: string;
  up: boolean;
  /** A pattern, '' for none. */
  label: string;
  group: number;
  /** Index of the master, -1 for none wanted, 0 for any. */
  master: number;
  kind: string;
  slaveKind: string;
  scope: number;
  scopeMask: number;
  flags: number;
  flagMask: number;
  prefix: { address: Ipv4; length: number } | null;
}

const newFilter = (linkOnly: boolean, family: number): ListFilter => ({
  linkOnly,
  family,
  device: '',
  up: false,
  label: '',
  group: -1,
  master: 0,
  kind: '',
  slaveKind: '',
  scope: 0,
  scopeMask: 0,
  flags: 0,
  flagMask: 0,
  prefix: null,
});

function takeTo(filter: ListFilter, args: Arguments): void {
  const prefix = takePrefix(args, args.value(), filter.family);
  if (prefix.family !== Family.UNSPEC && prefix.length > 0)
    filter.prefix = { address: prefix.address, length: prefix.length };
  if (filter.family === Family.UNSPEC) filter.family = prefix.family;
}

function takeScope(filter: ListFilter, args: Arguments): void {
  filter.scopeMask = -1;
  filter.scope = parsed(
    args,
    (text) => parseScope(text) ?? (text === 'all' ? -1 : null),
    'invalid "scope"\n',
    0,
  );
  if (filter.scope !== -1) return;
  filter.scope = NOWHERE;
  filter.scopeMask = 0;
}

function takeMaster(filter: ListFilter, args: Arguments): void {
  const text = args.value();
  if (args.failure !== 0) return;
  const master = args.session.link(text);
  if (master === null) args.wrong('Device does not exist\n', text);
  else filter.master = master.index;
}

function takeType(filter: ListFilter, args: Arguments): void {
  const text = args.value();
  if (text.endsWith('_slave')) filter.slaveKind = text.slice(0, -'_slave'.length);
  else filter.kind = text;
}

/** A flag's name, with `-` or as `dynamic` and `primary` the other way round; false for another word. */
function takeFlag(filter: ListFilter, word: string): boolean {
  const minus = word.startsWith('-');
  const text = minus ? word.slice(1) : word;
  const opposite = { dynamic: 'permanent', primary: 'secondary' }[text];
  const flag = ADDRESS_FLAGS.find(({ name }) => name === (opposite ?? text));
  if (flag === undefined) return false;
  const inverted = minus !== (opposite !== undefined);
  filter.flags = inverted ? filter.flags & ~flag.mask : filter.flags | flag.mask;
  filter.flagMask |= flag.mask;
  return true;
}

/** The flags' names, which iproute2 compares in between, hide none of these. */
const KEYWORDS: readonly Keyword<ListFilter>[] = [
  exact('to', takeTo),
  exact('scope', takeScope),
  exact('up', (filter) => {
    filter.up = true;
  }),
  exact('label', (filter, args) => {
    filter.label = args.value();
  }),
  exact('group', (filter, args) => {
    filter.group = parsed(args, parseGroup, 'Invalid "group" value\n', 0);
  }),
  exact('master', takeMaster),
  exact('vrf', (filter, args) => {
    filter.master = takeVrf(args)?.index ?? 0;
  }),
  exact('nomaster', (filter) => {
    filter.master = -1;
  }),
  exact('type', takeType),
];

function otherwise(filter: ListFilter, args: Arguments): void {
  if (takeFlag(filter, args.word)) return;
  const named = args.is('dev');
  if (!named && args.begins('help')) {
    args.usage(filter.linkOnly ? LINK_USAGE : ADDRESS_USAGE);
    return;
  }
  const text = named ? args.value() : args.word;
  if (filter.device !== '') args.garbage('dev', text);
  filter.device = text;
}

export function parseFilter(args: Arguments, linkOnly: boolean, family: number): ListFilter {
  const filter = newFilter(linkOnly, family);
  walk(args, KEYWORDS, filter, otherwise);
  return filter;
}

/** Kinds that the kernel knows, and so can filter by. */
const KERNEL_KINDS = new Set(['veth', 'bridge', 'dummy', 'ipip', 'vxlan', 'vrf', 'vlan']);

/** What a dump of links leaves out for IFLA_MASTER and IFLA_INFO_KIND; a dump of family inet takes neither. */
export function kernelKeeps(filter: ListFilter, info: LinkInfo): boolean {
  if (filter.family !== Family.UNSPEC && filter.family !== Family.PACKET) return true;
  if (
    filter.master === -1 ? info.masterIndex !== 0 : filter.master !== 0 && info.masterIndex !== filter.master
  )
    return false;
  return !KERNEL_KINDS.has(filter.kind) || info.kind === filter.kind;
}

/** IFLA_INFO_SLAVE_KIND. */
export const slaveKindOf = (info: LinkInfo): string =>
  info.bridgePort !== null ? 'bridge' : info.masterIndex !== 0 ? 'vrf' : '';

/** What print_linkinfo leaves out; in JSON an empty object stays. */
export function printKeeps(filter: ListFilter, info: LinkInfo): boolean {
  if (filter.up && !(info.flags & UP)) return false;
  if (filter.label !== '') return true;
  if (filter.group !== -1 && info.group !== filter.group) return false;
  if (filter.master > 0 && info.masterIndex !== filter.master) return false;
  if (filter.kind !== '' && info.kind !== filter.kind) return false;
  return filter.slaveKind === '' || filter.slaveKind === slaveKindOf(info);
}

/** Whether an address passes; its device is a matter of its own. */
export function addressKeeps(filter: ListFilter, address: AddressInfo): boolean {
  if (filter.family !== Family.UNSPEC && filter.family !== Family.INET) return false;
  if ((filter.scope ^ address.scope) & filter.scopeMask) return false;
  if ((filter.flags ^ address.flags) & filter.flagMask) return false;
  if (filter.label !== '' && !matches(filter.label, address.label)) return false;
  return filter.prefix === null || inPrefix(address.local, filter.prefix.address, filter.prefix.length);
}
