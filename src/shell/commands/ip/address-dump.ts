// `ip address save`, `restore` and `showdump`: addresses as messages of a dump (inet_fill_ifaddr in net/ipv4/devinet.c,
// ipadd_restore in ip/ipaddress.c).
import { Errno, type Refusal, refuse } from '../../../addr/errno.ts';
import { ipv4 } from '../../../addr/ipv4.ts';
import { changeAddress } from '../../../admin/address.ts';
import type { AddressInfo } from '../../../admin/types.ts';
import { ADDRESS_DUMP, eachMessage, isRestored, readDump, writeMessages } from '../iproute2/dump-file.ts';
import {
  AF_INET,
  Attributes,
  AttributeWriter,
  type DumpIdentity,
  type Message,
  messageBytes,
  u32,
} from '../iproute2/netlink-bytes.ts';
import type { Session } from '../iproute2/session.ts';
import { printAddress } from './address-print.ts';

const RTM_NEWADDR = 20;
const FIXED = 8;
/** IFA_*. */
const Attribute = {
  ADDRESS: 1,
  LOCAL: 2,
  LABEL: 3,
  BROADCAST: 4,
  CACHEINFO: 6,
  FLAGS: 8,
  RT_PRIORITY: 9,
  PROTO: 11,
} as const;
const NOPREFIXROUTE = 0x200;
const FOREVER = 0xffffffff;
/** exit(-1). */
const FAILED = 255;

function encode(info: AddressInfo, identity: DumpIdentity): number[] {
  const fixed = [AF_INET, info.length, info.flags & 255, info.scope, ...u32(info.index)];
  const attributes = new AttributeWriter();
  attributes.address(Attribute.ADDRESS, info.peer);
  attributes.address(Attribute.LOCAL, info.local);
  if (info.broadcast !== 0) attributes.address(Attribute.BROADCAST, info.broadcast);
  if (info.label !== '') attributes.text(Attribute.LABEL, info.label);
  if (info.protocol !== 0) attributes.u8(Attribute.PROTO, info.protocol);
  attributes.u32(Attribute.FLAGS, info.flags);
  attributes.some(Attribute.RT_PRIORITY, info.metric);
  // When it was made and changed is of no use to who reads it.
  const times = [info.preferredLifetime, info.validLifetime, 0, 0];
  attributes.put(Attribute.CACHEINFO, times.flatMap(u32));
  return messageBytes(RTM_NEWADDR, fixed, attributes, identity);
}

function decode(session: Session, { body }: Message): AddressInfo {
  const attributes = new Attributes(body, FIXED);
  const times = attributes.value(Attribute.CACHEINFO);
  const index = body.getUint32(4, true);
  const local = ipv4(attributes.address(Attribute.LOCAL));
  return {
    local,
    peer: attributes.has(Attribute.ADDRESS) ? ipv4(attributes.address(Attribute.ADDRESS)) : local,
    length: body.getUint8(1),
    broadcast: ipv4(attributes.address(Attribute.BROADCAST)),
    scope: body.getUint8(3),
    label: attributes.text(Attribute.LABEL),
    metric: attributes.u32(Attribute.RT_PRIORITY),
    validLifetime: times?.getUint32(4, true) ?? FOREVER,
    preferredLifetime: times?.getUint32(0, true) ?? FOREVER,
    protocol: attributes.u8(Attribute.PROTO),
    flags: attributes.u32(Attribute.FLAGS, body.getUint8(2)),
    index,
    deviceName: session.nameOf(index),
  };
}

export const saveAddresses = (session: Session, addresses: readonly AddressInfo[]): void =>
  writeMessages(session, addresses, encode);

export async function restore(session: Session): Promise<number> {
  const bytes = await readDump(session, ADDRESS_DUMP);
  if (bytes === null) return FAILED;
  const take = (message: Message): boolean => isRestored(session, add(session, decode(session, message)));
  return eachMessage(session, bytes, take) === 0 ? 0 : FAILED;
}

function add(session: Session, info: AddressInfo): Refusal | null {
  if (session.linkByIndex(info.index) === null) return refuse(Errno.ENODEV);
  const { flags, index: _, deviceName, ...request } = info;
  const noprefixroute = (flags & NOPREFIXROUTE) !== 0;
  return changeAddress(session.namespace, 'add', deviceName, { ...request, noprefixroute });
}

export async function showDump(session: Session): Promise<number> {
  const bytes = await readDump(session, ADDRESS_DUMP);
  if (bytes === null) return FAILED;
  const out = session.printer();
  out.openObject();
  out.openArray('addr_info');
  const layout = { names: session.names, brief: session.options.brief, named: false };
  const status = eachMessage(session, bytes, (message) => {
    const info = decode(session, message);
    out.openObject();
    out.field('index', info.index, `if${info.index}:`);
    out.newline();
    printAddress(out, info, layout);
    out.closeObject();
    return true;
  });
  out.closeArray();
  out.closeObject();
  session.out(out.finish());
  return status === 0 ? 0 : FAILED;
}
