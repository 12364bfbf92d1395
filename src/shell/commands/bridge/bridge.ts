// `bridge` of iproute2 6.1.0: options, objects and batches (bridge/bridge.c).
import type { Command } from '../../command.ts';
import { exact, type Keyword, prefix } from '../iproute2/arguments.ts';
import { prefixVerb, type Verb } from '../iproute2/object.ts';
import {
  batchOption,
  countStatistics,
  familyOption,
  ignored,
  setFamily,
  setTimestamp,
  turnOn,
} from '../iproute2/option-words.ts';
import { Family } from '../iproute2/options.ts';
import { BRIDGE_STATUSES, type Session } from '../iproute2/session.ts';
import { runTool, type Tool } from '../iproute2/tool.ts';
import { fdb } from './fdb.ts';
import { link } from './link.ts';
import { mdb } from './mdb.ts';
import { monitor } from './monitor.ts';
import { BRIDGE_USAGE } from './usage.ts';
import { vlan } from './vlan.ts';

const VERSION = 'bridge utility, 6.1.0\n';

/** In the order of comparison of bridge.c. */
const OBJECTS: readonly Verb[] = [
  prefixVerb('link', link),
  prefixVerb('fdb', fdb),
  prefixVerb('mdb', mdb),
  prefixVerb('vlan', vlan),
  prefixVerb('vni', (session) => session.notEmulated('bridge vni')),
  prefixVerb('monitor', monitor),
  prefixVerb('help', (session) => session.usage(BRIDGE_USAGE)),
];

/** In the order of comparison of bridge.c's main. */
const OPTIONS: readonly Keyword<Session>[] = [
  prefix('-help', (_, args) => args.usage(BRIDGE_USAGE)),
  prefix('-Version', (session) => session.end(VERSION)),
  prefix('-stats -statistics', countStatistics),
  prefix('-details', turnOn('details')),
  prefix('-oneline', turnOn('oneline')),
  prefix('-timestamp', setTimestamp('long')),
  prefix('-family', familyOption(BRIDGE_USAGE, [Family.INET, Family.INET6])),
  exact('-4', setFamily(Family.INET)),
  exact('-6', setFamily(Family.INET6)),
  prefix('-netns', (session, args) => {
    const name = args.value();
    if (args.failure === 0) args.stop(session.enter(name));
  }),
  prefix('-compressvlans', ignored),
  prefix('-force', turnOn('force')),
  prefix('-json', turnOn('json')),
  prefix('-pretty', turnOn('pretty')),
  prefix('-batch', batchOption(BRIDGE_USAGE)),
];

const TOOL: Tool = {
  name: 'bridge',
  options: OPTIONS,
  optionHelp: 'bridge help',
  objects: OBJECTS,
  statuses: BRIDGE_STATUSES,
  usage: BRIDGE_USAGE,
};

export const bridge: Command = { name: 'bridge', run: (context, words) => runTool(context, TOOL, words) };
