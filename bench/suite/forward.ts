// A frame through the stack: one router hop, and encapsulation on a node; neighbours are warm.
import type Benchmark from 'benchmark';
import { twoHosts, type World } from '../../test/ip/world.ts';

/** The frame that A sends for an echo to `to`, taken from the wire. */
function frameOf(world: World, place: string, to: string, size: number): Uint8Array {
  world.ping('A', to, { size });
  world.take(place);
  world.ping('A', to, { size });
  return world.frames.get(place)?.[0].slice() ?? new Uint8Array();
}

/** Puts the frame into a device again and again, and ends whatever comes out on the other side. */
function feed(world: World, place: string, frame: Uint8Array): () => void {
  const { kernel } = world.lab;
  const device = world.device(place);
  for (const watched of ['A:eth0', 'B:eth0']) world.device(watched).taps = null;
  world.namespace('B').conf.icmp_echo_ignore_all = 1;
  return () => {
    const packet = kernel.pool.alloc(frame.length);
    const at = packet.put(frame.length);
    packet.bytes.set(frame, at);
    kernel.backlog.push(device, packet);
    world.lab.settle();
  };
}

export function fill(suite: Benchmark.Suite): void {
  for (const size of [22, 1458]) {
    const world = twoHosts();
    const frame = frameOf(world, 'A:eth0', '10.0.2.2', size);
    suite.add(`router hop and delivery, ${frame.length} bytes`, feed(world, 'R:left', frame));
  }
  const world = twoHosts()
    .module('ipip')
    .cable('P:eth0', 'A:cali')
    .addr('P:eth0', '192.168.1.5/32')
    .route('A', '192.168.1.5/32', { dev: 'cali' })
    .router('A')
    .up('A:tunl0')
    .up('B:tunl0')
    .addr('A:tunl0', '192.168.1.1/32')
    .addr('B:tunl0', '192.168.2.1/32')
    .route('A', '192.168.2.0/24', { via: '10.0.2.2', dev: 'tunl0', onlink: true });
  const frame = frameOf(world, 'A:eth0', '192.168.2.1', 56);
  suite.add(
    `IPIP: router hop, decapsulation and delivery, ${frame.length} bytes`,
    feed(world, 'R:left', frame),
  );
}
