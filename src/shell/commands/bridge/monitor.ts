// `bridge monitor`: links, ports and forwarding entries as they change (bridge/monitor.c).
import type { LinkMessage, Message } from '../../../admin/messages.ts';
import type { FdbInfo } from '../../../admin/types.ts';
import { Arguments, exact, find, type Keyword, prefix } from '../iproute2/arguments.ts';
import { PORT_STATES } from '../iproute2/bridge-port.ts';
import { printFlags, printName } from '../iproute2/device.ts';
import type { LinkNames } from '../iproute2/link-names.ts';
import { type MessagePrinter, runMonitor } from '../iproute2/monitor.ts';
import type { Session } from '../iproute2/session.ts';
import { printEntry } from './fdb-print.ts';
import { MONITOR_USAGE } from './usage.ts';

interface MonitorWords {
  link: boolean;
  fdb: boolean;
  labelled: boolean;
  /** Something was asked for. */
  named: boolean;
}

const KEYWORDS: readonly Keyword<MonitorWords>[] = [
  prefix('file', (_, args) => args.stop(args.session.notEmulated('bridge monitor file'))),
  prefix('link', (words) => {
    words.named = words.link = true;
  }),
  prefix('fdb', (words) => {
    words.named = words.fdb = true;
  }),
  prefix('mdb', (words) => {
    words.named = true;
  }),
  prefix('vlan', (_, args) => args.stop(args.session.notEmulated('bridge monitor vlan'))),
  exact('vni', (_, args) => args.stop(args.session.notEmulated('bridge monitor vni'))),
  exact('all', (_, args) => args.stop(args.session.notEmulated('bridge monitor all'))),
  prefix('help', (_, args) => args.usage(MONITOR_USAGE)),
];

class BridgePrinter implements MessagePrinter {
  readonly remembersNames = false;
  private readonly session: Session;
  private readonly words: MonitorWords;

  constructor(session: Session, words: MonitorWords) {
    this.session = session;
    this.words = words;
  }

  label({ kind }: Message): string | null {
    const { named, link, fdb } = this.words;
    if (kind === 'link') return named && !link ? null : '[LINK]';
    return kind === 'fdb' && (!named || fdb) ? '[NEIGH]' : null;
  }

  text(message: Message, names: LinkNames): string {
    const deleted = message.gone ? 'Deleted ' : '';
    if (message.kind === 'link') return `${deleted}${this.linkText(message, names)}`;
    return message.kind === 'fdb' ? `${deleted}${this.entryText(message.entry, names)}` : '';
  }

  /** print_linkinfo of bridge/link.c. */
  private linkText({ link, port, gone }: LinkMessage & { readonly gone: boolean }, names: LinkNames): string {
    const out = this.session.textPrinter();
    out.text(`${link.index}: `);
    const view = {
      link: (index: number) => this.session.linkByIndex(index),
      nameOf: (index: number) => names.nameOf(index),
    };
    const lowerDown = printName(out, link, view, (name) => `${name}: `);
    printFlags(out, link.flags, lowerDown);
    out.text(`mtu ${link.mtu} `);
    if (link.masterIndex !== 0) out.text(`master ${names.nameOf(link.masterIndex)} `);
    // Of a port that is gone the kernel says no more (br_fill_ifinfo).
    if (port && !gone && link.bridgePort !== null) {
      const { state, priority, cost } = link.bridgePort;
      out.text(`state ${PORT_STATES[state]} priority ${priority} cost ${cost} `);
    }
    out.text('\n');
    return out.finish();
  }

  private entryText(entry: FdbInfo, names: LinkNames): string {
    const out = this.session.textPrinter();
    const { statistics } = this.session.options;
    printEntry(
      out,
      { ...entry, device: names.nameOf(entry.index) },
      {
        withDevice: true,
        statistics: statistics > 0,
      },
    );
    return out.finish();
  }
}

export function monitor(session: Session, rest: readonly string[]): number | Promise<number> {
  const args = new Arguments(session, rest);
  const words: MonitorWords = { link: false, fdb: false, labelled: false, named: false };
  for (; !args.done; args.advance()) {
    const keyword = find(args.word, KEYWORDS);
    if (keyword === undefined) args.exit(`Argument "${args.word}" is unknown, try "bridge monitor help".`);
    else keyword.take(words, args);
  }
  if (args.failure !== 0) return args.failure;
  return runMonitor(session, new BridgePrinter(session, words), words.labelled);
}
