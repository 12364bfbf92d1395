// What tunnel and VRF devices were given, sent on within the same call as in the kernel: before the next frame is received.
import { Kind } from '../netns/device.ts';
import type { Kernel } from '../netns/kernel.ts';
import { transmitIpip } from './tunnel-ipip.ts';
import { transmitVxlan } from './tunnel-vxlan.ts';
import { transmitVrf } from './vrf-transmit.ts';

export function runDeferred(kernel: Kernel): void {
  const { deferred } = kernel;
  while (deferred.length > 0) {
    const device = deferred.peekTarget();
    const packet = deferred.shift();
    if (device.kind === Kind.IPIP) transmitIpip(device, packet);
    else if (device.kind === Kind.VRF) transmitVrf(device, packet);
    else transmitVxlan(device, packet);
  }
}
