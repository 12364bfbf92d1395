// `ip tunnel` for IPIP (ip/iptunnel.c, ip/tunnel.c): the ioctls of old, with words and exit statuses of their own.
import { Errno, type Refusal, strerror } from '../../../addr/errno.ts';
import { ANY, isMulticast } from '../../../addr/ipv4.ts';
import { dumpLinks } from '../../../admin/link.ts';
import { addTunnel, changeTunnel, deleteTunnel } from '../../../admin/tunnel.ts';
import type { IpipInfo, IpipSettings, LinkInfo } from '../../../admin/types.ts';
import { Arguments, exact, type Keyword, prefix, walk } from '../iproute2/arguments.ts';
import { parseDsfield } from '../iproute2/names.ts';
import { parseUnsigned } from '../iproute2/numbers.ts';
import { prefixVerb, runVerb, type Verb } from '../iproute2/object.ts';
import { Family } from '../iproute2/options.ts';
import { takeAddress32 } from '../iproute2/prefix.ts';
import type { Session } from '../iproute2/session.ts';
import { isDeviceName, parsed } from '../iproute2/values.ts';
import { IPIP_DEFAULTS } from './kind-ipip.ts';
import { printTunnel, printTunnelStats, type Tunnel } from './tunnel-print.ts';
import { TUNNEL_USAGE } from './usage.ts';

type Command = 'add' | 'change' | 'delete' | 'show';

const HARDWARE_TYPE = 768;
const IPIP = 4;
/** The device that every ioctl without a name of its own goes to. */
const BASE_DEVICE = 'tunl0';
const INHERIT_TOS = 1;

interface TunnelWords {
  readonly command: Command;
  name: string;
  settings: Required<IpipSettings>;
  /** Protocol of the mode that was asked for or follows from the name, 0 for none. */
  mode: number;
  /** No word has been taken yet: a change starts from what is there if the name comes first. */
  first: boolean;
}

type Take = Keyword<TunnelWords>['take'];

/** IPPROTO_* of the modes; all but IPIP are refused once the words are right. */
const MODES: Readonly<Record<string, number>> = {
  ipip: IPIP,
  'ip/ip': IPIP,
  gre: 47,
  'gre/ip': 47,
  sit: 41,
  'ipv6/ip': 41,
  isatap: 41,
  vti: IPIP,
};

const takeMode: Take = (words, args) => {
  const text = args.value();
  if (args.failure !== 0) return;
  const mode = MODES[text];
  if (mode === undefined) args.exit(`Unknown tunnel mode "${text}"`);
  else if (words.mode !== 0 && words.mode !== mode)
    args.exit('You managed to ask for more than one tunnel mode.');
  else words.mode = mode;
  if (text === 'vti') args.stop(args.session.notEmulated('ip tunnel mode vti'));
};

const keys: Take = (_, args) => {
  args.value();
  args.fail('Keys are not allowed with ipip and sit tunnels');
};

/** inherit, a value, or inherit/VALUE, which is the value with the lowest bit set. */
function parseTos(text: string): number | null {
  const [first, second] = text.split('/', 2) as [string, string | undefined];
  if (first !== 'inherit') return parseDsfield(text);
  const value = second === undefined ? 0 : parseDsfield(second);
  return value === null ? null : value | INHERIT_TOS;
}

const takeTos: Take = ({ settings }, args) => {
  settings.tos = parsed(args, parseTos, 'bad TOS value', 0);
};

/** In the order of comparison of parse_args. */
const KEYWORDS: readonly Keyword<TunnelWords>[] = [
  exact('mode', takeMode),
  exact('key ikey okey', keys),
  exact('seq iseq oseq csum icsum ocsum', () => {}),
  exact('nopmtudisc', ({ settings }) => {
    settings.pmtudisc = false;
  }),
  exact('pmtudisc', ({ settings }) => {
    settings.pmtudisc = true;
  }),
  exact('remote', ({ settings }, args) => {
    settings.remote = takeAddress32(args, args.value());
  }),
  exact('local', ({ settings }, args) => {
    settings.local = takeAddress32(args, args.value());
  }),
  exact('dev', ({ settings }, args) => {
    settings.link = args.value();
  }),
  // "inherit" is no value but the absence of one: a tunnel that is changed keeps the TTL that it has
  exact('ttl hoplimit hlim', ({ settings }, args) => {
    const ttl = (text: string) => (text === 'inherit' ? settings.ttl : parseUnsigned(text, 255));
    settings.ttl = parsed(args, ttl, 'invalid TTL\n', 0);
  }),
  exact('tos tclass', takeTos),
  prefix('dsfield', takeTos),
];

const takeName: Take = (words, args) => {
  const named = args.is('name');
  if (!named && args.begins('help')) return args.usage(TUNNEL_USAGE);
  const name = named ? args.value() : args.word;
  if (args.failure !== 0) return;
  if (words.name !== '') return args.garbage('name', name);
  if (!isDeviceName(name)) return args.wrong('"name" not a valid ifname', name);
  words.name = name;
  if (words.command === 'change' && words.first) adoptSettings(words, args);
};

/** SIOCGETTUNNEL of the tunnel that is to be changed. */
function adoptSettings(words: TunnelWords, args: Arguments): void {
  const tunnel = tunnelCalled(args.session, words.name);
  if (typeof tunnel === 'number') {
    args.stop(tunnel);
    return;
  }
  const { ipip } = tunnel;
  words.settings = { ...ipip, link: ipip.link === 0 ? '' : args.session.nameOf(ipip.link) };
  words.mode = ipip.protocol;
}

/** Marks that a word has been taken, whatever it was. */
const counted = (take: Take): Take => {
  return (words, args) => {
    take(words, args);
    words.first = false;
  };
};

const COUNTED = KEYWORDS.map((keyword) => ({ ...keyword, take: counted(keyword.take) }));

function parse(session: Session, command: Command, rest: readonly string[]): TunnelWords | number {
  const args = new Arguments(session, rest);
  const settings = { ...IPIP_DEFAULTS };
  const words: TunnelWords = { command, name: '', settings, mode: 0, first: true };
  walk(args, COUNTED, words, counted(takeName));
  if (args.failure === 0) check(args, words);
  return args.failure === 0 ? words : args.failure;
}

function check(args: Arguments, words: TunnelWords): void {
  const { settings } = words;
  if (words.mode === 0) words.mode = modeOf(words.name);
  if (settings.link !== '' && args.session.link(settings.link) === null) {
    args.stop(args.session.noDevice(settings.link));
    return;
  }
  if (isMulticast(settings.remote) && settings.local === ANY)
    args.fail('A broadcast tunnel requires a source address');
  if (words.mode !== 0 && words.mode !== IPIP && args.failure === 0)
    args.stop(args.session.notEmulated('ip tunnel for anything but mode ipip'));
  settings.protocol = words.mode;
}

/** The mode that a name begins with. */
function modeOf(name: string): number {
  const found = Object.entries(MODES).find(([mode]) => name.startsWith(mode));
  return found?.[1] ?? 0;
}

/** A tunnel of this name, or the exit status of the complaint that there is none. */
function tunnelCalled(session: Session, name: string): Tunnel | number {
  const link = session.link(name);
  if (link !== null && isTunnel(link)) return link;
  const errno = link === null ? Errno.ENODEV : Errno.EOPNOTSUPP;
  return session.fail(`get tunnel "${name}" failed: ${strerror(errno)}`);
}

const isTunnel = (link: LinkInfo): link is Tunnel => link.ipip !== null;

const failed = (session: Session, what: string, name: string, refusal: Refusal): number =>
  session.fail(`${what} tunnel "${name}" failed: ${strerror(refusal.errno)}`);

function modify(session: Session, command: 'add' | 'change', rest: readonly string[]): number {
  const words = parse(session, command, rest);
  if (typeof words === 'number') return words;
  const { settings, name } = words;
  if (settings.ttl !== 0 && !settings.pmtudisc)
    return session.fail('ttl != 0 and nopmtudisc are incompatible');
  if (words.mode === 0) return session.fail('cannot determine tunnel mode (ipip, gre, vti or sit)');
  const device = command === 'change' && name !== '' ? name : BASE_DEVICE;
  const refusal =
    command === 'add'
      ? addTunnel(session.namespace, name, settings)
      : changeTunnel(session.namespace, device, settings);
  return refusal === null ? 0 : failed(session, 'add', device, refusal);
}

function remove(session: Session, rest: readonly string[]): number {
  const words = parse(session, 'delete', rest);
  if (typeof words === 'number') return words;
  const name = words.name !== '' ? words.name : words.mode === IPIP ? BASE_DEVICE : '';
  const refusal = deleteTunnel(session.namespace, name, words.settings);
  return refusal === null ? 0 : failed(session, 'delete', name, refusal);
}

// ---- show ----------------------------------------------------------------------------------------------------

function show(session: Session, rest: readonly string[]): number {
  const words = parse(session, 'show', rest);
  if (typeof words === 'number') return words;
  if (words.mode !== 0) return showOne(session, words.name === '' ? BASE_DEVICE : words.name);
  const out = session.printer();
  for (const link of dumpLinks(session.namespace)) {
    if (link.hardwareType !== HARDWARE_TYPE || !isTunnel(link) || !passes(session, words, link)) continue;
    printTunnel(out, link, session.names, (index) => session.nameOf(index));
    if (session.options.statistics > 0) printTunnelStats(out, link, session.options.oneline);
    out.always('\n');
  }
  session.out(out.finish());
  return 0;
}

/** A mode leads to one tunnel, which is printed as text and without counters. */
function showOne(session: Session, name: string): number {
  const tunnel = tunnelCalled(session, name);
  if (typeof tunnel === 'number') return tunnel;
  const out = session.textPrinter();
  printTunnel(out, tunnel, session.names, (index) => session.nameOf(index));
  session.out(`${out.finish()}\n`);
  return 0;
}

function passes(session: Session, { name, settings }: TunnelWords, tunnel: Tunnel): boolean {
  const ipip: IpipInfo = tunnel.ipip;
  if (name !== '' && name !== tunnel.name) return false;
  if (settings.link !== '' && settings.link !== session.nameOf(ipip.link)) return false;
  return (
    (settings.remote === ANY || settings.remote === ipip.remote) &&
    (settings.local === ANY || settings.local === ipip.local)
  );
}

// ---- lists of routers and prefixes of IPv6 transitions, which no IPIP tunnel has ----------------------------------

interface TransitionWords {
  device: string;
  entries: number;
}

const takeDevice: Keyword<TransitionWords> = exact('dev', (words, args) => {
  words.device = args.value();
  if (args.failure === 0 && !isDeviceName(words.device)) args.wrong('"dev" not a valid ifname', words.device);
});

const PRL_KEYWORDS: readonly Keyword<TransitionWords>[] = [
  exact('prl-default prl-nodefault prl-delete', (words, args) => {
    takeAddress32(args, args.value());
    if (++words.entries > 1) args.exit('One PRL entry at a time');
  }),
  takeDevice,
];

function changeRouters(session: Session, rest: readonly string[]): number {
  const args = new Arguments(session, rest);
  const words: TransitionWords = { device: '', entries: 0 };
  walk(args, PRL_KEYWORDS, words, () => args.exit(`Invalid PRL parameter "${args.word}"`));
  if (args.failure !== 0) return args.failure;
  if (words.device === '') return session.exit('Must specify device');
  return session.notEmulated('ip tunnel prl');
}

function changePrefix(session: Session, rest: readonly string[]): number {
  if (!rest.includes('dev')) return session.exit('Must specify device');
  return session.notEmulated('ip tunnel 6rd');
}

const VERBS: readonly Verb[] = [
  prefixVerb('add', (session, rest) => modify(session, 'add', rest)),
  prefixVerb('change', (session, rest) => modify(session, 'change', rest)),
  prefixVerb('delete', remove),
  prefixVerb('show lst list', show),
  prefixVerb('prl', changeRouters),
  prefixVerb('6rd', changePrefix),
  prefixVerb('help', (session) => session.usage(TUNNEL_USAGE)),
];

const IPV6_MODES = new Set(
  'ipv6/ipv6 ip6ip6 vti6 ip/ipv6 ipv4/ipv6 ipip6 ip4ip6 ip6gre gre/ipv6 any/ipv6 any'.split(' '),
);

export function tunnel(session: Session, words: readonly string[]): number | Promise<number> {
  const mode = words[words.indexOf('mode') + 1];
  const ipv6 = words.includes('mode') && mode !== undefined && IPV6_MODES.has(mode);
  if (ipv6 || session.options.family === Family.INET6) return ipv6Tunnel(session, words);
  if (!session.ipv4) return session.exit(`Unsupported protocol family: ${session.options.family}`);
  return runVerb(session, words, VERBS, show, 'ip tunnel', '');
}

/** Without IPv6 there are no such tunnels to list and no socket to make one by. */
function ipv6Tunnel(session: Session, [verb]: readonly string[]): number {
  if (verb === undefined || 'show'.startsWith(verb) || 'list'.startsWith(verb) || verb === 'lst') {
    session.out(session.printer().finish());
    return 0;
  }
  return session.fail(`create socket failed: ${strerror(Errno.EAFNOSUPPORT)}`);
}
