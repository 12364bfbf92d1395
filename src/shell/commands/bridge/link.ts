// `bridge link`: what a bridge's ports are set to (bridge/link.c).
import { Errno, refuse } from '../../../addr/errno.ts';
import { setBridgePort } from '../../../admin/link.ts';
import { asPort } from '../../../admin/messages.ts';
import type { BridgePortInfo, BridgePortSettings, LinkInfo } from '../../../admin/types.ts';
import { Arguments, exact, type Keyword, walk } from '../iproute2/arguments.ts';
import { PORT_STATES, type PortSwitch } from '../iproute2/bridge-port.ts';
import { printFlags, printName } from '../iproute2/device.ts';
import { leadingInteger, scanInteger } from '../iproute2/numbers.ts';
import { prefixVerb, runVerb, type Verb } from '../iproute2/object.ts';
import type { Printer } from '../iproute2/printer.ts';
import type { Session } from '../iproute2/session.ts';
import { parseOnOff } from '../iproute2/values.ts';
import { LINK_FILTER, listedLinks, parseShow, passes } from './port.ts';
import { LINK_USAGE } from './usage.ts';

// ---- show ----------------------------------------------------------------------------------------------------

function show(session: Session, words: readonly string[]): number {
  const filter = parseShow(new Arguments(session, words), LINK_FILTER);
  if (typeof filter === 'number') return filter;
  const out = session.printer();
  for (const link of listedLinks(session))
    if (link.bridgePort !== null && passes(filter, link.name)) printPort(out, session, link, link.bridgePort);
  session.out(out.finish());
  return 0;
}

function printPort(out: Printer, session: Session, link: LinkInfo, port: BridgePortInfo): void {
  out.openObject();
  out.field('ifindex', link.index, `${link.index}: `);
  const view = {
    link: (index: number) => session.linkByIndex(index),
    nameOf: (index: number) => session.nameOf(index),
  };
  const lowerDown = printName(out, asPort(link), view, (name) => `${name}: `);
  printFlags(out, link.flags, lowerDown);
  out.field('mtu', link.mtu, `mtu ${link.mtu} `);
  out.field('master', link.master, `master ${link.master} `);
  const state = PORT_STATES[port.state] as string;
  out.field('state', state, `state ${state} `);
  out.field('priority', port.priority, `priority ${port.priority} `);
  out.field('cost', port.cost, `cost ${port.cost} `);
  if (session.options.details) printDetails(out, port);
  out.text('\n');
  out.closeObject();
}

function printDetails(out: Printer, port: BridgePortInfo): void {
  const onOff = (key: string, value: boolean): void =>
    out.field(key, value, `${key} ${value ? 'on' : 'off'} `);
  out.newline();
  out.text('    ');
  onOff('hairpin', port.hairpin);
  onOff('guard', port.guard);
  onOff('root_block', port.rootBlock);
  onOff('fastleave', port.fastLeave);
  onOff('learning', port.learning);
  onOff('flood', port.flood);
  onOff('mcast_flood', port.mcastFlood);
  onOff('bcast_flood', port.bcastFlood);
  out.field('mcast_router', 1, 'mcast_router 1 ');
  onOff('mcast_to_unicast', false);
  onOff('neigh_suppress', port.neighSuppress);
  onOff('vlan_tunnel', false);
  onOff('isolated', port.isolated);
  onOff('locked', false);
}

// ---- set -----------------------------------------------------------------------------------------------------

interface PortWords {
  device: string;
  self: boolean;
  master: boolean;
  readonly settings: BridgePortSettings;
}

/** -EINVAL, which bridge.c makes its exit status. */
const WRONG_SWITCH = 234;

const onOff = (word: string, name: PortSwitch): Keyword<PortWords> =>
  exact(word, ({ settings }, args) => {
    settings[name] = parseOnOff(args, word, WRONG_SWITCH);
  });

/** A switch that stays off here. */
const alwaysOff = (word: string): Keyword<PortWords> =>
  exact(word, (_, args) => {
    if (parseOnOff(args, word, WRONG_SWITCH))
      args.stop(args.session.notEmulated(`bridge link set … ${word} on`));
  });

function takeState({ settings }: PortWords, args: Arguments): void {
  const text = args.value();
  const number = scanInteger(text, 10);
  const state = number?.length === text.length ? number.value : PORT_STATES.indexOf(text);
  if (state === -1 && number === null) args.fail('Error: invalid STP port state');
  else if (state >= 0) settings.state = state & 0xff;
}

function takeBackupPort(_: PortWords, args: Arguments): void {
  const text = args.value();
  if (args.failure !== 0) return;
  if (args.session.link(text) === null) args.fail(`Error: device ${text} does not exist`);
  else args.stop(args.session.notEmulated('bridge link set … backup_port'));
}

function takeHardwareMode(words: PortWords, args: Arguments): void {
  const text = args.value();
  words.self = true;
  if (text !== 'vepa' && text !== 'veb') args.fail('Mode argument must be "vepa" or "veb".');
}

const KEYWORDS: readonly Keyword<PortWords>[] = [
  exact('dev', (words, args) => {
    words.device = args.value();
  }),
  onOff('guard', 'guard'),
  onOff('hairpin', 'hairpin'),
  onOff('fastleave', 'fastLeave'),
  onOff('root_block', 'rootBlock'),
  onOff('learning', 'learning'),
  // The kernel knows this one of switch hardware only.
  exact('learning_sync', (_, args) => {
    parseOnOff(args, 'learning_sync', WRONG_SWITCH);
  }),
  onOff('flood', 'flood'),
  exact('mcast_router', (_, args) => {
    if (args.value() !== '1') args.stop(args.session.notEmulated('bridge link set … mcast_router'));
  }),
  onOff('mcast_flood', 'mcastFlood'),
  onOff('bcast_flood', 'bcastFlood'),
  alwaysOff('mcast_to_unicast'),
  exact('cost', ({ settings }, args) => {
    const cost = leadingInteger(args.value()) >>> 0;
    if (cost > 0) settings.cost = cost;
  }),
  exact('priority', ({ settings }, args) => {
    const priority = (leadingInteger(args.value()) << 16) >> 16;
    if (priority >= 0) settings.priority = priority;
  }),
  exact('state', takeState),
  exact('hwmode', takeHardwareMode),
  exact('self', (words) => {
    words.self = true;
  }),
  exact('master', (words) => {
    words.master = true;
  }),
  onOff('neigh_suppress', 'neighSuppress'),
  alwaysOff('vlan_tunnel'),
  onOff('isolated', 'isolated'),
  alwaysOff('locked'),
  exact('backup_port', takeBackupPort),
  exact('nobackup_port', () => {}),
];

function change(session: Session, rest: readonly string[]): number {
  const args = new Arguments(session, rest);
  const words: PortWords = { device: '', self: false, master: false, settings: {} };
  walk(args, KEYWORDS, words, () => args.usage(LINK_USAGE));
  if (args.failure !== 0) return args.failure;
  if (words.device === '') return session.fail('Device is a required argument.');
  const link = session.link(words.device);
  return link === null
    ? session.fail(`Cannot find bridge device "${words.device}"`)
    : send(session, link, words);
}

/** rtnl_bridge_setlink: the master's part, then the device's own, which only a bridge has. */
function send(session: Session, link: LinkInfo, { self, master, settings }: PortWords): number {
  const unsupported = refuse(Errno.EOPNOTSUPP);
  if (master || !self) {
    if (link.masterIndex === 0) return session.answer(unsupported);
    const refusal = setBridgePort(session.namespace, link.name, settings);
    if (refusal !== null) return session.answer(refusal);
  }
  return self && link.bridge === null ? session.answer(unsupported) : 0;
}

const VERBS: readonly Verb[] = [
  prefixVerb('set change', change),
  prefixVerb('show lst list', show),
  prefixVerb('help', (session) => session.usage(LINK_USAGE)),
];

export const link = (session: Session, words: readonly string[]): number | Promise<number> =>
  runVerb(session, words, VERBS, show, 'bridge link');
