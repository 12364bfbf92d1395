// Hosts, nets, ports, protocols and Ethernet addresses in filter expressions (gen_scode, gen_ncode, gen_mcode,
// gen_ecode and what they call in libpcap's gencode.c).
import { and, byteIs, NEVER, not, or, shortIs, type Test, wordIs } from './frame-view.ts';
import type { LinkLayer } from './link.ts';
import { ETHER_PROTOCOLS, IP_PROTOCOLS } from './names.ts';
import { parseDotted, parseIpv6Words } from './numbers.ts';
import { portName, portNumber } from './ports.ts';
import { sides } from './sides.ts';
import type { Address, FilterProblem, Qualifiers } from './syntax.ts';

/** Gives the IPv4 addresses of a host name, signed; none for an unknown one. */
export type Resolve = (name: string) => readonly number[];

const ETHERTYPE: ReadonlyMap<string, number> = new Map([
  ['ip', 0x0800],
  ['arp', 0x0806],
  ['rarp', 0x8035],
  ['ip6', 0x86dd],
  ['decnet', 0x6003],
  ['lat', 0x6004],
  ['sca', 0x6007],
  ['moprc', 0x6002],
  ['mopdl', 0x6001],
]);

/** Protocols of IP: their number, and where they are looked for ('' in both versions). */
export const CARRIED: ReadonlyMap<string, readonly [number, '' | 'ip' | 'ip6']> = new Map([
  ['icmp', [1, 'ip']],
  ['igmp', [2, 'ip']],
  ['tcp', [6, '']],
  ['igrp', [9, 'ip']],
  ['udp', [17, '']],
  ['esp', [50, '']],
  ['ah', [51, '']],
  ['icmp6', [58, 'ip6']],
  ['pim', [103, '']],
  ['vrrp', [112, 'ip']],
  ['carp', [112, 'ip']],
  ['sctp', [132, '']],
]);

/** Names of the link layer, all the same on Ethernet. */
const LINK_NAMES: ReadonlySet<string> = new Set(['link', 'ether', 'ppp', 'slip', 'fddi', 'tr', 'wlan']);
/** Abbreviations that stand for LLC or what else is not emulated. */
const FOREIGN: ReadonlySet<string> = new Set(
  'atalk aarp stp ipx netbeui iso clnp esis isis l1 l2 iih lsp snp csnp psnp radio'.split(' '),
);

/** Addresses of source and destination behind the link-layer header: IPv4, and ARP and RARP. */
const OFFSETS: Readonly<Record<string, readonly [number, number]>> = {
  ip: [12, 16],
  arp: [14, 24],
  rarp: [14, 24],
};
const IPV6_OFFSETS = [8, 24] as const;
const ETHERNET_OFFSETS = [6, 0] as const;

const FRAGMENT = 44;

export class AddressCompiler {
  problem: FilterProblem | null = null;
  readonly link: LinkLayer;
  private readonly resolve: Resolve;

  constructor(link: LinkLayer, resolve: Resolve) {
    this.link = link;
    this.resolve = resolve;
  }

  fail(error: string): Test {
    this.problem ??= { error };
    return NEVER;
  }

  private foreign(): Test {
    this.problem ??= { foreign: true };
    return NEVER;
  }

  /** A protocol on its own. */
  protocol(name: string): Test {
    const type = ETHERTYPE.get(name);
    if (type !== undefined) return this.link.etherType(type);
    const carried = CARRIED.get(name);
    if (carried !== undefined) return this.ipProtocol(carried[0], carried[1]);
    return FOREIGN.has(name) ? this.foreign() : this.fail('link layer applied in wrong context');
  }

  /** A protocol in IPv4, in IPv6 (directly or behind a fragment header), or in both for ''. */
  private ipProtocol(number: number, version: '' | 'ip' | 'ip6'): Test {
    if (version === '') return or(this.ipProtocol(number, 'ip'), this.ipProtocol(number, 'ip6'));
    const at = this.link.payloadAt;
    if (version === 'ip') return and(this.protocol('ip'), byteIs(at + 9, number));
    const behindFragment = and(byteIs(at + 6, FRAGMENT), byteIs(at + 40, number));
    return and(this.protocol('ip6'), or(behindFragment, byteIs(at + 6, number)));
  }

  /** `qualifiers` is null where there are none to inherit. */
  address(address: Address, qualifiers: Qualifiers | null): Test {
    if (qualifiers === null) {
      const v6 = address.type === 'host6' || address.type === 'prefix6';
      return this.fail(v6 ? 'invalid qualifier against IPv6 address' : 'syntax error in filter expression');
    }
    switch (address.type) {
      case 'name':
        return this.name(address.text, qualifiers);
      case 'number':
        return this.number(address.value, qualifiers);
      case 'host':
        return this.dotted(address.text, qualifiers);
      case 'prefix':
        return this.prefix(address.text, address.length, qualifiers);
      case 'masked':
        return this.masked(address.text, address.mask, qualifiers);
      case 'host6':
        return this.host6(address.text, 128, qualifiers);
      case 'prefix6':
        return this.prefix6(address.text, address.length, qualifiers);
      case 'mac':
        return this.mac(address.text, qualifiers);
    }
  }

  private name(text: string, qualifiers: Qualifiers): Test {
    switch (qualifiers.kind) {
      case 'net':
        return this.fail(`unknown network '${text}'`);
      case 'port':
      case 'portrange':
        return portName(this, text, qualifiers);
      case 'proto':
        return this.protocolByName(text, qualifiers);
      default:
        return this.hostByName(text, qualifiers);
    }
  }

  private hostByName(text: string, qualifiers: Qualifiers): Test {
    if (LINK_NAMES.has(qualifiers.protocol)) return this.fail(`unknown ether host '${text}'`);
    if (qualifiers.protocol === 'ip6')
      return this.fail(`unknown host '${text}' for specified address family`);
    const addresses = this.resolve(text);
    if (addresses.length === 0) return this.fail(`unknown host '${text}'`);
    return or(...addresses.map((value) => this.host(value, 0xffffffff, qualifiers)));
  }

  private protocolByName(text: string, qualifiers: Qualifiers): Test {
    const link = LINK_NAMES.has(qualifiers.protocol);
    const number = (link ? ETHER_PROTOCOLS : IP_PROTOCOLS).get(text);
    if (number !== undefined) return this.protocolNumber(number, qualifiers);
    return this.fail(`unknown ${link ? 'ether' : 'ip'} proto '${text}'`);
  }

  private protocolNumber(number: number, { protocol }: Qualifiers): Test {
    if (protocol === '' || protocol === 'ip' || protocol === 'ip6') return this.ipProtocol(number, protocol);
    if (LINK_NAMES.has(protocol)) return number > 1500 ? this.link.etherType(number) : this.foreign();
    if (protocol === 'arp' || protocol === 'rarp')
      return this.fail(`${protocol} does not encapsulate another protocol`);
    return CARRIED.has(protocol) ? this.fail(`'${protocol} proto' is bogus`) : this.foreign();
  }

  private number(value: number, qualifiers: Qualifiers): Test {
    if (qualifiers.kind === 'port' || qualifiers.kind === 'portrange')
      return portNumber(this, value, qualifiers);
    if (qualifiers.kind === 'proto') return this.protocolNumber(value, qualifiers);
    if (qualifiers.kind !== 'net') return this.host(value, 0xffffffff, qualifiers);
    // A short number is a net of as many bytes as it has.
    let [net, mask] = [value, 0xffffffff];
    while (net !== 0 && (net & 0xff000000) === 0) [net, mask] = [(net << 8) >>> 0, (mask << 8) >>> 0];
    return this.host(net, mask, qualifiers);
  }

  private dotted(text: string, qualifiers: Qualifiers): Test {
    if (qualifiers.kind === 'port' || qualifiers.kind === 'portrange')
      return this.fail(`'${qualifiers.kind}' modifier applied to ip host`);
    if (qualifiers.kind === 'proto') return this.foreign();
    const parsed = parseDotted(text);
    if (parsed === null) return this.fail(`invalid IPv4 address '${text}'`);
    return this.host(parsed.value, parsed.mask, qualifiers);
  }

  private prefix(text: string, length: number, qualifiers: Qualifiers): Test {
    const parsed = parseDotted(text);
    if (parsed === null) return this.fail(`invalid IPv4 address '${text}'`);
    if (length > 32) return this.fail('mask length must be <= 32');
    const mask = length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
    return this.net(parsed.value, mask, `${text}/${length}`, qualifiers);
  }

  private masked(text: string, maskText: string, qualifiers: Qualifiers): Test {
    const parsed = parseDotted(text);
    if (parsed === null) return this.fail(`invalid IPv4 address '${text}'`);
    const mask = parseDotted(maskText);
    if (mask === null) return this.fail(`invalid IPv4 address '${maskText}'`);
    return this.net(parsed.value, mask.value, `${text} mask ${maskText}`, qualifiers);
  }

  private net(value: number, mask: number, text: string, qualifiers: Qualifiers): Test {
    if ((value & ~mask) !== 0) return this.fail(`non-network bits set in "${text}"`);
    if (qualifiers.kind !== 'net') return this.fail('Mask syntax for networks only');
    return this.host(value, mask, qualifiers);
  }

  /** Source or destination of IPv4, ARP and RARP, or of the one of them that is named. */
  private host(value: number, mask: number, qualifiers: Qualifiers): Test {
    const { protocol, direction } = qualifiers;
    const net = qualifiers.kind === 'net';
    if (LINK_NAMES.has(protocol))
      return this.fail(net ? 'link-layer modifier applied to net' : 'illegal link layer address');
    if (protocol === 'ip6') return this.fail("'ip6' modifier applied to ip host");
    if (CARRIED.has(protocol)) return this.fail(`'${protocol}' modifier applied to ${net ? 'net' : 'host'}`);
    const one = (name: string): Test =>
      sides(direction, OFFSETS[name], (at) =>
        and(this.protocol(name), wordIs(this.link.payloadAt + at, value, mask)),
      );
    if (protocol === '') return or(one('ip'), one('arp'), one('rarp'));
    return protocol in OFFSETS ? one(protocol) : this.foreign();
  }

  private prefix6(text: string, length: number, qualifiers: Qualifiers): Test {
    if (qualifiers.kind !== 'net') return this.fail('Mask syntax for networks only');
    if (length > 128) return this.fail('mask length must be <= 128');
    return this.host6(text, length, qualifiers);
  }

  private host6(text: string, length: number, qualifiers: Qualifiers): Test {
    const { protocol, direction, kind } = qualifiers;
    const words = parseIpv6Words(text);
    if (words === null) return this.fail(`invalid ip6 address ${text}`);
    if (kind === 'port' || kind === 'portrange' || kind === 'proto')
      return this.fail(`invalid qualifier against IPv6 address`);
    const what = kind === 'net' ? 'net' : 'host';
    if (protocol !== '' && protocol !== 'ip6')
      return this.fail(
        LINK_NAMES.has(protocol)
          ? `link-layer modifier applied to ip6 ${what}`
          : `'${protocol}' modifier applied to ip6 ${what}`,
      );
    const masks = words.map((_, i) => prefixMask(length - 32 * i));
    if (words.some((word, i) => (word & ~masks[i]) !== 0))
      return this.fail(`non-network bits set in "${text}/${length}"`);
    return sides(direction, IPV6_OFFSETS, (at) =>
      and(
        this.protocol('ip6'),
        ...words.map((word, i) => wordIs(this.link.payloadAt + at + 4 * i, word, masks[i])),
      ),
    );
  }

  private mac(text: string, qualifiers: Qualifiers): Test {
    const { kind, protocol, direction } = qualifiers;
    if (!LINK_NAMES.has(protocol) || (kind !== 'host' && kind !== 'default'))
      return this.fail('ethernet address used in non-ether expression');
    if (!this.link.isEthernet)
      return this.fail(
        'ethernet addresses supported only on ethernet/FDDI/token ring/802.11/ATM LANE/Fibre Channel',
      );
    const bytes = text.split(/[:-]/).map((part) => Number.parseInt(part, 16));
    const high = bytes[0] * 256 + bytes[1];
    const low = ((bytes[2] << 24) | (bytes[3] << 16) | (bytes[4] << 8) | bytes[5]) >>> 0;
    return sides(direction, ETHERNET_OFFSETS, (at) => and(wordIs(at + 2, low), shortIs(at, high)));
  }

  /** The first fragment of an IPv4 packet, or the whole of it. */
  unfragmented(): Test {
    const at = this.link.payloadAt + 6;
    return not((frame) => (frame.u16(at) & 0x1fff) !== 0);
  }
}

/** The mask of 32 bits of which `ones` are set, from the left. */
const prefixMask = (ones: number): number =>
  ones <= 0 ? 0 : ones >= 32 ? 0xffffffff : (0xffffffff << (32 - ones)) >>> 0;
