// The lines of `ip link` and `ip address` about one device as the object that `ip -j` prints (print_linkinfo in
// ip/ipaddress.c, the print_opt functions of ip/iplink_*.c).
import { type Json, parseNumber } from './fields.ts';

export interface LinkDraft {
  [key: string]: unknown;
  ifname: string;
}

const HEAD = /^(\d+):\s+([^\s@]+?)(?:@([^\s:]+))?:\s+<([^>]*)>\s*(.*)$/;

/** `2: eth0@if5: <BROADCAST,UP> mtu 1500 …`; null for any other line. */
export function linkHead(line: string): LinkDraft | null {
  const match = HEAD.exec(line.trim());
  if (match === null) return null;
  const [, index, ifname, other, flags, rest] = match as unknown as [
    string,
    string,
    string,
    string?,
    string?,
    string?,
  ];
  const draft: LinkDraft = { ifindex: Number(index), ifname, flags: (flags ?? '').split(',') };
  Object.assign(draft, otherEnd(other ?? 'NONE'));
  takePairs(draft, (rest ?? '').split(/\s+/));
  return draft;
}

/** What stands behind the @: `if5`, `NONE` or a name. */
export function otherEnd(other: string): Json {
  if (other === 'NONE') return {};
  const foreign = /^if(\d+)$/.exec(other);
  return foreign === null ? { link: other } : { link_index: Number(foreign[1]) };
}

const PAIRS: Readonly<Record<string, string>> = {
  mtu: 'mtu',
  master: 'master',
  state: 'operstate',
  group: 'group',
  qlen: 'txqlen',
  brd: 'broadcast',
  peer: 'broadcast',
  promiscuity: 'promiscuity',
  'link-netns': 'link_netns',
  'link-netnsid': 'link_netnsid',
};

function takePairs(draft: LinkDraft, words: readonly string[]): void {
  for (let i = 0; i + 1 < words.length; i++) {
    const key = PAIRS[words[i] as string];
    if (key !== undefined) draft[key] = words[++i];
  }
}

/** Kinds that `-d` prints on a line of their own, among them those of ports. */
const KINDS = new Set([
  'bareudp',
  'bond',
  'bond_slave',
  'bridge',
  'bridge_slave',
  'dummy',
  'geneve',
  'gre',
  'gretap',
  'ifb',
  'ip6tnl',
  'ipip',
  'ipvlan',
  'macvlan',
  'netkit',
  'nlmon',
  'sit',
  'tun',
  'vcan',
  'veth',
  'vlan',
  'vrf',
  'vrf_slave',
  'vxlan',
  'wireguard',
  'xfrm',
]);

/** Takes an indented line that belongs to the device; false if it says nothing that is known. */
export function takeLinkLine(draft: LinkDraft, line: string): boolean {
  const words = line.trim().split(/\s+/);
  const first = words[0] as string;
  if (first.startsWith('link/')) {
    draft.link_type = first.slice('link/'.length);
    draft.address = words[1];
    takePairs(draft, words.slice(2));
    return true;
  }
  if (first === 'alias') draft.ifalias = line.trim().slice('alias '.length);
  else if (KINDS.has(first)) takeKind(draft, first, words.slice(1));
  else return ['altname', 'valid_lft', 'prog/xdp', 'vf', 'hairpin'].includes(first) || isCounter(line);
  return true;
}

/** The counters that -s prints: two titles and numbers. */
const isCounter = (line: string): boolean =>
  /^\s*(RX|TX)( errors)?:\s/.test(line) || /^[\s\d.kMGTi]+$/.test(line);

function takeKind(draft: LinkDraft, kind: string, words: string[]): void {
  const linkinfo = (draft.linkinfo ?? {}) as Record<string, unknown>;
  draft.linkinfo = linkinfo;
  if (kind.endsWith('_slave')) {
    linkinfo.info_slave_kind = kind.slice(0, -'_slave'.length);
    linkinfo.info_slave_data = settingsOf(words);
    return;
  }
  linkinfo.info_kind = kind;
  linkinfo.info_data = (PARSERS[kind] ?? settingsOf)(words);
}

/** `name value` pairs as a bridge and its ports print them; on and off are true and false. */
function settingsOf(words: readonly string[]): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (let i = 0; i + 1 < words.length; i += 2) {
    const value = words[i + 1] as string;
    settings[words[i] as string] =
      value === 'on' ? true : value === 'off' ? false : (parseNumber(value) ?? value);
  }
  return settings;
}

const VXLAN_VALUES: Readonly<Record<string, string>> = {
  id: 'id',
  group: 'group',
  remote: 'remote',
  local: 'local',
  dev: 'link',
  dstport: 'port',
  tos: 'tos',
  df: 'df',
  ageing: 'ageing',
  maxaddr: 'limit',
  ttl: 'ttl',
};

function vxlanWords(words: readonly string[]): Record<string, unknown> {
  const data: Record<string, unknown> = { learning: true };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const key = VXLAN_VALUES[word];
    if (key !== undefined) data[key] = words[++i];
    else if (word === 'srcport') data.port_range = { low: words[++i], high: words[++i] };
    else if (word === 'nolearning') data.learning = false;
    else if (word === 'udpcsum') data.udp_csum = true;
    else if (word === 'udp6zerocsumtx') data.udp_zero_csum6_tx = true;
    else if (word === 'udp6zerocsumrx') data.udp_zero_csum6_rx = true;
    else if (['proxy', 'rsc', 'l2miss', 'l3miss'].includes(word)) data[word] = true;
    else if (word === 'numtxqueues') break;
  }
  if (data.ageing === 'none') data.ageing = 0;
  return data;
}

const IPIP_VALUES: Readonly<Record<string, string>> = {
  remote: 'remote',
  local: 'local',
  dev: 'link',
  ttl: 'ttl',
  tos: 'tos',
  fwmark: 'fwmark',
};

function ipipWords(words: readonly string[]): Record<string, unknown> {
  const data: Record<string, unknown> = { proto: 'any', pmtudisc: false };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const key = IPIP_VALUES[word];
    if (key !== undefined) data[key] = words[++i];
    else if (['any', 'ipip', 'mplsip'].includes(word)) data.proto = word;
    else if (word === 'pmtudisc') data.pmtudisc = true;
    else if (word === 'numtxqueues') break;
  }
  return data;
}

/** `protocol 802.1Q id 100 <REORDER_HDR>`. */
function vlanWords(words: readonly string[]): Record<string, unknown> {
  const data: Record<string, unknown> = {};
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (word === 'protocol' || word === 'id') data[word] = words[++i];
    else if (word.startsWith('<')) data.flags = word.slice(1, -1).split(',');
    else break;
  }
  return data;
}

const PARSERS: Readonly<Record<string, typeof settingsOf>> = {
  vxlan: vxlanWords,
  ipip: ipipWords,
  vlan: vlanWords,
};
