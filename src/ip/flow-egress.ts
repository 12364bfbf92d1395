// How a frame for a next hop leaves, learnt for a flow: by which cable, with which Ethernet header.
import type { Ipv4 } from '../addr/ipv4.ts';
import { isGroup, MAC_ZERO, type Mac } from '../addr/mac.ts';
import { chooseTargets, previewEntry, Targets } from '../link/bridge-forward.ts';
import { roomOf } from '../link/transmit.ts';
import { type Neighbour, NUD_VALID } from '../neigh/neighbour.ts';
import { type BridgeFdbEntry, type BridgeState, type Device, Kind } from '../netns/device.ts';
import { Egress } from '../netns/flow.ts';
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

/** What is being learnt, and what was, by the neighbour or the cable that it leads to. */
let draft = new Egress();
const known = new WeakMap<Neighbour | Device, Egress>();

/** The same for all flows that leave the same way. */
function shared(owner: Neighbour | Device): Egress {
  const before = known.get(owner);
  if (before !== undefined && isSame(before, draft)) return before;
  const made = draft;
  draft = new Egress();
  known.set(owner, made);
  return made;
}

const isSame = (one: Egress, other: Egress): boolean =>
  one.device === other.device &&
  one.neighbour === other.neighbour &&
  one.mac === other.mac &&
  one.word0 === other.word0 &&
  one.word1 === other.word1 &&
  one.word2 === other.word2 &&
  one.cable === other.cable &&
  one.peer === other.peer &&
  one.entry === other.entry &&
  one.room === other.room;

/** How a frame for the next hop leaves; null if it does not plainly leave by one cable. */
export function learnEgress(device: Device, hop: Ipv4): Egress | null {
  const neighbour = maySend(device) ? knownNeighbour(device, hop) : null;
  if (neighbour === null) return null;
  draft.device = device;
  draft.neighbour = neighbour;
  draft.mac = neighbour.mac;
  draft.entry = null;
  setWords(draft, neighbour.mac, device.address);
  const isPlain =
    device.kind === Kind.BRIDGE
      ? draftPort(device, neighbour.mac)
      : draftCable(device, Number.MAX_SAFE_INTEGER);
  return isPlain ? shared(neighbour) : null;
}

/** How a frame that a bridge passes on leaves by the port; null if not plainly. */
export function learnPassage(port: Device): Egress | null {
  draft.device = port;
  draft.neighbour = null;
  draft.mac = MAC_ZERO;
  draft.entry = null;
  draft.word0 = 0;
  draft.word1 = 0;
  draft.word2 = 0;
  return draftCable(port, roomOf(port)) ? shared(port) : null;
}

/** A veth whose other end is up; `room` is what it takes itself. */
function draftCable(cable: Device, room: number): boolean {
  const { peer } = cable;
  if (cable.kind !== Kind.VETH || !maySend(cable) || peer === null || !peer.up) return false;
  draft.cable = cable;
  draft.peer = peer;
  draft.sent = cable.stats;
  draft.received = peer.stats;
  draft.room = Math.min(room, roomOf(peer));
  return true;
}

/** What the bridge itself sends to an address that it knows (br_dev_xmit). */
function draftPort(device: Device, mac: Mac): boolean {
  const bridge = device.bridge!;
  if (bridge.filter !== null || isGroup(mac)) return false;
  const entry = previewTarget(bridge, null, mac, device.namespace.kernel.clock.now);
  if (entry === null || entry.port === null || targets.count !== 1) return false;
  draft.entry = entry;
  return draftCable(entry.port, roomOf(entry.port));
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
