// What runs on one node: Felix with its managers, and BIRD's part of the kernel's table. It is told what changed in the
// calculation graph and of the node's interfaces, decides what is wanted, and makes the namespace so when asked to.
import { MAC_ZERO } from '../../addr/mac.ts';
import { RouteProtocol, Table } from '../../admin/route-constants.ts';
import type { Failure, Port } from '../../program/port.ts';
import { clusterRouteProtocol, type FelixConfig } from '../calc/config.ts';
import type { Endpoint } from '../calc/endpoint.ts';
import type { CalcGraph } from '../calc/graph.ts';
import { networkKey } from '../calc/prefix.ts';
import { prefixKey, type Vtep } from '../calc/types.ts';
import type { LateClock } from '../table/late-fdb.ts';
import { type Ownership, protocolOwnership } from '../table/ownership.ts';
import { RouteTable } from '../table/route-table.ts';
import { IPIP_DEVICE, VXLAN_DEVICE } from '../table/tunnel-device.ts';
import { EndpointManager, type EndpointStatus, type LocalEndpoint } from './endpoint.ts';
import { isOperUp, parentOf } from './host-links.ts';
import type { NodeView, Placement } from './placement.ts';
import type { PlacementCache } from './placement-cache.ts';
import { ownershipOf, type Reading, read, sameReading, tunnelSettings } from './reading.ts';
import { Tunnels } from './tunnels.ts';
import { viewOf } from './view.ts';

/** Felix leaves unknown routes on workloads' interfaces alone for so long, in microseconds. */
const GRACE = 10_000_000;

/** What the agents of a cluster share. */
export interface Surroundings {
  readonly graph: CalcGraph;
  /** Microseconds. */
  readonly clock: LateClock;
  /** Those of all nodes. */
  readonly vteps: () => readonly Vtep[];
  readonly placements: PlacementCache;
}

/** What is made of a reading. */
interface Parts {
  readonly felix: RouteTable;
  readonly bird: RouteTable;
  readonly endpoints: EndpointManager;
}

export class NodeAgent {
  readonly node: string;
  private readonly port: Port;
  private readonly around: Surroundings;
  private readonly tunnels: Tunnels;
  /** net.ipv4.conf.default.rp_filter when Felix started first. */
  private readonly rpFilter: string;
  /** Felix's own protocol, and what it was before: Felix itself would leave routes with the former number. */
  private readonly protocols = new Set<number>();
  private reading: Reading;
  private parts: Parts;
  private view: NodeView;
  private pending = true;
  private placements = new Map<number, Placement>();
  /** What it shares with other nodes is not written until somebody looks where it would be. */
  private late: boolean;
  /** When it first did all else. */
  private since: number;
  /** The index of each link that the parts were told of, negative while it is down. */
  private readonly links = new Map<string, number>();

  constructor(node: string, port: Port, around: Surroundings, { isLate }: { readonly isLate: boolean }) {
    this.node = node;
    this.port = port;
    this.around = around;
    this.late = isLate;
    this.since = around.clock.now();
    this.tunnels = new Tunnels(port, { node, clock: around.clock, isLate });
    this.rpFilter = port.sysctl('net/ipv4/conf/default/rp_filter') ?? '1';
    this.reading = this.read();
    this.parts = this.makeParts();
    this.view = this.look();
    this.wantAll();
  }

  /** What CNI gives new pods: Felix writes it to /var/lib/calico/mtu. */
  get podMtu(): number {
    return this.reading.podMtu;
  }

  /** The device with the node's own address, '' while there is none. */
  get parent(): string {
    return this.view.parent;
  }

  status(endpoint: string): EndpointStatus | null {
    return this.parts.endpoints.status(endpoint);
  }

  // ---- what changed ------------------------------------------------------------------------------------------

  /** The routes of these prefixes may be others now. */
  prefixesChanged(keys: Iterable<number>): void {
    if (this.late) return;
    for (const key of keys) this.place(key);
  }

  /** Something changed since the last `apply`, or could not be done then. */
  get isPending(): boolean {
    return this.pending;
  }

  get isLate(): boolean {
    return this.late;
  }

  /** Writes what is late, as of the time when it would have been. */
  catchUp(): void {
    if (!this.late) return;
    this.late = false;
    const before = this.pending;
    const failures = this.tunnels.catchUp();
    const { felix, bird } = this.parts;
    this.around.clock.asOf(this.since, () => {
      this.placeAll();
      failures.push(...felix.apply(), ...bird.apply());
    });
    this.pending = before || failures.length > 0;
  }

  endpointChanged(id: string): void {
    this.pending = true;
    const endpoint = this.around.graph.endpoint(id);
    if (endpoint === null || endpoint.node !== this.node) this.parts.endpoints.remove(id);
    else this.parts.endpoints.update(this.localOf(endpoint));
  }

  /** All may be different: settings, the node's address, its links. Felix starts anew if it would. */
  settingChanged(): void {
    const reading = this.read();
    if (sameReading(reading, this.reading)) this.view = this.look();
    else this.restart(reading);
    this.wantAll();
  }

  /** Nodes have other VTEPs; the routes that lead to them are named apart. */
  vtepsChanged(): void {
    this.pending = true;
    const settings = tunnelSettings(this.around.graph, this.node, this.reading, this.parent);
    this.tunnels.set(settings, this.around.vteps());
  }

  interfaceChanged(name: string): void {
    const link = this.port.link(name);
    const state = link === null ? 'gone' : isOperUp(link) ? 'up' : 'down';
    const seen = link === null ? 0 : state === 'up' ? link.index : -link.index;
    if (seen === (this.links.get(name) ?? 0)) return;
    if (link === null) this.links.delete(name);
    else this.links.set(name, seen);
    this.pending = true;
    this.tellTables(name, state, link?.index ?? 0);
    this.parts.endpoints.interfaceChanged(name, state === 'up');
  }

  /** It has lost an address: with the last one the kernel drops the routes of a device, though it stays up. */
  addressLost(name: string): void {
    const link = this.port.link(name);
    if (link === null) return;
    this.pending = true;
    this.tellTables(name, isOperUp(link) ? 'up' : 'down', link.index);
  }

  private tellTables(name: string, state: 'up' | 'down' | 'gone', index: number): void {
    const { felix, bird } = this.parts;
    for (const table of [felix, bird]) table.interfaceChanged(name, state, index);
  }

  /** As every 10 s: the tunnels' devices are as they should be. */
  checkTunnels(): void {
    if (this.reading.encapsulation.ipip || this.reading.encapsulation.vxlan) this.pending = true;
  }

  /** As every 30 s: with another MTU Felix starts anew. */
  checkMtu(): void {
    if (!sameReading(this.read(), this.reading)) this.settingChanged();
  }

  /** As BIRD every 2 s. */
  rescan(): void {
    this.pending = true;
    this.parts.bird.resync();
  }

  /** As every 90 s: what others did to the tables is found out. */
  resync(): void {
    // Nobody has changed tables that nobody has looked at; but a neighbour that is written again is younger.
    if (!this.late || this.parts.felix.hasNeighbours) {
      this.parts.felix.resync();
      this.parts.bird.resync();
    }
    this.parts.endpoints.resync();
    this.tunnels.resync();
    this.settingChanged();
  }

  /** Makes the namespace as it is wanted. What was refused stays wanted and is tried again. */
  apply(): Failure[] {
    return this.complete(this.prepare());
  }

  /** What is behind `prepare`, which could not do `unprepared`. */
  complete(unprepared: readonly Failure[]): Failure[] {
    const { felix, bird, endpoints } = this.parts;
    const failures = [...unprepared, ...endpoints.complete(), ...felix.apply(), ...bird.apply()];
    this.pending = failures.length > 0;
    return failures;
  }

  /** Forwarding and the tunnels: as on a node that starts, before its first pods come. */
  prepare(): Failure[] {
    const failures = [...this.forward(), ...this.tunnels.apply((name) => this.addressLost(name))];
    this.watchTunnels();
    return failures;
  }

  // ---- what is wanted ----------------------------------------------------------------------------------------

  private wantAll(): void {
    this.vtepsChanged();
    for (const { id } of this.around.graph.endpointsOf(this.node)) this.endpointChanged(id);
    if (!this.late) this.placeAll();
  }

  private placeAll(): void {
    const { graph } = this.around;
    const keys = new Set(graph.prefixes());
    for (const { networks } of graph.endpointsOf(this.node))
      for (const network of networks) keys.add(networkKey(network));
    for (const key of this.placements.keys()) keys.add(key);
    this.prefixesChanged(keys);
  }

  private place(key: number): void {
    const update = this.around.graph.route(this.node, key);
    const placement = update === null ? null : this.around.placements.of(update, this.view);
    const old = this.placements.get(key) ?? null;
    if (placement === old) return;
    this.pending = true;
    if (old !== null && !(placement !== null && samePlace(old, placement))) this.displace(key, old);
    if (placement === null) return;
    this.placements.set(key, placement);
    const { writer, routeClass, device, target } = placement;
    this.parts[writer].update(routeClass, device, target);
  }

  private displace(key: number, { writer, routeClass, device, target }: Placement): void {
    this.placements.delete(key);
    const prefix = prefixKey(target.destination, target.length);
    this.parts[writer].remove(routeClass, device, prefix, target.priority);
  }

  private localOf({ id, interfaceName, mac, networks, external, allowSpoofed }: Endpoint): LocalEndpoint {
    const maySpoof = this.reading.config.sourceSpoofing && allowSpoofed.length > 0;
    return { id, interfaceName, mac: mac ?? MAC_ZERO, networks, floating: external, maySpoof };
  }

  // ---- what the node is --------------------------------------------------------------------------------------

  private read(): Reading {
    return read(this.around.graph, this.node, this.port);
  }

  private look(): NodeView {
    const { graph } = this.around;
    const parent = parentOf(this.port, graph.host(this.node)?.address ?? NO_ADDRESS);
    const { mtus, encapsulation } = this.reading;
    return viewOf(graph, this.node, this.port, parent, mtus, encapsulation);
  }

  private restart(reading: Reading): void {
    this.reading = reading;
    this.parts = this.makeParts();
    this.placements = new Map();
    this.view = this.look();
  }

  private makeParts(): Parts {
    const { config } = this.reading;
    this.protocols.add(clusterRouteProtocol(config));
    const felix = this.makeTable(ownershipOf(config, [...this.protocols]), GRACE);
    const bird = this.makeTable(protocolOwnership(RouteProtocol.BIRD), 0);
    const endpoints = new EndpointManager(this.port, felix, this.endpointSettings(config));
    for (const link of this.port.links()) {
      this.links.set(link.name, isOperUp(link) ? link.index : -link.index);
      const state = isOperUp(link) ? 'up' : 'down';
      for (const table of [felix, bird]) table.interfaceChanged(link.name, state, link.index);
      endpoints.interfaceChanged(link.name, state === 'up');
    }
    return { felix, bird, endpoints };
  }

  private makeTable(ownership: Ownership, grace: number): RouteTable {
    return new RouteTable(this.port, { table: Table.MAIN, ownership, now: this.around.clock.now, grace });
  }

  private endpointSettings(config: FelixConfig) {
    return {
      protocol: config.deviceRouteProtocol,
      source: config.deviceRouteSource,
      priority: config.workloadRoutePriority,
      floatingIps: config.floatingIps,
      writesRoutes: !config.routeSyncDisabled,
      writesRpFilter: this.around.graph.profile.writesRpFilter,
      rpFilter: this.rpFilter,
    };
  }

  /** IPForwarding=Enabled. */
  private forward(): Failure[] {
    const { port } = this;
    const path = 'net/ipv4/ip_forward';
    if (!this.reading.config.ipForwarding || port.sysctl(path) === '1') return [];
    const operation = { do: 'sysctl', path, value: '1' } as const;
    const refusal = port.perform(operation);
    return refusal === null ? [] : [{ operation, refusal }];
  }

  /** Tunnel devices come and go by our own hand. */
  private watchTunnels(): void {
    for (const name of TUNNEL_DEVICES) this.interfaceChanged(name);
  }
}

const NO_ADDRESS = 0 as never;
const TUNNEL_DEVICES = [IPIP_DEVICE, VXLAN_DEVICE];

const samePlace = (a: Placement, b: Placement): boolean =>
  a.writer === b.writer &&
  a.routeClass === b.routeClass &&
  a.device === b.device &&
  a.target.priority === b.target.priority;
