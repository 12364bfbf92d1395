// The agents of a cluster's nodes: started and stopped, told what changed in the graph, and at work while time passes.
import { compareIpv4 } from '../../addr/ipv4.ts';
import type { Lab } from '../../lab/lab.ts';
import { watchLinks } from '../../lab/monitor.ts';
import type { Failure } from '../../program/port.ts';
import type { Changes } from '../calc/changes.ts';
import type { CalcGraph } from '../calc/graph.ts';
import type { Vtep } from '../calc/types.ts';
import { NodeAgent } from '../manager/agent.ts';
import { PlacementCache } from '../manager/placement-cache.ts';
import type { Namespaces } from './namespaces.ts';
import type { StepFailure } from './step-queue.ts';
import { NODE_INTERFACE } from './underlay.ts';

/** Felix applies what it hears at most ten times a second; in microseconds. */
const REACTION = 100_000;

/** Nodes by what has just happened to them. */
export interface Joined {
  /** Their agents may start: their network is complete. */
  readonly ready: ReadonlySet<string>;
  /** Their network is another now. */
  readonly moved: ReadonlySet<string>;
}

export class Agents {
  private readonly lab: Lab;
  private readonly graph: CalcGraph;
  private readonly namespaces: Namespaces;
  private readonly agents = new Map<string, NodeAgent>();
  private readonly watches = new Map<string, () => void>();
  /** Nodes whose agents are about to act. */
  private readonly reacting = new Set<string>();
  /** Each node's tables as BIRD saw them last. */
  private readonly scanned = new Map<string, number>();
  private readonly placements = new PlacementCache();
  /** Agents that only have to complete what they began, and what they could not do until then. */
  private readonly prepared = new Map<NodeAgent, Failure[]>();
  private vteps: readonly Vtep[] = [];

  constructor(lab: Lab, graph: CalcGraph, namespaces: Namespaces) {
    this.lab = lab;
    this.graph = graph;
    this.namespaces = namespaces;
  }

  get(node: string): NodeAgent | null {
    return this.agents.get(node) ?? null;
  }

  has(node: string): boolean {
    return this.agents.has(node);
  }

  get nodes(): Iterable<string> {
    return this.agents.keys();
  }

  stop(node: string): void {
    this.agents.delete(node);
    this.watches.get(node)?.();
    this.watches.delete(node);
    this.scanned.delete(node);
  }

  // ---- what changed ------------------------------------------------------------------------------------------

  /** Nodes came, went or have other tunnel ends. */
  nodesChanged(): void {
    this.placements.forget();
    const vteps: Vtep[] = [];
    for (const node of this.graph.nodes()) {
      const vtep = this.graph.vtep(node);
      if (vtep !== null) vteps.push(vtep);
    }
    this.vteps = vteps.sort((a, b) => compareIpv4(a.address, b.address));
  }

  /** Starts those that are ready, which find out all by themselves, and tells the others. */
  tell(changes: Changes, { ready, moved }: Joined): void {
    for (const node of ready) this.start(node);
    const { shared, local, hosts, endpoints, configuration } = changes;
    const keys = hosts.size === 0 ? shared : [...shared, ...this.prefixesOf(hosts)];
    for (const [node, agent] of this.agents) {
      if (ready.has(node)) continue;
      if (moved.has(node)) agent.addressLost(NODE_INTERFACE);
      // With another setting the agent looks at every prefix by itself.
      if (configuration === 'all' || configuration.has(node) || moved.has(node)) agent.settingChanged();
      else {
        if (hosts.size > 0) agent.vtepsChanged();
        agent.prefixesChanged(keys);
        agent.prefixesChanged(local.get(node) ?? []);
      }
      for (const id of endpoints.get(node) ?? []) agent.endpointChanged(id);
    }
  }

  private start(node: string): void {
    const { graph, placements, namespaces } = this;
    const surroundings = { graph, placements, now: () => this.lab.kernel.clock.now, vteps: () => this.vteps };
    const agent = new NodeAgent(node, namespaces.port(node), surroundings);
    this.agents.set(node, agent);
    this.watches.set(node, this.watch(node, agent));
  }

  /** What leads to these nodes: their tunnel ends may have changed. */
  private prefixesOf(hosts: ReadonlySet<string>): number[] {
    const keys: number[] = [];
    for (const key of this.graph.prefixes()) {
      const update = this.graph.route('', key);
      if (update !== null && hosts.has(update.node)) keys.push(key);
    }
    return keys;
  }

  // ---- what is done ------------------------------------------------------------------------------------------

  /** Forwarding and tunnels, before pods come. */
  prepare(): void {
    for (const agent of this.agents.values()) if (agent.isPending) this.prepared.set(agent, agent.prepare());
  }

  /** What the agents could not do; those that are prepared are not prepared again. */
  apply(): StepFailure[] {
    const failures: StepFailure[] = [];
    for (const [namespace, agent] of this.agents) {
      if (!agent.isPending) continue;
      const prepared = this.prepared.get(agent);
      for (const failure of prepared === undefined ? agent.apply() : agent.complete(prepared))
        failures.push({ namespace, failure });
    }
    this.prepared.clear();
    this.lab.settle();
    return failures;
  }

  /** Lets every agent look after something, and then do what is to be done. */
  refresh(look: (agent: NodeAgent) => void): void {
    for (const agent of this.agents.values()) look(agent);
    this.apply();
  }

  /** BIRD looks at the kernel's tables: where somebody changed one, its own routes are put right. */
  scan(): void {
    for (const [node, agent] of this.agents) {
      const { fib } = this.namespaces.get(node);
      if (this.scanned.get(node) === fib.generation) continue;
      agent.rescan();
      agent.apply();
      this.scanned.set(node, fib.generation);
    }
    this.lab.settle();
  }

  /** The agent hears of its node's links, and acts a moment later: a change comes with others. */
  private watch(node: string, agent: NodeAgent): () => void {
    return watchLinks(this.lab, this.namespaces.get(node), ({ name }) => {
      agent.interfaceChanged(name);
      if (!agent.isPending || this.reacting.has(node)) return;
      this.reacting.add(node);
      this.lab.kernel.clock.schedule(REACTION, () => this.react(node));
    });
  }

  private react(node: string): void {
    this.reacting.delete(node);
    this.agents.get(node)?.apply();
    this.lab.settle();
  }
}
