// The order in which a VXLAN device's table is dumped: the kernel's hash, told again with whole numbers of 64 bits.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Ipv4 } from '../../src/addr/ipv4.ts';
import { type Mac, mac } from '../../src/addr/mac.ts';
import { changeFdb, dumpFdb } from '../../src/admin/fdb.ts';
import { add, machine, ok } from '../admin/machine.ts';

/** eth_hash: __hash_64 of the address, whose first octet is the lowest of the upper six, into 8 bits. */
function slowBucket(address: Mac): number {
  let word = 0n;
  for (let octet = 0; octet < 6; octet++)
    word = (word << 8n) | BigInt(Math.floor(address / 256 ** octet) % 256);
  return Number(BigInt.asUintN(64, (word << 16n) * 0x61c8864680b583ebn) >> 56n);
}

it('entries come bucket by bucket, in each the latest first', () => {
  const unicast = fc
    .bigInt({ min: 1n, max: 0xfeffffffffffn })
    .map((value) => mac(Number(value & 0xfeffffffffffn) || 2));
  fc.assert(
    fc.property(fc.uniqueArray(unicast, { maxLength: 600 }), (macs) => {
      const { root } = machine();
      add(root, 'vxlan', 'v', { vxlan: { vni: 1, port: 4789 } });
      const entry = { device: 'v', destination: 1 as Ipv4, state: 0x80, flags: 2 };
      for (const one of macs) ok(changeFdb(root, 'append', { ...entry, mac: one }));
      const expected = [...macs].reverse().sort((a, b) => slowBucket(a) - slowBucket(b));
      expect(dumpFdb(root, { port: 'v' }).map((info) => info.mac)).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});
