// Explicit congestion notification across tunnels (RFC 6040; include/net/inet_ecn.h).
import { EtherType } from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';

const MASK = 3;
const NOT_ECT = 0;
const ECT_1 = 1;
const ECT_0 = 2;
const CE = 3;

/** The outer TOS for an inner one: CE becomes ECT(0) outside, everything else is copied (INET_ECN_encapsulate). */
export function encapsulateEcn(outerTos: number, innerTos: number): number {
  const inner = innerTos & MASK;
  return (outerTos & ~MASK) | (inner === CE ? ECT_0 : inner);
}

/**
 * The inner TOS after decapsulation, or -1 where CE met a packet that cannot carry it: that packet must be dropped
 * (INET_ECN_decapsulate).
 */
export function decapsulateEcn(outerTos: number, innerTos: number): number {
  const outer = outerTos & MASK;
  const inner = innerTos & MASK;
  if (inner === NOT_ECT) return outer === CE ? -1 : innerTos;
  if (outer === CE) return innerTos | CE;
  return outer === ECT_1 && inner === ECT_0 ? (innerTos & ~MASK) | ECT_1 : innerTos;
}

/** The differentiated services field of an IPv4 or IPv6 header at `at`, 0 for anything else (ip_tunnel_get_dsfield). */
export function dsField(view: DataView, at: number, etherType: number): number {
  if (etherType === EtherType.IPV4) return ip.tos(view, at);
  return etherType === EtherType.IPV6 ? (view.getUint16(at) >>> 4) & 0xff : 0;
}

/** Gives an inner packet what its outer one met on the way; false if it must be dropped for it (IP_ECN_decapsulate). */
export function decapsulateInner(view: DataView, at: number, etherType: number, outerTos: number): boolean {
  if (etherType !== EtherType.IPV4 && etherType !== EtherType.IPV6) return true;
  const before = dsField(view, at, etherType);
  const tos = decapsulateEcn(outerTos, before);
  if (tos < 0) return false;
  if (tos === before) return true;
  if (etherType === EtherType.IPV4) ip.changeTos(view, at, tos);
  else view.setUint16(at, (view.getUint16(at) & ~0x0ff0) | (tos << 4));
  return true;
}
