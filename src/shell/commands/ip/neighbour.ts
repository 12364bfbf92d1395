// `ip neighbour`: its verbs, and the requests of add, change, replace, delete and get (ip/ipneigh.c).
import { Errno, refuse } from '../../../addr/errno.ts';
import type { Ipv4 } from '../../../addr/ipv4.ts';
import {
  changeNeighbour,
  deleteNeighbour,
  dumpNeighbours,
  getNeighbour,
  type NeighbourVerb,
} from '../../../admin/neighbour.ts';
import { NudState } from '../../../admin/neighbour-constants.ts';
import type { NeighbourInfo, NeighbourRequest } from '../../../admin/types.ts';
import { Arguments, exact, type Keyword, prefix, walk } from '../iproute2/arguments.ts';
import { parseProtocol } from '../iproute2/names.ts';
import { exactVerb, prefixVerb, runVerb, type Verb } from '../iproute2/object.ts';
import { Family } from '../iproute2/options.ts';
import { type Prefix, takeAddress } from '../iproute2/prefix.ts';
import type { Session } from '../iproute2/session.ts';
import { type LinkAddress, parsed, parseLinkAddress } from '../iproute2/values.ts';
import { flush, list } from './neighbour-list.ts';
import { parseState, printNeighbour } from './neighbour-print.ts';
import { NEIGHBOUR_USAGE } from './usage.ts';

type Command = NeighbourVerb | 'delete';

const LINK_ADDRESS_LENGTH = 6;

interface NeighbourWords {
  destination: Prefix | null;
  device: string;
  /** As it was written. */
  linkAddress: string | null;
  state: number;
  proxy: boolean;
  router: boolean;
  externLearn: boolean;
  managed: boolean;
  protocol: number;
  use: boolean;
}

const newWords = (): NeighbourWords => ({
  destination: null,
  device: '',
  linkAddress: null,
  state: NudState.PERMANENT,
  proxy: false,
  router: false,
  externLearn: false,
  managed: false,
  protocol: 0,
  use: false,
});

function takeProxy(words: NeighbourWords, args: Arguments): void {
  const text = args.value();
  if (args.failure !== 0) return;
  if (args.begins('help')) {
    args.usage(NEIGHBOUR_USAGE);
    return;
  }
  if (words.destination !== null) {
    args.duplicate('address', text);
    return;
  }
  words.destination = takeAddress(args, text, args.session.options.family);
  words.proxy = true;
}

const takeDevice: Keyword<NeighbourWords>['take'] = (words, args) => {
  words.device = args.value();
};

/** In the order of comparison of ipneigh_modify. */
const KEYWORDS: readonly Keyword<NeighbourWords>[] = [
  prefix('lladdr', (words, args) => {
    const text = args.value();
    if (words.linkAddress !== null) args.duplicate('lladdr', text);
    words.linkAddress = text;
  }),
  exact('nud', (words, args) => {
    const text = args.value();
    const state = parseState(text);
    if (state === null) args.wrong('nud state is bad', text);
    else words.state = state;
  }),
  prefix('proxy', takeProxy),
  exact('router', (words) => {
    words.router = true;
  }),
  exact('use', (words) => {
    words.use = true;
  }),
  exact('managed', (words) => {
    words.managed = true;
    words.state = 0;
  }),
  prefix('extern_learn', (words) => {
    words.externLearn = true;
  }),
  exact('dev', takeDevice),
  prefix('protocol', (words, args) => {
    words.protocol = parsed(args, parseProtocol, 'invalid "protocol"\n', 0);
  }),
];

const GET_KEYWORDS: readonly Keyword<NeighbourWords>[] = [
  exact('dev', takeDevice),
  prefix('proxy', takeProxy),
];

const takeDestination =
  (help: (args: Arguments) => void): Keyword<NeighbourWords>['take'] =>
  (words, args) => {
    const text = args.is('to') ? args.value() : args.word;
    if (args.begins('help')) help(args);
    if (args.failure !== 0) return;
    if (words.destination !== null) return args.garbage('to', text);
    words.destination = takeAddress(args, text, args.session.options.family);
  };

/** Where help is wanted, ipneigh_modify wants another word. */
const takeWordOfModify = takeDestination((args) => {
  args.value();
});

const takeWordOfGet = takeDestination((args) => args.usage(NEIGHBOUR_USAGE));

/** A destination and, but for a proxy entry, a device. */
const isComplete = (words: NeighbourWords): words is NeighbourWords & { destination: Prefix } =>
  words.destination !== null &&
  words.destination.family !== Family.UNSPEC &&
  (words.device !== '' || words.proxy);

const modify =
  (command: Command) =>
  (session: Session, rest: readonly string[]): number => {
    const args = new Arguments(session, rest);
    const words = newWords();
    walk(args, KEYWORDS, words, takeWordOfModify);
    if (args.failure !== 0) return args.failure;
    if (!isComplete(words)) return session.exit('Device and destination are required arguments.');
    const text = words.linkAddress === 'null' ? null : words.linkAddress;
    const address = text === null ? null : parseLinkAddress(text, 20);
    if (typeof address === 'string') return session.fail(`"${address}" is invalid lladdr.`);
    if (words.device !== '' && session.link(words.device) === null) return session.noDevice(words.device);
    return send(session, command, words, address);
  };

function send(
  session: Session,
  command: Command,
  words: NeighbourWords & { destination: Prefix },
  address: LinkAddress | null,
): number {
  if (words.destination.family !== Family.INET) return refused(session, Errno.EAFNOSUPPORT);
  if (address !== null && address.bytes !== LINK_ADDRESS_LENGTH)
    return refused(session, Errno.EINVAL, 'Invalid link address');
  const request: NeighbourRequest = {
    destination: words.destination.address,
    device: words.device,
    state: words.state,
    proxy: words.proxy,
    router: words.router,
    externLearn: words.externLearn,
    managed: words.managed,
    protocol: words.protocol,
    use: words.use,
  };
  if (address !== null) request.lladdr = address.value;
  const refusal =
    command === 'delete'
      ? deleteNeighbour(session.namespace, request)
      : changeNeighbour(session.namespace, command, request);
  return refusal === null ? 0 : refused(session, refusal.errno, refusal.message);
}

/** A refusal ends the tool here (exit(2)). */
function refused(session: Session, errno: Errno, message?: string): number {
  session.exited = true;
  return session.answer(refuse(errno, message));
}

/** Prints as text even with -json. */
function get(session: Session, rest: readonly string[]): number {
  const args = new Arguments(session, rest);
  const words = newWords();
  walk(args, GET_KEYWORDS, words, takeWordOfGet);
  if (args.failure !== 0) return args.failure;
  if (!isComplete(words)) return session.fail('Device and address are required arguments.');
  if (words.device !== '' && session.link(words.device) === null) return session.noDevice(words.device);
  if (words.destination.family !== Family.INET) return session.answer(refuse(Errno.EAFNOSUPPORT));
  const { address } = words.destination;
  const answer = words.proxy
    ? getProxy(session, words.device, address)
    : getNeighbour(session.namespace, words.device, address);
  if ('refusal' in answer) return session.answer(answer.refusal);
  const out = session.textPrinter();
  printNeighbour(out, answer.value, {
    options: session.options,
    withDevice: true,
    names: session.names,
  });
  session.out(out.finish());
  return 0;
}

function getProxy(session: Session, device: string, destination: Ipv4): ReturnType<typeof getNeighbour> {
  const fits = (entry: NeighbourInfo): boolean =>
    entry.destination === destination && (device === '' || entry.device === device);
  const value = dumpNeighbours(session.namespace, { proxy: true }).find(fits);
  return value === undefined
    ? { refusal: refuse(Errno.ENOENT, 'Proxy neighbour entry not found') }
    : { value };
}

const VERBS: readonly Verb[] = [
  prefixVerb('add', modify('add')),
  prefixVerb('change', modify('change')),
  exactVerb('chg', modify('change')),
  prefixVerb('replace', modify('replace')),
  prefixVerb('delete', modify('delete')),
  prefixVerb('get', get),
  prefixVerb('show lst list', list),
  prefixVerb('flush', flush),
  prefixVerb('help', (session) => session.usage(NEIGHBOUR_USAGE)),
];

export const neighbour = (session: Session, words: readonly string[]): number | Promise<number> =>
  runVerb(session, words, VERBS, list, 'ip neigh');
