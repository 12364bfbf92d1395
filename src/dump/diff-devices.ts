// Links, addresses and settings of the devices that were programmed: what of them moves packets.
import { formatIpv4, formatPrefix } from '../addr/ipv4.ts';
import type { Comparison, Difference } from './diff.ts';
import { LinkFlag } from './link.ts';
import {
  type DumpedAddress,
  type DumpedLink,
  isCovered,
  linkOf,
  type NodeDump,
  type Section,
} from './node-dump.ts';

const difference = (
  section: Section,
  programmed: string,
  dumped: string,
  consequence: string,
  isForeign = false,
): Difference => ({
  section,
  kind: dumped === '' ? 'missing' : programmed === '' ? 'extra' : 'different',
  programmed,
  dumped,
  consequence,
  pods: [],
  isForeign,
});

// ---- links -------------------------------------------------------------------------------------------------------

export function diffLinks({ programmed, dumped }: Comparison): Difference[] {
  const own = programmed.links.filter(({ name }) => name !== 'lo');
  const lost = own.flatMap((link) => {
    const found = linkOf(dumped, link.name);
    if (found !== undefined) return diffLink(link, found);
    return isCovered(dumped, 'link', link.name)
      ? [
          difference(
            'link',
            linkText(link),
            '',
            `no packet leaves or enters by ${link.name}: ${routesBy(programmed, link)} were programmed on it`,
          ),
        ]
      : [];
  });
  const extra = dumped.links.filter(({ name }) => name !== 'lo' && linkOf(programmed, name) === undefined);
  return [...lost, ...extra.map(extraLink)];
}

/** An interface of a pod that nobody programmed is no stranger. */
const extraLink = (link: DumpedLink): Difference =>
  link.name.startsWith('cali')
    ? difference('link', '', linkText(link), `${link.name} belongs to no pod that was programmed`)
    : difference('link', '', linkText(link), `${link.name} is nothing that was programmed`, true);

const isUp = ({ flags }: DumpedLink): boolean => flags === null || (flags & LinkFlag.UP) !== 0;

const linkText = (link: DumpedLink): string =>
  [link.name, ...(link.mtu === 0 ? [] : [`mtu ${link.mtu}`]), isUp(link) ? 'up' : 'down'].join(' ');

const routesBy = ({ routes }: NodeDump, { name }: DumpedLink): string => {
  const count = routes.filter(({ nextHops }) => nextHops.some(({ device }) => device === name)).length;
  return count === 1 ? '1 route' : `${count} routes`;
};

function diffLink(link: DumpedLink, found: DumpedLink): Difference[] {
  const [wanted, held] = [linkText(link), linkText(found)];
  if (isUp(link) && !isUp(found))
    return [difference('link', wanted, held, `no packet leaves or enters by ${link.name}`)];
  if (link.mtu === found.mtu || found.mtu === 0 || link.mtu === 0) return [];
  return [difference('link', wanted, held, mtuText(link, found))];
}

function mtuText({ name, mtu }: DumpedLink, found: DumpedLink): string {
  const [low, high] = [Math.min(mtu, found.mtu) + 1, Math.max(mtu, found.mtu)];
  return found.mtu < mtu
    ? `packets of ${low} to ${high} bytes are fragmented before ${name}, or refused with "fragmentation needed"`
    : `packets of ${low} to ${high} bytes leave by ${name}, which what is behind it may not take`;
}

// ---- addresses ---------------------------------------------------------------------------------------------------

export function diffAddresses({ programmed, dumped }: Comparison): Difference[] {
  const mine = programmed.addresses.filter(({ device }) => device !== 'lo');
  const theirs = dumped.addresses.filter(({ device }) => device !== 'lo');
  const missing = mine.filter(
    (one) => isCovered(dumped, 'address', one.device) && !theirs.some((other) => isSame(one, other)),
  );
  const extra = theirs.filter((one) => !mine.some((other) => isSame(one, other)));
  return [
    ...missing.map((address) =>
      difference(
        'address',
        addressText(address),
        '',
        `packets for ${formatIpv4(address.local)} are not delivered here, and none are sent from it`,
      ),
    ),
    ...extra.map((address) =>
      difference(
        'address',
        '',
        addressText(address),
        `packets for ${formatIpv4(address.local)} are delivered here`,
        linkOf(programmed, address.device) === undefined,
      ),
    ),
  ];
}

const isSame = (a: DumpedAddress, b: DumpedAddress): boolean =>
  a.device === b.device && a.local === b.local && a.peer === b.peer && a.length === b.length;

const addressText = ({ local, length, device }: DumpedAddress): string =>
  `${formatPrefix(local, length)} dev ${device}`;

// ---- settings ----------------------------------------------------------------------------------------------------

/** Settings that decide about packets, and what a smaller value than programmed comes to. */
const SETTINGS: Readonly<Record<string, (device: string, value: string) => string>> = {
  ip_forward: (_, value) =>
    value === '0' ? 'nothing is forwarded: no pod reaches anything but this node' : 'packets are forwarded',
  forwarding: (device, value) =>
    value === '0' ? `what comes in by ${device} is not forwarded` : `what comes in by ${device} is forwarded`,
  proxy_arp: (device, value) =>
    value === '0'
      ? `nobody answers for 169.254.1.1 on ${device}: the pod behind it has no gateway`
      : `questions on ${device} are answered for addresses that have another route`,
  proxy_delay: (device, value) =>
    value === '0' ? `proxy ARP answers at once on ${device}` : `proxy ARP answers late on ${device}`,
  rp_filter: (device, value) =>
    value === '0'
      ? `sources are not checked on ${device}`
      : `packets on ${device} whose source has ${value === '1' ? 'its route by another device' : 'no route'} are dropped`,
  route_localnet: (device) => `127.0.0.0/8 is treated differently on ${device}`,
  accept_local: (device) => `packets on ${device} with a source of this node are treated differently`,
  arp_ignore: (device) => `ARP questions on ${device} are answered for other addresses`,
  arp_announce: (device) => `ARP questions on ${device} are sent from another address`,
  arp_filter: (device) => `ARP questions on ${device} are answered by other routes`,
  ip_no_pmtu_disc: () => 'the node sends its own packets with another DF bit',
};

export function diffSettings({ programmed, dumped }: Comparison): Difference[] {
  return [...programmed.sysctls].flatMap(([path, wanted]) => {
    const found = dumped.sysctls.get(path);
    const parts = path.split('/');
    const sentence = SETTINGS[parts.at(-1) as string];
    const device = parts.at(-2) as string;
    if (found === undefined || sentence === undefined || found.trim() === wanted.trim()) return [];
    if (IGNORED.has(device) || isWithoutEffect(programmed, dumped, path)) return [];
    const name = path.replaceAll('/', '.');
    return [
      difference(
        'sysctl',
        `${name} = ${wanted}`,
        `${name} = ${found}`,
        sentence(device === 'all' ? 'every device' : device, found.trim()),
      ),
    ];
  });
}

/** What new devices would get, and the loopback. */
const IGNORED = new Set(['default', 'lo']);

/** The larger of a device's rp_filter and that of all counts (IN_DEV_MAXCONF). */
function isWithoutEffect(programmed: NodeDump, dumped: NodeDump, path: string): boolean {
  if (!path.endsWith('/rp_filter')) return false;
  const effective = ({ sysctls }: NodeDump): number =>
    Math.max(Number(sysctls.get(path) ?? 0), Number(sysctls.get('net/ipv4/conf/all/rp_filter') ?? 0));
  return !path.includes('/all/') && effective(programmed) === effective(dumped);
}
