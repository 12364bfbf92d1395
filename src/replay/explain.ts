// Why the node drops a packet or does not answer: the setting, route or neighbour behind the reason.
import { formatIpv4, type Ipv4 } from '../addr/ipv4.ts';
import { Drop } from '../drop/reasons.ts';
import { FlowKey } from '../fib/flow.ts';
import type { Route } from '../fib/route.ts';
import { type Device, Kind } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { DroppedPacket } from '../trace/journal.ts';
import { settingText } from '../trace/setting-text.ts';

const key = new FlowKey();

/** Reasons for which a packet that should have gone on ends without an answer to anybody. */
const SILENT: ReadonlySet<number> = new Set([
  Drop.IP_RPFILTER,
  Drop.IP_LOCAL_SOURCE,
  Drop.IP_INVALID_DEST,
  Drop.IP_LOCALNET,
  Drop.IP_INADDRERRORS,
  Drop.IP_INNOROUTES,
  Drop.IP_OUTNOROUTES,
  Drop.BLACKHOLE,
  Drop.ROUTE_UNREACHABLE,
  Drop.ROUTE_PROHIBIT,
  Drop.DEV_FORWARDING_OFF,
  Drop.DEV_READY,
  Drop.NO_CARRIER,
  Drop.PKT_TOO_BIG,
  Drop.TUNNEL_NO_DEVICE,
  Drop.TUNNEL_NO_REMOTE,
  Drop.TUNNEL_LOOP,
  Drop.VXLAN_VNI_NOT_FOUND,
  Drop.VXLAN_ENTRY_EXISTS,
  Drop.NO_TX_TARGET,
  Drop.LOCAL_MAC,
  Drop.BRIDGE_INGRESS_STP_STATE,
]);

export const isPolicy = (reason: number): boolean => SILENT.has(reason);

/** The device whose MTU the packet met: the one on its route, or where it could not even be received. */
function narrowDevice(drop: DroppedPacket, route: Route | null, input: Device | null): Device | null {
  const next = (route?.nextHops[0]?.device ?? null) as Device | null;
  if (next !== null) return next;
  return input === null ? (drop.device?.peer ?? drop.device) : drop.device;
}

/** The MTU that a packet met which the capture shows to have gone on. */
export const metMtu = ({ name, mtu }: Device): string =>
  `mtu of ${name} is ${mtu} in the lab: was it larger when this was captured?`;

/**
 * Notes on a drop, for people; `input` is the device that received the packet, null if none did. `goesOn` says that the
 * capture shows the packet to have gone on.
 */
export function explainDrop(
  namespace: Namespace,
  drop: DroppedPacket,
  route: Route | null,
  input: Device | null,
  goesOn: boolean,
): string[] {
  const { reason } = drop;
  const device = reason === Drop.PKT_TOO_BIG ? narrowDevice(drop, route, input) : (input ?? drop.device);
  if (device === null) return [];
  if (reason === Drop.IP_RPFILTER) return [settingText(device, 'rp_filter')];
  if (reason === Drop.PKT_TOO_BIG)
    return [goesOn ? metMtu(device) : `mtu of ${device.name} is ${device.mtu}`];
  if (reason === Drop.DEV_READY) return [`${device.name} is down`];
  if (reason === Drop.NO_CARRIER) return [`${device.name} has no carrier`];
  if (reason === Drop.IP_INADDRERRORS && device.conf.forwarding === 0)
    return [`forwarding is off on ${device.name}: net.ipv4.conf.${device.name}.forwarding=0`];
  if (reason === Drop.TUNNEL_NO_DEVICE) return ['no IPIP device is up that takes it'];
  if (reason === Drop.VXLAN_VNI_NOT_FOUND) return ['no VXLAN device is up that has this number'];
  return noRouteNote(namespace, drop);
}

function noRouteNote(namespace: Namespace, { reason, destination }: DroppedPacket): string[] {
  const noRoute = reason === Drop.IP_INNOROUTES || reason === Drop.IP_OUTNOROUTES;
  if (!noRoute || destination === 0) return [];
  const { fib } = namespace;
  return fib.lookup(key.ask(destination, 0 as Ipv4)) !== 0 && fib.route === null
    ? [`no route to ${formatIpv4(destination)}`]
    : [];
}

/** A tunnel's or a bridge's own transmission, on the way to a device with a cable. */
export const isPassage = (device: Device): boolean =>
  device.kind === Kind.IPIP || device.kind === Kind.VXLAN || device.kind === Kind.BRIDGE;
