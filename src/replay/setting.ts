// What every part of a replay works with: the node, what is around it, and what the capture has told so far.
import type { Ipv4 } from '../addr/ipv4.ts';
import type { Mac } from '../addr/mac.ts';
import type { Lab } from '../lab/lab.ts';
import { type Device, Kind } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { type Dissection, dissect } from '../trace/dissect.ts';
import type { Question } from '../trace/journal.ts';
import * as ethernet from '../wire/ethernet.ts';
import { VXLAN_PORT_IANA, VXLAN_PORT_LINUX } from '../wire/vxlan.ts';
import type { CompareContext } from './compare.ts';
import { Conversations } from './conversations.ts';
import type { Frame } from './frame.ts';
import { MacNames } from './mac-names.ts';
import { Node } from './node.ts';
import { Pending } from './pending.ts';
import { Topology } from './topology.ts';
import { Vantage } from './vantage.ts';

/** MAC addresses that stand for neighbours of which nothing is known; locally administered. */
const INVENTED = 0x02ff00000000;

export class Setting implements CompareContext {
  readonly namespace: Namespace;
  readonly device: Device;
  readonly topology: Topology;
  readonly names: MacNames;
  readonly vantage: Vantage;
  readonly node: Node;
  readonly pending: Pending;
  readonly conversations = new Conversations();
  /** Questions at the vantage that nobody has answered yet. */
  readonly open = new Set<Ipv4>();
  /** The sent frame that is being reproduced: its destination says where an unknown neighbour is. */
  private hint: Frame | null = null;
  private readonly inventions = new Map<Mac, Ipv4>();
  /** UDP ports behind which VXLAN is looked for. */
  readonly vxlanPorts = new Set([VXLAN_PORT_IANA, VXLAN_PORT_LINUX]);
  private readonly ownMacs = new Set<Mac>();

  constructor(lab: Lab, namespace: Namespace, device: Device) {
    this.namespace = namespace;
    this.device = device;
    this.topology = new Topology(lab.kernel, namespace);
    this.names = new MacNames(lab.kernel.namespaces);
    this.vantage = new Vantage(namespace, device, this.topology);
    this.node = new Node(lab, namespace, (question) => this.answer(question));
    this.pending = new Pending(this);
    for (const own of namespace.vxlanDevices) this.vxlanPorts.add(own.vxlan!.port);
    for (const own of namespace.devices.values()) this.ownMacs.add(own.address);
  }

  // ---- what frames are compared by ---------------------------------------------------------------------------

  isOurs(address: Ipv4): boolean {
    return this.topology.isOurs(address);
  }

  readonly isVxlanPort = (port: number): boolean => this.vxlanPorts.has(port);

  isSameMac(expected: Mac, seen: Mac): boolean {
    return this.names.isSame(expected, seen);
  }

  isTunnelPort(port: number): boolean {
    for (const { vxlan, underlay } of this.namespace.vxlanDevices) {
      const ranged = vxlan!.sourcePortLow < vxlan!.sourcePortHigh;
      const [low, high] = ranged
        ? [vxlan!.sourcePortLow, vxlan!.sourcePortHigh]
        : underlay.conf.ip_local_port_range;
      if (port >= low && port <= high) return true;
    }
    return this.namespace.vxlanDevices.size === 0;
  }

  // ---- what is in a frame -------------------------------------------------------------------------------------

  /** Through the tunnels that the node made. */
  dissectSent(frame: Frame): Dissection {
    return dissect(frame.view, frame.linkLength, (source) => this.isOurs(source), this.isVxlanPort);
  }

  /** Through all tunnels, for people. */
  dissectAll(frame: Frame): Dissection {
    return dissect(frame.view, frame.linkLength, () => true, this.isVxlanPort);
  }

  isOwnMac(address: Mac): boolean {
    return this.ownMacs.has(address);
  }

  /** The node's device that the innermost frame of a dissection leaves by; null if it has none such. */
  deviceOf(found: Dissection): Device | null {
    const tunnel = found.tunnels.findLast(({ kind }) => kind === 'vxlan');
    if (tunnel === undefined) return this.topology.receiverAt(this.device);
    for (const own of this.namespace.vxlanDevices)
      if (own.vxlan!.vni === tunnel.vni) return this.topology.receiverAt(own);
    return null;
  }

  // ---- where neighbours are -----------------------------------------------------------------------------------

  /** Runs `work` while the frame tells where neighbours are of which nothing else is known. */
  during(frame: Frame, work: () => void): void {
    this.hint = frame;
    work();
    this.hint = null;
  }

  /**
   * Who answers a question of the node's: at the vantage whom the capture showed; else whom the lab has on that
   * segment; else, while a sent frame is reproduced, whoever it was sent to, unless that is known to be another.
   */
  private answer({ device, target }: Question): Mac | null {
    const here = this.topology.receiverAt(this.device) === device || device === this.device;
    const shown = here ? this.names.placeOf(target) : null;
    if (shown !== null) return shown;
    const neighbour = this.topology.neighbourOn(device, target);
    if (neighbour?.up === true) return neighbour.address;
    if (this.hint !== null && (here || device.kind === Kind.VXLAN))
      return this.fromHint(this.hint, device, target) ?? this.invent(target);
    if (here) this.open.add(target);
    return null;
  }

  private fromHint(hint: Frame, device: Device, target: Ipv4): Mac | null {
    const found = this.dissectSent(hint);
    const at = device.kind === Kind.VXLAN ? found.link : hint.hasMacs ? 0 : -1;
    if (at < 0 || (device.kind === Kind.VXLAN && at === 0)) return null;
    const mac = ethernet.destination(hint.view, at);
    const holder = this.names.holderOf(mac);
    const other = this.topology.receiverOn(device, mac);
    const taken = (holder !== null && holder !== target) || (other !== null && other.addresses.length > 0);
    if (taken || this.isOwnMac(mac)) return null;
    this.names.learn(target, mac);
    return mac;
  }

  private invent(target: Ipv4): Mac {
    const mac = (INVENTED + (target >>> 0)) as Mac;
    this.inventions.set(mac, target);
    return mac;
  }

  /** The IPv4 address that a MAC address belongs to, as far as it is known; null if it is not. */
  holderOf(mac: Mac): Ipv4 | null {
    const invented = this.inventions.get(mac);
    if (invented !== undefined) return invented;
    const shown = this.names.holderOf(mac);
    if (shown !== null) return shown;
    return this.topology.receiverOn(this.device, mac)?.addresses[0]?.local ?? null;
  }

  isInvented(mac: Mac): boolean {
    return this.inventions.has(mac);
  }

  /** Forgets the neighbours that were made up for one packet. */
  forgetInventions(): void {
    if (this.inventions.size === 0) return;
    const { neighbours } = this.namespace;
    for (const neighbour of [...neighbours.entries()])
      if (this.inventions.has(neighbour.mac)) neighbours.remove(neighbour);
    this.inventions.clear();
  }
}
