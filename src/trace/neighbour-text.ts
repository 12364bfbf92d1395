// A neighbour as `ip neigh` prints it, and forwarding entries as `bridge fdb` does (print_neigh and print_fdb).
import { formatIpv4 } from '../addr/ipv4.ts';
import { formatMac } from '../addr/mac.ts';
import { type Neighbour, NeighbourFlag, NUD_VALID, NudState } from '../neigh/neighbour.ts';
import type { BridgeFdbEntry, Device, VxlanFdbEntry } from '../netns/device.ts';

const STATE_NAMES = Object.entries(NudState).filter(([, bit]) => bit !== 0);

/** `10.0.0.2 dev eth0 lladdr 02:00:00:00:00:02 PERMANENT`. */
export function neighbourText({ address, device, mac, state, flags }: Neighbour): string {
  const words = [formatIpv4(address), 'dev', device.name];
  if ((state & NUD_VALID) !== 0) words.push('lladdr', formatMac(mac));
  if ((flags & NeighbourFlag.ROUTER) !== 0) words.push('router');
  if ((flags & NeighbourFlag.EXT_LEARNED) !== 0) words.push('extern_learn');
  words.push(...STATE_NAMES.filter(([, bit]) => (state & bit) !== 0).map(([name]) => name));
  return words.join(' ');
}

const stateWords = (state: number): string[] => {
  if ((state & NudState.PERMANENT) !== 0) return ['permanent'];
  return (state & NudState.NOARP) !== 0 ? ['static'] : [];
};

/** `66:2d:bf:44:a6:8b dst 10.211.55.9 self permanent`; several remotes stand one behind the other. */
export function vxlanEntryText(device: Device, entry: VxlanFdbEntry): string {
  const own = device.vxlan!;
  const remotes = entry.remotes.flatMap(({ address, port, vni, link }) => {
    const words = ['dst', formatIpv4(address)];
    if (port !== 0 && port !== own.port) words.push('port', String(port));
    if (vni !== 0 && vni !== own.vni) words.push('vni', String(vni));
    if (link !== 0) words.push('via', device.underlay.devices.get(link)?.name ?? `ifindex ${link}`);
    return words;
  });
  const flags = (entry.flags & NeighbourFlag.EXT_LEARNED) !== 0 ? ['self', 'extern_learn'] : ['self'];
  return [formatMac(entry.mac), ...remotes, ...flags, ...stateWords(entry.state)].join(' ');
}

/** `02:00:00:00:00:02 dev veth0 master br0`. */
export function bridgeEntryText(bridge: Device, entry: BridgeFdbEntry): string {
  const words = [formatMac(entry.mac), 'dev', (entry.port ?? bridge).name];
  if (entry.externLearn) words.push('extern_learn');
  words.push('master', bridge.name);
  if (entry.local) words.push('permanent');
  else if (entry.static) words.push('static');
  return words.join(' ');
}
