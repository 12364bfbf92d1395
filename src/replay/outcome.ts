// What the node did with what was put into it, read from its journal: the frames that the vantage shows, the rest, and
// the words for both.
import { ANY, formatIpv4, type Ipv4 } from '../addr/ipv4.ts';
import type { Mac } from '../addr/mac.ts';
import { dropName } from '../drop/reasons.ts';
import { type Route, RouteType, type Rule } from '../fib/route.ts';
import { type Device, Kind } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { type Dissection, isIpv4 } from '../trace/dissect.ts';
import type { DroppedPacket, RouteChoice, SentFrame } from '../trace/journal.ts';
import { ipv4Text, packetText } from '../trace/packet-text.ts';
import { ruleText } from '../trace/rule-text.ts';
import * as arp from '../wire/arp.ts';
import { ArpOp } from '../wire/arp.ts';
import * as ethernet from '../wire/ethernet.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as icmp from '../wire/icmp.ts';
import { IcmpType, UnreachableCode } from '../wire/icmp.ts';
import * as ip from '../wire/ipv4.ts';
import * as tcp from '../wire/tcp.ts';
import { wrappingText } from './compare.ts';
import { deciderOf } from './decider.ts';
import { explainDrop, isPassage } from './explain.ts';
import { Frame } from './frame.ts';
import type { Setting } from './setting.ts';

/** One frame that the vantage is to show. */
export interface Output {
  readonly frame: Frame;
  readonly found: Dissection;
  /** `encapsulated to 10.0.0.7 by tunl0`. */
  readonly what: string;
}

/** What came of one packet. */
export interface Outcome {
  /** At the vantage, in order; the node's questions are not among them. */
  readonly outputs: readonly Output[];
  /** Sent by other devices with a cable. */
  readonly elsewhere: readonly SentFrame[];
  readonly drops: readonly DroppedPacket[];
  readonly delivered: number;
  /** The tunnel devices that it came out of. */
  readonly opened: readonly string[];
  /** The route that decided, and for which destination; or the rule that refused. */
  readonly route: Route | null;
  readonly rule: Rule | null;
  readonly destination: Ipv4;
  /** The device that received the packet when the last decision was made. */
  readonly input: Device | null;
  /** It waits for a neighbour: its address and the device. */
  readonly waits: { readonly device: Device; readonly target: Ipv4 } | null;
  /** The errno of a packet of the node's own. */
  readonly refusal: number;
}

export function outcomeOf(setting: Setting): Outcome {
  const { node, device } = setting;
  const { journal } = node;
  const outputs: Output[] = [];
  const elsewhere: SentFrame[] = [];
  const tunnels: Device[] = [];
  for (const sent of journal.sent) {
    if (sent.device === device) {
      const output = outputOf(setting, sent, tunnels);
      if (output !== null) outputs.push(output);
    } else if (isPassage(sent.device)) tunnels.push(sent.device);
    else if (!sent.device.loopback && leaves(sent.device)) elsewhere.push(sent);
  }
  const choice = journal.choices.at(-1);
  return {
    outputs,
    elsewhere,
    drops: journal.drops,
    delivered: journal.delivered,
    opened: journal.choices.flatMap(({ input }) => (input !== null && isTunnel(input) ? [input.name] : [])),
    ...deciderOf(node),
    input: choice?.input ?? null,
    waits: waitingFor(setting),
    refusal: node.refusal,
  };
}

const isTunnel = (device: Device): boolean => device.kind === Kind.IPIP || device.kind === Kind.VXLAN;

const leaves = (device: Device): boolean => device.peer?.namespace !== device.namespace;

function outputOf(setting: Setting, { device, bytes }: SentFrame, tunnels: readonly Device[]): Output | null {
  const frame = new Frame(bytes, device.headerLength);
  const found = setting.dissectSent(frame);
  if (isQuestion(frame, found)) return null;
  return { frame, found, what: outputText(frame, found, device, tunnels) };
}

/** The node's own ARP request, in a tunnel perhaps. */
function isQuestion({ view }: Frame, { etherType, network, end }: Dissection): boolean {
  if (etherType !== EtherType.ARP || end - network < arp.ARP_LENGTH) return false;
  return arp.operation(view, network) === ArpOp.REQUEST;
}

function outputText(frame: Frame, found: Dissection, device: Device, tunnels: readonly Device[]): string {
  const made = found.tunnels[0];
  const text = wrappingText(frame.view, found.tunnels);
  if (made === undefined) return isTunnel(device) ? `sent by ${device.name}` : `bare on ${device.name}`;
  const kind = made.kind === 'ipip' ? Kind.IPIP : Kind.VXLAN;
  const by = tunnels.findLast((tunnel) => tunnel.kind === kind);
  return by === undefined ? `${text} on ${device.name}` : `${text} by ${by.name}`;
}

/** `bare on eth0`, `encapsulated to 10.0.0.7 on eth0`: a captured frame in the words of `Output.what`. */
export function seenText(setting: Setting, frame: Frame): string {
  const { tunnels } = setting.dissectSent(frame);
  return `${wrappingText(frame.view, tunnels)} on ${setting.device.name}`;
}

function waitingFor({ node }: Setting): Outcome['waits'] {
  const { journal, namespace } = node;
  for (const { device, target } of journal.questions) {
    const neighbour = namespace.neighbours.lookup(device, target);
    if (neighbour !== null && !neighbour.valid) return { device, target };
  }
  const choice = journal.choices.at(-1);
  return choice === undefined || choice.next === null ? null : waitsBehind(namespace, choice);
}

/** A packet for a neighbour that others asked for, and that has not answered: nothing is asked again. */
function waitsBehind(namespace: Namespace, { route, destination, next }: RouteChoice): Outcome['waits'] {
  if (route?.type !== RouteType.UNICAST) return null;
  const hop = route.nextHops.find(({ device }) => device === next);
  if (hop === undefined || next === null) return null;
  const target = hop.gateway === ANY ? destination : hop.gateway;
  const neighbour = namespace.neighbours.lookup(next, target);
  return neighbour !== null && !neighbour.valid && neighbour.queue !== null ? { device: next, target } : null;
}

/** As people call it. */
export const hostName = ({ name }: Namespace): string => name || 'the initial namespace';

// ---- words -----------------------------------------------------------------------------------------------------

/** The drop that says most: the first that is not the end of a message that did its work. */
export function decisiveDrop(outcome: Outcome): DroppedPacket | null {
  return outcome.drops.find(({ protocol }) => protocol !== EtherType.ARP) ?? outcome.drops[0] ?? null;
}

export function dropNotes(
  setting: Setting,
  outcome: Outcome,
  drop: DroppedPacket,
  goesOn: boolean,
): string[] {
  const { route, rule, input } = outcome;
  const notes =
    rule === null
      ? explainDrop(setting.namespace, drop, route, input, goesOn)
      : [`rule ${ruleText(rule)} decided`];
  const told = outcome.elsewhere.map((sent) => errorText(sent)).filter((text) => text !== '');
  const toldHere = outcome.outputs.filter(({ frame, found }) => isIcmpError(frame.view, found));
  for (const text of told) notes.push(`its sender is told: ${text}`);
  if (told.length === 0 && toldHere.length === 0) notes.push('no ICMP is sent');
  return notes;
}

function isIcmpError(view: DataView, found: Dissection): boolean {
  if (found.etherType !== EtherType.IPV4 || ip.protocol(view, found.network) !== ip.IpProtocol.ICMP)
    return false;
  const at = found.network + ip.headerLength(view, found.network);
  return at < found.end && icmp.isError(icmp.type(view, at));
}

/** Of the protocol in an IPv4 header. */
const PROTOCOL_AT = 9;

/** An ICMP error in words; '' for any other packet. */
function errorText({ device, bytes }: SentFrame): string {
  const at = device.headerLength;
  // Asked of every packet: two bytes of most tell enough.
  if (bytes.length < at + ip.IPV4_HEADER || bytes[at + PROTOCOL_AT] !== ip.IpProtocol.ICMP) return '';
  const body = at + ((bytes[at]! & 15) << 2);
  if (body >= bytes.length || !icmp.isError(bytes[body]!)) return '';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (!isIpv4(view, at, bytes.length)) return '';
  const found = { etherType: EtherType.IPV4, network: at, end: bytes.length };
  const isError = isIcmpError(view, { ...found, tunnels: [], link: -1 });
  return isError ? ipv4Text(view, at, bytes.length) : '';
}

/** Where the packet went that another device sent: `pod73 by calic2730abf871`. */
function elsewhereText(setting: Setting, { device, bytes }: SentFrame): string {
  if (device.headerLength === 0) return `by ${device.name}`;
  const found = setting.dissectSent(new Frame(bytes, device.headerLength));
  const receiver = setting.topology.receiverOn(device, macAt(bytes));
  const to =
    receiver === null || receiver.namespace === setting.namespace
      ? ''
      : ` to ${hostName(receiver.namespace)}`;
  const wrapped =
    found.tunnels.length === 0 ? '' : ` ${wrappingText(new DataView(bytes.buffer), found.tunnels)}`;
  return `${wrapped}${to} by ${device.name}`.trimStart();
}

/** Whom an Ethernet frame is for. */
export const macAt = (bytes: Uint8Array): Mac =>
  ethernet.destination(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0);

/** The fate of a packet in the model: `forwarded to pod73 by calic2730abf871`, `dropped: SKB_DROP_REASON_…`. */
export function fateText(setting: Setting, outcome: Outcome): string {
  const { outputs, elsewhere, waits } = outcome;
  const words: string[] = [];
  for (const name of new Set(outcome.opened)) words.push(`decapsulated by ${name}`);
  const forwarded = elsewhere.filter((sent) => errorText(sent) === '');
  if (forwarded.length > 0) words.push(`forwarded ${elsewhereText(setting, forwarded[0]!)}`);
  if (outputs.length > 0) words.push(answerText(outputs));
  const drop = decisiveDrop(outcome);
  if (words.length === 0 || (forwarded.length === 0 && outputs.length === 0)) {
    if (waits !== null) words.push(`waits for neighbour ${formatIpv4(waits.target)} on ${waits.device.name}`);
    else if (outcome.delivered > 0) words.push(`delivered to ${hostName(setting.namespace)} itself`);
    else if (drop !== null && drop.protocol !== EtherType.ARP)
      words.push(`dropped: ${dropName(drop.reason)}`);
  }
  return words.join(', ');
}

function answerText(outputs: readonly Output[]): string {
  const [{ frame, found, what }] = outputs as [Output];
  if (isReaction(frame.view, found)) return `answered by ${packetText(frame.view, found)}`;
  return `sent back, ${what}`;
}

function isReaction(view: DataView, found: Dissection): boolean {
  if (found.etherType === EtherType.ARP) return true;
  if (found.etherType !== EtherType.IPV4 || ip.protocol(view, found.network) !== ip.IpProtocol.ICMP)
    return false;
  const at = found.network + ip.headerLength(view, found.network);
  return at < found.end && (icmp.isError(icmp.type(view, at)) || icmp.type(view, at) === IcmpType.ECHO_REPLY);
}

// ---- what may be missing -----------------------------------------------------------------------------------------

/**
 * Whether nothing follows if the capture does not show it: an error that is limited in number, a redirect, and the
 * refusals of a host whose sockets the lab does not have.
 */
export function isOptional(setting: Setting, { frame, found }: Output): boolean {
  const { view } = frame;
  if (found.etherType !== EtherType.IPV4) return false;
  const protocol = ip.protocol(view, found.network);
  const at = found.network + ip.headerLength(view, found.network);
  if (!setting.isOurs(ip.source(view, found.network))) return false;
  if (protocol === ip.IpProtocol.TCP)
    return found.end - at >= tcp.TCP_HEADER && (tcp.flags(view, at) & tcp.TcpFlag.RST) !== 0;
  if (protocol !== ip.IpProtocol.ICMP || at >= found.end || !icmp.isError(icmp.type(view, at))) return false;
  if (icmp.type(view, at) === IcmpType.REDIRECT) return true;
  const code = icmp.type(view, at) === IcmpType.UNREACHABLE ? icmp.code(view, at) : -1;
  if (code === UnreachableCode.PORT || code === UnreachableCode.PROTOCOL) return true;
  return setting.node.limitsErrors && code !== UnreachableCode.FRAGMENTATION_NEEDED;
}
