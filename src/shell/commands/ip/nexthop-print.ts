// One nexthop object as `ip nexthop` prints it (__print_nexthop_entry in ip/ipnexthop.c).
import type { NexthopInfo } from '../../../admin/nexthop.ts';
import { RouteProtocol, Scope } from '../../../admin/route-constants.ts';
import type { Names } from '../iproute2/names.ts';
import type { Printer } from '../iproute2/printer.ts';
import { printDevice, printFlags, printGateway } from './next-hop-print.ts';

export interface NexthopLayout {
  readonly names: Names;
  readonly details: boolean;
}

/** Without the end of its line; `key` names it in JSON where it is part of a route. */
export function printNexthop(
  out: Printer,
  nexthop: NexthopInfo,
  { names, details }: NexthopLayout,
  key?: string,
): void {
  out.openObject(key);
  out.field('id', nexthop.id, `id ${nexthop.id} `);
  if (nexthop.group !== null) printGroup(out, nexthop.group);
  if (nexthop.gateway !== 0) printGateway(out, nexthop.gateway);
  if (nexthop.device !== '') printDevice(out, 'dev', nexthop.device);
  const scope = names.scope(nexthop.scope);
  if (nexthop.scope !== Scope.UNIVERSE || details) out.field('scope', scope, `scope ${scope} `);
  if (nexthop.blackhole) out.field('blackhole', null, 'blackhole ');
  const protocol = names.protocol(nexthop.protocol);
  if (nexthop.protocol !== RouteProtocol.UNSPEC || details)
    out.field('protocol', protocol, `proto ${protocol} `);
  printFlags(out, nexthop.flags);
  if (nexthop.fdb) out.field('fdb', null, 'fdb');
  out.closeObject();
}

/** A weight of 1 goes without saying. */
function printGroup(out: Printer, members: NonNullable<NexthopInfo['group']>): void {
  out.openArray('group', 'group ');
  members.forEach(({ id, weight }, place) => {
    out.openObject();
    if (place > 0) out.text('/');
    out.field('id', id, String(id));
    if (weight !== 1) out.field('weight', weight, `,${weight}`);
    out.closeObject();
  });
  out.text(' ');
  out.closeArray();
}
