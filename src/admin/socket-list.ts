// The sockets of a namespace as /proc/net/udp and sock_diag list them: those of VXLAN devices that are up, and the ports
// that programs listen at.
import type { Namespace } from '../netns/namespace.ts';

export interface SocketInfo {
  readonly protocol: 'udp' | 'tcp';
  /** Bound to every address. */
  readonly port: number;
  /** A program's; the kernel's own count as nobody's. */
  readonly isProgram: boolean;
}

/** By protocol and port: the kernel's order comes from a hash with a random seed. */
export function listSockets(namespace: Namespace): SocketInfo[] {
  const tunnels = new Set<number>();
  for (const { vxlan, up } of namespace.vxlanDevices) if (vxlan !== null && up) tunnels.add(vxlan.port);
  const found: SocketInfo[] = [...tunnels].map((port) => ({ protocol: 'udp', port, isProgram: false }));
  for (const port of namespace.udpPorts.keys()) found.push({ protocol: 'udp', port, isProgram: true });
  for (const port of namespace.tcpPorts.keys()) found.push({ protocol: 'tcp', port, isProgram: true });
  return found.sort((a, b) =>
    a.protocol === b.protocol ? a.port - b.port : a.protocol < b.protocol ? 1 : -1,
  );
}
