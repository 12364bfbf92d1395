// The endpoint manager: the routes and settings that the pods of a node want on its side of their cables
// (felix/dataplane/linux/endpoint_mgr.go).
import { ANY, type Ipv4, networkOf } from '../../addr/ipv4.ts';
import type { Mac } from '../../addr/mac.ts';
import type { Failure, Port } from '../../program/port.ts';
import type { Prefix } from '../calc/types.ts';
import { RouteClass } from '../table/route-class.ts';
import type { RouteTable } from '../table/route-table.ts';
import { ensureSysctls, type Sysctl } from '../table/sysctls.ts';
import { type Target, TargetType } from '../table/target.ts';

/** What the manager needs to know of a pod. */
export interface LocalEndpoint {
  /** Orchestrator, workload and endpoint: of two that name one interface the lower one has it. */
  readonly id: string;
  readonly interfaceName: string;
  /** 0 if the datastore has none: then no neighbour is written. */
  readonly mac: Mac;
  readonly networks: readonly Prefix[];
  /** External addresses that are mapped to it. */
  readonly floating: readonly Ipv4[];
  /** It may send from other addresses (allowSpoofedSourcePrefixes). */
  readonly maySpoof: boolean;
}

export interface EndpointSettings {
  readonly protocol: number;
  /** The preferred source of the routes, 0 for none. */
  readonly source: Ipv4;
  readonly priority: number;
  readonly floatingIps: boolean;
  /** RouteSyncDisabled turns it off. */
  readonly writesRoutes: boolean;
  /** v3.23 and later. */
  readonly writesRpFilter: boolean;
  /** net.ipv4.conf.default.rp_filter when Felix started. */
  readonly rpFilter: string;
}

/** `error` is for an endpoint whose interface another one has. */
export type EndpointStatus = 'up' | 'down' | 'error';

export class EndpointManager {
  private readonly port: Port;
  private readonly table: RouteTable;
  private readonly settings: EndpointSettings;
  private readonly endpoints = new Map<string, LocalEndpoint>();
  private readonly byInterface = new Map<string, Set<string>>();
  private readonly up = new Set<string>();
  /** Interfaces whose routes or settings may be out of date. */
  private readonly dirty = new Set<string>();
  /** Interfaces that could not be set up. */
  private readonly broken = new Set<string>();

  constructor(port: Port, table: RouteTable, settings: EndpointSettings) {
    this.port = port;
    this.table = table;
    this.settings = settings;
  }

  update(endpoint: LocalEndpoint): void {
    this.remove(endpoint.id);
    this.endpoints.set(endpoint.id, endpoint);
    const holders = this.byInterface.get(endpoint.interfaceName) ?? new Set();
    this.byInterface.set(endpoint.interfaceName, holders.add(endpoint.id));
    this.dirty.add(endpoint.interfaceName);
  }

  remove(id: string): void {
    const endpoint = this.endpoints.get(id);
    if (endpoint === undefined) return;
    this.endpoints.delete(id);
    const holders = this.byInterface.get(endpoint.interfaceName) as Set<string>;
    holders.delete(id);
    if (holders.size === 0) this.byInterface.delete(endpoint.interfaceName);
    this.dirty.add(endpoint.interfaceName);
  }

  interfaceChanged(name: string, isUp: boolean): void {
    if (isUp) this.up.add(name);
    else this.up.delete(name);
    if (this.byInterface.has(name)) this.dirty.add(name);
  }

  status(id: string): EndpointStatus | null {
    const endpoint = this.endpoints.get(id);
    if (endpoint === undefined) return null;
    if (this.active(endpoint.interfaceName) !== endpoint) return 'error';
    const { interfaceName } = endpoint;
    return this.up.has(interfaceName) && !this.broken.has(interfaceName) ? 'up' : 'down';
  }

  /** The settings of every interface are written again. */
  resync(): void {
    for (const name of this.byInterface.keys()) this.dirty.add(name);
  }

  /** Hands the routes to the table and writes the settings; what failed is tried again next time. */
  complete(): Failure[] {
    const failures: Failure[] = [];
    for (const name of [...this.dirty]) {
      const endpoint = this.active(name);
      this.table.set(RouteClass.LOCAL_WORKLOAD, name, endpoint === null ? [] : this.targets(endpoint));
      const failed = endpoint !== null && this.up.has(name) ? this.writeSettings(endpoint) : [];
      if (failed.length === 0) this.dirty.delete(name);
      failures.push(...failed);
    }
    return failures;
  }

  private active(name: string): LocalEndpoint | null {
    let lowest: string | null = null;
    for (const id of this.byInterface.get(name) ?? []) if (lowest === null || id < lowest) lowest = id;
    return lowest === null ? null : (this.endpoints.get(lowest) as LocalEndpoint);
  }

  private targets({ networks, floating, mac }: LocalEndpoint): Target[] {
    const { writesRoutes, floatingIps, protocol, source, priority } = this.settings;
    if (!writesRoutes) return [];
    const external = floatingIps ? floating.map((address) => ({ address, length: 32 })) : [];
    return [...networks, ...external].map(({ address, length }) => ({
      type: TargetType.LOCAL_WORKLOAD,
      destination: networkOf(address, length),
      length,
      gateway: ANY,
      source,
      mtu: 0,
      protocol,
      priority,
      mac,
    }));
  }

  /** Each time the interface comes up. Without the IPv4 ones the endpoint stays down; IPv6 may be absent. */
  private writeSettings({ interfaceName, maySpoof }: LocalEndpoint): Failure[] {
    const { port } = this;
    ensureSysctls(port, [{ path: `net/ipv6/conf/${interfaceName}/accept_ra`, value: '0' }]);
    const failures = ensureSysctls(port, this.mandatory(interfaceName, maySpoof));
    if (failures.length === 0) this.broken.delete(interfaceName);
    else this.broken.add(interfaceName);
    return failures;
  }

  private mandatory(name: string, maySpoof: boolean): Sysctl[] {
    const { writesRpFilter, rpFilter } = this.settings;
    const list: [path: string, value: string][] = [
      [`net/ipv4/conf/${name}/route_localnet`, '1'],
      [`net/ipv4/neigh/${name}/proxy_delay`, '0'],
      [`net/ipv4/conf/${name}/proxy_arp`, '1'],
      [`net/ipv4/conf/${name}/forwarding`, '1'],
    ];
    if (writesRpFilter) list.push([`net/ipv4/conf/${name}/rp_filter`, maySpoof ? '0' : rpFilter]);
    return list.map(([path, value]) => ({ path, value }));
  }
}
