// Traffic control as RTM_NEWQDISC, RTM_DELQDISC and RTM_NEWTFILTER serve it (net/sched/sch_api.c, cls_api.c): the
// qdiscs that hold nothing back on a virtual device, and filters that send frames elsewhere or mark them.
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { TrafficControl, type TrafficFilter } from '../netns/traffic.ts';
import type { Outcome } from './types.ts';

/** Root qdiscs that are known, and whether filters can hang on them. */
const ROOT_KINDS: ReadonlySet<string> = new Set(['fq_codel', 'prio']);

/** The first handle that the kernel gives by itself (qdisc_alloc_handle). */
const FIRST_HANDLE = 0x8001;
/** The first priority that it gives to a filter (tcf_auto_prio): each further one is one less. */
const FIRST_PRIORITY = 0xc000;

export interface QdiscInfo {
  readonly deviceName: string;
  readonly mtu: number;
  readonly kind: string;
  readonly handle: number;
}

export type FilterRequest = Omit<TrafficFilter, 'priority'> & { readonly priority: number | null };

/** The device that is to be changed. */
function findDevice(namespace: Namespace, name: string): Device | Refusal {
  namespace.kernel.changes++;
  return namespace.names.get(name) ?? refuse(Errno.ENODEV);
}

const isRefusal = (answer: Device | Refusal): answer is Refusal => 'errno' in answer;

/** A device that is not Ethernet has frames without a header to look at. */
export const hasFrames = (namespace: Namespace, name: string): boolean =>
  (namespace.names.get(name)?.headerLength ?? 0) > 0;

/** `tc qdisc add|replace dev DEVICE root [handle N:] KIND`; null for a handle of the kernel's choice. */
export function setRootQdisc(
  namespace: Namespace,
  name: string,
  kind: string,
  { handle, replaces }: { readonly handle: number | null; readonly replaces: boolean },
): Outcome {
  const device = findDevice(namespace, name);
  if (isRefusal(device)) return device;
  if (!ROOT_KINDS.has(kind)) return refuse(Errno.ENOENT, 'Specified qdisc kind is unknown');
  const traffic = trafficOf(device);
  if (traffic.root !== null && !replaces) return refuse(Errno.EEXIST, 'Exclusivity flag on, cannot modify');
  if (traffic.root?.kind !== kind) traffic.egress = [];
  traffic.root = { kind, handle: handle ?? traffic.root?.handle ?? freeHandle(namespace) };
  device.qdisc = kind;
  return null;
}

function freeHandle(namespace: Namespace): number {
  const used = new Set([...namespace.devices.values()].map(({ traffic }) => traffic?.root?.handle));
  let handle = FIRST_HANDLE;
  while (used.has(handle)) handle++;
  return handle;
}

const trafficOf = (device: Device): TrafficControl => {
  device.traffic ??= new TrafficControl();
  return device.traffic;
};

/** `tc qdisc add dev DEVICE ingress`. */
export function addIngressQdisc(namespace: Namespace, name: string): Outcome {
  const device = findDevice(namespace, name);
  if (isRefusal(device)) return device;
  const traffic = trafficOf(device);
  if (traffic.hasIngress) return refuse(Errno.EEXIST, 'Exclusivity flag on, cannot modify');
  traffic.hasIngress = true;
  return null;
}

/** `tc qdisc del dev DEVICE root|ingress`: its filters go with it. */
export function deleteQdisc(namespace: Namespace, name: string, which: 'root' | 'ingress'): Outcome {
  const device = findDevice(namespace, name);
  if (isRefusal(device)) return device;
  const { traffic } = device;
  if (which === 'ingress') return deleteIngress(device);
  if (traffic === null || traffic.root === null)
    return refuse(Errno.ENOENT, 'Cannot delete qdisc with handle of zero');
  traffic.root = null;
  traffic.egress = [];
  device.qdisc = 'noqueue';
  tidy(device, traffic);
  return null;
}

function deleteIngress(device: Device): Outcome {
  const { traffic } = device;
  if (traffic === null || !traffic.hasIngress) return refuse(Errno.EINVAL, 'Invalid handle');
  traffic.hasIngress = false;
  traffic.ingress = [];
  tidy(device, traffic);
  return null;
}

function tidy(device: Device, traffic: TrafficControl): void {
  if (traffic.isEmpty) device.traffic = null;
}

/** `tc filter add dev DEVICE ingress|parent N:|…`; a parent left out is the root. */
export function addFilter(
  namespace: Namespace,
  name: string,
  parent: 'ingress' | number | null,
  request: FilterRequest,
): Outcome {
  const device = findDevice(namespace, name);
  if (isRefusal(device)) return device;
  const { traffic } = device;
  if (parent === 'ingress' ? !traffic?.hasIngress : parent !== null && traffic?.root?.handle !== parent)
    return refuse(Errno.EINVAL, "Parent Qdisc doesn't exists");
  if (traffic === null || (parent !== 'ingress' && traffic.root === null))
    return refuse(Errno.EINVAL, 'Qdisc not classful');
  const list = parent === 'ingress' ? traffic.ingress : traffic.egress;
  const priority = request.priority ?? nextPriority(list);
  list.push({ ...request, priority });
  list.sort((a, b) => a.priority - b.priority);
  return null;
}

const nextPriority = (list: readonly TrafficFilter[]): number =>
  list.length === 0 ? FIRST_PRIORITY : list[0].priority - 1;

/** Root qdiscs by device, with an ingress one behind its own; `noqueue` where nothing was set and the device was up. */
export const dumpQdiscs = (namespace: Namespace): QdiscInfo[] =>
  [...namespace.devices.values()].flatMap(({ name, mtu, traffic, qdisc }) => {
    const root = traffic?.root ?? (qdisc === 'noqueue' && name !== 'lo' ? { kind: qdisc, handle: 0 } : null);
    const ingress = traffic?.hasIngress ? [{ kind: 'ingress', handle: 0xffff }] : [];
    return [...(root === null ? [] : [root]), ...ingress].map((one) => ({ deviceName: name, mtu, ...one }));
  });
