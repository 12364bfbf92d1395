// Links in the words of `ip link add` and `ip link set`.
import { formatIpv4, type Ipv4, isMulticast } from '../addr/ipv4.ts';
import { formatMac, type Mac } from '../addr/mac.ts';
import type {
  BridgePortSettings,
  BridgeSettings,
  IpipSettings,
  LinkAdd,
  LinkChange,
  LinkSet,
  VlanSettings,
  VxlanSettings,
} from '../admin/types.ts';
import type { NewLink } from './operation.ts';
import { either, flag, hex, onOff, quoted, valued } from './words.ts';

/** How `netns` names the namespace that has no name: by the first process, which lives there. */
const namespaceWord = (name: string): string => (name === '' ? '1' : name);

export function addWords(link: NewLink, peerNamespace: string | undefined): string[] {
  const { kind, veth, ipip, vxlan, vrf, vlan, bridge } = link;
  const words = ['link', 'add', ...valued('link', link.link), ...endWords(link), ...valued('type', kind)];
  switch (kind) {
    case 'veth':
      return veth?.peer === undefined ? words : [...words, 'peer', ...peerWords(veth.peer, peerNamespace)];
    case 'ipip':
      return [...words, ...ipipWords(ipip ?? {})];
    case 'vxlan':
      return vxlan === undefined ? words : [...words, ...vxlanWords({ port: 0, ...vxlan })];
    case 'vrf':
      return [...words, ...valued('table', vrf?.table)];
    case 'vlan':
      return vlan === undefined ? words : [...words, ...vlanWords(vlan)];
    default:
      return bridge === undefined ? words : [...words, ...bridgeWords(bridge)];
  }
}

const endWords = (link: LinkAdd): string[] => [
  ...valued('name', link.name),
  ...valued('index', link.index),
  ...changeWords(link),
];

const peerWords = (peer: LinkAdd, namespace: string | undefined): string[] => [
  ...endWords(peer),
  ...valued('netns', namespace === undefined ? undefined : namespaceWord(namespace)),
];

export function setWords(device: string, change: LinkSet, toNamespace: string | undefined): string[] {
  const { name, newIndex } = change;
  return [
    'link',
    'set',
    ...valued('dev', device),
    ...valued('netns', toNamespace === undefined ? undefined : namespaceWord(toNamespace)),
    ...valued('name', name),
    ...valued('index', newIndex),
    ...changeWords(change),
    ...kindWords(change),
  ];
}

/** `type KIND …`: of one kind, as only one has a place in a line. */
function kindWords({ ipip, vxlan, bridge, bridgePort }: LinkChange): string[] {
  if (ipip !== undefined) return ['type', 'ipip', ...ipipWords(ipip)];
  if (vxlan !== undefined) return ['type', 'vxlan', ...vxlanWords(vxlan)];
  if (bridge !== undefined) return ['type', 'bridge', ...bridgeWords(bridge)];
  return bridgePort === undefined ? [] : ['type', 'bridge_slave', ...portWords(bridgePort)];
}

const macWord = (address: Mac | undefined): string | undefined =>
  address === undefined ? undefined : formatMac(address);

function changeWords(change: LinkChange): string[] {
  const { master } = change;
  return [
    ...valued('mtu', change.mtu),
    ...valued('address', macWord(change.address)),
    ...valued('broadcast', macWord(change.broadcast)),
    ...valued('txqueuelen', change.txQueueLength),
    ...valued('group', change.group),
    ...valued('alias', change.alias),
    ...(master === '' ? ['nomaster'] : valued('master', master)),
    ...onOff('arp', change.arp),
    ...onOff('multicast', change.multicast),
    ...onOff('promisc', change.promisc),
    ...onOff('allmulticast', change.allmulticast),
    ...onOff('carrier', change.carrier),
    ...either(change.up, 'up', 'down'),
  ];
}

// ---- kinds -----------------------------------------------------------------------------------------------------

const IPIP_MODES: Readonly<Record<number, string>> = { 0: 'any', 4: 'ipip', 137: 'mplsip' };
const INHERIT_TOS = 1;

const tosWord = (tos: number): string => (tos === INHERIT_TOS ? 'inherit' : hex(tos));
const end = (address: Ipv4 | undefined): string => (address ? formatIpv4(address) : 'any');

/** What is left out is the default to the request, but what the device has to iproute2: so all is said. */
function ipipWords(settings: IpipSettings): string[] {
  const { ttl = 0, tos = 0, pmtudisc = true, protocol = 4, fwmark } = settings;
  return [
    ...valued('mode', IPIP_MODES[protocol]),
    ...['remote', end(settings.remote), 'local', end(settings.local)],
    ...valued('dev', settings.link === '' ? undefined : settings.link),
    ...['ttl', ttl === 0 ? 'inherit' : String(ttl), 'tos', tosWord(tos)],
    pmtudisc || ttl !== 0 ? 'pmtudisc' : 'nopmtudisc',
    ...valued('fwmark', fwmark ? hex(fwmark) : undefined),
  ];
}

const TAGS: Readonly<Record<number, string>> = { 33024: '802.1Q', 34984: '802.1ad' };

const vlanWords = ({ id, protocol, ...flags }: VlanSettings): string[] => [
  ...valued('protocol', protocol === undefined ? undefined : TAGS[protocol]),
  ...valued('id', id),
  ...onOff('reorder_hdr', flags.reorderHeader),
  ...onOff('gvrp', flags.gvrp),
  ...onOff('mvrp', flags.mvrp),
  ...onOff('loose_binding', flags.looseBinding),
  ...onOff('bridge_binding', flags.bridgeBinding),
];

const DONT_FRAGMENT = ['unset', 'set', 'inherit'];

function vxlanWords(settings: VxlanSettings): string[] {
  const { remote, group, local, sourcePortLow: low, sourcePortHigh: high, tos, df } = settings;
  const far = group ?? remote;
  return [
    ...valued('id', settings.vni),
    ...(far ? [isMulticast(far) ? 'group' : 'remote', formatIpv4(far)] : []),
    ...valued('local', local ? formatIpv4(local) : undefined),
    ...valued('dev', settings.link || undefined),
    ...(low === undefined || high === undefined ? [] : ['srcport', String(low), String(high)]),
    ...valued('dstport', settings.port),
    ...(settings.ttlInherit ? ['ttl', 'inherit'] : valued('ttl', settings.ttl)),
    ...valued('tos', tos === undefined ? undefined : tosWord(tos)),
    ...valued('df', df === undefined ? undefined : DONT_FRAGMENT[df]),
    ...valued('ageing', settings.ageing),
    ...valued('maxaddress', settings.maxAddresses),
    ...vxlanSwitches(settings),
  ];
}

const vxlanSwitches = (settings: VxlanSettings): string[] => [
  ...either(settings.learning, 'learning', 'nolearning'),
  ...either(settings.proxy, 'proxy', 'noproxy'),
  ...either(settings.rsc, 'rsc', 'norsc'),
  ...either(settings.l2miss, 'l2miss', 'nol2miss'),
  ...either(settings.l3miss, 'l3miss', 'nol3miss'),
  ...either(settings.udpChecksum, 'udpcsum', 'noudpcsum'),
  ...either(settings.zeroChecksum6Tx, 'udp6zerocsumtx', 'noudp6zerocsumtx'),
  ...either(settings.zeroChecksum6Rx, 'udp6zerocsumrx', 'noudp6zerocsumrx'),
  ...flag('external', settings.external),
  ...flag('gbp', settings.gbp),
];

/** Microseconds as hundredths of a second. */
const ticks = (time: number | undefined): number | undefined =>
  time === undefined ? undefined : Math.round(time / 10_000);
const bit = (value: boolean | undefined): number | undefined =>
  value === undefined ? undefined : Number(value);

const bridgeWords = (settings: BridgeSettings): string[] => [
  ...valued('ageing_time', ticks(settings.ageingTime)),
  ...valued('forward_delay', ticks(settings.forwardDelay)),
  ...valued('hello_time', ticks(settings.helloTime)),
  ...valued('max_age', ticks(settings.maxAge)),
  ...valued('priority', settings.priority),
  ...valued('stp_state', bit(settings.stp)),
  ...valued('vlan_filtering', bit(settings.vlanFiltering)),
  ...valued('vlan_default_pvid', settings.defaultPvid),
  ...valued('mcast_snooping', bit(settings.mcastSnooping)),
];

const portWords = (settings: BridgePortSettings): string[] => [
  ...valued('state', settings.state),
  ...valued('priority', settings.priority),
  ...valued('cost', settings.cost),
  ...onOff('learning', settings.learning),
  ...onOff('flood', settings.flood),
  ...onOff('mcast_flood', settings.mcastFlood),
  ...onOff('bcast_flood', settings.bcastFlood),
  ...onOff('hairpin', settings.hairpin),
  ...onOff('isolated', settings.isolated),
  ...onOff('neigh_suppress', settings.neighSuppress),
  ...onOff('proxy_arp', settings.proxyArp),
  ...onOff('guard', settings.guard),
  ...onOff('root_block', settings.rootBlock),
  ...onOff('fastleave', settings.fastLeave),
];

export const deleteWords = (device: string): string[] => ['link', 'delete', 'dev', quoted(device)];
