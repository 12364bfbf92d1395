// Flags and addresses of interfaces changed as ifconfig changes them: by ioctl, with its messages.
import { Errno, type Refusal, refuse, strerror } from '../../../addr/errno.ts';
import { interfaceAddress, removeInterfaceAddress } from '../../../admin/interface-ioctl.ts';
import { getLink, setLink } from '../../../admin/link.ts';
import type { LinkSet } from '../../../admin/types.ts';
import { DeviceFlag } from '../../../netns/device.ts';
import type { Namespace } from '../../../netns/namespace.ts';
import type { Context } from '../../command.ts';

/** The change of a device that setting or clearing a flag means; {} for a flag that cannot be changed. */
function changeOf(flag: number, on: boolean): LinkSet {
  switch (flag) {
    case DeviceFlag.UP:
      return { up: on };
    case DeviceFlag.NOARP:
      return { arp: !on };
    case DeviceFlag.PROMISC:
      return { promisc: on };
    case DeviceFlag.ALLMULTI:
      return { allmulticast: on };
    case DeviceFlag.MULTICAST:
      return { multicast: on };
    default:
      return {};
  }
}

const deviceOf = (name: string): string => name.split(':')[0];

/** SIOCSIFFLAGS. An alias has only IFF_UP, and loses its address without it. */
function setFlags(namespace: Namespace, name: string, flag: number, on: boolean): Refusal | null {
  if (!name.includes(':')) return setLink(namespace, name, changeOf(flag, on));
  if (interfaceAddress(namespace, name) === null) return refuse(Errno.EADDRNOTAVAIL);
  const isUp = flagOf(namespace, name, DeviceFlag.UP);
  const staysUp = flag === DeviceFlag.UP ? on : isUp;
  return staysUp ? null : removeInterfaceAddress(namespace, name);
}

/** Whether the flag is set; false where there is no such device. */
export function flagOf(namespace: Namespace, name: string, flag: number): boolean {
  const answer = getLink(namespace, deviceOf(name));
  return 'value' in answer && (answer.value.flags & flag) !== 0;
}

/** set_flag and clr_flag of ifconfig: 0, or -1 when it was refused and told. */
export function changeFlag(context: Context, name: string, flag: number, on: boolean): number {
  const { namespace } = context;
  const answer = getLink(namespace, deviceOf(name));
  if ('refusal' in answer) {
    context.err(`${name}: ERROR while getting interface flags: ${strerror(answer.refusal.errno)}\n`);
    return -1;
  }
  const refusal = setFlags(namespace, name, flag, on);
  if (refusal === null) return 0;
  context.err(`SIOCSIFFLAGS: ${strerror(refusal.errno)}\n`);
  return -1;
}
