// `type vlan id VLANID`: words and printing (ip/iplink_vlan.c).
import type { LinkInfo, VlanSettings } from '../../../admin/types.ts';
import { type Arguments, type Keyword, prefix, walk } from '../iproute2/arguments.ts';
import type { Printer } from '../iproute2/printer.ts';
import { onOff, parsed, unsigned } from '../iproute2/values.ts';
import type { Kind, KindRequest } from './kind.ts';
import { VLAN_USAGE } from './usage.ts';

const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['802.1q', 0x8100],
  ['802.1ad', 0x88a8],
]);
const PROTOCOL_NAMES: Readonly<Record<number, string>> = { 33024: '802.1Q', 34984: '802.1ad' };

type Flag = 'reorderHeader' | 'gvrp' | 'mvrp' | 'looseBinding' | 'bridgeBinding';

const flag = (word: string, name: Flag): Keyword<VlanSettings> =>
  prefix(word, (settings, args) => {
    settings[name] = onOff(args, word);
  });

/** Priorities inside the machine, which nothing here has. */
const priorities = (word: string): Keyword<VlanSettings> =>
  prefix(word, (_, args) => args.stop(args.session.notEmulated(`vlan ${word}`)));

/** In the order of comparison of vlan_parse_opt. */
const KEYWORDS: readonly Keyword<VlanSettings>[] = [
  prefix('protocol', (settings, args) => {
    const number = (text: string): number | null => PROTOCOLS.get(text.toLowerCase()) ?? null;
    settings.protocol = parsed(args, number, 'protocol is invalid', 0);
  }),
  prefix('id', (settings, args) => {
    settings.id = unsigned(args, 'id is invalid', 0xffff);
  }),
  flag('reorder_hdr', 'reorderHeader'),
  flag('gvrp', 'gvrp'),
  flag('mvrp', 'mvrp'),
  flag('loose_binding', 'looseBinding'),
  flag('bridge_binding', 'bridgeBinding'),
  priorities('ingress-qos-map'),
  priorities('egress-qos-map'),
];

function otherwise(_: VlanSettings, args: Arguments): void {
  const complaint = args.begins('help') ? '' : `vlan: unknown command "${args.word}"?\n`;
  args.session.context.err(complaint + VLAN_USAGE);
  args.stop(args.session.statuses.failed);
}

function parse(args: Arguments, request: KindRequest): void {
  const settings: VlanSettings = {};
  walk(args, KEYWORDS, settings, otherwise);
  request.change.vlan = settings;
}

const FLAG_NAMES: readonly (readonly [Flag, string])[] = [
  ['reorderHeader', 'REORDER_HDR'],
  ['gvrp', 'GVRP'],
  ['mvrp', 'MVRP'],
  ['looseBinding', 'LOOSE_BINDING'],
  ['bridgeBinding', 'BRIDGE_BINDING'],
];

function print(out: Printer, { vlan }: LinkInfo): void {
  if (vlan === null) return;
  const protocol = PROTOCOL_NAMES[vlan.protocol];
  out.field('protocol', protocol, `protocol ${protocol} `);
  out.field('id', vlan.id, `id ${vlan.id} `);
  const names = FLAG_NAMES.filter(([name]) => vlan[name]).map(([, shown]) => shown);
  out.openArray('flags', '<');
  for (const [i, name] of names.entries()) out.item(name, `${i === 0 ? '' : ','}${name}`);
  out.closeArray();
  out.text('> ');
}

export const vlanKind: Kind = { parse, print, usage: VLAN_USAGE };
