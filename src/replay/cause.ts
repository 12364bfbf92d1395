// From a packet that the node sent on to the packet that came in: by which device, from whom, with which bytes.
import type { Ipv4 } from '../addr/ipv4.ts';
import { MAC_ZERO, type Mac } from '../addr/mac.ts';
import { FlowKey } from '../fib/flow.ts';
import { RouteType } from '../fib/route.ts';
import type { Device } from '../netns/device.ts';
import * as ethernet from '../wire/ethernet.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import type { Setting } from './setting.ts';
import type { Entry } from './topology.ts';

const TTL_MAX = 255;
/** Of a neighbour that is only known to be there. */
const SOMEBODY = 0x02fe00000001 as Mac;

const key = new FlowKey();

/**
 * Where packets from `source` come in, the likeliest first: by the cable of the host that has the address; else by
 * the device that the node would answer by; else by the shortest way through the lab. Never by the vantage itself,
 * where the capture would show them.
 */
export function entriesFor(setting: Setting, source: Ipv4): Entry[] {
  const { topology, device } = setting;
  const host = topology.hostOf(source);
  const known = host === null ? [] : topology.entriesOf(host);
  const attached = known.filter(({ sender }) => sender.namespace === host);
  if (attached.length > 0)
    return withAddressFirst(attached, source).filter((entry) => entry.device !== device);
  const back = reverseDevice(setting, source);
  const entries = back === null ? known : [{ device: back, sender: back }, ...known];
  return entries.filter((entry) => entry.device !== device);
}

const withAddressFirst = (entries: readonly Entry[], address: Ipv4): Entry[] =>
  [...entries].sort((a, b) => Number(holds(b.sender, address)) - Number(holds(a.sender, address)));

const holds = (device: Device, address: Ipv4): boolean =>
  device.addresses.some(({ local }) => local === address);

/** The device of the node's route to `address`; null without a route that leads anywhere. */
function reverseDevice({ namespace }: Setting, address: Ipv4): Device | null {
  const { fib } = namespace;
  if (fib.lookup(key.ask(address, 0 as Ipv4)) !== 0 || fib.route?.type !== RouteType.UNICAST) return null;
  return (fib.nextHop?.device as Device | null) ?? null;
}

/** The packet with the TTL that it had before the node lowered it, its header checksum right. */
export function beforeForwarding(packet: Uint8Array): Uint8Array {
  const bytes = packet.slice();
  const view = new DataView(bytes.buffer);
  ip.setTtl(view, 0, Math.min(ip.ttl(view, 0) + 1, TTL_MAX));
  ip.fillChecksum(view, 0);
  return bytes;
}

/** The packet as it arrives at the entry: with an Ethernet header from the sender where there is one. */
export function arriving({ topology }: Setting, { device, sender }: Entry, packet: Uint8Array): Uint8Array {
  if (device.headerLength === 0) return packet;
  const frame = new Uint8Array(ethernet.ETHERNET_HEADER + packet.length);
  const view = new DataView(frame.buffer);
  const from = sender === device || sender.address === MAC_ZERO ? SOMEBODY : sender.address;
  ethernet.write(view, 0, topology.receiverAt(device).address, from, EtherType.IPV4);
  frame.set(packet, ethernet.ETHERNET_HEADER);
  return frame;
}
