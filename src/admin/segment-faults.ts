// Asks a bridge, which stands for a segment of the underlay, or one of its ports to misbehave.
import { Errno, refuse } from '../addr/errno.ts';
import { FaultySegment, NO_FAULTS, type SegmentFaults } from '../ip/segment-faults.ts';
import type { BridgeState, Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Outcome } from './types.ts';

export type { SegmentFaults } from '../ip/segment-faults.ts';

/** The smallest MTU that a segment with IPv4 may have (RFC 791 section 3.2). */
const MIN_MTU = 68;

/**
 * Makes a bridge (all frames that enter it) or a port (those that enter there) misbehave; null ends it. What `faults`
 * leaves out is as it should be. ENODEV without such a device, EOPNOTSUPP for one of another kind, EINVAL for a number
 * that is no protocol, port or MTU.
 */
export function setSegmentFaults(
  namespace: Namespace,
  device: string,
  faults: Partial<SegmentFaults> | null,
): Outcome {
  const found = namespace.names.get(device);
  if (found === undefined) return refuse(Errno.ENODEV);
  namespace.kernel.changes++;
  const state = segmentOf(found);
  if (state === null) return refuse(Errno.EOPNOTSUPP);
  if (faults === null) {
    remove(state, found);
    return null;
  }
  const wanted = { ...NO_FAULTS, ...faults };
  if (!isSensible(wanted)) return refuse(Errno.EINVAL);
  const filter = filterOf(state) ?? new FaultySegment();
  filter.faults.set(found, wanted);
  state.filter = filter;
  return null;
}

/** What the device was asked for; null if nothing. */
export function segmentFaults(namespace: Namespace, device: string): SegmentFaults | null {
  const found = namespace.names.get(device);
  const state = found === undefined ? null : segmentOf(found);
  return state === null ? null : (filterOf(state)?.faults.get(found as Device) ?? null);
}

const segmentOf = (device: Device): BridgeState | null => device.bridge ?? device.port?.bridge.bridge ?? null;

const filterOf = (state: BridgeState): FaultySegment | null => state.filter as FaultySegment | null;

function remove(state: BridgeState, device: Device): void {
  const filter = filterOf(state);
  filter?.faults.delete(device);
  if (filter?.faults.size === 0) state.filter = null;
}

const isWithin = (value: number, low: number, high: number): boolean =>
  Number.isInteger(value) && value >= low && value <= high;

const isSensible = ({ dropProtocols, dropUdpPorts, mtu }: SegmentFaults): boolean =>
  dropProtocols.every((protocol) => isWithin(protocol, 0, 255)) &&
  dropUdpPorts.every((port) => isWithin(port, 1, 65535)) &&
  (mtu === 0 || isWithin(mtu, MIN_MTU, 65535));
