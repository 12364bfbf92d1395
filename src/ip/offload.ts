// Checksum offload. Every virtual device of Linux says that it completes transport checksums, so the kernel leaves
// them half done: the field holds the folded sum of the pseudo-header. That is what a capture on a veth shows
// ("bad udp cksum"), and it stays so until a packet has to be fragmented (CHECKSUM_PARTIAL, skb_checksum_help).
import type { Packet } from '../packet/packet.ts';
import { checksum, onesSum } from '../wire/checksum.ts';

/** Leaves the checksum of the header at `start` to hardware: only the pseudo-header's sum is written. */
export function deferChecksum(packet: Packet, start: number, offset: number, pseudoHeader: number): void {
  packet.checksumStart = start;
  packet.checksumOffset = offset;
  packet.view.setUint16(start + offset, fold(pseudoHeader));
}

const fold = (sum: number): number => {
  const once = (sum & 0xffff) + (sum >>> 16);
  return (once & 0xffff) + (once >>> 16);
};

/** Does what the hardware would do (skb_checksum_help). */
export function completeChecksum(packet: Packet): void {
  const { view, checksumStart, checksumOffset, tail } = packet;
  view.setUint16(
    checksumStart + checksumOffset,
    checksum(view, checksumStart, tail - checksumStart) || 0xffff,
  );
  packet.checksumStart = 0;
}

/**
 * The UDP checksum of an outer header at `start` around a packet whose own checksum is deferred: what it will be when
 * the inner one is complete, without looking at the payload (local checksum offload, lco_csum).
 */
export function checksumAround(packet: Packet, start: number, pseudoHeader: number): number {
  const { view, checksumStart, checksumOffset } = packet;
  const inner = ~view.getUint16(checksumStart + checksumOffset) & 0xffff;
  return ~onesSum(view, start, checksumStart - start, pseudoHeader + inner) & 0xffff || 0xffff;
}

/** After a header was stripped: a checksum that began in it is no longer of interest (skb_postpull_rcsum). */
export function forgetStrippedChecksum(packet: Packet): void {
  if (packet.checksumStart < packet.head) packet.checksumStart = 0;
}
