// Forwarding entries of bridges and VXLAN devices: RTM_NEWNEIGH and so on of family AF_BRIDGE (net/core/rtnetlink.c,
// net/bridge/br_fdb.c, drivers/net/vxlan/vxlan_core.c).
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { ANY } from '../addr/ipv4.ts';
import { isGroup, type Mac } from '../addr/mac.ts';
import { entriesOf } from '../link/bridge-fdb.ts';
import { addBridgeEntry, deleteBridgeEntry, entryState } from '../link/bridge-fdb-request.ts';
import { peerId } from '../link/peer-id.ts';
import {
  addByUser,
  dumpOrder,
  removeFromTable,
  reportedEntryFlags,
  type TableVerb,
} from '../link/vxlan-table.ts';
import { NeighbourFlag, NudState } from '../neigh/neighbour.ts';
import {
  type BridgeFdbEntry,
  type BridgeState,
  type Device,
  HardwareType,
  type VxlanFdbEntry,
  type VxlanRemote,
  type VxlanState,
} from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Change, FdbSubject } from '../netns/netlink.ts';
import { multicastList } from './multicast-list.ts';
import type { Answer, FdbInfo, FdbRequest, Outcome } from './types.ts';

/** add = create + exclusive, append = create + append, replace = create + replace. */
export type FdbVerb = 'add' | 'append' | 'replace';

const VERBS: Readonly<Record<FdbVerb, TableVerb>> = {
  add: { create: true, exclusive: true },
  append: { create: true, append: true },
  replace: { create: true, replace: true },
};

const MAX_VLAN = 4095;

/** What every request is asked first (rtnl_fdb_add, rtnl_fdb_del). */
function target(namespace: Namespace, request: FdbRequest, doing: string): Device | Refusal {
  const device = namespace.names.get(request.device);
  if (device === undefined) return refuse(Errno.ENODEV, 'unknown ifindex');
  if (device.hardwareType !== HardwareType.ETHER)
    return refuse(Errno.EINVAL, `FDB ${doing} only supported for Ethernet devices`);
  if (request.vlan !== undefined && (request.vlan === 0 || request.vlan >= MAX_VLAN))
    return refuse(Errno.EINVAL, 'invalid vlan id');
  return device;
}

const isRefusal = (value: Device | Refusal): value is Refusal => 'errno' in value;

/** The request is for the bridge that the device is a port of. */
const isForMaster = (device: Device, flags: number): boolean =>
  (flags === 0 || (flags & NeighbourFlag.MASTER) !== 0) && device.port !== null;

/** `bridge fdb add|append|replace …`. */
export function changeFdb(namespace: Namespace, verb: FdbVerb, request: FdbRequest): Outcome {
  namespace.kernel.changes++;
  const device = target(namespace, request, 'add');
  if (isRefusal(device)) return device;
  let outcome: Outcome = refuse(Errno.EOPNOTSUPP);
  if (isForMaster(device, request.flags)) {
    outcome = addBridgeEntry(device.port?.bridge as Device, device, request, VERBS[verb]);
    if (outcome !== null) return outcome;
  }
  if ((request.flags & NeighbourFlag.SELF) === 0) return outcome;
  outcome = changeOwn(namespace, device, request, verb);
  return outcome ?? tellOwn(device, request, 'new');
}

/** ndo_fdb_add. */
function changeOwn(namespace: Namespace, device: Device, request: FdbRequest, verb: FdbVerb): Outcome {
  if (device.vxlan !== null) return changeVxlanEntry(namespace, device, request, VERBS[verb]);
  if (device.bridge !== null) return addBridgeEntry(device, null, request, VERBS[verb]);
  return listMac(device, request, verb);
}

/** rtnl_fdb_notify: what was asked of the device itself is told once more, as it was asked. */
function tellOwn(device: Device, { mac, state }: FdbRequest, change: Change): null {
  device.namespace.netlink?.fdb({ kind: 'self', device, mac, state }, change);
  return null;
}

/** vxlan_fdb_add. */
function changeVxlanEntry(
  namespace: Namespace,
  device: Device,
  request: FdbRequest,
  verb: TableVerb,
): Outcome {
  if ((request.state & (NudState.PERMANENT | NudState.REACHABLE)) === 0 || request.destination === undefined)
    return refuse(Errno.EINVAL);
  const remote = remoteOf(namespace, device, request);
  if ('errno' in remote) return remote;
  return addByUser(device, request.mac, remote, request.state, request.flags, verb);
}

/** vxlan_fdb_parse: what is left out is the device's own. */
function remoteOf(namespace: Namespace, device: Device, request: FdbRequest): VxlanRemote | Refusal {
  const vxlan = device.vxlan as VxlanState;
  const via = request.via === undefined ? undefined : namespace.names.get(request.via);
  if (request.via !== undefined && via === undefined) return refuse(Errno.EADDRNOTAVAIL, 'Device not found');
  return {
    address: request.destination ?? ANY,
    port: request.port ?? vxlan.port,
    vni: request.vni ?? vxlan.vni,
    link: via?.index ?? 0,
  };
}

/** ndo_dflt_fdb_add: an address that the device shall take beside its own. */
function listMac(device: Device, request: FdbRequest, verb: FdbVerb): Outcome {
  if (request.state !== 0 && (request.state & NudState.PERMANENT) === 0) return refuse(Errno.EINVAL);
  if (request.vlan !== undefined) return refuse(Errno.EINVAL);
  if (hearsMac(device, request.mac)) return verb === 'add' ? refuse(Errno.EEXIST) : null;
  listOf(device, request.mac).add(request.mac);
  return null;
}

/** dev->mc for groups, dev->uc for others. */
const listOf = (device: Device, mac: Mac): Set<Mac> => (isGroup(mac) ? device.askedMacs : device.listedMacs);

const hearsMac = (device: Device, mac: Mac): boolean =>
  device.listedMacs.has(mac) || multicastList(device).some((entry) => entry.mac === mac);

/** `bridge fdb del …`. */
export function deleteFdb(namespace: Namespace, request: FdbRequest): Outcome {
  namespace.kernel.changes++;
  const device = target(namespace, request, 'delete');
  if (isRefusal(device)) return device;
  let outcome: Outcome = refuse(Errno.EOPNOTSUPP);
  if (isForMaster(device, request.flags)) {
    outcome = deleteBridgeEntry(device.port?.bridge as Device, device, request.mac, request.vlan ?? 0);
    if (outcome !== null) return outcome;
  }
  if ((request.flags & NeighbourFlag.SELF) === 0) return outcome;
  outcome = deleteOwn(namespace, device, request);
  return outcome ?? tellOwn(device, request, 'gone');
}

/** ndo_fdb_del. */
function deleteOwn(namespace: Namespace, device: Device, request: FdbRequest): Outcome {
  if (device.bridge !== null) return deleteBridgeEntry(device, null, request.mac, request.vlan ?? 0);
  if (device.vxlan === null) return unlistMac(device, request);
  const remote = remoteOf(namespace, device, request);
  return 'errno' in remote ? remote : removeFromTable(device, request.mac, remote);
}

/** ndo_dflt_fdb_del. */
function unlistMac(device: Device, request: FdbRequest): Outcome {
  if ((request.state & NudState.PERMANENT) === 0) return refuse(Errno.EINVAL);
  return listOf(device, request.mac).delete(request.mac) ? null : refuse(Errno.ENOENT);
}

/** `bridge fdb get …`: of the bridge that is named or is the master, or of a VXLAN device. */
export function getFdb(namespace: Namespace, request: FdbRequest): Answer<FdbInfo> {
  const device = namespace.names.get(request.device);
  if (device === undefined) return { refusal: refuse(Errno.ENODEV, 'Unknown device ifindex') };
  const found = dumpDevice(device).find(
    (info) =>
      info.mac === request.mac &&
      info.vlan === (request.vlan ?? 0) &&
      (info.flags & NeighbourFlag.SELF) === (request.flags & NeighbourFlag.SELF),
  );
  return found === undefined ? { refusal: refuse(Errno.ENOENT, 'Fdb entry not found') } : { value: found };
}

/** As `bridge fdb show [br BRIDGE] [brport PORT]`: names of devices, '' or left out for all. */
export interface FdbFilter {
  bridge?: string;
  port?: string;
}

/** All entries in the order of the kernel's dump (rtnl_fdb_dump): device by device, a device's unicast list included. */
export function dumpFdb(namespace: Namespace, filter: FdbFilter): FdbInfo[] {
  namespace.pay();
  const devices = [...namespace.devices.values()].sort((a, b) => (a.index & 255) - (b.index & 255));
  return devices.filter((device) => isWanted(device, filter)).flatMap(dumpDevice);
}

function isWanted(device: Device, filter: FdbFilter): boolean {
  if (filter.port && device.name !== filter.port) return false;
  return !filter.bridge || device.name === filter.bridge || device.port?.bridge.name === filter.bridge;
}

function dumpDevice(device: Device): FdbInfo[] {
  const ofPort = device.port === null ? [] : dumpBridge(device.port.bridge, device);
  if (device.vxlan !== null) return [...ofPort, ...dumpVxlan(device, device.vxlan)];
  const own = [...ofPort, ...dumpListed(device)];
  return device.bridge === null ? own : [...own, ...dumpBridge(device, null)];
}

/** While a bridge runs, what gets too old goes in the same moment (br_fdb_cleanup). */
const isKept = (bridge: Device, entry: BridgeFdbEntry): boolean =>
  !bridge.running || entryState(bridge, entry) !== NudState.STALE;

/** br_fdb_dump: the latest first. */
const dumpBridge = (bridge: Device, port: Device | null): FdbInfo[] =>
  entriesOf(bridge.bridge as BridgeState)
    .filter((entry) => entry.port === port && isKept(bridge, entry))
    .map((entry) => describe(bridge, entry));

const NO_REMOTE = { destination: ANY, port: 0, vni: 0, via: '', viaIndex: 0, linkNetnsId: -1, vlan: 0 };

/** fdb_fill_info. */
function describe(bridge: Device, entry: BridgeFdbEntry): FdbInfo {
  const device = entry.port ?? bridge;
  const { now } = bridge.namespace.kernel.clock;
  return {
    ...NO_REMOTE,
    mac: entry.mac,
    device: device.name,
    index: device.index,
    master: bridge.name,
    vlan: entry.vlan,
    flags: (entry.externLearn ? NeighbourFlag.EXT_LEARNED : 0) | (entry.sticky ? NeighbourFlag.STICKY : 0),
    state: entryState(bridge, entry),
    used: now - entry.used,
    updated: now - entry.updated,
  };
}

/** nlmsg_populate_fdb: unicast addresses, then groups. */
function dumpListed(device: Device): FdbInfo[] {
  if (device.hardwareType !== HardwareType.ETHER) return [];
  const macs = [...device.listedMacs, ...multicastList(device).map(({ mac }) => mac)];
  return macs.map((mac) => describeOwn(device, mac, NudState.PERMANENT));
}

/** nlmsg_populate_fdb_fill. */
const describeOwn = (device: Device, mac: Mac, state: number): FdbInfo => ({
  ...NO_REMOTE,
  mac,
  device: device.name,
  index: device.index,
  master: '',
  flags: NeighbourFlag.SELF,
  state,
  used: 0,
  updated: 0,
});

/** vxlan_fdb_dump: one line for each remote. */
const dumpVxlan = (device: Device, vxlan: VxlanState): FdbInfo[] =>
  dumpOrder(vxlan, device.namespace.kernel.clock.now).flatMap((entry) =>
    entry.remotes.map((remote) => describeRemote(device, entry, remote)),
  );

/** vxlan_fdb_info. */
function describeRemote(device: Device, entry: VxlanFdbEntry, remote: VxlanRemote): FdbInfo {
  const { now } = device.namespace.kernel.clock;
  const { port, vni } = device.vxlan as VxlanState;
  const elsewhere = device.underlay !== device.namespace;
  return {
    mac: entry.mac,
    device: device.name,
    index: device.index,
    master: '',
    destination: remote.address,
    port: remote.port === port ? 0 : remote.port,
    vni: remote.vni === vni ? 0 : remote.vni,
    via: elsewhere ? '' : (device.namespace.devices.get(remote.link)?.name ?? ''),
    viaIndex: remote.link,
    linkNetnsId: elsewhere ? peerId(device.namespace, device.underlay) : -1,
    vlan: 0,
    flags: reportedEntryFlags(entry),
    state: entry.state,
    used: now - entry.used,
    updated: now - entry.updated,
  };
}

/** An entry as it is told of. */
export function describeFdb(subject: FdbSubject): FdbInfo {
  if (subject.kind === 'bridge') return describe(subject.bridge, subject.entry);
  if (subject.kind === 'vxlan') return describeRemote(subject.device, subject.entry, subject.remote);
  return describeOwn(subject.device, subject.mac, subject.state);
}
