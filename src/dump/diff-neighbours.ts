// Neighbours and forwarding entries that somebody made: compared, and followed to the routes that need them.
import { ANY, formatIpv4, formatPrefix, type Ipv4 } from '../addr/ipv4.ts';
import { formatMac } from '../addr/mac.ts';
import { NudState } from '../admin/neighbour-constants.ts';
import { isMade, isStatic } from './build-tables.ts';
import type { Comparison, Difference } from './diff.ts';
import { type DumpedFdb, type DumpedNeighbour, isCovered, linkOf } from './node-dump.ts';
import { podsText } from './pods-text.ts';

/** What the node sends by one neighbour: prefixes with their pods, as a subject of a sentence. */
interface Behind {
  readonly text: string;
  readonly pods: readonly string[];
}

/** The dumped routes whose gateway it is; without any, what was programmed for it. */
function behind({ programmed, dumped, podsIn }: Comparison, device: string, address: Ipv4): Behind {
  const routesOf = ({ routes }: Comparison['dumped']) =>
    routes.filter(({ nextHops, destination, length }) =>
      nextHops.some(
        (hop) =>
          hop.device === device &&
          (hop.gateway === address || (hop.gateway === ANY && length === 32 && destination === address)),
      ),
    );
  const routes = routesOf(dumped).length > 0 ? routesOf(dumped) : routesOf(programmed);
  const pods = routes.flatMap(({ destination, length }) => podsIn(destination, length));
  const prefixes = routes.map(({ destination, length }) => formatPrefix(destination, length));
  return { text: `${prefixes.join(', ') || 'nothing'}${podsText(pods)}`, pods };
}

// ---- neighbours ----------------------------------------------------------------------------------------------------

export function diffNeighbours(comparison: Comparison): Difference[] {
  const { programmed, dumped } = comparison;
  const differences: Difference[] = [];
  const key = ({ device, destination, proxy }: DumpedNeighbour) => `${device} ${destination} ${proxy}`;
  const held = new Map(dumped.neighbours.map((entry) => [key(entry), entry]));
  for (const wanted of programmed.neighbours.filter(isStatic)) {
    const found = held.get(key(wanted)) ?? null;
    if (found === null && !isCovered(dumped, 'neighbour', wanted.device)) continue;
    if (found === null || found.lladdr !== wanted.lladdr)
      differences.push(neighbourDifference(comparison, wanted, found));
  }
  const known = new Set(programmed.neighbours.filter(isStatic).map(key));
  for (const found of dumped.neighbours.filter(isStatic))
    if (!known.has(key(found))) differences.push(neighbourDifference(comparison, null, found));
  return differences;
}

function neighbourDifference(
  comparison: Comparison,
  wanted: DumpedNeighbour | null,
  found: DumpedNeighbour | null,
): Difference {
  const { device, destination } = (wanted ?? found) as DumpedNeighbour;
  const users = behind(comparison, device, destination);
  return {
    section: 'neighbour',
    kind: found === null ? 'missing' : wanted === null ? 'extra' : 'different',
    programmed: wanted === null ? '' : neighbourText(wanted),
    dumped: found === null ? '' : neighbourText(found),
    consequence: neighbourConsequence(comparison, wanted, found, users),
    pods: users.pods,
    isForeign: wanted === null && linkOf(comparison.programmed, device) === undefined,
  };
}

function neighbourConsequence(
  { dumped, programmed }: Comparison,
  wanted: DumpedNeighbour | null,
  found: DumpedNeighbour | null,
  users: Behind,
): string {
  const { device, destination } = (wanted ?? found) as DumpedNeighbour;
  const kind = (linkOf(dumped, device) ?? linkOf(programmed, device))?.kind;
  if (found !== null && wanted === null)
    return `frames for ${users.text} have this address whatever ARP would say`;
  if (found !== null && found.lladdr !== null && wanted !== null)
    return `frames for ${users.text} go to ${formatMac(found.lladdr)} instead of ${macText(wanted)}`;
  if (kind === 'vxlan')
    return `${users.text} cannot be reached: ${formatIpv4(destination)} is asked for by ARP on ${device}, where nobody answers`;
  return `the node asks for ${formatIpv4(destination)} by ARP before it sends to ${users.text}`;
}

const macText = ({ lladdr }: DumpedNeighbour): string => (lladdr === null ? 'none' : formatMac(lladdr));

function neighbourText(entry: DumpedNeighbour): string {
  const states = Object.entries(NudState).filter(([, bit]) => (entry.state & bit) !== 0);
  const words = [formatIpv4(entry.destination)];
  if (entry.device !== '') words.push('dev', entry.device);
  if (entry.lladdr !== null) words.push('lladdr', formatMac(entry.lladdr));
  if (entry.proxy) words.push('proxy');
  return [...words, ...states.map(([name]) => name)].join(' ');
}

// ---- forwarding entries --------------------------------------------------------------------------------------------

export function diffForwarding(comparison: Comparison): Difference[] {
  const { programmed, dumped } = comparison;
  const wanted = programmed.fdb.filter((entry) => isMade(programmed, entry));
  const held = dumped.fdb.filter((entry) => isMade(dumped, entry));
  const keys = new Set([...wanted, ...held].map(fdbKey));
  return [...keys].flatMap((key) => {
    const lost = wanted.filter((one) => fdbKey(one) === key && !held.some((other) => isSame(one, other)));
    const found = held.filter((one) => fdbKey(one) === key && !wanted.some((other) => isSame(one, other)));
    const told = lost.filter(({ device }) => found.length > 0 || isCovered(dumped, 'fdb', device));
    return Array.from({ length: Math.max(told.length, found.length) }, (_, i) =>
      fdbDifference(comparison, told[i] ?? null, found[i] ?? null),
    );
  });
}

const fdbKey = ({ mac, device, vlan }: DumpedFdb): string => `${mac} ${device} ${vlan}`;

const isSame = (a: DumpedFdb, b: DumpedFdb): boolean =>
  fdbKey(a) === fdbKey(b) && a.destination === b.destination && a.port === b.port && a.vni === b.vni;

function fdbDifference(
  comparison: Comparison,
  wanted: DumpedFdb | null,
  found: DumpedFdb | null,
): Difference {
  const { mac, device } = (wanted ?? found) as DumpedFdb;
  const users = behindMac(comparison, device, mac);
  return {
    section: 'fdb',
    kind: found === null ? 'missing' : wanted === null ? 'extra' : 'different',
    programmed: wanted === null ? '' : fdbText(wanted),
    dumped: found === null ? '' : fdbText(found),
    consequence: fdbConsequence(wanted, found, users),
    pods: users.pods,
    isForeign: wanted === null && linkOf(comparison.programmed, device) === undefined,
  };
}

/** The neighbours that have this MAC on the device, and what is behind them. */
function behindMac(comparison: Comparison, device: string, mac: number): Behind {
  const { dumped, programmed } = comparison;
  const having = (entries: readonly DumpedNeighbour[]) =>
    entries.filter((entry) => entry.device === device && entry.lladdr === mac);
  const held = having(dumped.neighbours);
  const users = (held.length > 0 ? held : having(programmed.neighbours)).map(({ destination }) =>
    behind(comparison, device, destination),
  );
  return {
    text: users.map(({ text }) => text).join(', ') || 'nothing',
    pods: users.flatMap(({ pods }) => pods),
  };
}

function fdbConsequence(wanted: DumpedFdb | null, found: DumpedFdb | null, users: Behind): string {
  if (wanted === null)
    return `frames for ${users.text} go to ${formatIpv4((found as DumpedFdb).destination)}, which nobody programmed`;
  if (found !== null)
    return `frames for ${users.text} go to ${formatIpv4(found.destination)} instead of ${formatIpv4(wanted.destination)}`;
  return wanted.destination === ANY
    ? `frames for ${formatMac(wanted.mac)} are flooded to every port`
    : `${users.text} cannot be reached: frames for ${formatMac(wanted.mac)} have no VTEP and are dropped`;
}

const fdbText = ({ mac, device, destination, master }: DumpedFdb): string =>
  [
    formatMac(mac),
    'dev',
    device,
    ...(destination === ANY ? [] : ['dst', formatIpv4(destination)]),
    ...(master === '' ? ['self'] : ['master', master]),
  ].join(' ');
