// What a frame is about, so that two frames about the same thing are known for it however they differ: the innermost
// packet without what the node may change or draw, as one number.
import type { Ipv4 } from '../addr/ipv4.ts';
import { dissect, isArp } from '../trace/dissect.ts';
import * as arp from '../wire/arp.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as icmp from '../wire/icmp.ts';
import * as ip from '../wire/ipv4.ts';
import type { CompareContext } from './compare.ts';
import type { Frame } from './frame.ts';
import { begin, mix, result } from './hash.ts';

const ARP = 11;
const IPV4 = 12;
const ERROR = 13;
const OTHER = 14;
/** Instead of an identification that is drawn. */
const DRAWN = -1;

export function subjectOf({ view, linkLength }: Frame, context: CompareContext): number {
  const isOurs = (address: Ipv4): boolean => context.isOurs(address);
  const { etherType, network, end } = dissect(view, linkLength, isOurs, context.isVxlanPort);
  if (etherType === EtherType.ARP) return arpSubject(view, network, end);
  if (etherType === EtherType.IPV4) return ipv4Subject(view, network, end, isOurs(ip.source(view, network)));
  begin(OTHER);
  mix(etherType);
  return result();
}

function arpSubject(view: DataView, at: number, end: number): number {
  begin(ARP);
  if (!isArp(view, at, end)) return result();
  mix(arp.operation(view, at));
  mix(arp.senderIp(view, at));
  mix(arp.targetIp(view, at));
  return result();
}

/** Of a whole packet at `at`; of `ours` the identification is drawn. */
export function ipv4Subject(view: DataView, at: number, end: number, ours: boolean): number {
  const protocol = ip.protocol(view, at);
  const body = at + ip.headerLength(view, at);
  const offset = ip.fragment(view, at) & ip.OFFSET_MASK;
  const isWhole = offset === 0 && end - body >= 8;
  const type = isWhole && protocol === ip.IpProtocol.ICMP ? icmp.type(view, body) : -1;
  const isError = type >= 0 && icmp.isError(type);
  begin(isError ? ERROR : IPV4);
  mix(ip.source(view, at));
  mix(ip.destination(view, at));
  mix((protocol << 16) | offset);
  if (isError) return errorSubject(view, body + icmp.ICMP_HEADER, end);
  mix(ours ? DRAWN : ip.identification(view, at));
  if (!isWhole) return result();
  mix(type);
  mix(view.getInt32(type < 0 ? body : body + 4));
  return result();
}

/** Of an error only what it is about, not which one it is: another error about the same packet is a difference. */
function errorSubject(view: DataView, at: number, end: number): number {
  if (end - at < ip.IPV4_HEADER) return result();
  mix(ip.source(view, at));
  mix(ip.destination(view, at));
  mix((ip.identification(view, at) << 8) | ip.protocol(view, at));
  return result();
}
