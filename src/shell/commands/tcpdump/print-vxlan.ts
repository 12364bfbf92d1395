// VXLAN on port 4789, and OTV, which tcpdump takes port 8472 for (print-vxlan.c, print-otv.c).
import type { Dissector } from './dissector.ts';
import { hex2 } from './tokens.ts';

const HEADER = 8;
const FLAG_I = 0x08;

export function vxlan(d: Dissector, at: number, length: number): void {
  d.protocol = 'vxlan';
  d.print('VXLAN');
  if (length < HEADER) {
    d.printInvalid();
    return;
  }
  const flags = d.u8(at);
  d.print(`, flags [${(flags & FLAG_I) !== 0 ? 'I' : 'invalid'}] (0x${hex2(flags)}), `);
  d.print(`vni ${d.u24(at + 4)}\n`);
  inner(d, at, length);
}

export function otv(d: Dissector, at: number, length: number): void {
  d.protocol = 'otv';
  d.print('OTV, ');
  if (length < HEADER) {
    d.print(`[length ${length} < ${HEADER}]`);
    d.printInvalid();
    d.need(at, length);
    return;
  }
  const flags = d.u8(at);
  d.print(`flags [${(flags & FLAG_I) !== 0 ? 'I' : '.'}] (0x${hex2(flags)}), `);
  d.print(`overlay ${d.u24(at + 1)}, `);
  d.print(`instance ${d.u24(at + 4)}\n`);
  inner(d, at, length);
}

function inner(d: Dissector, at: number, length: number): void {
  if (!d.need(at + HEADER - 1, 1)) return;
  d.printers.ethernet(d, at + HEADER, length - HEADER, d.available(at + HEADER));
}
