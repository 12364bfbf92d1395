// `ip nexthop`: its verbs, and the requests that make, change and delete nexthop objects (ip/ipnexthop.c).
import { Errno, type Refusal, refuse } from '../../../addr/errno.ts';
import {
  addNexthop,
  deleteNexthop,
  dumpNexthops,
  getNexthop,
  type NexthopInfo,
  type NexthopRequest,
} from '../../../admin/nexthop.ts';
import { Arguments, exact, find, type Keyword, prefix, walk } from '../iproute2/arguments.ts';
import { parseProtocol } from '../iproute2/names.ts';
import { parseUnsigned } from '../iproute2/numbers.ts';
import { exactVerb, prefixVerb, runVerb, type Verb } from '../iproute2/object.ts';
import { Family, parseFamily } from '../iproute2/options.ts';
import { takeAddress } from '../iproute2/prefix.ts';
import type { Session } from '../iproute2/session.ts';
import { parsed } from '../iproute2/values.ts';
import { printNexthop } from './nexthop-print.ts';
import { NEXTHOP_USAGE } from './usage.ts';
import { vrfCalled } from './vrf-words.ts';

type Take = Keyword<NexthopRequest>['take'];

const invalid: Keyword<unknown>['take'] = (_, args) => args.wrong('', args.word);

const takeId = (args: Arguments): number =>
  parsed(args, (text) => parseUnsigned(text), 'invalid id value', 0);

/** A device that exists. */
function takeDevice(args: Arguments): string {
  const text = args.value();
  if (args.failure === 0 && args.session.link(text) === null) args.wrong('Device does not exist\n', text);
  return text;
}

const takeVia: Take = (request, args) => {
  const word = args.value();
  const named = parseFamily(word);
  const text = named === Family.UNSPEC ? word : args.value();
  if (args.failure !== 0) return;
  const address = takeAddress(args, text, named === Family.UNSPEC ? request.family : named);
  if (request.family === Family.UNSPEC) request.family = address.family;
  else if (request.family !== address.family) args.wrong('address family mismatch\n', text);
  request.gateway = address.address;
};

/** `1,3/2`: ids with or without a weight of 1 to 256. */
const takeGroup: Take = (request, args) => {
  const text = args.value();
  if (args.failure !== 0) return;
  request.group = [];
  for (const member of text.split('/')) {
    const comma = member.indexOf(',');
    const id = parseUnsigned(comma < 0 ? member : member.slice(0, comma));
    // The word was cut at its separators as it was read.
    if (id === null) return args.wrong('"group" value is invalid\n', text.split(/[/,]/)[0]);
    const given = comma < 0 ? '1' : member.slice(comma + 1);
    const weight = parseUnsigned(given, 256);
    if (weight === null || weight === 0) return args.wrong('"weight" is invalid\n', given);
    request.group.push({ id, weight });
  }
};

const takeType: Take = (_, args) => {
  const type = parsed(
    args,
    (text) => (text === 'mpath' || text === 'resilient' ? text : null),
    '"type" value is invalid\n',
    '',
  );
  if (args.failure === 0 && type === 'resilient')
    args.stop(args.session.notEmulated('a nexthop group of type resilient'));
};

const inetUnlessSaid = (request: NexthopRequest): void => {
  if (request.family === Family.UNSPEC) request.family = Family.INET;
};

/** In the order of comparison of ipnh_modify. */
const KEYWORDS: readonly Keyword<NexthopRequest>[] = [
  exact('id', (request, args) => {
    request.id = takeId(args);
  }),
  exact('dev', (request, args) => {
    request.device = takeDevice(args);
    inetUnlessSaid(request);
  }),
  exact('via', takeVia),
  exact('encap', (_, args) => args.stop(args.session.notEmulated('encap of a nexthop'))),
  exact('blackhole', (request) => {
    request.blackhole = true;
    inetUnlessSaid(request);
  }),
  exact('fdb', (request) => {
    request.fdb = true;
  }),
  exact('onlink', (request) => {
    request.onlink = true;
  }),
  exact('group', takeGroup),
  exact('type', takeType),
  prefix('protocol', (request, args) => {
    request.protocol = parsed(args, parseProtocol, '"protocol" value is invalid\n', 0);
  }),
  exact('help', (_, args) => args.usage(NEXTHOP_USAGE)),
];

function parseRequest(session: Session, rest: readonly string[]): NexthopRequest | number {
  const args = new Arguments(session, rest);
  const request: NexthopRequest = { family: session.options.family };
  walk(args, KEYWORDS, request, invalid);
  return args.failure === 0 ? request : args.failure;
}

const modify =
  (verb: 'add' | 'replace') =>
  (session: Session, rest: readonly string[]): number => {
    const request = parseRequest(session, rest);
    return typeof request === 'number'
      ? request
      : session.answer(addNexthop(session.namespace, verb, request));
  };

function remove(session: Session, rest: readonly string[]): number {
  const request = parseRequest(session, rest);
  if (typeof request === 'number') return request;
  return session.answer(checkDeletion(request) ?? deleteNexthop(session.namespace, request.id ?? 0));
}

/** A deletion names an id and nothing else (nh_valid_get_del_req). */
function checkDeletion({ family: _, id, protocol, onlink, ...rest }: NexthopRequest): Refusal | null {
  if (Object.keys(rest).length > 0) return refuse(Errno.EINVAL, 'Unknown attribute type');
  if (protocol || onlink) return refuse(Errno.EINVAL, 'Invalid values in header');
  return id === undefined ? refuse(Errno.EINVAL, 'Nexthop id is missing') : null;
}

// ---- show, get and flush -------------------------------------------------------------------------------------

interface Selection {
  device: string;
  master: string;
  groups: boolean;
  protocol: number;
  /** One object, which nothing behind it is about. */
  id: number | null;
}

/** In the order of comparison of ipnh_list_flush. The kernel does not look at `fdb`. */
const SELECTORS: readonly Keyword<Selection>[] = [
  prefix('dev', (selection, args) => {
    selection.device = takeDevice(args);
  }),
  prefix('groups', (selection) => {
    selection.groups = true;
  }),
  prefix('master', (selection, args) => {
    selection.master = takeDevice(args);
  }),
  prefix('vrf', (selection, args) => {
    const text = args.value();
    if (args.failure === 0 && vrfCalled(args.session, text) === null) args.wrong('Invalid VRF\n', text);
    selection.master = text;
  }),
  exact('id', (selection, args) => {
    selection.id = takeId(args);
  }),
  prefix('protocol', (selection, args) => {
    selection.protocol = parsed(args, (text) => parseUnsigned(text), 'invalid protocol value', 0);
  }),
  prefix('fdb', () => {}),
  prefix('help', (_, args) => args.usage(NEXTHOP_USAGE)),
];

/** Ends at an id. */
function select(args: Arguments): Selection {
  const selection: Selection = { device: '', master: '', groups: false, protocol: 0, id: null };
  for (; !args.done && selection.id === null; args.advance())
    (find(args.word, SELECTORS)?.take ?? invalid)(selection, args);
  return selection;
}

const selected = (session: Session, { device, master, groups, protocol }: Selection): NexthopInfo[] =>
  dumpNexthops(session.namespace, { family: session.options.family, device, master, groups }).filter(
    (nexthop) => protocol === 0 || nexthop.protocol === protocol,
  );

function list(session: Session, rest: readonly string[]): number {
  const args = new Arguments(session, rest);
  const selection = select(args);
  if (args.failure !== 0) return args.failure;
  return selection.id === null ? print(session, selected(session, selection)) : show(session, selection.id);
}

function print(session: Session, nexthops: readonly NexthopInfo[]): number {
  const out = session.printer();
  for (const nexthop of nexthops) {
    printNexthop(out, nexthop, { names: session.names, details: session.options.details });
    out.text('\n');
  }
  session.out(out.finish());
  return 0;
}

function show(session: Session, id: number): number {
  const answer = getNexthop(session.namespace, id);
  return 'value' in answer ? print(session, [answer.value]) : session.answer(answer.refusal);
}

/** ipnh_get: `id ID` and no more. */
function get(session: Session, rest: readonly string[]): number {
  const args = new Arguments(session, rest);
  let id = 0;
  for (; !args.done; args.advance()) {
    if (args.is('id')) id = takeId(args);
    else args.usage(NEXTHOP_USAGE);
  }
  if (args.failure !== 0) return args.failure;
  return id === 0 ? session.usage(NEXTHOP_USAGE) : show(session, id);
}

/** Without words everything goes, the groups first. */
function flush(session: Session, rest: readonly string[]): number {
  const args = new Arguments(session, rest);
  const selection = select(args);
  if (args.failure !== 0) return args.failure;
  if (selection.id !== null) return flushOne(session, selection.id);
  const rounds = rest.length === 0 ? [{ ...selection, groups: true }, selection] : [selection];
  let flushed = 0;
  for (const round of rounds)
    for (const { id } of selected(session, round))
      if (session.answer(deleteNexthop(session.namespace, id)) === 0) flushed++;
  session.out(flushed === 0 ? 'Nothing to flush\n' : `Flushed ${flushed} nexthops\n`);
  return 0;
}

/** delete_nexthop returns -1 for a refusal. */
function flushOne(session: Session, id: number): number {
  return session.answer(deleteNexthop(session.namespace, id)) === 0 ? 0 : session.statuses.failed;
}

const VERBS: readonly Verb[] = [
  prefixVerb('add', modify('add')),
  prefixVerb('replace', modify('replace')),
  prefixVerb('delete', remove),
  prefixVerb('list show lst', list),
  prefixVerb('get', get),
  prefixVerb('flush', flush),
  prefixVerb('bucket', (session) => session.notEmulated('ip nexthop bucket')),
  exactVerb('help', (session) => session.usage(NEXTHOP_USAGE)),
];

export const nexthop = (session: Session, words: readonly string[]): number | Promise<number> =>
  runVerb(session, words, VERBS, list, 'ip nexthop');
