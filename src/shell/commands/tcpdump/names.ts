// How addresses and ports are written: by name where there is one, by number with -n (addrtoname.c).
import { formatIpv4, ipv4 } from '../../../addr/ipv4.ts';
import { formatIpv6 } from '../../../addr/ipv6.ts';
import { TCP_SERVICES, UDP_SERVICES } from './services.ts';
import { hex2, type Tokens, token } from './tokens.ts';

/** Vendors that tcpdump knows by their OUI (oui.c). */
export const OUI_NAMES: Tokens = new Map([
  [0x000000, 'Ethernet'],
  [0x00000c, 'Cisco'],
  [0x00005e, 'IANA'],
  [0x000081, 'Nortel Networks SONMP'],
  [0x0000f8, 'Cisco bridged'],
  [0x0080c2, 'Ethernet bridged'],
  [0x00a03e, 'ATM Forum'],
  [0x00e02f, 'DOCSIS Spanning Tree'],
  [0x080007, 'Appletalk'],
  [0x009069, 'Juniper'],
  [0x080009, 'Hewlett-Packard'],
  [0x00120f, 'IEEE 802.3 Private'],
  [0x0012bb, 'ANSI/TIA'],
  [0x001b21, 'DCBX'],
  [0x002320, 'Nicira Networks'],
  [0x5c16c7, 'Big Switch Networks'],
  [0xb0d2f5, 'Vello Systems'],
  [0x002481, 'HP'],
  [0x0004ea, 'HP-Labs'],
  [0x748771, 'Infoblox Inc'],
  [0xa42305, 'Open Networking Lab'],
  [0x00049f, 'Freescale'],
  [0x0015ad, 'Netronome'],
  [0x001018, 'Broadcom'],
  [0x00e004, 'PMC-Sierra'],
  [0xd0f0db, 'Ericsson'],
]);

const plainMac = (bytes: Uint8Array): string => Array.from(bytes, hex2).join(':');

/** Names by address, as /etc/hosts has them. */
export type Hosts = ReadonlyMap<string, string>;

/** What Debian's /etc/hosts says of the loopback addresses. */
export const LOOPBACK_HOSTS: Hosts = new Map([
  ['127.0.0.1', 'localhost'],
  ['::1', 'localhost'],
]);

/** The first name of each line of /etc/hosts, the first line of each address. */
export function parseHosts(text: string): Hosts {
  const hosts = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [address, name] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (name !== undefined && !hosts.has(address)) hosts.set(address, name);
  }
  return hosts;
}

export interface Names {
  ipv4(address: number): string;
  ipv6(bytes: Uint8Array): string;
  mac(bytes: Uint8Array): string;
  tcpPort(port: number): string;
  udpPort(port: number): string;
}

/** Everything by number (-n). */
export const NUMERIC: Names = {
  ipv4: (address) => formatIpv4(ipv4(address)),
  ipv6: formatIpv6,
  mac: plainMac,
  tcpPort: String,
  udpPort: String,
};

const isBroadcast = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0xff);

/** Names for what /etc/hosts and /etc/services name; the lab has no DNS. */
export function namesFrom(hosts: Hosts): Names {
  const name = (address: string): string => hosts.get(address) ?? address;
  return {
    ipv4: (address) => name(NUMERIC.ipv4(address)),
    ipv6: (bytes) => name(formatIpv6(bytes)),
    mac(bytes) {
      if (isBroadcast(bytes)) return 'Broadcast';
      const oui = (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
      return `${plainMac(bytes)} (oui ${token(OUI_NAMES, oui, 'Unknown')})`;
    },
    tcpPort: (port) => TCP_SERVICES.get(port) ?? String(port),
    udpPort: (port) => UDP_SERVICES.get(port) ?? String(port),
  };
}
