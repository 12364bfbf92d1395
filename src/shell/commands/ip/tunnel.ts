// `ip tunnel` for IPIP (ip/iptunnel.c, ip/tunnel.c): the ioctls of old, with words and exit statuses of their own.
import { Errno, type Refusal, strerror } from '../../../addr/errno.ts';
import { ANY, isMulticast } from '../../../addr/ipv4.ts';
import { addLink, deleteLink, dumpLinks, setLink } from '../../../admin/link.ts';
import type { IpipInfo, IpipSettings, LinkInfo } from '../../../admin/types.ts';
import { Arguments, exact, type Keyword, prefix, walk } from '../iproute2/arguments.ts';
import { parseDsfield } from '../iproute2/names.ts';
import { parseUnsigned } from '../iproute2/numbers.ts';
import { prefixVerb, runVerb, type Verb } from '../iproute2/object.ts';
import { Family } from '../iproute2/options.ts';
import { takeAddress32 } from '../iproute2/prefix.ts';
import type { Session } from '../iproute2/session.ts';
import { isDeviceName, parsed } from '../iproute2/values.ts';
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
  /** A mode was asked for, or follows from the name. */
  modeGiven: boolean;
  /** No word has been taken yet: a change starts from what is there if the name comes first. */
  first: boolean;
}

const DEFAULTS: Required<IpipSettings> = {
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

type Take = Keyword<TunnelWords>['take'];

const MODES = new Set(['gre', 'gre/ip', 'sit', 'ipv6/ip', 'isatap', 'vti']);

const takeMode: Take = (words, args) => {
  const mode = args.value();
  if (args.failure !== 0) return;
  if (MODES.has(mode)) return args.stop(args.session.notEmulated(`ip tunnel mode ${mode}`));
  if (mode !== 'ipip' && mode !== 'ip/ip') return args.exit(`Unknown tunnel mode "${mode}"`);
  words.settings.protocol = IPIP;
  words.modeGiven = true;
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
  exact('ttl hoplimit hlim', ({ settings }, args) => {
    const ttl = (text: string) => (text === 'inherit' ? 0 : parseUnsigned(text, 255));
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
  words.modeGiven = ipip.protocol === IPIP;
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
  const settings = { ...DEFAULTS };
  const words: TunnelWords = { command, name: '', settings, modeGiven: false, first: true };
  walk(args, COUNTED, words, counted(takeName));
  if (args.failure === 0) check(args, words);
  return args.failure === 0 ? words : args.failure;
}

function check(args: Arguments, words: TunnelWords): void {
  const { settings, name } = words;
  const other = /^(?:gre|sit|isatap|vti)/.exec(name);
  if (!words.modeGiven && other !== null) {
    args.stop(args.session.notEmulated(`ip tunnel mode ${other[0]}`));
    return;
  }
  if (!words.modeGiven && name.startsWith('ipip')) {
    settings.protocol = IPIP;
    words.modeGiven = true;
  }
  if (settings.link !== '' && args.session.link(settings.link) === null) {
    args.stop(args.session.noDevice(settings.link));
    return;
  }
  if (isMulticast(settings.remote) && settings.local === ANY)
    args.fail('A broadcast tunnel requires a source address');
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
  if (!words.modeGiven) return session.fail('cannot determine tunnel mode (ipip, gre, vti or sit)');
  const device = command === 'change' && name !== '' ? name : BASE_DEVICE;
  const refusal =
    command === 'add'
      ? addLink(session.namespace, {
          kind: 'ipip',
          name: name === '' ? freeName(session) : name,
          ipip: settings,
        })
      : setLink(session.namespace, device, { ipip: settings });
  return refusal === null ? 0 : failed(session, 'add', device, refusal);
}

/** ipip0 and so on: the ioctl has another pattern than netlink. */
function freeName(session: Session): string {
  const taken = new Set(dumpLinks(session.namespace).map((link) => link.name));
  let number = 0;
  while (taken.has(`ipip${number}`)) number++;
  return `ipip${number}`;
}

function remove(session: Session, rest: readonly string[]): number {
  const words = parse(session, 'delete', rest);
  if (typeof words === 'number') return words;
  const name = words.name !== '' ? words.name : words.modeGiven ? BASE_DEVICE : '';
  const link = name === '' ? null : session.link(name);
  if (link === null) return failed(session, 'delete', name, { errno: Errno.ENODEV });
  if (link.name === BASE_DEVICE) return failed(session, 'delete', name, { errno: Errno.EPERM });
  if (!isTunnel(link)) return failed(session, 'delete', name, { errno: Errno.EOPNOTSUPP });
  const refusal = deleteLink(session.namespace, link.index);
  return refusal === null ? 0 : failed(session, 'delete', name, refusal);
}

// ---- show ----------------------------------------------------------------------------------------------------

function show(session: Session, rest: readonly string[]): number {
  const words = parse(session, 'show', rest);
  if (typeof words === 'number') return words;
  if (words.modeGiven) return showOne(session, words.name === '' ? BASE_DEVICE : words.name);
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

const VERBS: readonly Verb[] = [
  prefixVerb('add', (session, rest) => modify(session, 'add', rest)),
  prefixVerb('change', (session, rest) => modify(session, 'change', rest)),
  prefixVerb('delete', remove),
  prefixVerb('show lst list', show),
  prefixVerb('prl', (session) => session.notEmulated('ip tunnel prl')),
  prefixVerb('6rd', (session) => session.notEmulated('ip tunnel 6rd')),
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
