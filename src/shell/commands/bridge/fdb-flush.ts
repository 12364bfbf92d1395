// `bridge fdb flush` (fdb_flush in bridge/fdb.c): what the kernel does in one request (br_fdb_delete_bulk) is done here
// entry by entry.
import { Errno, type Refusal, refuse } from '../../../addr/errno.ts';
import { deleteFdb, dumpFdb } from '../../../admin/fdb.ts';
import { NudState } from '../../../admin/neighbour-constants.ts';
import type { FdbInfo, LinkInfo } from '../../../admin/types.ts';
import { Arguments, exact, type Keyword, walk } from '../iproute2/arguments.ts';
import { leadingInteger } from '../iproute2/numbers.ts';
import type { Session } from '../iproute2/session.ts';
import { FdbFlag } from './fdb-print.ts';

/** `state` and `flags` are compared with an entry's where their masks have a bit. */
interface FlushWords {
  device: string;
  port: string;
  vlan: number;
  state: number;
  stateMask: number;
  flags: number;
  flagsMask: number;
}

type Take = Keyword<FlushWords>['take'];

const wantState =
  (set: number, clear: number, mask: number): Take =>
  (words) => {
    words.state = (words.state & ~clear) | set;
    words.stateMask |= mask;
  };

const wantFlag = (name: string, flag: number): Keyword<FlushWords>[] => [
  exact(name, (words) => {
    words.flags |= flag;
    words.flagsMask |= flag;
  }),
  exact(`no${name}`, (words) => {
    words.flags &= ~flag;
    words.flagsMask |= flag;
  }),
];

const { PERMANENT, NOARP } = NudState;

const byUser: Take = (_, args) => args.stop(args.session.notEmulated('bridge fdb flush … added_by_user'));

const KEYWORDS: readonly Keyword<FlushWords>[] = [
  exact('dev', (words, args) => {
    words.device = args.value();
  }),
  exact('master', (words) => {
    words.flags |= FdbFlag.MASTER;
  }),
  exact('self', (words) => {
    words.flags |= FdbFlag.SELF;
  }),
  exact('permanent', wantState(PERMANENT, 0, PERMANENT)),
  exact('nopermanent', wantState(0, PERMANENT, PERMANENT)),
  exact('static', wantState(NOARP, 0, NOARP | PERMANENT)),
  exact('nostatic', wantState(0, NOARP, NOARP)),
  exact('dynamic', wantState(0, NOARP, NOARP | PERMANENT)),
  exact('nodynamic', wantState(NOARP, 0, NOARP)),
  exact('added_by_user noadded_by_user', byUser),
  ...wantFlag('extern_learn', FdbFlag.EXT_LEARNED),
  ...wantFlag('sticky', FdbFlag.STICKY),
  // No entry here is in hardware.
  exact('nooffloaded', () => {}),
  exact('brport', (words, args) => {
    if (words.port !== '') args.garbage('brport', args.word);
    words.port = args.value();
  }),
  exact('vlan', (words, args) => {
    if (words.vlan >= 0) args.garbage('vlan', args.word);
    words.vlan = (leadingInteger(args.value()) << 16) >> 16;
  }),
];

const MAX_VLAN = 4096;

export function flush(session: Session, rest: readonly string[]): number {
  const args = new Arguments(session, rest);
  const words: FlushWords = {
    device: '',
    port: '',
    vlan: -1,
    state: 0,
    stateMask: 0,
    flags: 0,
    flagsMask: 0,
  };
  // `help` here wants a word behind it; other words are passed over.
  walk(args, KEYWORDS, words, () => {
    if (args.is('help')) args.value();
  });
  if (args.failure !== 0) return args.failure;
  if (words.device === '') return session.fail('Device is a required argument.');
  const link = session.link(words.device);
  if (link === null) return session.fail(`Cannot find bridge device "${words.device}"`);
  const port = words.port === '' ? null : session.link(words.port);
  if (words.port !== '' && port === null)
    return session.fail(`Cannot find bridge port device "${words.port}"`);
  if (words.vlan >= MAX_VLAN) return session.fail(`Invalid VLAN ID "${words.vlan}"`);
  return session.answer(flushTables(session, link, port, words));
}

/** rtnl_fdb_del with NLM_F_BULK: a port's part of its master's table, then a bridge's own. */
function flushTables(
  session: Session,
  link: LinkInfo,
  port: LinkInfo | null,
  words: FlushWords,
): Refusal | null {
  const wanted = words.flags & (FdbFlag.SELF | FdbFlag.MASTER) || FdbFlag.SELF;
  let refusal: Refusal | null = refuse(Errno.EOPNOTSUPP);
  if (wanted & FdbFlag.MASTER && link.bridgePort !== null) {
    const master = session.linkByIndex(link.masterIndex) as LinkInfo;
    refusal = flushBridge(session, master, port ?? link, words);
    if (refusal !== null) return refusal;
  }
  if (!(wanted & FdbFlag.SELF)) return refusal;
  return link.bridge === null ? refuse(Errno.EOPNOTSUPP) : flushBridge(session, link, port, words);
}

function flushBridge(
  session: Session,
  bridge: LinkInfo,
  port: LinkInfo | null,
  words: FlushWords,
): Refusal | null {
  const refusal = port === null ? null : whyNotPort(bridge, port);
  if (refusal !== null) return refusal;
  for (const entry of dumpFdb(session.namespace, { bridge: bridge.name }))
    if (entry.master === bridge.name && isWanted(entry, port, words)) remove(session, bridge, entry);
  return null;
}

/** __fdb_flush_validate_ifindex. */
function whyNotPort(bridge: LinkInfo, port: LinkInfo): Refusal | null {
  if (port.bridge === null && port.bridgePort === null)
    return refuse(Errno.EINVAL, 'bridge: Flush device is not a bridge or bridge port');
  if (port.bridge !== null && port.index !== bridge.index)
    return refuse(Errno.EINVAL, 'bridge: Flush bridge device does not match target bridge device');
  if (port.bridgePort !== null && port.masterIndex !== bridge.index)
    return refuse(Errno.EINVAL, 'bridge: Port belongs to a different bridge device');
  return null;
}

/** __fdb_flush_matches, where a permanent entry is static as well. */
function isWanted(entry: FdbInfo, port: LinkInfo | null, words: FlushWords): boolean {
  if (port !== null && entry.index !== port.index) return false;
  if (words.vlan > 0 && entry.vlan !== words.vlan) return false;
  const { state, stateMask, flags, flagsMask } = words;
  const permanent = (entry.state & PERMANENT) !== 0;
  const bits = permanent ? PERMANENT | NOARP : entry.state & NOARP;
  const kept = flags & (FdbFlag.EXT_LEARNED | FdbFlag.STICKY);
  return (
    (stateMask === 0 && flagsMask === 0) ||
    ((bits & stateMask) === state && (entry.flags & flagsMask) === kept)
  );
}

function remove(session: Session, bridge: LinkInfo, entry: FdbInfo): void {
  const { mac, device, state, vlan } = entry;
  const flags = entry.index === bridge.index ? FdbFlag.SELF : FdbFlag.MASTER;
  deleteFdb(session.namespace, { mac, device, flags, state, ...(vlan === 0 ? {} : { vlan }) });
}
