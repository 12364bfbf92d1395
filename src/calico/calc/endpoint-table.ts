// The endpoints by id and by node, and what their networks claim in the trie.
import type { ChangeLog } from './changes.ts';
import type { Endpoint } from './endpoint.ts';
import type { Ipam } from './ipam.ts';
import { networkKey } from './prefix.ts';
import type { RouteTrie } from './route-trie.ts';

const NONE: ReadonlyMap<string, Endpoint> = new Map();

export class EndpointTable {
  private readonly trie: RouteTrie;
  private readonly ipam: Ipam;
  private readonly log: ChangeLog;
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly byNode = new Map<string, Map<string, Endpoint>>();

  constructor(trie: RouteTrie, ipam: Ipam, log: ChangeLog) {
    this.trie = trie;
    this.ipam = ipam;
    this.log = log;
  }

  get(id: string): Endpoint | null {
    return this.endpoints.get(id) ?? null;
  }

  of(node: string): Iterable<Endpoint> {
    return (this.byNode.get(node) ?? NONE).values();
  }

  put(endpoint: Endpoint): void {
    const { id, node } = endpoint;
    const old = this.get(id);
    if (old === null || old.node !== node || !sameNetworks(old, endpoint)) {
      this.count(endpoint, 1);
      if (old !== null) this.count(old, -1);
    }
    if (old !== null && old.node !== node) this.forget(old);
    const siblings = this.byNode.get(node) ?? new Map<string, Endpoint>();
    this.byNode.set(node, siblings.set(id, endpoint));
    this.endpoints.set(id, endpoint);
    this.log.addEndpoint(node, id);
  }

  remove(id: string): void {
    const old = this.get(id);
    if (old === null) return;
    this.count(old, -1);
    this.endpoints.delete(id);
    this.forget(old);
  }

  /** The node has another address or BGP identity: so do its pods' addresses where others hear of them. */
  touchNode(node: string): void {
    for (const { networks } of this.of(node))
      for (const network of networks) {
        const entry = this.trie.get(networkKey(network));
        if (entry !== null) this.trie.touch(entry);
      }
  }

  private forget({ id, node }: Endpoint): void {
    const siblings = this.byNode.get(node) as Map<string, Endpoint>;
    siblings.delete(id);
    if (siblings.size === 0) this.byNode.delete(node);
    this.log.addEndpoint(node, id);
  }

  private count({ node, networks }: Endpoint, by: number): void {
    for (const network of networks) {
      this.trie.countWorkload(network, node, by);
      if (network.length === 32) this.ipam.addressChanged(network.address);
    }
  }
}

export const sameNetworks = (a: Endpoint, b: Endpoint): boolean =>
  a.networks.length === b.networks.length &&
  a.networks.every(({ address, length }, i) => {
    const other = b.networks[i];
    return address === other.address && length === other.length;
  });
