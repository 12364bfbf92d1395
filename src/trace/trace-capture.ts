// The frames of a trace as one pcapng: an interface for each device that saw one, and a comment that says why.

import { MAC_ZERO } from '../addr/mac.ts';
import { PcapngWriter } from '../capture/pcapng-writer.ts';
import { LINKTYPE_EN10MB } from '../capture/record.ts';
import type { Device } from '../netns/device.ts';
import { SECOND } from '../time/clock.ts';
import * as ethernet from '../wire/ethernet.ts';
import { stepLines } from './step-text.ts';
import type { SeenFrame } from './trace-collector.ts';

const NANOS_PER_MICROSECOND = 1000;

/**
 * One link type for all, since `tcpdump -r` stops at a second one: Ethernet. A bare packet of tunl0 gets a header with
 * zeros for addresses.
 */
function asEthernet(frame: SeenFrame): Uint8Array {
  if (frame.device.headerLength !== 0) return frame.bytes;
  const bytes = new Uint8Array(ethernet.ETHERNET_HEADER + frame.bytes.length);
  ethernet.write(new DataView(bytes.buffer), 0, MAC_ZERO, MAC_ZERO, ethernet.EtherType.IPV4);
  bytes.set(frame.bytes, ethernet.ETHERNET_HEADER);
  return bytes;
}

function comment({ explained, outgoing }: SeenFrame): string {
  const { record, steps } = explained;
  const way =
    record.cause === null
      ? 'the packet'
      : record.facts?.message
        ? `ICMP ${record.facts.message}`
        : 'the answer';
  const lines = steps.flatMap(stepLines);
  if (lines.length === 0) return `${way}, ${outgoing ? 'sent' : 'received'}`;
  return `${way}: ${lines.join('; ')}`;
}

const arpComment = (frame: SeenFrame): string => `ARP for the next hop of ${comment(frame).split(',')[0]}`;

const isArp = ({ device, bytes }: SeenFrame): boolean =>
  device.headerLength !== 0 &&
  ethernet.etherType(new DataView(bytes.buffer, bytes.byteOffset), 0) === ethernet.EtherType.ARP;

/** The whole file; `nameOf` gives the name of an interface, `node1:eth0`. */
export function traceCapture(frames: readonly SeenFrame[], nameOf: (device: Device) => string): Uint8Array[] {
  const writer = new PcapngWriter();
  const pieces = [writer.header()];
  const interfaces = new Map<Device, number>();
  for (const frame of frames) {
    const { device, time, outgoing } = frame;
    const known = interfaces.get(device);
    const index = known ?? interfaces.size;
    if (known === undefined) {
      interfaces.set(device, index);
      pieces.push(writer.interface({ linkType: LINKTYPE_EN10MB, name: nameOf(device) }));
    }
    pieces.push(
      writer.record({
        seconds: Math.floor(time / SECOND),
        nanos: (time % SECOND) * NANOS_PER_MICROSECOND,
        data: asEthernet(frame),
        interface: index,
        direction: outgoing ? 'out' : 'in',
        comment: isArp(frame) ? arpComment(frame) : comment(frame),
      }),
    );
  }
  return pieces;
}
