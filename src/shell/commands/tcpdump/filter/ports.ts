// Ports and port ranges in filter expressions (gen_port, gen_portrange in libpcap's gencode.c).
import type { AddressCompiler } from './addresses.ts';
import { and, byteIs, NEVER, or, type Test, transportAt } from './frame-view.ts';
import { servicePort } from './names.ts';
import { sides } from './sides.ts';
import type { Direction, Qualifiers } from './syntax.ts';

const PORT_MAX = 65535;
const IPV6_HEADER = 40;
const TCP = 6;
const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['tcp', TCP],
  ['udp', 17],
  ['sctp', 132],
]);
/** The order in which a port without a protocol is looked for. */
const ANY_PROTOCOL = [TCP, 17, 132];

/** The IP protocols in which a port is looked for; null if the qualifier has no ports. */
function protocolsOf(compiler: AddressCompiler, { protocol, kind }: Qualifiers): number[] | null {
  if (protocol === '') return ANY_PROTOCOL;
  const number = PROTOCOLS.get(protocol);
  if (number !== undefined) return [number];
  compiler.fail(`illegal qualifier of '${kind}'`);
  return null;
}

export function portNumber(compiler: AddressCompiler, port: number, qualifiers: Qualifiers): Test {
  if (port > PORT_MAX) return compiler.fail(`illegal port number ${port} > ${PORT_MAX}`);
  const protocols = protocolsOf(compiler, qualifiers);
  return protocols === null ? NEVER : ports(compiler, port, port, protocols, qualifiers.direction);
}

/** A service, or for `portrange` two numbers or services with a hyphen between. */
export function portName(compiler: AddressCompiler, text: string, qualifiers: Qualifiers): Test {
  const protocols = protocolsOf(compiler, qualifiers);
  if (protocols === null) return NEVER;
  const range = qualifiers.kind === 'portrange';
  const ends = (range ? text.split('-') : [text]).map(endOf).filter((end) => end !== null);
  if (ends.length !== (range ? 2 : 1))
    return compiler.fail(range ? `unknown port in range '${text}'` : `unknown port '${text}'`);
  // A name that only TCP or only UDP has narrows the search to it.
  const own = ends.map(({ protocol }) => protocol).filter((protocol) => protocol !== 0);
  if (own.some((protocol) => !protocols.includes(protocol)))
    return compiler.fail(`port${range ? ' in range' : ''} '${text}' is ${own[0] === TCP ? 'tcp' : 'udp'}`);
  const numbers = ends.map(({ port }) => port);
  const narrowed = own.length > 0 ? own.slice(0, 1) : protocols;
  return ports(compiler, Math.min(...numbers), Math.max(...numbers), narrowed, qualifiers.direction);
}

function endOf(text: string): { port: number; protocol: number } | null {
  if (!/^\d+$/.test(text)) return servicePort(text);
  return Number(text) <= PORT_MAX ? { port: Number(text), protocol: 0 } : null;
}

/** Ports from `low` to `high` in IPv6, then in packets of IPv4 that are no later fragments. */
function ports(
  compiler: AddressCompiler,
  low: number,
  high: number,
  protocols: readonly number[],
  direction: Direction,
): Test {
  const at = compiler.link.payloadAt;
  const inRange = (port: number): boolean => port >= low && port <= high;
  const v6 = protocols.map((protocol) =>
    and(
      byteIs(at + 6, protocol),
      sides(direction, [0, 2], (offset) => (frame) => inRange(frame.u16(at + IPV6_HEADER + offset))),
    ),
  );
  const v4 = protocols.map((protocol) =>
    and(
      byteIs(at + 9, protocol),
      compiler.unfragmented(),
      sides(direction, [0, 2], (offset) => (frame) => inRange(frame.u16(transportAt(frame, at) + offset))),
    ),
  );
  return or(and(compiler.protocol('ip6'), or(...v6)), and(compiler.protocol('ip'), or(...v4)));
}
