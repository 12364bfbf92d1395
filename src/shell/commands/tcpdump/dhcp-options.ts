// DHCP options by number (RFC 2132 and others): tcpdump's name for each, and how its value is written (tag2str).
//
// i addresses, p pairs of addresses, l unsigned and L signed 32 bits, s 16 bits, b bytes, B booleans, a text,
// $ a form of its own.

const OPTIONS = `
1 i Subnet-Mask, 2 L Time-Zone, 3 i Default-Gateway, 4 i Time-Server, 5 i IEN-Name-Server,
6 i Domain-Name-Server, 7 i LOG, 8 i CS, 9 i LPR-Server, 10 i IM, 11 i RL, 12 a Hostname, 13 s BS, 14 a DP,
15 a Domain-Name, 16 i SS, 17 a RP, 18 a EP, 19 B IPF, 20 B SRT, 21 p PF, 22 s RSZ, 23 b TTL,
24 l MTU-Timeout, 25 s MTU-Table, 26 s MTU, 27 B LSN, 28 i BR, 29 B MD, 30 B MS, 31 B Router-Discovery,
32 i RSA, 33 p Static-Route, 34 B UT, 35 l AT, 36 B IE, 37 b TT, 38 l KI, 39 B KG, 40 a YD, 41 i YS,
42 i NTP, 43 b Vendor-Option, 44 i Netbios-Name-Server, 45 i WDD, 46 $ Netbios-Node, 47 a Netbios-Scope,
48 i XFS, 49 i XDM, 50 i Requested-IP, 51 l Lease-Time, 52 $ OO, 53 b DHCP-Message, 54 i Server-ID,
55 b Parameter-Request, 56 a MSG, 57 s MSZ, 58 l RN, 59 l RB, 60 a Vendor-Class, 61 $ Client-ID, 64 s N+D,
65 i N+S, 66 a TFTP, 67 a BF, 68 i MH, 69 i SMTP, 70 i POP3, 71 i NNTP, 72 i WWW, 73 i FG, 74 i IRC,
75 i STS, 76 i STDA, 77 $ User-Class, 78 b SLP-DA, 79 b SLP-SCOPE, 80 a SLP-NA, 81 $ FQDN,
82 $ Agent-Information, 83 b ARMT, 88 a TZSTR, 89 b FQDNS, 90 b AUTH, 91 L Last-Transaction-Time,
92 i Associated-IP, 93 s ARCH, 94 b NDI, 95 a LDAP, 97 b GUID, 98 a UAP, 100 a POSIX-TZ, 101 a TZ-Name,
112 i NI, 113 a NITAG, 114 a URL, 116 B NOAUTO, 117 s NSSEARCH, 118 i SUBNET, 121 $ Classless-Static-Route,
150 i TFTP-Server-Address, 161 a MUD-URL, 249 $ Classless-Static-Route-Microsoft`;

export interface DhcpOption {
  readonly name: string;
  readonly form: string;
}

const TABLE: ReadonlyMap<number, DhcpOption> = new Map(
  OPTIONS.split(',').map((entry) => {
    const [number, form, name] = entry.trim().split(' ');
    return [Number(number), { name, form }];
  }),
);

export const TAG = {
  PAD: 0,
  NETBIOS_NODE: 46,
  OVERLOAD: 52,
  MESSAGE_TYPE: 53,
  PARAMETERS: 55,
  CLIENT_ID: 61,
  USER_CLASS: 77,
  CLIENT_FQDN: 81,
  AGENT: 82,
  CLASSLESS_ROUTES: 121,
  CLASSLESS_ROUTES_MS: 249,
  END: 255,
} as const;

/** An unknown option is written as the widest numbers that its length is a multiple of. */
const formOf = (length: number): string => ((length & 1) !== 0 ? 'b' : (length & 2) !== 0 ? 's' : 'l');

export function dhcpOption(tag: number, length: number): DhcpOption {
  if (tag === TAG.PAD) return { name: 'PAD', form: 'b' };
  if (tag === TAG.END) return { name: 'END', form: 'b' };
  return TABLE.get(tag) ?? { name: 'Unknown', form: formOf(length) };
}

export const MESSAGE_NAMES = [
  '',
  'Discover',
  'Offer',
  'Request',
  'Decline',
  'ACK',
  'NACK',
  'Release',
  'Inform',
  '',
  'LeaseQuery',
  'LeaseUnassigned',
  'LeaseUnknown',
  'LeaseActive',
];
