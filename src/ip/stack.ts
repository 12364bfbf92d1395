// A machine's IPv4 stack put together: namespaces are made here, and the queues of packets run here.

import { Drop, type DropReason } from '../drop/reasons.ts';
import { Fib } from '../fib/fib.ts';
import { initNamespaceDevices } from '../link/module.ts';
import { registerDevice } from '../link/registry.ts';
import type { Neighbour } from '../neigh/neighbour.ts';
import { type NeighbourActions, NeighbourTable } from '../neigh/table.ts';
import { copyIpv4Conf, Ipv4Conf, NeighConf } from '../netns/conf.ts';
import { Device, Kind } from '../netns/device.ts';
import { Kernel } from '../netns/kernel.ts';
import { Namespace } from '../netns/namespace.ts';
import type { Packet } from '../packet/packet.ts';
import type { WorkQueue } from '../packet/queue.ts';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import { announce, solicit } from './arp.ts';
import { pollCells } from './cells.ts';
import { runDeferred } from './deferred.ts';
import { ipv4Listeners } from './device-events.ts';
import { NamespaceFibHost } from './fib-host.ts';
import { FRAMES_MIN, followChain, turnAfter, WEIGHT } from './flow-chain.ts';
import { groupListener } from './igmp.ts';
import { reportLinkFailure } from './link-failure.ts';
import { sendTo } from './output.ts';
import { arrive, FRAME_TIME } from './receive.ts';

const LOOPBACK_INDEX = 1;
/** Work at one instant after which the lab is taken to be in a loop. */
const INSTANT_LIMIT = 2_000_000;

/** A machine with its initial namespace. */
export function createKernel(clock: Clock, random: Random): Kernel {
  const kernel = new Kernel(clock, random);
  kernel.deviceListeners.push(groupListener, ...ipv4Listeners(announce));
  kernel.initial = createNamespace(kernel, '');
  return kernel;
}

/** A namespace with its loopback device, down, and what the loaded modules put into every namespace. */
export function createNamespace(kernel: Kernel, name: string): Namespace {
  const first: Namespace | undefined = kernel.initial;
  const all = first === undefined ? new Ipv4Conf() : copyIpv4Conf(first.confAll);
  if (first === undefined) all.accept_source_route = 0;
  const namespace = new Namespace(
    kernel,
    name,
    all,
    first === undefined ? new Ipv4Conf() : copyIpv4Conf(first.confDefault),
    // One for the whole machine: the kernel's neighbour tables know no namespaces (arp_tbl.parms).
    first === undefined ? new NeighConf() : first.neighDefault,
  );
  namespace.fib = new Fib(new NamespaceFibHost(namespace));
  namespace.neighbours = new NeighbourTable(kernel.clock, kernel.random, new NamespaceNeighbours(namespace));
  kernel.namespaces.add(namespace);
  registerDevice(new Device(namespace, Kind.LOOPBACK, LOOPBACK_INDEX, 'lo', namespace.confDefault));
  initNamespaceDevices(namespace);
  return namespace;
}

/** How a namespace's neighbour table asks, sends and gives up. */
class NamespaceNeighbours implements NeighbourActions {
  private readonly namespace: Namespace;

  constructor(namespace: Namespace) {
    this.namespace = namespace;
  }

  solicit(neighbour: Neighbour, packet: Packet | null, unicast: boolean): void {
    solicit(this.namespace, neighbour, packet, unicast);
  }

  send(neighbour: Neighbour, packet: Packet): void {
    const { namespace } = this;
    const { observer } = namespace.kernel;
    if (observer !== null) observer.step?.(namespace, packet, { kind: 'neighbour', neighbour });
    if (namespace.neighbours.mayOutput(neighbour, packet))
      sendTo(neighbour.device as Device, packet, neighbour.mac);
  }

  fail(neighbour: Neighbour, packet: Packet): void {
    reportLinkFailure(this.namespace, neighbour.device as Device, packet);
    this.drop(neighbour, packet, Drop.NEIGH_FAILED);
  }

  drop(neighbour: Neighbour, packet: Packet, reason: DropReason): void {
    const { namespace } = this;
    namespace.kernel.drop(namespace, packet, reason, neighbour.device as Device);
  }
}

/** Sees a frame before the device that it arrived at; true if it took (and freed) it. */
export type Intercept = (device: Device, packet: Packet) => boolean;

/**
 * Runs everything that is queued at this instant. What a tunnel was given is encapsulated before the next frame is
 * looked at, as the kernel does it within one call; what came out of one is looked at when the backlog is empty, or
 * after WEIGHT frames of it (net_rx_action). Ends after INSTANT_LIMIT pieces of work: what is left is
 * dropped by name, so that a loop of cables cannot hang the lab.
 */
export function runQueues(kernel: Kernel, intercept: Intercept | null = null): void {
  if (kernel.running) return;
  kernel.running = true;
  try {
    runAll(kernel, intercept);
  } finally {
    kernel.running = false;
  }
}

function runAll(kernel: Kernel, intercept: Intercept | null): void {
  const { backlog, cells } = kernel;
  runDeferred(kernel);
  for (let work = 0; backlog.length + cells.length > 0; ) {
    if (work >= INSTANT_LIMIT) {
      abandon(kernel, backlog);
      abandon(kernel, cells);
      return;
    }
    work += runTurn(kernel, intercept, INSTANT_LIMIT - work) + cells.length;
    if (intercept === null && cells.length > 1) pollCells(kernel);
    else for (let left = cells.length; left > 0; left--) receiveFrom(kernel, cells, intercept);
  }
}

/**
 * Receives from the backlog until those that wait elsewhere have their turn, several turns of it where packets go through
 * several hops at once. Returns how many frames were received; where that may be is looked for once for all that wait.
 */
function runTurn(kernel: Kernel, intercept: Intercept | null, most: number): number {
  const { backlog } = kernel;
  let received = 0;
  let patience = 0;
  for (let turn = 0; turn < WEIGHT && backlog.length > 0; ) {
    const asks = patience <= 0 && intercept === null;
    const chain = asks ? followChain(kernel, turn, most - received) : null;
    if (chain !== null) {
      received += chain.levels * backlog.length;
      turn = turnAfter(chain, backlog.length, turn);
      patience = backlog.length;
      continue;
    }
    if (asks) patience = Math.max(backlog.length, FRAMES_MIN);
    receiveFrom(kernel, backlog, intercept);
    received++;
    turn++;
    patience--;
  }
  return received;
}

function receiveFrom(kernel: Kernel, queue: WorkQueue<Device>, intercept: Intercept | null): void {
  kernel.clock.now += FRAME_TIME;
  const device = queue.peekTarget();
  const packet = queue.shift();
  if (intercept === null || !intercept(device, packet)) arrive(kernel, device, packet);
  if (kernel.deferred.length > 0) runDeferred(kernel);
}

function abandon(kernel: Kernel, queue: WorkQueue<Device>): void {
  while (queue.length > 0) {
    const device = queue.peekTarget();
    kernel.drop(device.namespace, queue.shift(), Drop.LOOP_LIMIT, device);
  }
}
