// `type ipip`: words and printing (ip/link_iptnl.c).
import { ANY, formatIpv4 } from '../../../addr/ipv4.ts';
import type { IpipInfo, IpipSettings, LinkInfo } from '../../../admin/types.ts';
import { type Arguments, exact, type Keyword, prefix, walk } from '../iproute2/arguments.ts';
import { alternateHex } from '../iproute2/hex.ts';
import { parseDsfield } from '../iproute2/names.ts';
import { parseUnsigned } from '../iproute2/numbers.ts';
import { Family } from '../iproute2/options.ts';
import { takeAddress } from '../iproute2/prefix.ts';
import type { Printer } from '../iproute2/printer.ts';
import { parsed, unsigned } from '../iproute2/values.ts';
import type { Kind, KindRequest } from './kind.ts';
import { IPIP_USAGE } from './usage.ts';

const INHERIT_TOS = 1;
const MODES: Readonly<Record<string, number>> = {
  'ipv4/ipv4': 4,
  ipip: 4,
  ip4ip4: 4,
  'mpls/ipv4': 137,
  mplsip: 137,
  'any/ipv4': 0,
  any: 0,
};
const PROTOCOL_NAMES: Readonly<Record<number, string>> = { 0: 'any', 4: 'ipip', 41: 'ip6ip', 137: 'mplsip' };

type Words = Required<IpipSettings>;

const notEmulated =
  (what: string): Keyword<Words>['take'] =>
  (_, args) =>
    args.stop(args.session.notEmulated(what));

const KEYWORDS: readonly Keyword<Words>[] = [
  exact('mode', (words, args) => {
    const mode = (text: string) => MODES[text] ?? null;
    words.protocol = parsed(args, mode, 'Cannot guess tunnel mode.', 0);
  }),
  exact('remote', (words, args) => {
    words.remote = takeAddress(args, args.value(), Family.INET).address;
  }),
  exact('local', (words, args) => {
    words.local = takeAddress(args, args.value(), Family.INET).address;
  }),
  prefix('dev', (words, args) => {
    const text = args.value();
    if (args.failure !== 0) return;
    if (args.session.link(text) === null) args.exit(`Cannot find device "${text}"`);
    words.link = text;
  }),
  exact('ttl hoplimit hlim', (words, args) => {
    const ttl = (text: string) => (text === 'inherit' ? 0 : parseUnsigned(text, 255));
    words.ttl = parsed(args, ttl, 'invalid TTL\n', 0);
  }),
  exact('tos tclass tc', takeTos),
  prefix('dsfield', takeTos),
  exact('nopmtudisc', (words) => {
    words.pmtudisc = false;
  }),
  exact('pmtudisc', (words) => {
    words.pmtudisc = true;
  }),
  exact('noencap', () => {}),
  exact('encap encap-sport encap-dport', notEmulated('encapsulation of tunnels in UDP')),
  exact('encap-csum encap-udp6-csum encap-remcsum', notEmulated('encapsulation of tunnels in UDP')),
  exact('noencap-csum noencap-udp6-csum noencap-remcsum', () => {}),
  exact('external', notEmulated('an external (metadata) tunnel')),
  exact('6rd-prefix 6rd-relay_prefix 6rd-reset', notEmulated('6rd')),
  exact('fwmark', (words, args) => {
    words.fwmark = unsigned(args, 'invalid fwmark\n');
  }),
];

function takeTos(words: Words, args: Arguments): void {
  const tos = (text: string) => (text === 'inherit' ? INHERIT_TOS : parseDsfield(text));
  words.tos = parsed(args, tos, 'bad TOS value', 0);
}

function otherwise(_: Words, args: Arguments): void {
  args.session.context.err(IPIP_USAGE);
  args.stop(args.session.statuses.failed);
}

/** The settings of a new tunnel. */
export const IPIP_DEFAULTS: Readonly<Words> = {
  local: ANY,
  remote: ANY,
  ttl: 0,
  tos: 0,
  pmtudisc: true,
  ignoreDf: false,
  protocol: 0,
  link: '',
  fwmark: 0,
};

/** All settings are sent, so a change starts from what the tunnel has. */
function parse(args: Arguments, request: KindRequest): void {
  const held = request.link?.ipip ?? null;
  if (!request.create && held === null) {
    args.fail('Failed to get existing tunnel info.');
    return;
  }
  const words: Words =
    held === null
      ? { ...IPIP_DEFAULTS }
      : { ...held, link: held.link === 0 ? '' : args.session.nameOf(held.link) };
  walk(args, KEYWORDS, words, otherwise);
  if (words.ttl !== 0 && !words.pmtudisc) args.exit('ttl != 0 and nopmtudisc are incompatible');
  request.change.ipip = words;
}

const endpoint = (address: IpipInfo['local']): string => (address === ANY ? 'any' : formatIpv4(address));

function print(out: Printer, info: LinkInfo, nameOf: (index: number) => string): void {
  const ipip = info.ipip as IpipInfo;
  const mode = PROTOCOL_NAMES[ipip.protocol];
  if (mode !== undefined) out.field('proto', mode, `${mode} `);
  out.field('remote', endpoint(ipip.remote), `remote ${endpoint(ipip.remote)} `);
  out.field('local', endpoint(ipip.local), `local ${endpoint(ipip.local)} `);
  if (ipip.link !== 0) out.field('link', nameOf(ipip.link), `dev ${nameOf(ipip.link)} `);
  out.field('ttl', ipip.ttl, ipip.ttl === 0 ? 'ttl inherit ' : `ttl ${ipip.ttl} `);
  if (ipip.tos !== 0) {
    const hex = alternateHex(ipip.tos);
    out.field('tos', hex, ipip.tos === INHERIT_TOS ? 'tos inherit ' : `tos ${hex} `);
  }
  out.field('pmtudisc', ipip.pmtudisc, ipip.pmtudisc ? 'pmtudisc ' : 'nopmtudisc ');
  const mark = alternateHex(ipip.fwmark);
  if (ipip.fwmark !== 0) out.field('fwmark', mark, `fwmark ${mark} `);
}

export const ipipKind: Kind = { parse, print, usage: IPIP_USAGE };
