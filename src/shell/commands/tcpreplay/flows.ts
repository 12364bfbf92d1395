// Flow statistics of tcpreplay: what counts as a flow is addresses, protocol and ports (flow_decode of its sources).
import { LINKTYPE_EN10MB, LINKTYPE_IPV4, LINKTYPE_RAW } from '../../../capture/record.ts';
import { ETHERNET_HEADER, EtherType, isVlan, VLAN_HEADER } from '../../../wire/ethernet.ts';
import * as ip from '../../../wire/ipv4.ts';

/** Bytes of the transport header that must be there. */
const TRANSPORT_LENGTH: ReadonlyMap<number, number> = new Map([
  [ip.IpProtocol.UDP, 8],
  [ip.IpProtocol.TCP, 20],
  // The union in the C struct is that long, whatever the type.
  [ip.IpProtocol.ICMP, 28],
]);

export class Flows {
  private readonly seen = new Set<string>();
  /** Frames of a flow, and frames that are no IP. Frames too short to tell are neither. */
  packets = 0;
  others = 0;

  get count(): number {
    return this.seen.size;
  }

  add(frame: Uint8Array, linkType: number): void {
    const key = flowOf(frame, linkType);
    if (key === null) return;
    if (key === '') this.others++;
    else {
      this.packets++;
      this.seen.add(key);
    }
  }
}

/** The flow's identity, '' for a frame that is no IPv4, null for one that is cut too short. */
function flowOf(frame: Uint8Array, linkType: number): string | null {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const at = networkOffset(view, linkType);
  if (at < 0) return at === NOT_IP ? '' : null;
  if (view.byteLength < at + ip.IPV4_HEADER) return null;
  if (ip.version(view, at) !== 4) return '';
  const protocol = ip.protocol(view, at);
  const transport = at + ip.headerLength(view, at);
  const needed = TRANSPORT_LENGTH.get(protocol) ?? 0;
  if (needed > 0 && view.byteLength < transport + needed) return null;
  return [
    ip.source(view, at),
    ip.destination(view, at),
    protocol,
    ...portsOf(view, transport, protocol),
  ].join();
}

const NOT_IP = -1;
const TOO_SHORT = -2;

function networkOffset(view: DataView, linkType: number): number {
  if (linkType === LINKTYPE_RAW || linkType === LINKTYPE_IPV4) return 0;
  if (linkType !== LINKTYPE_EN10MB || view.byteLength < ETHERNET_HEADER) return TOO_SHORT;
  let at = ETHERNET_HEADER;
  for (;;) {
    if (view.byteLength < at) return TOO_SHORT;
    const type = view.getUint16(at - 2);
    if (type === EtherType.IPV4) return at;
    if (!isVlan(type)) return NOT_IP;
    at += VLAN_HEADER;
  }
}

function portsOf(view: DataView, at: number, protocol: number): number[] {
  if (protocol === ip.IpProtocol.ICMP) return [view.getUint8(at), view.getUint8(at + 1)];
  return TRANSPORT_LENGTH.has(protocol) ? [view.getUint16(at), view.getUint16(at + 2)] : [];
}
