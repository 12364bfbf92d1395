// `ip route get` (iproute_get in ip/iproute.c).
import { Errno, refuse } from '../../../addr/errno.ts';
import { ANY, type Ipv4 } from '../../../addr/ipv4.ts';
import { getRoute } from '../../../admin/route-get.ts';
import type { RouteGetInfo, RouteGetRequest } from '../../../admin/types.ts';
import { Arguments, exact, type Keyword, prefix, walk } from '../iproute2/arguments.ts';
import { parseDsfield, parseInetProtocol } from '../iproute2/names.ts';
import { Family } from '../iproute2/options.ts';
import { type Prefix, takePrefix } from '../iproute2/prefix.ts';
import type { Printer } from '../iproute2/printer.ts';
import type { Session } from '../iproute2/session.ts';
import { parsed, unsigned } from '../iproute2/values.ts';
import { type CachedRoute, layoutOfSession, printCachedRoute, printRoute } from './route-print.ts';
import { ROUTE_USAGE } from './usage.ts';
import { vrfCalled } from './vrf-words.ts';

interface GetWords {
  family: number;
  destination: Ipv4 | null;
  readonly request: Omit<RouteGetRequest, 'destination'>;
  connected: boolean;
}

const adopt = (words: GetWords, prefix: Prefix): void => {
  if (words.family === Family.UNSPEC) words.family = prefix.family;
};

function takeSource(words: GetWords, args: Arguments): void {
  const text = args.value();
  if (args.failure !== 0) return;
  if (args.begins('help')) {
    args.usage(ROUTE_USAGE);
    return;
  }
  const source = takePrefix(args, text, words.family);
  adopt(words, source);
  if (source.bytes !== 0) words.request.source = source.address;
}

const takeTos: Keyword<GetWords>['take'] = ({ request }, args) => {
  request.tos = parsed(args, parseDsfield, 'TOS value is invalid\n', 0);
};

const takeOutput: Keyword<GetWords>['take'] = ({ request }, args) => {
  request.oif = args.value();
};

const takeVrfOutput: Keyword<GetWords>['take'] = ({ request }, args) => {
  const text = args.value();
  if (args.failure !== 0) return;
  if (vrfCalled(args.session, text) === null) args.wrong('Invalid VRF\n', text);
  request.oif = text;
};

/** In the order of comparison of iproute_get. */
const KEYWORDS: readonly Keyword<GetWords>[] = [
  exact('tos', takeTos),
  prefix('dsfield', takeTos),
  prefix('from', takeSource),
  prefix('iif', ({ request }, args) => {
    request.iif = args.value();
  }),
  prefix('mark', ({ request }, args) => {
    request.mark = unsigned(args, 'invalid mark value');
  }),
  prefix('oif', takeOutput),
  exact('dev', takeOutput),
  prefix('notify', () => {}),
  prefix('connected', (words) => {
    words.connected = true;
  }),
  prefix('vrf', takeVrfOutput),
  prefix('uid', ({ request }, args) => {
    request.uid = unsigned(args, 'invalid UID\n');
  }),
  prefix('fibmatch', ({ request }) => {
    request.fibmatch = true;
  }),
  exact('as', (_, args) => args.stop(args.session.notEmulated('ip route get … as'))),
  prefix('sport', ({ request }, args) => {
    request.sourcePort = unsigned(args, 'invalid sport\n', 0xffff);
  }),
  prefix('dport', ({ request }, args) => {
    request.destinationPort = unsigned(args, 'invalid dport\n', 0xffff);
  }),
  prefix('ipproto', ({ request }, args) => {
    request.ipProtocol = parsed(args, parseInetProtocol, 'Invalid "ipproto" value\n', 0);
  }),
];

function takeDestination(words: GetWords, args: Arguments): void {
  const text = args.is('to') ? args.value() : args.word;
  if (args.failure !== 0) return;
  if (args.begins('help')) {
    args.usage(ROUTE_USAGE);
    return;
  }
  const destination = takePrefix(args, text, words.family);
  if (args.failure !== 0) return;
  adopt(words, destination);
  const bits = words.family === Family.INET6 ? 128 : 32;
  if (words.family !== Family.UNSPEC && destination.length !== bits)
    args.session.context.err(
      `Warning: /${destination.length} as prefix is invalid, only /${bits} (or none) is supported.\n`,
    );
  words.destination = destination.address;
}

export function get(session: Session, rest: readonly string[]): number {
  const args = new Arguments(session, rest);
  const words: GetWords = {
    family: session.options.family,
    destination: null,
    request: {},
    connected: false,
  };
  walk(args, KEYWORDS, words, takeDestination);
  if (args.failure !== 0) return args.failure;
  if (words.destination === null) return session.fail('need at least a destination address');
  for (const device of [words.request.iif, words.request.oif])
    if (device !== undefined && session.link(device) === null) return session.noDevice(device);
  if (words.family !== Family.UNSPEC && words.family !== Family.INET)
    return session.answer(refuse(Errno.EOPNOTSUPP));
  return ask(session, words, words.destination);
}

function ask(session: Session, words: GetWords, destination: Ipv4): number {
  const request: RouteGetRequest = { ...words.request, destination };
  const answer = getRoute(session.namespace, request);
  if ('refusal' in answer) return session.answer(answer.refusal);
  const out = session.printer();
  print(session, out, answer.value);
  session.out(out.finish());
  // `connected` asks again with the source that was found.
  if (!words.connected || request.source !== undefined) return 0;
  return ask(session, { ...words, connected: false }, destination);
}

function print(session: Session, out: Printer, info: RouteGetInfo): void {
  const layout = layoutOfSession(session);
  if (info.route !== null) printRoute(out, info.route, layout);
  else printCachedRoute(out, cachedRoute(info), layout);
}

/** A route for a received packet belongs to no user. */
const cachedRoute = (info: RouteGetInfo): CachedRoute => ({
  ...info,
  uid: info.iif === '' ? info.uid : null,
  source: info.iif === '' && info.source !== info.from ? info.source : ANY,
});
