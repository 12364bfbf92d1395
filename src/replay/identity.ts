// What a packet keeps on its way: the innermost packet without what routers and cards change (TTL, TOS, checksums,
// header options), as one number, so that it is known again at another interface.
import { isLimitedBroadcast, isMulticast } from '../addr/ipv4.ts';
import { type Dissection, dissect, type IsVxlanPort } from '../trace/dissect.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import { checksumOffset } from './deferred-checksum.ts';
import type { Frame } from './frame.ts';
import { begin, mix, mixBytes, result } from './hash.ts';

/** Bytes of payload by which packets are known again when clocks are compared: ports, an echo's number. */
export const SHALLOW = 8;
export const WHOLE = Number.POSITIVE_INFINITY;

/** A packet that can be known again. */
export interface Identity {
  /** 52 bits. */
  readonly hash: number;
  readonly found: Dissection;
}

const ALL = (): boolean => true;

/** Null for what is not followed: no IPv4, for a group, or cut off before `depth` bytes of its payload. */
export function identify(frame: Frame, depth: number, isVxlanPort: IsVxlanPort): Identity | null {
  const found = dissect(frame.view, frame.linkLength, ALL, isVxlanPort);
  if (found.etherType !== EtherType.IPV4) return null;
  const { view } = frame;
  const destination = ip.destination(view, found.network);
  if (isMulticast(destination) || isLimitedBroadcast(destination)) return null;
  const body = found.network + ip.headerLength(view, found.network);
  const end = Math.min(found.end, body + depth);
  return end > frame.captured ? null : { hash: hashPacket(view, found.network, body, end), found };
}

/**
 * Bytes of the innermost packet's payload that a frame shows; `WHOLE` if nothing of it is cut off. Less than 0 if it may
 * not even show which packet is the innermost.
 */
export function shownPayload(frame: Frame, isVxlanPort: IsVxlanPort): number {
  if (!frame.isCut) return WHOLE;
  const { view, linkLength, captured } = frame;
  const { etherType, network, end } = dissect(view, linkLength, ALL, isVxlanPort);
  if (etherType !== EtherType.IPV4) return isIpv4Frame(frame) ? -1 : WHOLE;
  if (end <= captured) return WHOLE;
  const shown = captured - network - ip.headerLength(view, network);
  return mayBeTunnel(view, network, isVxlanPort) ? -1 : shown;
}

const isIpv4Frame = ({ view, linkLength }: Frame): boolean =>
  linkLength === 0 || (view.byteLength >= linkLength && view.getUint16(linkLength - 2) === EtherType.IPV4);

/** What could be seen to be one if it were whole. */
function mayBeTunnel(view: DataView, at: number, isVxlanPort: IsVxlanPort): boolean {
  const protocol = ip.protocol(view, at);
  if (protocol === ip.IpProtocol.IPIP) return true;
  const body = at + ip.headerLength(view, at);
  return protocol === ip.IpProtocol.UDP && isVxlanPort(view.getUint16(body + 2));
}

// ---- the hash ------------------------------------------------------------------------------------------------------

/** Addresses, protocol, identification, fragment, length, and the payload without its checksum. */
function hashPacket(view: DataView, at: number, body: number, end: number): number {
  begin(1);
  const protocol = ip.protocol(view, at);
  mix(ip.source(view, at));
  mix(ip.destination(view, at));
  mix((ip.identification(view, at) << 16) | (ip.fragment(view, at) & ~ip.DF));
  mix((ip.totalLength(view, at) << 8) | protocol);
  const offset = (ip.fragment(view, at) & ip.OFFSET_MASK) === 0 ? checksumOffset(protocol) : -1;
  const checksum = offset < 0 ? end : Math.min(end, body + offset);
  mixBytes(view, body, checksum);
  mixBytes(view, Math.min(end, checksum + 2), end);
  return result();
}

/** Two packets of which the same is to be expected: addresses, protocol, ports, length, fragment and TTL. */
export function hashKind(view: DataView, { network, end }: Dissection, place: number): number {
  begin(2);
  mix(place);
  const body = network + ip.headerLength(view, network);
  mix(ip.source(view, network));
  mix(ip.destination(view, network));
  mix((ip.totalLength(view, network) << 16) | ip.fragment(view, network));
  mix((ip.tos(view, network) << 16) | (ip.ttl(view, network) << 8) | ip.protocol(view, network));
  if ((ip.fragment(view, network) & ip.OFFSET_MASK) === 0 && end - body >= 4) mix(view.getInt32(body));
  return result();
}

/** Who talks to whom, by which ports, whatever the packet. */
export function hashFlow(view: DataView, { network, end }: Dissection): number {
  begin(3);
  const body = network + ip.headerLength(view, network);
  mix(ip.source(view, network));
  mix(ip.destination(view, network));
  mix(ip.protocol(view, network));
  if (end - body >= 4) mix(view.getInt32(body));
  return result();
}

/** What the network between two hosts sees of a packet: the outermost addresses. */
export function outermost({ network, tunnels }: Dissection): number {
  return tunnels[0]?.at ?? network;
}
