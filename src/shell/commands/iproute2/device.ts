// What `ip link` and `bridge link` both begin a device with (print_name_and_link in lib/utils.c, print_link_flags).
import { LINK_FLAG_NAMES } from '../../../admin/link-flags.ts';
import type { LinkInfo } from '../../../admin/types.ts';
import { Color, type Printer } from './printer.ts';

/** Other devices of the namespace, by index. */
export interface Devices {
  link(index: number): LinkInfo | null;
  nameOf(index: number): string;
}

const UP = 0x1;
const RUNNING = 0x40;

/** `<BROADCAST,UP>`; a device that is up and does not run has NO-CARRIER in front. */
export function printFlags(out: Printer, flags: number, lowerDown: boolean): void {
  const names = flags & UP && !(flags & RUNNING) ? ['NO-CARRIER'] : [];
  let rest = flags & ~RUNNING;
  for (const [flag, name] of LINK_FLAG_NAMES) {
    if (rest & flag) names.push(name);
    rest &= ~flag;
  }
  if (rest !== 0) names.push((rest >>> 0).toString(16));
  out.openArray('flags', '<');
  names.forEach((name, i) => {
    out.item(name, i === 0 ? name : `,${name}`);
  });
  if (lowerDown) out.item('M-DOWN', ',M-DOWN');
  out.closeArray('> ');
}

/** IFLA_LINK: -1 where the kernel tells none, 0 for a tunnel that is bound to no device. */
const lowerIndex = (info: LinkInfo): number => (info.hasLink ? info.link : -1);

/** `name@lower: `; true if the lower device is here and down (print_name_and_link). */
export function printName(
  out: Printer,
  info: LinkInfo,
  view: Devices,
  layout: (name: string) => string,
): boolean {
  const lower = lowerIndex(info);
  const foreign = info.linkNetnsId !== -1;
  const here = lower > 0 && !foreign;
  const suffix = lower < 0 ? '' : lower === 0 ? '@NONE' : foreign ? `@if${lower}` : `@${view.nameOf(lower)}`;
  if (lower === 0) out.only('link', null);
  else if (lower > 0 && foreign) out.only('link_index', lower);
  else if (here) out.only('link', view.nameOf(lower));
  out.field('ifname', info.name, layout(`${info.name}${suffix}`), Color.INTERFACE);
  return here && !((view.link(lower)?.flags ?? -1) & UP);
}
