// The group records of IGMP version 3 and MLD version 2 reports, which differ in the width of their addresses
// (RFC 3376 section 4.2.4, RFC 3810 section 5.2.4; print-igmp.c, print-icmp6.c).
import type { Dissector } from './dissector.ts';
import { type Tokens, token } from './tokens.ts';

const RECORD_NAMES: Tokens = new Map([
  [1, 'is_in'],
  [2, 'is_ex'],
  [3, 'to_in'],
  [4, 'to_ex'],
  [5, 'allow'],
  [6, 'block'],
]);

interface GroupFamily {
  readonly addressLength: number;
  /** What a record of an unknown kind is called. */
  readonly report: string;
  readonly address: (d: Dissector, at: number) => string;
}

export const IPV4_GROUPS: GroupFamily = {
  addressLength: 4,
  report: 'v3-report',
  address: (d, at) => d.ipv4(at),
};
export const IPV6_GROUPS: GroupFamily = {
  addressLength: 16,
  report: 'v2-report',
  address: (d, at) => d.ipv6(at),
};

/** ` { 10.0.0.1 10.0.0.2 }` */
export function addressList(d: Dissector, at: number, count: number, family: GroupFamily): void {
  d.print(' {');
  for (let i = 0; i < count && !d.cut; i++) d.print(` ${family.address(d, at + family.addressLength * i)}`);
  d.print(' }');
}

/** What a report of `length` bytes at `at` holds behind its type and checksum. */
export function groupRecords(d: Dissector, at: number, length: number, family: GroupFamily): void {
  const header = 4 + family.addressLength;
  const groups = d.u16(at + 6);
  d.print(`, ${groups} group record(s)`);
  if (d.options.verbose === 0) return;
  let record = 8;
  for (let i = 0; i < groups && !d.cut; i++) {
    if (length < record + header) {
      d.print(' [invalid number of groups]');
      return;
    }
    const kind = d.u8(at + record);
    const name = token(RECORD_NAMES, kind, ` [${family.report}-#${kind}]`);
    d.print(` [gaddr ${family.address(d, at + record + 4)} ${name}`);
    const sources = d.u16(at + record + 2);
    const recordLength = header + sources * family.addressLength;
    if (length < record + recordLength) {
      d.print(` [invalid number of sources ${sources}]`);
      return;
    }
    if (d.options.verbose === 1) d.print(`, ${sources} source(s)`);
    else addressList(d, at + record + header, sources, family);
    record += recordLength;
    d.print(']');
  }
}
