// One IPv4 address as `ip address` prints it (print_addrinfo in ip/ipaddress.c).
import { formatIpv4 } from '../../../addr/ipv4.ts';
import type { Ipv6AddressInfo } from '../../../admin/ipv6.ts';
import type { AddressInfo } from '../../../admin/types.ts';
import type { Names } from '../iproute2/names.ts';
import { Color, type Printer } from '../iproute2/printer.ts';
import { ADDRESS_FLAGS, PERMANENT } from './address-filter.ts';

const FOREVER = 0xffffffff;

export interface AddressLayout {
  readonly names: Names;
  readonly brief: boolean;
  /** The line starts with index and name, as with `-oneline` and while flushing. */
  readonly named: boolean;
}

export function printAddress(out: Printer, info: AddressInfo, layout: AddressLayout): void {
  if (!layout.brief) {
    if (layout.named) printDevice(out, info);
    out.field('family', 'inet', '    inet ');
  }
  printEnds(out, info);
  if (layout.brief) return;
  if (info.broadcast !== 0) {
    out.text('brd ');
    out.field('broadcast', formatIpv4(info.broadcast), `${formatIpv4(info.broadcast)} `, Color.INET);
  }
  const scope = layout.names.scope(info.scope);
  out.field('scope', scope, `scope ${scope} `);
  printFlags(out, info.flags);
  if (info.label !== '') out.field('label', info.label, info.label);
  printLifetimes(out, info);
  out.text('\n');
}

/** The kernel says the lifetimes of all, and no broadcast address, peer or label. */
export function printIpv6Address(out: Printer, info: Ipv6AddressInfo, layout: AddressLayout): void {
  if (!layout.brief) {
    if (layout.named) printDevice(out, info);
    out.field('family', 'inet6', '    inet6 ');
  }
  out.field('local', info.local, info.local, Color.INET6);
  if (info.peer !== '') {
    out.text(' peer ');
    out.field('address', info.peer, info.peer, Color.INET6);
  }
  out.field('prefixlen', info.length, `/${info.length} `);
  if (info.metric !== 0) out.field('metric', info.metric, `metric ${info.metric} `);
  if (layout.brief) return;
  const scope = layout.names.scope(info.scope);
  out.field('scope', scope, `scope ${scope} `);
  printFlags(out, info.flags);
  printLifetimes(out, { validLifetime: FOREVER, preferredLifetime: FOREVER });
  out.text('\n');
}

function printDevice(out: Printer, info: Pick<AddressInfo, 'index' | 'deviceName'>): void {
  out.only('index', info.index);
  out.only('dev', info.deviceName);
  out.text(`${info.index}: ${info.deviceName}`);
}

function printEnds(out: Printer, info: AddressInfo): void {
  out.field('local', formatIpv4(info.local), formatIpv4(info.local), Color.INET);
  if (info.peer !== info.local) {
    out.text(' peer ');
    out.field('address', formatIpv4(info.peer), formatIpv4(info.peer), Color.INET);
  }
  out.field('prefixlen', info.length, `/${info.length} `);
  if (info.metric !== 0) out.field('metric', info.metric, `metric ${info.metric} `);
}

/** Each flag once, whatever its names; what has no name is left in hexadecimal. */
function printFlags(out: Printer, flags: number): void {
  let rest = flags;
  for (const { name, mask } of ADDRESS_FLAGS) {
    if (mask === PERMANENT) {
      if (!(rest & mask)) out.field('dynamic', true, 'dynamic ');
    } else if (rest & mask) {
      out.field(name, true, `${name} `);
    }
    rest &= ~mask;
  }
  const hex = (rest >>> 0).toString(16).padStart(2, '0');
  if (rest !== 0) out.field('ifa_flags', hex, `flags ${hex} `);
}

function printLifetimes(out: Printer, info: Pick<AddressInfo, 'validLifetime' | 'preferredLifetime'>): void {
  out.newline();
  const text = (seconds: number): string => (seconds === FOREVER ? 'forever' : `${seconds}sec`);
  out.text('       valid_lft ');
  out.field('valid_life_time', info.validLifetime, text(info.validLifetime));
  out.text(' preferred_lft ');
  out.field('preferred_life_time', info.preferredLifetime, text(info.preferredLifetime));
}
