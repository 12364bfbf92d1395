// socat 1.7.4: two addresses, and what comes from either goes to the other; UDP over IPv4, files, standard input.
import { Errno, strerror } from '../../../addr/errno.ts';
import { formatIpv4, type Ipv4 } from '../../../addr/ipv4.ts';
import {
  closeSocket,
  closeUdpPort,
  openSocket,
  openUdpPort,
  sendDatagram,
  sourceFor,
} from '../../../admin/socket.ts';
import { checksum, pseudoHeaderSum } from '../../../wire/checksum.ts';
import * as ip from '../../../wire/ipv4.ts';
import * as udp from '../../../wire/udp.ts';
import type { Command, Context } from '../../command.ts';
import { type Message, MessageQueue } from '../probe/message-queue.ts';
import { parseSocatAddress, type SocatAddress } from './address.ts';

/** Bytes that are read at once, and so are one datagram. */
const BLOCK = 8192;
/** How long the other direction goes on when one has ended. */
const LINGER = 500_000;
const FIRST_EPHEMERAL_PORT = 32768;
const EPHEMERAL_PORTS = 28232;

type Udp = Extract<SocatAddress, { kind: 'udp' }>;
type Source = Exclude<SocatAddress, { kind: 'udp' | 'udp-listen' }>;

function fail(context: Context, text: string): number {
  context.err(`socat: E ${text}\n`);
  return 1;
}

/** All that a file or standard input has; a text says why it cannot be read. */
async function contentOf(context: Context, source: Source): Promise<Uint8Array | string> {
  if (source.kind === 'stdio') return context.readStdin();
  const { path, readBytes } = source;
  if (path === '/dev/zero' && readBytes !== null) return new Uint8Array(readBytes);
  const content = await context.open(path);
  return typeof content === 'string' || readBytes === null ? content : content.subarray(0, readBytes);
}

function datagram(source: Ipv4, sourcePort: number, { remote, port }: Udp, data: Uint8Array): Uint8Array {
  const payload = new Uint8Array(udp.UDP_HEADER + data.length);
  const view = new DataView(payload.buffer);
  udp.write(view, 0, sourcePort, port, payload.length);
  payload.set(data, udp.UDP_HEADER);
  const pseudo = pseudoHeaderSum(source, remote, ip.IpProtocol.UDP, payload.length);
  view.setUint16(udp.UDP_CHECKSUM_OFFSET, checksum(view, 0, payload.length, pseudo) || 0xffff);
  return payload;
}

/** From a file or standard input to a UDP address, and back what comes within half a second. */
async function send(context: Context, from: Source, to: Udp): Promise<number> {
  const content = await contentOf(context, from);
  if (typeof content === 'string') return fail(context, `open: ${content}`);
  const { namespace, lab } = context;
  const where = `AF=2 ${formatIpv4(to.remote)}:${to.port}, 16`;
  const sourcePort = to.sourcePort || FIRST_EPHEMERAL_PORT + (lab.kernel.random.u32() % EPHEMERAL_PORTS);
  const how = { tos: to.tos & 0x1e, port: to.port };
  const found = sourceFor(namespace, to.remote, undefined, how);
  if ('errno' in found) return fail(context, `connect(5, ${where}): ${strerror(found.errno)}`);
  const options = { protocol: ip.IpProtocol.UDP, peer: to.remote };
  const now = (): number => lab.kernel.clock.now;
  const queue = new MessageQueue(options, now);
  if (!openUdpPort(namespace, sourcePort, queue))
    return fail(context, `bind(5): ${strerror(Errno.EADDRINUSE)}`);
  const errors = new MessageQueue({ ...options, wants: () => false }, now);
  openSocket(namespace, errors);
  const errno = sendAll(context, to, { source: found.source, sourcePort, content });
  await context.process.sleep(LINGER);
  closeSocket(namespace, errors);
  closeUdpPort(namespace, sourcePort);
  if (errno !== 0) return fail(context, `sendto(5, ${where}): ${strerror(errno)}`);
  for (const message of queue.messages) context.outBytes(dataOf(message));
  return errors.errors.length > 0 ? fail(context, `read(5): ${strerror(Errno.ECONNREFUSED)}`) : 0;
}

interface Sending {
  readonly source: Ipv4;
  readonly sourcePort: number;
  readonly content: Uint8Array;
}

function sendAll({ namespace, lab }: Context, to: Udp, { source, sourcePort, content }: Sending): Errno | 0 {
  for (let at = 0; at < content.length; at += BLOCK) {
    const payload = datagram(source, sourcePort, to, content.subarray(at, at + BLOCK));
    const request = { destination: to.remote, source, protocol: ip.IpProtocol.UDP, tos: to.tos, payload };
    const errno = sendDatagram(namespace, { ...request, connected: true });
    if (errno !== 0) return errno;
    lab.settle();
  }
  return 0;
}

const dataOf = ({ bytes, headerLength }: Message): Uint8Array =>
  bytes.subarray(headerLength + udp.UDP_HEADER);

type Listener = Extract<SocatAddress, { kind: 'udp-listen' }>;

/** Hears until it is killed: without `fork` the first peer alone. */
async function hear(context: Context, from: Listener, to: Source): Promise<number> {
  const { namespace, process, lab } = context;
  const queue = new MessageQueue({ protocol: ip.IpProtocol.UDP }, () => lab.kernel.clock.now);
  if (!openUdpPort(namespace, from.port, queue))
    return fail(context, `bind(5): ${strerror(Errno.EADDRINUSE)}`);
  let first: Ipv4 | null = null;
  while (!process.killed) {
    for (const message of queue.messages.splice(0)) {
      first ??= message.source;
      if (!from.forks && message.source !== first) continue;
      if (to.kind === 'stdio') context.outBytes(dataOf(message));
      else await context.appendFile(to.path, dataOf(message));
    }
    await process.wait(Number.POSITIVE_INFINITY, (wake) => {
      queue.onArrival = wake;
    });
  }
  closeUdpPort(namespace, from.port);
  return 128 + process.signal;
}

async function run(context: Context, words: readonly string[]): Promise<number> {
  if (words.length !== 2)
    return fail(
      context,
      `exactly 2 addresses required (there are ${words.length}); use option "-h" for help`,
    );
  const [from, to] = words.map(parseSocatAddress);
  const known = (address: SocatAddress | null): address is Source =>
    address !== null && (address.kind === 'stdio' || address.kind === 'file');
  if (known(from) && to !== null && to.kind === 'udp') return send(context, from, to);
  if (from !== null && from.kind === 'udp-listen' && known(to)) return hear(context, from, to);
  context.err(`vrouter: socat ${words.join(' ')} is not emulated\n`);
  return 1;
}

export const socat: Command = { name: 'socat', run };
