// `type bridge`: words and printing (ip/iplink_bridge.c). Times on the command line are hundredths of a second.

import type { BridgeInfo, BridgeSettings, LinkInfo } from '../../../admin/types.ts';
import { CLOCK_TICK } from '../../../time/clock.ts';
import { type Arguments, exact, type Keyword, prefix, walk } from '../iproute2/arguments.ts';
import type { Printer } from '../iproute2/printer.ts';
import { linkAddress, parsed, unsigned } from '../iproute2/values.ts';
import type { Kind, KindRequest } from './kind.ts';
import { BRIDGE_KIND_USAGE } from './usage.ts';

type Take = Keyword<BridgeSettings>['take'];

/** A number that the kernel keeps and this machine does not act upon. */
const ignored = (name: string, limit = 0xffffffff): Keyword<BridgeSettings> =>
  prefix(name, (_, args) => {
    unsigned(args, `invalid ${name}`, limit);
  });

const time =
  (name: string, set: (settings: BridgeSettings, microseconds: number) => void): Take =>
  (settings, args) =>
    set(settings, unsigned(args, `invalid ${name}`) * CLOCK_TICK);

const vlanProtocol = (text: string): string | null => (/^802\.1(q|ad)$/i.test(text) ? text : null);

/** In the order of comparison of bridge_parse_opt. */
const KEYWORDS: readonly Keyword<BridgeSettings>[] = [
  prefix(
    'forward_delay',
    time('forward_delay', (settings, value) => {
      settings.forwardDelay = value;
    }),
  ),
  prefix(
    'hello_time',
    time('hello_time', (settings, value) => {
      settings.helloTime = value;
    }),
  ),
  prefix(
    'max_age',
    time('max_age', (settings, value) => {
      settings.maxAge = value;
    }),
  ),
  prefix(
    'ageing_time',
    time('ageing_time', (settings, value) => {
      settings.ageingTime = value;
    }),
  ),
  prefix('stp_state', (settings, args) => {
    settings.stp = unsigned(args, 'invalid stp_state') !== 0;
  }),
  prefix('priority', (settings, args) => {
    settings.priority = unsigned(args, 'invalid priority', 0xffff);
  }),
  prefix('vlan_filtering', (settings, args) => {
    settings.vlanFiltering = unsigned(args, 'invalid vlan_filtering', 0xff) !== 0;
  }),
  prefix('vlan_protocol', (_, args) => {
    parsed(args, vlanProtocol, 'invalid vlan_protocol', '');
  }),
  ignored('group_fwd_mask', 0xffff),
  prefix('group_address', (_, args) => {
    linkAddress(args);
  }),
  exact('no_linklocal_learn', (_, args) => {
    unsigned(args, 'invalid no_linklocal_learn', 0xff);
  }),
  prefix('fdb_flush', (settings) => {
    settings.flush = true;
  }),
  prefix('vlan_default_pvid', (settings, args) => {
    settings.defaultPvid = unsigned(args, 'invalid vlan_default_pvid', 0xffff);
  }),
  ignored('vlan_stats_enabled', 0xff),
  ignored('vlan_stats_per_port', 0xff),
  ignored('mcast_router', 0xff),
  prefix('mcast_snooping', (settings, args) => {
    settings.mcastSnooping = unsigned(args, 'invalid mcast_snooping', 0xff) !== 0;
  }),
  exact('mcast_vlan_snooping', (_, args) => {
    unsigned(args, 'invalid mcast_vlan_snooping', 0xff);
  }),
  ignored('mcast_query_use_ifaddr', 0xff),
  ignored('mcast_querier', 0xff),
  ignored('mcast_hash_elasticity'),
  ignored('mcast_hash_max'),
  ignored('mcast_last_member_count'),
  ignored('mcast_startup_query_count'),
  ignored('mcast_last_member_interval'),
  ignored('mcast_membership_interval'),
  ignored('mcast_querier_interval'),
  ignored('mcast_query_interval'),
  ignored('mcast_query_response_interval'),
  ignored('mcast_startup_query_interval'),
  ignored('mcast_stats_enabled', 0xff),
  ignored('mcast_igmp_version', 0xff),
  ignored('mcast_mld_version', 0xff),
  ignored('nf_call_iptables', 0xff),
  ignored('nf_call_ip6tables', 0xff),
  ignored('nf_call_arptables', 0xff),
];

function otherwise(_: BridgeSettings, args: Arguments): void {
  const complaint = args.begins('help') ? '' : `bridge: unknown command "${args.word}"?\n`;
  args.session.context.err(complaint + BRIDGE_KIND_USAGE);
  args.stop(args.session.statuses.failed);
}

function parse(args: Arguments, request: KindRequest): void {
  const settings: BridgeSettings = {};
  walk(args, KEYWORDS, settings, otherwise);
  request.change.bridge = settings;
}

/** A bridge id as ether_ntoa(3) has it: 8000.020000000099 is printed as 8000.2:0:0:0:0:99. */
export function formatBridgeId(id: string): string {
  const [priority, address] = id.split('.') as [string, string];
  const octets = address.includes(':') ? address.split(':') : (address.match(/../g) ?? []);
  return `${priority}.${octets.map((octet) => Number.parseInt(octet, 16).toString(16)).join(':')}`;
}

const ticks = (microseconds: number): number => Math.round(microseconds / CLOCK_TICK);

/** What the kernel prints of the rest of multicast snooping, netfilter and VLANs, at its defaults; key, word and value. */
const DEFAULTS_OF_MULTICAST: readonly (readonly [key: string, word: string, value: number])[] = [
  ['no_linklocal_learn', 'no_linklocal_learn', 0],
  ['mcast_vlan_snooping', 'mcast_vlan_snooping', 0],
  ['mcast_router', 'mcast_router', 1],
  ['mcast_query_use_ifaddr', 'mcast_query_use_ifaddr', 0],
  ['mcast_querier', 'mcast_querier', 0],
  ['mcast_hash_elasticity', 'mcast_hash_elasticity', 16],
  ['mcast_hash_max', 'mcast_hash_max', 4096],
  ['mcast_last_member_cnt', 'mcast_last_member_count', 2],
  ['mcast_startup_query_cnt', 'mcast_startup_query_count', 2],
  ['mcast_last_member_intvl', 'mcast_last_member_interval', 100],
  ['mcast_membership_intvl', 'mcast_membership_interval', 26000],
  ['mcast_querier_intvl', 'mcast_querier_interval', 25500],
  ['mcast_query_intvl', 'mcast_query_interval', 12500],
  ['mcast_query_response_intvl', 'mcast_query_response_interval', 1000],
  ['mcast_startup_query_intvl', 'mcast_startup_query_interval', 3125],
  ['mcast_stats_enabled', 'mcast_stats_enabled', 0],
  ['mcast_igmp_version', 'mcast_igmp_version', 2],
  ['mcast_mld_version', 'mcast_mld_version', 1],
  ['nf_call_iptables', 'nf_call_iptables', 0],
  ['nf_call_ip6tables', 'nf_call_ip6tables', 0],
  ['nf_call_arptables', 'nf_call_arptables', 0],
];

/** A timer of the bridge. None runs without the spanning tree protocol but for garbage collection, which is not kept. */
export const printTimer = (out: Printer, name: string): void => out.raw(name, '0.00', `${name}    0.00 `);

function print(out: Printer, info: LinkInfo): void {
  const bridge = info.bridge as BridgeInfo;
  const count = (key: string, value: number, word = key): void => out.field(key, value, `${word} ${value} `);
  count('forward_delay', ticks(bridge.forwardDelay));
  count('hello_time', ticks(bridge.helloTime));
  count('max_age', ticks(bridge.maxAge));
  count('ageing_time', ticks(bridge.ageingTime));
  count('stp_state', Number(bridge.stp));
  count('priority', bridge.priority);
  count('vlan_filtering', Number(bridge.vlanFiltering));
  out.field('vlan_protocol', '802.1Q', 'vlan_protocol 802.1Q ');
  printTopology(out, bridge, count);
  count('vlan_default_pvid', bridge.defaultPvid);
  count('vlan_stats_enabled', 0);
  count('vlan_stats_per_port', 0);
  out.field('group_fwd_mask', '0', 'group_fwd_mask 0 ');
  out.field('group_addr', '01:80:c2:00:00:00', 'group_address 01:80:c2:00:00:00 ');
  count('mcast_snooping', Number(bridge.mcastSnooping));
  for (const [key, word, value] of DEFAULTS_OF_MULTICAST) count(key, value, word);
}

/** iproute2 6.1 prints the bridge's own id for the root's too. */
function printTopology(out: Printer, bridge: BridgeInfo, count: (key: string, value: number) => void): void {
  const id = formatBridgeId(bridge.bridgeId);
  out.field('bridge_id', id, `bridge_id ${id} `);
  out.field('root_id', id, `designated_root ${id} `);
  count('root_port', bridge.rootPort);
  count('root_path_cost', bridge.rootPathCost);
  count('topology_change', 0);
  count('topology_change_detected', 0);
  for (const timer of ['hello_timer', 'tcn_timer', 'topology_change_timer', 'gc_timer'])
    printTimer(out, timer);
}

export const bridgeKind: Kind = { parse, print, usage: BRIDGE_KIND_USAGE };
