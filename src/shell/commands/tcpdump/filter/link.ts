// Where a link type has its protocol field and payload, and how it says what the payload is (gen_linktype).
import {
  LINKTYPE_EN10MB,
  LINKTYPE_IPV4,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_NULL,
  LINKTYPE_RAW,
} from '../../../../capture/record.ts';
import { NEVER, shortIs, type Test } from './frame-view.ts';

/** What a filter is compiled for. */
export interface FilterLink {
  readonly linkType: number;
  /** A live capture knows the direction of every frame. */
  readonly live: boolean;
  /** Of a capture of link type NULL, whose family field is in the writer's byte order. */
  readonly bigEndian?: boolean;
}

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const AF_INET = 2;
/** Of NetBSD, FreeBSD and Darwin: any of them may have written the file. */
const AF_INET6 = [24, 28, 30];

/** Protocol field and payload by link type. */
const OFFSETS: ReadonlyMap<number, readonly [number, number]> = new Map([
  [LINKTYPE_EN10MB, [12, 14]],
  [LINKTYPE_LINUX_SLL, [14, 16]],
  [LINKTYPE_LINUX_SLL2, [0, 20]],
  [LINKTYPE_RAW, [0, 0]],
  [LINKTYPE_IPV4, [0, 0]],
  [LINKTYPE_NULL, [0, 4]],
]);

/** libpcap's description of a link type, as messages name it. */
export const LINK_DESCRIPTIONS: ReadonlyMap<number, string> = new Map([
  [LINKTYPE_EN10MB, 'Ethernet'],
  [LINKTYPE_LINUX_SLL, 'Linux cooked v1'],
  [LINKTYPE_LINUX_SLL2, 'Linux cooked v2'],
  [LINKTYPE_RAW, 'Raw IP'],
  [LINKTYPE_IPV4, 'Raw IPv4'],
  [LINKTYPE_NULL, 'BSD loopback'],
]);

const highNibbleIs =
  (at: number, value: number): Test =>
  (frame) =>
    frame.u8(at) >>> 4 === value;

/** Offsets move when `vlan` was read: what stands behind it in the expression is about the tagged frame. */
export class LinkLayer {
  readonly type: number;
  readonly live: boolean;
  private readonly bigEndian: boolean;
  private protocolAt: number;
  payloadAt: number;

  /** Null for a link type that filters are not emulated for. */
  static of(link: FilterLink): LinkLayer | null {
    const offsets = OFFSETS.get(link.linkType);
    return offsets === undefined ? null : new LinkLayer(link, offsets);
  }

  private constructor(link: FilterLink, [protocolAt, payloadAt]: readonly [number, number]) {
    this.type = link.linkType;
    this.live = link.live;
    this.bigEndian = link.bigEndian === true;
    this.protocolAt = protocolAt;
    this.payloadAt = payloadAt;
  }

  get isEthernet(): boolean {
    return this.type === LINKTYPE_EN10MB;
  }

  get description(): string {
    return LINK_DESCRIPTIONS.get(this.type) ?? String(this.type);
  }

  /** Goes behind a VLAN tag. */
  enterTag(): void {
    this.protocolAt += 4;
    this.payloadAt += 4;
  }

  /** Whether the payload is of this EtherType (above 1500). */
  etherType(type: number): Test {
    switch (this.type) {
      case LINKTYPE_RAW:
        if (type === IPV4) return highNibbleIs(this.payloadAt, 4);
        return type === IPV6 ? highNibbleIs(this.payloadAt, 6) : NEVER;
      case LINKTYPE_IPV4:
        return type === IPV4 ? () => true : NEVER;
      case LINKTYPE_NULL:
        if (type === IPV4) return this.family([AF_INET]);
        return type === IPV6 ? this.family(AF_INET6) : NEVER;
      default:
        return shortIs(this.protocolAt, type);
    }
  }

  private family(families: readonly number[]): Test {
    const values = families.map((family) => (this.bigEndian ? family : family * 2 ** 24));
    return (frame) => values.includes(frame.u32(0));
  }
}
