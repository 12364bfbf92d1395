// Comparisons of bytes: `ip[6:2] & 0x1fff != 0` (gen_load, gen_arth and gen_relation in libpcap's gencode.c).
import { type AddressCompiler, CARRIED } from './addresses.ts';
import { ALWAYS, and, type FrameView, NEVER, type Test, transportAt } from './frame-view.ts';
import type { Arithmetic, Operator, Relation } from './syntax.ts';

/** A value, unsigned 32 bits, and the protocol that must be there before it is read. */
interface Value {
  readonly check: Test;
  readonly read: (frame: FrameView) => number;
  /** Of a constant. */
  readonly constant: number | null;
  /**
   * The constant that its code begins with, be it only an index: libpcap looks there for a divisor of 0 or a shift
   * by more than 31, and refuses `len / ip[0]`.
   */
  readonly leading: number | null;
}

const LINK_NAMES: ReadonlySet<string> = new Set(['link', 'ether', 'ppp', 'slip', 'fddi', 'tr', 'wlan']);
/** Counted from the network header. */
const NETWORK: ReadonlySet<string> = new Set([
  'ip',
  'arp',
  'rarp',
  'ip6',
  'decnet',
  'lat',
  'sca',
  'moprc',
  'mopdl',
]);
const IPV6_HEADER = 40;

const COMPARE: Readonly<Record<Relation, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

const CALCULATE: Readonly<Record<Operator, (a: number, b: number) => number>> = {
  '+': (a, b) => (a + b) >>> 0,
  '-': (a, b) => (a - b) >>> 0,
  '*': (a, b) => Math.imul(a, b) >>> 0,
  '/': (a, b) => Math.floor(a / b),
  '%': (a, b) => a % b,
  '&': (a, b) => (a & b) >>> 0,
  '|': (a, b) => (a | b) >>> 0,
  '^': (a, b) => (a ^ b) >>> 0,
  '<<': (a, b) => (b < 32 ? (a << b) >>> 0 : 0),
  '>>': (a, b) => (b < 32 ? a >>> b : 0),
};

const negated = ({ check, read, constant, leading }: Value): Value => ({
  check,
  read: (frame) => -read(frame) >>> 0,
  constant: constant === null ? null : -constant >>> 0,
  leading,
});

export class RelationCompiler {
  private readonly addresses: AddressCompiler;

  constructor(addresses: AddressCompiler) {
    this.addresses = addresses;
  }

  relation(relation: Relation, left: Arithmetic, right: Arithmetic): Test {
    const a = this.value(left);
    const b = this.value(right);
    const compare = COMPARE[relation];
    if (a.constant !== null && b.constant !== null) return compare(a.constant, b.constant) ? ALWAYS : NEVER;
    return and(a.check, b.check, (frame) => compare(a.read(frame), b.read(frame)));
  }

  private value(node: Arithmetic): Value {
    switch (node.type) {
      case 'constant':
        return { check: ALWAYS, read: () => node.value, constant: node.value, leading: node.value };
      case 'length':
        return { check: ALWAYS, read: (frame) => frame.length, constant: null, leading: null };
      case 'negate':
        return negated(this.value(node.operand));
      case 'binary':
        return this.checked(node.operator, this.value(node.left), this.value(node.right));
      case 'load':
        return this.load(node.protocol, this.value(node.index), node.size);
    }
  }

  /** Refuses constants that no program would divide or shift by. */
  private checked(operator: Operator, left: Value, right: Value): Value {
    for (const value of [right.leading, right.constant]) {
      if (value === 0 && operator === '/') this.addresses.fail('division by zero');
      if (value === 0 && operator === '%') this.addresses.fail('modulus by zero');
      if (value !== null && value > 31 && (operator === '<<' || operator === '>>'))
        this.addresses.fail('shift by more than 31 bits');
    }
    return this.binary(operator, left, right);
  }

  /** As in libpcap, whether the right side's protocol is there is not asked. */
  private binary(operator: Operator, left: Value, right: Value): Value {
    const calculate = CALCULATE[operator];
    const divides = operator === '/' || operator === '%';
    const read = (frame: FrameView): number => {
      const divisor = right.read(frame);
      // The BPF machine rejects a frame for which it would divide by zero.
      if (divides && divisor === 0) frame.cut = true;
      return frame.cut ? 0 : calculate(left.read(frame), divisor);
    };
    const folded = left.constant !== null && right.constant !== null && !(divides && right.constant === 0);
    const constant = folded ? calculate(left.constant as number, right.constant as number) : null;
    return { check: left.check, read, constant, leading: left.leading };
  }

  private load(protocol: string, index: Value, size: number): Value {
    const base = this.base(protocol);
    const read = (frame: FrameView): number => {
      const at = base(frame) + index.read(frame);
      if (frame.cut) return 0;
      return size === 1 ? frame.u8(at) : size === 2 ? frame.u16(at) : frame.u32(at);
    };
    return { check: this.protocolCheck(protocol, index.check), read, constant: null, leading: index.leading };
  }

  /** Where index 0 is. */
  private base(protocol: string): (frame: FrameView) => number {
    const at = this.addresses.link.payloadAt;
    if (LINK_NAMES.has(protocol)) return () => 0;
    if (NETWORK.has(protocol)) return () => at;
    if (protocol === 'icmp6') return () => at + IPV6_HEADER;
    return (frame) => transportAt(frame, at);
  }

  private protocolCheck(protocol: string, index: Test): Test {
    if (LINK_NAMES.has(protocol)) return index;
    const named = this.addresses.protocol(protocol);
    if (NETWORK.has(protocol)) return and(index, named);
    if (protocol === 'icmp6') return and(index, named);
    if (protocol === 'ah' || protocol === 'esp' || !CARRIED.has(protocol)) {
      this.addresses.fail('unsupported index operation');
      return NEVER;
    }
    return and(this.addresses.protocol('ip'), index, named, this.addresses.unfragmented());
  }
}
