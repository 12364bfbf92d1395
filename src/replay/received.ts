// A frame that arrived at the vantage: it goes in there, and what the model does with it is told. What it sends at the
// vantage is expected of the capture from then on.
import { formatIpv4, type Ipv4 } from '../addr/ipv4.ts';
import type { Mac } from '../addr/mac.ts';
import { Drop, dropName } from '../drop/reasons.ts';
import { type Device, Kind } from '../netns/device.ts';
import { type Dissection, isArp, isIpv4 } from '../trace/dissect.ts';
import type { SentFrame } from '../trace/journal.ts';
import * as arp from '../wire/arp.ts';
import { ArpOp } from '../wire/arp.ts';
import * as ethernet from '../wire/ethernet.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as icmp from '../wire/icmp.ts';
import * as ip from '../wire/ipv4.ts';
import type { Conversations, Telling } from './conversations.ts';
import { rightChecksums } from './deferred-checksum.ts';
import { isPolicy, metMtu } from './explain.ts';
import type { Frame } from './frame.ts';
import { begin, mix, result } from './hash.ts';
import type { Finding, Item } from './item.ts';
import { isName } from './mac-names.ts';
import {
  decisiveDrop,
  dropNotes,
  fateText,
  hostName,
  isOptional,
  macAt,
  type Outcome,
  outcomeOf,
} from './outcome.ts';
import type { Setting } from './setting.ts';
import { wrongCable } from './wrong-cable.ts';

/** A frame may be this much longer than the MTU and the link header (is_skb_forwardable). */
const VLAN_ROOM = 4;

/** Judges a received frame. */
export function judgeReceived(setting: Setting, item: Item): Finding {
  const { frame } = item;
  const { device, node } = setting;
  if (isTooLong(device, frame)) return tooLong(setting);
  if (frame.isCut) rightChecksums(frame.view, frame.linkLength, (address) => setting.isOurs(address));
  node.receive(device, frame.bytes);
  const outcome = outcomeOf(setting);
  const inner = setting.dissectAll(frame);
  expectOutputs(setting, item, outcome);
  const what = fateText(setting, outcome) || noteText(frame, inner);
  remember(setting, item, inner, { expected: what });
  const decided = { route: outcome.route, destination: outcome.destination };
  const wrong = wrongReceiver(setting, outcome) ?? wrongCable(setting, outcome);
  if (wrong !== null) return { kind: 'differs', ...wrong, ...decided };
  const silent = silentDrop(setting, item, inner, outcome);
  if (silent !== null) return { ...silent, ...decided };
  const drop = outcome.outputs.length + outcome.elsewhere.length > 0 ? null : decisiveDrop(outcome);
  const reason = drop === null ? '' : dropName(drop.reason);
  return { kind: 'as-programmed', expected: what, seen: `received on ${device.name}`, reason, ...decided };
}

/** Longer than the end of the cable takes (is_skb_forwardable); a tunnel's device takes what comes out of it. */
const isTooLong = (device: Device, frame: Frame): boolean =>
  device.kind === Kind.VETH && frame.bytes.length > device.mtu + frame.linkLength + VLAN_ROOM;

function tooLong({ device }: Setting): Finding {
  return {
    kind: 'should-drop',
    expected: 'dropped before it is received',
    seen: `received on ${device.name}`,
    reason: dropName(Drop.PKT_TOO_BIG),
    notes: [metMtu(device)],
  };
}

/** For a message that only taught something. */
function noteText({ view }: Frame, found: Dissection): string {
  if (found.etherType !== EtherType.ARP || !isArp(view, found.network, found.end)) return 'nothing';
  return arp.operation(view, found.network) === ArpOp.REPLY ? 'noted' : 'not answered';
}

function expectOutputs(setting: Setting, item: Item, outcome: Outcome): void {
  for (const output of outcome.outputs)
    setting.pending.add({
      frame: output.frame,
      because: item.number,
      at: setting.node.now,
      optional: isOptional(setting, output),
      what: output.what,
      origin: outcome,
    });
}

// ---- what the capture taught -------------------------------------------------------------------------------------

/** Learns whose MAC addresses the frame shows, before it is translated; `frame` is as captured. */
export function learnNames(setting: Setting, frame: Frame): void {
  const { view, bytes } = frame;
  if (!frame.hasMacs || bytes.length < ethernet.ETHERNET_HEADER) return;
  const at = frame.linkLength;
  const type = ethernet.etherType(view, 0);
  if (type === EtherType.ARP && isArp(view, at, bytes.length))
    learnName(setting, arp.senderIp(view, at), arp.senderMac(view, at));
  else if (type === EtherType.IPV4 && isIpv4(view, at, bytes.length))
    learnName(setting, ip.source(view, at), ethernet.source(view, 0));
}

/** The lab's device with the address on this segment, if its MAC is only a name, is the capture's. */
function learnName({ topology, device, names }: Setting, address: Ipv4, mac: Mac): void {
  const owner = topology.neighbourOn(device, address);
  if (owner !== null && isName(owner) && holdsAddress(owner, address)) names.bind(owner.address, mac);
}

const holdsAddress = (device: Device, address: Ipv4): boolean =>
  device.addresses.some(({ local }) => local === address);

/** Where the capture shows neighbours to be: senders of ARP messages. `frame` is in the lab's terms. */
export function learnPlaces(setting: Setting, frame: Frame): void {
  const { view, linkLength } = frame;
  if (!frame.hasMacs || ethernet.etherType(view, 0) !== EtherType.ARP) return;
  if (!isArp(view, linkLength, view.byteLength)) return;
  const sender = arp.senderIp(view, linkLength);
  if (sender === 0 || setting.isOurs(sender)) return;
  setting.names.learn(sender, arp.senderMac(view, linkLength));
  setting.open.delete(sender);
}

/** So that a later answer of the node's can be told from one that has no cause in the capture. */
function remember(
  { conversations }: Setting,
  { number, frame: { view } }: Item,
  { etherType, network, end }: Dissection,
  telling: Telling,
): void {
  if (etherType === EtherType.ARP && isArp(view, network, end))
    conversations.remember(
      questionKey(arp.senderIp(view, network), arp.targetIp(view, network)),
      number,
      telling,
    );
  if (etherType === EtherType.IPV4) rememberPacket(conversations, view, network, end, number, telling);
}

/** The IPv4 packet at `at`, and the echo request that it may be. */
export function rememberPacket(
  conversations: Conversations,
  view: DataView,
  at: number,
  end: number,
  number: number,
  telling: Telling,
): void {
  conversations.remember(packetKey(view, at), number, telling);
  const key = echoKey(view, at, end, icmp.IcmpType.ECHO);
  if (key !== null) conversations.remember(key, number, telling);
}

const QUESTION = 21;
const PACKET = 22;
const ECHO = 23;

export function questionKey(asker: Ipv4, target: Ipv4): number {
  begin(QUESTION);
  mix(asker);
  mix(target);
  return result();
}

/** What an ICMP error quotes of a packet and a router does not change. */
export function packetKey(view: DataView, at: number): number {
  begin(PACKET);
  mix(ip.source(view, at));
  mix(ip.destination(view, at));
  mix((ip.identification(view, at) << 8) | ip.protocol(view, at));
  return result();
}

/** An echo request and its reply have the same key; null for any other packet. */
export function echoKey(view: DataView, at: number, end: number, type: number): number | null {
  const body = at + ip.headerLength(view, at);
  if (ip.protocol(view, at) !== ip.IpProtocol.ICMP || ip.isFragment(view, at)) return null;
  if (end - body < icmp.ICMP_HEADER || icmp.type(view, body) !== type) return null;
  const isRequest = type === icmp.IcmpType.ECHO;
  begin(ECHO);
  mix(isRequest ? ip.source(view, at) : ip.destination(view, at));
  mix(isRequest ? ip.destination(view, at) : ip.source(view, at));
  mix(view.getInt32(body + 4));
  return result();
}

// ---- what the capture contradicts ----------------------------------------------------------------------------------

/** Delivered to a host of the lab that neither has the address nor forwards, while another one has it. */
function wrongReceiver(setting: Setting, { elsewhere }: Outcome): Partial<Finding> | null {
  for (const sent of elsewhere) {
    const wrong = wrongAt(setting, sent);
    if (wrong !== null) return wrong;
  }
  return null;
}

function wrongAt(setting: Setting, { device, bytes }: SentFrame): Partial<Finding> | null {
  const { topology } = setting;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const at = device.headerLength;
  if (at === 0 || ethernet.etherType(view, 0) !== EtherType.IPV4 || !isIpv4(view, at, bytes.length))
    return null;
  const destination = ip.destination(view, at);
  const host = topology.hostOf(destination);
  if (host === null) return null;
  const receiver = topology.receiverOn(device, macAt(bytes));
  const segment = topology.segmentOf(device);
  if (receiver === null) {
    if (segment.length < 2) return null;
    return wrongText(destination, hostName(host), `nobody on ${device.name} has that MAC address`);
  }
  if (receiver.namespace === host || receiver.conf.forwarding !== 0) return null;
  return wrongText(
    destination,
    hostName(host),
    `delivered to ${hostName(receiver.namespace)} by ${device.name}`,
  );
}

const wrongText = (destination: Ipv4, host: string, what: string): Partial<Finding> => ({
  expected: what,
  seen: `for ${formatIpv4(destination)}, which ${host} has`,
  notes: [`${formatIpv4(destination)} is an address of ${host}`],
});

/** A packet that the model drops without a word, though the capture shows its destination answering its source. */
function silentDrop(setting: Setting, item: Item, found: Dissection, outcome: Outcome): Finding | null {
  if (outcome.outputs.length + outcome.elsewhere.length > 0 || found.etherType !== EtherType.IPV4)
    return null;
  const drop = outcome.drops.find(({ reason }) => isPolicy(reason));
  if (drop === undefined) return null;
  const { view } = item.frame;
  const notes = dropNotes(setting, outcome, drop, false);
  const reason = dropName(drop.reason);
  const [source, destination] = [ip.source(view, found.network), ip.destination(view, found.network)];
  const protocol = ip.protocol(view, found.network);
  const known = { number: item.number, at: setting.node.now, reason, notes };
  const answered = setting.conversations.dropped(source, destination, protocol, known);
  if (!answered) return { kind: 'as-programmed', expected: `dropped: ${reason}`, seen: '', reason, notes };
  const seen = `${formatIpv4(destination)} talks to ${formatIpv4(source)}`;
  return { kind: 'should-drop', expected: 'dropped', seen, reason, notes };
}
