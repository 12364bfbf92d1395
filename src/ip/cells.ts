// What came out of tunnels waits in a queue for each device (struct gro_cells), and is received from there some packets
// at a time: gro_cell_poll in net/core/gro_cells.c, napi_gro_receive, netif_receive_skb_list.
import type { Device } from '../netns/device.ts';
import type { Kernel } from '../netns/kernel.ts';
import type { Packet } from '../packet/packet.ts';
import * as ethernet from '../wire/ethernet.ts';
import { EtherType } from '../wire/ethernet.ts';
import { runDeferred } from './deferred.ts';
import { receiveIpv4 } from './input.ts';
import { admit, arrive, FRAME_TIME, receiveFrame } from './receive.ts';

/** So many packets are handed on together (net.core.gro_normal_batch). */
const BATCH = 8;

/** All that waits now, device by device in the order in which they began to wait. */
export function pollCells(kernel: Kernel): void {
  const { cells } = kernel;
  const first = cells.peekTarget();
  if (!isShown(first) && cells.isAllFor(first)) {
    for (let left = cells.length; left > 0; left--) receiveUnshown(kernel, first, cells.shift());
    return;
  }
  const waiting = new Map<Device, Packet[]>();
  for (let left = cells.length; left > 0; left--) {
    const device = cells.peekTarget();
    const packets = waiting.get(device);
    if (packets === undefined) waiting.set(device, [cells.shift()]);
    else packets.push(cells.shift());
  }
  for (const [device, packets] of waiting)
    for (let at = 0; at < packets.length; at += BATCH)
      receiveList(kernel, device, packets.slice(at, at + BATCH));
}

/** Only who listens can tell the difference; a bridge forwards each frame at once. */
const isShown = ({ taps, port, traffic }: Device): boolean =>
  taps !== null && port === null && traffic === null;

function receiveList(kernel: Kernel, device: Device, packets: readonly Packet[]): void {
  if (isShown(device)) receiveShown(kernel, device, packets);
  else for (const packet of packets) receiveUnshown(kernel, device, packet);
}

function receiveUnshown(kernel: Kernel, device: Device, packet: Packet): void {
  kernel.clock.now += FRAME_TIME;
  arrive(kernel, device, packet);
  if (kernel.deferred.length > 0) runDeferred(kernel);
}

/** Who listens sees packets of one protocol before the first of them is looked at (__netif_receive_skb_list_core). */
function receiveShown(kernel: Kernel, device: Device, packets: readonly Packet[]): void {
  let seen: Packet[] = [];
  let seenType = 0;
  for (const packet of packets) {
    kernel.clock.now += FRAME_TIME;
    if (!admit(kernel, device, packet)) continue;
    const type = device.headerLength === 0 ? EtherType.IPV4 : ethernet.etherType(packet.view, packet.head);
    if (type !== seenType) {
      goOn(kernel, device, seen);
      seen = [];
      seenType = type;
    }
    seen.push(packet);
  }
  goOn(kernel, device, seen);
}

function goOn(kernel: Kernel, device: Device, packets: readonly Packet[]): void {
  for (const packet of packets) {
    if (device.headerLength === 0) receiveIpv4(device.namespace, device, packet);
    else receiveFrame(kernel, device, packet);
    runDeferred(kernel);
  }
}
