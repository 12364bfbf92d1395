// `ip link … type vxlan … proxy`: the device answers ARP itself, from its own neighbour table, and sends no question
// through the tunnel (arp_reduce in drivers/net/vxlan/vxlan_core.c).
import { ANY, isLoopback, isMulticast } from '../addr/ipv4.ts';
import { enqueue } from '../link/transmit.ts';
import { type Neighbour, NUD_CONNECTED } from '../neigh/neighbour.ts';
import { type Device, DeviceFlag } from '../netns/device.ts';
import { type Packet, PacketType } from '../packet/packet.ts';
import * as arp from '../wire/arp.ts';
import * as ethernet from '../wire/ethernet.ts';

/** Ends an ARP message that is given to the device, answered or not. */
export function reduceArp(device: Device, packet: Packet): void {
  const { namespace } = device;
  if (packet.tail - packet.network < arp.ARP_LENGTH) device.stats.txDropped++;
  else {
    const neighbour = askedNeighbour(device, packet);
    if (neighbour !== null) enqueue(namespace.kernel, device, answer(device, packet, neighbour));
  }
  namespace.kernel.consume(namespace, packet);
}

/** The neighbour that the message asks for, if it may be answered for. */
function askedNeighbour(device: Device, { view, network }: Packet): Neighbour | null {
  if ((device.flags & DeviceFlag.NOARP) !== 0) return null;
  if (!arp.isIpv4OverEthernet(view, network) || arp.operation(view, network) !== arp.ArpOp.REQUEST)
    return null;
  const target = arp.targetIp(view, network);
  if (isLoopback(target) || isMulticast(target)) return null;
  const neighbour = device.namespace.neighbours.lookup(device, target);
  if (neighbour === null || (neighbour.state & NUD_CONNECTED) === 0) return null;
  // Behind the same bridge: it will answer for itself.
  return device.vxlan?.fdb.get(neighbour.mac)?.remotes[0]?.address === ANY ? null : neighbour;
}

function answer(device: Device, question: Packet, { mac, address }: Neighbour): Packet {
  const { view, network } = question;
  const [asker, askerAddress] = [arp.senderMac(view, network), arp.senderIp(view, network)];
  const packet = device.namespace.kernel.pool.alloc(ethernet.ETHERNET_HEADER + arp.ARP_LENGTH);
  const at = packet.put(ethernet.ETHERNET_HEADER + arp.ARP_LENGTH);
  ethernet.write(packet.view, at, asker, mac, ethernet.EtherType.ARP);
  arp.write(packet.view, at + ethernet.ETHERNET_HEADER, arp.ArpOp.REPLY, mac, address, asker, askerAddress);
  packet.type = PacketType.HOST;
  packet.trace = question.trace;
  return packet;
}
