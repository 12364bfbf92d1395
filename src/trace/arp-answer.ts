// Why a host answers an ARP question, or does not (arp_process in net/ipv4/arp.c).
import { formatIpv4, type Ipv4 } from '../addr/ipv4.ts';
import { FlowKey } from '../fib/flow.ts';
import { RouteType } from '../fib/route.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { settingText } from './setting-text.ts';

const key = new FlowKey();

/** Why a question for `target` at `device` gets no answer. */
export function explainNoAnswer(namespace: Namespace, device: Device, target: Ipv4): string[] {
  const { fib } = namespace;
  if (namespace.addressOwners.has(target)) return [settingText(device, 'arp_ignore')];
  const failed = fib.lookup(key.ask(target, 0 as Ipv4));
  const proxy = settingText(device, 'proxy_arp');
  if (proxy.endsWith('=0') && !namespace.neighbours.isProxied(device.index, target)) return [proxy];
  if (failed !== 0 || fib.route?.type !== RouteType.UNICAST)
    return [`${proxy} but no route to ${formatIpv4(target)}`];
  if (device.conf.forwarding === 0) return [`${proxy} but net.ipv4.conf.${device.name}.forwarding=0`];
  if (fib.nextHop?.device === device)
    return [`${proxy} but the route to ${formatIpv4(target)} leads back to ${device.name}`];
  return [proxy];
}
