// The Ethernet configuration testing protocol, EtherType 0x9000 (print-loopback.c).
import type { Dissector } from './dissector.ts';

const REPLY = 1;
const FORWARD = 2;

export function loopback(d: Dissector, at: number, length: number): void {
  d.protocol = 'loopback';
  d.print('Loopback');
  if (length < 2) {
    invalid(d, at, length);
    return;
  }
  const skip = d.u16le(at);
  d.print(`, skipCount ${skip}${skip % 8 !== 0 ? ' (bogus)' : ''}`);
  if (skip > length - 2) {
    invalid(d, at + 2, length - 2);
    return;
  }
  if (d.need(at + 2, skip)) message(d, at + 2 + skip, length - 2 - skip);
}

function message(d: Dissector, at: number, length: number): void {
  if (length < 2) {
    invalid(d, at, length);
    return;
  }
  const kind = d.u16le(at);
  const least = kind === REPLY ? 2 : kind === FORWARD ? 6 : 0;
  const words = kind === REPLY ? 'Reply' : kind === FORWARD ? 'Forward Data' : ` invalid (${kind})`;
  d.print(`, ${words}`);
  const left = length - 2;
  if (left < least) {
    invalid(d, at + 2, left);
    return;
  }
  if (kind === REPLY) d.print(`, receipt number ${d.u16le(at + 2)}, data (${left - 2} octets)`);
  if (kind === FORWARD) d.print(`, forwarding address ${d.mac(at + 2)}, data (${left - 6} octets)`);
  d.need(at + 2 + least, left - least);
}

function invalid(d: Dissector, at: number, length: number): void {
  d.printInvalid();
  d.need(at, length);
}
