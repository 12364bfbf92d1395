// `type bridge_slave`: a bridge port's words and printing (ip/iplink_bridge_slave.c).
import type { BridgePortInfo, BridgePortSettings, LinkInfo } from '../../../admin/types.ts';
import { type Arguments, type Keyword, prefix, walk } from '../iproute2/arguments.ts';
import { PORT_STATES, type PortSwitch } from '../iproute2/bridge-port.ts';
import type { Printer } from '../iproute2/printer.ts';
import { parseOnOff, unsigned } from '../iproute2/values.ts';
import type { Kind, KindRequest } from './kind.ts';
import { formatBridgeId, printTimer } from './kind-bridge.ts';
import { BRIDGE_SLAVE_USAGE } from './usage.ts';

/** `on` and `off`; a wrong word ends the tool. Without a name it is a switch that stays off here. */
const onOff = (word: string, name: PortSwitch | null): Keyword<BridgePortSettings> =>
  prefix(word, (settings, args) => {
    const value = parseOnOff(args, word, 1, true);
    if (name !== null) settings[name] = value;
    else if (value) args.stop(args.session.notEmulated(`bridge_slave ${word} on`));
  });

/** In the order of comparison of bridge_slave_parse_opt. */
const KEYWORDS: readonly Keyword<BridgePortSettings>[] = [
  prefix('fdb_flush', (settings) => {
    settings.flush = true;
  }),
  prefix('state', (settings, args) => {
    settings.state = unsigned(args, 'state is invalid', 0xff);
  }),
  prefix('priority', (settings, args) => {
    settings.priority = unsigned(args, 'priority is invalid', 0xffff);
  }),
  prefix('cost', (settings, args) => {
    settings.cost = unsigned(args, 'cost is invalid');
  }),
  onOff('hairpin', 'hairpin'),
  onOff('guard', 'guard'),
  onOff('root_block', 'rootBlock'),
  onOff('fastleave', 'fastLeave'),
  onOff('learning', 'learning'),
  onOff('flood', 'flood'),
  onOff('mcast_flood', 'mcastFlood'),
  onOff('bcast_flood', 'bcastFlood'),
  onOff('mcast_to_unicast', null),
  onOff('proxy_arp', 'proxyArp'),
  onOff('proxy_arp_wifi', null),
  prefix('mcast_router', (_, args) => {
    unsigned(args, 'invalid mcast_router', 0xff);
  }),
  onOff('mcast_fast_leave', 'fastLeave'),
  onOff('neigh_suppress', 'neighSuppress'),
  prefix('group_fwd_mask', (_, args) => {
    unsigned(args, 'invalid group_fwd_mask', 0xffff);
  }),
  onOff('vlan_tunnel', null),
  onOff('isolated', 'isolated'),
  onOff('locked', null),
  prefix('backup_port', (_, args) => {
    const text = args.value();
    if (args.failure !== 0) return;
    if (args.session.link(text) === null) args.wrong('Device does not exist\n', text);
    else args.stop(args.session.notEmulated('backup_port'));
  }),
  prefix('nobackup_port', () => {}),
];

function otherwise(_: BridgePortSettings, args: Arguments): void {
  const complaint = args.begins('help') ? '' : `bridge_slave: unknown option "${args.word}"?\n`;
  args.session.context.err(complaint + BRIDGE_SLAVE_USAGE);
  args.stop(args.session.statuses.failed);
}

function parse(args: Arguments, request: KindRequest): void {
  const settings: BridgePortSettings = {};
  walk(args, KEYWORDS, settings, otherwise);
  request.change.bridgePort = settings;
}

const word = (value: boolean): string => (value ? 'on' : 'off');

/** Bits of a port number in a port id (BR_PORT_BITS). */
const PORT_BITS = 10;

function print(out: Printer, info: LinkInfo): void {
  const port = info.bridgePort as BridgePortInfo;
  const onOff = (key: string, value: boolean): void => out.field(key, value, `${key} ${word(value)} `);
  const count = (key: string, value: number, name = key): void => out.field(key, value, `${name} ${value} `);
  const state = PORT_STATES[port.state] as string;
  out.field('state', state, `state ${state} `);
  count('priority', port.priority);
  count('cost', port.cost);
  onOff('hairpin', port.hairpin);
  onOff('guard', port.guard);
  onOff('root_block', port.rootBlock);
  onOff('fastleave', port.fastLeave);
  onOff('learning', port.learning);
  onOff('flood', port.flood);
  printTree(out, port, count);
  onOff('proxy_arp', port.proxyArp);
  onOff('proxy_arp_wifi', false);
  count('multicast_router', 1, 'mcast_router');
  out.text(`mcast_fast_leave ${word(port.fastLeave)} `);
  onOff('mcast_flood', port.mcastFlood);
  onOff('bcast_flood', port.bcastFlood);
  onOff('mcast_to_unicast', false);
  onOff('neigh_suppress', port.neighSuppress);
  out.field('group_fwd_mask', '0', 'group_fwd_mask 0 ');
  out.field('group_fwd_mask_str', '0x0', 'group_fwd_mask_str 0x0 ');
  onOff('vlan_tunnel', false);
  onOff('isolated', port.isolated);
  onOff('locked', false);
}

/** The port's place in the spanning tree. */
function printTree(out: Printer, port: BridgePortInfo, count: (key: string, value: number) => void): void {
  const id = (port.priority << PORT_BITS) | port.number;
  out.field('id', `0x${id.toString(16)}`, `port_id 0x${id.toString(16)} `);
  out.field('no', `0x${port.number.toString(16)}`, `port_no 0x${port.number.toString(16)} `);
  count('designated_port', id);
  count('designated_cost', 0);
  const bridge = formatBridgeId(port.designatedBridge);
  const root = formatBridgeId(port.designatedRoot);
  out.field('bridge_id', bridge, `designated_bridge ${bridge} `);
  out.field('root_id', root, `designated_root ${root} `);
  for (const timer of ['hold_timer', 'message_age_timer', 'forward_delay_timer']) printTimer(out, timer);
  count('topology_change_ack', 0);
  count('config_pending', 0);
}

export const bridgeSlaveKind: Kind = { parse, print, usage: BRIDGE_SLAVE_USAGE };
