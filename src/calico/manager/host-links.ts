// What Felix reads from a host's links: which of them lead out, which holds the node's address.
import { ANY, type Ipv4 } from '../../addr/ipv4.ts';
import type { LinkInfo } from '../../admin/types.ts';
import type { Port } from '../../program/port.ts';
import type { MtuLink } from '../calc/mtu.ts';

const IFF_RUNNING = 0x40;

/** ifacemonitor's "oper up": IFF_RUNNING as the kernel reports it. */
export const isOperUp = ({ flags }: LinkInfo): boolean => (flags & IFF_RUNNING) !== 0;

export const mtuLinks = (port: Port): MtuLink[] =>
  port.links().map((link) => ({ name: link.name, mtu: link.mtu, operUp: isOperUp(link) }));

/** The device that has the node's own address, '' for none (route_mgr.go's detectParentIface). */
export function parentOf(port: Port, address: Ipv4): string {
  if (address === ANY) return '';
  for (const { name } of port.links())
    if (port.addresses(name).some(({ local }) => local === address)) return name;
  return '';
}
