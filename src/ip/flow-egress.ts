// How a frame for a next hop leaves, learnt for a flow: by which cable, with which Ethernet header.
import type { Ipv4 } from '../addr/ipv4.ts';
import { isGroup, type Mac } from '../addr/mac.ts';
import { chooseTargets, previewEntry, Targets } from '../link/bridge-forward.ts';
import { roomOf } from '../link/transmit.ts';
import { type Neighbour, NUD_VALID } from '../neigh/neighbour.ts';
import { type BridgeFdbEntry, type BridgeState, type Device, Kind } from '../netns/device.ts';
import type { Egress } from '../netns/flow.ts';
import { ETHERNET_HEADER, EtherType, write } from '../wire/ethernet.ts';
import { neighbourKey } from './arp-entry.ts';

/** Of the last `previewTarget`. */
export const targets = new Targets();
const header = new DataView(new ArrayBuffer(ETHERNET_HEADER));

/** Nobody listens at the device, and no filter of traffic control is on it. */
export const isUnwatched = (device: Device): boolean =>
  device.up && device.taps === null && device.traffic === null;

/** The same of a device that is to send: it has carrier. */
export const maySend = (device: Device): boolean => isUnwatched(device) && device.transmitActive;

/** The neighbour of a next hop, if its address is known; null if not. */
export function knownNeighbour(device: Device, hop: Ipv4): Neighbour | null {
  const found = device.namespace.neighbours.lookup(device, neighbourKey(device, hop));
  return found !== null && (found.state & NUD_VALID) !== 0 ? found : null;
}

/** The addresses of an Ethernet header, as three words. */
export function setWords(to: { word0: number; word1: number; word2: number }, mac: Mac, own: Mac): void {
  write(header, 0, mac, own, EtherType.IPV4);
  to.word0 = header.getInt32(0);
  to.word1 = header.getInt32(4);
  to.word2 = header.getInt32(8);
}

/** False if a frame for the next hop does not plainly leave by one cable. */
export function learnEgress(egress: Egress, device: Device, hop: Ipv4): boolean {
  const neighbour = maySend(device) ? knownNeighbour(device, hop) : null;
  if (neighbour === null) return false;
  egress.device = device;
  egress.neighbour = neighbour;
  egress.mac = neighbour.mac;
  setWords(egress, neighbour.mac, device.address);
  if (device.kind === Kind.BRIDGE) return learnPort(egress, device, neighbour.mac);
  egress.entry = null;
  return learnCable(egress, device);
}

/** A veth whose other end is up. */
export function learnCable(egress: Egress, cable: Device): boolean {
  const { peer } = cable;
  if (cable.kind !== Kind.VETH || !maySend(cable) || peer === null || !peer.up) return false;
  egress.cable = cable;
  egress.peer = peer;
  egress.sent = cable.stats;
  egress.received = peer.stats;
  egress.room = roomOf(peer);
  return true;
}

/** What the bridge itself sends to an address that it knows (br_dev_xmit). */
function learnPort(egress: Egress, device: Device, mac: Mac): boolean {
  const bridge = device.bridge!;
  if (bridge.filter !== null || bridge.vlanFiltering || isGroup(mac)) return false;
  const entry = previewTarget(bridge, null, mac, device.namespace.kernel.clock.now);
  if (entry === null || entry.port === null || targets.count !== 1) return false;
  egress.entry = entry;
  if (!learnCable(egress, entry.port)) return false;
  egress.room = Math.min(egress.room, roomOf(entry.port));
  return true;
}

/** The entry by which a frame from a port, or of the bridge's own, is sent; `targets` says where. Null for none. */
export function previewTarget(
  bridge: BridgeState,
  port: Device | null,
  mac: Mac,
  now: number,
): BridgeFdbEntry | null {
  const entry = previewEntry(bridge, mac, now);
  if (entry === null) return null;
  const { used } = entry;
  targets.suppressed = false;
  chooseTargets(bridge, mac, port, now, targets);
  entry.used = used;
  return entry;
}
