// IPv4 options: checked and filled in on the way in, on the way through, and turned round for replies
// (net/ipv4/ip_options.c; RFC 791 section 3.1).
import { ANY, type Ipv4, ipv4 } from '../addr/ipv4.ts';
import type { Packet } from '../packet/packet.ts';
import { fillChecksum, headerLength, IPV4_HEADER } from '../wire/ipv4.ts';

/** Option types with their copied flag and class. */
export const OptionType = {
  END: 0,
  NOOP: 1,
  RECORD_ROUTE: 7,
  TIMESTAMP: 68,
  SECURITY: 130,
  LOOSE_ROUTE: 131,
  CIPSO: 134,
  STREAM_ID: 136,
  STRICT_ROUTE: 137,
  ROUTER_ALERT: 148,
} as const;

const COPIED = 0x80;
export const TimestampFlag = { TIME_ONLY: 0, TIME_AND_ADDRESS: 1, PRESPECIFIED: 3 } as const;

/** What a pass over the options found (struct ip_options). Offsets count from the start of the IPv4 header, 0 for none. */
export class OptionsFound {
  length = 0;
  sourceRoute = 0;
  strict = false;
  /** The source route was followed here: the packet goes on to `nextHop`. */
  sourceRouteHit = false;
  nextHop: Ipv4 = ANY;
  recordRoute = 0;
  recordNeedsAddress = false;
  timestamp = 0;
  timestampNeedsAddress = false;
  timestampNeedsTime = false;
  cipso = 0;
  routerAlert = false;
  changed = false;

  reset(): void {
    this.length = 0;
    this.sourceRoute = 0;
    this.strict = false;
    this.sourceRouteHit = false;
    this.nextHop = ANY;
    this.recordRoute = 0;
    this.recordNeedsAddress = false;
    this.timestamp = 0;
    this.timestampNeedsAddress = false;
    this.timestampNeedsTime = false;
    this.cipso = 0;
    this.routerAlert = false;
    this.changed = false;
  }

  adopt(other: OptionsFound): void {
    this.length = other.length;
    this.sourceRoute = other.sourceRoute;
    this.strict = other.strict;
    this.sourceRouteHit = other.sourceRouteHit;
    this.nextHop = other.nextHop;
    this.recordRoute = other.recordRoute;
    this.recordNeedsAddress = other.recordNeedsAddress;
    this.timestamp = other.timestamp;
    this.timestampNeedsAddress = other.timestampNeedsAddress;
    this.timestampNeedsTime = other.timestampNeedsTime;
    this.cipso = other.cipso;
    this.routerAlert = other.routerAlert;
    this.changed = other.changed;
  }
}

/** What filling in needs from the stack. */
export interface OptionsHost {
  /** Milliseconds since midnight UT (inet_current_timestamp). */
  milliseconds(): number;
  /** The address that we would answer from (fib_compute_spec_dst). */
  ownAddress(): Ipv4;
  /** The address is a unicast one that is not ours (inet_addr_type is RTN_UNICAST). */
  isForeign(address: Ipv4): boolean;
}

const OK = 0;

/**
 * Checks the options of `packet`, fills in record route and timestamps as for a received packet, and says what is
 * there in `found`. Returns 0, or the offset of the octet that is wrong, which a parameter problem points at.
 */
export function compileOptions(packet: Packet, found: OptionsFound, host: OptionsHost): number {
  const { bytes, head } = packet;
  found.reset();
  found.length = headerLength(packet.view, head) - IPV4_HEADER;
  const end = head + IPV4_HEADER + found.length;
  let at = head + IPV4_HEADER;
  while (at < end) {
    const type = bytes[at];
    if (type === OptionType.END) {
      clearRest(bytes, at + 1, end, found);
      return OK;
    }
    if (type === OptionType.NOOP) {
      at++;
      continue;
    }
    const length = at + 1 < end ? bytes[at + 1] : 0;
    if (length < 2 || length > end - at) return at - head;
    const wrong = compileOne(packet, at, length, found, host);
    if (wrong !== OK) return wrong - head;
    at += length;
  }
  return OK;
}

function clearRest(bytes: Uint8Array, from: number, end: number, found: OptionsFound): void {
  for (let at = from; at < end; at++) {
    if (bytes[at] === OptionType.END) continue;
    bytes[at] = OptionType.END;
    found.changed = true;
  }
}

/** 0, or the absolute offset of the wrong octet. */
function compileOne(
  packet: Packet,
  at: number,
  length: number,
  found: OptionsFound,
  host: OptionsHost,
): number {
  switch (packet.bytes[at]) {
    case OptionType.STRICT_ROUTE:
    case OptionType.LOOSE_ROUTE:
      return compileSourceRoute(packet, at, length, found);
    case OptionType.RECORD_ROUTE:
      return compileRecordRoute(packet, at, length, found, host);
    case OptionType.TIMESTAMP:
      return compileTimestamp(packet, at, length, found, host);
    case OptionType.ROUTER_ALERT:
      if (length < 4) return at + 1;
      if (packet.bytes[at + 2] === 0 && packet.bytes[at + 3] === 0) found.routerAlert = true;
      return OK;
    case OptionType.CIPSO:
      if (found.cipso !== 0) return at;
      found.cipso = at - packet.head;
      return OK;
    default:
      return OK;
  }
}

function compileSourceRoute(packet: Packet, at: number, length: number, found: OptionsFound): number {
  if (length < 3) return at + 1;
  if (packet.bytes[at + 2] < 4) return at + 2;
  if (found.sourceRoute !== 0) return at;
  found.strict = packet.bytes[at] === OptionType.STRICT_ROUTE;
  found.sourceRoute = at - packet.head;
  return OK;
}

function compileRecordRoute(
  packet: Packet,
  at: number,
  length: number,
  found: OptionsFound,
  host: OptionsHost,
): number {
  const { bytes, view } = packet;
  if (found.recordRoute !== 0) return at;
  if (length < 3) return at + 1;
  const pointer = bytes[at + 2];
  if (pointer < 4) return at + 2;
  if (pointer <= length) {
    if (pointer + 3 > length) return at + 2;
    view.setInt32(at + pointer - 1, host.ownAddress());
    found.changed = true;
    bytes[at + 2] = pointer + 4;
    found.recordNeedsAddress = true;
  }
  found.recordRoute = at - packet.head;
  return OK;
}

function compileTimestamp(
  packet: Packet,
  at: number,
  length: number,
  found: OptionsFound,
  host: OptionsHost,
): number {
  const { bytes } = packet;
  if (found.timestamp !== 0) return at;
  if (length < 4) return at + 1;
  const pointer = bytes[at + 2];
  if (pointer < 5) return at + 2;
  if (pointer <= length) {
    if (pointer + 3 > length) return at + 2;
    if (!stamp(packet, at, length, pointer, found, host)) return at + 2;
  } else if ((bytes[at + 3] & 15) !== TimestampFlag.PRESPECIFIED) {
    const overflow = bytes[at + 3] >> 4;
    if (overflow === 15) return at + 3;
    bytes[at + 3] = (bytes[at + 3] & 15) | ((overflow + 1) << 4);
    found.changed = true;
  }
  found.timestamp = at - packet.head;
  return OK;
}

/** Writes our stamp where the pointer says; false if the room behind it is too small. */
function stamp(
  packet: Packet,
  at: number,
  length: number,
  pointer: number,
  found: OptionsFound,
  host: OptionsHost,
): boolean {
  const { bytes, view } = packet;
  const slot = at + pointer - 1;
  let timeAt = slot;
  switch (bytes[at + 3] & 15) {
    case TimestampFlag.TIME_ONLY:
      bytes[at + 2] = pointer + 4;
      break;
    case TimestampFlag.TIME_AND_ADDRESS:
      if (pointer + 7 > length) return false;
      view.setInt32(slot, host.ownAddress());
      timeAt = slot + 4;
      found.timestampNeedsAddress = true;
      bytes[at + 2] = pointer + 8;
      break;
    case TimestampFlag.PRESPECIFIED:
      if (pointer + 7 > length) return false;
      if (host.isForeign(ipv4(view.getInt32(slot)))) return true;
      timeAt = slot + 4;
      bytes[at + 2] = pointer + 8;
      break;
    default:
      return true;
  }
  found.timestampNeedsTime = true;
  view.setUint32(timeAt, host.milliseconds());
  found.changed = true;
  return true;
}

/** On the way through: our outgoing address where `compileOptions` left its own, and the source route's next stop. */
export function forwardOptions(packet: Packet, found: OptionsFound, outgoing: Ipv4): void {
  const { bytes, view, head } = packet;
  if (found.recordNeedsAddress) {
    const at = head + found.recordRoute;
    view.setInt32(at + bytes[at + 2] - 5, outgoing);
    found.changed = true;
  }
  if (found.sourceRouteHit) followSourceRoute(packet, found, outgoing);
  if (found.changed) {
    found.changed = false;
    fillChecksum(view, head);
  }
}

function followSourceRoute(packet: Packet, found: OptionsFound, outgoing: Ipv4): void {
  const { bytes, view, head } = packet;
  const at = head + found.sourceRoute;
  const length = bytes[at + 1];
  let pointer = bytes[at + 2];
  while (pointer + 3 <= length && view.getInt32(at + pointer - 1) !== found.nextHop) pointer += 4;
  if (pointer + 3 <= length) {
    found.changed = true;
    view.setInt32(head + 16, found.nextHop);
    view.setInt32(at + pointer - 1, outgoing);
    bytes[at + 2] = pointer + 4;
  }
  if (found.timestampNeedsAddress) {
    const stampAt = head + found.timestamp;
    view.setInt32(stampAt + bytes[stampAt + 2] - 9, outgoing);
    found.changed = true;
  }
}

/** In all fragments but the first, options without the copied flag become no-operations (ip_options_fragment). */
export function blankUncopiedOptions(packet: Packet): void {
  const { bytes, head } = packet;
  const end = head + headerLength(packet.view, head);
  let at = head + IPV4_HEADER;
  while (at < end) {
    const type = bytes[at];
    if (type === OptionType.END) return;
    if (type === OptionType.NOOP) {
      at++;
      continue;
    }
    const length = bytes[at + 1];
    if (length < 2 || length > end - at) return;
    if ((type & COPIED) === 0) bytes.fill(OptionType.NOOP, at, at + length);
    at += length;
  }
}
