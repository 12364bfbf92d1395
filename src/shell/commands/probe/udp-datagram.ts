// UDP as probes send it: a source port of the system's choice, and a datagram with its checksum.
import type { Ipv4 } from '../../../addr/ipv4.ts';
import { checksum, pseudoHeaderSum } from '../../../wire/checksum.ts';
import { IpProtocol } from '../../../wire/ipv4.ts';
import * as udp from '../../../wire/udp.ts';
import type { Context } from '../../command.ts';

/** A port that no program asked for (ip_local_port_range). */
export function ephemeralPort({ namespace, lab }: Context): number {
  const [low, high] = namespace.conf.ip_local_port_range;
  return low + lab.kernel.random.below(high - low + 1);
}

export interface Ends {
  readonly source: Ipv4;
  readonly sourcePort: number;
  readonly destination: Ipv4;
  readonly port: number;
}

/** The header and `data`. */
export function udpDatagram({ source, sourcePort, destination, port }: Ends, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(udp.UDP_HEADER + data.length);
  const view = new DataView(bytes.buffer);
  udp.write(view, 0, sourcePort, port, bytes.length);
  bytes.set(data, udp.UDP_HEADER);
  const pseudo = pseudoHeaderSum(source, destination, IpProtocol.UDP, bytes.length);
  udp.setUdpChecksum(view, 0, checksum(view, 0, bytes.length, pseudo) || 0xffff);
  return bytes;
}
