// Questions and answers of the node's own: ARP, at the vantage or in a tunnel.
import { ANY, formatIpv4, type Ipv4 } from '../addr/ipv4.ts';
import { isGroup } from '../addr/mac.ts';
import { FlowKey } from '../fib/flow.ts';
import type { Device } from '../netns/device.ts';
import { explainNoAnswer } from '../trace/arp-answer.ts';
import type { Dissection } from '../trace/dissect.ts';
import * as arp from '../wire/arp.ts';
import { ArpOp } from '../wire/arp.ts';
import * as ethernet from '../wire/ethernet.ts';
import { Frame } from './frame.ts';
import type { Finding, Item } from './item.ts';
import { judgeAgainst } from './judgement.ts';
import { outcomeOf, seenText } from './outcome.ts';
import { questionKey } from './received.ts';
import type { Setting } from './setting.ts';

/** Judges an ARP message that the node sent. */
export function judgeArp(setting: Setting, item: Item, found: Dissection): Finding {
  const device = setting.deviceOf(found);
  if (device === null) return { kind: 'unexplained', notes: ['no VXLAN device of the node has this number'] };
  const { view } = item.frame;
  const at = found.network;
  if (arp.operation(view, at) !== ArpOp.REQUEST) return judgeArpReply(setting, item, found, device);
  const [sender, target] = [arp.senderIp(view, at), arp.targetIp(view, at)];
  if (sender === target) setting.node.announce(device, target);
  else {
    const to = ethernet.destination(view, found.link);
    setting.node.ask(device, target, sender, isGroup(to) ? null : to);
  }
  return judgeQuestion(setting, item, device);
}

/** The node's own question, with its way to whom it asks for. */
function judgeQuestion(setting: Setting, item: Item, asking: Device): Finding {
  const { view } = item.frame;
  const at = setting.dissectSent(item.frame).network;
  const target = arp.targetIp(view, at);
  const { fib } = setting.namespace;
  const programmed = hasWay(setting, asking, target);
  const decided = { route: programmed ? fib.route : null, destination: target };
  const seen = seenText(setting, item.frame);
  if (!programmed && arp.senderIp(view, at) !== target) {
    const notes = [`nothing leads to ${formatIpv4(target)} on ${asking.name}`];
    return { kind: 'differs', expected: 'not asked for', seen, notes, ...decided };
  }
  const outputs = questionOutputs(setting);
  if (outputs.length === 0) return { kind: 'differs', expected: 'not asked for', seen, ...decided };
  return judgeAgainst(setting, item, outputs, 'asks for a neighbour', decided);
}

const wayKey = new FlowKey();

/** Some route leads to `target` on the segment of `device`; it is left in the FIB's result. */
function hasWay({ namespace }: Setting, device: Device, target: Ipv4): boolean {
  const { fib } = namespace;
  wayKey.ask(target, ANY);
  wayKey.oif = device.index;
  const onLink = fib.lookup(wayKey) === 0 && fib.nextHop?.gateway === ANY;
  return onLink || fib.hasGateway(target, device);
}

/** What the node sent at the vantage while it asked: the question itself, or in a tunnel. */
function questionOutputs({ node, device }: Setting): Frame[] {
  const { questions, sent } = node.journal;
  const frames = [...questions, ...sent].filter((each) => each.device === device);
  return frames.map(({ bytes }) => new Frame(bytes, device.headerLength));
}

/** An answer to a question that the capture does not show, or that the model did not answer. */
function judgeArpReply(setting: Setting, item: Item, found: Dissection, device: Device): Finding {
  const { view } = item.frame;
  const at = found.network;
  const [holder, asker] = [arp.senderIp(view, at), arp.targetIp(view, at)];
  setting.node.beAsked(device, holder, asker, arp.targetMac(view, at));
  const { outputs } = outcomeOf(setting);
  if (outputs.length > 0)
    return judgeAgainst(
      setting,
      item,
      outputs.map(({ frame }) => frame),
      'answers for the address',
      {},
    );
  const asked = setting.conversations.recall(questionKey(asker, holder));
  const expected = asked === null ? 'not answered' : `packet ${asked.number} not answered`;
  const notes = explainNoAnswer(setting.namespace, device, holder);
  return { kind: 'differs', expected, seen: `answered on ${setting.device.name}`, notes };
}
