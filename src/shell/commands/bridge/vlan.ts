// `bridge vlan`: VLANs are given to bridges and ports and taken from them (bridge/vlan.c).
import { changeVlans, setVlanState } from '../../../admin/bridge-vlan.ts';
import { Arguments, exact, type Keyword, walk } from '../iproute2/arguments.ts';
import { PORT_STATES } from '../iproute2/bridge-port.ts';
import { leadingInteger } from '../iproute2/numbers.ts';
import { exactVerb, prefixVerb, runVerb, type Verb } from '../iproute2/object.ts';
import type { Session } from '../iproute2/session.ts';
import { parseShow, VLAN_FILTER } from './port.ts';
import { VLAN_USAGE } from './usage.ts';
import { showVlans } from './vlan-show.ts';

const MAX_VLAN = 4096;

/** VLANs that are mapped to tunnels: none. */
function showTunnels(session: Session, words: readonly string[]): number {
  const filter = parseShow(new Arguments(session, words), VLAN_FILTER);
  if (typeof filter === 'number') return filter;
  const out = session.printer();
  out.text('port              vlan-id    tunnel-id\n');
  session.out(out.finish());
  return 0;
}

interface VlanWords {
  device: string;
  first: number;
  /** -1 for no range. */
  last: number;
  pvid: boolean;
  untagged: boolean;
  self: boolean;
  master: boolean;
  state: number;
}

const DEVICE: Keyword<VlanWords> = exact('dev', (words, args) => {
  words.device = args.value();
});

const VLAN: Keyword<VlanWords> = exact('vid', (words, args) => {
  const text = args.value();
  const dash = text.indexOf('-');
  words.first = leadingInteger(dash < 0 ? text : text.slice(0, dash));
  words.last = dash < 0 ? -1 : leadingInteger(text.slice(dash + 1));
  if (dash >= 0 && (words.first >= words.last || words.last >= MAX_VLAN))
    args.stop(args.session.fail(`Invalid VLAN range "${words.first}-${words.last}"`));
});

const flag = (name: 'pvid' | 'untagged' | 'self' | 'master'): Keyword<VlanWords> =>
  exact(name, (words) => {
    words[name] = true;
  });

const CHANGE_WORDS: readonly Keyword<VlanWords>[] = [
  DEVICE,
  VLAN,
  flag('self'),
  flag('master'),
  flag('pvid'),
  flag('untagged'),
  exact('tunnel_info', (_, args) => args.stop(args.session.notEmulated('bridge vlan … tunnel_info'))),
];

const SET_WORDS: readonly Keyword<VlanWords>[] = [
  DEVICE,
  VLAN,
  exact('state', (words, args) => {
    words.state = stateOf(args.value());
    if (words.state < 0) args.stop(args.session.fail('Error: invalid STP state'));
  }),
  exact('mcast_router', (_, args) => args.stop(args.session.notEmulated('bridge vlan set … mcast_router'))),
];

/** A name or a number (parse_stp_state). */
function stateOf(text: string): number {
  const named = PORT_STATES.indexOf(text.toLowerCase());
  return named >= 0 || !/^\d+$/.test(text) ? named : Number(text);
}

/** An exit status if something is wrong with the words. */
function parse(
  session: Session,
  rest: readonly string[],
  keywords: readonly Keyword<VlanWords>[],
  what: string,
): VlanWords | number {
  const flags = { pvid: false, untagged: false, self: false, master: false };
  const words: VlanWords = { device: '', first: -1, last: -1, ...flags, state: -1 };
  const args = new Arguments(session, rest);
  walk(args, keywords, words, () => {});
  if (args.failure !== 0) return args.failure;
  if (words.device === '' || words.first === -1)
    return session.fail('Device and VLAN ID are required arguments.');
  if (session.link(words.device) === null)
    return session.fail(`Cannot find ${what} device "${words.device}"`);
  if (words.first >= MAX_VLAN) return session.fail(`Invalid VLAN ID "${words.first}"`);
  return words;
}

const change =
  (verb: 'add' | 'delete') =>
  (session: Session, rest: readonly string[]): number => {
    const words = parse(session, rest, CHANGE_WORDS, 'bridge');
    if (typeof words === 'number') return words;
    const { first, last } = words;
    if (words.pvid && last !== -1) return session.fail('pvid cannot be configured for a vlan range');
    const request = { ...words, last: last === -1 ? first : last };
    return session.answer(changeVlans(session.namespace, verb, request));
  };

function set(session: Session, rest: readonly string[]): number {
  const words = parse(session, rest, SET_WORDS, 'network');
  if (typeof words === 'number') return words;
  const { device, first, last, state } = words;
  if (state < 0) return 0;
  return session.answer(setVlanState(session.namespace, device, first, last === -1 ? first : last, state));
}

const VERBS: readonly Verb[] = [
  prefixVerb('add', change('add')),
  prefixVerb('delete', change('delete')),
  prefixVerb('show lst list', showVlans),
  prefixVerb('tunnelshow', showTunnels),
  prefixVerb('set', set),
  exactVerb('global', (session) => session.notEmulated('bridge vlan global')),
  prefixVerb('help', (session) => session.usage(VLAN_USAGE)),
];

export const vlan = (session: Session, words: readonly string[]): number | Promise<number> =>
  runVerb(session, words, VERBS, showVlans, 'bridge vlan');
