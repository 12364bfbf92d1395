// The IPv4 options of a reply: recorded routes and stamps go on, source routes turn round (__ip_options_echo).
import { ANY, type Ipv4, ipv4 } from '../addr/ipv4.ts';
import { RouteType } from '../fib/route.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Packet } from '../packet/packet.ts';
import { IPV4_HEADER } from '../wire/ipv4.ts';
import { OptionsFound, OptionType, TimestampFlag } from './options.ts';

/** The options of a reply, and the first hop of its source route if it has one. */
export interface EchoedOptions {
  /** Padded to 4 bytes. */
  readonly bytes: Uint8Array;
  /** 0 without a source route. */
  readonly firstHop: Ipv4;
  /** Offset of record route or timestamp within `bytes` + 20, 0 for none, and whether our address is still missing. */
  readonly found: OptionsFound;
}

/**
 * The options to answer a packet with, read from its header at `network`: recorded routes and stamps go on, source
 * routes turn round (__ip_options_echo).
 */
export function echoOptions(namespace: Namespace, packet: Packet, found: OptionsFound): EchoedOptions | null {
  if (found.length === 0) return null;
  const out: number[] = [];
  const echoed = new OptionsFound();
  let firstHop: Ipv4 = ANY;
  if (found.recordRoute !== 0) echoRecordRoute(packet, found, echoed, out);
  if (found.timestamp !== 0) echoTimestamp(namespace, packet, found, echoed, out);
  if (found.sourceRoute !== 0) firstHop = echoSourceRoute(packet, found, echoed, out);
  if (found.cipso !== 0) out.push(...optionAt(packet, found.cipso));
  while ((out.length & 3) !== 0) out.push(OptionType.END);
  if (out.length === 0) return null;
  echoed.length = out.length;
  return { bytes: Uint8Array.from(out), firstHop, found: echoed };
}

function optionAt(packet: Packet, offset: number): Uint8Array {
  const at = packet.network + offset;
  return packet.bytes.subarray(at, at + packet.bytes[at + 1]);
}

function echoRecordRoute(packet: Packet, found: OptionsFound, echoed: OptionsFound, out: number[]): void {
  const option = Uint8Array.from(optionAt(packet, found.recordRoute));
  echoed.recordRoute = out.length + IPV4_HEADER;
  const pointer = option[2];
  if (found.recordNeedsAddress && pointer <= option.length) {
    option[2] = pointer + 4;
    echoed.recordNeedsAddress = true;
  }
  out.push(...option);
}

function echoTimestamp(
  namespace: Namespace,
  packet: Packet,
  found: OptionsFound,
  echoed: OptionsFound,
  out: number[],
): void {
  const option = Uint8Array.from(optionAt(packet, found.timestamp));
  echoed.timestamp = out.length + IPV4_HEADER;
  let pointer = option[2];
  if (pointer <= option.length) {
    if (found.timestampNeedsAddress) {
      echoed.timestampNeedsAddress = true;
      pointer += 4;
    }
    const isPrespecified = (option[3] & 15) === TimestampFlag.PRESPECIFIED;
    if (found.timestampNeedsTime && (!isPrespecified || isOurTurn(namespace, option, pointer))) {
      echoed.timestampNeedsTime = true;
      pointer += isPrespecified ? 8 : 4;
    }
    option[2] = pointer;
  }
  out.push(...option);
}

/** The next address that was asked for a stamp is ours, too. */
function isOurTurn(namespace: Namespace, option: Uint8Array, pointer: number): boolean {
  if (pointer + 7 > option.length) return false;
  const asked = ipv4(new DataView(option.buffer).getInt32(pointer - 1));
  return namespace.fib.addressType(asked) !== RouteType.UNICAST;
}

/**
 * The recorded stops, last first: the first of them is where the reply goes, the others follow, and the last slot is
 * for the destination, which the header's place gives way to. A route that began at the sender itself loses a slot.
 */
function echoSourceRoute(packet: Packet, found: OptionsFound, echoed: OptionsFound, out: number[]): Ipv4 {
  const option = optionAt(packet, found.sourceRoute);
  const stops: Uint8Array[] = [];
  for (let at = Math.min(option[2], option.length + 1) - 5; at >= 3; at -= 4)
    stops.push(option.slice(at, at + 4));
  if (stops.length === 0) return ANY;
  const slots = stops.slice(1).concat(new Uint8Array(4));
  const sender = packet.bytes.subarray(packet.network + 12, packet.network + 16);
  if (stops[stops.length - 1].every((octet, i) => octet === sender[i])) slots.pop();
  if (slots.length === 0) return ANY;
  echoed.sourceRoute = out.length + IPV4_HEADER;
  echoed.strict = found.strict;
  out.push(option[0], slots.length * 4 + 3, 4);
  for (const slot of slots) out.push(...slot);
  const [a, b, c, d] = stops[0];
  return ipv4((a << 24) | (b << 16) | (c << 8) | d);
}
