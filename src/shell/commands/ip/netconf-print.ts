// Settings of a device's IPv4 as `ip netconf` and `ip monitor` print them (print_netconf in ip/ipnetconf.c).
import { NETCONF_ALL, NETCONF_DEFAULT, type NetconfInfo } from '../../../admin/netconf.ts';
import type { Printer } from '../iproute2/printer.ts';

const RP_FILTER = ['off', 'strict', 'loose'];

export function printNetconf(
  out: Printer,
  { index, settings }: NetconfInfo,
  nameOf: (index: number) => string,
): void {
  const name = index === NETCONF_ALL ? 'all' : index === NETCONF_DEFAULT ? 'default' : nameOf(index);
  out.field('family', 'inet', 'inet ');
  out.field('interface', name, `${name} `);
  const onOff = (word: string, value: number | undefined): void => {
    if (value !== undefined) out.field(word, value !== 0, `${word} ${value === 0 ? 'off' : 'on'} `);
  };
  onOff('forwarding', settings.forwarding);
  const { rp_filter: filter } = settings;
  const mode = filter === undefined ? '' : (RP_FILTER[filter] ?? String(filter));
  if (mode !== '') out.field('rp_filter', mode, `rp_filter ${mode} `);
  onOff('mc_forwarding', settings.mc_forwarding);
  onOff('proxy_neigh', settings.proxy_arp);
  onOff('ignore_routes_with_linkdown', settings.ignore_routes_with_linkdown);
  out.text('\n');
}
