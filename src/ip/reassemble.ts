// Reassembly of fragments for local delivery, and so before decapsulation (net/ipv4/ip_fragment.c): overlaps end the
// whole datagram, duplicates are dropped, time and memory are bounded.
import { Drop, type DropReason } from '../drop/reasons.ts';
import { RouteType } from '../fib/route.ts';
import { Mib } from '../netns/counters.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { type Packet, PacketFlag } from '../packet/packet.ts';
import { SECOND, type Timer } from '../time/clock.ts';
import { IcmpType, TimeExceededCode } from '../wire/icmp.ts';
import * as ip from '../wire/ipv4.ts';
import { sendIcmpError } from './icmp-error.ts';
import { OptionsFound } from './options.ts';
import { peerOf } from './peers.ts';
import { RouteResult } from './route.ts';
import { InputKey, ROUTED, routeInput } from './route-input.ts';

/** One piece: its place in the datagram's payload. The packet's head is its payload, `network` its header. */
interface Piece {
  readonly packet: Packet;
  readonly offset: number;
  readonly end: number;
  /** What was found in its header; null for none. */
  readonly options: OptionsFound | null;
}

interface Datagram {
  readonly id: string;
  readonly input: Device;
  /** In order of offset, without overlap. */
  pieces: Piece[];
  /** Length of the payload as far as it is known. */
  length: number;
  lastSeen: boolean;
  received: number;
  /** Bit set of the ECN values seen (1 << value). */
  ecn: number;
  /** Longest fragment, and longest with DF, headers included. */
  maxSize: number;
  maxDfSize: number;
  memory: number;
  /** The peer's count of fragments when the last one of this datagram came. */
  turn: number;
  timer: Timer | null;
}

const NOT_ECT = 1;
const ECT_1 = 2;
const ECT_0 = 4;
const CE = 8;
/** kmalloc bucket and sk_buff of a small fragment, as skb->truesize. */
const PIECE_OVERHEAD = 768;

/**
 * Takes a fragment. Returns the whole datagram when this was its last missing piece (head at its IPv4 header), else
 * null: the fragment is kept or has ended. `options` are the fragment's and become those of the first one.
 */
export function reassemble(
  namespace: Namespace,
  input: Device,
  packet: Packet,
  options: OptionsFound,
): Packet | null {
  const { kernel, counters } = namespace;
  counters.count(Mib.IpReasmReqds);
  const id = identityOf(packet, input.l3mdev?.index ?? 0);
  const limit = namespace.conf.ipfrag_high_thresh;
  if (limit === 0 || namespace.fragmentMemory > limit) {
    counters.count(Mib.IpReasmFails);
    kernel.drop(namespace, packet, Drop.FRAG_QUEUE_LIMIT, input);
    return null;
  }
  const datagram = (namespace.fragments.get(id) as Datagram | undefined) ?? begin(namespace, input, id);
  if (isTooFar(namespace, datagram, packet)) {
    counters.count(Mib.IpReasmFails);
    restart(namespace, datagram);
  }
  return insert(namespace, datagram, packet, options);
}

/** What the fragments of a datagram share (RFC 791 section 3.2): 16 bits a character, ten times as fast as in digits. */
function identityOf({ view, head }: Packet, vrf: number): string {
  const source = ip.source(view, head);
  const destination = ip.destination(view, head);
  return String.fromCharCode(
    source >>> 16,
    source & 0xffff,
    destination >>> 16,
    destination & 0xffff,
    ip.identification(view, head),
    ip.protocol(view, head),
    vrf >>> 16,
    vrf & 0xffff,
  );
}

function begin(namespace: Namespace, input: Device, id: string): Datagram {
  const datagram: Datagram = {
    id,
    input,
    pieces: [],
    length: 0,
    lastSeen: false,
    received: 0,
    ecn: 0,
    maxSize: 0,
    maxDfSize: 0,
    memory: 0,
    turn: 0,
    timer: null,
  };
  namespace.fragments.set(id, datagram);
  arm(namespace, datagram);
  return datagram;
}

function arm(namespace: Namespace, datagram: Datagram): void {
  const { clock } = namespace.kernel;
  clock.cancel(datagram.timer);
  datagram.timer = clock.schedule(namespace.conf.ipfrag_time * SECOND, () => expire(namespace, datagram));
}

/** More than ipfrag_max_dist fragments of the same sender came since: these belong to an older datagram. */
function isTooFar(namespace: Namespace, datagram: Datagram, packet: Packet): boolean {
  const limit = namespace.conf.ipfrag_max_dist;
  if (limit === 0) return false;
  const peer = peerOf(namespace, ip.source(packet.view, packet.head), datagram.input);
  const before = datagram.turn;
  datagram.turn = ++peer.fragments;
  return datagram.pieces.length > 0 && datagram.turn - before > limit;
}

function restart(namespace: Namespace, datagram: Datagram): void {
  end(namespace, datagram, Drop.FRAG_TOO_FAR, false);
  datagram.pieces = [];
  datagram.length = 0;
  datagram.lastSeen = false;
  datagram.received = 0;
  datagram.ecn = 0;
  arm(namespace, datagram);
}

/** Frees the pieces; with `forget` the datagram leaves the table too. */
function end(namespace: Namespace, datagram: Datagram, reason: DropReason, forget: boolean): void {
  for (const piece of datagram.pieces) namespace.kernel.drop(namespace, piece.packet, reason, datagram.input);
  datagram.pieces = [];
  namespace.fragmentMemory -= datagram.memory;
  datagram.memory = 0;
  if (forget) retire(namespace, datagram);
}

function retire(namespace: Namespace, datagram: Datagram): void {
  namespace.kernel.clock.cancel(datagram.timer);
  datagram.timer = null;
  namespace.fragments.delete(datagram.id);
}

function discard(namespace: Namespace, datagram: Datagram, packet: Packet, reason: DropReason): null {
  namespace.counters.count(Mib.IpReasmFails);
  end(namespace, datagram, reason, true);
  namespace.kernel.drop(namespace, packet, reason, datagram.input);
  return null;
}

/** ip_frag_queue. */
function insert(
  namespace: Namespace,
  datagram: Datagram,
  packet: Packet,
  options: OptionsFound,
): Packet | null {
  const { view, head } = packet;
  const field = ip.fragment(view, head);
  const headerLength = ip.headerLength(view, head);
  const offset = (field & ip.OFFSET_MASK) << 3;
  let last = offset + packet.length - headerLength;
  if ((field & ip.MF) === 0) {
    if (last < datagram.length || (datagram.lastSeen && last !== datagram.length))
      return discard(namespace, datagram, packet, Drop.FRAG_OVERLAP);
    datagram.lastSeen = true;
    datagram.length = last;
  } else {
    last &= ~7;
    if (last > datagram.length) {
      if (datagram.lastSeen) return discard(namespace, datagram, packet, Drop.FRAG_OVERLAP);
      datagram.length = last;
    }
  }
  if (last === offset) return discard(namespace, datagram, packet, Drop.FRAG_OVERLAP);
  const place = findPlace(datagram, offset, last);
  if (place === DUPLICATE) {
    namespace.kernel.drop(namespace, packet, Drop.DUP_FRAG, datagram.input);
    return null;
  }
  if (place === OVERLAP) {
    namespace.counters.count(Mib.IpExtReasmOverlaps);
    return discard(namespace, datagram, packet, Drop.FRAG_OVERLAP);
  }
  const piece = { packet, offset, end: last, options: copyOf(options) };
  return keep(namespace, datagram, packet, place, piece, headerLength, options);
}

function copyOf(options: OptionsFound): OptionsFound | null {
  if (options.length === 0) return null;
  const copy = new OptionsFound();
  copy.adopt(options);
  return copy;
}

const DUPLICATE = -1;
const OVERLAP = -2;

/**
 * The index for a piece, or DUPLICATE if it lies within a run of pieces that touch each other, or OVERLAP
 * (inet_frag_queue_insert).
 */
function findPlace(datagram: Datagram, offset: number, last: number): number {
  const { pieces } = datagram;
  let index = pieces.length;
  while (index > 0 && pieces[index - 1].offset >= last) index--;
  if (index === 0 || pieces[index - 1].end <= offset) return index;
  const isTail = index === pieces.length && last > pieces[index - 1].end;
  if (isTail) return OVERLAP;
  let runStart = index - 1;
  while (runStart > 0 && pieces[runStart - 1].end === pieces[runStart].offset) runStart--;
  let runEnd = index - 1;
  while (runEnd + 1 < pieces.length && pieces[runEnd].end === pieces[runEnd + 1].offset) runEnd++;
  return offset >= pieces[runStart].offset && last <= pieces[runEnd].end ? DUPLICATE : OVERLAP;
}

function keep(
  namespace: Namespace,
  datagram: Datagram,
  packet: Packet,
  place: number,
  piece: Piece,
  headerLength: number,
  options: OptionsFound,
): Packet | null {
  const { view, head } = packet;
  const size = packet.length;
  if (size > datagram.maxSize) datagram.maxSize = size;
  if ((ip.fragment(view, head) & ip.DF) !== 0 && size > datagram.maxDfSize) datagram.maxDfSize = size;
  datagram.ecn |= 1 << (ip.tos(view, head) & 3);
  packet.network = head;
  packet.pull(headerLength);
  packet.trim(piece.end - piece.offset);
  datagram.pieces.splice(place, 0, piece);
  datagram.received += piece.end - piece.offset;
  const memory = PIECE_OVERHEAD + size;
  datagram.memory += memory;
  namespace.fragmentMemory += memory;
  if (!datagram.lastSeen || datagram.received !== datagram.length || datagram.pieces[0].offset !== 0)
    return null;
  return complete(namespace, datagram, options);
}

/** ip_frag_reasm: the first piece's header in front of everybody's payload, and its options. */
function complete(namespace: Namespace, datagram: Datagram, options: OptionsFound): Packet | null {
  const ecn = combinedEcn(datagram.ecn);
  const first = datagram.pieces[0].packet;
  const headerLength = ip.headerLength(first.view, first.network);
  const total = headerLength + datagram.length;
  if (ecn < 0 || total > ip.IPV4_LENGTH_MAX) {
    namespace.counters.count(Mib.IpReasmFails);
    end(namespace, datagram, ecn < 0 ? Drop.FRAG_OVERLAP : Drop.PKT_TOO_BIG, true);
    return null;
  }
  const { pool } = namespace.kernel;
  const whole = pool.alloc(total);
  whole.put(total);
  whole.network = whole.head;
  whole.type = first.type;
  whole.protocol = first.protocol;
  whole.inputIndex = first.inputIndex;
  whole.mark = first.mark;
  whole.trace = first.trace;
  whole.flowHash = first.flowHash;
  whole.flowHashHasPorts = first.flowHashHasPorts;
  const { view, head, bytes } = whole;
  ip.copyHeader(first.view, first.network, view, head);
  for (const { packet, offset } of datagram.pieces) {
    bytes.set(packet.data(), head + headerLength + offset);
    namespace.counters.merged++;
    pool.free(packet);
  }
  const pieces = datagram.pieces.length;
  const { observer } = namespace.kernel;
  if (observer !== null) observer.step?.(namespace, whole, { kind: 'reassembled', pieces });
  const found = datagram.pieces[0].options;
  if (found === null) options.reset();
  else options.adopt(found);
  datagram.pieces = [];
  end(namespace, datagram, Drop.NOT_SPECIFIED, true);
  const withDf = datagram.maxDfSize === datagram.maxSize;
  ip.setTotalLength(view, head, total);
  ip.setTos(view, head, ip.tos(view, head) | ecn);
  ip.setFragment(view, head, withDf ? ip.DF : 0);
  ip.fillChecksum(view, head);
  whole.fragMaxSize = Math.max(datagram.maxDfSize, datagram.maxSize);
  if (withDf) whole.flags |= PacketFlag.FRAGMENT_DF;
  namespace.counters.reassembled++;
  namespace.counters.count(Mib.IpReasmOKs);
  return whole;
}

/** The ECN bits to add, or -1 where fragments contradict each other (ip_frag_ecn_table; RFC 3168 section 5.3). */
function combinedEcn(seen: number): number {
  if ((seen & NOT_ECT) !== 0 && seen !== NOT_ECT) return -1;
  return (seen & CE) !== 0 && (seen & (ECT_0 | ECT_1)) !== 0 ? 3 : 0;
}

const route = new RouteResult();
const key = new InputKey();

/** Time is up: the sender hears of it if the first fragment is here and the datagram was for us (ip_expire). */
function expire(namespace: Namespace, datagram: Datagram): void {
  datagram.timer = null;
  namespace.counters.count(Mib.IpReasmFails);
  namespace.counters.count(Mib.IpReasmTimeout);
  const first = datagram.pieces[0];
  if (first !== undefined && first.offset === 0) reportTimeout(namespace, datagram, first);
  end(namespace, datagram, Drop.FRAG_REASM_TIMEOUT, true);
}

function reportTimeout(namespace: Namespace, datagram: Datagram, { packet, options }: Piece): void {
  if (datagram.input.gone) return;
  const { view, network } = packet;
  key.destination = ip.destination(view, network);
  key.source = ip.source(view, network);
  key.tos = ip.tos(view, network);
  key.mark = packet.mark;
  key.protocol = ip.protocol(view, network);
  if (routeInput(namespace, datagram.input, key, route) !== ROUTED || route.type !== RouteType.LOCAL) return;
  sendIcmpError(
    namespace,
    packet,
    route.flags,
    IcmpType.TIME_EXCEEDED,
    TimeExceededCode.REASSEMBLY,
    0,
    options,
  );
}

/** Ends every half-finished datagram of a namespace that goes away. */
export function flushFragments(namespace: Namespace): void {
  for (const datagram of [...namespace.fragments.values()] as Datagram[])
    end(namespace, datagram, Drop.NOT_SPECIFIED, true);
}
