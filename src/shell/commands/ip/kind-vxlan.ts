// `type vxlan`: words and printing (ip/iplink_vxlan.c).
import { formatIpv4, type Ipv4, isMulticast } from '../../../addr/ipv4.ts';
import type { LinkInfo, VxlanInfo, VxlanSettings } from '../../../admin/types.ts';
import { type Arguments, exact, type Keyword, prefix, walk } from '../iproute2/arguments.ts';
import { alternateHex } from '../iproute2/hex.ts';
import { parseDsfield } from '../iproute2/names.ts';
import { parseUnsigned } from '../iproute2/numbers.ts';
import { Family } from '../iproute2/options.ts';
import { type Prefix, takeAddress } from '../iproute2/prefix.ts';
import type { Printer } from '../iproute2/printer.ts';
import { unsigned } from '../iproute2/values.ts';
import type { Kind, KindRequest } from './kind.ts';
import { VXLAN_USAGE } from './usage.ts';

const DONT_FRAGMENT = ['unset', 'set', 'inherit'];
const INHERIT_TOS = 1;

interface VxlanWords {
  readonly settings: VxlanSettings;
  /** Attributes that were given: each may come once. */
  readonly given: Set<string>;
  remoteFamily: number;
  localFamily: number;
}

type Take = Keyword<VxlanWords>['take'];

/** Marks `attribute` as given; false where it was before. */
function once(words: VxlanWords, args: Arguments, attribute: string, key: string): boolean {
  if (args.failure !== 0) return false;
  if (words.given.has(attribute)) args.garbage(key, args.word);
  words.given.add(attribute);
  return args.failure === 0;
}

/** A keyword with a value: the value is taken before a second one is found out. */
const valued =
  (attribute: string, key: string, take: (words: VxlanWords, args: Arguments, text: string) => void): Take =>
  (words, args) => {
    const text = args.value();
    if (once(words, args, attribute, key)) take(words, args, text);
  };

/** A word that stands for itself, such as `nolearning`: the complaint names it as it was written. */
const simple =
  (attribute: string, set: (settings: VxlanSettings) => void): Take =>
  (words, args) => {
    if (once(words, args, attribute, args.word)) set(words.settings);
  };

const number = (
  attribute: string,
  key: string,
  message: string,
  limit: number,
  set: (settings: VxlanSettings, value: number) => void,
  word?: string,
): Take =>
  valued(attribute, key, (words, args, text) => {
    const value = text === word ? 0 : parseUnsigned(text, limit);
    if (value === null) args.wrong(message, text);
    else set(words.settings, value);
  });

const group: Take = (words, args) => {
  if (words.settings.remote !== undefined) return bothGiven(args);
  valued('group', 'group', (_, inner, text) => {
    const address = takeAddress(inner, text, words.localFamily);
    if (inner.failure === 0 && !multicast(address)) inner.wrong('invalid group address', text);
    words.settings.group = address.address;
    words.remoteFamily = address.family;
  })(words, args);
};

const remote: Take = (words, args) => {
  if (words.settings.group !== undefined) return bothGiven(args);
  valued('group', 'remote', (_, inner, text) => {
    const address = takeAddress(inner, text, words.localFamily);
    if (inner.failure === 0 && !unicast(address)) inner.wrong('invalid remote address', text);
    words.settings.remote = address.address;
    words.remoteFamily = address.family;
  })(words, args);
};

const bothGiven = (args: Arguments): void => args.fail('vxlan: both group and remote cannot be specified');

const local = valued('local', 'local', (words, args, text) => {
  const address = takeAddress(args, text, words.remoteFamily);
  if (args.failure === 0 && !unicast(address)) args.wrong('invalid local address', text);
  words.settings.local = address.address;
  words.localFamily = address.family;
});

const multicast = (address: Prefix): boolean =>
  address.family === Family.INET && isMulticast(address.address);
const unicast = (address: Prefix): boolean =>
  address.family === Family.INET6 ||
  (address.family === Family.INET && address.bytes === 4 && !multicast(address));

const device = valued('link', 'dev', (words, args, text) => {
  const link = args.session.link(text);
  if (link === null) args.exit(`Cannot find device "${text}"`);
  else words.settings.link = link.name;
});

const ttl = valued('ttl', 'ttl', ({ settings }, args, text) => {
  if (text === 'inherit') {
    settings.ttlInherit = true;
    return;
  }
  const value = text === 'auto' ? 0 : parseUnsigned(text);
  if (value === null) return args.wrong('invalid TTL', text);
  if (value > 255) return args.wrong('TTL must be <= 255', text);
  settings.ttl = value;
});

const tos = valued('tos', 'tos', ({ settings }, args, text) => {
  const value = text === 'inherit' ? INHERIT_TOS : parseDsfield(text);
  if (value === null) args.wrong('bad TOS value', text);
  else settings.tos = value;
});

const dontFragment = valued('df', 'df', ({ settings }, args, text) => {
  const value = DONT_FRAGMENT.indexOf(text);
  if (value < 0) args.wrong("DF must be 'unset', 'set' or 'inherit'", text);
  settings.df = value;
});

const sourcePort: Take = (words, args) => {
  args.value();
  if (!once(words, args, 'srcport', 'srcport')) return;
  const low = parseUnsigned(args.word, 0xffff);
  if (low === null) return args.wrong('min port', args.word);
  const high = unsigned(args, 'max port', 0xffff);
  if (low === 0 && high === 0) return;
  words.settings.sourcePortLow = low;
  words.settings.sourcePortHigh = high;
};

const flag = (name: 'proxy' | 'rsc' | 'l2miss' | 'l3miss', value: boolean): Take =>
  simple(name, (settings) => {
    settings[name] = value;
  });

const learning = (value: boolean): Take =>
  simple('learning', (settings) => {
    settings.learning = value;
  });

const udpChecksum = (value: boolean): Take =>
  simple('udpcsum', (settings) => {
    settings.udpChecksum = value;
  });

const zeroChecksum6Tx = (value: boolean): Take =>
  simple('udp6zerocsumtx', (settings) => {
    settings.zeroChecksum6Tx = value;
  });

const zeroChecksum6Rx = (value: boolean): Take =>
  simple('udp6zerocsumrx', (settings) => {
    settings.zeroChecksum6Rx = value;
  });

/** Switched off, as it is: remote checksum offload and the like. */
const ignored = (attribute: string): Take => simple(attribute, () => {});

const notEmulated =
  (what: string): Take =>
  (_, args) =>
    args.stop(args.session.notEmulated(`VXLAN ${what}`));

/** In the order of comparison of vxlan_parse_opt. */
const KEYWORDS: readonly Keyword<VxlanWords>[] = [
  prefix(
    'id vni',
    number('id', 'id', 'invalid id', 0xffffff, (settings, value) => {
      settings.vni = value;
    }),
  ),
  prefix('group', group),
  prefix('remote', remote),
  prefix('local', local),
  prefix('dev', device),
  prefix('ttl hoplimit', ttl),
  prefix('tos dsfield', tos),
  prefix('df', dontFragment),
  prefix(
    'label flowlabel',
    number('label', 'flowlabel', 'invalid flowlabel', 0xfffff, (settings, value) => {
      settings.flowLabel = value;
    }),
  ),
  prefix(
    'ageing',
    number(
      'ageing',
      'ageing',
      'ageing timer',
      0xffffffff,
      (settings, value) => {
        settings.ageing = value;
      },
      'none',
    ),
  ),
  prefix(
    'maxaddress',
    number(
      'limit',
      'maxaddress',
      'max addresses',
      0xffffffff,
      (settings, value) => {
        settings.maxAddresses = value;
      },
      'unlimited',
    ),
  ),
  prefix('port srcport', sourcePort),
  prefix(
    'dstport',
    number('dstport', 'dstport', 'dst port', 0xffff, (settings, value) => {
      if (value !== 0) settings.port = value;
    }),
  ),
  prefix('nolearning', learning(false)),
  prefix('learning', learning(true)),
  prefix('noproxy', flag('proxy', false)),
  prefix('proxy', flag('proxy', true)),
  prefix('norsc', flag('rsc', false)),
  prefix('rsc', flag('rsc', true)),
  prefix('nol2miss', flag('l2miss', false)),
  prefix('l2miss', flag('l2miss', true)),
  prefix('nol3miss', flag('l3miss', false)),
  prefix('l3miss', flag('l3miss', true)),
  prefix('udpcsum', udpChecksum(true)),
  prefix('noudpcsum', udpChecksum(false)),
  prefix('udp6zerocsumtx', zeroChecksum6Tx(true)),
  prefix('noudp6zerocsumtx', zeroChecksum6Tx(false)),
  prefix('udp6zerocsumrx', zeroChecksum6Rx(true)),
  prefix('noudp6zerocsumrx', zeroChecksum6Rx(false)),
  prefix('remcsumtx', notEmulated('remote checksum offload')),
  prefix('noremcsumtx', ignored('remcsumtx')),
  prefix('remcsumrx', notEmulated('remote checksum offload')),
  prefix('noremcsumrx', ignored('remcsumrx')),
  prefix('external', (words, args) => {
    if (once(words, args, 'external', args.word)) words.settings.external = true;
  }),
  prefix('noexternal', ignored('external')),
  prefix(
    'gbp',
    simple('gbp', (settings) => {
      settings.gbp = true;
    }),
  ),
  prefix('gpe', notEmulated('GPE')),
  exact('vnifilter', notEmulated('vnifilter')),
  exact('novnifilter', ignored('vnifilter')),
];

function otherwise(_: VxlanWords, args: Arguments): void {
  if (args.begins('help')) args.session.context.err(VXLAN_USAGE);
  else args.session.context.err(`vxlan: unknown command "${args.word}"?\n${VXLAN_USAGE}`);
  args.stop(args.session.statuses.failed);
}

const PORT_HINT = `vxlan: destination port not specified
Will use Linux kernel default (non-standard value)
Use 'dstport 4789' to get the IANA assigned value
Use 'dstport 0' to get default and quiet this message
`;

function parse(args: Arguments, request: KindRequest): void {
  const words: VxlanWords = { settings: {}, given: new Set(), remoteFamily: 0, localFamily: 0 };
  walk(args, KEYWORDS, words, otherwise);
  if (args.failure === 0) check(args, request, words);
  if (args.failure !== 0) return;
  const { settings } = words;
  if (request.create) settings.learning ??= !settings.external;
  request.change.vxlan = settings;
}

function check(args: Arguments, request: KindRequest, { given, settings, ...words }: VxlanWords): void {
  if (settings.external && given.has('id')) args.fail("vxlan: both 'external' and vni cannot be specified");
  else if (!settings.external && !given.has('id') && request.create)
    args.fail('vxlan: missing virtual network identifier');
  else if (settings.group !== undefined && !given.has('link'))
    args.fail("vxlan: 'group' requires 'dev' to be specified");
  else if (words.remoteFamily === Family.INET6 || words.localFamily === Family.INET6)
    args.stop(args.session.notEmulated('VXLAN over IPv6'));
  else if (request.create && !given.has('dstport')) args.session.context.err(PORT_HINT);
}

// ---- printing ------------------------------------------------------------------------------------------------

function print(out: Printer, info: LinkInfo, nameOf: (index: number) => string): void {
  const vxlan = info.vxlan as VxlanInfo;
  printEnds(out, vxlan, nameOf);
  out.field('port', vxlan.port, `dstport ${vxlan.port} `);
  printSwitches(out, vxlan);
  printHeader(out, vxlan);
  if (vxlan.ageing === 0) out.field('ageing', 0, 'ageing none ');
  else out.field('ageing', vxlan.ageing, `ageing ${vxlan.ageing} `);
  if (vxlan.maxAddresses !== 0) out.field('limit', vxlan.maxAddresses, `maxaddr ${vxlan.maxAddresses} `);
  out.field('udp_csum', vxlan.udpChecksum, vxlan.udpChecksum ? 'udpcsum ' : 'noudpcsum ');
  const { zeroChecksum6Tx: tx, zeroChecksum6Rx: rx } = vxlan;
  out.field('udp_zero_csum6_tx', tx, tx ? 'udp6zerocsumtx ' : 'noudp6zerocsumtx ');
  out.field('udp_zero_csum6_rx', rx, rx ? 'udp6zerocsumrx ' : 'noudp6zerocsumrx ');
}

function printEnds(out: Printer, vxlan: VxlanInfo, nameOf: (index: number) => string): void {
  out.field('id', vxlan.vni, `id ${vxlan.vni} `);
  printAddress(out, isMulticast(vxlan.remote) ? 'group' : 'remote', vxlan.remote);
  printAddress(out, 'local', vxlan.local);
  if (vxlan.link !== 0) out.field('link', nameOf(vxlan.link), `dev ${nameOf(vxlan.link)} `);
  out.text(`srcport ${vxlan.sourcePortLow} ${vxlan.sourcePortHigh} `);
  if (!out.json) return;
  out.openObject('port_range');
  out.only('low', vxlan.sourcePortLow);
  out.only('high', vxlan.sourcePortHigh);
  out.closeObject();
}

function printAddress(out: Printer, key: string, address: Ipv4): void {
  if (address !== 0) out.field(key, formatIpv4(address), `${key} ${formatIpv4(address)} `);
}

function printSwitches(out: Printer, vxlan: VxlanInfo): void {
  out.field('learning', vxlan.learning, vxlan.learning ? '' : 'nolearning ');
  for (const name of ['proxy', 'rsc', 'l2miss', 'l3miss'] as const)
    if (vxlan[name]) out.field(name, true, `${name} `);
}

/** Fields of the outer header. */
function printHeader(out: Printer, vxlan: VxlanInfo): void {
  if (vxlan.tos !== 0) {
    const hex = alternateHex(vxlan.tos);
    out.field('tos', hex, vxlan.tos === INHERIT_TOS ? 'tos inherit ' : `tos ${hex} `);
  }
  if (vxlan.ttlInherit) out.text('ttl inherit ');
  else out.field('ttl', vxlan.ttl, vxlan.ttl === 0 ? 'ttl auto ' : `ttl ${vxlan.ttl} `);
  const name = DONT_FRAGMENT[vxlan.df] as string;
  out.field('df', name, vxlan.df === 0 ? '' : `df ${name} `);
}

export const vxlanKind: Kind = { parse, print, usage: VXLAN_USAGE };
