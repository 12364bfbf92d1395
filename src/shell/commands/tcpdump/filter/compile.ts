// From the tree of a filter expression to a test of frames, in the order in which libpcap's code tests them
// (gencode.c of libpcap 1.10.3).
import { LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2 } from '../../../../capture/record.ts';
import { AddressCompiler, type Resolve } from './addresses.ts';
import { and, byteIs, FrameView, NEVER, not, or, shortIs, type Test, wordIs } from './frame-view.ts';
import { type FilterLink, LinkLayer } from './link.ts';
import { parseFilter } from './parser.ts';
import { RelationCompiler } from './relations.ts';
import type { Expression, FilterProblem } from './syntax.ts';

/** Decides which frames are captured or printed. */
export interface Filter {
  /** As the kernel runs it: `length` is that on the wire, `outgoing` counts in live captures. */
  matches(bytes: Uint8Array, length: number, outgoing: boolean): boolean;
  /**
   * As libpcap runs it again over the first blocks of a live capture. It does not know the direction there, so on
   * Ethernet and raw IP a filter that asks for it takes nothing.
   */
  matchesAgain(bytes: Uint8Array, length: number): boolean;
}

const EVERYTHING: Filter = { matches: () => true, matchesAgain: () => true };

/** The filter of `text`, of which the empty one takes everything, or why there is none. */
export function compileFilter(text: string, link: FilterLink, resolve: Resolve): Filter | FilterProblem {
  if (text.trim() === '') return EVERYTHING;
  const expression = parseFilter(text);
  if (!('type' in expression)) return expression;
  const layer = LinkLayer.of(link);
  if (layer === null) return { foreign: true };
  const compiler = new Compiler(layer, resolve);
  const test = compiler.expression(expression);
  if (compiler.problem !== null) return compiler.problem;
  if (test === NEVER) return { error: 'expression rejects all packets' };
  return asFilter(test);
}

function asFilter(test: Test): Filter {
  const frame = new FrameView();
  return {
    matches(bytes, length, outgoing) {
      frame.start(bytes, length, outgoing);
      return test(frame) && !frame.cut;
    },
    matchesAgain(bytes, length) {
      frame.start(bytes, length, null);
      return test(frame) && !frame.cut;
    },
  };
}

const TAGS = [0x8100, 0x88a8, 0x9100];
const VLAN_MAX = 4095;
const SLL2_INDEX_AT = 4;
const SLL2_TYPE_AT = 10;
const PACKET_OUTGOING = 4;

/** The frame was sent; where nobody knows, the frame is rejected. */
function sentOut(frame: FrameView): boolean {
  if (frame.outgoing === null) frame.cut = true;
  return frame.outgoing === true;
}

class Compiler {
  private readonly link: LinkLayer;
  private readonly addresses: AddressCompiler;
  private readonly relations: RelationCompiler;
  private own: FilterProblem | null = null;

  constructor(link: LinkLayer, resolve: Resolve) {
    this.link = link;
    this.addresses = new AddressCompiler(link, resolve);
    this.relations = new RelationCompiler(this.addresses);
  }

  get problem(): FilterProblem | null {
    return this.addresses.problem ?? this.own;
  }

  private fail(problem: FilterProblem): Test {
    this.own ??= problem;
    return NEVER;
  }

  /** Reads from left to right, because `vlan` moves what comes after it. */
  expression(node: Expression): Test {
    if (this.problem !== null) return NEVER;
    switch (node.type) {
      case 'and': {
        const left = this.expression(node.left);
        return and(left, this.expression(node.right));
      }
      case 'or': {
        const left = this.expression(node.left);
        return or(left, this.expression(node.right));
      }
      case 'not':
        return not(this.expression(node.operand));
      case 'address':
        return this.addresses.address(node.address, node.qualifiers);
      case 'protocol':
        return this.addresses.protocol(node.name);
      case 'relation':
        return this.relations.relation(node.relation, node.left, node.right);
      case 'broadcast':
        return this.broadcast(node.protocol);
      case 'multicast':
        return this.multicast(node.protocol);
      case 'less':
        return (frame) => frame.length <= node.length;
      case 'greater':
        return (frame) => frame.length >= node.length;
      case 'direction':
        return this.direction(node.outbound);
      case 'vlan':
        return this.vlan(node.id);
      case 'ifindex':
        return this.interfaceIndex(node.index);
    }
  }

  private broadcast(protocol: string): Test {
    if (protocol === 'ip') {
      const destination = this.link.payloadAt + 16;
      // tcpdump gives no netmask, so the host part is the whole address.
      return and(this.addresses.protocol('ip'), or(wordIs(destination, 0), wordIs(destination, 0xffffffff)));
    }
    if (protocol !== '' && protocol !== 'ether' && protocol !== 'link')
      return this.fail({ error: 'only link-layer/IP broadcast filters supported' });
    if (!this.link.isEthernet) return this.fail({ error: 'not a broadcast link' });
    return and(wordIs(2, 0xffffffff), shortIs(0, 0xffff));
  }

  private multicast(protocol: string): Test {
    const { payloadAt } = this.link;
    if (protocol === 'ip')
      return and(this.addresses.protocol('ip'), (frame) => frame.u8(payloadAt + 16) >= 224);
    if (protocol === 'ip6') return and(this.addresses.protocol('ip6'), byteIs(payloadAt + 24, 255));
    const ether = protocol === '' || protocol === 'ether' || protocol === 'link';
    if (ether && this.link.isEthernet) return (frame) => (frame.u8(0) & 1) !== 0;
    return this.fail({
      error:
        'link-layer multicast filters supported only on ethernet/FDDI/token ring/ARCNET/802.11/ATM LANE/Fibre Channel',
    });
  }

  private direction(outbound: boolean): Test {
    const { type, live, description } = this.link;
    const field = this.outgoing(type, live);
    if (field !== null) return outbound ? field : not(field);
    return this.fail({ error: `inbound/outbound not supported on ${description} when reading savefiles` });
  }

  private outgoing(type: number, live: boolean): Test | null {
    if (type === LINKTYPE_LINUX_SLL) return shortIs(0, PACKET_OUTGOING);
    if (type === LINKTYPE_LINUX_SLL2) return byteIs(SLL2_TYPE_AT, PACKET_OUTGOING);
    return live ? sentOut : null;
  }

  private vlan(id: number | null): Test {
    if (!this.link.isEthernet) return this.fail({ error: `no VLAN support for ${this.link.description}` });
    if (id !== null && id > VLAN_MAX)
      return this.fail({ error: `VLAN tag ${id} greater than maximum ${VLAN_MAX}` });
    const tagged = or(...TAGS.map((type) => this.link.etherType(type)));
    const { payloadAt } = this.link;
    this.link.enterTag();
    return id === null ? tagged : and(tagged, (frame) => (frame.u16(payloadAt) & 0xfff) === id);
  }

  private interfaceIndex(index: number): Test {
    if (this.link.type === LINKTYPE_LINUX_SLL2) return wordIs(SLL2_INDEX_AT, index);
    if (this.link.live) return this.fail({ foreign: true });
    return this.fail({ error: `ifindex not supported on ${this.link.description} when reading savefiles` });
  }
}
