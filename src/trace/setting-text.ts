// A setting of a device as `sysctl` writes it, where all's has a say in it.
import type { Device } from '../netns/device.ts';

/** The larger or either of a device's setting and all's, and where it is set: `net.ipv4.conf.all.rp_filter=1`. */
export function settingText(device: Device, name: 'rp_filter' | 'proxy_arp' | 'arp_ignore'): string {
  const { confAll } = device.namespace;
  const from = confAll[name] > device.conf[name] ? 'all' : device.name;
  return `net.ipv4.conf.${from}.${name}=${Math.max(confAll[name], device.conf[name])}`;
}
