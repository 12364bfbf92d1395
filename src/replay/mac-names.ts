// MAC addresses as names. A script that sets none gets random ones, and the capture shows others: then they only tell
// devices apart, and the capture's are read as the lab's. An address that the script set has to be the same.
import type { Ipv4 } from '../addr/ipv4.ts';
import { isGroup, type Mac } from '../addr/mac.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { dissect, type IsVxlanPort, isArp } from '../trace/dissect.ts';
import * as arp from '../wire/arp.ts';
import * as ethernet from '../wire/ethernet.ts';
import type { Frame } from './frame.ts';

/** NET_ADDR_SET: the address was given by an administrator. */
const ADDRESS_SET = 3;
/** Neighbours of a capture that are remembered; a capture of more is one of a scan. */
const LIMIT = 65_536;

/** An address that the lab drew at random stands for a device and no more. */
export const isName = (device: Device): boolean => device.addressAssignType !== ADDRESS_SET;

export class MacNames {
  /** The capture's address to the lab's. */
  private readonly toLab = new Map<Mac, Mac>();
  private readonly taken = new Set<Mac>();
  /** Addresses of the lab that are only names. */
  private readonly names = new Set<Mac>();
  /** Where the capture says that an IPv4 address is, in the lab's terms. */
  private readonly places = new Map<Ipv4, Mac>();
  private readonly holders = new Map<Mac, Ipv4>();

  constructor(namespaces: Iterable<Namespace>) {
    for (const namespace of namespaces)
      for (const device of namespace.devices.values())
        if (device.headerLength > 0 && isName(device)) this.names.add(device.address);
  }

  /** The two stand for the same device from here on. False if either already stands for another. */
  bind(lab: Mac, capture: Mac): boolean {
    if (lab === capture) return true;
    const known = this.toLab.get(capture);
    if (known !== undefined) return known === lab;
    if (this.taken.has(lab) || this.toLab.size >= LIMIT) return false;
    this.toLab.set(capture, lab);
    this.taken.add(lab);
    return true;
  }

  /** Whether they are the same, binding them if the lab's is only a name that nothing else has. */
  isSame(lab: Mac, capture: Mac): boolean {
    if (lab === capture) return true;
    return this.names.has(lab) && !isGroup(capture) && !this.names.has(capture) && this.bind(lab, capture);
  }

  /** The capture's address as the lab knows it. */
  translate(capture: Mac): Mac {
    return this.toLab.get(capture) ?? capture;
  }

  /** Names that are bound. */
  get size(): number {
    return this.toLab.size;
  }

  get translates(): boolean {
    return this.toLab.size > 0;
  }

  /** The capture shows that `address` is at `mac` (in the lab's terms). */
  learn(address: Ipv4, mac: Mac): void {
    if (isGroup(mac) || (this.places.size >= LIMIT && !this.places.has(address))) return;
    this.places.set(address, mac);
    this.holders.set(mac, address);
  }

  placeOf(address: Ipv4): Mac | null {
    return this.places.get(address) ?? null;
  }

  /** The address that the capture showed last at `mac`; null for none. */
  holderOf(mac: Mac): Ipv4 | null {
    return this.holders.get(mac) ?? null;
  }
}

/** The frame with the lab's MAC addresses in it, those of an ARP message and of a frame in VXLAN included. */
export function translateMacs(frame: Frame, names: MacNames, isVxlanPort: IsVxlanPort): Frame {
  if (!names.translates || !frame.hasMacs) return frame;
  const copy = frame.copy();
  const { view } = copy;
  if (view.byteLength < ethernet.ETHERNET_HEADER) return copy;
  translateHeader(view, 0, names);
  const found = dissect(view, copy.linkLength, () => true, isVxlanPort);
  if (found.link > 0) translateHeader(view, found.link, names);
  if (found.etherType === ethernet.EtherType.ARP && isArp(view, found.network, found.end))
    translateArp(view, found.network, names);
  return copy;
}

function translateHeader(view: DataView, at: number, names: MacNames): void {
  ethernet.setDestination(view, at, names.translate(ethernet.destination(view, at)));
  ethernet.setSource(view, at, names.translate(ethernet.source(view, at)));
}

function translateArp(view: DataView, at: number, names: MacNames): void {
  arp.write(
    view,
    at,
    arp.operation(view, at),
    names.translate(arp.senderMac(view, at)),
    arp.senderIp(view, at),
    names.translate(arp.targetMac(view, at)),
    arp.targetIp(view, at),
  );
}
