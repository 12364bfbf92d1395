// Joining IPv4 groups, and the IGMPv3 reports that tell routers of it (net/ipv4/igmp.c; RFC 3376). Groups are joined
// by bridges, which listen to all snoopers, and by VXLAN devices whose remote is a group.
import { ANY, type Ipv4, ipv4, isMulticast } from '../addr/ipv4.ts';
import { FlowKey } from '../fib/flow.ts';
import { type Device, Kind } from '../netns/device.ts';
import type { DeviceEvent, DeviceListener } from '../netns/kernel.ts';
import { SECOND } from '../time/clock.ts';
import { checksum } from '../wire/checksum.ts';
import * as ip from '../wire/ipv4.ts';
import { OptionsFound } from './options.ts';
import { RouteResult } from './route.ts';
import { routeOutput } from './route-output.ts';
import { pushHeaderWithOptions, sendComplete } from './send.ts';

/** IGMP_ALL_SNOOPERS (RFC 4286), which a bridge with multicast snooping belongs to while it is up. */
const ALL_SNOOPERS = ipv4(0xe000006a);
/** IGMPV3_ALL_MCR: where reports go. */
const ALL_ROUTERS = ipv4(0xe0000016);
/** How often a change is reported (the robustness variable). */
const ROBUSTNESS = 2;
/** Two jiffies of 10 ms go by before a report. */
const REPORT_DELAY = SECOND / 50;
const REPORT_TYPE = 0x22;
const CHANGE_TO_EXCLUDE = 4;
const REPORT_LENGTH = 16;
const INTERNETWORK_CONTROL = 0xc0;
const ROUTER_ALERT = Uint8Array.of(0x94, 4, 0, 0);

const route = new RouteResult();
const key = new FlowKey();

/** Belongs to the group from here on, and says so twice. */
function joinGroup(device: Device, group: Ipv4): void {
  if (device.groups.has(group)) return;
  device.groups.add(group);
  report(device, group, ROBUSTNESS);
}

function leaveGroup(device: Device, group: Ipv4): void {
  device.groups.delete(group);
}

/**
 * The kernel waits for a random part of igmpv3_unsolicited_report_interval before it repeats itself; ours is always
 * the shortest, so that a capture begun a moment later shows none.
 */
function report(device: Device, group: Ipv4, times: number): void {
  device.namespace.kernel.clock.schedule(REPORT_DELAY, () => {
    if (device.gone || !device.up || !device.groups.has(group)) return;
    sendReport(device, group);
    if (times > 1) report(device, group, times - 1);
  });
}

/** One record: from now on we hear everybody who sends to the group. */
function sendReport(device: Device, group: Ipv4): void {
  const { namespace } = device;
  key.ask(ALL_ROUTERS, ANY);
  key.oif = device.index;
  key.protocol = ip.IpProtocol.IGMP;
  if (routeOutput(namespace, key, route) !== 0) return;
  const source = device.addresses.some((held) => held.local === key.source) ? key.source : ANY;
  const packet = namespace.kernel.pool.alloc(REPORT_LENGTH);
  const at = packet.put(REPORT_LENGTH);
  const { view } = packet;
  view.setUint32(at, REPORT_TYPE << 24);
  view.setUint32(at + 4, 1);
  view.setUint32(at + 8, CHANGE_TO_EXCLUDE << 24);
  view.setInt32(at + 12, group);
  view.setUint16(at + 2, checksum(view, at, REPORT_LENGTH));
  const options = { bytes: ROUTER_ALERT, firstHop: ANY, found: new OptionsFound() };
  const { IGMP } = ip.IpProtocol;
  pushHeaderWithOptions(
    namespace,
    packet,
    options,
    source,
    ALL_ROUTERS,
    IGMP,
    INTERNETWORK_CONTROL,
    1,
    ip.DF,
    0,
  );
  sendComplete(namespace, packet, route);
}

/** Devices that join groups of themselves when they go up (br_multicast_join_snoopers, vxlan_igmp_join). */
export const groupListener: DeviceListener = { deviceEvent: groupEvent };

function snoopers(device: Device): void {
  if (device.up && device.bridge?.mcastSnooping === true) joinGroup(device, ALL_SNOOPERS);
  else leaveGroup(device, ALL_SNOOPERS);
}

function groupEvent(device: Device, event: DeviceEvent): void {
  if (device.kind === Kind.BRIDGE) snoopers(device);
  if (event !== 'up' && event !== 'down') return;
  const change = event === 'up' ? joinGroup : leaveGroup;
  const remote = device.vxlan?.remote ?? ANY;
  if (!isMulticast(remote)) return;
  const lower = device.underlay.devices.get(device.vxlan?.link ?? 0);
  if (lower !== undefined) change(lower, remote);
}
