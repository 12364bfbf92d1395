// A capture of any length as a Calico node's eth0 would have it: IPIP between the pods of two nodes of
// captures/calico-ipip/in/lab.sh, several hundred conversations in both directions, sizes as the Internet has them.
import { type Ipv4, parseIpv4 } from '../src/addr/ipv4.ts';
import { type Mac, parseMac } from '../src/addr/mac.ts';
import { Random } from '../src/time/random.ts';
import { checksum, pseudoHeaderSum } from '../src/wire/checksum.ts';
import * as ethernet from '../src/wire/ethernet.ts';
import { EtherType } from '../src/wire/ethernet.ts';
import * as ip from '../src/wire/ipv4.ts';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const PIECE = 1 << 18;
const START = 1_700_000_000;
/** Microseconds between two packets. */
const GAP = 7;
const OUTER = ethernet.ETHERNET_HEADER;
const INNER = OUTER + ip.IPV4_HEADER;
const BODY = INNER + ip.IPV4_HEADER;
const { ICMP, TCP, UDP, IPIP } = ip.IpProtocol;
/** Bytes behind the inner header: bare acknowledgements, mid-sized, and full ones. */
const SIZES = [20, 20, 20, 32, 64, 84, 300, 556, 1408, 1440, 1440];
const TCP_OFFSET = 0x50;
const TCP_ACK = 0x10;

interface Conversation {
  readonly near: Ipv4;
  readonly far: Ipv4;
  readonly protocol: number;
  readonly ports: number;
}

const address = (text: string): Ipv4 => parseIpv4(text) as Ipv4;
const NODE = address('10.211.55.8');
const OTHER = address('10.211.55.9');
const NODE_MAC = parseMac('00:1c:42:1a:00:08') as Mac;
const OTHER_MAC = parseMac('00:1c:42:1a:00:09') as Mac;
const NEAR = [address('192.168.36.73'), address('192.168.36.75')];
const FAR = [address('192.168.202.4'), address('192.168.202.5')];

function conversationsOf(random: Random, count: number): Conversation[] {
  return Array.from({ length: count }, (_, i) => ({
    near: NEAR[i & 1]!,
    far: FAR[(i >> 1) & 1]!,
    protocol: i % 8 === 0 ? ICMP : i % 8 < 3 ? UDP : TCP,
    ports: random.below(0x7fffffff),
  }));
}

export interface CaptureOptions {
  readonly packets: number;
  readonly conversations?: number;
  readonly seed?: number;
}

/** The pieces of a pcap file. */
export function* ipipCapture({
  packets,
  conversations: count = 400,
  seed = 1,
}: CaptureOptions): Generator<Uint8Array> {
  const random = new Random(seed);
  const conversations = conversationsOf(random, count);
  const piece = new Uint8Array(PIECE);
  const view = new DataView(piece.buffer);
  let at = writeFileHeader(view);
  for (let i = 0; i < packets; i++) {
    if (at + RECORD_HEADER + 1600 > PIECE) {
      yield piece.slice(0, at);
      at = 0;
    }
    const conversation = conversations[random.below(count)]!;
    const body = SIZES[random.below(SIZES.length)]!;
    const length = BODY + body;
    writeRecordHeader(view, at, i * GAP, length);
    writeFrame(view, at + RECORD_HEADER, i, conversation, (random.below(2) & 1) === 0, body);
    at += RECORD_HEADER + length;
  }
  yield piece.slice(0, at);
}

function writeFileHeader(view: DataView): number {
  view.setUint32(0, 0xa1b2c3d4, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 262_144, true);
  view.setUint32(20, 1, true);
  return FILE_HEADER;
}

function writeRecordHeader(view: DataView, at: number, time: number, length: number): void {
  view.setUint32(at, START + Math.floor(time / 1e6), true);
  view.setUint32(at + 4, time % 1_000_000, true);
  view.setUint32(at + 8, length, true);
  view.setUint32(at + 12, length, true);
}

function writeFrame(
  view: DataView,
  at: number,
  number: number,
  { near, far, protocol, ports }: Conversation,
  leaves: boolean,
  body: number,
): void {
  const [to, from] = leaves ? [OTHER_MAC, NODE_MAC] : [NODE_MAC, OTHER_MAC];
  const [outerFrom, outerTo] = leaves ? [NODE, OTHER] : [OTHER, NODE];
  const [source, destination] = leaves ? [near, far] : [far, near];
  const length = ip.IPV4_HEADER + body;
  ethernet.write(view, at, to, from, EtherType.IPV4);
  ip.write(view, at + OUTER, ip.IPV4_HEADER + length, 0, ip.DF, 63, IPIP, outerFrom, outerTo);
  ip.setIdentification(view, at + OUTER, number & 0xffff);
  ip.fillChecksum(view, at + OUTER);
  ip.write(view, at + INNER, length, 0, ip.DF, 63, protocol, source, destination);
  ip.setIdentification(view, at + INNER, (number * 7) & 0xffff);
  ip.fillChecksum(view, at + INNER);
  writeBody(view, at + BODY, number, protocol, leaves ? ports : (ports << 16) | (ports >>> 16), body);
  fillTransport(view, at + BODY, protocol, body, source, destination);
}

function writeBody(
  view: DataView,
  at: number,
  number: number,
  protocol: number,
  ports: number,
  body: number,
): void {
  for (let i = 0; i < body; i++) view.setUint8(at + i, (number + i) & 0xff);
  if (protocol === ICMP) {
    view.setUint32(at, number & 1 ? 0x08000000 : 0);
    view.setUint32(at + 4, number);
    return;
  }
  view.setInt32(at, ports);
  if (protocol === UDP) view.setUint32(at + 4, body << 16);
  else view.setUint32(at + 12, ((TCP_OFFSET << 8) | TCP_ACK) << 16);
}

function fillTransport(
  view: DataView,
  at: number,
  protocol: number,
  body: number,
  source: Ipv4,
  destination: Ipv4,
): void {
  const field = at + (protocol === ICMP ? 2 : protocol === UDP ? 6 : 16);
  view.setUint16(field, 0);
  const pseudo = protocol === ICMP ? 0 : pseudoHeaderSum(source, destination, protocol, body);
  view.setUint16(field, checksum(view, at, body, pseudo));
}
