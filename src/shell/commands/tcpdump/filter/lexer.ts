// The words of a filter expression (scanner.l of libpcap 1.10.3).

/**
 * `symbol`: an operator or bracket; `word`: a keyword or protocol name; `number`; `host`: 1 to 4 decimal numbers with
 * dots (at least one dot); `host6`; `mac`; `name`: anything else of letters and digits, or a word behind a backslash.
 */
type TokenKind = 'symbol' | 'word' | 'number' | 'host' | 'host6' | 'mac' | 'name' | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Of a number. */
  readonly value: number;
}

/** Protocols by their names in expressions. */
export const PROTOCOLS: ReadonlySet<string> = new Set(
  (
    'link ether arp rarp ip ip6 icmp icmp6 igmp tcp udp sctp igrp pim vrrp carp ah esp decnet lat sca moprc mopdl ' +
    'ppp slip fddi tr wlan atalk aarp stp ipx netbeui iso clnp esis isis l1 l2 iih lsp snp csnp psnp radio'
  ).split(' '),
);

/** Keywords with a meaning here. */
const KEYWORDS: ReadonlySet<string> = new Set(
  'src dst host net mask port portrange proto and or not less greater len broadcast multicast inbound outbound vlan ifindex'.split(
    ' ',
  ),
);

/** Keywords of libpcap that are not emulated. */
export const FOREIGN_KEYWORDS: ReadonlySet<string> = new Set(
  (
    'protochain gateway byte mpls pppoed pppoes geneve llc type subtype direction dir addr1 addr2 addr3 addr4 ra ta ' +
    'lane metac bcc oam oamf4 oamf4ec oamf4sc sc ilmic vpi vci connectmsg metaconnect on ifname rset ruleset rnr ' +
    'rulenum srnr subrulenum reason action fisu lssu lsu msu hfisu hlssu hmsu sio opc dpc sls hsio hopc hdpc hsls'
  ).split(' '),
);

const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['&&', 'and'],
  ['||', 'or'],
  ['!', 'not'],
  ['length', 'len'],
  ['==', '='],
]);

/** Offsets and values with names (pcap-filter(7)). */
const CONSTANTS: ReadonlyMap<string, number> = new Map([
  ['icmptype', 0],
  ['icmpcode', 1],
  ['icmp-echoreply', 0],
  ['icmp-unreach', 3],
  ['icmp-sourcequench', 4],
  ['icmp-redirect', 5],
  ['icmp-echo', 8],
  ['icmp-routeradvert', 9],
  ['icmp-routersolicit', 10],
  ['icmp-timxceed', 11],
  ['icmp-paramprob', 12],
  ['icmp-tstamp', 13],
  ['icmp-tstampreply', 14],
  ['icmp-ireq', 15],
  ['icmp-ireqreply', 16],
  ['icmp-maskreq', 17],
  ['icmp-maskreply', 18],
  ['icmp6type', 0],
  ['icmp6code', 1],
  ['icmp6-destinationunreach', 1],
  ['icmp6-packettoobig', 2],
  ['icmp6-timeexceeded', 3],
  ['icmp6-parameterproblem', 4],
  ['icmp6-echo', 128],
  ['icmp6-echoreply', 129],
  ['icmp6-multicastlistenerquery', 130],
  ['icmp6-multicastlistenerreportv1', 131],
  ['icmp6-multicastlistenerdone', 132],
  ['icmp6-routersolicit', 133],
  ['icmp6-routeradvert', 134],
  ['icmp6-neighborsolicit', 135],
  ['icmp6-neighboradvert', 136],
  ['icmp6-redirect', 137],
  ['icmp6-routerrenum', 138],
  ['icmp6-nodeinformationquery', 139],
  ['icmp6-nodeinformationresponse', 140],
  ['icmp6-ineighbordiscoverysolicit', 141],
  ['icmp6-ineighbordiscoveryadvert', 142],
  ['icmp6-multicastlistenerreportv2', 143],
  ['icmp6-homeagentdiscoveryrequest', 144],
  ['icmp6-homeagentdiscoveryreply', 145],
  ['icmp6-mobileprefixsolicit', 146],
  ['icmp6-mobileprefixadvert', 147],
  ['icmp6-certpathsolicit', 148],
  ['icmp6-certpathadvert', 149],
  ['icmp6-multicastrouteradvert', 151],
  ['icmp6-multicastroutersolicit', 152],
  ['icmp6-multicastroutertermination', 153],
  ['tcpflags', 13],
  ['tcp-fin', 0x01],
  ['tcp-syn', 0x02],
  ['tcp-rst', 0x04],
  ['tcp-push', 0x08],
  ['tcp-ack', 0x10],
  ['tcp-urg', 0x20],
  ['tcp-ece', 0x40],
  ['tcp-cwr', 0x80],
]);

const NUMBER = '(?:0[xX][0-9a-fA-F]+|[0-9]+)';
const OCTET = '[0-9a-fA-F]{1,2}';
const RULES: readonly (readonly [TokenKind | 'escaped', RegExp])[] = [
  ['mac', new RegExp(`${OCTET}(?::${OCTET}){5}(?![0-9a-fA-F:])`, 'y')],
  ['mac', new RegExp(`${OCTET}(?:-${OCTET}){5}(?![-0-9a-zA-Z])`, 'y')],
  ['host6', /(?=[0-9a-fA-F]*:[0-9a-fA-F]*:)(?:[0-9a-fA-F:]*:\d+\.\d+\.\d+\.\d+|[0-9a-fA-F:]+)/y],
  ['number', new RegExp(`${NUMBER}(?![-_.0-9a-zA-Z])`, 'y')],
  ['host', new RegExp(`${NUMBER}(?:\\.${NUMBER}){1,3}(?![-_.0-9a-zA-Z])`, 'y')],
  ['name', /[A-Za-z0-9](?:[-_.A-Za-z0-9]*[.A-Za-z0-9])?/y],
  ['escaped', /\\[^ !()\n\t]+/y],
  ['symbol', /&&|\|\||<=|>=|!=|==|<<|>>|[()[\]:/!<>=+\-*&|^%]/y],
];

function makeToken(kind: TokenKind | 'escaped', raw: string): Token {
  if (kind === 'escaped') return { kind: 'name', text: raw.slice(1), value: 0 };
  if (kind === 'number') return { kind, text: raw, value: parseNumber(raw) };
  const text = SYNONYMS.get(raw) ?? raw;
  if (KEYWORDS.has(text) || PROTOCOLS.has(text) || FOREIGN_KEYWORDS.has(text))
    return { kind: 'word', text, value: 0 };
  const constant = CONSTANTS.get(text);
  if (constant !== undefined) return { kind: 'number', text, value: constant };
  return { kind, text, value: 0 };
}

/** Decimal, hexadecimal behind 0x, octal behind 0, as strtoul(3) with base 0; modulo 2^32. */
function parseNumber(text: string): number {
  const base = /^0[xX]/.test(text) ? 16 : /^0[0-7]+$/.test(text) ? 8 : 10;
  return Number.parseInt(text, base) % 2 ** 32;
}

/** The tokens with an `end` behind them; null if a character belongs to none. */
export function tokenize(text: string): Token[] | null {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    if (/\s/.test(text[at])) {
      at++;
      continue;
    }
    const token = tokenAt(text, at);
    if (token === null) return null;
    tokens.push(token.token);
    at += token.length;
  }
  return [...tokens, { kind: 'end', text: '', value: 0 }];
}

function tokenAt(text: string, at: number): { token: Token; length: number } | null {
  for (const [kind, rule] of RULES) {
    rule.lastIndex = at;
    const match = rule.exec(text);
    if (match !== null) return { token: makeToken(kind, match[0]), length: match[0].length };
  }
  return null;
}
