// `tc filter` (tc/tc_filter.c): basic, matchall and flower's ip_proto choose, mirred redirects, pedit sets DF.
import { addFilter, type FilterRequest } from '../../../admin/traffic.ts';
import type { TrafficAction } from '../../../netns/traffic.ts';
import { parseInetProtocol } from '../iproute2/names.ts';
import { parseUnsigned } from '../iproute2/numbers.ts';
import { prefixVerb, runVerb, type Verb } from '../iproute2/object.ts';
import type { Session } from '../iproute2/session.ts';
import { majorOf } from './qdisc.ts';

const PROTOCOLS: Readonly<Record<string, number>> = {
  all: 0,
  ip: 0x800,
  ipv4: 0x800,
  arp: 0x806,
  ipv6: 0x86dd,
};

/** Where the filter hangs, and the words behind. */
interface Place {
  device: string;
  parent: 'ingress' | number | null;
  priority: number | null;
  etherType: number | null;
  rest: readonly string[];
}

function parsePlace(words: readonly string[]): Place {
  const place: Place = { device: '', parent: null, priority: null, etherType: 0, rest: [] };
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at];
    if (word === 'dev') place.device = words[++at] ?? '';
    else if (word === 'ingress' || word === 'root') place.parent = word === 'root' ? null : word;
    else if (word === 'parent') place.parent = majorOf(words[++at]) ?? -1;
    else if (word === 'pref' || word === 'prio') place.priority = parseUnsigned(words[++at] ?? '', 0xffff);
    else if (word === 'protocol') place.etherType = PROTOCOLS[words[++at] ?? ''] ?? null;
    else break;
  }
  place.rest = words.slice(at);
  return place;
}

/** `basic`, `matchall` or `flower [ip_proto NAME]`: the protocol, and the words of the action; null for another. */
function parseMatch([kind, ...words]: readonly string[]): {
  ipProtocol: number;
  action: readonly string[];
} | null {
  if (kind === 'basic' || kind === 'matchall') return { ipProtocol: 0, action: words };
  if (kind !== 'flower') return null;
  if (words[0] !== 'ip_proto') return { ipProtocol: 0, action: words };
  const ipProtocol = parseInetProtocol(words[1] ?? '');
  return ipProtocol === null ? null : { ipProtocol, action: words.slice(2) };
}

/** The one edit that is emulated: DF set and the checksums put right, which for UDP it leaves as they are. */
const SET_DF = 'pedit ex munge ip df set 0x40 pipe csum ip';

type Parsed = TrafficAction | 'unknown' | { readonly noDevice: string };

function parseAction(session: Session, [word, ...words]: readonly string[]): Parsed {
  if (word !== 'action') return 'unknown';
  const text = words.join(' ');
  if (text === SET_DF || text === `${SET_DF} and udp`) return { kind: 'dont-fragment' };
  const match = /^mirred (egress|ingress) redirect dev (\S+)$/.exec(text);
  if (match === null) return 'unknown';
  const device = session.namespace.names.get(match[2]);
  if (device === undefined) return { noDevice: match[2] };
  return { kind: 'redirect', direction: match[1] as 'egress' | 'ingress', device };
}

function add(session: Session, words: readonly string[]): number {
  const place = parsePlace(words);
  const match = parseMatch(place.rest);
  const action = match === null ? 'unknown' : parseAction(session, match.action);
  if (match === null || action === 'unknown' || place.etherType === null)
    return session.notEmulated(`tc filter add ${words.join(' ')}`);
  if ('noDevice' in action) return noTarget(session, action.noDevice);
  if (session.link(place.device) === null) return session.noDevice(place.device);
  return send(session, place, { ...place, etherType: place.etherType, ipProtocol: match.ipProtocol, action });
}

function send(session: Session, { device, parent }: Place, request: FilterRequest): number {
  const { priority, etherType, ipProtocol, action } = request;
  const refusal = addFilter(session.namespace, device, parent, { priority, etherType, ipProtocol, action });
  if (refusal === null) return 0;
  session.explain(refusal);
  return session.fail('We have an error talking to the kernel', session.statuses.refused);
}

function noTarget(session: Session, name: string): number {
  session.noDevice(name);
  return session.fail('bad action parsing\nparse_action: bad value (5:mirred)!\nIllegal "action"');
}

const VERBS: readonly Verb[] = [
  prefixVerb('add', add),
  ...['delete', 'change', 'replace', 'get', 'list show lst'].map((name) =>
    prefixVerb(name, (session) => session.notEmulated(`tc filter ${name.split(' ')[0]}`)),
  ),
];

export const filter = (session: Session, words: readonly string[]): number | Promise<number> =>
  runVerb(session, words, VERBS, (one) => one.notEmulated('tc filter list'), 'tc filter');
