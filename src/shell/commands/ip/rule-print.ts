// One rule as `ip rule` prints it (print_rule in ip/iprule.c).
import { formatIpv4, type Ipv4 } from '../../../addr/ipv4.ts';
import { RouteProtocol, RouteType, RuleAction } from '../../../admin/route-constants.ts';
import type { RuleInfo } from '../../../admin/types.ts';
import { alternateHex } from '../iproute2/hex.ts';
import type { Names } from '../iproute2/names.ts';
import { Color, type Printer } from '../iproute2/printer.ts';

export interface RuleLayout {
  readonly names: Names;
  readonly details: boolean;
}

const ALL_BITS = 0xffffffff;

export function printRule(out: Printer, rule: RuleInfo, layout: RuleLayout): void {
  out.openObject();
  out.field('priority', rule.priority, `${rule.priority}:\t`);
  if (rule.invert) out.field('not', null, 'not ');
  printSelector(out, rule, layout.names);
  printAction(out, rule, layout.names);
  const protocol = layout.names.protocol(rule.protocol);
  if (layout.details || (rule.protocol !== 0 && rule.protocol !== RouteProtocol.KERNEL))
    out.field('protocol', protocol, ` proto ${protocol}`);
  out.text('\n');
  out.closeObject();
}

function printSelector(out: Printer, rule: RuleInfo, names: Names): void {
  if (rule.sourceLength === 0) out.field('src', 'all', 'from all');
  else printEnd(out, 'src', 'from ', rule.source, rule.sourceLength);
  if (rule.destinationLength !== 0) printEnd(out, 'dst', ' to ', rule.destination, rule.destinationLength);
  const tos = names.dsfield(rule.tos);
  if (rule.tos !== 0) out.field('tos', tos, ` tos ${tos}`);
  printMark(out, rule.mark, rule.markMask);
  printDevice(out, 'iif', rule.iif, rule.iifDetached);
  printDevice(out, 'oif', rule.oif, rule.oifDetached);
  if (rule.tunnelId !== 0) out.field('tun_id', rule.tunnelId, ` tun_id ${rule.tunnelId}`);
  if (rule.uidRange !== null) printUsers(out, rule.uidRange);
  const protocol = names.inetProtocol(rule.ipProtocol);
  if (rule.ipProtocol !== 0) out.field('ipproto', protocol, ` ipproto ${protocol}`);
  printPorts(out, 'sport', rule.sourcePorts);
  printPorts(out, 'dport', rule.destinationPorts);
}

function printEnd(out: Printer, key: 'src' | 'dst', word: string, address: Ipv4, length: number): void {
  out.text(word);
  out.field(key, formatIpv4(address), formatIpv4(address), Color.INET);
  if (length !== 32) out.field(`${key}len`, length, `/${length}`);
}

function printMark(out: Printer, mark: number, mask: number): void {
  if (mark === 0 && mask === 0) return;
  out.field('fwmark', alternateHex(mark), ` fwmark ${alternateHex(mark)}`);
  if (mask >>> 0 !== ALL_BITS) out.field('fwmask', alternateHex(mask), `/${alternateHex(mask)}`);
}

function printDevice(out: Printer, key: 'iif' | 'oif', name: string, detached: boolean): void {
  if (name === '') return;
  out.text(` ${key} `);
  out.field(key, name, name, Color.INTERFACE);
  if (detached) out.field(`${key}_detached`, null, ' [detached]');
}

function printUsers(out: Printer, [first, last]: readonly [number, number]): void {
  out.field('uid_start', first, ` uidrange ${first}`);
  out.field('uid_end', last, `-${last}`);
}

function printPorts(out: Printer, key: 'sport' | 'dport', [first, last]: readonly [number, number]): void {
  if (first === 0 && last === 0) return;
  if (first === last) {
    out.field(key, first, ` ${key} ${first}`);
    return;
  }
  out.field(`${key}_start`, first, ` ${key} ${first}`);
  out.field(`${key}_end`, last, `-${last}`);
}

function printAction(out: Printer, rule: RuleInfo, names: Names): void {
  if (rule.l3mdev) {
    out.field('l3mdev', null, ' lookup [l3mdev-table]');
  } else if (rule.table !== 0) printLookup(out, rule, names);
  printRealms(out, rule.realms, names);
  if (rule.action === RuleAction.GOTO) {
    out.field('goto', rule.target, ` goto ${rule.target}`);
    if (rule.unresolved) out.field('unresolved', null, ' [unresolved]');
  } else if (rule.action === RuleAction.NOP) {
    out.field('nop', null, ' nop');
  } else if (rule.action === RouteType.NAT) {
    out.text(' masquerade');
  } else if (rule.action !== RuleAction.TO_TABLE) {
    const action = names.routeType(rule.action);
    out.field('action', action, ` ${action}`);
  }
}

function printRealms(out: Printer, realms: number, names: Names): void {
  if (realms === 0) return;
  const from = names.realm(realms >>> 16);
  const to = names.realm(realms & 0xffff);
  out.text(' realms ');
  if (realms >>> 16 !== 0) out.field('flow_from', from, `${from}/`);
  out.field('flow_to', to, to);
}

function printLookup(out: Printer, rule: RuleInfo, names: Names): void {
  const table = names.table(rule.table);
  out.field('table', table, ` lookup ${table}`);
  const length = rule.suppressPrefixLength;
  if (length !== -1) out.field('suppress_prefixlen', length, ` suppress_prefixlength ${length}`);
  const group = names.group(rule.suppressIfgroup);
  if (rule.suppressIfgroup !== -1) out.field('suppress_ifgroup', group, ` suppress_ifgroup ${group}`);
}
