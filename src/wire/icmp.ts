// ICMP for IPv4 (RFC 792; codes also RFC 1122 and RFC 1812).
//
//    0       1       2       4               8
//   +-------+-------+-------+---------------+----------
//   | type  | code  | check | rest of header| payload …
//   +-------+-------+-------+---------------+----------

export const ICMP_HEADER = 8;

/** Types (RFC 792). */
export const IcmpType = {
  ECHO_REPLY: 0,
  UNREACHABLE: 3,
  SOURCE_QUENCH: 4,
  REDIRECT: 5,
  ECHO: 8,
  TIME_EXCEEDED: 11,
  PARAMETER_PROBLEM: 12,
  TIMESTAMP: 13,
  TIMESTAMP_REPLY: 14,
  INFO_REQUEST: 15,
  INFO_REPLY: 16,
  ADDRESS_MASK: 17,
  ADDRESS_MASK_REPLY: 18,
} as const;

/** Codes of destination unreachable (RFC 792, RFC 1122, RFC 1812 section 5.2.7.1). */
export const UnreachableCode = {
  NET: 0,
  HOST: 1,
  PROTOCOL: 2,
  PORT: 3,
  FRAGMENTATION_NEEDED: 4,
  SOURCE_ROUTE_FAILED: 5,
  NET_UNKNOWN: 6,
  HOST_UNKNOWN: 7,
  HOST_ISOLATED: 8,
  NET_PROHIBITED: 9,
  HOST_PROHIBITED: 10,
  NET_FOR_TOS: 11,
  HOST_FOR_TOS: 12,
  FILTERED: 13,
  PRECEDENCE_VIOLATION: 14,
  PRECEDENCE_CUTOFF: 15,
} as const;

export const TimeExceededCode = { TTL: 0, REASSEMBLY: 1 } as const;
export const RedirectCode = { NET: 0, HOST: 1, NET_FOR_TOS: 2, HOST_FOR_TOS: 3 } as const;

export const type = (view: DataView, at: number): number => view.getUint8(at);
export const code = (view: DataView, at: number): number => view.getUint8(at + 1);
export const identifier = (view: DataView, at: number): number => view.getUint16(at + 4);
export const sequence = (view: DataView, at: number): number => view.getUint16(at + 6);
/** Next-hop MTU of fragmentation needed (RFC 1191 section 4). */
export const nextHopMtu = (view: DataView, at: number): number => view.getUint16(at + 6);
/** Gateway of a redirect, pointer of a parameter problem in its high octet. */
export const rest = (view: DataView, at: number): number => view.getInt32(at + 4);

export const setType = (view: DataView, at: number, value: number): void => view.setUint8(at, value);
export const setCode = (view: DataView, at: number, value: number): void => view.setUint8(at + 1, value);
export const setIcmpChecksum = (view: DataView, at: number, value: number): void =>
  view.setUint16(at + 2, value);
export const setRest = (view: DataView, at: number, value: number): void => view.setInt32(at + 4, value);

/** Destination unreachable, source quench, time exceeded, parameter problem and redirect quote a packet (RFC 1122 3.2.2). */
export const isError = (icmpType: number): boolean =>
  icmpType === IcmpType.UNREACHABLE ||
  icmpType === IcmpType.SOURCE_QUENCH ||
  icmpType === IcmpType.REDIRECT ||
  icmpType === IcmpType.TIME_EXCEEDED ||
  icmpType === IcmpType.PARAMETER_PROBLEM;
