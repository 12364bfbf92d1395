// `tc` of iproute2 6.1.0 (tc/tc.c), as far as it directs frames: qdiscs that hold nothing back, and filters that
// redirect frames. Everything else says that it is not emulated.
import type { Command } from '../../command.ts';
import { exact, type Keyword, prefix } from '../iproute2/arguments.ts';
import { prefixVerb, type Verb } from '../iproute2/object.ts';
import { batchOption, turnOn } from '../iproute2/option-words.ts';
import { IP_STATUSES, type Session } from '../iproute2/session.ts';
import { runTool, type Tool } from '../iproute2/tool.ts';
import { filter } from './filter.ts';
import { qdisc } from './qdisc.ts';

const VERSION = 'tc utility, iproute2-6.1.0, libbpf 1.1.2\n';

const USAGE = `Usage:	tc [ OPTIONS ] OBJECT { COMMAND | help }
	tc [-force] -batch filename
where  OBJECT := { qdisc | class | filter | chain |
		    action | monitor | exec }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] | -r[aw] |
		    -o[neline] | -j[son] | -p[retty] | -c[olor]
		    -b[atch] [filename] | -n[etns] name | -N[umeric] |
		     -nm | -nam[es] | { -cf | -conf } path
		     -br[ief] }
`;

const notEmulated = (name: string): Verb => prefixVerb(name, (session) => session.notEmulated(`tc ${name}`));

const OBJECTS: readonly Verb[] = [
  prefixVerb('qdisc', qdisc),
  notEmulated('class'),
  prefixVerb('filter', filter),
  notEmulated('chain'),
  notEmulated('actions'),
  notEmulated('monitor'),
  notEmulated('exec'),
  prefixVerb('help', (session) => session.usage(USAGE)),
];

const OPTIONS: readonly Keyword<Session>[] = [
  prefix('-Version', (session) => session.end(VERSION)),
  prefix('-help', (_, args) => args.usage(USAGE)),
  exact('-force', turnOn('force')),
  prefix('-batch', batchOption(USAGE)),
  prefix('-netns', (session, args) => {
    const name = args.value();
    if (args.failure === 0) args.stop(session.enter(name));
  }),
];

const TOOL: Tool = {
  name: 'tc',
  options: OPTIONS,
  optionHelp: 'tc -help',
  objects: OBJECTS,
  statuses: IP_STATUSES,
  usage: USAGE,
};

export const tc: Command = { name: 'tc', run: (context, words) => runTool(context, TOOL, words) };
