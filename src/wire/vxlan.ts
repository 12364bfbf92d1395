// The VXLAN header (RFC 7348 section 5).
//
//    0       1               4               7       8
//   +-------+---------------+---------------+-------+
//   | flags | reserved      | VNI           | resvd |
//   +-------+---------------+---------------+-------+

export const VXLAN_HEADER = 8;
/** The I flag, "the VNI is valid", in the first 32 bits. */
export const VXLAN_FLAG_VNI = 0x08000000;
/** The port that IANA assigned (RFC 7348 section 5); Linux's default is still 8472. */
export const VXLAN_PORT_IANA = 4789;
export const VXLAN_PORT_LINUX = 8472;

export const flags = (view: DataView, at: number): number => view.getInt32(at);
export const vni = (view: DataView, at: number): number => view.getUint32(at + 4) >>> 8;
/** The last 32 bits without the VNI: reserved, zero unless an extension uses it. */
export const reserved = (view: DataView, at: number): number => view.getUint8(at + 7);

export function write(view: DataView, at: number, vniValue: number): void {
  view.setInt32(at, VXLAN_FLAG_VNI);
  view.setInt32(at + 4, vniValue << 8);
}
