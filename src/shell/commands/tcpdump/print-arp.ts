// ARP and reverse ARP (print-arp.c). A message for ATM or Frame Relay is printed as any other hardware.
import type { Dissector } from './dissector.ts';
import { ETHERTYPE, ETHERTYPE_NAMES } from './ether-types.ts';
import { hexAsciiDump } from './hex-dump.ts';
import { hex4, type Tokens, token } from './tokens.ts';

const HEADER = 8;

const OP = {
  REQUEST: 1,
  REPLY: 2,
  REVERSE_REQUEST: 3,
  REVERSE_REPLY: 4,
  INVERSE_REQUEST: 8,
  INVERSE_REPLY: 9,
};
const OP_NAMES: Tokens = new Map([
  [OP.REQUEST, 'Request'],
  [OP.REPLY, 'Reply'],
  [OP.REVERSE_REQUEST, 'Reverse Request'],
  [OP.REVERSE_REPLY, 'Reverse Reply'],
  [OP.INVERSE_REQUEST, 'Inverse Request'],
  [OP.INVERSE_REPLY, 'Inverse Reply'],
  [10, 'NACK Reply'],
]);
const HARDWARE_NAMES: Tokens = new Map([
  [1, 'Ethernet'],
  [6, 'TokenRing'],
  [7, 'ArcNet'],
  [15, 'FrameRelay'],
  [19, 'ATM'],
  [23, 'Strip'],
  [24, 'IEEE 1394'],
  [32, 'InfiniBand'],
]);

/** The four addresses, as offsets, with the lengths that the message gives. */
interface Message {
  readonly protocol: number;
  readonly hardwareLength: number;
  readonly protocolLength: number;
  readonly senderMac: number;
  readonly senderIp: number;
  readonly targetMac: number;
  readonly targetIp: number;
}

function read(d: Dissector, at: number): Message {
  const hardwareLength = d.u8(at + 4);
  const protocolLength = d.u8(at + 5);
  const senderMac = at + HEADER;
  const targetMac = senderMac + hardwareLength + protocolLength;
  return {
    protocol: d.u16(at + 2),
    hardwareLength,
    protocolLength,
    senderMac,
    senderIp: senderMac + hardwareLength,
    targetMac,
    targetIp: targetMac + hardwareLength,
  };
}

export function arp(d: Dissector, at: number, length: number, captured: number): void {
  d.protocol = 'arp';
  if (!d.need(at, HEADER)) return;
  const message = read(d, at);
  if (!d.need(message.targetIp, message.protocolLength)) return;
  const { verbose } = d.options;
  if (!d.options.linkHeader) d.print('ARP, ');
  const odd = !isInternet(message) || message.protocolLength !== 4 || message.hardwareLength === 0;
  if (odd || verbose > 0) kinds(d, d.u16(at), message);
  if (!odd || verbose > 0) {
    const op = d.u16(at + 6);
    d.print(`${verbose > 0 ? ', ' : ''}${token(OP_NAMES, op, `Unknown (${op})`)} `);
    if (!operation(d, op, message)) {
      hexAsciiDump(d, '\n\t', at, captured);
      return;
    }
  }
  d.print(`, length ${length}`);
}

const isInternet = ({ protocol }: Message): boolean =>
  protocol === ETHERTYPE.IPV4 || protocol === ETHERTYPE.TRAIL;

/** `Ethernet (len 6), IPv4 (len 4)` */
function kinds(d: Dissector, hardware: number, message: Message): void {
  const { protocol, hardwareLength, protocolLength } = message;
  d.print(`${token(HARDWARE_NAMES, hardware, `Unknown Hardware (${hardware})`)} (len ${hardwareLength}), `);
  const name = token(ETHERTYPE_NAMES, protocol, `Unknown Protocol (0x${hex4(protocol)})`);
  d.print(`${name} (len ${protocolLength})`);
}

function ip(d: Dissector, message: Message, at: number): string {
  if (!isInternet(message)) return '<wrong proto type>';
  return message.protocolLength === 4 ? d.ipv4(at) : '<wrong len>';
}

function hardware(d: Dissector, { hardwareLength }: Message, at: number): string {
  if (hardwareLength === 0) return '<empty>';
  return hardwareLength === 6 ? d.mac(at) : d.hexBytes(at, hardwareLength, ':');
}

function isZero(d: Dissector, at: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (d.u8(at + i) !== 0) return false;
  return true;
}

/** False for an operation without words. */
function operation(d: Dissector, op: number, message: Message): boolean {
  const { senderMac, senderIp, targetMac, targetIp } = message;
  switch (op) {
    case OP.REQUEST:
      d.print(`who-has ${ip(d, message, targetIp)}`);
      if (!isZero(d, targetMac, message.hardwareLength)) d.print(` (${hardware(d, message, targetMac)})`);
      d.print(` tell ${ip(d, message, senderIp)}`);
      return true;
    case OP.REPLY:
      d.print(`${ip(d, message, senderIp)} is-at ${hardware(d, message, senderMac)}`);
      return true;
    case OP.REVERSE_REQUEST:
    case OP.INVERSE_REQUEST:
      d.print(`who-is ${hardware(d, message, targetMac)} tell ${hardware(d, message, senderMac)}`);
      return true;
    case OP.REVERSE_REPLY:
      d.print(`${hardware(d, message, targetMac)} at ${ip(d, message, targetIp)}`);
      return true;
    case OP.INVERSE_REPLY:
      d.print(`${hardware(d, message, senderMac)} at ${ip(d, message, senderIp)}`);
      return true;
    default:
      return false;
  }
}
