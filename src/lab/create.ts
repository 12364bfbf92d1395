// The lab itself: one machine, the names of its namespaces, and the run loop on the virtual clock.
import { flushFragments } from '../ip/reassemble.ts';
import { createKernel, createNamespace, runQueues } from '../ip/stack.ts';
import { runLinkWatch } from '../link/carrier.ts';
import { removeNamespaceDevices } from '../link/namespace-exit.ts';
import { forgetPeer } from '../link/peer-id.ts';
import { transmit } from '../link/transmit.ts';
import type { Device } from '../netns/device.ts';
import type { Kernel } from '../netns/kernel.ts';
import type { Namespace } from '../netns/namespace.ts';
import { Clock } from '../time/clock.ts';
import { Random } from '../time/random.ts';
import type { Lab, LabOptions } from './lab.ts';

/** 2024-01-01 00:00 UTC in microseconds: a lab begins then unless told otherwise. */
const DEFAULT_START = 1_704_067_200_000_000;
const DEFAULT_SEED = 1;

/** A machine with nothing but its initial namespace, whose loopback is down. */
export const createLab = (options: LabOptions = {}): Lab => new RunningLab(options);

class RunningLab implements Lab {
  readonly kernel: Kernel;
  readonly names = new Map<string, Namespace>();
  isInhabited: ((namespace: Namespace) => boolean) | null = null;

  constructor(options: LabOptions) {
    const clock = new Clock(options.start ?? DEFAULT_START);
    this.kernel = createKernel(clock, new Random(options.seed ?? DEFAULT_SEED));
    this.kernel.softirqs = () => this.settle();
    this.kernel.ipv6Disabled = options.ipv6Disabled ?? false;
    if (options.flowCache === false) this.kernel.flows = null;
  }

  addNamespace(name: string): Namespace | null {
    if (this.names.has(name)) return null;
    const namespace = createNamespace(this.kernel, name);
    this.names.set(name, namespace);
    return namespace;
  }

  removeNamespace(name: string): boolean {
    const namespace = this.names.get(name);
    if (namespace === undefined) return false;
    this.names.delete(name);
    this.vacate(namespace);
    return true;
  }

  vacate(namespace: Namespace): void {
    if (namespace === this.kernel.initial || namespace.gone || this.nameOf(namespace) !== null) return;
    if (this.isInhabited?.(namespace)) return;
    endNamespace(namespace);
    runLinkWatch(this.kernel);
  }

  nameOf(namespace: Namespace): string | null {
    if (this.names.get(namespace.name) === namespace) return namespace.name;
    for (const [name, held] of this.names) if (held === namespace) return name;
    return null;
  }

  receive(namespace: Namespace, device: string, frame: Uint8Array): void {
    const receiver = deviceOf(namespace, device);
    const packet = this.kernel.pool.from(frame);
    receiver.stats.rxPackets++;
    receiver.stats.rxBytes += frame.length;
    if (!this.kernel.backlog.push(receiver, packet)) this.kernel.pool.free(packet);
  }

  transmit(namespace: Namespace, device: string, frame: Uint8Array): void {
    transmit(deviceOf(namespace, device), this.kernel.pool.from(frame));
  }

  settle(): void {
    runQueues(this.kernel);
  }

  runUntil(until: number): void {
    const { clock } = this.kernel;
    this.settle();
    while (clock.stepBy(until)) this.settle();
    if (clock.now < until) clock.now = until;
  }

  nextEvent(): number {
    return this.kernel.clock.nextAt();
  }
}

function deviceOf(namespace: Namespace, name: string): Device {
  const device = namespace.names.get(name);
  if (device === undefined) throw new Error(`no device ${name} in namespace "${namespace.name}"`);
  return device;
}

/** cleanup_net: devices go, with all that refers to them, and the other namespaces forget its id. */
function endNamespace(namespace: Namespace): void {
  const { kernel } = namespace;
  namespace.gone = true;
  kernel.namespaces.delete(namespace);
  forgetPeer(namespace);
  removeNamespaceDevices(namespace);
  namespace.neighbours.flushAll();
  flushFragments(namespace);
  namespace.fib.flush();
  namespace.sockets.clear();
  namespace.udpPorts.clear();
  namespace.tcpPorts.clear();
}
