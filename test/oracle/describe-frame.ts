// A frame in a few words, read byte by byte without the project's own header code.

const address = (b: Uint8Array, at: number) => `${b[at]}.${b[at + 1]}.${b[at + 2]}.${b[at + 3]}`;
const macText = (b: Uint8Array, at: number) =>
  [...b.subarray(at, at + 6)].map((x) => x.toString(16).padStart(2, '0')).join(':');
const u16 = (b: Uint8Array, at: number) => b[at] * 256 + b[at + 1];

/** For example `IP 10.0.1.2>10.0.2.2 ttl 64 len 84 DF echo`, or `ARP who-has 10.0.1.1 tell 10.0.1.2`. */
export function describeFrame(bytes: Uint8Array): string {
  const type = u16(bytes, 12);
  if (type === 0x0806) return describeArp(bytes.subarray(14));
  if (type === 0x0800) return describeIp(bytes.subarray(14));
  return `type ${type.toString(16)}`;
}

function describeArp(b: Uint8Array): string {
  return u16(b, 6) === 1
    ? `ARP who-has ${address(b, 24)} tell ${address(b, 14)}`
    : `ARP ${address(b, 14)} is-at ${macText(b, 8)} to ${address(b, 24)}`;
}

export function describeIp(b: Uint8Array): string {
  const header = (b[0] & 15) * 4;
  const field = u16(b, 6);
  const parts = [`IP ${address(b, 12)}>${address(b, 16)}`, `ttl ${b[8]}`, `len ${u16(b, 2)}`];
  if (b[1] !== 0) parts.push(`tos ${b[1]}`);
  if (field & 0x4000) parts.push('DF');
  if (field & 0x2000) parts.push('MF');
  if (field & 0x1fff) return [...parts, `offset ${(field & 0x1fff) * 8}`].join(' ');
  return [...parts, describePayload(b[9], b.subarray(header))].join(' ');
}

function describePayload(protocol: number, b: Uint8Array): string {
  if (protocol === 1) return describeIcmp(b);
  if (protocol === 4) return `[${describeIp(b)}]`;
  if (protocol === 6) return `tcp flags ${b[13]}`;
  if (protocol !== 17) return `proto ${protocol}`;
  return u16(b, 2) === 4789
    ? `vxlan ${(b[12] << 16) | (b[13] << 8) | b[14]} [${describeFrame(b.subarray(16))}]`
    : `udp ${u16(b, 2)}`;
}

function describeIcmp(b: Uint8Array): string {
  if (b[0] === 8) return 'echo';
  if (b[0] === 0) return 'reply';
  if (b[0] === 3 && b[1] === 4) return `frag-needed ${u16(b, 6)}`;
  if (b[0] === 3) return `unreachable ${b[1]}`;
  if (b[0] === 11) return `time-exceeded ${b[1]}`;
  if (b[0] === 5) return `redirect ${address(b, 4)}`;
  if (b[0] === 12) return `parameter-problem ${b[4]}`;
  return `icmp ${b[0]}/${b[1]}`;
}
