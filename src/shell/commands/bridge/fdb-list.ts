// `bridge fdb show` and `bridge fdb get` (fdb_show and fdb_get in bridge/fdb.c, rtnl_fdb_get of the kernel).
import { Errno, type Refusal, refuse } from '../../../addr/errno.ts';
import { dumpFdb } from '../../../admin/fdb.ts';
import { NudState } from '../../../admin/neighbour-constants.ts';
import type { FdbInfo, LinkInfo } from '../../../admin/types.ts';
import { Arguments, exact, type Keyword, prefix, walk } from '../iproute2/arguments.ts';
import { leadingInteger, parseUnsigned } from '../iproute2/numbers.ts';
import type { Session } from '../iproute2/session.ts';
import { parsed } from '../iproute2/values.ts';
import { FdbFlag, parseState, printEntry } from './fdb-print.ts';
import { parseHardwareAddress, takeAddressWord, takeVlan } from './fdb-words.ts';
import { FDB_USAGE } from './usage.ts';

// ---- show ----------------------------------------------------------------------------------------------------

interface Filter {
  device: string;
  bridge: string;
  vlan: number;
  states: number;
  dynamic: boolean;
}

const FILTER_KEYWORDS: readonly Keyword<Filter>[] = [
  exact('brport dev', (filter, args) => {
    filter.device = args.value();
  }),
  exact('br', (filter, args) => {
    filter.bridge = args.value();
  }),
  exact('vlan', (filter, args) => {
    const text = args.value();
    if (filter.vlan !== 0) args.duplicate('vlan', text);
    filter.vlan = leadingInteger(text);
  }),
  exact('state', (filter, args) => {
    filter.states |= parsed(args, parseState, 'invalid state', 0);
  }),
  exact('dynamic', (filter) => {
    filter.dynamic = true;
  }),
];

export function show(session: Session, rest: readonly string[]): number {
  const args = new Arguments(session, rest);
  const filter: Filter = { device: '', bridge: '', vlan: 0, states: 0, dynamic: false };
  walk(args, FILTER_KEYWORDS, filter, () => {
    if (args.begins('help')) args.usage(FDB_USAGE);
  });
  if (args.failure !== 0) return args.failure;
  if (filter.bridge !== '' && session.link(filter.bridge) === null) return noBridge(session, filter.bridge);
  if (filter.device !== '' && session.link(filter.device) === null) return session.noDevice(filter.device);
  const entries = dumpFdb(session.namespace, { bridge: filter.bridge, port: filter.device });
  const kept = entries.filter((entry) => passes(filter, entry));
  print(session, kept, filter.device === '');
  return 0;
}

const noBridge = (session: Session, name: string): number =>
  session.fail(`Cannot find bridge device "${name}"`);

const passes = (filter: Filter, entry: FdbInfo): boolean =>
  (filter.states === 0 || (filter.states & entry.state) !== 0) &&
  (filter.vlan === 0 || filter.vlan === entry.vlan) &&
  !(filter.dynamic && (entry.state & NudState.PERMANENT) !== 0);

function print(session: Session, entries: readonly FdbInfo[], withDevice: boolean): void {
  const out = session.printer();
  const layout = { withDevice, statistics: session.options.statistics > 0 };
  for (const entry of entries) printEntry(out, entry, layout);
  session.out(out.finish());
}

// ---- get -----------------------------------------------------------------------------------------------------

interface GetWords {
  device: string;
  bridge: string;
  address: string | null;
  vlan: number;
  flags: number;
  dynamic: boolean;
}

const GET_KEYWORDS: readonly Keyword<GetWords>[] = [
  exact('brport dev', (words, args) => {
    words.device = args.value();
  }),
  exact('br', (words, args) => {
    words.bridge = args.value();
  }),
  exact('vni', (_, args) => {
    parsed(args, (text) => parseUnsigned(text, 0xffffff), 'invalid VNI\n', 0);
  }),
  exact('self', (words) => {
    words.flags |= FdbFlag.SELF;
  }),
  prefix('master', (words) => {
    words.flags |= FdbFlag.MASTER;
  }),
  prefix('vlan', takeVlan),
  prefix('dynamic', (words) => {
    words.dynamic = true;
  }),
];

/** The kernel's refusal, -2 of fdb_get. */
const REFUSED = 254;

export function get(session: Session, rest: readonly string[]): number {
  const args = new Arguments(session, rest);
  const words: GetWords = { device: '', bridge: '', address: null, vlan: -1, flags: 0, dynamic: false };
  walk(args, GET_KEYWORDS, words, takeAddressWord);
  if (args.failure !== 0) return args.failure;
  if ((words.device === '' && words.bridge === '') || words.address === null)
    return session.fail('Device or master and address are required arguments.');
  const address = parseHardwareAddress(words.address);
  if (address === null) return session.fail(`Invalid mac address ${words.address}`);
  const device = words.device === '' ? null : session.link(words.device);
  if (words.device !== '' && device === null) return session.noDevice(words.device);
  const bridge = words.bridge === '' ? null : session.link(words.bridge);
  if (words.bridge !== '' && bridge === null) return noBridge(session, words.bridge);
  const table = tableFor(session, words.flags, device, bridge);
  if ('errno' in table) return refused(session, table);
  const vlan = Math.max(words.vlan, 0);
  const found = table.find((entry) => entry.mac === address && entry.vlan === vlan);
  if (found === undefined) return refused(session, refuse(Errno.ENOENT, 'Fdb entry not found'));
  const hidden = words.dynamic && (found.state & NudState.PERMANENT) !== 0;
  print(session, hidden ? [] : [found], true);
  return 0;
}

function refused(session: Session, refusal: Refusal): number {
  session.explain(refusal);
  return REFUSED;
}

/** The entries of the table that rtnl_fdb_get asks: a bridge's, a port's master's, or a VXLAN device's own. */
function tableFor(
  session: Session,
  flags: number,
  device: LinkInfo | null,
  bridge: LinkInfo | null,
): FdbInfo[] | Refusal {
  if (device !== null && bridge !== null)
    return refuse(Errno.EINVAL, 'Master and device are mutually exclusive');
  const forMaster = flags === 0 || (flags & FdbFlag.MASTER) !== 0;
  if (device === null || !forMaster) return ownTable(session, (device ?? bridge) as LinkInfo);
  const master = device.bridgePort === null ? null : session.linkByIndex(device.masterIndex);
  return master === null ? refuse(Errno.EINVAL, 'Device is not a bridge port') : ownTable(session, master);
}

function ownTable(session: Session, { name, bridge, vxlan }: LinkInfo): FdbInfo[] | Refusal {
  if (bridge !== null)
    return dumpFdb(session.namespace, { bridge: name }).filter((entry) => entry.master === name);
  if (vxlan !== null)
    return dumpFdb(session.namespace, { port: name }).filter((entry) => entry.master === '');
  return refuse(Errno.EOPNOTSUPP, 'Fdb get operation not supported by device');
}
