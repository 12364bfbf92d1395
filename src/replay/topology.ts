// Where things are in a lab: who has an address, which devices share a segment, and by which device of the node
// a host's packets come in.
import type { Ipv4 } from '../addr/ipv4.ts';
import type { Mac } from '../addr/mac.ts';
import { type Device, Kind } from '../netns/device.ts';
import type { Kernel } from '../netns/kernel.ts';
import type { Namespace } from '../netns/namespace.ts';

/** Where packets of a host enter the node. */
export interface Entry {
  /** The node's device that receives them (a bridge port, if the cable ends in one). */
  readonly device: Device;
  /** The far end's device that sends them. */
  readonly sender: Device;
}

/** A snapshot of a lab, seen from one of its namespaces. */
export class Topology {
  private readonly node: Namespace;
  private readonly owners = new Map<Ipv4, Device[]>();
  private readonly segments = new Map<Device, Device[]>();
  private readonly entries = new Map<Namespace, Entry[]>();

  constructor(kernel: Kernel, node: Namespace) {
    this.node = node;
    const devices = [...kernel.namespaces].flatMap((namespace) => [...namespace.devices.values()]);
    for (const device of devices) this.addAddresses(device);
    for (const device of devices) if (!this.segments.has(device)) this.addSegment(device);
    this.findEntries();
  }

  /** The devices that hold the address, those of the node first. */
  ownersOf(address: Ipv4): readonly Device[] {
    return this.owners.get(address) ?? [];
  }

  /** The namespace other than the node that has the address; null if none does. */
  hostOf(address: Ipv4): Namespace | null {
    for (const device of this.ownersOf(address)) if (device.namespace !== this.node) return device.namespace;
    return null;
  }

  isOurs(address: Ipv4): boolean {
    return this.node.addressOwners.has(address);
  }

  /** The devices that a frame of `device` can reach without a router, itself included. */
  segmentOf(device: Device): readonly Device[] {
    return this.segments.get(device) ?? [device];
  }

  /** Who answers for the address on the segment of `device`, other than the node itself. */
  neighbourOn(device: Device, address: Ipv4): Device | null {
    const segment = this.segmentOf(device);
    for (const owner of this.ownersOf(address)) {
      if (owner.namespace === this.node) continue;
      if (segment.includes(owner)) return owner;
    }
    const host = this.ownersOf(address).find((owner) => owner.namespace !== this.node)?.namespace;
    return segment.find((other) => other.namespace === host && isEndpoint(other)) ?? null;
  }

  /** The device on the segment that a unicast frame to `address` is for. */
  receiverOn(device: Device, address: Mac): Device | null {
    return (
      this.segmentOf(device).find(
        (other) => other !== device && other.address === address && isEndpoint(other),
      ) ?? null
    );
  }

  /** Where packets of `host` come in by the shortest way, those of a host on the same segment as the node first. */
  entriesOf(host: Namespace): readonly Entry[] {
    return this.entries.get(host) ?? [];
  }

  /** The device of the node that a frame arriving at `device` is for: the bridge above a port. */
  receiverAt(device: Device): Device {
    return device.port === null ? device : device.port.bridge;
  }

  private addAddresses(device: Device): void {
    for (const { local } of device.addresses) {
      const known = this.owners.get(local);
      if (known === undefined) this.owners.set(local, [device]);
      else if (device.namespace === this.node) known.unshift(device);
      else known.push(device);
    }
  }

  private addSegment(start: Device): void {
    const segment = [start];
    const seen = new Set(segment);
    for (const device of segment)
      for (const next of attached(device))
        if (!seen.has(next)) {
          seen.add(next);
          segment.push(next);
        }
    for (const device of segment) this.segments.set(device, segment);
  }

  /** Breadth first from the node over the segments, through whoever forwards. */
  private findEntries(): void {
    const reached: Namespace[] = [this.node];
    for (const namespace of reached) {
      if (namespace !== this.node && !forwards(namespace)) continue;
      for (const device of namespace.devices.values())
        for (const other of this.segmentOf(device)) this.reach(namespace, device, other, reached);
    }
  }

  private reach(from: Namespace, device: Device, other: Device, reached: Namespace[]): void {
    const { namespace } = other;
    if (namespace === this.node || namespace === from || !isEndpoint(other)) return;
    const way =
      from === this.node
        ? [{ device: this.portTowards(device, other), sender: other }]
        : this.entriesOf(from);
    const known = this.entries.get(namespace);
    if (known === undefined) {
      this.entries.set(namespace, [...way]);
      reached.push(namespace);
    } else if (from === this.node && !known.some((entry) => entry.sender === other)) known.push(...way);
  }

  /** Of a segment that is inside the node as well (a bridge and its ports), the device where the cable ends. */
  private portTowards(device: Device, other: Device): Device {
    const port = other.peer;
    return port !== null && port.namespace === this.node ? port : device;
  }
}

/** A device where packets begin and end, unlike a port of a bridge. */
const isEndpoint = (device: Device): boolean => device.port === null;

const forwards = (namespace: Namespace): boolean => {
  for (const device of namespace.devices.values())
    if (!device.loopback && device.conf.forwarding !== 0) return true;
  return false;
};

/** What one frame of the device's reaches next: the other end of its cable, its bridge, a bridge's ports. */
function attached(device: Device): Device[] {
  const next: Device[] = [];
  if (device.peer !== null) next.push(device.peer);
  if (device.port !== null) next.push(device.port.bridge);
  if (device.kind === Kind.BRIDGE && device.bridge !== null) next.push(...device.bridge.ports);
  return next;
}
