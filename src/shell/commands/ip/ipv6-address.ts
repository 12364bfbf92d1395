// `ip address` for IPv6 addresses, which are kept and shown (src/admin/ipv6.ts).
import { formatIpv6 } from '../../../addr/ipv6.ts';
import type { AddressVerb } from '../../../admin/address.ts';
import {
  changeIpv6Address,
  deleteIpv6Address,
  dumpIpv6Addresses,
  type Ipv6AddressInfo,
} from '../../../admin/ipv6.ts';
import { Family } from '../iproute2/options.ts';
import type { Session } from '../iproute2/session.ts';
import type { ListFilter } from './address-filter.ts';

const AUTOJOIN = 0x400;

/** What the words of the command say that matters here. */
interface Words {
  readonly device: string;
  readonly flags: number;
  readonly peer: { readonly length: number; readonly wide: Uint8Array | null } | null;
  readonly metric: number;
  readonly valid: number | null;
  readonly preferred: number | null;
  readonly local: { readonly length: number } | null;
}

export function modifyIpv6(
  session: Session,
  command: AddressVerb | 'delete',
  words: Words,
  local: Uint8Array,
): number {
  const { device, flags, metric, peer } = words;
  const address = {
    local: formatIpv6(local),
    peer: peer?.wide ? formatIpv6(peer.wide) : '',
    length: peer?.length || (words.local?.length ?? 128),
    metric,
    flags,
  };
  const { namespace } = session;
  if (command === 'delete') return session.answer(deleteIpv6Address(namespace, device, address));
  const unknown = unsupported(words);
  if (unknown !== '') return session.notEmulated(unknown);
  return session.answerKept(changeIpv6Address(namespace, command, device, address));
}

function unsupported({ valid, preferred, flags }: Words): string {
  if (valid !== null || preferred !== null) return 'the lifetime of an IPv6 address';
  return flags & AUTOJOIN ? 'autojoin' : '';
}

/** Those that a list asks for: a label or an IPv4 prefix is of no IPv6 address. */
export function ipv6AddressesFor(session: Session, filter: ListFilter): Ipv6AddressInfo[] {
  if (filter.family !== Family.UNSPEC && filter.family !== Family.INET6) return [];
  if (filter.label !== '') return [];
  return dumpIpv6Addresses(session.namespace).filter((address) => keeps(filter, address));
}

function keeps(filter: ListFilter, address: Ipv6AddressInfo): boolean {
  if ((filter.scope ^ address.scope) & filter.scopeMask) return false;
  return ((filter.flags ^ address.flags) & filter.flagMask) === 0;
}

/** `ip address flush`: what the filter keeps goes; those that a MAC address makes stay as long as others do. */
export function flushIpv6Addresses(session: Session, filter: ListFilter): void {
  for (const address of ipv6AddressesFor(session, filter))
    if (filter.device === '' || address.deviceName === filter.device)
      deleteIpv6Address(session.namespace, address.deviceName, address);
}
