// Frames with VLAN tags where there are no VLAN devices (skb_vlan_untag, __netif_receive_skb_core).
import { expect, test } from 'vitest';
import { World } from './world.ts';

const TAG_0 = '81000000';
const TAG_5 = '81000005';
const OUTER_0 = '88a80000';
/** A question for 10.0.0.1 by 10.0.0.2. */
const QUESTION = '08060001080006040001020000000002 0a000002 000000000000 0a000001'.replaceAll(' ', '');

const hexBytes = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

/** What A's device shows of a frame from B, its MAC addresses left out. */
function receive(rest: string): string[] {
  const world = new World().cable('A:eth0', 'B:eth0').addr('A:eth0', '10.0.0.1/24').watch('A:eth0');
  const to = world.device('A:eth0').address.toString(16).padStart(12, '0');
  const frame = hexBytes(`${to}020000000002${rest}`);
  world.lab.receive(world.namespace('A'), 'eth0', frame);
  world.lab.settle();
  return (world.seen.get('A:eth0') ?? []).map((line) => line.split(' ')[0]!);
}

test.each([
  ['VLAN 0 only carries a priority: the question is answered', TAG_0 + QUESTION, ['in', 'out']],
  ['one tag of VLAN 0 behind another', OUTER_0 + TAG_0 + QUESTION, ['in', 'out']],
  ['a frame of VLAN 5 is for nobody', TAG_5 + QUESTION, ['in']],
  ['nor is one whose outer tag is of VLAN 0', OUTER_0 + TAG_5 + QUESTION, ['in']],
  ['a tag with two bytes behind it is shown', `${TAG_0}08060001`.slice(0, 16), ['in']],
  ['a frame that ends before them was never there', `${TAG_0}0806`.slice(0, 10), []],
])('%s', (_, rest, seen) => {
  expect(receive(rest)).toEqual(seen);
});
