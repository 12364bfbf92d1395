// The ARP cache as arp prints it from /proc/net/arp: as a table, or in BSD's style.
import { formatIpv4, type Ipv4 } from '../../../addr/ipv4.ts';
import { formatMac } from '../../../addr/mac.ts';
import { dumpNeighbours } from '../../../admin/neighbour.ts';
import type { NeighbourInfo } from '../../../admin/types.ts';
import type { Namespace } from '../../../netns/namespace.ts';
import type { Resolver } from '../probe/resolver.ts';

/** NUD_* bits that make an entry valid, permanent, or none of ARP's business. */
const VALID = 0x80 | 0x40 | 0x02 | 0x04 | 0x08 | 0x10;
const PERMANENT = 0x80;
const NOARP = 0x40;

/** One line of /proc/net/arp. */
interface Entry {
  readonly address: Ipv4;
  readonly hardware: string;
  readonly complete: boolean;
  readonly permanent: boolean;
  readonly published: boolean;
  readonly device: string;
}

/** Neighbours without those that need no ARP, then proxy entries. */
function entriesOf(namespace: Namespace): Entry[] {
  const cached = dumpNeighbours(namespace, {}).filter(({ state }) => (state & ~NOARP) !== 0);
  return [...cached.map(cachedEntry), ...dumpNeighbours(namespace, { proxy: true }).map(proxyEntry)];
}

const cachedEntry = ({ destination, lladdr, state, device }: NeighbourInfo): Entry => ({
  address: destination,
  hardware: formatMac(lladdr),
  complete: (state & VALID) !== 0,
  permanent: (state & PERMANENT) !== 0,
  published: false,
  device,
});

const proxyEntry = ({ destination, device }: NeighbourInfo): Entry => ({
  address: destination,
  hardware: '',
  complete: false,
  permanent: true,
  published: true,
  device: device === '' ? '*' : device,
});

export interface ShowOptions {
  /** BSD style (-a without -e). */
  readonly bsd: boolean;
  /** -a was given. */
  readonly all: boolean;
  readonly verbose: boolean;
  /** '' for any. */
  readonly device: string;
  /** A hardware type was named. */
  readonly hardwareGiven: boolean;
  /** null for -n. */
  readonly resolver: Resolver | null;
}

/** What `arp [HOST]` prints; `host` is the name as given and its address. */
export function showText(
  namespace: Namespace,
  host: { readonly name: string; readonly address: Ipv4 } | null,
  options: ShowOptions,
): string {
  const entries = entriesOf(namespace);
  const shown = entries.filter(
    (entry) =>
      (host === null || entry.address === host.address) &&
      (options.device === '' || entry.device === options.device),
  );
  let text = '';
  if (shown.length > 0 && !options.bsd) text += TITLE;
  text += shown.map((entry) => (options.bsd ? bsdLine : tableLine)(entry, options.resolver)).join('');
  if (options.verbose)
    text += `Entries: ${entries.length}\tSkipped: ${entries.length - shown.length}\tFound: ${shown.length}\n`;
  if (shown.length > 0) return text;
  if (host !== null && !options.all) return `${text}${host.name} (${formatIpv4(host.address)}) -- no entry\n`;
  if (host === null && options.device === '' && !options.hardwareGiven) return text;
  return `${text}arp: in ${entries.length} entries no match found.\n`;
}

const TITLE = 'Address                  HWtype  HWaddress           Flags Mask            Iface\n';

const cell = (text: string, width: number): string => text.slice(0, width).padEnd(width);

/** The host's name, or '?' where it has none or -n was given. */
function nameOf(entry: Entry, resolver: Resolver | null): string {
  const name = resolver?.nameOf(entry.address);
  return name === undefined || name === formatIpv4(entry.address) ? '?' : name;
}

function tableLine(entry: Entry, resolver: Resolver | null): string {
  const name = nameOf(entry, resolver);
  const flags = `${entry.complete ? 'C' : ''}${entry.permanent ? 'M' : ''}${entry.published ? 'P' : ''}`;
  const hardware = entry.complete
    ? cell('ether', 8) + cell(entry.hardware, 20)
    : entry.published
      ? cell('*', 8) + cell('<from_interface>', 20)
      : cell('', 8) + cell('(incomplete)', 20);
  const address = name === '?' ? formatIpv4(entry.address) : name;
  return `${cell(address, 23)}  ${hardware}${cell(flags, 6)}${cell('', 15)} ${entry.device}\n`;
}

function bsdLine(entry: Entry, resolver: Resolver | null): string {
  const hardware = entry.complete
    ? `${entry.hardware} [ether]`
    : entry.published
      ? '<from_interface>'
      : '<incomplete>';
  const flags = `${entry.permanent ? 'PERM ' : ''}${entry.published ? 'PUB ' : ''}`;
  return `${nameOf(entry, resolver)} (${formatIpv4(entry.address)}) at ${hardware} ${flags}on ${entry.device}\n`;
}
