// Collects the fragments that the node made, so that the whole packet can be given back to it.
import * as ip from '../wire/ipv4.ts';

/** A packet of which some fragments were captured. */
export interface Collected<Holder> {
  /** Whoever waits for the verdict on a fragment, in the order of the capture. */
  readonly holders: Holder[];
  readonly at: number;
  readonly pieces: { readonly offset: number; readonly bytes: Uint8Array }[];
  header: Uint8Array | null;
  /** Length of the payload, -1 until the last fragment is there. */
  length: number;
}

/** Microseconds after which a packet of which fragments are missing is given up. */
const PATIENCE = 1_000_000;
const LIMIT = 256;
const PIECES_LIMIT = 4096;

export class FragmentCollector<Holder> {
  private readonly packets = new Map<string, Collected<Holder>>();

  static keyOf(view: DataView, at: number): string {
    return `${ip.source(view, at)} ${ip.destination(view, at)} ${ip.identification(view, at)} ${ip.protocol(view, at)}`;
  }

  has(view: DataView, at: number): boolean {
    return this.packets.has(FragmentCollector.keyOf(view, at));
  }

  /** Adds the fragment at `at`. The whole packet and its holders once nothing is missing, else null. */
  add(
    view: DataView,
    at: number,
    now: number,
    holder: Holder,
  ): { bytes: Uint8Array; holders: Holder[] } | null {
    const key = FragmentCollector.keyOf(view, at);
    let packet = this.packets.get(key);
    if (packet === undefined) {
      packet = { holders: [], at: now, pieces: [], header: null, length: -1 };
      this.packets.set(key, packet);
    }
    packet.holders.push(holder);
    if (packet.pieces.length < PIECES_LIMIT) place(packet, view, at);
    const bytes = assemble(packet);
    if (bytes === null) return null;
    this.packets.delete(key);
    return { bytes, holders: packet.holders };
  }

  get isEmpty(): boolean {
    return this.packets.size === 0;
  }

  /** The holders of packets that began too long before `now`, or of too many. */
  expire(now: number): Holder[][] {
    const given: Holder[][] = [];
    for (const [key, packet] of this.packets) {
      if (packet.at + PATIENCE >= now && this.packets.size <= LIMIT) break;
      this.packets.delete(key);
      given.push(packet.holders);
    }
    return given;
  }
}

function place<Holder>(packet: Collected<Holder>, view: DataView, at: number): void {
  const header = ip.headerLength(view, at);
  const end = at + ip.totalLength(view, at);
  const field = ip.fragment(view, at);
  const offset = (field & ip.OFFSET_MASK) << 3;
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, end - at);
  packet.pieces.push({ offset, bytes: bytes.subarray(header) });
  if (offset === 0) packet.header = bytes.subarray(0, header);
  if ((field & ip.MF) === 0) packet.length = offset + end - at - header;
}

/** The packet with a header that knows of no fragments; null if something is missing. */
function assemble<Holder>({ pieces, header, length }: Collected<Holder>): Uint8Array | null {
  if (header === null || length < 0 || length + header.length > ip.IPV4_LENGTH_MAX) return null;
  let reached = 0;
  for (const { offset, bytes } of [...pieces].sort((a, b) => a.offset - b.offset)) {
    if (offset > reached) return null;
    reached = Math.max(reached, offset + bytes.length);
  }
  if (reached < length) return null;
  const whole = new Uint8Array(header.length + length);
  whole.set(header);
  for (const { offset, bytes } of pieces)
    if (offset < length) whole.set(bytes.subarray(0, length - offset), header.length + offset);
  const view = new DataView(whole.buffer);
  ip.setTotalLength(view, 0, whole.length);
  ip.setFragment(view, 0, ip.fragment(view, 0) & ip.DF);
  ip.fillChecksum(view, 0);
  return whole;
}
