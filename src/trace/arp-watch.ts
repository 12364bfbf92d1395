// Questions for the next hop of a packet that is followed: who heard them, who answered, and why nobody did.
import type { Ipv4 } from '../addr/ipv4.ts';
import type { Neighbour } from '../neigh/neighbour.ts';
import type { Device } from '../netns/device.ts';
import type { Packet } from '../packet/packet.ts';
import * as arp from '../wire/arp.ts';
import { ArpOp } from '../wire/arp.ts';
import * as ethernet from '../wire/ethernet.ts';
import { EtherType } from '../wire/ethernet.ts';
import { explainNoAnswer } from './arp-answer.ts';
import type { Writable } from './journey-record.ts';
import { neighbourText } from './neighbour-text.ts';
import { routeBack, routeLine } from './route-step.ts';
import { settingText } from './setting-text.ts';
import type { NeighbourStep } from './trace-types.ts';

/** Hosts that heard a question in vain and are named. */
const NAMED = 4;

interface Question {
  readonly step: Writable<NeighbourStep>;
  readonly neighbour: Neighbour;
  readonly heard: Set<Device>;
}

export class ArpWatch {
  private readonly nameOf: (device: Device) => string;
  private readonly asked = new Map<number, Question>();

  constructor(nameOf: (device: Device) => string) {
    this.nameOf = nameOf;
  }

  /** The packet waits for this neighbour; `step` is completed when it is known what came of it. */
  begin(trace: number, neighbour: Neighbour, step: NeighbourStep): void {
    this.asked.set(trace, { step, neighbour, heard: new Set() });
  }

  /** The packet waits already. */
  waits(trace: number, neighbour: Neighbour): boolean {
    return this.asked.get(trace)?.neighbour === neighbour;
  }

  /** An ARP message about the next hop of the packet, seen at a device. */
  frame(trace: number, device: Device, { view, head, tail }: Packet, outgoing: boolean): void {
    const question = this.asked.get(trace);
    const at = head + ethernet.ETHERNET_HEADER;
    if (question === undefined || device.headerLength === 0 || tail - at < arp.ARP_LENGTH) return;
    if (ethernet.etherType(view, head) !== EtherType.ARP) return;
    if (arp.operation(view, at) === ArpOp.REPLY) this.answer(question, device, arp.senderIp(view, at));
    else if (!outgoing && device.port === null) question.heard.add(device);
    else if (outgoing && device === question.neighbour.device) question.step.questions++;
  }

  /** Of an answer the first device that is seen with it sent it. */
  private answer({ step }: Question, device: Device, target: Ipv4): void {
    if (step.answeredBy !== null) return;
    const { namespace } = device;
    step.answeredBy = this.nameOf(device);
    step.proxy = !namespace.addressOwners.has(target);
    if (step.proxy) step.notes = [whyProxied(device, target)];
  }

  resolved(trace: number): boolean {
    const question = this.asked.get(trace);
    if (question === undefined) return false;
    const { step, neighbour } = question;
    step.how = 'resolved';
    step.entry = neighbourText(neighbour);
    this.asked.delete(trace);
    return true;
  }

  failed(trace: number): void {
    const question = this.asked.get(trace);
    if (question === undefined) return;
    const { step, neighbour, heard } = question;
    step.how = 'failed';
    step.entry = neighbourText(neighbour);
    step.notes = this.silences(neighbour, [...heard]);
    this.asked.delete(trace);
  }

  private silences({ address: target, device }: Neighbour, heard: readonly Device[]): string[] {
    if (heard.length === 0 && !(device as Device).carrier) return [`${device.name} has no carrier`];
    if (heard.length === 0) return ['nobody heard the question'];
    const named = heard
      .slice(0, NAMED)
      .map((device) => `${this.nameOf(device)}: ${whySilent(device, target)}`);
    return heard.length > NAMED ? [...named, `and ${heard.length - NAMED} more that did not answer`] : named;
  }
}

const whySilent = (device: Device, target: Ipv4): string =>
  `${explainNoAnswer(device.namespace, device, target).join(', ')}: not answered`;

function whyProxied(device: Device, target: Ipv4): string {
  const { namespace } = device;
  if (device.port !== null || device.vxlan !== null)
    return `${device.name} answers for neighbours that it knows`;
  const route = routeBack(namespace, target, 0 as Ipv4);
  const way = route === null ? '' : ` and the route ${routeLine(route)}`;
  const setting = settingText(device, 'proxy_arp');
  return setting.endsWith('=0') ? `ip neigh … proxy or proxy_arp_pvlan${way}` : `${setting}${way}`;
}
