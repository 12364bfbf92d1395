// What net-tools print, made into iproute2's objects: `route -n`, `ifconfig`, `arp -n`.
import { maskLength, parseIpv4 } from '../addr/ipv4.ts';
import type { Json } from './fields.ts';

const lengthOf = (mask: string): number => {
  const parsed = parseIpv4(mask);
  return parsed === null ? -1 : maskLength(parsed);
};

/** A row of `route -n`: destination, gateway, mask, flags, metric, references, use, interface; null for another line. */
export function routeRow(line: string): Json | null {
  const words = line.trim().split(/\s+/);
  const [destination, gateway, mask, flags, metric, , , device] = words;
  const length = lengthOf(mask ?? '');
  if (words.length !== 8 || length < 0 || !/^[!UGHRDMAC]+$/.test(flags as string)) return null;
  const rejects = (flags as string).startsWith('!');
  return {
    dst: length === 0 ? 'default' : `${destination}/${length}`,
    ...(rejects ? { type: 'unreachable' } : { dev: device }),
    ...(rejects || gateway === '0.0.0.0' ? {} : { gateway }),
    ...(metric === '-' ? {} : { metric }),
    ...(!rejects && gateway === '0.0.0.0' ? { scope: 'link' } : {}),
    flags: [],
  };
}

export const isRouteHeader = (line: string): boolean =>
  /^Kernel IP routing table/.test(line) || /^Destination\s+Gateway\s+Genmask/.test(line);

/** A row of `arp -n`; null for another line. */
export function arpRow(line: string): Json | null {
  const match =
    /^(\d+\.\d+\.\d+\.\d+)\s+(?:(ether)\s+([0-9a-f:]{17})\s+([A-Z]+)|(\(incomplete\)))\s+(?:\*\s+)?(\S+)$/i.exec(
      line.trim(),
    );
  if (match === null) return null;
  const [, dst, , lladdr, flags, , dev] = match;
  const state = lladdr === undefined ? 'INCOMPLETE' : flags?.includes('M') ? 'PERMANENT' : 'REACHABLE';
  return { dst, dev, ...(lladdr === undefined ? {} : { lladdr }), state: [state] };
}

export const isArpHeader = (line: string): boolean => /^Address\s+HWtype\s+HWaddress/.test(line);

/** `eth0: flags=4163<UP,BROADCAST,RUNNING>  mtu 1500`; null for another line. RUNNING stands for the carrier. */
export function interfaceHead(
  line: string,
): { readonly [key: string]: unknown; readonly ifname: string } | null {
  const match = /^([^\s:]+(?::\S+?)?): flags=\d+<([^>]*)>\s+mtu (\d+)/.exec(line);
  if (match === null) return null;
  const [, ifname, flags, mtu] = match as unknown as [string, string, string, string];
  const words = flags.split(',').flatMap((word) => (word === 'RUNNING' ? ['LOWER_UP'] : [word]));
  return { ifname, flags: words, mtu };
}

/** What an indented line of ifconfig tells of its device: fields of the link, or an address. */
export function interfaceLine(line: string): { readonly link?: Json; readonly address?: Json } | null {
  const words = line.trim().split(/\s+/);
  const wordBehind = (word: string): string | undefined => words[words.indexOf(word) + 1];
  switch (words[0]) {
    case 'inet':
      return { address: addressFields(words, wordBehind) };
    case 'ether':
      return { link: { link_type: 'ether', address: words[1], txqlen: wordBehind('txqueuelen') ?? 0 } };
    case 'loop':
      return { link: { link_type: 'loopback' } };
    case 'tunnel':
      return { link: { link_type: 'ipip', address: '0.0.0.0', broadcast: '0.0.0.0' } };
    default:
      return ['RX', 'TX', 'unspec', 'device'].includes(words[0] as string) ? {} : null;
  }
}

function addressFields(words: readonly string[], wordBehind: (word: string) => string | undefined): Json {
  return {
    local: words[1],
    prefixlen: lengthOf(wordBehind('netmask') ?? ''),
    ...(words.includes('broadcast') ? { broadcast: wordBehind('broadcast') } : {}),
    ...(words.includes('destination') ? { address: wordBehind('destination') } : {}),
  };
}
