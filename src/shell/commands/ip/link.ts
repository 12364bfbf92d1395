// `ip link`: its verbs, and the requests of add, set and delete (do_iplink, iplink_modify in ip/iplink.c).
import { Errno, type Refusal, refuse } from '../../../addr/errno.ts';
import { addLink, deleteLink, deleteLinkGroup, setLink, setLinkGroup } from '../../../admin/link.ts';
import type { LinkAdd, LinkInfo, LinkSet, Outcome } from '../../../admin/types.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { prefixVerb, runVerb, type Verb } from '../iproute2/object.ts';
import type { Session } from '../iproute2/session.ts';
import { NAME_LENGTH } from '../iproute2/values.ts';
import { list } from './address-list.ts';
import type { KindRequest } from './kind.ts';
import { kindCalled } from './link-kinds.ts';
import { type LinkWords, noLinkWords, parseLinkWords } from './link-parse.ts';
import { LINK_USAGE } from './usage.ts';

type Command = 'add' | 'set' | 'delete';

/** What the parse of a whole command line gives, or the exit status that it ended with. */
interface Parsed {
  readonly words: LinkWords;
  readonly request: KindRequest;
  /** Words stood behind `type KIND` (IFLA_INFO_DATA is sent). */
  readonly hasData: boolean;
}

function parse(session: Session, create: boolean, rest: readonly string[]): Parsed | number {
  const args = new Arguments(session, rest);
  const words = noLinkWords(create);
  parseLinkWords(args, words);
  if (args.failure !== 0) return args.failure;
  const link = create || words.device === '' ? null : session.link(words.device);
  const request: KindRequest = { create, link, change: words.change, veth: null };
  const hasData = words.type !== '' && !args.done;
  if (hasData) parseKind(args, words, request);
  else if (words.type === '' && create) args.fail('Not enough information: "type" argument is required');
  return args.failure === 0 ? { words, request, hasData } : args.failure;
}

function parseKind(args: Arguments, words: LinkWords, request: KindRequest): void {
  const kind = kindCalled(words.type);
  if (kind !== undefined) {
    kind.parse?.(args, request);
    return;
  }
  // Kinds that iproute2 knows and this machine does not are refused by the kernel, whatever they are told.
  if (args.begins('help')) args.usage(LINK_USAGE);
}

const modify =
  (command: Command) =>
  (session: Session, rest: readonly string[]): number => {
    const parsed = parse(session, command === 'add', rest);
    if (typeof parsed === 'number') return parsed;
    return session.answer(parsed.words.refusal ?? RUN[command](session, parsed));
  };

const add = (session: Session, { words, request }: Parsed): Outcome =>
  addLink(session.namespace, additionOf(words, request));

function additionOf(words: LinkWords, request: KindRequest): LinkAdd {
  const addition: LinkAdd = { ...request.change, kind: words.type };
  if (words.name !== '') addition.name = words.name;
  if (words.index !== 0) addition.index = words.index;
  if (words.lower !== '') addition.link = words.lower;
  if (words.namespace !== null) addition.namespace = words.namespace;
  if (request.veth !== null) addition.veth = request.veth;
  return addition;
}

function set(session: Session, { words, request, hasData }: Parsed): Outcome {
  const refusal = refusedChange(words, request, hasData);
  if (refusal !== null) return refusal;
  const change: LinkSet = { ...request.change };
  if (words.name !== words.device) change.name = words.name;
  if (words.namespace !== null) change.namespace = words.namespace;
  if (words.index !== 0) change.newIndex = words.index;
  if (words.device !== '') return setLink(session.namespace, (request.link as LinkInfo).index, change);
  // `group N` without a device selects by it (iplink_modify).
  const { group = 0, ...others } = change;
  return setLinkGroup(session.namespace, group, others);
}

/** Data of a kind for a device of another kind, or of one that takes no change (do_setlink's caller). */
function refusedChange(words: LinkWords, request: KindRequest, hasData: boolean): Refusal | null {
  if (words.name.length > NAME_LENGTH) return refuse(Errno.ERANGE, 'Attribute failed policy validation');
  if (!hasData || request.link === null) return null;
  const slave = words.type.endsWith('_slave');
  const fits = slave ? request.link.bridgePort !== null : request.link.kind === words.type;
  return fits && CHANGEABLE.has(words.type) ? null : refuse(Errno.EOPNOTSUPP);
}

/** Kinds with rtnl_link_ops.changelink. */
const CHANGEABLE = new Set(['bridge', 'bridge_slave', 'ipip', 'vlan', 'vxlan']);

function remove(session: Session, { words, request }: Parsed): Outcome {
  if (words.device === '') return deleteLinkGroup(session.namespace, words.change.group ?? 0);
  return deleteLink(session.namespace, (request.link as LinkInfo).index);
}

const RUN: Readonly<Record<Command, (session: Session, parsed: Parsed) => Outcome>> = {
  add,
  set,
  delete: remove,
};

function help(session: Session, rest: readonly string[]): number {
  const kind = kindCalled(rest[0] ?? '');
  if (kind === undefined) return session.usage(LINK_USAGE);
  session.out(kind.usage);
  return 0;
}

function property(session: Session, rest: readonly string[]): number {
  if (rest.length === 0) return session.usage(LINK_USAGE);
  return session.notEmulated('ip link property');
}

const show = (session: Session, rest: readonly string[]): number => list(session, rest, true);

const VERBS: readonly Verb[] = [
  prefixVerb('add', modify('add')),
  prefixVerb('set change', modify('set')),
  prefixVerb('replace', (session) => session.notEmulated('ip link replace')),
  prefixVerb('delete', modify('delete')),
  prefixVerb('show lst list', show),
  prefixVerb('xstats', (session, rest) =>
    rest.length === 0 ? session.fail('xstats: missing argument') : session.notEmulated('ip link xstats'),
  ),
  prefixVerb('afstats', () => 0),
  prefixVerb('property', property),
  prefixVerb('help', help),
];

export const link = (session: Session, words: readonly string[]): number | Promise<number> =>
  runVerb(session, words, VERBS, show, 'ip link');
