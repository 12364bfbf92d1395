// Why a packet was dropped, in a sentence for people: the setting, route, device or entry behind the kernel's reason.
import { formatIpv4, ipv4 } from '../addr/ipv4.ts';
import { formatMac } from '../addr/mac.ts';
import { Drop, type DropReason, dropName } from '../drop/reasons.ts';
import { type Device, Kind } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Packet } from '../packet/packet.ts';
import * as ethernet from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import * as udp from '../wire/udp.ts';
import { protocolName } from './packet-text.ts';
import { flowOf, lookUp, refusalText, routeBack, routeLine } from './route-step.ts';
import { settingText } from './setting-text.ts';

/** A drop as the observer hears of it. */
export interface Dropped {
  readonly namespace: Namespace;
  readonly packet: Packet;
  readonly reason: DropReason;
  readonly device: Device | null;
  /** `host:device` of a device. */
  readonly nameOf: (device: Device) => string;
}

type Explain = (dropped: Dropped) => string;

const fixed =
  (words: string): Explain =>
  () =>
    words;

const named =
  (words: (name: string) => string): Explain =>
  ({ device }) =>
    words(device?.name ?? 'the device');

/** Of the header that the stack looked at last. */
const destinationText = ({ packet }: Dropped): string =>
  formatIpv4(ip.destination(packet.view, packet.network));
const sourceText = ({ packet }: Dropped): string => formatIpv4(ip.source(packet.view, packet.network));

function reversePath(dropped: Dropped): string {
  const { namespace, packet, device } = dropped;
  if (device === null) return 'the reverse path filter';
  const source = ip.source(packet.view, packet.network);
  const back = routeBack(namespace, source, ip.destination(packet.view, packet.network));
  const way =
    back === null
      ? `there is no route back to ${formatIpv4(source)}`
      : `the route back is ${routeLine(back)}`;
  return `${settingText(device, 'rp_filter')} on ${device.name}: ${way}`;
}

/** Routing found nothing that leads on (ip_error). */
function unrouted(dropped: Dropped): string {
  const { namespace, packet, device } = dropped;
  if (device !== null && device.conf.forwarding === 0)
    return `${device.name} does not forward: net.ipv4.conf.${device.name}.forwarding=0`;
  const destination = ip.destination(packet.view, packet.network);
  return refusalText(destination, lookUp(namespace, flowOf(packet, packet.inputIndex)));
}

function malformedOrOld({ packet }: Dropped): string {
  const ttl = ip.ttl(packet.view, packet.network);
  return ttl <= 1 ? `its TTL is ${ttl}: it may not be forwarded` : 'its header is malformed';
}

/** A cable's other end, or the way to it. */
function noCarrier({ device, nameOf }: Dropped): string {
  if (device === null) return 'there is no carrier';
  if (device.peer !== null && !device.peer.up)
    return `${device.name} has no carrier: ${nameOf(device.peer)} is down`;
  return `${device.name} has no carrier`;
}

/** Not refused by a route's MTU, which the step before tells: too long for the other end of a cable. */
function tooLong({ packet, device, nameOf }: Dropped): string {
  if (device === null) return 'it is too long';
  const receiver = device.peer ?? device;
  const length = packet.length - (packet.head === packet.network ? 0 : device.headerLength);
  return `${length} > ${receiver.mtu}, the MTU of ${nameOf(receiver)}`;
}

function noEntry({ packet, device }: Dropped): string {
  const target = formatMac(ethernet.destination(packet.view, packet.head));
  return `${device?.name ?? 'the device'} has no forwarding entry for ${target}, and none for 00:00:00:00:00:00`;
}

function otherHost({ packet, device }: Dropped): string {
  if (packet.link < 0 || device === null) return 'the frame is for another MAC address';
  return `the frame is for ${formatMac(ethernet.destination(packet.view, packet.link))}, ${device.name} has ${formatMac(device.address)}`;
}

function noSocket({ packet }: Dropped): string {
  const { view, network } = packet;
  const protocol = ip.protocol(view, network);
  const port = udp.destinationPort(view, network + ip.headerLength(view, network));
  return `${protocolName(protocol).toLowerCase()}/${port} has no listener here`;
}

function noTunnel({ packet }: Dropped): string {
  const { view, network } = packet;
  const outer = `${formatIpv4(ip.source(view, network))} to ${formatIpv4(ip.destination(view, network))}`;
  return `no IPIP device is up here that takes packets from ${outer}`;
}

function noOuterRoute({ packet, device }: Dropped): string {
  const fixedRemote = device?.tunnel?.remote ?? 0;
  const remote = device?.kind === Kind.IPIP ? (fixedRemote !== 0 ? fixedRemote : ipv4(packet.hop)) : null;
  return remote === null
    ? `${device?.name}: there is no route to the remote VTEP`
    : `${device?.name}: there is no route to the tunnel's remote ${formatIpv4(remote)}`;
}

const EXPLANATIONS: ReadonlyMap<DropReason, Explain> = new Map<DropReason, Explain>([
  [Drop.IP_RPFILTER, reversePath],
  [Drop.IP_LOCAL_SOURCE, (dropped) => `its source ${sourceText(dropped)} is an address of this host`],
  [Drop.IP_INVALID_SOURCE, (dropped) => `${sourceText(dropped)} is no address of a sender`],
  [Drop.IP_INVALID_DEST, (dropped) => `${destinationText(dropped)} may not be forwarded to`],
  [
    Drop.IP_LOCALNET,
    (dropped) => `127.0.0.0/8 is not for a wire: ${sourceText(dropped)} to ${destinationText(dropped)}`,
  ],
  [Drop.IP_INADDRERRORS, unrouted],
  [Drop.IP_INNOROUTES, unrouted],
  [Drop.BLACKHOLE, unrouted],
  [Drop.ROUTE_PROHIBIT, unrouted],
  [Drop.IP_OUTNOROUTES, noOuterRoute],
  [Drop.IP_INHDR, malformedOrOld],
  [Drop.PKT_TOO_BIG, tooLong],
  [Drop.DEV_READY, named((name) => `${name} is down`)],
  [Drop.NO_CARRIER, noCarrier],
  [Drop.NO_TX_TARGET, noEntry],
  [Drop.TUNNEL_NO_REMOTE, named((name) => `${name} has no remote, and the route names none`)],
  [Drop.TUNNEL_LOOP, named((name) => `the route to the remote leads back into ${name}`)],
  [Drop.TUNNEL_NO_DEVICE, noTunnel],
  [Drop.VXLAN_VNI_NOT_FOUND, fixed('no VXLAN device is up here that has this number')],
  [
    Drop.VXLAN_ENTRY_EXISTS,
    named((name) => `${name} has a permanent entry for the sender's MAC at another VTEP`),
  ],
  [Drop.LOCAL_MAC, named((name) => `the sender's MAC is that of ${name} itself`)],
  [Drop.OTHERHOST, otherHost],
  [Drop.NO_SOCKET, noSocket],
  [Drop.TCP_NO_SOCKET, noSocket],
  [
    Drop.IP_NOPROTO,
    ({ packet }) => `nobody here takes IP protocol ${ip.protocol(packet.view, packet.network)}`,
  ],
  [Drop.NOT_FOR_US, fixed('the frame was a broadcast or a multicast: it may not be forwarded')],
  [Drop.BRIDGE_NO_PORT, named((name) => `${name} has no other port for it`)],
  [Drop.BRIDGE_VLAN, named((name) => `${name} is not in the VLAN of the frame`)],
  [Drop.BRIDGE_INGRESS_STP_STATE, named((name) => `${name} is not in the forwarding state`)],
  [Drop.DUMMY, named((name) => `${name} is a dummy: it swallows what it is given`)],
  [Drop.RECURSION_LIMIT, fixed('it is in too many tunnels')],
  [Drop.LOOP_LIMIT, fixed('it goes round without an end')],
  [Drop.FRAG_REASM_TIMEOUT, fixed('not all of its fragments came in time')],
  [Drop.NEIGH_QUEUEFULL, fixed('too many packets wait for the neighbour')],
]);

/** `SKB_DROP_REASON_IP_CSUM` says it all where nothing is to be added. */
const plain = (reason: DropReason): string =>
  dropName(reason).replace('SKB_DROP_REASON_', '').toLowerCase().replaceAll('_', ' ');

export const whyDropped = (dropped: Dropped): string =>
  EXPLANATIONS.get(dropped.reason)?.(dropped) ?? plain(dropped.reason);
