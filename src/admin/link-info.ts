// Everything that `ip -d -s link` can print about a device (rtnl_fill_ifinfo and the kinds' fill_info).
import { formatMac } from '../addr/mac.ts';
import { idsOf } from '../link/bridge-state.ts';
import { linkIndex, reportedFlags, reportedState } from '../link/carrier.ts';
import { linkNamespace, obtainPeerId } from '../link/peer-id.ts';
import type { BridgePort, BridgeState, BridgeVlan, Device, VlanGroup } from '../netns/device.ts';
import { HardwareType, KIND_NAMES, Kind } from '../netns/device.ts';
import type {
  BridgeInfo,
  BridgePortInfo,
  BridgeVlanInfo,
  IpipInfo,
  LinkInfo,
  VlanInfo,
  VxlanInfo,
} from './types.ts';

/** As the kernel describes the device now. The other end's namespace gets an id by being looked at. */
export function describeLink(device: Device): LinkInfo {
  const other = linkNamespace(device);
  const elsewhere = other !== device.namespace;
  const link = linkIndex(device);
  const hasLink = elsewhere || link !== device.index;
  const { master } = device;
  return {
    index: device.index,
    name: device.name,
    alias: device.alias,
    flags: reportedFlags(device) >>> 0,
    kind: device.kind === Kind.LOOPBACK ? '' : KIND_NAMES[device.kind],
    mtu: device.mtu,
    minMtu: device.minMtu,
    maxMtu: device.maxMtu,
    qdisc: device.qdisc,
    operstate: reportedState(device),
    carrier: device.carrierOn,
    carrierChanges: device.carrierChanges,
    mode: 0,
    group: device.group,
    txQueueLength: device.txQueueLength,
    hardwareType: device.hardwareType,
    address: device.address,
    broadcast: device.broadcast,
    permanentAddress: device.permanentAddress,
    hasAddress: device.hardwareType !== HardwareType.NONE,
    promiscuity: device.promiscuity,
    allmulti: device.allmulti,
    link: hasLink ? link : 0,
    hasLink,
    linkName: hasLink && !elsewhere ? (device.namespace.devices.get(link)?.name ?? '') : '',
    linkNetnsId: elsewhere ? obtainPeerId(device.namespace, other) : -1,
    linkNamespace: elsewhere ? other : null,
    master: master?.name ?? '',
    masterIndex: master?.index ?? 0,
    stats: device.stats,
    ipip: describeTunnel(device),
    vxlan: describeVxlan(device),
    vlan: describeVlan(device),
    vrfTable: device.l3mdev?.vrfTable ?? 0,
    bridge: device.bridge === null ? null : describeBridge(device, device.bridge),
    bridgePort: device.port === null ? null : describePort(device.port),
  };
}

function describeTunnel(device: Device): IpipInfo | null {
  if (device.tunnel === null) return null;
  const { fallback: _, ...settings } = device.tunnel;
  return settings;
}

function describeVxlan(device: Device): VxlanInfo | null {
  if (device.vxlan === null) return null;
  const { fdb: _, boundTo: __, ...settings } = device.vxlan;
  return settings;
}

/** A bridge id as the kernel writes it: 8000.<mac>. */
const bridgeId = (state: BridgeState): string =>
  `${state.priority.toString(16).padStart(4, '0')}.${formatMac(state.idAddress)}`;

function describeVlan({ vlan }: Device): VlanInfo | null {
  if (vlan === null) return null;
  const { real: _, ...settings } = vlan;
  return settings;
}

function describeBridge(device: Device, state: BridgeState): BridgeInfo {
  return {
    ageingTime: state.ageingTime,
    forwardDelay: state.forwardDelay,
    helloTime: state.helloTime,
    maxAge: state.maxAge,
    priority: state.priority,
    stp: state.stp,
    vlanFiltering: state.vlanFiltering,
    defaultPvid: state.defaultPvid,
    vlans: describeVlans(state.vlans),
    mcastSnooping: state.mcastSnooping,
    address: device.address,
    idAddress: state.idAddress,
    bridgeId: bridgeId(state),
    designatedRoot: bridgeId(state),
    rootPort: 0,
    rootPathCost: 0,
  };
}

const describeVlans = (group: VlanGroup): BridgeVlanInfo[] =>
  idsOf(group).map((id) => {
    const { untagged, state } = group.byId.get(id) as BridgeVlan;
    return { id, pvid: group.pvid === id, untagged, state };
  });

function describePort(place: BridgePort): BridgePortInfo {
  const { bridge, vlans, forwardTimer: _, costSet: __, ...settings } = place;
  const id = bridgeId(bridge.bridge as BridgeState);
  return { ...settings, vlans: describeVlans(vlans), designatedRoot: id, designatedBridge: id };
}
