// ping (iputils 20221126): checks what it was asked, chooses source and device, and runs a session.
import { Errno } from '../../../addr/errno.ts';
import { formatIpv4, type Ipv4, isLimitedBroadcast, isMulticast } from '../../../addr/ipv4.ts';
import { getRoute } from '../../../admin/route-get.ts';
import { sourceFor } from '../../../admin/socket.ts';
import type { Device } from '../../../netns/device.ts';
import type { Command, Context } from '../../command.ts';
import { bindError, vrfOf } from '../probe/bind.ts';
import { inetAton, openResolver, type Resolver } from '../probe/resolver.ts';
import { Stdio } from '../probe/stdio.ts';
import { padding } from './echo.ts';
import { PathMtuDiscovery, type PingOptions, parseOptions } from './options.ts';
import { PingSession } from './session.ts';
import { USAGE } from './usage.ts';

const FAILED = 2;
/** Where the socket is connected to that finds the source address. */
const PROBE_PORT = 1025;
const SIGINT = 2;
/** What IP_OPTIONS adds to the length in the first line, whatever the option's real length. */
const OPTIONS_LENGTH = 40;

/** A destination as given and as resolved. */
interface Host {
  readonly hostname: string;
  readonly address: Ipv4;
  /** Given as a name: answers are told with names. */
  readonly named: boolean;
  /** Hosts before the last one: the route of -T tsprespec. */
  readonly route: readonly Ipv4[];
}

async function run(context: Context, args: readonly string[]): Promise<number> {
  const io = new Stdio(context, 'ping');
  const status = await start(context, args, io);
  // A signal that is not caught takes what was not flushed with it.
  if (!context.process.killed || context.process.signal === SIGINT) io.flush();
  return status;
}

async function start(context: Context, args: readonly string[], io: Stdio): Promise<number> {
  const parsed = parseOptions(args, io);
  if (typeof parsed === 'number') return parsed;
  const { options, operands } = parsed;
  if (operands.length === 0) {
    io.error('usage error', Errno.EDESTADDRREQ);
    return 1;
  }
  const data = fill(options, io);
  if (data === null || !openSockets(options, io)) return FAILED;
  const resolver = await openResolver(context);
  const host = resolveHosts(operands, options, resolver, io);
  if (host === null) return FAILED;
  return runSession(context, io, options, host, data, resolver);
}

/** The data of the requests; null if the pattern is none. */
function fill(options: PingOptions, io: Stdio): Uint8Array | null {
  const filled = padding(options.dataLength, options.pattern);
  if ('bad' in filled) {
    io.error(`patterns must be specified as hex digits: ${filled.bad}`);
    return null;
  }
  if (filled.shown !== '' && !options.quiet) io.print(`PATTERN: 0x${filled.shown}\n`);
  return filled.bytes;
}

/** The sockets of a machine without IPv6: what -v and -6 say of them. */
function openSockets(options: PingOptions, io: Stdio): boolean {
  if (options.family !== 4 && (options.family === 6 || options.verbose)) {
    io.error('socktype: SOCK_DGRAM');
    io.error('socket', Errno.EAFNOSUPPORT);
  }
  if (options.family === 6) return false;
  if (options.verbose) {
    const other = options.family === 4 ? '0' : 'SOCK_DGRAM';
    io.error(
      `sock4.fd: 3 (socktype: SOCK_RAW), sock6.fd: -1 (socktype: ${other}), hints.ai_family: AF_INET\n`,
    );
  }
  return true;
}

function resolveHosts(
  operands: readonly string[],
  options: PingOptions,
  resolver: Resolver,
  io: Stdio,
): Host | null {
  const addresses: Ipv4[] = [];
  let hostname = '';
  let named = false;
  const order = [operands[operands.length - 1], ...operands.slice(0, -1), operands[operands.length - 1]];
  for (const [i, name] of order.entries()) {
    const resolved = resolver.resolve(name);
    if ('problem' in resolved) {
      io.error(`${name}: ${resolved.problem}`);
      return null;
    }
    if (i === 0) {
      if (options.verbose) io.print(`ai->ai_family: AF_INET, ai->ai_canonname: '${resolved.canonical}'\n`);
      if (!operandsAllowed(operands.length, options, io)) return null;
      continue;
    }
    named = inetAton(name) === null;
    hostname = named ? resolved.canonical : name;
    addresses.push(resolved.address);
  }
  return { hostname, address: addresses.pop() as Ipv4, named, route: addresses };
}

/** Several hosts are a timestamp's addresses, or a source route, which the kernel of this lab refuses. */
function operandsAllowed(count: number, options: PingOptions, io: Stdio): boolean {
  if (count === 1) return true;
  const prespecified = options.timestampType === 3 && count <= 5;
  if (prespecified) return true;
  if (options.recordRoute || options.timestampType >= 0 || count > 10) io.errorText(USAGE);
  else io.error('record route', Errno.EPERM);
  return false;
}

async function runSession(
  context: Context,
  io: Stdio,
  options: PingOptions,
  host: Host,
  data: Uint8Array,
  resolver: Resolver,
): Promise<number> {
  const bound = bindDevice(context, options, host.address, io);
  if (bound === null) return FAILED;
  const source = chooseSource(context, options, host, bound.device, io);
  if (source === null) return FAILED;
  const destination = host.address === 0 ? source : host.address;
  const multicast = options.broadcast || isMulticast(destination);
  if (!socketOptionsAllowed(context, options, source, bound.device, io)) return FAILED;
  const ipOptions = optionBytes(options, host.route);
  io.print(headerLine(options, host.hostname, destination, source, ipOptions !== null));
  const numeric = options.numeric || !host.named;
  const target = {
    options,
    hostname: host.hostname,
    destination,
    source,
    device: bound.device,
    ipOptions,
    data,
    identifier: options.identifier >= 0 ? options.identifier : context.process.pid & 0xffff,
    pathMtuDiscovery: pathMtuDiscovery(context, options, multicast),
    multicast,
    nameOf: (address: Ipv4) =>
      numeric ? formatIpv4(address) : `${resolver.nameOf(address)} (${formatIpv4(address)})`,
    sendError: options.dontRoute ? dontRouteError(context, destination) : 0,
  };
  return new PingSession(context, io, target).run();
}

/** SO_BINDTODEVICE; null if there is no such device. */
function bindDevice(
  context: Context,
  options: PingOptions,
  destination: Ipv4,
  io: Stdio,
): { device: Device | null } | null {
  if (options.device === '') return { device: vrfOf(context) };
  const device = context.namespace.device(options.device);
  if (device !== undefined) return { device };
  if (isMulticast(destination)) io.error(`unknown iface: ${options.device}`);
  else io.error(`SO_BINDTODEVICE ${options.device}`, Errno.ENODEV);
  return null;
}

/** The address that requests leave with: as given, or what connect(2) chooses; null if there is none. */
function chooseSource(
  context: Context,
  options: PingOptions,
  host: Host,
  device: Device | null,
  io: Stdio,
): Ipv4 | null {
  if (options.source !== 0) return options.source;
  const chosen = connectProbe(context, options, host.route[0] ?? host.address, device, io);
  if (chosen === null || device === null || options.device === '') return chosen;
  if (!device.addresses.some((held) => held.local === chosen))
    io.error(`Warning: source address might be selected on device other than: ${device.name}`);
  return chosen;
}

function connectProbe(
  context: Context,
  options: PingOptions,
  destination: Ipv4,
  device: Device | null,
  io: Stdio,
): Ipv4 | null {
  const found = sourceFor(context.namespace, destination, device ?? undefined, {
    tos: options.tos,
    mark: options.mark,
    port: PROBE_PORT,
  });
  const errno = 'errno' in found ? found.errno : found.broadcast ? Errno.EACCES : 0;
  if (errno === Errno.EACCES && !options.broadcast) {
    io.error('Do you want to ping broadcast? Then -b. If not, check your local firewall rules');
    return null;
  }
  if (errno === Errno.EACCES) io.errorText('WARNING: pinging broadcast address\n');
  if ('source' in found) return found.source;
  io.error('connect', found.errno);
  return null;
}

function socketOptionsAllowed(
  context: Context,
  options: PingOptions,
  source: Ipv4,
  device: Device | null,
  io: Stdio,
): boolean {
  const errno = options.strictSource ? bindError(context.namespace, source, device) : 0;
  if (errno !== 0) io.error('bind', errno);
  else if (options.ttl === 0) io.error('cannot set unicast time-to-live', Errno.EINVAL);
  return errno === 0 && options.ttl !== 0;
}

/** IP_MTU_DISCOVER: broadcasts are never fragmented; else as asked, else as ip_no_pmtu_disc has it. */
function pathMtuDiscovery(context: Context, options: PingOptions, multicast: boolean): number {
  if (options.pathMtuDiscovery >= 0) return options.pathMtuDiscovery;
  if (multicast) return PathMtuDiscovery.do;
  return context.namespace.conf.ip_no_pmtu_disc ? PathMtuDiscovery.dont : PathMtuDiscovery.want;
}

/** SO_DONTROUTE takes only destinations on a link of ours. */
function dontRouteError(context: Context, destination: Ipv4): Errno {
  if (isMulticast(destination) || isLimitedBroadcast(destination)) return 0;
  const answer = getRoute(context.namespace, { destination });
  return 'value' in answer && answer.value.gateway === 0 ? 0 : Errno.ENETUNREACH;
}

function headerLine(
  options: PingOptions,
  hostname: string,
  destination: Ipv4,
  source: Ipv4,
  hasOptions: boolean,
): string {
  const from =
    options.device !== '' || options.strictSource ? `from ${formatIpv4(source)} ${options.device}: ` : '';
  const total = options.dataLength + 28 + (hasOptions ? OPTIONS_LENGTH : 0);
  return `PING ${hostname} (${formatIpv4(destination)}) ${from}${options.dataLength}(${total}) bytes of data.\n`;
}

/** The bytes for IP_OPTIONS (RFC 791: record route, timestamp), or null. */
export function optionBytes(options: PingOptions, route: readonly Ipv4[]): Uint8Array | null {
  if (options.recordRoute) return Uint8Array.from({ length: 40 }, (_, i) => [1, 7, 39, 4][i] ?? 0);
  const type = options.timestampType;
  if (type < 0) return null;
  const length = type === 0 ? 40 : type === 1 ? 36 : 4 + route.length * 8;
  const bytes = new Uint8Array(length);
  bytes.set([68, length, 5, type]);
  const view = new DataView(bytes.buffer);
  if (type === 3) for (const [i, address] of route.entries()) view.setInt32(4 + i * 8, address);
  return bytes;
}

export const ping: Command = { name: 'ping', run };
