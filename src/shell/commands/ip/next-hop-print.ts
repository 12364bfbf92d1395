// Parts of a next hop as iproute2 prints them in routes and nexthop objects (ip/iproute.c).
import { formatIpv4, type Ipv4 } from '../../../addr/ipv4.ts';
import { Color, type Printer } from '../iproute2/printer.ts';

/** RTNH_F_* and RTM_F_* by the bits that the kernel gives; some bits of a cached route mean something else there. */
const FLAGS: readonly (readonly [bit: number, name: string])[] = [
  [0x1, 'dead'],
  [0x4, 'onlink'],
  [0x2, 'pervasive'],
  [0x8, 'offload'],
  [0x40, 'trap'],
  [0x100, 'notify'],
  [0x10, 'linkdown'],
  [0x20, 'unresolved'],
  [0x4000, 'rt_offload'],
  [0x8000, 'rt_trap'],
  [0x20000000, 'rt_offload_failed'],
];

export function printFlags(out: Printer, flags: number): void {
  out.openArray('flags');
  for (const [bit, name] of FLAGS) if (flags & bit) out.item(name, `${name} `);
  out.closeArray();
}

export function printGateway(out: Printer, gateway: Ipv4): void {
  out.text('via ');
  out.field('gateway', formatIpv4(gateway), `${formatIpv4(gateway)} `, Color.INET);
}

export function printDevice(out: Printer, key: 'dev' | 'iif', name: string): void {
  out.text(`${key} `);
  out.field(key, name, `${name} `, Color.INTERFACE);
}
