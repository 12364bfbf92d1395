// The fast checksums against the slow one.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checksum, checksumUpdate, onesSum, pseudoHeaderSum } from '../../src/wire/checksum.ts';
import { slowChecksum } from '../oracle/checksum.ts';

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const bytes = (max: number) => fc.uint8Array({ maxLength: max });

describe('checksum', () => {
  test('equals RFC 1071 for any bytes, odd lengths included', () => {
    fc.assert(
      fc.property(bytes(200), (data) => {
        expect(checksum(viewOf(data), 0, data.length)).toBe(slowChecksum(data));
      }),
    );
  });

  test('a message that carries its own checksum sums to zero', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 100 }), (data) => {
        const even = data.length % 2 === 0 ? data : data.subarray(0, data.length - 1);
        even.set([0, 0]);
        viewOf(even).setUint16(0, checksum(viewOf(even), 0, even.length));
        expect(checksum(viewOf(even), 0, even.length)).toBe(0);
      }),
    );
  });

  test('a changed word is corrected as if all were summed again (RFC 1624)', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        fc.nat(9),
        fc.nat(0xffff),
        (data, word, value) => {
          fc.pre(word !== 0 && data.subarray(2).some((byte) => byte !== 0));
          const view = viewOf(data);
          view.setUint16(0, 0);
          const before = checksum(view, 0, 20);
          const old = view.getUint16(word * 2);
          view.setUint16(word * 2, value);
          fc.pre(data.subarray(2).some((byte) => byte !== 0));
          expect(checksumUpdate(before, old, value)).toBe(checksum(view, 0, 20));
        },
      ),
    );
  });

  test('a sum may be taken in pieces', () => {
    fc.assert(
      fc.property(bytes(100), bytes(100), (first, second) => {
        const even = first.subarray(0, first.length & ~1);
        const whole = new Uint8Array([...even, ...second]);
        const part = onesSum(viewOf(even), 0, even.length);
        expect(checksum(viewOf(second), 0, second.length, part)).toBe(slowChecksum(whole));
      }),
    );
  });

  test('the pseudo-header is addresses, protocol and length as 16-bit words', () => {
    const header = new Uint8Array([10, 0, 0, 1, 255, 255, 255, 254, 0, 17, 0, 8]);
    const view = viewOf(header);
    const sum = pseudoHeaderSum(view.getInt32(0), view.getInt32(4), 17, 8);
    expect(onesSum(view, 0, 12)).toBe(onesSum(viewOf(new Uint8Array()), 0, 0, sum));
  });
});
