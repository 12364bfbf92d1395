// The words of `vrouter trace` as a packet and its two ends.
import { InvalidArgumentError } from 'commander';
import type { Probe } from '../trace/probe.ts';
import type { TraceRequest } from '../trace/trace.ts';
import type { ResolveEnd } from '../trace/trace-ends.ts';
import type { ProbeProtocol } from '../trace/trace-types.ts';
import type { LabFlags } from './lab-source.ts';
import { numberFrom } from './numbers.ts';
import type { Wrong } from './wrong.ts';

export interface TraceFlags extends LabFlags {
  readonly size?: number;
  readonly df?: boolean;
  readonly proto: ProbeProtocol;
  readonly port?: number;
  readonly ttl?: number;
  readonly listen?: boolean;
  readonly oneWay?: boolean;
  readonly json?: boolean;
  readonly write?: string;
}

const PROTOCOLS: readonly string[] = ['icmp', 'udp', 'tcp'];
/** What `ping` sends; of TCP a bare SYN. */
const SIZES = { icmp: 56, udp: 56, tcp: 0 } as const;
/** What the headers leave of 65,535 bytes. */
const SIZE_MAX = 65_507;
/** traceroute's first port, where nobody listens; HTTP. */
const PORTS = { icmp: 0, udp: 33434, tcp: 80 } as const;
/** The first of the range for programs that name none (IANA; RFC 6335 section 6). */
const SOURCE_PORT = 49152;

export const sizeOf = numberFrom(0, SIZE_MAX);

export function protocolOf(text: string): ProbeProtocol {
  if (!PROTOCOLS.includes(text)) throw new InvalidArgumentError(`It is one of ${PROTOCOLS.join(', ')}.`);
  return text as ProbeProtocol;
}

/** What is wrong with the flags together; null for nothing. */
export function conflictOf({ proto, port, listen }: TraceFlags): Wrong | null {
  if (proto === 'icmp' && port !== undefined)
    return { wrong: '--port: ICMP has no ports (--proto udp or tcp)' };
  if (listen === true && proto !== 'udp') return { wrong: `--listen: only for --proto udp, not ${proto}` };
  return null;
}

function probeOf(flags: TraceFlags): Probe {
  const { proto, size, df, ttl, port } = flags;
  return {
    protocol: proto,
    size: size ?? SIZES[proto],
    df: df === true,
    ttl: ttl ?? 0,
    sourcePort: proto === 'icmp' ? 0 : SOURCE_PORT,
    port: port ?? PORTS[proto],
  };
}

/** The request, or which end means nothing. `known` says what an end may be. */
export function requestOf(
  ends: ResolveEnd,
  known: string,
  from: string,
  to: string,
  flags: TraceFlags,
): TraceRequest | Wrong {
  const [source, target] = [ends(from), ends(to)];
  if (source === null) return { wrong: `FROM ${from}: it is ${known}` };
  if (source.namespace === null) return { wrong: `FROM ${from}: nobody holds this address; it is ${known}` };
  if (target === null) return { wrong: `TO ${to}: it is ${known}, or any IPv4 address` };
  if (target.address === 0) return { wrong: `TO ${to}: it has no IPv4 address` };
  return {
    from: { ...source, name: from, namespace: source.namespace },
    to: { ...target, name: to },
    probe: probeOf(flags),
    oneWay: flags.oneWay === true,
    listen: flags.listen === true,
  };
}
