// arping (iputils 20221126): asks by ARP who has an address.
import { ANY, formatIpv4, type Ipv4 } from '../../../addr/ipv4.ts';
import { sourceFor } from '../../../admin/socket.ts';
import { type Device, DeviceFlag } from '../../../netns/device.ts';
import type { Command, Context } from '../../command.ts';
import { bindError } from '../probe/bind.ts';
import { inetAton, openResolver } from '../probe/resolver.ts';
import { routeDevice } from '../probe/route-device.ts';
import { Stdio } from '../probe/stdio.ts';
import { type ArpingOptions, parseOptions } from './options.ts';
import { ArpingSession } from './session.ts';

const FAILED = 2;

async function run(context: Context, args: readonly string[]): Promise<number> {
  const io = new Stdio(context, 'arping');
  const status = await start(context, args, io);
  io.flush();
  return status;
}

async function start(context: Context, args: readonly string[], io: Stdio): Promise<number> {
  const parsed = parseOptions(args, io);
  if (typeof parsed === 'number') return parsed;
  const { options, target } = parsed;
  const resolved = (await openResolver(context)).resolve(target);
  if ('problem' in resolved) {
    io.error(`${target}: ${resolved.problem}`);
    return FAILED;
  }
  const destination = resolved.address;
  const device = findDevice(context, options, destination, io);
  if (typeof device === 'number') return device;
  const source = findSource(context, options, destination, device, io);
  if (source === null) return FAILED;
  if (!options.quiet)
    io.print(`ARPING ${formatIpv4(destination)} from ${formatIpv4(source)} ${device.name}\n`);
  return new ArpingSession(context, io, { options, device, source, destination }).run();
}

/** The device as given, or that of the route; an exit status if it cannot be used. */
function findDevice(context: Context, options: ArpingOptions, destination: Ipv4, io: Stdio): Device | number {
  const name = options.device !== '' ? options.device : (routeDevice(context, destination)?.name ?? null);
  if (name === null) {
    io.error('NETLINK_ROUTE unexpected iov element');
    return 1;
  }
  const device = context.namespace.device(name);
  if (device === undefined) {
    io.error(`Device ${name} not available.`);
    return FAILED;
  }
  if (!device.up) {
    if (!options.quiet) io.print(`Interface "${name}" is down\n`);
    return FAILED;
  }
  if ((device.flags & (DeviceFlag.NOARP | DeviceFlag.LOOPBACK)) === 0) return device;
  if (!options.quiet) io.print(`Interface "${name}" is not ARPable\n`);
  return options.duplicateDetection ? 0 : FAILED;
}

/** The sender's address in the requests; null if there is none to be had. */
function findSource(
  context: Context,
  options: ArpingOptions,
  destination: Ipv4,
  device: Device,
  io: Stdio,
): Ipv4 | null {
  const { namespace } = context;
  const given = options.source === '' ? ANY : inetAton(options.source);
  if (given === null) {
    io.error(`invalid source ${options.source}`);
    return null;
  }
  if (options.duplicateDetection && options.source === '') return ANY;
  const claimed = options.unsolicited && options.source === '' ? destination : given;
  if (options.source !== '' || claimed !== 0) {
    const errno = bindError(namespace, claimed, device);
    if (errno === 0) return claimed;
    io.error('bind', errno);
    return null;
  }
  const found = sourceFor(namespace, destination, device);
  if ('source' in found) return found.source;
  io.error('connect', found.errno);
  return null;
}

export const arping: Command = { name: 'arping', run };
