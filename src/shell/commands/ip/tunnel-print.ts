// One tunnel as `ip tunnel` prints it (print_tunnel in ip/iptunnel.c, tnl_print_stats in ip/tunnel.c).
import { ANY, formatIpv4, type Ipv4 } from '../../../addr/ipv4.ts';
import type { IpipInfo, LinkInfo } from '../../../admin/types.ts';
import type { Names } from '../iproute2/names.ts';
import { Color, type Printer } from '../iproute2/printer.ts';

export type Tunnel = LinkInfo & { readonly ipip: IpipInfo };

const PROTOCOLS: Readonly<Record<number, string>> = { 0: 'any', 4: 'ip', 137: 'mpls' };
const INHERIT_TOS = 1;

/** The line without its end. */
export function printTunnel(
  out: Printer,
  { name, ipip }: Tunnel,
  names: Names,
  nameOf: (index: number) => string,
): void {
  out.openObject();
  out.field('ifname', name, `${name}: `, Color.INTERFACE);
  const mode = `${PROTOCOLS[ipip.protocol] ?? 'unknown'}/ip`;
  out.field('mode', mode, `${mode} `);
  out.text('remote ');
  out.field('remote', formatIpv4(ipip.remote), `${endpoint(ipip.remote)} `, Color.INET);
  out.text('local ');
  out.field('local', formatIpv4(ipip.local), endpoint(ipip.local), Color.INET);
  if (ipip.link !== 0) out.field('dev', nameOf(ipip.link), ` dev ${nameOf(ipip.link)}`);
  if (ipip.ttl === 0) out.text(' ttl inherit');
  else out.field('ttl', ipip.ttl, ` ttl ${ipip.ttl}`);
  printTos(out, ipip.tos, names);
  if (!ipip.pmtudisc) out.field('nopmtudisc', null, ' nopmtudisc');
  out.closeObject();
}

const endpoint = (address: Ipv4): string => (address === ANY ? 'any' : formatIpv4(address));

/** The lowest bit stands for inherit. */
function printTos(out: Printer, tos: number, names: Names): void {
  if (tos === 0) return;
  if (tos === INHERIT_TOS) {
    out.text(' tos inherit');
    return;
  }
  const text = tos & INHERIT_TOS ? `inherit/${names.dsfield(tos & ~INHERIT_TOS)}` : names.dsfield(tos);
  out.field('tos', names.dsfield(tos), ` tos ${text}`);
}

/** Counters, which -json does not change. */
export function printTunnelStats(out: Printer, { stats }: Tunnel, oneline: boolean): void {
  const end = oneline ? '\\' : '\n';
  const columns = (values: readonly (readonly [value: number, width: number])[]): string =>
    values.map(([value, width]) => String(value).padEnd(width)).join(' ');
  const received = columns([
    [stats.rxPackets, 10],
    [stats.rxBytes, 12],
    [stats.rxErrors, 6],
    [stats.rxFrameErrors, 8],
    [0, 8],
    [stats.multicast, 8],
  ]);
  const sent = columns([
    [stats.txPackets, 10],
    [stats.txBytes, 12],
    [stats.txErrors, 6],
    [stats.collisions, 8],
    [stats.txCarrierErrors, 8],
    [stats.txDropped, 6],
  ]);
  out.always(`${end}RX: Packets    Bytes        Errors CsumErrs OutOfSeq Mcasts${end}    ${received}`);
  out.always(`${end}TX: Packets    Bytes        Errors DeadLoop NoRoute  NoBufs${end}    ${sent}`);
}
