// The steps below IPv4: what a bridge and a VXLAN device look up for a frame, and what a tunnel takes off.
import { formatIpv4 } from '../addr/ipv4.ts';
import { formatMac } from '../addr/mac.ts';
import { type Device, DeviceFlag, Kind } from '../netns/device.ts';
import type { PacketEvent } from '../netns/kernel.ts';
import type { Packet } from '../packet/packet.ts';
import * as ethernet from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import { bridgeEntryText, vxlanEntryText } from './neighbour-text.ts';
import type { BridgeStep, DecapsulateStep, FdbStep } from './trace-types.ts';

type BridgeEvent = Extract<PacketEvent, { kind: 'bridge' }>;
type FdbEvent = Extract<PacketEvent, { kind: 'fdb' }>;

export function bridgeStep(packet: Packet, { bridge, ports, local, vlan }: BridgeEvent): BridgeStep {
  const destination = ethernet.destination(packet.view, packet.head);
  const entry = bridge.bridge!.fdb.get(vlan)?.get(destination);
  return {
    kind: 'bridge',
    times: 1,
    bridge: bridge.name,
    mac: formatMac(destination),
    entry: entry === undefined ? null : bridgeEntryText(bridge, entry),
    ports: ports.map(({ name }) => name),
    local,
  };
}

/** How many packets more there are behind a bridge: a copy for each port, and the frame itself where the bridge keeps it. */
export function copiesMade({ bridge, from, ports, local }: BridgeEvent): number {
  const keeps = from !== null && (local || (bridge.flags & DeviceFlag.PROMISC) !== 0);
  return keeps ? ports.length : Math.max(ports.length, 1) - 1;
}

export const fdbStep = (packet: Packet, { device, entry }: FdbEvent): FdbStep => ({
  kind: 'fdb',
  times: 1,
  device: device.name,
  mac: formatMac(ethernet.destination(packet.view, packet.head)),
  entry: entry === null ? null : vxlanEntryText(device, entry),
});

/** `packet.network` is still the outer header. */
export const decapsulateStep = ({ view, network }: Packet, device: Device): DecapsulateStep => ({
  kind: 'decapsulate',
  times: 1,
  device: device.name,
  mode: device.kind === Kind.IPIP ? 'ipip' : 'vxlan',
  source: formatIpv4(ip.source(view, network)),
  destination: formatIpv4(ip.destination(view, network)),
});
