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
import type { Resource } from '../resource/types.ts';
import { IPIP_DEVICE, VXLAN_DEVICE } from '../table/tunnel-device.ts';
import { hasDistinctAddresses } from './distinct-addresses.ts';
import type { Namespaces } from './namespaces.ts';
import type { StepFailure } from './step-queue.ts';
import { NODE_INTERFACE } from './underlay.ts';

/** Felix applies what it hears at most ten times a second; in microseconds. */
const REACTION = 100_000;

/** Kinds of which a change writes or removes routes of its own, and changes no others. */
const ADDITIONS: readonly string[] = ['WorkloadEndpoint', 'IPAMBlock', 'BlockAffinity'];

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
  /** Nothing that agents write late can be refused. */
  private mayBeLate = false;

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
    if (this.agents.get(node)?.isLate === true) this.namespaces.get(node).owed = null;
    this.agents.delete(node);
    this.watches.get(node)?.();
    this.watches.delete(node);
    this.scanned.delete(node);
  }

  // ---- what changed ------------------------------------------------------------------------------------------

  /** Nodes came, went or have other tunnel ends. */
  nodesChanged(): void {
    this.placements.forget();
    this.mayBeLate = !this.namespaces.isWatched && hasDistinctAddresses(this.graph);
    if (!this.mayBeLate) this.catchUp();
    const vteps: Vtep[] = [];
    for (const node of this.graph.nodes()) {
      const vtep = this.graph.vtep(node);
      if (vtep !== null) vteps.push(vtep);
    }
    this.vteps = vteps.sort((a, b) => compareIpv4(a.address, b.address));
  }

  /**
   * A resource is about to change. What comes after another setting depends on what was written before (BIRD's routes by a
   * tunnel stay when it is turned off), so that nothing may be late then. Of a node that is its own alone; new nodes, pods and
   * blocks only add.
   */
  resourceChanges(before: Resource | null, after: Resource | null): void {
    const { kind, metadata } = (before ?? after) as Resource;
    if (kind === 'Node') this.catchUpOne(metadata.name);
    else if (!ADDITIONS.includes(kind)) this.catchUp();
  }

  /** What is refused must be told, and may be from now on. */
  private catchUp(): void {
    for (const node of this.agents.keys()) this.catchUpOne(node);
  }

  private catchUpOne(node: string): void {
    if (this.get(node)?.isLate === true) this.namespaces.get(node).pay();
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
    const { clock } = this.lab.kernel;
    const lateClock = {
      now: () => clock.now,
      asOf: (time: number, work: () => void) => clock.asOf(time, work),
    };
    const surroundings = { graph, placements, clock: lateClock, vteps: () => this.vteps };
    const isLate = this.mayBeLate && namespaces.get(node).netlink === null;
    const agent = new NodeAgent(node, namespaces.port(node), surroundings, { isLate });
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
      for (const failure of this.applyOne(namespace, agent)) failures.push({ namespace, failure });
      if (agent.isLate) this.owe(namespace, agent);
    }
    this.prepared.clear();
    this.lab.settle();
    return failures;
  }

  /** Of one that is late, what is its own goes to other prefixes and devices than what it shares. */
  private applyOne(node: string, agent: NodeAgent): Failure[] {
    const prepared = this.prepared.get(agent);
    const act = (): Failure[] => (prepared === undefined ? agent.apply() : agent.complete(prepared));
    return agent.isLate ? this.namespaces.get(node).aside(act) : act();
  }

  /** Whoever looks at the node's tables from now on makes the agent write what is late. */
  private owe(node: string, agent: NodeAgent): void {
    const { pools } = this.graph;
    this.namespaces.get(node).owed ??= {
      mayHold: (address) => pools.covering(address) !== null,
      isAbout: ({ name }) => name === VXLAN_DEVICE,
      mayLeaveBy: ({ name }) => name === VXLAN_DEVICE || name === IPIP_DEVICE || name === agent.parent,
      pay: () => agent.catchUp(),
    };
  }

  /** Lets every agent look after something, and then do what is to be done. */
  refresh(look: (agent: NodeAgent) => void): void {
    for (const agent of this.agents.values()) look(agent);
    this.apply();
  }

  /** BIRD looks at the kernel's tables: where somebody changed one, its own routes are put right. */
  scan(): void {
    for (const [node, agent] of this.agents) {
      // Nobody has changed tables that nobody has looked at.
      if (agent.isLate) continue;
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
    const agent = this.agents.get(node);
    if (agent !== undefined) this.applyOne(node, agent);
    this.lab.settle();
  }
}
