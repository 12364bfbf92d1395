// The IPv6 header, as far as a machine that does not route it has to know (RFC 8200).

export const IPV6_HEADER = 40;
