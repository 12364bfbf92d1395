// `type vrf table TABLE`, and what a slave tells of its VRF's table (ip/iplink_vrf.c).
import type { VrfSettings } from '../../../admin/types.ts';
import { type Arguments, type Keyword, prefix, walk } from '../iproute2/arguments.ts';
import { parsed } from '../iproute2/values.ts';
import type { Kind, KindRequest } from './kind.ts';
import { VRF_USAGE } from './usage.ts';

const KEYWORDS: readonly Keyword<VrfSettings>[] = [
  prefix('table', (settings, args) => {
    const number = (text: string) => args.session.names.tableNumber(text);
    settings.table = parsed(args, number, 'invalid table ID\n', 0);
  }),
];

function otherwise(_: VrfSettings, args: Arguments): void {
  const complaint = args.begins('help') ? '' : `vrf: unknown option "${args.word}"?\n`;
  args.session.context.err(complaint + VRF_USAGE);
  args.stop(args.session.statuses.failed);
}

function parse(args: Arguments, request: KindRequest): void {
  const settings: VrfSettings = {};
  walk(args, KEYWORDS, settings, otherwise);
  request.change.vrf = settings;
}

export const vrfKind: Kind = {
  parse,
  print: (out, { vrfTable }) => out.field('table', vrfTable, `table ${vrfTable} `),
  usage: VRF_USAGE,
};

export const vrfSlaveKind: Kind = {
  print: (out, { vrfTable }) => out.field('table', vrfTable, `table ${vrfTable} `),
  usage: '',
};
