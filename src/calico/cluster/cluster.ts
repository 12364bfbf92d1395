// A Calico cluster as a lab: a namespace for every node and pod, the network between the nodes, and on every node what
// the CNI plugin, Felix and BIRD do. Resources come and go; the lab follows.
import type { Lab } from '../../lab/lab.ts';
import type { Changes } from '../calc/changes.ts';
import { CalcGraph } from '../calc/graph.ts';
import type { Release } from '../calc/release.ts';
import type { NodeAgent } from '../manager/agent.ts';
import type { ReadResult } from '../resource/read.ts';
import { ResourceStore } from '../resource/store.ts';
import { Agents } from './agents.ts';
import { type NamespaceOptions, Namespaces } from './namespaces.ts';
import { type NetworkOptions, NodeNetwork } from './node-network.ts';
import { Pods, type Wired } from './pods.ts';
import type { StepFailure } from './step-queue.ts';
import { TunnelAddresses } from './tunnel-addresses.ts';
import type { Underlay } from './underlay.ts';

export interface ClusterOptions extends NamespaceOptions, NetworkOptions {
  readonly release: Release;
}

/** What could not be done, and where. */
export type ClusterFailure = StepFailure;

export class Cluster {
  readonly lab: Lab;
  readonly graph: CalcGraph;
  readonly options: ClusterOptions;
  /** The datastore: what is put here is in the graph at once, and in the lab after `settle`. */
  readonly store = new ResourceStore();
  private readonly tunnels: TunnelAddresses;
  private readonly network: NodeNetwork;
  private readonly agents: Agents;
  private readonly pods: Pods;

  constructor(lab: Lab, options: ClusterOptions) {
    const graph = new CalcGraph(options.release);
    const namespaces = new Namespaces(lab, options);
    this.lab = lab;
    this.options = options;
    this.graph = graph;
    this.tunnels = new TunnelAddresses(this.store, graph);
    this.network = new NodeNetwork(lab, graph, namespaces, options);
    this.agents = new Agents(lab, graph, namespaces);
    this.pods = new Pods(lab, graph, namespaces, this.agents);
    this.store.watch(({ before, after }) => {
      this.agents.resourceChanges(before, after);
      if (after !== null) graph.put(after);
      else if (before !== null) graph.remove(before);
    });
  }

  /** What was read from files; nothing happens until `settle`. */
  load({ resources, pods, derived }: ReadResult): void {
    for (const resource of resources) if (!derived.has(resource)) this.store.put(resource);
    for (const pod of pods) this.store.putPod(pod);
  }

  /** Makes the lab what the resources say. Returns what could not be done; it is tried again next time. */
  settle(): readonly ClusterFailure[] {
    const { agents, network, pods } = this;
    this.tunnels.allocate();
    const changes = this.graph.flush();
    if (changes.hosts.size > 0) agents.nodesChanged();
    this.leave(changes);
    const joined = network.join(changes.hosts, (node) => agents.has(node));
    for (const ids of changes.endpoints.values()) pods.unwire(ids);
    agents.tell(changes, joined);
    agents.prepare();
    const unwired = pods.wire(this.endpointsOf(changes, joined.ready), changes.newlyShared);
    const unapplied = agents.apply();
    return [...joined.failures, ...unwired, ...unapplied];
  }

  /** Nodes that are gone, or whose address is. */
  private leave({ hosts }: Changes): void {
    for (const node of hosts) {
      if (this.network.hasPlace(node)) continue;
      this.pods.leave(node);
      this.agents.stop(node);
      this.network.leave(node);
    }
  }

  /** Those that changed, and those of nodes that have just started. */
  private endpointsOf({ endpoints }: Changes, started: ReadonlySet<string>): string[] {
    const ids: string[] = [];
    for (const changed of endpoints.values()) for (const id of changed) ids.push(id);
    for (const node of started) for (const { id } of this.graph.endpointsOf(node)) ids.push(id);
    return ids;
  }

  /** Lets every agent look after something, and then do what is to be done. */
  refresh(look: (agent: NodeAgent) => void): void {
    this.agents.refresh(look);
  }

  /** BIRD looks at the kernel's tables. */
  scan(): void {
    this.agents.scan();
  }

  /** The agent of a node, null for no node. */
  agent(node: string): NodeAgent | null {
    return this.agents.get(node);
  }

  get nodes(): Iterable<string> {
    return this.agents.nodes;
  }

  get underlay(): Underlay {
    return this.network.underlay;
  }

  /** By endpoint, the pods that have a namespace. */
  get wiring(): ReadonlyMap<string, Wired> {
    return this.pods.all;
  }

  /** Faults of the network that are asked for where no node is. */
  idleFaults(): string[] {
    return this.network.idleFaults();
  }
}
