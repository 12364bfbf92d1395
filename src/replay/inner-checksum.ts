// What the checksum inside a tunnel is worth where a packet was captured: broken on the wire, or only not complete yet.
import { dissect, isIpv4 } from '../trace/dissect.ts';
import { IpProtocol, protocol, totalLength } from '../wire/ipv4.ts';
import { ChecksumState, checksumState } from './deferred-checksum.ts';
import type { Frame } from './frame.ts';

const NAMES: Readonly<Record<number, string>> = {
  [IpProtocol.ICMP]: 'ICMP',
  [IpProtocol.UDP]: 'UDP',
  [IpProtocol.TCP]: 'TCP',
};

/** Said of a packet whose checksum is not as it should be: where the fault is, and where it is not. */
export function innerChecksumNotes({ view, linkLength, isCut }: Frame): string[] {
  const found = dissect(
    view,
    linkLength,
    () => true,
    () => true,
  );
  const { tunnels, network: at, end } = found;
  if (isCut || tunnels.length === 0 || !isIpv4(view, at, end)) return [];
  const name = `inner ${NAMES[protocol(view, at)] ?? 'transport'} checksum`;
  switch (checksumState(view, at, at + totalLength(view, at))) {
    case ChecksumState.RIGHT:
      return [`${name}: right`];
    case ChecksumState.DEFERRED:
      return [`${name}: left to the card, so incomplete at this point of capture only`];
    case ChecksumState.WRONG:
      return [`${name}: wrong already here, and so on the wire`];
    default:
      return [];
  }
}
