// `ip monitor`: which messages it is to print (do_ipmonitor in ip/ipmonitor.c).
import type { Message } from '../../../admin/messages.ts';
import { Arguments, exact, find, type Keyword, prefix } from '../iproute2/arguments.ts';
import { runMonitor } from '../iproute2/monitor.ts';
import { Family } from '../iproute2/options.ts';
import type { Session } from '../iproute2/session.ts';
import { MonitorPrinter } from './monitor-print.ts';
import { MONITOR_USAGE } from './usage.ts';

type Kind = Message['kind'];

interface MonitorWords {
  readonly kinds: Set<Kind>;
  /** Objects were named, be it such as nothing is ever told of here. */
  named: boolean;
  labelled: boolean;
  /** Index of the device that it is about, 0 for all. */
  device: number;
}

const object =
  (...kinds: Kind[]): Keyword<MonitorWords>['take'] =>
  (words) => {
    words.named = true;
    for (const kind of kinds) words.kinds.add(kind);
  };

function takeDevice(words: MonitorWords, args: Arguments): void {
  const text = args.value();
  if (args.failure !== 0) return;
  words.device = args.session.link(text)?.index ?? 0;
  if (words.device === 0) args.wrong('Device does not exist\n', text);
}

const label = (words: MonitorWords): void => {
  words.labelled = true;
};

/** In the order of comparison of do_ipmonitor. */
const KEYWORDS: readonly Keyword<MonitorWords>[] = [
  prefix('file', (_, args) => args.stop(args.session.notEmulated('ip monitor file'))),
  prefix('label', label),
  prefix('link', object('link')),
  prefix('address', object('address')),
  prefix('route', object('route')),
  prefix('mroute prefix', object()),
  prefix('neigh', object('neighbour', 'fdb')),
  prefix('netconf', object('netconf')),
  prefix('rule', object('rule')),
  prefix('nsid', object('nsid')),
  prefix('nexthop', object('nexthop')),
  exact('stats', object()),
  exact('all', label),
  prefix('all-nsid', (_, args) => args.stop(args.session.notEmulated('ip monitor all-nsid'))),
  prefix('help', (_, args) => args.usage(MONITOR_USAGE)),
  exact('dev', takeDevice),
];

/** Those that there are of one family only: they are not asked for where another is wanted. */
const IPV4_KINDS: ReadonlySet<Kind> = new Set(['address', 'route', 'netconf', 'rule', 'neighbour']);

const wants = ({ kinds, named }: MonitorWords, family: number, kind: Kind): boolean => {
  if (named && !kinds.has(kind)) return false;
  if (kind === 'fdb') return family === Family.UNSPEC || family === Family.BRIDGE;
  return family === Family.UNSPEC || family === Family.INET || !IPV4_KINDS.has(kind);
};

export function monitor(session: Session, rest: readonly string[]): number | Promise<number> {
  const args = new Arguments(session, rest);
  const words: MonitorWords = { kinds: new Set(), named: false, labelled: false, device: 0 };
  for (; !args.done; args.advance()) {
    const keyword = find(args.word, KEYWORDS);
    if (keyword === undefined) args.exit(`Argument "${args.word}" is unknown, try "ip monitor help".`);
    else keyword.take(words, args);
  }
  if (args.failure !== 0) return args.failure;
  const wanted = (kind: Kind): boolean => wants(words, session.options.family, kind);
  return runMonitor(session, new MonitorPrinter(session, wanted, words.device), words.labelled);
}
