// Ethernet addresses as 48-bit integers, which a JavaScript number holds exactly.

declare const macBrand: unique symbol;
/** A MAC address as an integer: ee:ee:ee:ee:ee:ee is 0xeeeeeeeeeeee. */
export type Mac = number & { readonly [macBrand]: true };

export const MAC_ZERO = 0 as Mac;
export const MAC_BROADCAST = 0xffffffffffff as Mac;

export const mac = (value: number): Mac => value as Mac;

/** The group bit: broadcast and multicast addresses (is_multicast_ether_addr). */
export const isGroup = (address: Mac): boolean => (Math.floor(address / 0x10000000000) & 1) === 1;

/** A unicast address that is not all zero (is_valid_ether_addr). */
export const isValidUnicast = (address: Mac): boolean => address !== 0 && !isGroup(address);

/** The address of an IPv4 multicast group (RFC 1112 section 6.4; ip_eth_mc_map). */
export const macOfGroup = (group: number): Mac => (0x01005e000000 + (group & 0x7fffff)) as Mac;

export function formatMac(address: Mac): string {
  const hex = address.toString(16).padStart(12, '0');
  return `${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}:${hex.slice(6, 8)}:${hex.slice(8, 10)}:${hex.slice(10)}`;
}

/** Six hexadecimal octets of one or two digits with colons between, as iproute2 takes them; null otherwise. */
export function parseMac(text: string): Mac | null {
  const parts = text.split(':');
  if (parts.length !== 6 || !parts.every((part) => /^[0-9a-fA-F]{1,2}$/.test(part))) return null;
  return parts.reduce((sum, part) => sum * 256 + Number.parseInt(part, 16), 0) as Mac;
}
