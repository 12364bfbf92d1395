// Names and addresses: inet_aton(3), and getaddrinfo(3) and getnameinfo(3) with /etc/hosts as the only source.
import { formatIpv4, type Ipv4, ipv4 } from '../../../addr/ipv4.ts';
import type { Context } from '../../command.ts';

const PART = /^(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/;
/** Largest value of the last of one, two, three or four parts. */
const LAST_MAX = [0xffffffff, 0xffffff, 0xffff, 0xff];

/** inet_aton(3): one to four decimal, octal or hexadecimal parts; `10.2` is 10.0.0.2 and `0` is 0.0.0.0. */
export function inetAton(text: string): Ipv4 | null {
  const parts = text.split('.');
  if (parts.length > 4 || !parts.every((part) => PART.test(part))) return null;
  const numbers = parts.map((part) => (/^0[0-7]+$/.test(part) ? Number.parseInt(part, 8) : Number(part)));
  const last = numbers.pop() as number;
  if (last > LAST_MAX[numbers.length] || numbers.some((number) => number > 255)) return null;
  const high = numbers.reduce((bits, number, i) => bits | (number << (24 - 8 * i)), 0);
  return ipv4(high | last);
}

/** gai_strerror(3)'s words for what can go wrong here. */
const GaiError = {
  NONAME: 'Name or service not known',
  ADDRFAMILY: 'Address family for hostname not supported',
} as const;

export type Resolved =
  | { readonly address: Ipv4 /** ai_canonname. */; readonly canonical: string }
  | { readonly problem: string };

/** The lab's /etc/hosts: what a process started now would resolve by. */
export class Resolver {
  private readonly byName = new Map<string, { address: Ipv4; canonical: string }>();
  private readonly byAddress = new Map<Ipv4, string>();

  constructor(hosts: string) {
    for (const line of hosts.split('\n')) this.addLine(line);
    this.add(ipv4(0x7f000001), ['localhost']);
  }

  /** getaddrinfo for IPv4. */
  resolve(name: string): Resolved {
    const address = inetAton(name);
    if (address !== null) return { address, canonical: name };
    if (name.includes(':') && /^[0-9a-fA-F:.]+(?:%.*)?$/.test(name)) return { problem: GaiError.ADDRFAMILY };
    return this.byName.get(name.toLowerCase()) ?? { problem: GaiError.NONAME };
  }

  /** getnameinfo: the name, or the dotted address when there is none. */
  nameOf(address: Ipv4): string {
    return this.byAddress.get(address) ?? formatIpv4(address);
  }

  private addLine(line: string): void {
    const [first, ...names] = line
      .replace(/#.*/, '')
      .split(/\s+/)
      .filter((word) => word !== '');
    const address = first === undefined ? null : inetAton(first);
    if (address !== null && names.length > 0) this.add(address, names);
  }

  /** The first entry of the file wins, for a name and for an address. */
  private add(address: Ipv4, names: readonly string[]): void {
    if (!this.byAddress.has(address)) this.byAddress.set(address, names[0]);
    for (const name of names)
      if (!this.byName.has(name.toLowerCase()))
        this.byName.set(name.toLowerCase(), { address, canonical: names[0] });
  }
}

export async function openResolver(context: Context): Promise<Resolver> {
  const bytes = await context.readFile('/etc/hosts');
  return new Resolver(bytes === null ? '' : new TextDecoder().decode(bytes));
}
