// `bridge fdb`: its verbs, and the requests of add, append, replace and delete (fdb_modify in bridge/fdb.c).
import { Errno, refuse } from '../../../addr/errno.ts';
import type { Mac } from '../../../addr/mac.ts';
import { changeFdb, deleteFdb, type FdbVerb } from '../../../admin/fdb.ts';
import { NudState } from '../../../admin/neighbour-constants.ts';
import { getNexthop } from '../../../admin/nexthop.ts';
import type { FdbRequest, LinkInfo } from '../../../admin/types.ts';
import { Arguments, exact, type Keyword, prefix, walk } from '../iproute2/arguments.ts';
import { parseUnsigned } from '../iproute2/numbers.ts';
import { exactVerb, prefixVerb, runVerb, type Verb } from '../iproute2/object.ts';
import { Family } from '../iproute2/options.ts';
import { type Prefix, takeAddress } from '../iproute2/prefix.ts';
import type { Session } from '../iproute2/session.ts';
import { parsed, unsigned } from '../iproute2/values.ts';
import { flush } from './fdb-flush.ts';
import { get, show } from './fdb-list.ts';
import { FdbFlag } from './fdb-print.ts';
import { parseHardwareAddress, takeAddressWord, takeVlan } from './fdb-words.ts';
import { FDB_USAGE } from './usage.ts';

interface EntryWords {
  device: string;
  address: string | null;
  destination: Prefix | null;
  /** 0 for none. */
  nexthop: number;
  port: number;
  /** -1 for none. */
  vni: number;
  via: string;
  vlan: number;
  flags: number;
  state: number;
}

const newWords = (): EntryWords => ({
  device: '',
  address: null,
  destination: null,
  nexthop: 0,
  port: 0,
  vni: -1,
  via: '',
  vlan: -1,
  flags: 0,
  state: NudState.NOARP,
});

/** Largest VNI. */
const MAX_VNI = 0xffffff;
const parseVni = (text: string): number | null => parseUnsigned(text, MAX_VNI);

const flag =
  (bit: number): Keyword<EntryWords>['take'] =>
  (words) => {
    words.flags |= bit;
  };

/** Sets bits of the state, after others are cleared. */
const state =
  (bits: number, clear = 0): Keyword<EntryWords>['take'] =>
  (words) => {
    words.state = (words.state | bits) & ~clear;
  };

function takeDestination(words: EntryWords, args: Arguments): void {
  const text = args.value();
  if (args.failure !== 0) return;
  if (words.destination !== null) args.garbage('dst', text);
  else words.destination = takeAddress(args, text, args.session.options.family);
}

function takeVia(words: EntryWords, args: Arguments): void {
  const text = args.value();
  const link = args.failure === 0 ? args.session.link(text) : null;
  if (link === null) args.exit(`Cannot find device "${text}"`);
  else words.via = link.name;
}

/** In the order of comparison of fdb_modify. */
const KEYWORDS: readonly Keyword<EntryWords>[] = [
  exact('dev', (words, args) => {
    words.device = args.value();
  }),
  exact('dst', takeDestination),
  exact('nhid', (words, args) => {
    words.nexthop = unsigned(args, '"id" value is invalid\n');
  }),
  exact('port', (words, args) => {
    words.port = unsigned(args, 'invalid port\n', 0xffff);
  }),
  exact('vni', (words, args) => {
    words.vni = parsed(args, parseVni, 'invalid VNI\n', -1);
  }),
  // The kernel passes it over unless the device collects metadata.
  exact('src_vni', (_, args) => {
    parsed(args, parseVni, 'invalid src VNI\n', -1);
  }),
  exact('via', takeVia),
  exact('self', flag(FdbFlag.SELF)),
  prefix('master', flag(FdbFlag.MASTER)),
  prefix('router', flag(FdbFlag.ROUTER)),
  prefix('local permanent', state(NudState.PERMANENT)),
  prefix('temp static', state(NudState.REACHABLE)),
  prefix('dynamic', state(NudState.REACHABLE, NudState.NOARP)),
  prefix('vlan', takeVlan),
  prefix('use', flag(FdbFlag.USE)),
  prefix('extern_learn', flag(FdbFlag.EXT_LEARNED)),
  prefix('sticky', flag(FdbFlag.STICKY)),
];

const modify =
  (verb: FdbVerb | 'delete') =>
  (session: Session, rest: readonly string[]): number => {
    const args = new Arguments(session, rest);
    const words = newWords();
    walk(args, KEYWORDS, words, takeAddressWord);
    if (args.failure !== 0) return args.failure;
    if (words.device === '' || words.address === null)
      return session.fail('Device and address are required arguments.');
    if (words.nexthop !== 0 && (words.destination !== null || words.port !== 0 || words.vni !== -1))
      return session.fail('dst, port, vni are mutually exclusive with nhid');
    const address = parseHardwareAddress(words.address);
    if (address === null) return session.fail(`Invalid mac address ${words.address}`);
    const link = session.link(words.device);
    if (link === null) return session.noDevice(words.device);
    return send(session, verb, link, address, words);
  };

/** vxlan_fdb_nh_update, as far as it refuses. */
function refuseNexthop(session: Session, id: number): number {
  const answer = getNexthop(session.namespace, id);
  const refused = (message: string): number => session.answer(refuse(Errno.EINVAL, message));
  if ('refusal' in answer) return refused('Nexthop id does not exist');
  if (!answer.value.fdb) return refused('Nexthop is not a fdb nexthop');
  if (answer.value.group === null) return refused('Nexthop is not a multipath group');
  return session.notEmulated('nhid of a VXLAN entry');
}

function send(
  session: Session,
  verb: FdbVerb | 'delete',
  link: LinkInfo,
  address: Mac,
  words: EntryWords,
): number {
  if (link.vxlan !== null && words.nexthop !== 0) return refuseNexthop(session, words.nexthop);
  if (link.vxlan !== null && words.destination !== null && words.destination.bytes !== 4)
    return session.answer(refuse(Errno.EAFNOSUPPORT));
  const request = requestOf(link, address, words);
  const { namespace } = session;
  return session.answer(
    verb === 'delete' ? deleteFdb(namespace, request) : changeFdb(namespace, verb, request),
  );
}

/** Without a word for either, the entry is the device's own and permanent. */
function requestOf(link: LinkInfo, address: Mac, words: EntryWords): FdbRequest {
  const { destination, port, vni, via, vlan } = words;
  const request: FdbRequest = {
    mac: address,
    device: link.name,
    flags: words.flags & (FdbFlag.SELF | FdbFlag.MASTER) ? words.flags : words.flags | FdbFlag.SELF,
    state:
      words.state & (NudState.PERMANENT | NudState.REACHABLE)
        ? words.state
        : words.state | NudState.PERMANENT,
  };
  if (destination?.family === Family.INET) request.destination = destination.address;
  if (port !== 0) request.port = port;
  if (vni !== -1) request.vni = vni;
  if (via !== '') request.via = via;
  if (vlan >= 0) request.vlan = vlan;
  return request;
}

const VERBS: readonly Verb[] = [
  prefixVerb('add', modify('add')),
  prefixVerb('append', modify('append')),
  prefixVerb('replace', modify('replace')),
  prefixVerb('delete', modify('delete')),
  prefixVerb('get', get),
  prefixVerb('show lst list', show),
  exactVerb('flush', flush),
  prefixVerb('help', (session) => session.usage(FDB_USAGE)),
];

export const fdb = (session: Session, words: readonly string[]): number | Promise<number> =>
  runVerb(session, words, VERBS, show, 'bridge fdb');
