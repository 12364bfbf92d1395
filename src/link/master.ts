// A device joins a master, a bridge or a VRF, and leaves it (do_set_master in net/core/rtnetlink.c).
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { type Device, Kind } from '../netns/device.ts';
import { addPort, removePort } from './bridge-ports.ts';
import { addSlave, removeSlave } from './vrf-device.ts';

/** Leaves the master that it has, and joins `master` unless it is null. */
export function setMaster(device: Device, master: Device | null): Refusal | null {
  const present = device.master;
  if (present !== null) {
    if (present === master) return null;
    if (device.vrf !== null) removeSlave(device);
    else removePort(present, device);
  }
  if (master === null) return null;
  if (master.kind === Kind.VRF) return addSlave(master, device);
  return master.bridge === null ? refuse(Errno.EOPNOTSUPP) : addPort(master, device);
}
