// Frames to send in measurements: a UDP datagram in IPv4 in Ethernet.
import { type Ipv4, parseIpv4 } from '../src/addr/ipv4.ts';
import { type Mac, parseMac } from '../src/addr/mac.ts';
import * as ethernet from '../src/wire/ethernet.ts';
import * as ip from '../src/wire/ipv4.ts';
import * as udp from '../src/wire/udp.ts';

/** The port that receivers of measurements listen on (discard, RFC 863). */
export const PORT = 9;
const SOURCE_PORT = 50_000;

export interface Ends {
  readonly fromMac: string;
  readonly toMac: string;
  readonly from: string;
  readonly to: string;
}

/** A frame of `size` bytes without a UDP checksum, DF not set. */
export function udpFrame({ fromMac, toMac, from, to }: Ends, size: number): Uint8Array {
  const frame = new Uint8Array(size);
  const view = new DataView(frame.buffer);
  ethernet.write(view, 0, parseMac(toMac) as Mac, parseMac(fromMac) as Mac, ethernet.EtherType.IPV4);
  const at = ethernet.ETHERNET_HEADER;
  const addresses = [parseIpv4(from) as Ipv4, parseIpv4(to) as Ipv4] as const;
  ip.write(view, at, size - at, 0, 0, 64, ip.IpProtocol.UDP, ...addresses);
  ip.fillChecksum(view, at);
  const transport = at + ip.IPV4_HEADER;
  udp.write(view, transport, SOURCE_PORT, PORT, size - transport);
  return frame;
}
