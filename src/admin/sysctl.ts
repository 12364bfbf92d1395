// /proc/sys: reading, writing and listing the settings of a namespace by path.
import { Errno, refuse } from '../addr/errno.ts';
import { vrfsShareTables } from '../link/vrf-device.ts';
import { Ipv4Conf, type Ipv4Setting, type NeighConf } from '../netns/conf.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { INERT_SETTINGS, type InertSetting } from './sysctl-inert.ts';
import {
  confFile,
  IPV4_NAMES,
  ipv4File,
  NEIGH_NAMES,
  neighFile,
  numberFile,
  type SysctlFile,
} from './sysctl-ipv4.ts';
import { parseInt32, parseInts } from './sysctl-value.ts';
import type { Answer, Outcome } from './types.ts';

/** A directory: what is asked for is made when somebody looks, and nothing else, for a cluster writes 200,000 files. */
interface Directory {
  names(): string[];
  get(name: string): Entry | undefined;
}
type Entry = SysctlFile | Directory;

const isDirectory = (entry: Entry): entry is Directory => 'names' in entry;

const CONF_NAMES = new Set(Object.keys(new Ipv4Conf()).filter((name) => name !== 'touched'));

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
  namespace.kernel.changes++;
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
  return entry.names().sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function find(namespace: Namespace, path: string): Entry | null {
  for (const [prefix, directory] of SHORTCUTS)
    if (path.startsWith(prefix)) return below(directory(namespace), path, prefix.length);
  return below(rootDirectory(namespace), path, 0);
}

/** What is below a directory at the rest of the path. */
function below(directory: Directory, path: string, from: number): Entry | null {
  let entry: Entry = directory;
  for (let at = from, end: number; at < path.length; at = end + 1) {
    const slash = path.indexOf('/', at);
    end = slash < 0 ? path.length : slash;
    const name = path.slice(at, end);
    if (name === '') continue;
    if (!isDirectory(entry)) return null;
    const next: Entry | undefined = entry.get(name);
    if (next === undefined) return null;
    entry = next;
  }
  return entry;
}

/** Directories with a part for every device: a cluster asks for nothing else. */
const SHORTCUTS: readonly (readonly [prefix: string, directory: (namespace: Namespace) => Directory])[] = [
  ['net/ipv4/conf/', (namespace) => confDirectory(namespace)],
  ['net/ipv4/neigh/', (namespace) => neighDirectory(namespace)],
  ['net/ipv6/conf/', (namespace) => (hasIpv6(namespace) ? ipv6ConfDirectory(namespace) : EMPTY)],
];

const EMPTY: Directory = { names: () => [], get: () => undefined };

const rootDirectory = (namespace: Namespace): Directory =>
  withOthers(EMPTY, { net: () => netDirectory(namespace) });

const netDirectory = (namespace: Namespace): Directory =>
  hasIpv6(namespace) ? allOfNet(namespace) : without(allOfNet(namespace), 'ipv6');

/** A machine that was booted without IPv6 has no files of it (inet6_init). */
const hasIpv6 = ({ kernel }: Namespace): boolean => !kernel.ipv6Disabled;

const without = (directory: Directory, gone: string): Directory => ({
  names: () => [...directory.names()].filter((name) => name !== gone),
  get: (name) => (name === gone ? undefined : directory.get(name)),
});

const allOfNet = (namespace: Namespace): Directory =>
  withOthers(branchDirectory(namespace, NET), {
    ipv4: () =>
      withOthers(branchDirectory(namespace, NET.get('ipv4') as Branch), {
        conf: () => confDirectory(namespace),
        neigh: () => neighDirectory(namespace),
      }),
    ipv6: () =>
      withOthers(branchDirectory(namespace, NET.get('ipv6') as Branch), {
        conf: () => ipv6ConfDirectory(namespace),
      }),
  });

/** A directory in which `others` are too, or instead. */
const withOthers = (directory: Directory, others: Readonly<Record<string, () => Directory>>): Directory => ({
  names: () => [...new Set([...directory.names(), ...Object.keys(others)])],
  get: (name) => (Object.hasOwn(others, name) ? others[name]() : directory.get(name)),
});

// ---- files at fixed places ---------------------------------------------------------------------------------------

/** Makes a file; undefined where the namespace does not have it. */
type FileMaker = (namespace: Namespace) => SysctlFile | undefined;
type Branch = Map<string, Branch | FileMaker>;

/** A branch as one namespace sees it. */
function branchDirectory(namespace: Namespace, branch: Branch): Directory {
  const get = (name: string): Entry | undefined => {
    const below = branch.get(name);
    if (below === undefined || typeof below === 'function') return below?.(namespace);
    const directory = branchDirectory(namespace, below);
    return directory.names().length === 0 ? undefined : directory;
  };
  return { names: () => [...branch.keys()].filter((name) => get(name) !== undefined), get };
}

/** `route/flush` makes a directory `route`. */
function addFile(branch: Branch, path: string, make: FileMaker): void {
  const slash = path.indexOf('/');
  if (slash < 0) {
    branch.set(path, make);
    return;
  }
  const name = path.slice(0, slash);
  const below = (branch.get(name) as Branch | undefined) ?? new Map();
  branch.set(name, below);
  addFile(below, path.slice(slash + 1), make);
}

/** All that is below /proc/sys/net at a fixed place in some namespace. */
function fixedFiles(): Branch {
  const net: Branch = new Map();
  for (const setting of INERT_SETTINGS.values())
    if (!setting.path.startsWith('ipv6/conf/'))
      addFile(net, setting.path, (namespace) => inertFileIn(namespace, setting));
  for (const name of IPV4_NAMES) addFile(net, `ipv4/${name}`, (namespace) => ipv4File(namespace, name));
  addFile(net, 'core/netdev_max_backlog', backlogFile);
  addFile(net, 'vrf/strict_mode', strictModeFile);
  for (const [name, initial] of Object.entries(BRIDGE))
    addFile(net, `bridge/${name}`, (namespace) => bridgeFile(namespace, `bridge/${name}`, initial));
  return net;
}

/** net.vrf is there once the module is loaded; EBUSY while VRFs share a table. */
function strictModeFile(namespace: Namespace): SysctlFile | undefined {
  if (!namespace.kernel.modules.has('vrf')) return undefined;
  return {
    mode: 0o644,
    read: () => String(Number(namespace.vrfStrictMode)),
    write(text: string): Errno {
      const values = parseInts(text, 1, 0, 1);
      if (values === null) return Errno.EINVAL;
      const strict = values[0] === 1;
      if (strict && !namespace.vrfStrictMode && vrfsShareTables(namespace)) return Errno.EBUSY;
      namespace.vrfStrictMode = strict;
      return 0;
    },
  };
}

/** Of the whole machine: in the initial namespace only. */
function backlogFile(namespace: Namespace): SysctlFile | undefined {
  const { kernel } = namespace;
  if (namespace !== kernel.initial) return undefined;
  const { conf } = kernel;
  const write = (value: number) => {
    conf.netdev_max_backlog = value;
  };
  return numberFile(() => conf.netdev_max_backlog, write);
}

const inertFileIn = (namespace: Namespace, setting: InertSetting): SysctlFile | undefined =>
  setting.everywhere || namespace === namespace.kernel.initial
    ? inertFile(namespace, setting, setting.path)
    : undefined;

// ---- net.ipv4 --------------------------------------------------------------------------------------------------

const confDirectory = (namespace: Namespace): Directory => ({
  names: () => ['all', 'default', ...configured(namespace)],
  get(name) {
    const conf = confOf(namespace, name);
    if (conf === undefined) return undefined;
    return {
      names: () => [...CONF_NAMES],
      get: (setting) =>
        CONF_NAMES.has(setting) ? confFile(namespace, conf, setting as Ipv4Setting) : undefined,
    };
  },
});

function confOf(namespace: Namespace, name: string): Ipv4Conf | undefined {
  if (name === 'all') return namespace.confAll;
  return name === 'default' ? namespace.confDefault : configuredDevice(namespace, name)?.conf;
}

/** Names of the devices that have settings of IPv4. */
const configured = (namespace: Namespace): string[] =>
  [...namespace.names.keys()].filter((name) => configuredDevice(namespace, name) !== undefined);

function configuredDevice(namespace: Namespace, name: string): Device | undefined {
  const device = namespace.names.get(name);
  return device === undefined || device.ipv4Disabled || !hasSettings(name) ? undefined : device;
}

/** Devices that call themselves all or default have no settings of their own (sysctl_dev_name_is_allowed). */
const hasSettings = (name: string): boolean => name !== 'all' && name !== 'default';

/** neigh.default is there for the initial namespace only. */
const neighDirectory = (namespace: Namespace): Directory => ({
  names: () => [...(namespace === namespace.kernel.initial ? ['default'] : []), ...configured(namespace)],
  get(name) {
    if (name === 'default' && namespace === namespace.kernel.initial) return neighDefaultFiles(namespace);
    const device = configuredDevice(namespace, name);
    return device === undefined ? undefined : neighFiles(namespace, device.neighConf);
  },
});

const neighFiles = (namespace: Namespace, conf: NeighConf): Directory => ({
  names: () => [...NEIGH_NAMES],
  get: (setting) => neighFile(namespace, conf, setting),
});

function neighDefaultFiles(namespace: Namespace): Directory {
  const files = neighFiles(namespace, namespace.neighDefault);
  return {
    names: () => [...files.names(), ...COLLECTOR.keys()],
    get(setting) {
      const initial = COLLECTOR.get(setting);
      if (initial === undefined) return files.get(setting);
      return keptFile(namespace, `ipv4/neigh/default/${setting}`, String(initial));
    },
  };
}

/** How many neighbours are too many: kept, but not acted on. */
const COLLECTOR: ReadonlyMap<string, number> = new Map([
  ['gc_interval', 30],
  ['gc_thresh1', 128],
  ['gc_thresh2', 512],
  ['gc_thresh3', 1024],
]);

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
  if (!present.includes('\t')) {
    const value = parseInt32(text, setting.low, setting.high);
    return value === null ? null : String(value);
  }
  const before = present.split('\t');
  const values = parseInts(text, before.length, setting.low, setting.high);
  return values === null ? null : [...values.map(String), ...before.slice(values.length)].join('\t');
}

/** net.bridge is there once br_netfilter is loaded. */
const bridgeFile = (namespace: Namespace, path: string, initial: number): SysctlFile | undefined =>
  namespace.kernel.modules.has('br_netfilter') ? keptFile(namespace, path, String(initial)) : undefined;

const BRIDGE = {
  'bridge-nf-call-arptables': 1,
  'bridge-nf-call-ip6tables': 1,
  'bridge-nf-call-iptables': 1,
  'bridge-nf-filter-pppoe-tagged': 0,
  'bridge-nf-filter-vlan-tagged': 0,
  'bridge-nf-pass-vlan-input-dev': 0,
};

const NET: Branch = fixedFiles();

// ---- net.ipv6 --------------------------------------------------------------------------------------------------

const IPV6_CONF = 'ipv6/conf/all/';

const IPV6_SETTINGS: ReadonlyMap<string, InertSetting> = new Map(
  [...INERT_SETTINGS.values()]
    .filter((setting) => setting.path.startsWith(IPV6_CONF))
    .map((setting) => [setting.path.slice(IPV6_CONF.length), setting]),
);

/** The settings of IPv6 for all, default and every device: kept by index, so that they go and move with it. */
const ipv6ConfDirectory = (namespace: Namespace): Directory => ({
  names: () => ['all', 'default', ...[...namespace.names.keys()].filter(hasSettings)],
  get(name) {
    if (!hasSettings(name)) return ipv6Files(namespace, name);
    const device = namespace.names.get(name);
    return device === undefined ? undefined : ipv6Files(namespace, `#${device.index}`);
  },
});

const ipv6Files = (namespace: Namespace, holder: string): Directory => ({
  names: () => [...IPV6_SETTINGS.keys()],
  get(name) {
    const setting = IPV6_SETTINGS.get(name);
    return setting === undefined ? undefined : ipv6File(namespace, holder, name, setting);
  },
});

/** Settings that conf.all passes on to every device when it is written. */
const PASSED_ON = ['disable_ipv6', 'forwarding'];

function ipv6File(namespace: Namespace, holder: string, name: string, setting: InertSetting): SysctlFile {
  const { inertSysctls } = namespace;
  const keyOf = (of: string) => `ipv6/conf/${of}/${name}`;
  const fresh = name === 'accept_dad' && holder !== 'all' ? { ...setting, initial: '1' } : setting;
  const inherited = holder[0] === '#' ? (inertSysctls.get(keyOf('default')) ?? fresh.initial) : fresh.initial;
  const own = fresh.initial === inherited ? fresh : { ...fresh, initial: inherited };
  const file = inertFile(namespace, own, keyOf(holder));
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
