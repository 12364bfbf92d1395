// `ip neighbour show` and `ip neighbour flush` (do_show_or_flush in ip/ipneigh.c).
import { deleteNeighbour, dumpNeighbours } from '../../../admin/neighbour.ts';
import { NeighbourFlag, NudState } from '../../../admin/neighbour-constants.ts';
import type { LinkInfo, NeighbourInfo } from '../../../admin/types.ts';
import { Arguments, exact, type Keyword, prefix, walk } from '../iproute2/arguments.ts';
import { parseProtocol } from '../iproute2/names.ts';
import { Family } from '../iproute2/options.ts';
import { coveredBy, type Prefix, takePrefix } from '../iproute2/prefix.ts';
import type { Session } from '../iproute2/session.ts';
import { parsed } from '../iproute2/values.ts';
import { type NeighbourLayout, parseState, printNeighbour } from './neighbour-print.ts';
import { NEIGHBOUR_USAGE } from './usage.ts';
import { takeVrf } from './vrf-words.ts';

/** Entries in no state at all (`nud none`), which is no bit. */
const NONE = 0x100;
const EVERY_STATE = 0xffffffff;
const ROUNDS = 10;

interface Filter {
  family: number;
  device: string;
  states: number;
  statesGiven: boolean;
  unused: boolean;
  proxy: boolean;
  /** Index of the master, -1 for none wanted, 0 for any. */
  master: number;
  protocol: number;
  prefix: Prefix | null;
}

function takeState(filter: Filter, args: Arguments): void {
  const text = args.value();
  if (!filter.statesGiven) filter.states = 0;
  filter.statesGiven = true;
  const state = text === 'all' ? EVERY_STATE : parseState(text);
  if (state === null) args.wrong('nud state is bad', text);
  else filter.states |= state === 0 ? NONE : state;
}

function takeMaster(filter: Filter, args: Arguments): void {
  const text = args.value();
  if (args.failure !== 0) return;
  const master = args.session.link(text);
  if (master === null) args.wrong('Device does not exist\n', text);
  else filter.master = master.index;
}

const KEYWORDS: readonly Keyword<Filter>[] = [
  exact('dev', (filter, args) => {
    const text = args.value();
    if (filter.device !== '') args.duplicate('dev', text);
    filter.device = text;
  }),
  exact('master', takeMaster),
  exact('vrf', (filter, args) => {
    filter.master = takeVrf(args)?.index ?? 0;
  }),
  exact('nomaster', (filter) => {
    filter.master = -1;
  }),
  exact('unused', (filter) => {
    filter.unused = true;
  }),
  exact('nud', takeState),
  exact('proxy', (filter) => {
    filter.proxy = true;
  }),
  prefix('protocol', (filter, args) => {
    const protocol = (text: string) => parseProtocol(text) ?? (text === 'all' ? 0 : null);
    filter.protocol = parsed(args, protocol, 'invalid "protocol"\n', 0);
  }),
];

function takePrefixWord(filter: Filter, args: Arguments): void {
  const text = args.is('to') ? args.value() : args.word;
  if (args.failure !== 0) return;
  if (args.begins('help')) {
    args.usage(NEIGHBOUR_USAGE);
    return;
  }
  filter.prefix = takePrefix(args, text, filter.family);
  if (filter.family === Family.UNSPEC) filter.family = filter.prefix.family;
}

/** The filter, or an exit status. */
function parse(session: Session, rest: readonly string[], states: number): Filter | number {
  const args = new Arguments(session, rest);
  const filter: Filter = {
    family: session.options.family,
    device: '',
    states,
    statesGiven: false,
    unused: false,
    proxy: false,
    master: 0,
    protocol: 0,
    prefix: null,
  };
  walk(args, KEYWORDS, filter, takePrefixWord);
  if (args.failure !== 0) return args.failure;
  if (filter.device !== '' && session.link(filter.device) === null) return session.noDevice(filter.device);
  return filter;
}

function passes(filter: Filter, entry: NeighbourInfo): boolean {
  const exempt = (entry.flags & (NeighbourFlag.PROXY | NeighbourFlag.EXT_LEARNED)) !== 0;
  const wanted = (filter.states & entry.state) !== 0 || (entry.state === 0 && (filter.states & NONE) !== 0);
  if (!exempt && !wanted) return false;
  if (filter.prefix !== null && !coveredBy(entry.destination, filter.prefix)) return false;
  if (filter.protocol !== 0 && entry.protocol !== filter.protocol) return false;
  return !filter.unused || entry.refcount === 0;
}

/** What the kernel leaves out for NDA_MASTER. */
function hasMaster(filter: Filter, link: LinkInfo | null): boolean {
  if (filter.master === 0) return true;
  const master = link?.masterIndex ?? 0;
  return filter.master === -1 ? master === 0 : master === filter.master;
}

function matching(session: Session, filter: Filter): NeighbourInfo[] {
  if (filter.family !== Family.UNSPEC && filter.family !== Family.INET) return [];
  const dumped = dumpNeighbours(session.namespace, {
    proxy: filter.proxy,
    ...(filter.device === '' ? {} : { device: filter.device }),
  });
  return dumped.filter(
    (entry) => passes(filter, entry) && hasMaster(filter, session.linkByIndex(entry.index)),
  );
}

const layoutOf = (session: Session, filter: Filter): NeighbourLayout => ({
  options: session.options,
  withDevice: filter.device === '',
  names: session.names,
});

export function list(session: Session, rest: readonly string[]): number {
  const filter = parse(session, rest, 0xff & ~NudState.NOARP);
  if (typeof filter === 'number') return filter;
  const out = session.printer();
  const layout = layoutOf(session, filter);
  for (const entry of matching(session, filter)) printNeighbour(out, entry, layout);
  session.out(out.finish());
  return 0;
}

// ---- flush ---------------------------------------------------------------------------------------------------

/** Rounds of a dump and a delete until nothing passes; after the first, failed entries are left alone. */
export function flush(session: Session, rest: readonly string[]): number {
  if (rest.length === 0) return session.fail('Flush requires arguments.');
  const filter = parse(session, rest, ~(NudState.PERMANENT | NudState.NOARP));
  if (typeof filter === 'number') return filter;
  if (filter.states === (EVERY_STATE | 0)) filter.states &= ~NudState.NOARP;
  for (let round = 0; round < ROUNDS; round++) {
    const entries = matching(session, filter);
    if (entries.length === 0) return flushed(session, round);
    remove(session, filter, entries);
    if (session.options.statistics > 0)
      session.out(`\n*** Round ${round + 1}, deleting ${entries.length} entries ***\n`);
    filter.states &= ~NudState.FAILED;
  }
  session.out(`*** Flush not complete bailing out after ${ROUNDS} rounds\n`);
  return 255;
}

function remove(session: Session, filter: Filter, entries: readonly NeighbourInfo[]): void {
  const out = session.textPrinter();
  for (const entry of entries) {
    if (session.options.statistics > 1) printNeighbour(out, entry, layoutOf(session, filter));
    const { destination, device } = entry;
    deleteNeighbour(session.namespace, {
      destination,
      device,
      proxy: (entry.flags & NeighbourFlag.PROXY) !== 0,
    });
  }
  session.out(out.finish());
}

function flushed(session: Session, rounds: number): number {
  if (session.options.statistics === 0) return 0;
  if (rounds === 0) session.out('Nothing to flush.\n');
  else session.out(`*** Flush is complete after ${rounds} round${rounds > 1 ? 's' : ''} ***\n`);
  return 0;
}
