// A link: the object of `ip -j link` or `ip -j address` as data (print_linkinfo in ip/ipaddress.c), with what `-d` tells of
// tunnels, bridges and their ports.
import { ANY, parseIpv4 } from '../addr/ipv4.ts';
import { parseMac } from '../addr/mac.ts';
import { LINK_FLAG_NAMES } from '../admin/link-flags.ts';
import { DSFIELD_NAMES } from '../admin/route-names.ts';
import type {
  BridgePortSettings,
  BridgeSettings,
  IpipSettings,
  VlanSettings,
  VxlanSettings,
} from '../admin/types.ts';
import { Fields, type Json, type Reading } from './fields.ts';
import type { DumpedLink } from './node-dump.ts';

/** IFF_UP and IFF_LOWER_UP: what an administrator wants and what the cable gives. */
export const LinkFlag = {
  UP: 0x1,
  LOOPBACK: 0x8,
  NOARP: 0x80,
  PROMISC: 0x100,
  SLAVE: 0x800,
  LOWER_UP: 0x10000,
} as const;

const FLAG_BITS = new Map(LINK_FLAG_NAMES.map(([bit, name]) => [name, bit]));
const GROUP_NAMES: ReadonlyMap<number, string> = new Map([[0, 'default']]);

/** Objects of links have many more fields; those that are not asked for here say nothing about where packets go. */
export function linkFrom(record: Json): Reading<DumpedLink> {
  const fields = new Fields(record);
  const name = fields.text('ifname');
  if (name === '') return { wrong: 'no name' };
  const info = fields.inner('linkinfo');
  const kind = info.has('info_kind') ? info.text('info_kind') : kindWithout(fields);
  const type = fields.text('link_type');
  const data = info.inner('info_data');
  const link: DumpedLink = {
    index: fields.number('ifindex'),
    name,
    flags: fields.has('flags') ? flagsOf(fields.words('flags')) : null,
    mtu: fields.number('mtu'),
    type,
    kind,
    address: type === 'ipip' ? null : parseMac(fields.text('address')),
    master: fields.text('master'),
    lower: fields.text('link'),
    peerIndex: fields.number('link_index'),
    peerNamespace: fields.text('link_netns'),
    alias: fields.text('ifalias'),
    group: fields.named('group', GROUP_NAMES, 0),
    txQueueLength: fields.number('txqlen'),
    ipip: type === 'ipip' ? ipipOf(data, fields) : null,
    vxlan: kind === 'vxlan' ? vxlanOf(data) : null,
    vrf: kind === 'vrf' ? { table: data.number('table') } : null,
    vlan: kind === 'vlan' ? vlanOf(data) : null,
    bridge: kind === 'bridge' && info.has('info_data') ? bridgeOf(data) : null,
    bridgePort: info.text('info_slave_kind') === 'bridge' ? portOf(info.inner('info_slave_data')) : null,
  };
  const wrong = fields.wrong || info.wrong || data.wrong;
  return wrong === '' ? { value: link } : { wrong };
}

/** With `-d` a physical device or the loopback has no kind; without it nothing is known but what the type shows. */
function kindWithout(fields: Fields): string | null {
  const detailed = fields.has('promiscuity') || fields.text('link_type') === 'loopback';
  return detailed ? '' : fields.text('link_type') === 'ipip' ? 'ipip' : null;
}

/** IFF_* of the words; NO-CARRIER and M-DOWN are conclusions of iproute2. */
const flagsOf = (words: readonly string[]): number =>
  words.reduce((bits, word) => bits | (FLAG_BITS.get(word) ?? 0), 0);

const inherited = (fields: Fields, key: string): number =>
  fields.text(key) === 'inherit' ? 1 : fields.named(key, DSFIELD_NAMES, 0);

const endOf = (text: string) => (text === 'any' || text === '' ? ANY : (parseIpv4(text) ?? ANY));

const PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [0, 'any'],
  [4, 'ipip'],
  [137, 'mplsip'],
]);

/** Without details the ends still stand where other links have their MAC addresses. */
function ipipOf(data: Fields, fields: Fields): IpipSettings {
  const ends = { local: endOf(fields.text('address')), remote: endOf(fields.text('broadcast')) };
  if (!data.has('ttl')) return ends;
  return {
    ...ends,
    protocol: data.named('proto', PROTOCOLS, 0),
    ttl: data.text('ttl') === 'inherit' ? 0 : data.number('ttl'),
    tos: inherited(data, 'tos'),
    pmtudisc: data.flag('pmtudisc'),
    link: data.text('link'),
    fwmark: data.number('fwmark'),
  };
}

const TAGS: ReadonlyMap<number, string> = new Map([
  [0x8100, '802.1Q'],
  [0x88a8, '802.1ad'],
]);

function vlanOf(data: Fields): VlanSettings {
  const flags = data.words('flags');
  return {
    protocol: data.named('protocol', TAGS, 0x8100),
    id: data.number('id'),
    reorderHeader: flags.includes('REORDER_HDR'),
    gvrp: flags.includes('GVRP'),
    mvrp: flags.includes('MVRP'),
    looseBinding: flags.includes('LOOSE_BINDING'),
    bridgeBinding: flags.includes('BRIDGE_BINDING'),
  };
}

const DONT_FRAGMENT: ReadonlyMap<number, string> = new Map([
  [0, 'unset'],
  [1, 'set'],
  [2, 'inherit'],
]);

function vxlanOf(data: Fields): VxlanSettings {
  const range = data.inner('port_range');
  return {
    vni: data.number('id'),
    remote: data.has('group') ? data.address('group') : data.address('remote'),
    local: data.address('local'),
    link: data.text('link'),
    port: data.number('port'),
    sourcePortLow: range.number('low'),
    sourcePortHigh: range.number('high'),
    // iproute2 6.1 writes no field at all for an inherited one.
    ttlInherit: !data.has('ttl') || data.text('ttl') === 'inherit',
    ttl: ['inherit', 'auto'].includes(data.text('ttl')) ? 0 : data.number('ttl'),
    tos: inherited(data, 'tos'),
    df: data.named('df', DONT_FRAGMENT, 0),
    learning: data.flag('learning'),
    proxy: data.flag('proxy'),
    rsc: data.flag('rsc'),
    l2miss: data.flag('l2miss'),
    l3miss: data.flag('l3miss'),
    udpChecksum: data.flag('udp_csum'),
    zeroChecksum6Tx: data.flag('udp_zero_csum6_tx'),
    zeroChecksum6Rx: data.flag('udp_zero_csum6_rx'),
    ageing: data.number('ageing'),
    maxAddresses: data.number('limit'),
  };
}

/** Microseconds in a hundredth of a second, iproute2's unit of a bridge's times. */
const TICK = 10_000;

function bridgeOf(data: Fields): BridgeSettings {
  return {
    forwardDelay: data.number('forward_delay') * TICK,
    helloTime: data.number('hello_time') * TICK,
    maxAge: data.number('max_age') * TICK,
    ageingTime: data.number('ageing_time') * TICK,
    priority: data.number('priority'),
    stp: data.number('stp_state') !== 0,
    vlanFiltering: data.number('vlan_filtering') !== 0,
    defaultPvid: data.number('vlan_default_pvid', 1),
    mcastSnooping: data.number('mcast_snooping', 1) !== 0,
  };
}

/** The switches of a port; its state follows from its carrier. */
function portOf(data: Fields): BridgePortSettings {
  return {
    priority: data.number('priority'),
    cost: data.number('cost'),
    learning: data.flag('learning'),
    flood: data.flag('flood'),
    mcastFlood: data.flag('mcast_flood'),
    bcastFlood: data.flag('bcast_flood'),
    hairpin: data.flag('hairpin'),
    isolated: data.flag('isolated'),
    neighSuppress: data.flag('neigh_suppress'),
    proxyArp: data.flag('proxy_arp'),
    guard: data.flag('guard'),
    rootBlock: data.flag('root_block'),
    fastLeave: data.flag('fastleave'),
  };
}
