// What may be different since the last flush: everything that changed is named, not all that is named has changed.

export interface Changes {
  /** Prefixes whose route may be another for any node, or that BIRD may announce otherwise. */
  readonly shared: readonly number[];
  /** Those of them that no node but those of its pods had a route for at the last flush. */
  readonly newlyShared: ReadonlySet<number>;
  /** Prefixes that only this node may see otherwise: those of its pods. */
  readonly local: ReadonlyMap<string, ReadonlySet<number>>;
  /** Nodes that came, went or have another address, tunnel or VTEP. */
  readonly hosts: ReadonlySet<string>;
  /** By node, endpoints that came, went or changed. */
  readonly endpoints: ReadonlyMap<string, ReadonlySet<string>>;
  /** Nodes for which all may be different: their own subnet, settings or BGP sessions. */
  readonly configuration: ReadonlySet<string> | 'all';
}

/** Sets by node. */
function addTo<T>(sets: Map<string, Set<T>>, node: string, value: T): void {
  const set = sets.get(node);
  if (set === undefined) sets.set(node, new Set([value]));
  else set.add(value);
}

export class ChangeLog {
  private shared = new Set<number>();
  private newlyShared = new Set<number>();
  private local = new Map<string, Set<number>>();
  private hosts = new Set<string>();
  private endpoints = new Map<string, Set<string>>();
  private configuration: Set<string> | 'all' = new Set();

  addShared(key: number): void {
    this.shared.add(key);
  }

  /** It was not shared; if it had been at the last flush, it was noted when that ended. */
  addNewlyShared(key: number): void {
    if (!this.shared.has(key)) this.newlyShared.add(key);
    this.shared.add(key);
  }

  addLocal(node: string, key: number): void {
    addTo(this.local, node, key);
  }

  addHost(name: string): void {
    this.hosts.add(name);
  }

  addEndpoint(node: string, id: string): void {
    addTo(this.endpoints, node, id);
  }

  addConfiguration(node: string): void {
    if (this.configuration !== 'all') this.configuration.add(node);
  }

  addAllConfiguration(): void {
    this.configuration = 'all';
  }

  /** What was noted since the last time. */
  take(): Changes {
    const { newlyShared, local, hosts, endpoints, configuration } = this;
    const shared = [...this.shared];
    this.shared = new Set();
    this.newlyShared = new Set();
    this.local = new Map();
    this.hosts = new Set();
    this.endpoints = new Map();
    this.configuration = new Set();
    return { shared, newlyShared, local, hosts, endpoints, configuration };
  }
}
