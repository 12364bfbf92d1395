// All that packets change in a machine, as plain data: two machines are compared by it.
import type { Device } from '../../src/netns/device.ts';
import type { Kernel } from '../../src/netns/kernel.ts';
import type { Namespace } from '../../src/netns/namespace.ts';
import type { Packet } from '../../src/packet/packet.ts';

/** Everything of a device that packets change. */
function deviceState(device: Device): unknown {
  const { name, stats, bridge, vxlan, tunnelErrors, proxyWaiting } = device;
  const bridged = bridge === null ? [] : [...bridge.fdb.values()].flatMap((table) => [...table.values()]);
  return {
    name,
    stats: { ...stats },
    tunnelErrors,
    proxyWaiting,
    bridged: bridged.map((entry) => ({ ...entry, port: entry.port?.name })),
    remotes: vxlan === null ? [] : structuredClone([...vxlan.fdb.values()]),
    cleanupAt: vxlan?.cleanupAt,
  };
}

function namespaceState({ counters, drops, devices, neighbours, fib, peers, name }: Namespace): unknown {
  return {
    name,
    counters: { ...counters },
    drops: [...drops],
    devices: [...devices.values()].map(deviceState),
    neighbours: [...neighbours.entries()].map(
      ({ address, mac, state, used, confirmed, updated, probes, device, queue }) => ({
        ...{ address, mac, state, used, confirmed, updated, probes },
        device: device.name,
        waiting: queue?.length ?? 0,
      }),
    ),
    exceptions: fib
      .dumpAll()
      .flatMap((route) => route.nextHops.map(({ exceptions }) => [...(exceptions ?? [])])),
    peers: [...peers].map(([address, peer]) => ({ address, ...peer })),
  };
}

export const machineState = (kernel: Kernel): unknown => ({
  now: kernel.clock.now,
  next: kernel.clock.nextAt(),
  timers: kernel.clock.pending,
  outstanding: kernel.pool.outstanding,
  namespaces: [...kernel.namespaces].map(namespaceState),
});

/**
 * What a packet is like when it ends, in the order in which they end: whatever their way was, it shows here. (Whom a
 * frame was for, and where it came in, is found out anew by whoever receives it.)
 */
export function watchEnds({ pool, clock }: Kernel): string[] {
  const ends: string[] = [];
  const free = pool.free.bind(pool);
  pool.free = (packet) => {
    ends.push(`${clock.now} ${describePacket(packet)}`);
    free(packet);
  };
  return ends;
}

/** Headers, and what a tunnel may have in them: payloads are never written to. */
const SHOWN = 128;

function describePacket(packet: Packet): string {
  const { head, network, link, protocol, mark, depth, flags, flowHash } = packet;
  const places = [network - head, link - head, packet.checksumStart === 0 ? 0 : packet.checksumStart - head];
  const marks = [protocol, mark, depth, flags, flowHash, packet.flowHashHasPorts];
  const bytes = Buffer.from(packet.data());
  return `${places} ${marks} ${bytes.length} ${bytes.toString('hex', 0, SHOWN)}`;
}
