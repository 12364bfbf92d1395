// What a daemon such as Felix hears of links: rtnetlink's link messages, without their flood. Felix acts on whether an
// interface is there and running (felix/ifacemonitor/iface_monitor.go), so that is what is told.
//
// Nobody is told in the middle of a change. What happened at one instant is looked at by a timer of that instant, when
// the requests that caused it and the link watch are through; a link that came and went in between is not told at all.
// Routes, neighbours and addresses that others change have no such messages here: a daemon looks again from time to
// time, as Felix does (`every` in periodic.ts).
import { reportedFlags } from '../link/carrier.ts';
import { type Device, DeviceFlag } from '../netns/device.ts';
import type { DeviceEvent, DeviceListener, Kernel } from '../netns/kernel.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Lab } from './lab.ts';

interface LinkEvent {
  readonly namespace: Namespace;
  readonly index: number;
  readonly name: string;
  /** `up` is IFF_RUNNING: set up and with carrier; `gone` also ends an old name and the stay in another namespace. */
  readonly state: 'up' | 'down' | 'gone';
}

type LinkListener = (event: LinkEvent) => void;

/** One who listens, and what it knows. */
interface Watcher {
  /** null for all. */
  readonly namespace: Namespace | null;
  readonly listener: LinkListener;
  /** What it was told last of each device. */
  readonly told: Map<Device, LinkEvent>;
  /** Devices that something happened to since. */
  readonly changed: Set<Device>;
}

/** The watchers of one machine, by namespace, so that a thousand daemons hear of their own links only. */
class LinkMonitor implements DeviceListener {
  private readonly kernel: Kernel;
  private readonly watchers = new Map<Namespace | null, Set<Watcher>>();
  private readonly waiting = new Set<Watcher>();

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  add(namespace: Namespace | null, listener: LinkListener): () => void {
    const watcher: Watcher = { namespace, listener, told: new Map(), changed: new Set() };
    const others = this.watchers.get(namespace) ?? new Set();
    if (this.watchers.size === 0) this.kernel.deviceListeners.push(this);
    this.watchers.set(namespace, others.add(watcher));
    for (const watched of namespace === null ? this.kernel.namespaces : [namespace])
      for (const device of watched.devices.values()) this.note(watcher, device);
    return () => this.remove(watcher);
  }

  private remove(watcher: Watcher): void {
    const { namespace } = watcher;
    const others = this.watchers.get(namespace);
    if (others === undefined || !others.delete(watcher)) return;
    this.waiting.delete(watcher);
    if (others.size === 0) this.watchers.delete(namespace);
    const { deviceListeners } = this.kernel;
    if (this.watchers.size === 0) deviceListeners.splice(deviceListeners.indexOf(this), 1);
  }

  /** A device that leaves is still of its old namespace then, and one that enters is of its new one. */
  deviceEvent(device: Device, _event: DeviceEvent): void {
    for (const watcher of this.watchers.get(device.namespace) ?? []) this.note(watcher, device);
    for (const watcher of this.watchers.get(null) ?? []) this.note(watcher, device);
  }

  private note(watcher: Watcher, device: Device): void {
    watcher.changed.add(device);
    if (this.waiting.size === 0) this.kernel.clock.schedule(0, () => this.tellAll());
    this.waiting.add(watcher);
  }

  private tellAll(): void {
    const due = [...this.waiting];
    this.waiting.clear();
    for (const watcher of due) {
      const changed = [...watcher.changed];
      watcher.changed.clear();
      for (const device of changed) if (this.listens(watcher)) tell(watcher, device);
    }
  }

  private listens(watcher: Watcher): boolean {
    return this.watchers.get(watcher.namespace)?.has(watcher) === true;
  }
}

/** Tells what is new about a device, if anything is. */
function tell(watcher: Watcher, device: Device): void {
  const last = watcher.told.get(device);
  const here = (watcher.namespace ?? device.namespace) === device.namespace;
  const now = here && device.registered ? seen(device) : null;
  if (last !== undefined && (now === null || !isSameLink(last, now))) {
    watcher.told.delete(device);
    watcher.listener({ ...last, state: 'gone' });
  }
  if (now === null || (last?.state === now.state && isSameLink(last, now))) return;
  watcher.told.set(device, now);
  watcher.listener(now);
}

const seen = (device: Device): LinkEvent => ({
  namespace: device.namespace,
  index: device.index,
  name: device.name,
  state: (reportedFlags(device) & DeviceFlag.RUNNING) === 0 ? 'down' : 'up',
});

const isSameLink = (a: LinkEvent, b: LinkEvent): boolean =>
  a.namespace === b.namespace && a.index === b.index && a.name === b.name;

const monitors = new WeakMap<Kernel, LinkMonitor>();

/**
 * Tells `listener` of the links of a namespace, or of all namespaces for null: first of those that are there, then of
 * every change. It is called while the lab runs (`runUntil`, a command that waits), never from here. Returns what ends it.
 */
export function watchLinks({ kernel }: Lab, namespace: Namespace | null, listener: LinkListener): () => void {
  const monitor = monitors.get(kernel) ?? new LinkMonitor(kernel);
  monitors.set(kernel, monitor);
  return monitor.add(namespace, listener);
}
