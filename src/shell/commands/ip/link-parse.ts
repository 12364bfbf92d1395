// What stands behind `ip link add` and `ip link set` up to the word `type` (iplink_parse), also for a veth's peer.
import { Errno, type Refusal, refuse } from '../../../addr/errno.ts';
import type { LinkChange } from '../../../admin/types.ts';
import type { Namespace } from '../../../netns/namespace.ts';
import { type Arguments, exact, find, type Keyword, prefix } from '../iproute2/arguments.ts';
import { parseGroup } from '../iproute2/names.ts';
import { leadingInteger, parseInteger, parseUnsigned } from '../iproute2/numbers.ts';
import {
  deviceName,
  integer,
  isAlternativeName,
  type LinkAddress,
  linkAddress,
  NAME_LENGTH,
  onOff,
  parsed,
  parseOnOff,
} from '../iproute2/values.ts';
import { namespaceOf } from './process-namespace.ts';
import { LINK_USAGE } from './usage.ts';
import { takeVrf } from './vrf-words.ts';

const EINVAL_STATUS = 22;
const ALIAS_LENGTH = 256;
const OPERATIONAL_STATES = ['UNKNOWN', 'NOTPRESENT', 'DOWN', 'LOWERLAYERDOWN', 'TESTING', 'DORMANT', 'UP'];
const ADDRESS_MODES = ['eui64', 'none', 'stable_secret', 'random'];

/** What was asked for. Names are '' and numbers -1 where nothing was said. */
export interface LinkWords {
  /** NLM_F_CREATE. */
  readonly create: boolean;
  readonly change: LinkChange;
  name: string;
  device: string;
  /** `link DEV`. */
  lower: string;
  type: string;
  index: number;
  /** Where to: null for here. */
  namespace: Namespace | null;
  address: LinkAddress | null;
  /** How the kernel refuses an attribute that has no place in `change`. */
  refusal: Refusal | null;
  /** Given once already: txqueuelen, mtu and so on may not come twice. */
  readonly seen: Set<string>;
}

export const noLinkWords = (create: boolean): LinkWords => ({
  create,
  change: {},
  name: '',
  device: '',
  lower: '',
  type: '',
  index: 0,
  namespace: null,
  address: null,
  refusal: null,
  seen: new Set(),
});

type Take = Keyword<LinkWords>['take'];

/** A keyword that may come once: `once` complains as duparg does, with the second value. */
function once(name: string, take: (words: LinkWords, args: Arguments) => void): Take {
  return (words, args) => {
    if (words.seen.has(name)) return args.duplicate(name, args.value());
    words.seen.add(name);
    take(words, args);
  };
}

const flag =
  (name: 'arp' | 'multicast' | 'promisc' | 'allmulticast'): Take =>
  (words, args) => {
    words.change[name] = onOff(args, name);
  };

/** A switch that this machine has not. */
const ignoredFlag =
  (name: string): Take =>
  (_, args) => {
    onOff(args, name);
  };

const ignoredNumber =
  (message: string): Take =>
  (_, args) => {
    parsed(args, (text) => parseUnsigned(text), message, 0);
  };

/** A word of a closed list that changes nothing here. */
const ignoredWord =
  (words: readonly string[], message: string): Take =>
  (_, args) => {
    parsed(args, (text) => (words.includes(text.toLowerCase()) ? text : null), message, '');
  };

const notEmulated =
  (what: string): Take =>
  (_, args) =>
    args.stop(args.session.notEmulated(what));

function takeName(words: LinkWords, args: Arguments): void {
  if (words.name !== '') {
    args.duplicate('name', args.value());
    return;
  }
  words.name = deviceName(args, '"name" not a valid ifname');
  if (words.device === '') words.device = words.name;
}

function takeIndex(words: LinkWords, args: Arguments): void {
  const text = args.value();
  if (words.index !== 0) {
    args.duplicate('index', text);
    return;
  }
  words.index = leadingInteger(text);
  if (words.index <= 0) args.wrong('Invalid "index" value', text);
}

const takeQueueLength = once('txqueuelen', (words, args) => {
  words.change.txQueueLength = integer(args, 'Invalid "txqueuelen" value\n') >>> 0;
});

function takeNamespace(words: LinkWords, args: Arguments): void {
  const text = args.value();
  if (words.seen.has('netns')) {
    args.duplicate('netns', text);
    return;
  }
  words.seen.add('netns');
  words.namespace = namespaceOf(args.session, text);
  if (words.namespace !== null) return;
  if (parseInteger(text) === null) args.wrong('Invalid "netns" value\n', text);
  else words.refusal ??= refuse(Errno.ESRCH);
}

function takeMaster(words: LinkWords, args: Arguments): void {
  const text = args.value();
  if (args.failure !== 0) return;
  const master = args.session.link(text);
  if (master === null) args.wrong('Device does not exist\n', text);
  else words.change.master = master.name;
}

function takeAlias(words: LinkWords, args: Arguments): void {
  const text = args.value();
  if (text.length >= ALIAS_LENGTH) args.wrong('alias too long\n', text);
  words.change.alias = text;
}

function takeDevice(words: LinkWords, args: Arguments): void {
  if (args.begins('help')) {
    args.usage(LINK_USAGE);
    return;
  }
  const text = args.is('dev') ? args.value() : args.word;
  if (args.failure !== 0) return;
  if (words.device !== words.name) {
    args.garbage('dev', text);
    return;
  }
  if (!isAlternativeName(text)) {
    args.wrong('"dev" not a valid ifname', text);
    return;
  }
  words.device = text;
}

/** `type KIND` ends this part: what follows belongs to the kind. */
function takeType(words: LinkWords, args: Arguments): void {
  words.type = args.value();
}

const KEYWORDS: readonly Keyword<LinkWords>[] = [
  exact('up', (words) => {
    words.change.up = true;
  }),
  exact('down', (words) => {
    words.change.up = false;
  }),
  exact('name', takeName),
  exact('index', takeIndex),
  prefix('link', (words, args) => {
    words.lower = args.value();
  }),
  prefix('address', (words, args) => {
    words.address = linkAddress(args);
    words.change.address = words.address.value;
  }),
  prefix('broadcast', takeBroadcast),
  exact('brd', takeBroadcast),
  prefix('txqueuelen', takeQueueLength),
  exact('qlen', takeQueueLength),
  prefix('txqlen', takeQueueLength),
  exact(
    'mtu',
    once('mtu', (words, args) => {
      words.change.mtu = integer(args, 'Invalid "mtu" value\n');
    }),
  ),
  exact('xdpgeneric xdpdrv xdpoffload xdp', notEmulated('XDP')),
  exact('netns', takeNamespace),
  exact('multicast', flag('multicast')),
  exact('allmulticast', flag('allmulticast')),
  exact('promisc', flag('promisc')),
  exact('trailers', ignoredFlag('trailers')),
  exact('arp', flag('arp')),
  exact('carrier', (words, args) => {
    words.change.carrier = parseOnOff(args, 'carrier', EINVAL_STATUS);
  }),
  exact('vf', (_, args) => {
    integer(args, 'Invalid "vf" value\n');
    if (args.failure === 0) args.stop(args.session.notEmulated('a virtual function'));
  }),
  prefix('master', takeMaster),
  exact('vrf', (words, args) => {
    words.change.master = takeVrf(args)?.name;
  }),
  prefix('nomaster', (words) => {
    words.change.master = '';
  }),
  prefix('dynamic', ignoredFlag('dynamic')),
  prefix('type', takeType),
  prefix('alias', takeAlias),
  exact(
    'group',
    once('group', (words, args) => {
      words.change.group = parsed(args, parseGroup, 'Invalid "group" value\n', 0);
    }),
  ),
  exact('mode', ignoredWord(['default', 'dormant'], 'Invalid link mode\n')),
  exact(
    'state',
    ignoredWord(
      OPERATIONAL_STATES.map((s) => s.toLowerCase()),
      'Invalid operstate\n',
    ),
  ),
  prefix(
    'numtxqueues',
    once('numtxqueues', (_, args) => {
      integer(args, 'Invalid "numtxqueues" value\n');
    }),
  ),
  prefix(
    'numrxqueues',
    once('numrxqueues', (_, args) => {
      integer(args, 'Invalid "numrxqueues" value\n');
    }),
  ),
  prefix('addrgenmode', (words, args) => {
    ignoredWord(ADDRESS_MODES, 'Invalid address generation mode\n')(words, args);
    words.refusal ??= refuse(Errno.EAFNOSUPPORT);
  }),
  prefix('link-netns', notEmulated('link-netns')),
  prefix('link-netnsid', notEmulated('link-netnsid')),
  exact('protodown', (words, args) => {
    parseOnOff(args, 'protodown', EINVAL_STATUS);
    words.refusal ??= refuse(Errno.EOPNOTSUPP);
  }),
  exact('protodown_reason', notEmulated('protodown_reason')),
  exact('gso_max_size', ignoredNumber('Invalid "gso_max_size" value\n')),
  exact('gso_max_segs', ignoredNumber('Invalid "gso_max_segs" value\n')),
  exact('gro_max_size', ignoredNumber('Invalid "gro_max_size" value\n')),
  exact('parentdev', notEmulated('parentdev')),
];

function takeBroadcast(words: LinkWords, args: Arguments): void {
  words.change.broadcast = linkAddress(args).value;
}

/** Walks up to and over `type KIND`, then checks what has to fit together. `args` stands at the kind's own words. */
export function parseLinkWords(args: Arguments, words: LinkWords): void {
  while (!args.done && words.type === '') {
    (find(args.word, KEYWORDS)?.take ?? takeDevice)(words, args);
    args.advance();
  }
  if (args.failure !== 0) return;
  // "ip link add DEV" and "ip link add name NAME" mean the same.
  if (words.name === '') words.name = words.device;
  else if (words.device === '') words.device = words.name;
  check(args, words);
}

function check(args: Arguments, words: LinkWords): void {
  checkAddress(args, words);
  if (args.failure !== 0) return;
  if (words.index !== 0 && !words.create && words.namespace === null) {
    args.exit('index can be used only when creating devices or when moving device to another netns.');
  } else if (words.change.group !== undefined && words.device === '') {
    checkGroup(args, words);
  } else if (words.create) {
    checkCreation(args, words);
  } else if (words.device === '') {
    args.exit('Not enough information: "dev" argument is required.');
  } else if (args.session.link(words.device) === null) {
    args.stop(args.session.noDevice(words.device));
  }
}

/** An address must be as long as the device's own. */
function checkAddress(args: Arguments, words: LinkWords): void {
  if (words.address === null || words.device === '') return;
  const link = words.create ? null : args.session.link(words.device);
  const length = link === null ? 6 : link.ipip === null ? 6 : 4;
  if (length === words.address.bytes) return;
  if (words.create) words.refusal ??= refuse(Errno.EINVAL);
  else if (link !== null)
    args.fail(`Invalid address length ${words.address.bytes} - must be ${length} bytes`);
}

function checkGroup(args: Arguments, words: LinkWords): void {
  if (!args.done) args.exit(`Garbage instead of arguments "${args.word} ...". Try "ip link help".`);
  else if (words.create) args.exit('group cannot be used when creating devices.');
  words.type = '';
}

function checkCreation(args: Arguments, words: LinkWords): void {
  if (words.name !== words.device) {
    args.exit('both "name" and "dev" cannot be used when creating devices.');
    return;
  }
  if (words.name.length > NAME_LENGTH)
    words.refusal = refuse(Errno.ERANGE, 'Attribute failed policy validation');
  if (words.lower !== '' && args.session.link(words.lower) === null)
    args.stop(args.session.noDevice(words.lower));
}
