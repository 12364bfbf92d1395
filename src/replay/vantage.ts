// The interface that the capture was taken at: which of the frames it received and which it sent.
import type { Ipv4 } from '../addr/ipv4.ts';
import { formatMac, isGroup, type Mac } from '../addr/mac.ts';
import type { Direction } from '../capture/record.ts';
import { FlowKey } from '../fib/flow.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { isArp, isIpv4 } from '../trace/dissect.ts';
import * as arp from '../wire/arp.ts';
import { ArpOp } from '../wire/arp.ts';
import * as ethernet from '../wire/ethernet.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import type { Frame } from './frame.ts';
import { isName } from './mac-names.ts';
import type { Topology } from './topology.ts';

/** Frames after which the votes are counted. */
const VOTERS = 256;
const STRONG = 4;
const WEAK = 1;

/** Frames with MAC addresses of an interface that is no port of a bridge; null for all others. */
export function directionByMac(frame: Frame, mac: Mac | null): Direction | null {
  if (mac === null || !frame.hasMacs || frame.bytes.length < ethernet.ETHERNET_HEADER) return null;
  return ethernet.source(frame.view, 0) === mac ? 'out' : 'in';
}

export class Vantage {
  readonly namespace: Namespace;
  readonly device: Device;
  /** The device's MAC address in the capture; known once `isDecided`. */
  mac: Mac;
  isDecided: boolean;
  private readonly topology: Topology;
  private readonly votes = new Map<Mac, number>();
  private readonly key = new FlowKey();
  private voters = 0;

  constructor(namespace: Namespace, device: Device, topology: Topology) {
    this.namespace = namespace;
    this.device = device;
    this.topology = topology;
    this.mac = device.address;
    this.isDecided = device.headerLength === 0 || device.port !== null;
  }

  /** What is worth telling of the capture as a whole. */
  get notes(): string[] {
    const { device, mac } = this;
    if (mac === device.address || isName(device)) return [];
    return [`${device.name} is ${formatMac(device.address)} in the lab and ${formatMac(mac)} in the capture`];
  }

  /** Looks for the device's own MAC address among those of the frame. */
  observe(frame: Frame): void {
    if (this.isDecided) return;
    if (!frame.hasMacs || frame.bytes.length < ethernet.ETHERNET_HEADER) return;
    const { view } = frame;
    const [to, from] = [ethernet.destination(view, 0), ethernet.source(view, 0)];
    if (to === this.device.address || from === this.device.address) {
      this.isDecided = true;
      return;
    }
    this.vote(view, to, from);
    if (++this.voters >= VOTERS) this.decide();
  }

  /** Counts the votes: the capture ends or is long enough. */
  decide(): void {
    if (this.isDecided) return;
    this.isDecided = true;
    let most = 0;
    for (const [mac, votes] of this.votes)
      if (votes > most) {
        most = votes;
        this.mac = mac;
      }
  }

  private vote(view: DataView, to: Mac, from: Mac): void {
    const type = ethernet.etherType(view, 0);
    const at = ethernet.ETHERNET_HEADER;
    if (type === EtherType.ARP && isArp(view, at, view.byteLength)) this.voteByArp(view, at, to, from);
    else if (type === EtherType.IPV4 && isIpv4(view, at, view.byteLength))
      this.voteByAddresses(ip.source(view, at), ip.destination(view, at), to, from);
  }

  private voteByArp(view: DataView, at: number, to: Mac, from: Mac): void {
    const sender = arp.senderIp(view, at);
    if (this.topology.isOurs(sender)) this.add(from, STRONG);
    if (this.topology.neighbourOn(this.device, sender) !== null) this.add(to, STRONG);
    const answered = arp.operation(view, at) === ArpOp.REPLY && arp.targetIp(view, at);
    if (answered !== false && this.topology.neighbourOn(this.device, answered) !== null) this.add(from, WEAK);
  }

  private voteByAddresses(source: Ipv4, destination: Ipv4, to: Mac, from: Mac): void {
    if (this.topology.isOurs(source)) this.add(from, STRONG);
    if (this.topology.isOurs(destination)) this.add(to, STRONG);
    if (this.isBeyond(source)) this.add(to, WEAK);
    if (this.isBeyond(destination)) this.add(from, WEAK);
  }

  private add(mac: Mac, weight: number): void {
    if (!isGroup(mac)) this.votes.set(mac, (this.votes.get(mac) ?? 0) + weight);
  }

  /** The host with the address sends to the node through the device. */
  private isBeyond(address: Ipv4): boolean {
    const host = this.topology.hostOf(address);
    return host !== null && this.topology.entriesOf(host).some(({ device }) => device === this.device);
  }

  directionOf(frame: Frame, said: Direction | null): Direction {
    if (said !== null) return said;
    const { view } = frame;
    if (frame.hasMacs && frame.bytes.length >= ethernet.ETHERNET_HEADER) {
      const side = this.device.port === null ? directionByMac(frame, this.mac) : this.sideOf(frame);
      if (side !== null) return side;
    }
    const at = frame.linkLength;
    if (!isIpv4(view, at, view.byteLength)) return 'in';
    return this.directionByAddress(ip.source(view, at), ip.destination(view, at));
  }

  /** At a port of a bridge frames keep their senders: those of devices behind the cable come in. */
  private sideOf({ view }: Frame): Direction | null {
    const sender = this.topology.receiverOn(this.device, ethernet.source(view, 0));
    if (sender === null) return null;
    return sender.peer === this.device || this.isBehindCable(sender) ? 'in' : 'out';
  }

  private isBehindCable(sender: Device): boolean {
    const { port, peer } = this.device;
    if (port === null || peer === null || sender.namespace === this.namespace) return false;
    return !port.bridge.bridge!.ports.some((other) => other !== this.device && other.peer === sender);
  }

  private directionByAddress(source: Ipv4, destination: Ipv4): Direction {
    if (this.topology.isOurs(source)) return 'out';
    if (this.topology.isOurs(destination)) return 'in';
    const [near, far] = [this.isAttached(source), this.isAttached(destination)];
    if (near !== far) return near ? 'out' : 'in';
    if (this.leadsHere(destination)) return 'out';
    return this.leadsHere(source) ? 'in' : 'out';
  }

  /** The host with the address is at the end of one of the node's other cables. */
  private isAttached(address: Ipv4): boolean {
    const host = this.topology.hostOf(address);
    if (host === null) return false;
    return this.topology
      .entriesOf(host)
      .some(({ device, sender }) => sender.peer === device && device !== this.device);
  }

  private leadsHere(address: Ipv4): boolean {
    const { fib } = this.namespace;
    return fib.lookup(this.key.ask(address, 0 as Ipv4)) === 0 && fib.nextHop?.device === this.device;
  }
}
