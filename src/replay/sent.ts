// A frame that the node sent: something fed in before has brought it about, or its cause is made from it and fed in.
import { ANY, formatIpv4, type Ipv4 } from '../addr/ipv4.ts';
import { formatMac, type Mac } from '../addr/mac.ts';
import type { Device } from '../netns/device.ts';
import { type Dissection, isArp } from '../trace/dissect.ts';
import * as ethernet from '../wire/ethernet.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as icmp from '../wire/icmp.ts';
import { IcmpType } from '../wire/icmp.ts';
import * as ip from '../wire/ipv4.ts';
import { arriving, beforeForwarding, entriesFor } from './cause.ts';
import { compareFrames } from './compare.ts';
import { Frame } from './frame.ts';
import type { Finding, Item } from './item.ts';
import { expectOutput, judgeOutcome, namedDifferences } from './judgement.ts';
import { hostName, type Outcome, outcomeOf, seenText } from './outcome.ts';
import { echoKey, packetKey } from './received.ts';
import { judgeArp } from './sent-arp.ts';
import type { Setting } from './setting.ts';

/** Judges a frame by what was expected; null if nothing like it was. `alike` also takes one that differs. */
export function judgeByPending(setting: Setting, item: Item, alike: boolean): Finding | null {
  const expected = alike ? setting.pending.takeSimilar(item.frame) : setting.pending.take(item.frame);
  if (expected === null) return null;
  const seen = seenText(setting, item.frame);
  const origin = expected.origin as Outcome | null;
  const decided = { route: origin?.route ?? null, destination: origin?.destination ?? ANY };
  const because = expected.because > 0 ? [`because of packet ${expected.because}`] : [];
  if (!alike) return { kind: 'as-programmed', expected: expected.what, seen, notes: because, ...decided };
  const differences = namedDifferences(setting, compareFrames(expected.frame, item.frame, setting));
  return { kind: 'differs', expected: expected.what, seen, differences, notes: because, ...decided };
}

/** A packet that waits for a neighbour which the capture never asked for: the node knew it, and this frame shows where. */
export function releaseWaiting(setting: Setting, { frame }: Item): boolean {
  const { device, namespace, open, node } = setting;
  if (open.size === 0 || !frame.hasMacs) return false;
  for (const target of open) {
    const neighbour = namespace.neighbours.lookup(device, target);
    if (neighbour === null || neighbour.valid) {
      open.delete(target);
      continue;
    }
    const waits = neighbour.queue?.some((packet) => isSamePacket(setting, packet.data(), frame)) ?? false;
    if (!waits) continue;
    open.delete(target);
    node.begin();
    node.resolve(device, target, ethernet.destination(frame.view, 0));
    for (const output of outcomeOf(setting).outputs) expectOutput(setting, output, 0, null);
    return true;
  }
  return false;
}

function isSamePacket(setting: Setting, packet: Uint8Array, { bytes, linkLength }: Frame): boolean {
  return compareFrames(new Frame(packet, 0), new Frame(bytes.subarray(linkLength), 0), setting).length === 0;
}

/** Makes the cause of the frame, feeds it in and compares what comes of it. */
export function judgeByCause(setting: Setting, item: Item): Finding {
  const { frame } = item;
  const found = setting.dissectSent(frame);
  const sender = found.link < 0 ? null : ethernet.source(frame.view, found.link);
  if (sender !== null && frame.hasMacs && isBridged(setting, found, sender))
    return judgeBridged(setting, item, found, sender);
  if (found.etherType === EtherType.ARP && isArp(frame.view, found.network, found.end))
    return judgeArp(setting, item, found);
  if (found.etherType !== EtherType.IPV4)
    return { kind: 'unexplained', notes: ['the model never sends this'] };
  const packet = frame.bytes.subarray(found.network, found.end);
  const [finding] = judgeIpv4(setting, [item], packet);
  return finding!;
}

/** The innermost IPv4 packet, whole, and the captured frames that it became: one finding for each. */
export function judgeIpv4(setting: Setting, items: readonly Item[], packet: Uint8Array): Finding[] {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  const source = ip.source(view, 0);
  if (source === 0 || setting.isOurs(source)) return judgeOwn(setting, items, packet, view);
  return judgeForwarded(setting, items, packet, view);
}

// ---- packets of the node's own ---------------------------------------------------------------------------------

function judgeOwn(setting: Setting, items: readonly Item[], packet: Uint8Array, view: DataView): Finding[] {
  const unexpected = reactionWithoutCause(setting, items[0]!, view);
  if (unexpected !== null) return items.map(() => unexpected);
  setting.during(items[0]!.frame, () => setting.node.sendOwn(packet, setting.device));
  return judgeOutcome(setting, items, outcomeOf(setting), []);
}

/** An error or an echo reply to a packet of the capture with which the model did something else. */
function reactionWithoutCause(setting: Setting, item: Item, view: DataView): Finding | null {
  const body = ip.headerLength(view, 0);
  const end = view.byteLength;
  if (ip.protocol(view, 0) !== ip.IpProtocol.ICMP || ip.isFragment(view, 0) || end - body < icmp.ICMP_HEADER)
    return null;
  const quoted = body + icmp.ICMP_HEADER;
  const isError = icmp.isError(icmp.type(view, body)) && end - quoted >= ip.IPV4_HEADER;
  if (isError && icmp.type(view, body) === IcmpType.REDIRECT) return null;
  const key = isError ? packetKey(view, quoted) : echoKey(view, 0, end, IcmpType.ECHO_REPLY);
  const handled = key === null ? null : setting.conversations.recall(key);
  if (handled === null) return null;
  return {
    kind: 'differs',
    expected: `packet ${handled.number} ${handled.what}`,
    seen: seenText(setting, item.frame),
  };
}

// ---- packets of others -----------------------------------------------------------------------------------------

function judgeForwarded(
  setting: Setting,
  items: readonly Item[],
  packet: Uint8Array,
  view: DataView,
): Finding[] {
  const source = ip.source(view, 0);
  const entries = entriesFor(setting, source);
  let first: { outcome: Outcome; from: string[] } | null = null;
  for (const entry of entries) {
    const before = arriving(setting, entry, beforeForwarding(packet));
    setting.during(items[0]!.frame, () => setting.node.enter(entry, before));
    const attempt = { outcome: outcomeOf(setting), from: [fromText(setting, entry.sender, entry.device)] };
    if (matches(setting, items[0]!.frame, attempt.outcome))
      return answersDropped(setting, view, judgeOutcome(setting, items, attempt.outcome, attempt.from));
    first ??= attempt;
  }
  if (first !== null) return judgeOutcome(setting, items, first.outcome, first.from);
  const notes = [noEntryText(setting, source)];
  return items.map(({ frame }) => ({ kind: 'unexplained', seen: seenText(setting, frame), notes }));
}

const matches = (setting: Setting, frame: Frame, { outputs }: Outcome): boolean =>
  outputs.some((output) => compareFrames(output.frame, frame, setting).length === 0);

function fromText({ namespace }: Setting, sender: Device, device: Device): string {
  if (sender.namespace === namespace) return `came in by ${device.name}`;
  return `from ${hostName(sender.namespace)} by ${device.name}`;
}

function noEntryText(setting: Setting, source: Ipv4): string {
  const host = setting.topology.hostOf(source);
  if (host === null && setting.topology.ownersOf(source).length === 0)
    return `nobody in the lab has ${formatIpv4(source)}`;
  return `it would have come in by ${setting.device.name}, and the capture does not show that`;
}

/** If the packet answers one that the model dropped in silence, that one should not have arrived. */
function answersDropped(setting: Setting, view: DataView, findings: Finding[]): Finding[] {
  const [source, destination, protocol] = [ip.source(view, 0), ip.destination(view, 0), ip.protocol(view, 0)];
  const drop = setting.conversations.sent(source, destination, protocol, setting.node.now);
  const [first, ...others] = findings;
  if (drop === null || first === undefined || first.kind !== 'as-programmed') return findings;
  const answer: Finding = {
    ...first,
    kind: 'should-drop',
    expected: `packet ${drop.number}, which this answers, dropped`,
    reason: drop.reason,
    notes: drop.notes,
  };
  return [answer, ...others];
}

// ---- frames that a bridge of the node passes on ------------------------------------------------------------------

function isBridged(setting: Setting, found: Dissection, sender: Mac): boolean {
  const device = found.tunnels.length === 0 ? setting.device : setting.deviceOf(found);
  if (device === null || setting.isOwnMac(sender)) return false;
  return found.tunnels.length === 0 ? device.port !== null : device.bridge !== null;
}

function judgeBridged(setting: Setting, item: Item, found: Dissection, sender: Mac): Finding {
  const { frame } = item;
  const origin = setting.topology.receiverOn(setting.device, sender);
  const port = origin?.peer ?? null;
  if (origin === null || port === null || port.namespace !== setting.namespace || port === setting.device)
    return { kind: 'unexplained', notes: [`nobody at another port has ${formatMac(sender)}`] };
  setting.node.enter({ device: port, sender: origin }, frame.bytes.subarray(found.link));
  const [finding] = judgeOutcome(setting, [item], outcomeOf(setting), [fromText(setting, origin, port)]);
  return finding!;
}
