// Names that Calico derives from other names: interfaces and MACs by SHA-1, endpoints, blocks and affinities by dashes.
import { type Mac, mac } from '../../addr/mac.ts';

const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/** The words of a text in UTF-8, padded to blocks of 64 bytes with its length in bits at the end (RFC 3174 section 4). */
function paddedWords(text: string): DataView {
  const bytes = new TextEncoder().encode(text);
  const padded = new Uint8Array((((bytes.length + 8) >> 6) << 6) + 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(padded.length - 4, bytes.length << 3);
  return view;
}

/** The function f and the constant K of a round (RFC 3174 section 5). */
function mix(round: number, b: number, c: number, d: number): number {
  if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

const schedule = new Int32Array(80);

/** One block of 64 bytes into the five words of the state (RFC 3174 section 6.1). */
function addBlock(state: Int32Array, view: DataView, offset: number): void {
  const w = schedule;
  for (let t = 0; t < 16; t++) w[t] = view.getInt32(offset + t * 4);
  for (let t = 16; t < 80; t++) w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
  let [a, b, c, d, e] = state;
  for (let t = 0; t < 80; t++) {
    const next = (rotate(a, 5) + mix(t, b, c, d) + e + w[t]) | 0;
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
  const view = paddedWords(text);
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  for (let offset = 0; offset < view.byteLength; offset += 64) addBlock(state, view, offset);
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
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
