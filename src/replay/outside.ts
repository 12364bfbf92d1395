// What is not a matter of the model: said of each packet, counted apart, never an error of the network.
import type { Device } from '../netns/device.ts';
import { isIpv4 } from '../trace/dissect.ts';
import { etherTypeText } from '../trace/packet-text.ts';
import * as ethernet from '../wire/ethernet.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import type { Frame } from './frame.ts';

/** The MTU of a network that nobody configured; a TCP segment beyond it is a sum of several. */
const USUAL_MTU = 1500;

/** Why the model says nothing about the frame; null if it is to be judged. */
export function outsideReason(frame: Frame, device: Device): string | null {
  const { view, linkLength } = frame;
  if (linkLength > 0) {
    if (view.byteLength < ethernet.ETHERNET_HEADER) return `a frame of ${view.byteLength} bytes`;
    const type = ethernet.etherType(view, 0);
    if (type === EtherType.ARP) return null;
    if (type !== EtherType.IPV4) return etherTypeText(view, 0, type);
  }
  return isOffloaded(frame, device) ? `a segment of ${view.byteLength} bytes for offload` : null;
}

/** TCP and UDP let the card cut (TSO, USO) and glue (GRO): a capture then shows what no wire carries. */
export function isOffloaded({ view, linkLength }: Frame, device: Device): boolean {
  if (view.byteLength - linkLength <= Math.max(device.mtu, USUAL_MTU)) return false;
  if (!isIpv4(view, linkLength, view.byteLength) || ip.isFragment(view, linkLength)) return false;
  const protocol = ip.protocol(view, linkLength);
  return protocol !== ip.IpProtocol.ICMP;
}
