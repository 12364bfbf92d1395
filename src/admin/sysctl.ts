// /proc/sys: reading, writing and listing the settings of a namespace by path.
import { Errno, refuse } from '../addr/errno.ts';
import { Ipv4Conf, type Ipv4Setting, type NeighConf } from '../netns/conf.ts';
import type { Namespace } from '../netns/namespace.ts';
import { INERT_SETTINGS, type InertSetting } from './sysctl-inert.ts';
import {
  confFile,
  ipv4File,
  ipv4Names,
  NEIGH_NAMES,
  neighFile,
  numberFile,
  type SysctlFile,
} from './sysctl-ipv4.ts';
import { parseInts } from './sysctl-value.ts';
import type { Answer, Outcome } from './types.ts';

/** A directory: names to what they lead to, made when somebody looks. */
type Directory = ReadonlyMap<string, Entry>;
type Entry = SysctlFile | (() => Directory);

const isDirectory = (entry: Entry): entry is () => Directory => typeof entry === 'function';

const CONF_NAMES = Object.keys(new Ipv4Conf()).filter((name) => name !== 'touched') as Ipv4Setting[];

/** The content of /proc/sys/PATH without its last newline; `path` is like `net/ipv4/conf/eth0.5/rp_filter`. */
export function readSysctl(namespace: Namespace, path: string): Answer<string> {
  const entry = find(namespace, path);
  if (entry === null) return { refusal: refuse(Errno.ENOENT) };
  if (isDirectory(entry)) return { refusal: refuse(Errno.EISDIR) };
  return (entry.mode & 0o400) === 0 ? { refusal: refuse(Errno.EACCES) } : { value: entry.read() };
}

/** What write(2) of `text` to /proc/sys/PATH ends with: ENOENT, EACCES for what cannot be written, EINVAL. */
export function writeSysctl(namespace: Namespace, path: string, text: string): Outcome {
  const entry = find(namespace, path);
  if (entry === null) return refuse(Errno.ENOENT);
  if (isDirectory(entry)) return refuse(Errno.EISDIR);
  if ((entry.mode & 0o200) === 0) return refuse(Errno.EACCES);
  const errno = entry.write(text);
  return errno === 0 ? null : refuse(errno);
}

/** What stat(2) tells of /proc/sys/PATH: a file, a directory, or null for neither; `mode` is its permission bits. */
export function statSysctl(
  namespace: Namespace,
  path: string,
): { readonly directory: boolean; readonly mode: number } | null {
  const entry = find(namespace, path);
  if (entry === null) return null;
  return isDirectory(entry) ? { directory: true, mode: 0o555 } : { directory: false, mode: entry.mode };
}

/** Names in the directory /proc/sys/PATH ('' for the root) in the kernel's order; null if it is no directory. */
export function listSysctl(namespace: Namespace, path: string): string[] | null {
  const entry = find(namespace, path);
  if (entry === null || !isDirectory(entry)) return null;
  return [...entry().keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function find(namespace: Namespace, path: string): Entry | null {
  let entry: Entry = () => new Map([['net', () => netDirectory(namespace)]]);
  for (const name of path.split('/').filter((part) => part !== '')) {
    if (!isDirectory(entry)) return null;
    const next: Entry | undefined = entry().get(name);
    if (next === undefined) return null;
    entry = next;
  }
  return entry;
}

/** A directory of files by path: `route/flush` makes a directory `route`. */
function treeOf(files: Iterable<readonly [string, SysctlFile]>): Map<string, Entry> {
  const top = new Map<string, Entry>();
  const below = new Map<string, [string, SysctlFile][]>();
  for (const [path, file] of files) {
    const slash = path.indexOf('/');
    if (slash < 0) top.set(path, file);
    else {
      const name = path.slice(0, slash);
      below.set(name, [...(below.get(name) ?? []), [path.slice(slash + 1), file]]);
    }
  }
  for (const [name, inner] of below) top.set(name, () => treeOf(inner));
  return top;
}

function netDirectory(namespace: Namespace): Directory {
  const files: [string, SysctlFile][] = [];
  for (const setting of INERT_SETTINGS.values())
    if (isPresent(namespace, setting))
      files.push([setting.path, inertFile(namespace, setting, setting.path)]);
  for (const name of ipv4Names(namespace))
    files.push([`ipv4/${name}`, ipv4File(namespace, name) as SysctlFile]);
  if (namespace === namespace.kernel.initial) files.push(['core/netdev_max_backlog', backlogFile(namespace)]);
  files.push(...bridgeFiles(namespace));
  const net = treeOf(files);
  const ipv4 = net.get('ipv4') as () => Directory;
  net.set(
    'ipv4',
    () =>
      new Map([
        ...ipv4(),
        ['conf', () => confDirectory(namespace)],
        ['neigh', () => neighDirectory(namespace)],
      ]),
  );
  const ipv6 = net.get('ipv6') as () => Directory;
  net.set('ipv6', () => new Map([...ipv6(), ['conf', () => ipv6ConfDirectory(namespace)]]));
  return net;
}

const backlogFile = ({ kernel }: Namespace): SysctlFile =>
  numberFile(
    () => kernel.conf.netdev_max_backlog,
    (value) => {
      kernel.conf.netdev_max_backlog = value;
    },
  );

const isPresent = (namespace: Namespace, setting: InertSetting): boolean =>
  (setting.everywhere || namespace === namespace.kernel.initial) && !setting.path.startsWith('ipv6/conf/');

// ---- net.ipv4 --------------------------------------------------------------------------------------------------

function confDirectory(namespace: Namespace): Directory {
  const holders = new Map<string, Ipv4Conf>([
    ['all', namespace.confAll],
    ['default', namespace.confDefault],
  ]);
  for (const device of namespace.devices.values())
    if (!device.ipv4Disabled && hasSettings(device.name)) holders.set(device.name, device.conf);
  return new Map(
    [...holders].map(([name, conf]) => [
      name,
      () => new Map(CONF_NAMES.map((setting) => [setting, confFile(namespace, conf, setting)])),
    ]),
  );
}

/** Devices that call themselves all or default have no settings of their own (sysctl_dev_name_is_allowed). */
const hasSettings = (name: string): boolean => name !== 'all' && name !== 'default';

/** neigh.default is there for the initial namespace only. */
function neighDirectory(namespace: Namespace): Directory {
  const holders = new Map<string, NeighConf>();
  if (namespace === namespace.kernel.initial) holders.set('default', namespace.neighDefault);
  for (const device of namespace.devices.values())
    if (!device.ipv4Disabled && hasSettings(device.name)) holders.set(device.name, device.neighConf);
  return new Map([...holders].map(([name, conf]) => [name, () => neighFiles(namespace, name, conf)]));
}

function neighFiles(namespace: Namespace, name: string, conf: NeighConf): Directory {
  const files = NEIGH_NAMES.map(
    (setting) => [setting, neighFile(namespace, conf, setting) as SysctlFile] as const,
  );
  if (name !== 'default') return new Map(files);
  const collector = Object.entries(COLLECTOR).map(
    ([setting, initial]) =>
      [setting, keptFile(namespace, `ipv4/neigh/default/${setting}`, String(initial))] as const,
  );
  return new Map([...files, ...collector]);
}

/** How many neighbours are too many: kept, but not acted on. */
const COLLECTOR = { gc_interval: 30, gc_thresh1: 128, gc_thresh2: 512, gc_thresh3: 1024 };

// ---- what is only kept -----------------------------------------------------------------------------------------

const keptFile = (namespace: Namespace, key: string, initial: string): SysctlFile =>
  inertFile(
    namespace,
    { path: key, everywhere: true, kind: 'i', low: -Infinity, high: Infinity, initial },
    key,
  );

function inertFile(namespace: Namespace, setting: InertSetting, key: string): SysctlFile {
  const { inertSysctls } = namespace;
  return {
    mode: setting.kind === 'r' ? 0o444 : setting.kind === 'w' ? 0o200 : 0o644,
    read: () => inertSysctls.get(key) ?? setting.initial,
    write(text: string): Errno {
      const value = acceptable(setting, inertSysctls.get(key) ?? setting.initial, text);
      if (value === null) return Errno.EINVAL;
      inertSysctls.set(key, value);
      return 0;
    },
  };
}

/** What is kept of a written text: as many numbers as there were before, or the words as they are. */
function acceptable(setting: InertSetting, present: string, text: string): string | null {
  if (setting.kind !== 'i') return text.trim();
  const before = present.split('\t');
  const values = parseInts(text, before.length, setting.low, setting.high);
  return values === null ? null : [...values.map(String), ...before.slice(values.length)].join('\t');
}

/** net.bridge is there once br_netfilter is loaded. */
function bridgeFiles(namespace: Namespace): [string, SysctlFile][] {
  if (!namespace.kernel.modules.has('br_netfilter')) return [];
  return Object.entries(BRIDGE).map(([name, initial]) => [
    `bridge/${name}`,
    keptFile(namespace, `bridge/${name}`, String(initial)),
  ]);
}

const BRIDGE = {
  'bridge-nf-call-arptables': 1,
  'bridge-nf-call-ip6tables': 1,
  'bridge-nf-call-iptables': 1,
  'bridge-nf-filter-pppoe-tagged': 0,
  'bridge-nf-filter-vlan-tagged': 0,
  'bridge-nf-pass-vlan-input-dev': 0,
};

// ---- net.ipv6 --------------------------------------------------------------------------------------------------

const IPV6_CONF = 'ipv6/conf/all/';

/** The settings of IPv6 for all, default and every device: kept by index, so that they go and move with it. */
function ipv6ConfDirectory(namespace: Namespace): Directory {
  const holders: [string, string][] = [
    ['all', 'all'],
    ['default', 'default'],
  ];
  for (const device of namespace.devices.values())
    if (hasSettings(device.name)) holders.push([device.name, `#${device.index}`]);
  return new Map(holders.map(([name, key]) => [name, () => ipv6Files(namespace, key)]));
}

function ipv6Files(namespace: Namespace, holder: string): Directory {
  const files = new Map<string, SysctlFile>();
  for (const setting of INERT_SETTINGS.values())
    if (setting.path.startsWith(IPV6_CONF)) {
      const name = setting.path.slice(IPV6_CONF.length);
      files.set(name, ipv6File(namespace, holder, name, setting));
    }
  return files;
}

/** Settings that conf.all passes on to every device when it is written. */
const PASSED_ON = ['disable_ipv6', 'forwarding'];

function ipv6File(namespace: Namespace, holder: string, name: string, setting: InertSetting): SysctlFile {
  const { inertSysctls } = namespace;
  const keyOf = (of: string) => `ipv6/conf/${of}/${name}`;
  const fresh = name === 'accept_dad' && holder !== 'all' ? { ...setting, initial: '1' } : setting;
  const inherited = holder[0] === '#' ? (inertSysctls.get(keyOf('default')) ?? fresh.initial) : fresh.initial;
  const file = inertFile(namespace, { ...fresh, initial: inherited }, keyOf(holder));
  if (holder[0] === '#') return file;
  return {
    ...file,
    write(text: string): Errno {
      for (const device of namespace.devices.values())
        freeze(namespace, keyOf(`#${device.index}`), keyOf('default'), fresh.initial);
      const errno = file.write(text);
      if (errno !== 0 || holder !== 'all' || !PASSED_ON.includes(name)) return errno;
      for (const key of inertSysctls.keys())
        if (key.startsWith('ipv6/conf/#') && key.endsWith(`/${name}`)) inertSysctls.set(key, file.read());
      inertSysctls.set(keyOf('default'), file.read());
      return 0;
    },
  };
}

/** A device that follows the default keeps what it has when the default changes. */
function freeze(namespace: Namespace, key: string, defaultKey: string, initial: string): void {
  const { inertSysctls } = namespace;
  if (!inertSysctls.has(key)) inertSysctls.set(key, inertSysctls.get(defaultKey) ?? initial);
}
