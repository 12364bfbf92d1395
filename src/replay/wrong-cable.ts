// A packet that the node leads to a cable at whose other end nobody has the neighbour that it asks for, while another
// host of the lab has it.
import { formatIpv4 } from '../addr/ipv4.ts';
import { type Device, Kind } from '../netns/device.ts';
import type { Finding } from './item.ts';
import { hostName, type Outcome } from './outcome.ts';
import type { Setting } from './setting.ts';
import type { Topology } from './topology.ts';

/** What is wrong with the packet's way; null where somebody may answer, or where the capture shows who does. */
export function wrongCable(setting: Setting, { waits }: Outcome): Partial<Finding> | null {
  if (waits === null) return null;
  const { topology } = setting;
  const { device, target } = waits;
  if (device === setting.device || device === topology.receiverAt(setting.device)) return null;
  const owner = topology.hostOf(target);
  if (owner === null || topology.neighbourOn(device, target) !== null) return null;
  const ends = farEnds(topology, device);
  if (ends === null || ends.length === 0 || ends.some(answersForOthers)) return null;
  const address = formatIpv4(target);
  const behind = topology.entriesOf(owner)[0]?.device.name;
  const place = behind === undefined ? '' : `, behind ${behind}`;
  const leads = `leads to ${device.name} (${endsText(ends)})`;
  return {
    expected: `asks for ${address} on ${device.name}, where nobody has it`,
    seen: `for ${address}, which ${hostName(owner)} has`,
    notes: [`${leads}, but ${address} is an address of ${hostName(owner)}${place}`],
  };
}

/** Other hosts' devices on the segment; null if it goes on through a VXLAN, to whom nobody knows. */
function farEnds(topology: Topology, device: Device): Device[] | null {
  const segment = topology.segmentOf(device);
  if (segment.some(({ kind }) => kind === Kind.VXLAN)) return null;
  return segment.filter((other) => other.namespace !== device.namespace && other.port === null);
}

/** By proxy ARP, whatever its routes are: a finding must be sure. */
const answersForOthers = ({ conf, namespace }: Device): boolean =>
  (conf.proxy_arp | namespace.confAll.proxy_arp | conf.proxy_arp_pvlan) !== 0;

function endsText(ends: readonly Device[]): string {
  const hosts = [...new Set(ends.map(({ namespace }) => hostName(namespace)))];
  return hosts.length === 1 ? hosts[0]! : `${hosts.length} hosts`;
}
