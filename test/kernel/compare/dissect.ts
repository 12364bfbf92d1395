// Takes a frame apart into named fields, and says of each whether the kernel draws it at random.
//
// It shares nothing with src/wire on purpose: what judges the product must not be made by it.
import {
  LINKTYPE_EN10MB,
  LINKTYPE_IPV4,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_RAW,
} from '../../../src/capture/record.ts';

/**
 * How a field is compared:
 *   exact       byte for byte
 *   mac         byte for byte, unless it is a random address: then it is renamed consistently
 *   ip-id       the identification, random in packets that a kernel makes; where fragments are forbidden it
 *               need not be drawn, and is 0 or not by a rule
 *   checksum    not the bytes, but whether what it covers adds up in the same way
 *   vxlan-port  a hash of the inner flow with a random seed, in the range of local ports
 *   udp-port    the same range, drawn for a socket
 *   echo-id     drawn by ping for each process
 *   ping-time   the time of sending that ping puts before its payload
 *   clock       a time of day that a kernel fills in
 */
type Kind =
  | 'exact'
  | 'mac'
  | 'ip-id'
  | 'checksum'
  | 'vxlan-port'
  | 'udp-port'
  | 'echo-id'
  | 'ping-time'
  | 'clock';

export interface Cover {
  from: number;
  to: number;
  /** Bytes that are summed besides those of the frame: a pseudo header. */
  pseudo: Uint8Array;
  /** The bytes are cut off before a random one that the checksum covers: nothing can be said of it. */
  hidden: boolean;
}

export interface Field {
  name: string;
  at: number;
  length: number;
  kind: Kind;
  /** Within which packets a random value means the same: the addresses, mostly. */
  scope: string;
  cover?: Cover;
  /** Of an identification: the packet must not be fragmented. */
  whole?: boolean;
}

const VXLAN_PORTS = [4789, 8472];
const PING_TIME_LENGTH = 16;
const NO_PSEUDO_HEADER = new Uint8Array();

interface Datagram {
  src: Uint8Array;
  dst: Uint8Array;
  protocol: number;
  end: number;
  /** Not all of the datagram is here: a fragment, or a quotation. */
  partial: boolean;
  length: number;
  id: number;
}

class Dissection {
  readonly fields: Field[] = [];
  readonly #data: Uint8Array;
  #prefix = '';

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  link(linkType: number): void {
    if (linkType === LINKTYPE_EN10MB) this.#ethernet(0, this.#data.length);
    else if (linkType === LINKTYPE_RAW || linkType === LINKTYPE_IPV4) this.#ipv4(0, this.#data.length);
    else if (linkType === LINKTYPE_LINUX_SLL2) this.#cooked(this.#data.length);
    else this.#rest('frame', 0, this.#data.length);
  }

  #u8(at: number): number {
    return this.#data[at] ?? 0;
  }

  #u16(at: number): number {
    return (this.#u8(at) << 8) | this.#u8(at + 1);
  }

  #add(name: string, at: number, length: number, kind: Kind = 'exact', scope = ''): void {
    const available = Math.min(length, this.#data.length - at);
    if (available > 0) this.fields.push({ name: this.#prefix + name, at, length: available, kind, scope });
  }

  #checksum(name: string, at: number, cover: Cover): void {
    if (at + 2 > cover.to) {
      this.#rest(name, at, cover.to);
      return;
    }
    this.fields.push({ name: this.#prefix + name, at, length: 2, kind: 'checksum', scope: '', cover });
  }

  #rest(name: string, at: number, end: number): void {
    this.#add(name, at, end - at);
  }

  /** What lies within another header is named after it: "ipip/ipv4.ttl". */
  #within(name: string, inside: () => void): void {
    const outer = this.#prefix;
    this.#prefix = `${outer}${name}/`;
    inside();
    this.#prefix = outer;
  }

  /** What `-i any` captures (LINUX_SLL2). */
  #cooked(end: number): void {
    this.#add('cooked.protocol', 0, 4);
    this.#add('cooked.interface', 4, 8);
    this.#add('cooked.address', 12, 6, this.#u8(11) === 6 ? 'mac' : 'exact');
    // The two bytes behind are whatever an earlier frame left there: the kernel writes 6 of 8 (tpacket_rcv).
    if (this.#u16(0) === 0x0800) this.#ipv4(20, end);
    else if (this.#u16(0) === 0x0806) this.#arp(20, end);
    else this.#rest('cooked.payload', 20, end);
  }

  #ethernet(at: number, end: number): void {
    if (end - at < 14) {
      this.#rest('ethernet (cut off)', at, end);
      return;
    }
    this.#add('ethernet.dst', at, 6, 'mac');
    this.#add('ethernet.src', at + 6, 6, 'mac');
    this.#typed(at + 12, end);
  }

  /** An EtherType and what it announces; a VLAN tag is followed by another one. */
  #typed(at: number, end: number): void {
    this.#add('ethernet.type', at, 2);
    const type = this.#u16(at);
    if (type === 0x0800) this.#ipv4(at + 2, end);
    else if (type === 0x0806) this.#arp(at + 2, end);
    else if (type === 0x8100 && end - at >= 6) {
      this.#add('vlan.tag', at + 2, 2);
      this.#typed(at + 4, end);
    } else this.#rest('ethernet.payload', at + 2, end);
  }

  #arp(at: number, end: number): void {
    if (end - at < 28) {
      this.#rest('arp (cut off)', at, end);
      return;
    }
    this.#add('arp.formats', at, 6);
    this.#add('arp.operation', at + 6, 2);
    this.#add('arp.sender-mac', at + 8, 6, 'mac');
    this.#add('arp.sender-ip', at + 14, 4);
    this.#add('arp.target-mac', at + 18, 6, 'mac');
    this.#add('arp.target-ip', at + 24, 4);
    this.#rest('arp.padding', at + 28, end);
  }

  #ipv4(at: number, end: number): void {
    const headerLength = (this.#u8(at) & 0x0f) * 4;
    if (this.#u8(at) >>> 4 !== 4 || headerLength < 20 || at + headerLength > end) {
      this.#rest('ipv4 (malformed)', at, end);
      return;
    }
    const datagram = this.#ipv4Header(at, end, headerLength);
    if ((this.#u16(at + 6) & 0x1fff) !== 0) this.#rest('ipv4.fragment-data', at + headerLength, datagram.end);
    else this.#transport(at + headerLength, datagram);
    this.#rest('ipv4.padding', datagram.end, end);
  }

  #ipv4Header(at: number, end: number, headerLength: number): Datagram {
    const src = this.#data.subarray(at + 12, at + 16);
    const dst = this.#data.subarray(at + 16, at + 20);
    const protocol = this.#u8(at + 9);
    this.#add('ipv4.version-ihl', at, 1);
    this.#add('ipv4.tos', at + 1, 1);
    this.#add('ipv4.total-length', at + 2, 2);
    this.#add('ipv4.id', at + 4, 2, 'ip-id', `${src.join('.')}>${dst.join('.')}/${protocol}`);
    this.fields.at(-1)!.whole = (this.#u16(at + 6) & 0x4000) !== 0;
    this.#add('ipv4.fragment', at + 6, 2);
    this.#add('ipv4.ttl', at + 8, 1);
    this.#add('ipv4.protocol', at + 9, 1);
    const cover = { from: at, to: at + headerLength, pseudo: NO_PSEUDO_HEADER, hidden: false };
    this.#checksum('ipv4.checksum', at + 10, cover);
    this.#add('ipv4.src', at + 12, 4);
    this.#add('ipv4.dst', at + 16, 4);
    this.#options(at + 20, at + headerLength);
    const totalLength = this.#u16(at + 2);
    const stated = totalLength < headerLength ? end : at + totalLength;
    const partial = stated > end || (this.#u16(at + 6) & 0x2000) !== 0;
    return {
      src,
      dst,
      protocol,
      end: Math.min(stated, end),
      partial,
      length: stated - at - headerLength,
      id: this.#u16(at + 4),
    };
  }

  #options(at: number, end: number): void {
    const TIMESTAMP = 0x44;
    let next = at;
    while (next < end) {
      const single = this.#u8(next) <= 1;
      const length = single ? 1 : Math.min(Math.max(this.#u8(next + 1), 2), end - next);
      if (this.#u8(next) === TIMESTAMP && length > 4) {
        this.#add('ipv4.option-timestamp', next, 4);
        this.#add('ipv4.option-times', next + 4, length - 4, 'clock');
      } else {
        this.#add('ipv4.option', next, length);
      }
      next += length;
    }
  }

  #transport(at: number, datagram: Datagram): void {
    if (datagram.protocol === 1) this.#icmp(at, datagram);
    else if (datagram.protocol === 17) this.#udp(at, datagram);
    else if (datagram.protocol === 6) this.#tcp(at, datagram);
    else if (datagram.protocol === 4) this.#within('ipip', () => this.#ipv4(at, datagram.end));
    else this.#rest('ipv4.payload', at, datagram.end);
  }

  #icmp(at: number, datagram: Datagram): void {
    const { end } = datagram;
    const type = this.#u8(at);
    const echo = type === 8 || type === 0;
    const hidden = echo && datagram.partial && end - at < 8 + PING_TIME_LENGTH && datagram.length > end - at;
    this.#add('icmp.type', at, Math.min(1, end - at));
    this.#add('icmp.code', at + 1, Math.min(1, end - at - 1));
    this.#checksum('icmp.checksum', at + 2, { from: at, to: end, pseudo: NO_PSEUDO_HEADER, hidden });
    if (end - at < 8) {
      this.#rest('icmp (cut off)', at + 4, end);
      return;
    }
    if (echo) this.#echo(at, datagram);
    else if (type === 13 || type === 14) this.#icmpTimestamp(at, datagram);
    else if (type === 3 || type === 4 || type === 5 || type === 11 || type === 12) {
      this.#add('icmp.rest', at + 4, 4);
      this.#within('quote', () => this.#ipv4(at + 8, end));
    } else this.#rest('icmp.data', at + 4, end);
  }

  #echoHeader(at: number, { src, dst }: Datagram): void {
    this.#add('icmp.id', at + 4, 2, 'echo-id', [src.join('.'), dst.join('.')].sort().join('-'));
    this.#add('icmp.sequence', at + 6, 2);
  }

  #echo(at: number, datagram: Datagram): void {
    this.#echoHeader(at, datagram);
    const timed = datagram.length >= 8 + PING_TIME_LENGTH ? PING_TIME_LENGTH : 0;
    const time = Math.min(timed, datagram.end - at - 8);
    this.#add('icmp.ping-time', at + 8, time, 'ping-time');
    this.#rest('icmp.data', at + 8 + time, datagram.end);
  }

  #icmpTimestamp(at: number, datagram: Datagram): void {
    this.#echoHeader(at, datagram);
    const reply = this.#u8(at) === 14;
    this.#add('icmp.originate', at + 8, 4);
    this.#add('icmp.receive-transmit', at + 12, 8, reply ? 'clock' : 'exact');
    this.#rest('icmp.data', at + 20, datagram.end);
  }

  #pseudoHeader({ src, dst, protocol }: Datagram, length: number): Uint8Array {
    return Uint8Array.from([...src, ...dst, 0, protocol, length >>> 8, length & 0xff]);
  }

  #udp(at: number, datagram: Datagram): void {
    const { end } = datagram;
    if (end - at < 8) {
      this.#rest('udp (cut off)', at, end);
      return;
    }
    const vxlan = VXLAN_PORTS.includes(this.#u16(at + 2));
    // A port may be drawn again for another packet; in what quotes this one it has to be the same.
    const scope = `${datagram.src.join('.')}>${datagram.dst.join('.')}${vxlan ? '' : ` #${datagram.id}`}`;
    this.#add('udp.src-port', at, 2, vxlan ? 'vxlan-port' : 'udp-port', scope);
    this.#add('udp.dst-port', at + 2, 2);
    this.#add('udp.length', at + 4, 2);
    this.#udpChecksum(at, datagram);
    if (vxlan) this.#vxlan(at + 8, end);
    else this.#rest('udp.data', at + 8, end);
  }

  #udpChecksum(at: number, datagram: Datagram): void {
    if (this.#u16(at + 6) === 0) {
      this.#add('udp.checksum', at + 6, 2);
      return;
    }
    const pseudo = this.#pseudoHeader(datagram, this.#u16(at + 4));
    const to = Math.min(datagram.end, at + Math.max(this.#u16(at + 4), 8));
    this.#checksum('udp.checksum', at + 6, { from: at, to, pseudo, hidden: false });
  }

  #vxlan(at: number, end: number): void {
    if (end - at < 8) {
      this.#rest('vxlan (cut off)', at, end);
      return;
    }
    this.#add('vxlan.flags', at, 4);
    this.#add('vxlan.vni', at + 4, 4);
    this.#within('vxlan', () => this.#ethernet(at + 8, end));
  }

  #tcp(at: number, datagram: Datagram): void {
    const { end } = datagram;
    if (end - at < 20) {
      this.#rest('tcp (cut off)', at, end);
      return;
    }
    const pseudo = this.#pseudoHeader(datagram, datagram.length);
    this.#add('tcp.src-port', at, 2);
    this.#add('tcp.dst-port', at + 2, 2);
    this.#add('tcp.sequence', at + 4, 4);
    this.#add('tcp.acknowledged', at + 8, 4);
    this.#add('tcp.offset-flags', at + 12, 2);
    this.#add('tcp.window', at + 14, 2);
    this.#checksum('tcp.checksum', at + 16, { from: at, to: end, pseudo, hidden: false });
    this.#rest('tcp.rest', at + 18, end);
  }
}

export function dissect(linkType: number, data: Uint8Array): Field[] {
  const dissection = new Dissection(data);
  dissection.link(linkType);
  return dissection.fields;
}

const fold = (sum: number): number => sum % 0xffff;

/**
 * Whether the sum of the pseudo header stands where the checksum will be: a device that offloads checksums,
 * as veth does, hands such packets on unfinished (CHECKSUM_PARTIAL), and that is what a capture shows.
 */
export function isUnfinished(data: Uint8Array, at: number, { pseudo }: Cover): boolean {
  let sum = 0;
  for (let i = 0; i < pseudo.length; i += 2) sum += (pseudo[i]! << 8) | pseudo[i + 1]!;
  return pseudo.length > 0 && fold(sum) === fold((data[at]! << 8) | data[at + 1]!);
}

/**
 * The ones' complement sum of what a checksum covers, itself included: 0 when it is right. A part of a
 * message (a fragment, a quotation) sums to the complement of the rest, so equal parts sum equally.
 */
export function checksumResidue(data: Uint8Array, cover: Cover): number {
  let sum = 0;
  for (let i = 0; i < cover.pseudo.length; i += 2) sum += (cover.pseudo[i]! << 8) | cover.pseudo[i + 1]!;
  for (let at = cover.from; at < cover.to; at += 2) {
    sum += (data[at]! << 8) | (at + 1 < cover.to ? data[at + 1]! : 0);
  }
  return fold(sum);
}
