// Linux cooked captures, versions 1 and 2 (print-sll.c).
import type { Dissector } from './dissector.ts';
import { ETHERTYPE, ETHERTYPE_NAMES, LENGTH_MAX, vlanWords } from './ether-types.ts';
import { defaultDump } from './hex-dump.ts';
import { llc } from './print-llc.ts';
import { hex4, type Tokens, token } from './tokens.ts';

//            0             2              4            6              14
//   version 1 +-------------+--------------+------------+--------------+----------+
//             | packet type | ARPHRD       | addr. len. | address      | protocol |
//             +-------------+--------------+------------+--------------+----------+
//            0          2          4               8        10     11      12
//   version 2 +----------+----------+---------------+--------+------+-------+---------+
//             | protocol | reserved | ifindex       | ARPHRD | type | a.len | address |
//             +----------+----------+---------------+--------+------+-------+---------+
const SLL_HEADER = 16;
const SLL2_HEADER = 20;

const PROTOCOL_802_3 = 1;
const PROTOCOL_802_2 = 4;
const MAC_LENGTH = 6;

const TYPE_NAMES: Tokens = new Map([
  [0, 'In'],
  [1, 'B'],
  [2, 'M'],
  [3, 'P'],
  [4, 'Out'],
]);

export function sll(d: Dissector, length: number): void {
  d.protocol = 'sll';
  if (!d.need(0, SLL_HEADER)) return;
  const describe = (whole: number): void => {
    d.protocol = 'sll';
    d.print(`${token(TYPE_NAMES, d.u16(0), '?').padStart(3)} `);
    if (d.u16(4) === MAC_LENGTH) d.print(`${d.mac(6)} `);
    protocolWords(d, d.u16(14), whole);
  };
  if (d.options.linkHeader) describe(length);
  cooked(d, d.u16(14), SLL_HEADER, length, describe);
}

/** `interfaceName` gives the name of an index, or `?`. */
export function sll2(d: Dissector, length: number, interfaceName: (index: number) => string): void {
  d.protocol = 'sll2';
  if (!d.need(0, SLL2_HEADER)) return;
  const describe = (whole: number): void => {
    d.protocol = 'sll2';
    d.print(`ifindex ${d.u32(4)} `);
    if (d.u8(11) === MAC_LENGTH) d.print(`${d.mac(12)} `);
    protocolWords(d, d.u16(0), whole);
  };
  d.print(`${interfaceName(d.u32(4)).padEnd(5)} ${token(TYPE_NAMES, d.u8(10), '?').padEnd(3)} `);
  if (d.options.linkHeader) describe(length);
  cooked(d, d.u16(0), SLL2_HEADER, length, describe);
}

function protocolWords(d: Dissector, type: number, length: number): void {
  if (d.options.quiet > 0) return;
  if (type === PROTOCOL_802_3) d.print('802.3');
  else if (type === PROTOCOL_802_2) d.print('802.2');
  else {
    const name = type <= LENGTH_MAX ? 'Unknown' : token(ETHERTYPE_NAMES, type, 'Unknown');
    d.print(`ethertype ${name} (0x${hex4(type)})`);
  }
  d.print(`, length ${length}: `);
}

/** What stands behind the cooked header; `describe` prints that header, given the length from it on. */
function cooked(
  d: Dissector,
  protocol: number,
  header: number,
  whole: number,
  describe: (whole: number) => void,
): void {
  let type = protocol;
  let at = header;
  while (type === ETHERTYPE.VLAN) {
    if (d.available(at) < 4) {
      d.protocol = 'vlan';
      d.printTruncated();
      d.linkHeaderLength += d.bytes.length;
      return;
    }
    if (d.options.linkHeader) d.print(`${vlanWords(d.u16(at))}, `);
    type = d.u16(at + 2);
    if (type <= LENGTH_MAX) type = PROTOCOL_802_2;
    if (d.options.quiet === 0) d.print(`ethertype ${token(ETHERTYPE_NAMES, type, 'Unknown')}, `);
    at += 4;
  }
  at += cookedPayload(d, type, at, header, whole, describe);
  d.linkHeaderLength += at;
}

function cookedPayload(
  d: Dissector,
  type: number,
  at: number,
  header: number,
  whole: number,
  describe: (whole: number) => void,
): number {
  const length = whole - at;
  const captured = d.available(at);
  if (type <= LENGTH_MAX) {
    const inner = type === PROTOCOL_802_2 ? llc(d, at, length, captured, null) : -1;
    if (inner >= 0) return inner;
    defaultDump(d, at, captured);
    return 0;
  }
  if (!d.printers.etherType(d, type, at, length, captured)) {
    if (!d.options.linkHeader) describe(length + header);
    defaultDump(d, at, captured);
  }
  return 0;
}
