// Links as RTM_NEWLINK, RTM_SETLINK, RTM_DELLINK and RTM_GETLINK serve them.
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { changeBridge, changePort } from '../link/bridge-device.ts';
import { tellPort } from '../link/bridge-notify.ts';
import { carrierOff, carrierOn, runLinkWatch, stateChanged } from '../link/carrier.ts';
import { deleteDevices } from '../link/create.ts';
import { changeTunnel, completeParameters } from '../link/ipip-device.ts';
import { changeFlags, moveDevice, renameDevice, setAddress, setMtu } from '../link/lifecycle.ts';
import { setMaster } from '../link/master.ts';
import { notifyDevice } from '../link/notify.ts';
import { announceLink } from '../link/peer-id.ts';
import { addPromiscuity } from '../link/promiscuity.ts';
import { changeVlan } from '../link/vlan-device.ts';
import { changeVxlan } from '../link/vxlan-device.ts';
import { type Device, Kind } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { addLink as makeLink } from './link-add.ts';
import { describeLink } from './link-info.ts';
import {
  bridgeChange,
  changesFlags,
  combineFlags,
  findDevice,
  portChange,
  requestFlags,
  tunnelParameters,
  vxlanChange,
} from './link-request.ts';
import type { Answer, BridgePortSettings, LinkAdd, LinkChange, LinkInfo, LinkSet, Outcome } from './types.ts';

const MAX_ALIAS = 255;

/** A request is over: what it changed about carriers reaches everybody before the next one is looked at. */
function settled(namespace: Namespace, outcome: Outcome): Outcome {
  runLinkWatch(namespace.kernel);
  return outcome;
}

/** `ip link add`: RTM_NEWLINK with NLM_F_CREATE | NLM_F_EXCL. */
export const addLink = (namespace: Namespace, request: LinkAdd): Outcome =>
  settled(namespace, makeLink(namespace, request));

/** `ip link set DEVICE …` (and `ip link change`): RTM_NEWLINK without NLM_F_CREATE. `device` is a name or an index. */
export function setLink(namespace: Namespace, device: string | number, request: LinkSet): Outcome {
  const found = findDevice(namespace, device);
  return found === undefined ? refuse(Errno.ENODEV) : settled(namespace, change(found, request));
}

/** `ip link set group N …`: the same change to every device of a group (rtnl_group_changelink). */
export function setLinkGroup(namespace: Namespace, group: number, request: LinkSet): Outcome {
  for (const device of [...namespace.devices.values()]) {
    const refusal = device.group === group ? setLink(namespace, device.index, request) : null;
    if (refusal !== null) return refusal;
  }
  return null;
}

/**
 * rtnl_newlink for a device that is there: its kind's settings, a port's settings, then all others. Who changed one of
 * the first two tells everybody (DO_SETLINK_NOTIFY): a bridge forwards again on a port that was just disabled.
 */
function change(device: Device, request: LinkSet): Outcome {
  const refusal = changeKind(device, request) ?? changeSlave(device, request);
  if (refusal !== null) return refusal;
  const outcome = setAll(device, request);
  const { bridge, vxlan, vlan, ipip, bridgePort } = request;
  if (bridge ?? vxlan ?? vlan ?? ipip ?? bridgePort) stateChanged(device);
  return outcome;
}

/** rtnl_link_ops.changelink: EOPNOTSUPP for another kind's settings. */
function changeKind(device: Device, request: LinkSet): Outcome {
  const { namespace } = device;
  if (request.ipip !== undefined) {
    if (device.kind !== Kind.IPIP) return refuse(Errno.EOPNOTSUPP);
    const parameters = completeParameters(tunnelParameters(namespace, request.ipip));
    return changeTunnel(device, parameters, request.mtu !== undefined);
  }
  if (request.vxlan !== undefined) {
    if (device.kind !== Kind.VXLAN) return refuse(Errno.EOPNOTSUPP);
    const wanted = vxlanChange(namespace, request.vxlan);
    return 'errno' in wanted ? wanted : changeVxlan(device, { mtu: request.mtu }, wanted);
  }
  if (request.vlan !== undefined)
    return device.kind === Kind.VLAN ? changeVlan(device, request.vlan) : refuse(Errno.EOPNOTSUPP);
  if (request.bridge === undefined) return null;
  return device.kind === Kind.BRIDGE
    ? changeBridge(device, bridgeChange(request.bridge))
    : refuse(Errno.EOPNOTSUPP);
}

function changeSlave(device: Device, request: LinkSet): Outcome {
  if (request.bridgePort === undefined) return null;
  if (device.port === null) return refuse(Errno.EOPNOTSUPP);
  return changePort(device, portChange(request.bridgePort));
}

/** do_setlink, in its order: what came before a refusal stays. */
function setAll(device: Device, request: LinkSet): Outcome {
  return (
    setPlace(device, request) ??
    setIdentity(device, request) ??
    setFlags(device, request) ??
    setRelations(device, request)
  );
}

function setPlace(device: Device, request: LinkSet): Outcome {
  if (request.namespace === undefined) return null;
  return moveDevice(device, request.namespace, request.name ?? '', request.newIndex ?? 0);
}

function setIdentity(device: Device, request: LinkSet): Outcome {
  let refusal: Refusal | null = null;
  if (request.address !== undefined) refusal = setAddress(device, request.address);
  if (refusal === null && request.mtu !== undefined) refusal = setMtu(device, request.mtu);
  if (refusal === null && request.group !== undefined) {
    device.group = request.group;
    stateChanged(device);
  }
  if (refusal === null && request.name !== undefined) refusal = renameDevice(device, request.name);
  return refusal ?? setWords(device, request);
}

function setWords(device: Device, request: LinkSet): Outcome {
  if (request.alias !== undefined) {
    if (request.alias.length > MAX_ALIAS) return refuse(Errno.EINVAL);
    device.alias = request.alias;
    stateChanged(device);
  }
  if (request.broadcast !== undefined) {
    device.broadcast = request.broadcast;
    notifyDevice(device, 'changeAddress');
  }
  return null;
}

function setFlags(device: Device, request: LinkChange): Outcome {
  if (!changesFlags(request)) return null;
  return changeFlags(device, combineFlags(requestFlags(device), request));
}

function setRelations(device: Device, request: LinkChange): Outcome {
  if (request.master !== undefined) {
    const master = request.master === '' ? null : device.namespace.names.get(request.master);
    const refusal = master === undefined ? refuse(Errno.EINVAL) : setMaster(device, master);
    if (refusal !== null) return refusal;
  }
  if (request.carrier !== undefined) {
    if (device.kind !== Kind.DUMMY) return refuse(Errno.EOPNOTSUPP);
    if (request.carrier) carrierOn(device);
    else carrierOff(device);
  }
  if (request.txQueueLength === undefined) return null;
  if (device.txQueueLength === request.txQueueLength) return null;
  device.txQueueLength = request.txQueueLength;
  announceLink(device);
  return null;
}

/** `ip link delete DEVICE`; EOPNOTSUPP for the loopback. tunl0 stays, without an error. */
export function deleteLink(namespace: Namespace, device: string | number): Outcome {
  const found = findDevice(namespace, device);
  return found === undefined ? refuse(Errno.ENODEV) : settled(namespace, deleteDevices([found]));
}

/** `ip link delete group N`: EPERM for the default group (rtnl_group_dellink). */
export function deleteLinkGroup(namespace: Namespace, group: number): Outcome {
  if (group === 0) return refuse(Errno.EPERM);
  const members = [...namespace.devices.values()].filter((device) => device.group === group);
  return members.length === 0 ? refuse(Errno.ENODEV) : settled(namespace, deleteDevices(members));
}

/** `bridge link set dev DEVICE …`: RTM_SETLINK of family AF_BRIDGE; EOPNOTSUPP for what is no port (rtnl_bridge_setlink). */
export function setBridgePort(namespace: Namespace, device: string, settings: BridgePortSettings): Outcome {
  const found = namespace.names.get(device);
  if (found === undefined) return refuse(Errno.ENODEV);
  if (found.port === null) return refuse(found.bridge === null ? Errno.EOPNOTSUPP : Errno.EINVAL);
  const refusal = changePort(found, portChange(settings));
  if (refusal === null) tellPort(found, 'new');
  return settled(namespace, refusal);
}

/** A packet socket or another listener wants to hear everything at a device (1), or no more (-1). */
export function changePromiscuity(namespace: Namespace, device: string, users: 1 | -1): Outcome {
  const found = namespace.names.get(device);
  if (found === undefined) return refuse(Errno.ENODEV);
  namespace.kernel.changes++;
  addPromiscuity(found, users);
  return null;
}

/** One device, by name or index; a missing one is ENODEV, and iproute2 words it `Device "x" does not exist.` itself. */
export function getLink(namespace: Namespace, device: string | number): Answer<LinkInfo> {
  const found = findDevice(namespace, device);
  return found === undefined ? { refusal: refuse(Errno.ENODEV) } : { value: describeLink(found) };
}

/** All devices in the order in which the kernel dumps them: by index. */
export const dumpLinks = (namespace: Namespace): LinkInfo[] =>
  [...namespace.devices.values()].sort((a, b) => (a.index & 255) - (b.index & 255)).map(describeLink);
