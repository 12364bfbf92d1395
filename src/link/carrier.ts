// Carrier, and what follows from it some time later: the operational state of RFC 2863 and the notice to everybody
// (net/core/link_watch.c). Urgent changes are acted on at once, the rest at most once a second, as in the kernel:
// between a change and its notice `ip link` shows a device that is neither up nor down.
import { type Device, DeviceFlag, Kind } from '../netns/device.ts';
import type { Kernel } from '../netns/kernel.ts';
import { SECOND } from '../time/clock.ts';
import { notifyDevice } from './notify.ts';
import { announceLink } from './peer-id.ts';

/** IF_OPER_* (RFC 2863). */
export const OperState = { UNKNOWN: 0, DOWN: 2, LOWERLAYERDOWN: 3, UP: 6 } as const;

/** netif_oper_up. */
export const isOperational = (device: Device): boolean =>
  device.operstate === OperState.UP || device.operstate === OperState.UNKNOWN;

/** Running and operational: what a bridge asks of a port. */
export const isLive = (device: Device): boolean => device.running && isOperational(device);

/** The state as rtnetlink reports it: DOWN for whatever does not run (rtnl_fill_ifinfo). */
export const reportedState = (device: Device): number => (device.running ? device.operstate : OperState.DOWN);

/** The flags as the kernel reports them (dev_get_flags): what holds now, and promiscuity only as a user asked for it. */
export function reportedFlags(device: Device): number {
  const own = DeviceFlag.PROMISC | DeviceFlag.ALLMULTI | DeviceFlag.RUNNING | DeviceFlag.LOWER_UP;
  let flags = (device.flags & ~own) | device.userFlags;
  if (device.running && isOperational(device)) flags |= DeviceFlag.RUNNING;
  if (device.running && device.carrierOn) flags |= DeviceFlag.LOWER_UP;
  return flags;
}

/**
 * The index of the device below or at the other end, its own for kinds that have none (dev_get_iflink). Indexes of
 * different namespaces are compared with each other, as the kernel does.
 */
export function linkIndex(device: Device): number {
  if (device.kind === Kind.VETH) return device.peer?.index ?? 0;
  if (device.vlan !== null) return device.vlan.real.index;
  return device.tunnel === null ? device.index : device.tunnel.link;
}

export function carrierOn(device: Device): void {
  if (device.carrierOn) return;
  device.carrierOn = true;
  changed(device);
}

export function carrierOff(device: Device): void {
  if (!device.carrierOn) return;
  device.carrierOn = false;
  changed(device);
}

function changed(device: Device): void {
  if (!device.registered) return;
  device.carrierChanges++;
  fire(device);
}

/** A device that is registered without carrier begins in the right state (linkwatch_init_dev). */
export function initOperState(device: Device): void {
  if (!device.carrierOn) device.operstate = carrierState(device);
}

/** dev_activate: gives the device its qdisc the first time; packets pass once there is carrier. */
export function activate(device: Device): void {
  device.qdisc = 'noqueue';
  if (device.carrierOn) device.transmitActive = true;
}

/** dev_deactivate. */
export function deactivate(device: Device): void {
  device.transmitActive = false;
}

/** netdev_state_change: a running device's users hear of it. */
export function stateChanged(device: Device): void {
  if (!device.up) return;
  notifyDevice(device, 'change');
  announceLink(device);
}

/** Forgets what waits for a device that goes away, but acts on it first (linkwatch_forget_dev). */
export function forgetCarrier(device: Device): void {
  if (device.linkWatchOrder !== 0) settleDevice(device.namespace.kernel, device);
}

/** The device runs from now on, or it or its other end has another index: what waits for it may be urgent. */
export function lookAgain(device: Device): void {
  if (device.linkWatchOrder !== 0) device.namespace.kernel.linkWatch.running.add(device);
}

/** What the kernel's worker does before anybody else can look: every change that is due now is acted on. */
export function runLinkWatch(kernel: Kernel): void {
  kernel.changes++;
  // What a request sent is received first: a port that waits for its carrier does not forward it yet.
  if (!kernel.running) kernel.softirqs?.();
  const watch = kernel.linkWatch;
  while (watch.timer !== null && watch.timer.at <= kernel.clock.now) {
    kernel.clock.cancel(watch.timer);
    runQueue(kernel);
  }
}

const carrierState = (device: Device): number => {
  if (device.carrierOn) return OperState.UP;
  return linkIndex(device) === device.index ? OperState.DOWN : OperState.LOWERLAYERDOWN;
};

/** linkwatch_urgent_event. */
function isUrgent(device: Device): boolean {
  if (!device.running) return false;
  if (linkIndex(device) !== device.index) return true;
  return device.carrierOn && device.qdisc !== 'noop' && !device.transmitActive;
}

/** linkwatch_fire_event. */
function fire(device: Device): void {
  const urgent = isUrgent(device);
  const { kernel } = device.namespace;
  if (device.linkWatchOrder === 0) {
    const watch = kernel.linkWatch;
    device.linkWatchOrder = ++watch.changes;
    watch.pending.add(device);
  } else if (!urgent) return;
  else kernel.linkWatch.turned.add(device);
  if (urgent) kernel.linkWatch.running.add(device);
  scheduleQueue(kernel, urgent);
}

/** linkwatch_schedule_work. */
function scheduleQueue(kernel: Kernel, urgent: boolean): void {
  const watch = kernel.linkWatch;
  if (watch.urgent) return;
  let delay = watch.nextAt - kernel.clock.now;
  if (delay > SECOND) delay = 0;
  if (urgent) {
    watch.urgent = true;
    kernel.clock.cancel(watch.timer);
    watch.timer = null;
    delay = 0;
  }
  watch.timer ??= kernel.clock.schedule(delay, () => runQueue(kernel));
}

/** linkwatch_event, __linkwatch_run_queue. */
function runQueue(kernel: Kernel): void {
  const watch = kernel.linkWatch;
  const urgentOnly = watch.nextAt > kernel.clock.now;
  watch.timer = null;
  watch.urgent = false;
  if (!urgentOnly) watch.nextAt = kernel.clock.now + SECOND;
  if (urgentOnly) settleUrgent(kernel);
  else for (const device of [...watch.pending]) if (device.linkWatchOrder !== 0) settleDevice(kernel, device);
  if (watch.pending.size > 0) scheduleQueue(kernel, false);
}

/**
 * An urgent run passes over all that is not urgent when it comes to it. Those that run and are not wait for the second to
 * be over (a pod's cable whose ends have one index), and may be thousands: they are looked at again when something changes.
 */
function settleUrgent(kernel: Kernel): void {
  const { running, turned } = kernel.linkWatch;
  turned.clear();
  const due: Device[] = [];
  for (const device of running)
    if (isUrgent(device)) due.push(device);
    else running.delete(device);
  due.sort(byOrder);
  for (let at = 0; at < due.length; at++) {
    const device = due[at];
    const order = device.linkWatchOrder;
    if (order === 0 || !isUrgent(device)) continue;
    settleDevice(kernel, device);
    if (turned.size > 0) includeTurned(due, at, order, turned);
  }
}

const byOrder = (a: Device, b: Device): number => a.linkWatchOrder - b.linkWatchOrder;

/** What became urgent behind `order` is come to in this run still. */
function includeTurned(due: Device[], at: number, order: number, turned: Set<Device>): void {
  const others = [...turned].filter((device) => device.linkWatchOrder > order && !due.includes(device, at));
  turned.clear();
  if (others.length > 0) due.push(...[...due.splice(at + 1), ...others].sort(byOrder));
}

/** linkwatch_do_dev. */
function settleDevice({ linkWatch }: Kernel, device: Device): void {
  device.linkWatchOrder = 0;
  linkWatch.pending.delete(device);
  linkWatch.running.delete(device);
  device.operstate = carrierState(device);
  if (!device.up) return;
  if (device.carrierOn) activate(device);
  else deactivate(device);
  stateChanged(device);
}
