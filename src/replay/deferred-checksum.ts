// Transport checksums that a capture shows half done. On a virtual device the sender leaves them to hardware that never
// comes: the field holds the sum of the pseudo-header (CHECKSUM_PARTIAL). The kernel knows that of each packet and
// does not check it; a capture does not say it, so it is recognised here.
import type { Ipv4 } from '../addr/ipv4.ts';
import type { Packet } from '../packet/packet.ts';
import { dissect, isIpv4 } from '../trace/dissect.ts';
import { checksum, pseudoHeaderSum } from '../wire/checksum.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import { TCP_HEADER } from '../wire/tcp.ts';
import { UDP_CHECKSUM_OFFSET, UDP_HEADER } from '../wire/udp.ts';

const TCP_CHECKSUM_OFFSET = 16;
const ICMP_CHECKSUM_OFFSET = 2;

/** What a transport checksum is worth. */
export const ChecksumState = { RIGHT: 0, DEFERRED: 1, ABSENT: 2, WRONG: 3, UNKNOWN: 4 } as const;

const fold = (sum: number): number => {
  const once = (sum & 0xffff) + (sum >>> 16);
  return (once & 0xffff) + (once >>> 16);
};

/** Where in a transport header the checksum is; -1 for protocols that are not looked at. */
export function checksumOffset(protocol: number): number {
  if (protocol === ip.IpProtocol.ICMP) return ICMP_CHECKSUM_OFFSET;
  if (protocol === ip.IpProtocol.UDP) return UDP_CHECKSUM_OFFSET;
  return protocol === ip.IpProtocol.TCP ? TCP_CHECKSUM_OFFSET : -1;
}

/** The field of a UDP or TCP header that is there holds only the sum of its pseudo-header. */
function isDeferred(view: DataView, at: number, end: number): boolean {
  const protocol = ip.protocol(view, at);
  const body = at + ip.headerLength(view, at);
  const length = end - body;
  const pseudo = pseudoHeaderSum(ip.source(view, at), ip.destination(view, at), protocol, length);
  return view.getUint16(body + checksumOffset(protocol)) === fold(pseudo);
}

/** The transport header is whole, and there are no fragments of it elsewhere. */
function hasTransport(view: DataView, at: number, end: number): boolean {
  const protocol = ip.protocol(view, at);
  const shortest = protocol === ip.IpProtocol.TCP ? TCP_HEADER : UDP_HEADER;
  return (
    checksumOffset(protocol) >= 0 &&
    !ip.isFragment(view, at) &&
    end - at - ip.headerLength(view, at) >= shortest
  );
}

/** Judges the transport checksum of the IPv4 packet at `at`, which ends at `end` and is no fragment. */
export function checksumState(view: DataView, at: number, end: number): number {
  if (!hasTransport(view, at, end)) return ChecksumState.UNKNOWN;
  const protocol = ip.protocol(view, at);
  const body = at + ip.headerLength(view, at);
  const length = end - body;
  if (protocol === ip.IpProtocol.ICMP)
    return checksum(view, body, length) === 0 ? ChecksumState.RIGHT : ChecksumState.WRONG;
  if (protocol === ip.IpProtocol.UDP && view.getUint16(body + UDP_CHECKSUM_OFFSET) === 0)
    return ChecksumState.ABSENT;
  if (isDeferred(view, at, end)) return ChecksumState.DEFERRED;
  return checksumResidue(view, at, end) === 0 ? ChecksumState.RIGHT : ChecksumState.WRONG;
}

/** By how much the checksum of a whole UDP datagram or TCP segment is off, 0 for right. */
export function checksumResidue(view: DataView, at: number, end: number): number {
  const protocol = ip.protocol(view, at);
  const body = at + ip.headerLength(view, at);
  const length = end - body;
  const pseudo = pseudoHeaderSum(ip.source(view, at), ip.destination(view, at), protocol, length);
  return checksum(view, body, length, pseudo);
}

const ANY_PORT = (): boolean => true;
const ANY_ADDRESS = (): boolean => true;

/** Marks a packet that is put into the stack with the checksum that is still to be completed, if there is one. */
export function findDeferred(packet: Packet, linkLength: number): void {
  const { bytes, head, tail } = packet;
  const view = new DataView(bytes.buffer, bytes.byteOffset + head, tail - head);
  const found = dissect(view, linkLength, ANY_ADDRESS, ANY_PORT);
  for (const { at } of found.tunnels) if (markAt(packet, view, at)) return;
  if (found.etherType === EtherType.IPV4) markAt(packet, view, found.network);
}

function markAt(packet: Packet, view: DataView, at: number): boolean {
  if (!isIpv4(view, at, view.byteLength)) return false;
  const protocol = ip.protocol(view, at);
  if (protocol !== ip.IpProtocol.UDP && protocol !== ip.IpProtocol.TCP) return false;
  const end = at + ip.totalLength(view, at);
  if (!hasTransport(view, at, end) || !isDeferred(view, at, end)) return false;
  packet.checksumStart = packet.head + at + ip.headerLength(view, at);
  packet.checksumOffset = checksumOffset(protocol);
  return true;
}

/**
 * Makes the transport checksums right of packets to addresses that are `ours`. What the capture cut off is zeros: the
 * host that they are for would refuse them otherwise.
 */
export function rightChecksums(view: DataView, linkLength: number, ours: (address: Ipv4) => boolean): void {
  const found = dissect(view, linkLength, ANY_ADDRESS, ANY_PORT);
  const packets = found.tunnels.map(({ at }) => at);
  if (found.etherType === EtherType.IPV4) packets.push(found.network);
  for (const at of packets.reverse()) if (ours(ip.destination(view, at))) rightChecksum(view, at);
}

function rightChecksum(view: DataView, at: number): void {
  const end = at + ip.totalLength(view, at);
  if (checksumState(view, at, end) !== ChecksumState.WRONG) return;
  const protocol = ip.protocol(view, at);
  const body = at + ip.headerLength(view, at);
  const isIcmp = protocol === ip.IpProtocol.ICMP;
  const ends = [ip.source(view, at), ip.destination(view, at)] as const;
  const pseudo = isIcmp ? 0 : pseudoHeaderSum(...ends, protocol, end - body);
  const field = body + checksumOffset(protocol);
  view.setUint16(field, 0);
  view.setUint16(field, checksum(view, body, end - body, pseudo));
}
