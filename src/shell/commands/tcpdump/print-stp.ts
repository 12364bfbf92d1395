// Spanning tree: configuration, topology change and rapid BPDUs (print-stp.c); of MSTP and SPB the first line.
import type { Dissector } from './dissector.ts';
import { type Bits, bits, hex2, hex4, type Tokens, token } from './tokens.ts';

//    0           2         3      4       5                 13                 17
//   +-----------+---------+------+-------+-----------------+------------------+--------------+
//   | protocol  | version | type | flags | root identifier | root path cost   | bridge id …  |
//   +-----------+---------+------+-------+-----------------+------------------+--------------+
const FLAGS_AT = 4;
const ROOT_AT = 5;
const COST_AT = 13;
const BRIDGE_AT = 17;
const PORT_AT = 25;
const TIMES_AT = 27;
const CONFIG_LENGTH = 35;
const RAPID_LENGTH = 36;
const MSTP_LENGTH = 102;

const VERSION = { RAPID: 2, MSTP: 3, SPB: 4 } as const;
const VERSION_NAMES: Tokens = new Map([
  [0, '802.1d'],
  [2, '802.1w'],
  [3, '802.1s'],
  [4, '802.1aq'],
]);
const TYPE = { CONFIG: 0, RAPID: 2 } as const;
const TYPE_NAMES: Tokens = new Map([
  [0x00, 'Config'],
  [0x02, 'Rapid STP'],
  [0x80, 'Topology Change'],
]);
const FLAG_WORDS: Bits = [
  [0x01, 'Topology change'],
  [0x02, 'Proposal'],
  [0x10, 'Learn'],
  [0x20, 'Forward'],
  [0x40, 'Agreement'],
  [0x80, 'Topology change ACK'],
];
const ROLES = ['Unknown', 'Alternate', 'Root', 'Designated'];

export function stp(d: Dissector, at: number, length: number): void {
  d.protocol = 'stp';
  if (length < 4) {
    d.printInvalid();
    return;
  }
  if (d.u16(at) !== 0) {
    d.print(`unknown STP version, length ${length}`);
    return;
  }
  const version = d.u8(at + 2);
  d.print(`STP ${token(VERSION_NAMES, version, `Unknown STP protocol (0x${hex2(version)})`)}`);
  if (!VERSION_NAMES.has(version)) return;
  const type = d.u8(at + 3);
  d.print(`, ${token(TYPE_NAMES, type, `Unknown BPDU Type (0x${hex2(type)})`)}`);
  if (type === TYPE.CONFIG) configuration(d, at, length, CONFIG_LENGTH);
  else if (type === TYPE.RAPID && version === VERSION.RAPID) configuration(d, at, length, RAPID_LENGTH);
  else if (type === TYPE.RAPID && version >= VERSION.MSTP) multiple(d, at, length);
}

/** `8000.00:11:22:33:44:55` */
const bridgeId = (d: Dissector, at: number): string => `${d.hexBytes(at, 2)}.${d.hexBytes(at + 2, 6, ':')}`;

const seconds = (d: Dissector, at: number): string => `${(d.u16(at) / 256).toFixed(2)}s`;

const times = (d: Dissector, at: number): string =>
  `\n\tmessage-age ${seconds(d, at)}, max-age ${seconds(d, at + 2)}` +
  `, hello-time ${seconds(d, at + 4)}, forwarding-delay ${seconds(d, at + 6)}`;

const role = (flags: number): string => ROLES[(flags & 0x0c) >> 2];

function configuration(d: Dissector, at: number, length: number, least: number): void {
  if (length < least) {
    d.printInvalid();
    return;
  }
  const flags = d.u8(at + FLAGS_AT);
  d.print(`, Flags [${bits(FLAG_WORDS, flags, 'none')}]`);
  d.print(`, bridge-id ${bridgeId(d, at + BRIDGE_AT)}.${hex4(d.u16(at + PORT_AT))}, length ${length}`);
  if (d.options.verbose === 0) return;
  d.print(times(d, at + TIMES_AT));
  d.print(`\n\troot-id ${bridgeId(d, at + ROOT_AT)}, root-pathcost ${d.u32(at + COST_AT)}`);
  if (d.u8(at + 2) === VERSION.RAPID) d.print(`, port-role ${role(flags)}`);
}

function multiple(d: Dissector, at: number, length: number): void {
  if (length < MSTP_LENGTH || d.u8(at + 35) !== 0) {
    d.printInvalid();
    return;
  }
  if (length < RAPID_LENGTH + d.u16(at + 36) + 2) {
    d.printInvalid();
    return;
  }
  const flags = d.u8(at + FLAGS_AT);
  d.print(`, CIST Flags [${bits(FLAG_WORDS, flags, 'none')}], length ${length}`);
  if (d.options.verbose === 0) return;
  d.print(`\n\tport-role ${role(flags)}, CIST root-id ${bridgeId(d, at + ROOT_AT)}`);
  d.print(`, CIST ext-pathcost ${d.u32(at + COST_AT)}`);
  d.print(
    `\n\tCIST regional-root-id ${bridgeId(d, at + BRIDGE_AT)}, CIST port-id ${hex4(d.u16(at + PORT_AT))},`,
  );
  d.print(times(d, at + TIMES_AT));
}
