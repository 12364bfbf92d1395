// One packet: one buffer with headroom, and a moving head. Encapsulation prepends, decapsulation strips, nothing
// is copied. Whoever holds a packet passes it on or frees it, once; the pool counts and a second free throws.

/** Room in front of a packet: two VXLAN layers (2 × 50), an IPIP header (20) and an Ethernet header (14), rounded up. */
export const HEADROOM = 160;

const SMALL = 2048 + HEADROOM;
const LARGE = 65536 + 1024 + HEADROOM;
const NO_HEADER = -1;

/** How a frame was addressed (PACKET_HOST and so on in linux/if_packet.h). */
export const PacketType = {
  HOST: 0,
  BROADCAST: 1,
  MULTICAST: 2,
  OTHERHOST: 3,
  OUTGOING: 4,
  LOOPBACK: 5,
} as const;

export class Packet {
  bytes: Uint8Array;
  view: DataView;
  /** Offset of the first byte; moves with `push` and `pull`. */
  head = HEADROOM;
  /** Offset behind the last byte. */
  tail = HEADROOM;
  /** Offset of the link-layer header of the frame as received, or -1. */
  link = NO_HEADER;
  /** Offset of the network header. */
  network = HEADROOM;
  /** A PacketType. */
  type = 0;
  /** EtherType of what starts at `network`. */
  protocol = 0;
  /** Index of the device it came in by in its present namespace; 0 for a packet made here. */
  inputIndex = 0;
  /** Firewall mark (fwmark). */
  mark = 0;
  /** Fragment it in spite of DF (skb->ignore_df). */
  ignoreDf = false;
  /** How many tunnels it has entered since it was received or made (XMIT_RECURSION_LIMIT). */
  depth = 0;
  /** Largest fragment that it was reassembled from, 0 if it was whole (IPCB(skb)->frag_max_size). */
  fragMaxSize = 0;
  /** Bits of PacketFlag. */
  flags = 0;
  /**
   * Where a transport header begins whose checksum field holds only the sum of its pseudo-header, to be completed by
   * hardware that never comes (CHECKSUM_PARTIAL); 0 for none. The field is `checksumOffset` behind it.
   */
  checksumStart = 0;
  checksumOffset = 0;
  /** Next hop (IPv4 address as a signed integer) and FIB entry of the route it takes: a tunnel asks for both. */
  hop = 0;
  nextHop: object | null = null;
  route: object | null = null;
  /**
   * Identity for traces: kept through encapsulation, shared by fragments, copies and answers. Negative for ARP messages
   * about the next hop of the packet that has the positive number.
   */
  trace = 0;
  /** By which tunnels tell flows apart, once it was asked for; 0 before (skb->hash). */
  flowHash = 0;
  /** The hash is over ports too, and outlives decapsulation (skb->l4_hash). */
  flowHashHasPorts = false;
  /** Those who hold the bytes together, in the kernel: copies of a flood, until one writes into them; null for nobody else. */
  shared: { holders: number } | null = null;
  /** The flow by which it came here (Flow in src/netns/flow.ts); null for another way. */
  flow: object | null = null;
  /** Its IPv4 header was checked or written by the hop before, and it is as long as that says. */
  sound = false;
  /** Given out by the pool and not yet freed. */
  live = false;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
  }

  get length(): number {
    return this.tail - this.head;
  }

  /** Prepends `count` bytes, whose content is undefined, and returns the new head. */
  push(count: number): number {
    if (this.head < count) this.grow(count);
    this.head -= count;
    return this.head;
  }

  /** Strips `count` bytes from the front and returns the new head. */
  pull(count: number): number {
    this.head += count;
    return this.head;
  }

  /** Appends `count` bytes, whose content is undefined, and returns the offset of the first of them. */
  put(count: number): number {
    const at = this.tail;
    if (at + count > this.bytes.length) this.extend(count);
    this.tail = at + count;
    return at;
  }

  /** Cuts to `length` bytes from the head, if it is longer. */
  trim(length: number): void {
    if (this.length > length) this.tail = this.head + length;
  }

  /** The bytes themselves, not a copy: valid until the packet is next touched. */
  data(): Uint8Array {
    return this.bytes.subarray(this.head, this.tail);
  }

  private grow(count: number): void {
    const shift = count - this.head + HEADROOM;
    const bytes = new Uint8Array(this.bytes.length + shift);
    bytes.set(this.bytes.subarray(this.head, this.tail), this.head + shift);
    this.adopt(bytes);
    this.head += shift;
    this.tail += shift;
    this.network += shift;
    if (this.checksumStart !== 0) this.checksumStart += shift;
    if (this.link !== NO_HEADER) this.link += shift;
  }

  /** Somebody else holds its bytes too (skb_cloned). */
  get isCloned(): boolean {
    return this.shared !== null && this.shared.holders > 1;
  }

  /** Gets bytes of its own before they are written into (skb_cow). */
  unshare(): void {
    if (this.shared !== null) this.shared.holders--;
    this.shared = null;
  }

  private extend(count: number): void {
    const bytes = new Uint8Array(Math.max(LARGE, this.tail + count));
    bytes.set(this.bytes.subarray(0, this.tail));
    this.adopt(bytes);
  }

  private adopt(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

/** Bits of `Packet.flags`. */
export const PacketFlag = {
  /** Routed when it was sent, for local delivery: input does not route it again (skb_valid_dst). */
  ROUTED_LOCAL: 1,
  /** Forwarded here (IPSKB_FORWARDED). */
  FORWARDED: 2,
  /** Reassembled with DF: its fragments carry DF again (IPSKB_FRAG_PMTU). */
  FRAGMENT_DF: 4,
  /** One device handed it to another as a frame for this host, whatever its MAC address says (vxlan_encap_bypass). */
  HANDED_OVER: 8,
} as const;

/** Makes packets and takes them back. Nothing is allocated while a freed packet of the right size is at hand. */
export class PacketPool {
  private readonly small: Packet[] = [];
  private readonly large: Packet[] = [];
  /** Packets that were given out and have not come back. */
  outstanding = 0;

  /** An empty packet with HEADROOM in front and room for `size` bytes. */
  alloc(size: number): Packet {
    const isSmall = size + HEADROOM <= SMALL;
    const free = isSmall ? this.small : this.large;
    const packet =
      free.length > 0
        ? (free.pop() as Packet)
        : new Packet(isSmall ? SMALL : Math.max(LARGE, size + HEADROOM));
    packet.head = HEADROOM;
    packet.tail = HEADROOM;
    packet.link = NO_HEADER;
    packet.network = HEADROOM;
    packet.type = 0;
    packet.protocol = 0;
    packet.inputIndex = 0;
    packet.mark = 0;
    packet.ignoreDf = false;
    packet.depth = 0;
    packet.fragMaxSize = 0;
    packet.flags = 0;
    packet.checksumStart = 0;
    packet.checksumOffset = 0;
    packet.hop = 0;
    packet.nextHop = null;
    packet.route = null;
    packet.trace = 0;
    packet.flowHash = 0;
    packet.flowHashHasPorts = false;
    packet.flow = null;
    packet.live = true;
    this.outstanding++;
    return packet;
  }

  /** A packet that holds a copy of `bytes`. */
  from(bytes: Uint8Array): Packet {
    const packet = this.alloc(bytes.length);
    packet.bytes.set(bytes, packet.put(bytes.length));
    return packet;
  }

  /** A second packet with the same bytes from the head on and the same marks. */
  clone(packet: Packet): Packet {
    const copy = this.alloc(packet.length);
    copy.put(packet.length);
    copy.bytes.set(packet.data(), copy.head);
    const shift = copy.head - packet.head;
    copy.link = packet.link < packet.head ? NO_HEADER : packet.link + shift;
    copy.network = packet.network + shift;
    copy.type = packet.type;
    copy.protocol = packet.protocol;
    copy.inputIndex = packet.inputIndex;
    copy.mark = packet.mark;
    copy.ignoreDf = packet.ignoreDf;
    copy.depth = packet.depth;
    copy.fragMaxSize = packet.fragMaxSize;
    copy.flags = packet.flags;
    copy.checksumStart = packet.checksumStart === 0 ? 0 : packet.checksumStart + shift;
    copy.checksumOffset = packet.checksumOffset;
    copy.hop = packet.hop;
    copy.nextHop = packet.nextHop;
    copy.route = packet.route;
    copy.trace = packet.trace;
    copy.flowHash = packet.flowHash;
    copy.flowHashHasPorts = packet.flowHashHasPorts;
    packet.shared ??= { holders: 1 };
    packet.shared.holders++;
    copy.shared = packet.shared;
    return copy;
  }

  /** Takes a packet back; its holder must forget it. */
  free(packet: Packet): void {
    if (!packet.live) throw new Error('packet freed twice');
    packet.live = false;
    if (packet.shared !== null) packet.unshare();
    this.outstanding--;
    if (packet.bytes.length === SMALL) this.small.push(packet);
    else this.large.push(packet);
  }
}
