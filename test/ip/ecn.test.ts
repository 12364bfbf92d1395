// What congestion on the way does to the packet inside a tunnel.
import { describe, expect, test } from 'vitest';
import { decapsulateInner, dsField } from '../../src/ip/ecn.ts';
import { EtherType } from '../../src/wire/ethernet.ts';

const CE = 3;

/** The first words of an IPv6 header with this field. */
function ipv6(field: number): DataView {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, 0x60000000 | (field << 20) | 0x12345);
  return view;
}

describe('IPv6 in a VXLAN', () => {
  test('has its field between version and flow label', () => {
    expect(dsField(ipv6(0xb9), 0, EtherType.IPV6)).toBe(0xb9);
  });

  test('that can carry the mark gets it, and keeps version and flow label', () => {
    const view = ipv6(0xb9);
    expect(decapsulateInner(view, 0, EtherType.IPV6, CE)).toBe(true);
    expect(view.getUint32(0)).toBe(0x6bb12345);
  });

  test('that cannot carry it is dropped', () => {
    expect(decapsulateInner(ipv6(0xb8), 0, EtherType.IPV6, CE)).toBe(false);
  });
});

test('what is no IP packet passes whatever happened outside', () => {
  expect(decapsulateInner(ipv6(0), 0, EtherType.ARP, CE)).toBe(true);
});
