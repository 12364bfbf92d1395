// brctl (bridge-utils 1.7.1): makes and shows bridges as the ioctls and sysfs files of Linux's bridge do.

import { Errno, type Refusal, strerror } from '../../../addr/errno.ts';
import { addLink, deleteLink, getLink, setBridgePort, setLink } from '../../../admin/link.ts';
import type { BridgePortSettings, BridgeSettings, LinkInfo } from '../../../admin/types.ts';
import { DeviceFlag } from '../../../netns/device.ts';
import type { Namespace } from '../../../netns/namespace.ts';
import { CLOCK_TICK } from '../../../time/clock.ts';
import type { Command, Context } from '../../command.ts';
import { parseDouble, parseInteger } from '../probe/numbers.ts';
import { addressesText, bridgesOf, LIST_HEADER, listText, treeText } from './show.ts';
import { COMMANDS, USAGE, VERSION } from './usage.ts';

/** IFNAMSIZ without the terminating zero. */
const NAME_LENGTH = 15;

type Action = (context: Context, args: readonly string[]) => number;

const linkOf = (namespace: Namespace, name: string): LinkInfo | null => {
  const answer = getLink(namespace, name);
  return 'value' in answer ? answer.value : null;
};

function fail(context: Context, text: string): number {
  context.err(`${text}\n`);
  return 1;
}

/** Why a setting of a bridge cannot even be tried, or null. */
function notBridge(namespace: Namespace, name: string): Refusal | null {
  const link = linkOf(namespace, name);
  if (link === null) return { errno: Errno.ENODEV };
  return link.bridge === null ? { errno: Errno.EOPNOTSUPP } : null;
}

function addBridge(context: Context, [name]: readonly string[]): number {
  const refusal = addLink(context.namespace, { name: name.slice(0, NAME_LENGTH), kind: 'bridge' });
  if (refusal === null) return 0;
  if (refusal.errno === Errno.EEXIST)
    return fail(context, `device ${name} already exists; can't create bridge with the same name`);
  return fail(context, `add bridge failed: ${strerror(refusal.errno)}`);
}

function deleteBridge(context: Context, [name]: readonly string[]): number {
  const link = linkOf(context.namespace, name);
  if (link === null) return fail(context, `bridge ${name} doesn't exist; can't delete it`);
  if (link.bridge === null) return fail(context, `can't delete bridge ${name}: ${strerror(Errno.EPERM)}`);
  if (link.flags & DeviceFlag.UP) return fail(context, `bridge ${name} is still up; can't delete it`);
  const refusal = deleteLink(context.namespace, name);
  return refusal === null ? 0 : fail(context, `can't delete bridge ${name}: ${strerror(refusal.errno)}`);
}

/** SIOCBRADDIF (br_add_if): unlike netlink it does not take a port from another bridge. */
function join(namespace: Namespace, bridge: string, device: string): Refusal | null {
  const refusal = notBridge(namespace, bridge);
  const link = linkOf(namespace, device);
  if (refusal?.errno === Errno.ENODEV || link === null) return { errno: Errno.ENODEV };
  if (refusal !== null) return refusal;
  if (link.flags & DeviceFlag.LOOPBACK) return { errno: Errno.EINVAL };
  if (link.bridge !== null) return { errno: Errno.ELOOP };
  if (link.master !== '') return { errno: Errno.EBUSY };
  return setLink(namespace, device, { master: bridge });
}

const missing = (namespace: Namespace, bridge: string, device: string): string =>
  linkOf(namespace, device) === null
    ? `interface ${device} does not exist!`
    : `bridge ${bridge} does not exist!`;

function addPorts(context: Context, [bridge, ...devices]: readonly string[]): number {
  for (const device of devices) {
    const refusal = join(context.namespace, bridge, device);
    if (refusal !== null) return fail(context, joinProblem(context.namespace, bridge, device, refusal.errno));
  }
  return 0;
}

function joinProblem(namespace: Namespace, bridge: string, device: string, errno: Errno): string {
  if (errno === Errno.ENODEV) return missing(namespace, bridge, device);
  if (errno === Errno.EBUSY)
    return `device ${device} is already a member of a bridge; can't add it to bridge ${bridge}.`;
  if (errno === Errno.ELOOP)
    return `device ${device} is a bridge device itself; can't add a bridge device to a bridge device.`;
  return `can't add ${device} to bridge ${bridge}: ${strerror(errno)}`;
}

function removePorts(context: Context, [bridge, ...devices]: readonly string[]): number {
  const { namespace } = context;
  for (const device of devices) {
    const refusal = notBridge(namespace, bridge);
    const link = linkOf(namespace, device);
    if (link === null || refusal?.errno === Errno.ENODEV)
      return fail(context, missing(namespace, bridge, device));
    if (refusal !== null)
      return fail(context, `can't delete ${device} from ${bridge}: ${strerror(refusal.errno)}`);
    if (link.master !== bridge) return fail(context, `device ${device} is not a port of ${bridge}`);
    setLink(namespace, device, { master: '' });
  }
  return 0;
}

/** A setting of the bridge from one argument; `read` gives null for a bad one. */
const setting =
  (bad: string, what: string, read: (text: string) => BridgeSettings | null): Action =>
  (context, [name, text]) => {
    const settings = read(text);
    if (settings === null) return fail(context, bad);
    const refusal =
      notBridge(context.namespace, name) ?? setLink(context.namespace, name, { bridge: settings });
    return refusal === null ? 0 : fail(context, `${what} failed: ${strerror(refusal.errno)}`);
  };

const portSetting =
  (bad: string, what: string, read: (value: number) => BridgePortSettings): Action =>
  (context, [bridge, device, text]) => {
    const { value, rest } = parseInteger(text, 0);
    if (rest === text) return fail(context, bad);
    const refusal = changePort(context.namespace, bridge, device, read(value));
    return refusal === null ? 0 : fail(context, `${what} failed: ${strerror(refusal.errno)}`);
  };

function changePort(
  namespace: Namespace,
  bridge: string,
  device: string,
  settings: BridgePortSettings,
): Refusal | null {
  const refusal = notBridge(namespace, bridge);
  if (refusal !== null) return refusal;
  if (linkOf(namespace, device)?.master !== bridge) return { errno: Errno.EINVAL };
  return setBridgePort(namespace, device, settings);
}

/** Seconds, whatever follows the number; null if there is none. */
function time(text: string): number | null {
  const { value, rest } = parseDouble(text);
  return rest === text ? null : Math.trunc((value * 1_000_000) / CLOCK_TICK) * CLOCK_TICK;
}

const timed =
  (name: 'ageingTime' | 'forwardDelay' | 'helloTime' | 'maxAge') =>
  (text: string): BridgeSettings | null => {
    const microseconds = time(text);
    return microseconds === null ? null : { [name]: microseconds };
  };

const onOff = (text: string): boolean | null =>
  ['on', 'yes', '1'].includes(text) ? true : ['off', 'no', '0'].includes(text) ? false : null;

function hairpin(context: Context, [bridge, device, text]: readonly string[]): number {
  const { namespace } = context;
  const on = onOff(text);
  if (on === null) return fail(context, 'expect on/off for argument');
  if (linkOf(namespace, device) === null) return fail(context, `interface ${device} does not exist!`);
  if (linkOf(namespace, bridge) === null) return fail(context, `bridge ${bridge} does not exist!`);
  const refusal = changePort(namespace, bridge, device, { hairpin: on });
  if (refusal === null) return 0;
  return fail(context, `can't set ${device} to hairpin on bridge ${bridge}: ${strerror(refusal.errno)}`);
}

/** The bridge of that name; null once its absence was told. */
function wanted(context: Context, name: string): LinkInfo | null {
  const link = linkOf(context.namespace, name);
  if (link?.bridge) return link;
  context.err(link === null ? `bridge ${name} does not exist!\n` : `device ${name} is not a bridge!\n`);
  return null;
}

function show(context: Context, names: readonly string[]): number {
  const bridges =
    names.length === 0 ? bridgesOf(context.namespace) : names.map((name) => wanted(context, name));
  const found = bridges.filter((bridge) => bridge !== null);
  if (found.length > 0) context.out(LIST_HEADER);
  for (const bridge of found) context.out(listText(context.namespace, bridge));
  return found.length < bridges.length ? 1 : 0;
}

function showAddresses(context: Context, [name]: readonly string[]): number {
  const refusal = notBridge(context.namespace, name);
  if (refusal !== null) return fail(context, `read of forward table failed: ${strerror(refusal.errno)}`);
  context.out(addressesText(context.namespace, linkOf(context.namespace, name) as LinkInfo));
  return 0;
}

function showTree(context: Context, [name]: readonly string[]): number {
  const bridge = wanted(context, name);
  if (bridge === null) return 1;
  context.out(treeText(context.namespace, bridge));
  return 0;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  addbr: addBridge,
  delbr: deleteBridge,
  addif: addPorts,
  delif: removePorts,
  hairpin,
  setageing: setting('bad ageing time value', 'set ageing time', timed('ageingTime')),
  setbridgeprio: setting('bad priority', 'set bridge priority', (text) => {
    const { value, rest } = parseInteger(text, 0);
    return rest === text ? null : { priority: value };
  }),
  setfd: setting('bad forward delay value', 'set forward delay', timed('forwardDelay')),
  sethello: setting('bad hello timer value', 'set hello timer', timed('helloTime')),
  setmaxage: setting('bad max age value', 'set max age', timed('maxAge')),
  setpathcost: portSetting('bad path cost value', 'set path cost', (cost) => ({ cost })),
  setportprio: portSetting('bad path priority value', 'set port priority', (priority) => ({ priority })),
  show,
  showmacs: showAddresses,
  showstp: showTree,
  stp: setting('expect on/off for argument', 'set stp status', (text) => {
    const stp = onOff(text);
    return stp === null ? null : { stp };
  }),
};

function run(context: Context, args: readonly string[]): number {
  const [name, ...rest] = args;
  if (name === '-h' || name === '--help') {
    context.out(USAGE);
    return 0;
  }
  if (name === '-V' || name === '--version') {
    context.out(VERSION);
    return 0;
  }
  const found = COMMANDS.find((command) => command.name === name);
  if (found === undefined) {
    if (name !== undefined) context.err(`never heard of command [${name}]\n`);
    context.out(USAGE);
    return 1;
  }
  if (rest.length < found.arguments) {
    context.out(`Incorrect number of arguments for command\nUsage: brctl ${found.name} ${found.help}\n`);
    return 1;
  }
  return ACTIONS[found.name](context, rest);
}

export const brctl: Command = { name: 'brctl', run };
