// traceroute 2.1.2: the way to a host, by UDP or ICMP probes with a rising TTL.
import { strerror } from '../../../addr/errno.ts';
import { IpProtocol } from '../../../wire/ipv4.ts';
import type { Command, Context } from '../../command.ts';
import { openResolver, type Resolver } from '../probe/resolver.ts';
import { parseOptions, type TraceOptions } from './options.ts';
import { type CallFailure, connectSocket, IcmpSender, UdpSender } from './sender.ts';
import { Trace } from './trace.ts';
import { USAGE, VERSION } from './usage.ts';

const BAD_OPTION = 2;
const FAILED = 1;
/** Send waits from here on are milliseconds. */
const MILLISECONDS_FROM = 10;

async function run(context: Context, args: readonly string[]): Promise<number> {
  const resolver = await openResolver(context);
  const parsed = parseOptions(args, resolver);
  if ('show' in parsed) {
    context.out(parsed.show === 'usage' ? USAGE : VERSION);
    return 0;
  }
  if ('problem' in parsed) {
    context.err(`${parsed.problem}\n`);
    return BAD_OPTION;
  }
  return trace(context, settle(parsed.options), resolver);
}

/** What some options imply for others. */
function settle(options: TraceOptions): TraceOptions {
  const settled = { ...options };
  if (settled.sendWait >= MILLISECONDS_FROM) settled.sendWait /= 1000;
  if (settled.sourcePort !== 0) Object.assign(settled, { simultaneous: 1, here: 0, near: 0 });
  if (settled.findMtu) Object.assign(settled, { dontFragment: true, simultaneous: 1 });
  return settled;
}

async function trace(context: Context, options: TraceOptions, resolver: Resolver): Promise<number> {
  const sender = openSender(context, options);
  if ('errno' in sender) return fail(context, sender);
  const failure = await new Trace(context, options, sender, resolver).run();
  sender.close();
  if (failure !== null) return fail(context, failure);
  return context.process.killed ? 128 + context.process.signal : 0;
}

/** ICMP needs its socket, and so a route, before the first line. */
function openSender(context: Context, options: TraceOptions): UdpSender | IcmpSender | CallFailure {
  if (options.method !== 'icmp') return new UdpSender(context, options);
  const connected = connectSocket(context, options, IpProtocol.ICMP);
  return 'errno' in connected ? connected : new IcmpSender(context, options, connected.source);
}

function fail(context: Context, { call, errno }: CallFailure): number {
  context.err(`\n${call}: ${strerror(errno)}\n`);
  return FAILED;
}

export const traceroute: Command = { name: 'traceroute', run };
