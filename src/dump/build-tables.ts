// Addresses, routes, neighbours, forwarding entries and settings of one imported node. What the kernel makes by itself (the
// local table, connected routes, learnt neighbours) is left to the lab's kernel and then made to agree.
import { ANY } from '../addr/ipv4.ts';
import { isGroup } from '../addr/mac.ts';
import { NeighbourFlag, NudState } from '../admin/neighbour-constants.ts';
import { NextHopFlag, RouteType, Table } from '../admin/route-constants.ts';
import type { RouteRequest } from '../admin/types.ts';
import type { Operation } from '../program/operation.ts';
import type { Building } from './build.ts';
import type { DumpedFdb, DumpedNeighbour, DumpedRoute, NodeDump } from './node-dump.ts';
import { readNamespace } from './read-namespace.ts';

/** Those that would hinder a route wait until the routes are there (`buildRoutes`). */
export function buildAddresses(building: Building, node: NodeDump): void {
  addAddresses(building, node, node.addresses.slice(0, firstLate(node)));
}

/**
 * Where the addresses begin that came after a route `onlink` by way of one of them: no gateway may be an address of the node
 * when the route is made (fib_check_nh_v4_gw), and nobody looks at it again later. Those behind it wait too, for which address of
 * a subnet is the primary one hangs on their order.
 */
function firstLate({ addresses, routes }: NodeDump): number {
  const gateways = new Set(
    routes
      .flatMap(({ nextHops }) => nextHops)
      .filter(({ flags, gateway }) => gateway !== ANY && (flags & NextHopFlag.ONLINK) !== 0)
      .map(({ gateway }) => gateway),
  );
  const first = addresses.findIndex(({ local, broadcast }) => gateways.has(local) || gateways.has(broadcast));
  return first < 0 ? addresses.length : first;
}

function addAddresses(building: Building, { name }: NodeDump, addresses: NodeDump['addresses']): void {
  const held = readNamespace(building.port(name).namespace, name).addresses;
  for (const { device, ...address } of addresses) {
    if (
      held.some(
        (one) => one.device === device && one.local === address.local && one.length === address.length,
      )
    )
      continue;
    const { noprefixroute, metric, broadcast, ...rest } = address;
    building.perform(name, {
      do: 'add-address',
      device,
      address: {
        ...rest,
        ...(broadcast === ANY ? {} : { broadcast }),
        ...(noprefixroute ? { noprefixroute } : {}),
        ...(metric === 0 ? {} : { metric }),
      },
    });
  }
}

// ---- routes ------------------------------------------------------------------------------------------------------

export function buildRoutes(building: Building, node: NodeDump): void {
  const wanted = node.routes.filter(isConfigured);
  const present = new Set(heldRoutes(building, node).map(identity));
  const open = wanted.filter((route) => !present.has(identity(route)));
  const waiting = addRoutes(building, node, open);
  addAddresses(building, node, node.addresses.slice(firstLate(node)));
  for (const route of addRoutes(building, node, waiting)) building.perform(node.name, added(route));
  dropRoutes(building, node, heldRoutes(building, node), new Set(wanted.map(identity)));
}

const heldRoutes = (building: Building, { name }: NodeDump): DumpedRoute[] =>
  readNamespace(building.port(name).namespace, name).routes.filter(isConfigured);

/** Routes through gateways need those to the gateways: what is refused is tried again while anything succeeds. */
function addRoutes(building: Building, { name }: NodeDump, routes: DumpedRoute[]): DumpedRoute[] {
  let open = routes;
  for (let before = open.length + 1; open.length < before; ) {
    before = open.length;
    open = open.filter((route) => !building.attempt(name, added(route)));
  }
  return open;
}

/** What the kernel made here and had lost there goes last: routes through it stay, as they did there. */
function dropRoutes(
  building: Building,
  node: NodeDump,
  held: readonly DumpedRoute[],
  wanted: ReadonlySet<string>,
): void {
  for (const route of held)
    if (node.routes.length > 0 && isTold(node, route) && !wanted.has(identity(route)))
      building.perform(node.name, { do: 'route', verb: 'delete', route: requestOf(route) });
}

const added = (route: DumpedRoute): Operation => ({ do: 'route', verb: 'append', route: requestOf(route) });

/** The local table follows from the addresses. */
const isConfigured = ({ table, type }: DumpedRoute): boolean =>
  table !== Table.LOCAL && type !== RouteType.LOCAL && type !== RouteType.BROADCAST;

/** A route that the kernel made here, in a table that was printed as a whole. */
const isTold = (node: NodeDump, { table }: DumpedRoute): boolean =>
  node.coverage.some(
    (seen) => seen.section === 'route' && seen.device === '' && (seen.table === 0 || seen.table === table),
  );

/** A route without the flags that its device's state gives it. */
const identity = (route: DumpedRoute): string => JSON.stringify(requestOf(route));

const requestOf = (route: DumpedRoute): RouteRequest => ({
  table: route.table,
  destination: route.destination,
  length: route.length,
  tos: route.tos,
  type: route.type,
  protocol: route.protocol,
  scope: route.scope,
  priority: route.priority,
  ...(route.prefsrc === ANY ? {} : { prefsrc: route.prefsrc }),
  ...(route.metrics === null ? {} : { metrics: route.metrics }),
  nextHops: route.nextHops.map(({ device, gateway, weight, flags }) => ({
    device,
    gateway,
    weight,
    onlink: (flags & NextHopFlag.ONLINK) !== 0,
  })),
  multipath: route.nextHops.length > 1,
});

// ---- neighbours and forwarding entries -----------------------------------------------------------------------------

/** Learnt ones are learnt again; NOARP ones without a request are the kernel's own, for groups and broadcasts. */
export const isStatic = ({ state, proxy, externLearn, lladdr }: DumpedNeighbour): boolean =>
  proxy ||
  externLearn ||
  (state & NudState.PERMANENT) !== 0 ||
  (state === NudState.NOARP && (lladdr ?? 0) !== 0);

export function buildNeighbours(building: Building, { name, neighbours }: NodeDump): void {
  for (const { lladdr, state, ...entry } of neighbours.filter(isStatic))
    building.perform(name, {
      do: 'replace-neighbour',
      neighbour: { ...entry, ...(entry.proxy ? {} : { state }), ...(lladdr === null ? {} : { lladdr }) },
    });
}

/** Entries that somebody made: those of a device's own address and of groups come by themselves, others are learnt. */
export function isMade(node: NodeDump, entry: DumpedFdb): boolean {
  if (
    (entry.state & (NudState.PERMANENT | NudState.NOARP)) === 0 &&
    (entry.flags & NeighbourFlag.EXT_LEARNED) === 0
  )
    return false;
  const isVxlan = entry.destination !== ANY;
  if (isVxlan) return entry.mac !== 0 || !isDefault(node, entry);
  return !isGroup(entry.mac) && !node.links.some(({ address }) => address === entry.mac);
}

/** The remote that the device was made with. */
const isDefault = (node: NodeDump, entry: DumpedFdb): boolean =>
  node.links.some(({ name, vxlan }) => name === entry.device && vxlan?.remote === entry.destination);

export function buildForwarding(building: Building, node: NodeDump): void {
  for (const entry of node.fdb)
    if (isMade(node, entry)) building.perform(node.name, { do: 'replace-fdb', entry: fdbRequest(entry) });
}

const fdbRequest = (entry: DumpedFdb): Extract<Operation, { do: 'replace-fdb' }>['entry'] => ({
  mac: entry.mac,
  device: entry.device,
  flags: entry.master === '' ? entry.flags | NeighbourFlag.SELF : entry.flags | NeighbourFlag.MASTER,
  state: entry.state,
  ...(entry.destination === ANY ? {} : { destination: entry.destination }),
  ...(entry.port === 0 ? {} : { port: entry.port }),
  ...(entry.vni === 0 ? {} : { vni: entry.vni }),
  ...(entry.via === '' ? {} : { via: entry.via }),
  ...(entry.vlan === 0 ? {} : { vlan: entry.vlan }),
});

// ---- settings ------------------------------------------------------------------------------------------------------

/** ip_forward and the settings of all and default change others: they come first, and then everything once more. */
const WIDE = ['net/ipv4/ip_forward', 'net/ipv4/conf/all/', 'net/ipv4/conf/default/'];

export function buildSettings(
  building: Building,
  { name, sysctls }: NodeDump,
  pods: readonly string[],
): void {
  if (sysctls.size === 0) assumeSettings(building, name, pods);
  const isWide = (path: string): boolean => WIDE.some((wide) => path.startsWith(wide));
  const port = building.port(name);
  const paths = [...sysctls.keys()];
  for (const path of [...paths.filter(isWide), ...paths]) {
    const value = sysctls.get(path) as string;
    const held = port.sysctl(path);
    if (held !== null && normal(held) !== normal(value))
      building.perform(name, { do: 'sysctl', path, value });
  }
}

/**
 * Without a list of settings, those that a node of Calico's cannot do without (felix/dataplane/linux/endpoint_mgr.go): else
 * no pod of an import of `ip a` and `ip r` would reach another.
 */
function assumeSettings(building: Building, node: string, pods: readonly string[]): void {
  if (pods.length === 0) return;
  const set = (path: string, value: string) => building.perform(node, { do: 'sysctl', path, value });
  set('net/ipv4/ip_forward', '1');
  for (const device of pods) {
    set(`net/ipv4/conf/${device}/route_localnet`, '1');
    set(`net/ipv4/neigh/${device}/proxy_delay`, '0');
    set(`net/ipv4/conf/${device}/proxy_arp`, '1');
  }
}

/** Several numbers of one key stand with tabs or blanks between. */
const normal = (value: string): string => value.trim().replace(/\s+/g, ' ');
