// `ip address`: its verbs, and the requests of add, change, replace and delete (ipaddr_modify in ip/ipaddress.c).
import { Errno, refuse } from '../../../addr/errno.ts';
import { ANY, type Ipv4, ipv4, maskOf } from '../../../addr/ipv4.ts';
import {
  type AddressSelector,
  type AddressVerb,
  changeAddress,
  deleteAddress,
} from '../../../admin/address.ts';
import type { AddressRequest } from '../../../admin/types.ts';
import { Arguments, exact, type Keyword, prefix, walk } from '../iproute2/arguments.ts';
import { parseScope } from '../iproute2/names.ts';
import { parseUnsigned } from '../iproute2/numbers.ts';
import { exactVerb, prefixVerb, runVerb, type Verb } from '../iproute2/object.ts';
import { Family } from '../iproute2/options.ts';
import { type Prefix, takeAddress, takePrefix } from '../iproute2/prefix.ts';
import type { Session } from '../iproute2/session.ts';
import { NAME_LENGTH, parsed, unsigned } from '../iproute2/values.ts';
import { restore, showDump } from './address-dump.ts';
import { ADDRESS_FLAGS } from './address-filter.ts';
import { flush, list, save } from './address-list.ts';
import { modifyIpv6 } from './ipv6-address.ts';
import { ADDRESS_USAGE } from './usage.ts';

type Command = AddressVerb | 'delete';

const FOREVER = 0xffffffff;
const NOPREFIXROUTE = 0x200;
const AUTOJOIN = 0x400;
const HOST = 254;
/** Longest prefix that has a broadcast address. */
const BROADCAST_LENGTH = 30;

interface AddressWords {
  family: number;
  device: string;
  local: Prefix | null;
  /** As it was written. */
  localText: string;
  peer: Prefix | null;
  /** An address, or `+` for all ones and `-` for all zeros in the host's part. */
  broadcast: Ipv4 | '+' | '-' | null;
  anycast: boolean;
  scope: number | null;
  label: string;
  metric: number;
  flags: number;
  valid: number | null;
  preferred: number | null;
}

const newWords = (family: number): AddressWords => ({
  family,
  device: '',
  local: null,
  localText: '',
  peer: null,
  broadcast: null,
  anycast: false,
  scope: null,
  label: '',
  metric: 0,
  flags: 0,
  valid: null,
  preferred: null,
});

const adopt = (words: AddressWords, prefix: Prefix): void => {
  if (words.family === Family.UNSPEC) words.family = prefix.family;
};

function takePeer(words: AddressWords, args: Arguments): void {
  const text = args.value();
  if (words.peer !== null) {
    args.duplicate('peer', text);
    return;
  }
  if (args.failure !== 0) return;
  words.peer = takePrefix(args, text, words.family);
  adopt(words, words.peer);
}

function takeBroadcast(words: AddressWords, args: Arguments): void {
  const text = args.value();
  if (words.broadcast !== null) {
    args.duplicate('broadcast', text);
    return;
  }
  if (args.failure !== 0) return;
  if (text === '+' || text === '-') {
    words.broadcast = text;
    return;
  }
  const address = takeAddress(args, text, words.family);
  adopt(words, address);
  words.broadcast = address.address;
}

function takeAnycast(words: AddressWords, args: Arguments): void {
  const text = args.value();
  if (words.anycast) {
    args.duplicate('anycast', text);
    return;
  }
  if (args.failure !== 0) return;
  adopt(words, takeAddress(args, text, words.family));
  words.anycast = true;
}

const lifetime = (text: string): number | null => (text === 'forever' ? FOREVER : parseUnsigned(text));

const KEYWORDS: readonly Keyword<AddressWords>[] = [
  exact('peer remote', takePeer),
  prefix('broadcast', takeBroadcast),
  exact('brd', takeBroadcast),
  exact('anycast', takeAnycast),
  exact('scope', (words, args) => {
    words.scope = parsed(args, parseScope, 'invalid scope value.', 0);
  }),
  exact('dev', (words, args) => {
    words.device = args.value();
  }),
  exact('label', (words, args) => {
    words.label = args.value();
  }),
  prefix('metric priority preference', (words, args) => {
    words.metric = unsigned(args, '"metric" value is invalid\n');
  }),
  prefix('valid_lft', (words, args) => {
    if (words.valid !== null) return args.duplicate('valid_lft', args.word);
    words.valid = parsed(args, lifetime, 'valid_lft value', 0);
  }),
  prefix('preferred_lft', (words, args) => {
    if (words.preferred !== null) return args.duplicate('preferred_lft', args.word);
    words.preferred = parsed(args, lifetime, 'preferred_lft value', 0);
  }),
];

/** A flag's name; false for another word. */
function takeFlag(words: AddressWords, args: Arguments): boolean {
  const flag = ADDRESS_FLAGS.find(({ name }) => args.is(name));
  if (flag === undefined) return false;
  const warn = (text: string): void => args.session.context.err(`Warning: ${flag.name} option ${text}\n`);
  if (flag.readonly) warn('is not mutable from userspace');
  else if (flag.ipv6Only && words.family !== Family.INET6) warn('can be set only for IPv6 addresses');
  else words.flags |= flag.mask;
  return true;
}

function otherwise(words: AddressWords, args: Arguments): void {
  if (takeFlag(words, args)) return;
  const text = args.is('local') ? args.value() : args.word;
  if (args.failure !== 0) return;
  if (args.begins('help')) {
    args.usage(ADDRESS_USAGE);
    return;
  }
  if (words.local !== null) {
    args.garbage('local', text);
    return;
  }
  words.localText = text;
  words.local = takePrefix(args, text, words.family);
  adopt(words, words.local);
}

const modify =
  (command: Command) =>
  (session: Session, rest: readonly string[]): number => {
    const args = new Arguments(session, rest);
    const words = newWords(session.options.family);
    walk(args, KEYWORDS, words, otherwise);
    if (args.failure === 0) complete(args, words, command);
    return args.failure === 0 ? send(session, command, words) : args.failure;
  };

/** What has to fit together, in the order of ipaddr_modify. */
function complete(args: Arguments, words: AddressWords, command: Command): void {
  if (words.device === '') {
    args.fail('Not enough information: "dev" argument is required.');
    return;
  }
  if (command === 'delete' && isWildcard(words)) args.session.context.err(wildcardWarning(words.localText));
  const computed = words.broadcast === '+' || words.broadcast === '-';
  if (computed && command !== 'delete' && words.family !== Family.INET) {
    args.fail('Broadcast can be set only for IPv4 addresses');
    return;
  }
  if (args.session.link(words.device) === null) {
    args.stop(args.session.noDevice(words.device));
    return;
  }
  checkLifetimes(args, words);
  if ((words.flags & AUTOJOIN) === 0) return;
  if ((words.local?.address ?? 0) >>> 28 !== 14) args.fail('autojoin needs multicast address');
  else args.stop(args.session.notEmulated('autojoin of an address'));
}

/** Without a length and a peer, the first address of the device that is equal goes. */
const isWildcard = ({ local, peer }: AddressWords): boolean =>
  peer === null && local !== null && local.family === Family.INET && local.bytes !== 0 && !local.specified;

const wildcardWarning = (text: string): string =>
  'Warning: Executing wildcard deletion to stay compatible with old scripts.\n' +
  `         Explicitly specify the prefix length (${text}/32) to avoid this warning.\n` +
  '         This special behaviour is likely to disappear in further releases,\n' +
  '         fix your scripts!\n';

function checkLifetimes(args: Arguments, { valid, preferred }: AddressWords): void {
  if (valid === null && preferred === null) return;
  if (valid === 0) {
    args.fail('valid_lft is zero');
    return;
  }
  if ((valid ?? FOREVER) < (preferred ?? FOREVER)) args.fail('preferred_lft is greater than valid_lft');
}

function send(session: Session, command: Command, words: AddressWords): number {
  const { local, device } = words;
  if (words.family === Family.INET6 && local?.wide) return modifyIpv6(session, command, words, local.wide);
  // The family of `default` and of nothing is none, and the kernel knows no others here.
  if (words.family !== Family.INET) return session.answer(refuse(Errno.EOPNOTSUPP));
  if (words.label.length > NAME_LENGTH)
    return session.answer(refuse(Errno.ERANGE, 'Attribute failed policy validation'));
  if (command === 'delete')
    return session.answer(deleteAddress(session.namespace, device, selectorOf(words)));
  if (local === null || local.bytes === 0) return session.answer(refuse(Errno.EINVAL));
  return session.answer(changeAddress(session.namespace, command, device, requestOf(words, local)));
}

function selectorOf(words: AddressWords): AddressSelector {
  const { local, peer } = words;
  const selector: AddressSelector = {};
  if (local !== null && local.bytes !== 0) selector.local = local.address;
  if (words.label !== '') selector.label = words.label;
  const remote = peer ?? (isWildcard(words) ? null : local);
  if (remote === null) return selector;
  return { ...selector, peer: remote.address, length: lengthOf(words) };
}

/** A peer's length counts, or the address's own. */
const lengthOf = ({ local, peer }: AddressWords): number => peer?.length || local?.length || 0;

function requestOf(words: AddressWords, local: Prefix): AddressRequest {
  const request: AddressRequest = {
    local: local.address,
    peer: (words.peer ?? local).address,
    length: lengthOf(words),
    scope: words.scope ?? (local.address >>> 24 === 127 ? HOST : 0),
  };
  const broadcast = broadcastOf(words, words.peer ?? local);
  if (broadcast !== ANY || words.broadcast === ANY) request.broadcast = broadcast;
  if (words.label !== '') request.label = words.label;
  if (words.metric !== 0) request.metric = words.metric;
  if (words.flags & NOPREFIXROUTE) request.noprefixroute = true;
  if (words.valid !== null || words.preferred !== null) {
    request.validLifetime = words.valid ?? FOREVER;
    request.preferredLifetime = words.preferred ?? FOREVER;
  }
  return request;
}

/** `brd +` and `brd -` set and clear the host's bits; prefixes of 31 and 32 bits have no broadcast address. */
function broadcastOf({ broadcast }: AddressWords, prefix: Prefix): Ipv4 {
  if (broadcast !== '+' && broadcast !== '-') return broadcast ?? ANY;
  if (prefix.length > BROADCAST_LENGTH) return ANY;
  const mask = maskOf(prefix.length);
  return ipv4(broadcast === '+' ? prefix.address | ~mask : prefix.address & mask);
}

const show = (session: Session, rest: readonly string[]): number => list(session, rest, false);

const VERBS: readonly Verb[] = [
  prefixVerb('add', modify('add')),
  prefixVerb('change', modify('change')),
  exactVerb('chg', modify('change')),
  prefixVerb('replace', modify('replace')),
  prefixVerb('delete', modify('delete')),
  prefixVerb('list show lst', show),
  prefixVerb('flush', flush),
  prefixVerb('save', save),
  prefixVerb('showdump', showDump),
  prefixVerb('restore', restore),
  prefixVerb('help', (session) => session.usage(ADDRESS_USAGE)),
];

export const address = (session: Session, words: readonly string[]): number | Promise<number> =>
  runVerb(session, words, VERBS, show, 'ip address');
