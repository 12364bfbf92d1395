// How the way of a flow's packets through several hops is put together: each flow says what its packets are like where
// they arrive next, and so which flow they belong to there. A tunnel is part of a chain only with both of its ends.
import { type Flow, FlowAction, FlowKey, type FlowTable, type Wrapping } from '../netns/flow.ts';
import { type ChainStep, FlowChain } from '../netns/flow-chain.ts';
import type { Kernel } from '../netns/kernel.ts';
import { ETHERNET_HEADER } from '../wire/ethernet.ts';
import { decapsulateEcn } from './ecn.ts';
import { IPIP_HEADROOM, knowsSender, VXLAN_HEADROOM } from './flow-tunnel.ts';
import { IPIP_OVERHEAD } from './tunnel-ipip.ts';
import { VXLAN_OVERHEAD } from './tunnel-vxlan.ts';

/** Hops of a chain at most. */
const STEPS_MAX = 32;
/** Fewer frames in one go are not worth it. */
const LEVELS_MIN = 1;
/**
 * How long a chain goes no further where the next flow is not known, in microseconds: twice as long each time that it is
 * still not, up to a limit.
 */
const PATIENCE = 16;
const PATIENCE_LIMIT = 16_384;

const key = new FlowKey();

/** It is more than ordinary, and nothing changed since it was learnt. */
export const holds = (kernel: Kernel, flow: Flow): boolean =>
  flow.stamp === kernel.stamp &&
  flow.action > FlowAction.ORDINARY &&
  (flow.isEndless || kernel.clock.now < flow.until) &&
  flow.fib.generation === flow.fibGeneration;

const wraps = ({ action }: Flow): boolean =>
  action === FlowAction.FORWARD_IPIP || action === FlowAction.FORWARD_VXLAN;
const unwraps = ({ action }: Flow): boolean =>
  action === FlowAction.LOCAL_IPIP || action === FlowAction.LOCAL_VXLAN;

/** Packets go on, and not out of a tunnel that they entered elsewhere. */
const begins = ({ action }: Flow): boolean =>
  action < FlowAction.LOCAL || action === FlowAction.BRIDGE || action === FlowAction.BRIDGE_UP;

/** The chain of packets of `first`, as far as all is known. */
export function learnChain(kernel: Kernel, first: Flow): FlowChain {
  const flows = begins(first) ? [first] : [];
  const isWhole = flows.length === 0 || follow(kernel, kernel.flows as FlowTable, flows);
  const chain = compile(kernel, stepsOf(upToWhole(flows)));
  if (!isWhole) wait(kernel, chain, first.chain);
  first.chain = chain;
  return chain;
}

function wait({ clock }: Kernel, chain: FlowChain, before: FlowChain | null): void {
  const last = before?.stamp === chain.stamp ? before.patience : 0;
  chain.patience = last === 0 ? PATIENCE : Math.min(last * 2, PATIENCE_LIMIT);
  chain.until = Math.min(chain.until, clock.now + chain.patience);
}

/** Adds to the first of `flows` those behind it; true if nothing more could follow. */
function follow(kernel: Kernel, table: FlowTable, flows: Flow[]): boolean {
  let tunnel: Flow | null = null;
  for (let flow = flows[0] as Flow; flows.length < STEPS_MAX; ) {
    if (wraps(flow)) tunnel = flow;
    setKey(flow, flows[0] as Flow, tunnel);
    const next = table.find(key);
    if (next === null || !holds(kernel, next)) return false;
    if (!mayFollow(next, tunnel, flows)) return true;
    flows.push(next);
    flow = next;
  }
  return true;
}

/** What packets of the chain that begins with `first` are like where they arrive after `flow`. */
function setKey(flow: Flow, first: Flow, tunnel: Flow | null): void {
  const { action, egress } = flow;
  if (unwraps(flow)) {
    key.device = flow.tunnel;
    setLink(action === FlowAction.LOCAL_VXLAN ? tunnel!.wrapping : NO_LINK);
    setHeader(first);
    return;
  }
  key.device = action === FlowAction.BRIDGE_UP ? flow.device.port!.bridge : egress.peer;
  setLink(action >= FlowAction.BRIDGE ? flow : egress);
  setHeader(wraps(flow) ? flow.wrapping : flow);
}

interface Link {
  readonly word0: number;
  readonly word1: number;
  readonly word2: number;
}

/** A device without a link header, as an IPIP device. */
const NO_LINK: Link = { word0: 0, word1: 0, word2: 0 };

function setLink({ word0, word1, word2 }: Link): void {
  key.word0 = word0;
  key.word1 = word1;
  key.word2 = word2;
}

function setHeader({ lead, source, destination }: Flow | Wrapping): void {
  key.lead = lead;
  key.source = source;
  key.destination = destination;
}

/** False where packets are delivered, or go in circles, or through a second tunnel. */
function mayFollow(next: Flow, tunnel: Flow | null, flows: readonly Flow[]): boolean {
  if (next.action === FlowAction.LOCAL || flows.includes(next)) return false;
  if (unwraps(next)) return tunnel !== null && !flows.some(unwraps) && isOtherEnd(next, tunnel, flows);
  return !wraps(next) || tunnel === null;
}

/** What `tunnel` wraps, `end` unwraps, and leaves no trace of it on the inner packet. */
function isOtherEnd(end: Flow, { action, wrapping }: Flow, [first]: readonly Flow[]): boolean {
  const innerTos = first!.lead & 0xff;
  if (decapsulateEcn(end.lead & 0xff, innerTos) !== innerTos) return false;
  if (action === FlowAction.FORWARD_IPIP) return end.action === FlowAction.LOCAL_IPIP;
  // An outer UDP checksum is left to hardware, or right: nobody computes it on the way (hasGoodChecksum).
  return (
    end.action === FlowAction.LOCAL_VXLAN &&
    end.port === wrapping.port &&
    end.vni === wrapping.vni &&
    knowsSender(end, wrapping.word1, wrapping.word2)
  );
}

/** Without a tunnel whose other end was not reached, or where nothing known follows, and without a last step to a bridge itself. */
function upToWhole(flows: readonly Flow[]): readonly Flow[] {
  const entrance = flows.findIndex(wraps);
  const exit = flows.findIndex(unwraps);
  const isWhole = entrance < 0 || (exit >= 0 && exit < flows.length - 1);
  const kept = isWhole ? flows : flows.slice(0, entrance);
  return kept.at(-1)?.action === FlowAction.BRIDGE_UP ? kept.slice(0, -1) : kept;
}

function stepsOf(flows: readonly Flow[]): readonly ChainStep[] {
  const steps: ChainStep[] = [];
  let level = 1;
  let outer = 0;
  for (const flow of flows) {
    const outerReceived = outer;
    if (flow.action === FlowAction.FORWARD_IPIP) outer = IPIP_OVERHEAD;
    if (flow.action === FlowAction.FORWARD_VXLAN) outer = VXLAN_OVERHEAD;
    if (unwraps(flow)) outer = 0;
    steps.push({ flow, level, outerReceived, outerSent: outer });
    // What a bridge takes for its own stack is not received once more.
    if (flow.action !== FlowAction.BRIDGE_UP) level++;
  }
  return steps;
}

/** What the steps want of a packet together, and what they make of it. */
function compile(kernel: Kernel, steps: readonly ChainStep[]): FlowChain {
  const chain = new FlowChain(steps, kernel.stamp);
  const last = steps[steps.length - 1];
  if (last === undefined || last.level < LEVELS_MIN) return chain;
  for (const step of steps) add(chain, step, kernel.clock.now);
  chain.generations = chain.fibs.reduce((sum, { generation }) => sum + generation, 0);
  chain.receiver = last.flow.egress.peer;
  // Bridges alone leave a packet as it is, which is another kind of work.
  if (setTtl(chain) && chain.hops > 0) chain.levels = last.level;
  return chain;
}

/** False if a tunnel's packets do not get through. */
function setTtl(chain: FlowChain): boolean {
  const { wrapping, hops, outerHops } = chain;
  const isInherited = wrapping !== null && wrapping.ttl === 0;
  chain.ttlWanted = hops + 1 + (isInherited ? outerHops : 0);
  return wrapping === null || isInherited || wrapping.ttl > outerHops;
}

function add(chain: FlowChain, { flow, level, outerReceived }: ChainStep, now: number): void {
  chain.fibs.push(flow.fib);
  chain.until = Math.min(chain.until, flow.until);
  if (flow.action === FlowAction.FORWARD) addRouter(chain, flow, outerReceived);
  else if (flow.action === FlowAction.BRIDGE) limit(chain, flow.room - outerReceived - ETHERNET_HEADER);
  else if (wraps(flow)) addEntrance(chain, flow, now);
  else if (unwraps(flow)) addExit(chain, flow, level);
}

function limit(chain: FlowChain, room: number): void {
  chain.room = Math.min(chain.room, room);
  chain.roomWithDf = Math.min(chain.roomWithDf, room);
}

function setLastLink(chain: FlowChain, { word0, word1, word2 }: Link): void {
  chain.word0 = word0;
  chain.word1 = word1;
  chain.word2 = word2;
}

/** Between the ends of a tunnel it is the outer packet that a router forwards. */
function addRouter(chain: FlowChain, flow: Flow, outer: number): void {
  limit(chain, flow.room - outer);
  chain.headroom = Math.max(chain.headroom, ETHERNET_HEADER);
  if (outer > 0) chain.outerHops++;
  else {
    chain.hops++;
    setLastLink(chain, flow.egress);
  }
}

function addEntrance(chain: FlowChain, flow: Flow, now: number): void {
  const { wrapping } = flow;
  const isIpip = flow.action === FlowAction.FORWARD_IPIP;
  chain.wrapping = wrapping;
  chain.hops++;
  chain.fibs.push(wrapping.fib);
  chain.headroom = isIpip ? IPIP_HEADROOM : VXLAN_HEADROOM;
  limit(chain, Math.min(flow.room, wrapping.room));
  if (wrapping.fib.generation !== wrapping.fibGeneration) chain.until = Number.NEGATIVE_INFINITY;
  if (isIpip) addPath(chain, wrapping, now);
}

/** What teaches the inner route something goes step by step. */
function addPath(
  chain: FlowChain,
  { quietUntil, quietUntilWithDf, roomWithDf }: Wrapping,
  now: number,
): void {
  if (quietUntil > now) chain.until = Math.min(chain.until, quietUntil);
  else chain.room = 0;
  chain.roomWithDf = quietUntilWithDf > now ? Math.min(chain.roomWithDf, roomWithDf) : 0;
  if (quietUntilWithDf > now) chain.until = Math.min(chain.until, quietUntilWithDf);
}

function addExit(chain: FlowChain, flow: Flow, level: number): void {
  chain.unwrapLevel = level;
  if (flow.action === FlowAction.LOCAL_VXLAN) setLastLink(chain, chain.wrapping!);
}
