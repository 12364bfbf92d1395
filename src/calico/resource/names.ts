// Names that Calico derives from other names: interfaces and MACs by SHA-1, endpoints, blocks and affinities by dashes.
import { type Mac, mac } from '../../addr/mac.ts';

const encoder = new TextEncoder();

const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/** Where names are padded: a cluster asks for a hundred thousand, and they are short. */
const room = new Uint8Array(256);
const roomView = new DataView(room.buffer);
/** So many UTF-16 units have room in any case. */
const SHORT = 64;

/** Pads a text in UTF-8 to blocks of 64 bytes with its length in bits at the end (RFC 3174 section 4); where it ends. */
function pad(text: string, bytes: Uint8Array, view: DataView): number {
  const { written } = encoder.encodeInto(text, bytes);
  const end = (((written + 8) >> 6) << 6) + 64;
  bytes.fill(0, written, end);
  bytes[written] = 0x80;
  view.setUint32(end - 8, Math.floor(written / 0x20000000));
  view.setUint32(end - 4, written << 3);
  return end;
}

/** The function f and the constant K of a round (RFC 3174 section 5); K is signed, as V8 keeps it best. */
function mix(round: number, b: number, c: number, d: number): number {
  if (round < 20) return (((b & c) | (~b & d)) + 0x5a827999) | 0;
  if (round < 40) return ((b ^ c ^ d) + 0x6ed9eba1) | 0;
  if (round < 60) return (((b & c) | (b & d) | (c & d)) - 0x70e44324) | 0;
  return ((b ^ c ^ d) - 0x359d3e2a) | 0;
}

const schedule = new Int32Array(80);
const BEGINNING = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
const words = new Int32Array(BEGINNING.length);
const BYTE_DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Eight digits. A number's own text takes a microsecond if it is no small integer. */
const wordDigits = (word: number): string =>
  BYTE_DIGITS[word >>> 24] +
  BYTE_DIGITS[(word >>> 16) & 0xff] +
  BYTE_DIGITS[(word >>> 8) & 0xff] +
  BYTE_DIGITS[word & 0xff];

/** One block of 64 bytes into the five words of the state (RFC 3174 section 6.1). */
function addBlock(state: Int32Array, view: DataView, offset: number): void {
  const w = schedule;
  for (let t = 0; t < 16; t++) w[t] = view.getInt32(offset + t * 4);
  for (let t = 16; t < 80; t++) w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  for (let t = 0; t < 80; t++) {
    const next = (rotate(a, 5) + mix(t, b, c, d) + ((e + w[t]) | 0)) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
}

/** SHA-1 (RFC 3174) of a text in UTF-8, as 40 lower-case digits. A browser's own digest would be asynchronous. */
export function sha1(text: string): string {
  const bytes = text.length <= SHORT ? room : new Uint8Array(text.length * 3 + 128);
  const view = text.length <= SHORT ? roomView : new DataView(bytes.buffer);
  const end = pad(text, bytes, view);
  words.set(BEGINNING);
  for (let offset = 0; offset < end; offset += 64) addBlock(words, view, offset);
  let digits = '';
  for (let i = 0; i < words.length; i++) digits += wordDigits(words[i]);
  return digits;
}

/** The host's end of a pod's cable (VethNameForWorkload): `interfacePrefix` may be a list, the first counts. */
export function vethName(namespace: string, pod: string, interfacePrefix = 'cali'): string {
  const prefix = interfacePrefix.split(',')[0] || 'cali';
  return prefix + sha1(`${namespace}.${pod}`).slice(0, 11);
}

/** The MAC of a node's vxlan.calico unless its Node says another: 66 and five bytes of the name's hash. */
export const vxlanMac = (node: string): Mac => mac(Number.parseInt(`66${sha1(node).slice(0, 10)}`, 16));

/** Dashes within a part are doubled, so that single ones part (libcalico-go/lib/names). */
const doubled = (part: string): string => part.replaceAll('-', '--');

/** The name of a pod's WorkloadEndpoint. */
export const endpointName = (node: string, pod: string, iface = 'eth0'): string =>
  [node, 'k8s', pod, iface].map(doubled).join('-');

/** The name of a block: 10.244.1.0/26 is 10-244-1-0-26. */
export const blockName = (cidr: string): string => cidr.replace(/[.:/]/g, '-');

/** The name of a BlockAffinity. */
export const affinityName = (node: string, cidr: string): string => `${node}-${blockName(cidr)}`;
