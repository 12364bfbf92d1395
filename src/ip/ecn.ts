// Explicit congestion notification across tunnels (RFC 6040; include/net/inet_ecn.h).

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
