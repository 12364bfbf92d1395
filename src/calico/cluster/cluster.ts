// A Calico cluster as a lab: a namespace for every node and pod, the network between the nodes, and on every node what
// the CNI plugin, Felix and BIRD do. Resources come and go; the lab follows.

import { Errno, type Refusal } from '../../addr/errno.ts';
import { compareIpv4, type Ipv4 } from '../../addr/ipv4.ts';
import { setSegmentFaults } from '../../admin/segment-faults.ts';
import type { Lab } from '../../lab/lab.ts';
import { watchLinks } from '../../lab/monitor.ts';
import type { Namespace } from '../../netns/namespace.ts';
import { AdminPort } from '../../program/admin-port.ts';
import type { Operation } from '../../program/operation.ts';
import type { Port } from '../../program/port.ts';
import { ScriptPort } from '../../program/script.ts';
import type { Changes } from '../calc/changes.ts';
import type { Endpoint } from '../calc/endpoint.ts';
import { CalcGraph } from '../calc/graph.ts';
import type { Release } from '../calc/release.ts';
import { missingTunnelAddresses, type TunnelKind, unwantedTunnelAddresses } from '../calc/tunnel-address.ts';
import type { Vtep } from '../calc/types.ts';
import { NodeAgent } from '../manager/agent.ts';
import { PlacementCache } from '../manager/placement-cache.ts';
import type { ReadResult } from '../resource/read.ts';
import { ResourceStore } from '../resource/store.ts';
import type { Kind } from '../resource/types.ts';
import { derivedMac } from './derived-mac.ts';
import { addPod, hostAddresses, POD_INTERFACE, type Step } from './pod.ts';
import type { NodePlace } from './segments.ts';
import { type StepFailure, StepQueue } from './step-queue.ts';
import { newBlock, withTunnel } from './tunnel-resource.ts';
import { NODE_INTERFACE, UNDERLAY, Underlay } from './underlay.ts';
import { faultsOf, idleFaults, type UnderlayFault } from './underlay-faults.ts';

export interface ClusterOptions {
  readonly release: Release;
  /** MTU of the network between the nodes. */
  readonly mtu: number;
  readonly faults: readonly UnderlayFault[];
  /** Settings of every node from its start, as its operating system makes them: `net/ipv4/conf/all/rp_filter`. */
  readonly nodeSettings: readonly (readonly [path: string, value: string])[];
  /** Hears each line of the script that would do on a Linux machine what is done here. */
  readonly script?: (line: string) => void;
  /** What stands before every namespace's port: tests put one in that refuses. */
  readonly guard?: (port: Port) => Port;
}

/** A pod as it was wired. */
interface Wired {
  readonly namespace: string;
  readonly node: string;
  readonly interfaceName: string;
  readonly fingerprint: string;
}

/** What came of the nodes' network. */
interface Joined {
  readonly started: ReadonlySet<string>;
  readonly moved: ReadonlySet<string>;
}

const NOBODY_JOINED: Joined = { started: new Set(), moved: new Set() };

/** The pod's namespace: `default.web-1`. */
const podNamespaceName = ({ namespace, pod, id }: Endpoint): string =>
  pod === '' ? id.replaceAll('/', '.') : `${namespace}.${pod}`;

/** What could not be done, and where. */
export type ClusterFailure = StepFailure;

export class Cluster {
  readonly lab: Lab;
  readonly graph: CalcGraph;
  readonly options: ClusterOptions;
  /** The datastore: what is put here is in the graph at once, and in the lab after `settle`. */
  readonly store = new ResourceStore();
  readonly underlay: Underlay;
  private readonly ports = new Map<string, Port>();
  private readonly agents = new Map<string, NodeAgent>();
  /** Nodes whose agents are about to act. */
  private readonly reacting = new Set<string>();
  /** Each node's tables as BIRD saw them last. */
  private readonly scanned = new Map<string, number>();
  private readonly watches = new Map<string, () => void>();
  private readonly pods = new Map<string, Wired>();
  /** Endpoints that could not be wired: the name was another's, or a step was refused. */
  private readonly unwired = new Set<string>();
  /** What is to be done to the network between the nodes. */
  private readonly network = new StepQueue();
  /** Some node's network is not complete, so that its agent could not start. */
  private lacksAgents = false;
  private readonly placements = new PlacementCache();
  private vteps: readonly Vtep[] = [];
  private failures: ClusterFailure[] = [];
  /** A node or a pool changed, so a node may want a tunnel's address, or have one that no pool gives it. */
  private mayLackTunnels = false;
  /** What the files said is taken as it is; from then on calico/node looks after its addresses. */
  private settled = false;

  constructor(lab: Lab, options: ClusterOptions) {
    this.lab = lab;
    this.options = options;
    this.graph = new CalcGraph(options.release);
    this.store.watch(({ before, after }) => {
      if (TUNNEL_KINDS.includes((after ?? before)?.kind ?? 'Node')) this.mayLackTunnels = true;
      if (after !== null) this.graph.put(after);
      else if (before !== null) this.graph.remove(before);
    });
    this.underlay = new Underlay(options.mtu);
  }

  /** What was read from files; nothing happens until `settle`. */
  load({ resources, pods, derived }: ReadResult): void {
    for (const resource of resources) if (!derived.has(resource)) this.store.put(resource);
    for (const pod of pods) this.store.putPod(pod);
  }

  /** Makes the lab what the resources say. Returns what could not be done; it is tried again next time. */
  settle(): readonly ClusterFailure[] {
    this.failures = [];
    if (this.mayLackTunnels) this.allocateTunnels();
    const changes = this.graph.flush();
    this.nodesChanged(changes);
    this.leave(changes);
    const { started, moved } = this.join(changes);
    this.unwire(changes);
    this.tell(changes, moved, started);
    for (const agent of this.agents.values()) if (agent.isPending) agent.prepare();
    this.wire(changes, started);
    const left = this.applyAll();
    this.lab.settle();
    return [...this.failures, ...left];
  }

  /** The agent of a node, null for no node. */
  agent(node: string): NodeAgent | null {
    return this.agents.get(node) ?? null;
  }

  /** Lets every agent look after something, and then do what is to be done. */
  refresh(look: (agent: NodeAgent) => void): void {
    for (const agent of this.agents.values()) look(agent);
    this.applyAll();
  }

  /** BIRD looks at the kernel's tables: where somebody changed one, its own routes are put right. */
  scan(): void {
    for (const [node, agent] of this.agents) {
      const { fib } = this.lab.names.get(node) as Namespace;
      if (this.scanned.get(node) === fib.generation) continue;
      agent.rescan();
      agent.apply();
      this.scanned.set(node, fib.generation);
    }
    this.lab.settle();
  }

  get nodes(): Iterable<string> {
    return this.agents.keys();
  }

  /** By endpoint, the pods that have a namespace. */
  get wiring(): ReadonlyMap<string, Wired> {
    return this.pods;
  }

  // ---- nodes -------------------------------------------------------------------------------------------------

  private leave({ hosts }: Changes): void {
    for (const node of hosts) {
      const place = this.graph.host(node);
      if (!this.ports.has(node) || (place !== null && place.address !== 0)) continue;
      for (const [id, pod] of this.pods) if (pod.node === node) this.removePod(id, pod);
      const port = this.underlay.portOf(node);
      this.network.forget((step) => step.namespace === node || concerns(step, port));
      this.agents.delete(node);
      this.watches.get(node)?.();
      this.watches.delete(node);
      this.scanned.delete(node);
      this.underlay.unplug(node);
      this.removeNamespace(node);
    }
  }

  /** Nodes whose agents start, which they do when their network is complete; and those whose network has changed. */
  private join({ hosts }: Changes): Joined {
    if (hosts.size === 0 && this.network.isDone && !this.lacksAgents) return NOBODY_JOINED;
    const places = this.places();
    if (places.length === 0) return NOBODY_JOINED;
    if (!this.ports.has(UNDERLAY)) this.makeUnderlay();
    for (const { node } of places) if (!this.ports.has(node)) this.makeNode(node);
    this.network.add(this.underlay.connect(places));
    const { failures, touched } = this.network.run(({ namespace, operation }) =>
      (this.ports.get(namespace) as Port).perform(operation),
    );
    this.failures.push(...failures);
    this.misbehave();
    this.lab.settle();
    const absent = places.filter(({ node }) => !this.agents.has(node)).map(({ node }) => node);
    const started = new Set(absent.filter((node) => !this.network.waitsIn(node)));
    for (const node of started) this.start(node);
    this.lacksAgents = started.size < absent.length;
    return { started, moved: touched };
  }

  private misbehave(): void {
    const { faults } = this.options;
    const namespace = this.lab.names.get(UNDERLAY);
    if (faults.length === 0 || namespace === undefined) return;
    const ports = new Map([...this.underlay.nodes.values()].map(({ port, address }) => [port, [address]]));
    for (const [bridge, { subnets }] of this.underlay.segments)
      setSegmentFaults(namespace, bridge, faultsOf(faults, subnets, ports));
  }

  /** Faults that are asked for where no node is. */
  idleFaults(): string[] {
    const subnets = [...this.underlay.segments.values()].flatMap((segment) => [...segment.subnets]);
    return idleFaults(this.options.faults, subnets).map((subnet) => `--underlay ${subnet}: no node is there`);
  }

  private places(): NodePlace[] {
    const places: NodePlace[] = [];
    for (const node of this.graph.nodes()) {
      const host = this.graph.host(node);
      if (host !== null && host.address !== 0)
        places.push({ node, address: host.address, length: host.length });
    }
    return places.sort((a, b) => (a.node < b.node ? -1 : 1));
  }

  private makeUnderlay(): void {
    this.makeNamespace(UNDERLAY);
    this.network.add(this.underlay.begin());
  }

  private makeNode(node: string): void {
    this.makeNamespace(node);
    this.network.add(
      this.options.nodeSettings.map(([path, value]) => ({
        namespace: node,
        operation: { do: 'sysctl', path, value },
      })),
    );
  }

  private start(node: string): void {
    const port = this.ports.get(node);
    if (port === undefined) return;
    const { graph, placements } = this;
    const surroundings = { graph, placements, now: () => this.lab.kernel.clock.now, vteps: () => this.vteps };
    const agent = new NodeAgent(node, port, surroundings);
    this.agents.set(node, agent);
    this.watches.set(node, this.watch(node, agent));
  }

  /** calico/node's allocate-tunnel-addrs. */
  private allocateTunnels(): void {
    this.mayLackTunnels = false;
    for (const kind of ['ipip', 'vxlan'] as const) {
      if (this.settled)
        for (const node of unwantedTunnelAddresses(this.graph, kind)) this.setTunnel(node, kind, null);
      for (const [node, { address, block, isNew }] of missingTunnelAddresses(this.graph, kind)) {
        if (isNew && this.graph.ipam.isGiven(block)) this.store.put(newBlock(block, node));
        this.setTunnel(node, kind, address);
      }
    }
    this.settled = true;
    this.mayLackTunnels = false;
  }

  private setTunnel(name: string, kind: TunnelKind, address: Ipv4 | null): void {
    const node = this.store.get('Node', name);
    if (node !== null) this.store.put(withTunnel(node, kind, address));
  }

  /** The agent hears of its node's links, and acts a moment later: a change comes with others. */
  private watch(node: string, agent: NodeAgent): () => void {
    const { lab } = this;
    return watchLinks(lab, lab.names.get(node) as Namespace, ({ name }) => {
      agent.interfaceChanged(name);
      if (!agent.isPending || this.reacting.has(node)) return;
      this.reacting.add(node);
      lab.kernel.clock.schedule(REACTION, () => this.react(node));
    });
  }

  private react(node: string): void {
    this.reacting.delete(node);
    this.agents.get(node)?.apply();
    this.lab.settle();
  }

  /** All tunnel ends, and the routes that follow from them. */
  private nodesChanged({ hosts }: Changes): void {
    if (hosts.size === 0) return;
    this.placements.forget();
    const vteps: Vtep[] = [];
    for (const node of this.graph.nodes()) {
      const vtep = this.graph.vtep(node);
      if (vtep !== null) vteps.push(vtep);
    }
    this.vteps = vteps.sort((a, b) => compareIpv4(a.address, b.address));
  }

  // ---- pods --------------------------------------------------------------------------------------------------

  private unwire({ endpoints }: Changes): void {
    for (const ids of endpoints.values())
      for (const id of ids) {
        const pod = this.pods.get(id);
        const endpoint = this.graph.endpoint(id);
        if (pod === undefined) continue;
        if (endpoint === null || fingerprintOf(endpoint) !== pod.fingerprint) this.removePod(id, pod);
      }
  }

  private removePod(id: string, { namespace, node, interfaceName }: Wired): void {
    this.pods.delete(id);
    this.removeNamespace(namespace);
    this.lab.settle();
    this.agents.get(node)?.interfaceChanged(interfaceName);
  }

  private wire({ endpoints }: Changes, started: ReadonlySet<string>): void {
    const again = [...this.unwired];
    this.unwired.clear();
    for (const ids of [again, ...endpoints.values()]) for (const id of ids) this.wirePod(id);
    for (const node of started) for (const { id } of this.graph.endpointsOf(node)) this.wirePod(id);
  }

  private wirePod(id: string): void {
    const endpoint = this.graph.endpoint(id);
    const agent = endpoint === null ? undefined : this.agents.get(endpoint.node);
    if (endpoint === null || agent === undefined || this.pods.has(id)) return;
    const namespace = podNamespaceName(endpoint);
    if (endpoint.networks.length === 0) return;
    if (!this.makeNamespace(namespace)) {
      this.unwired.add(id);
      return;
    }
    const { node, interfaceName } = endpoint;
    const pod = { namespace, node, interfaceName, fingerprint: fingerprintOf(endpoint) };
    this.pods.set(id, pod);
    if (this.performAll(this.podSteps(endpoint, namespace, agent.podMtu))) {
      this.lab.settle();
      agent.interfaceChanged(interfaceName);
    } else {
      this.removePod(id, pod);
      this.unwired.add(id);
    }
  }

  private podSteps(endpoint: Endpoint, podNamespace: string, mtu: number): Step[] {
    const { node, interfaceName, networks } = endpoint;
    const mac = endpoint.mac ?? endpoint.hwAddr ?? derivedMac(`${podNamespace}/${POD_INTERFACE}`);
    const addresses = hostAddresses(networks);
    return addPod({ podNamespace, nodeNamespace: node, interfaceName, mac, mtu, addresses });
  }

  // ---- agents ------------------------------------------------------------------------------------------------

  /** Agents that have just started know all. */
  private tell(changes: Changes, moved: ReadonlySet<string>, started: ReadonlySet<string>): void {
    const { shared, local, hosts, endpoints, configuration } = changes;
    const keys = hosts.size === 0 ? shared : [...shared, ...this.prefixesOf(hosts)];
    for (const [node, agent] of this.agents) {
      if (started.has(node)) continue;
      if (moved.has(node)) agent.addressLost(NODE_INTERFACE);
      if (configuration === 'all' || configuration.has(node) || moved.has(node)) agent.settingChanged();
      else if (hosts.size > 0) agent.vtepsChanged();
      agent.prefixesChanged(keys);
      agent.prefixesChanged(local.get(node) ?? []);
      for (const id of endpoints.get(node) ?? []) agent.endpointChanged(id);
    }
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

  /** What the agents could not do. */
  private applyAll(): ClusterFailure[] {
    const failures: ClusterFailure[] = [];
    for (const [namespace, agent] of this.agents)
      if (agent.isPending) for (const failure of agent.apply()) failures.push({ namespace, failure });
    this.lab.settle();
    return failures;
  }

  // ---- the lab -----------------------------------------------------------------------------------------------

  /** False if the name is taken. */
  private makeNamespace(name: string): boolean {
    const namespace: Namespace | null = this.lab.addNamespace(name);
    if (namespace === null) return false;
    const { script, guard = (port) => port } = this.options;
    script?.(`ip netns add ${name}`);
    const port = guard(new AdminPort(this.lab, namespace));
    this.ports.set(name, script === undefined ? port : new ScriptPort(port, name, script));
    return true;
  }

  private removeNamespace(name: string): void {
    this.ports.delete(name);
    if (this.lab.removeNamespace(name)) this.options.script?.(`ip netns delete ${name}`);
  }

  /** CNI's way: with the first step that is refused it gives up. False if it did. */
  private performAll(steps: readonly Step[]): boolean {
    for (const { namespace, operation } of steps) {
      const refusal = this.ports.get(namespace)?.perform(operation) ?? null;
      if (refusal === null || isTaken(operation, refusal)) continue;
      this.failures.push({ namespace, failure: { operation, refusal } });
      return false;
    }
    return true;
  }
}

/** Felix applies what it hears at most ten times a second; in microseconds. */
const REACTION = 100_000;

/** Another pod has the address: whose the route is, is Felix's to say. */
const isTaken = (operation: Operation, { errno }: Refusal): boolean =>
  operation.do === 'route' && errno === Errno.EEXIST;

/** It is about a node's cable. */
const concerns = ({ namespace, operation }: Step, port: string): boolean =>
  namespace === UNDERLAY &&
  ((operation.do === 'add-link' && operation.link.name === port) ||
    (operation.do === 'set-link' && operation.device === port));

const TUNNEL_KINDS: readonly Kind[] = ['Node', 'IPPool', 'IPAMBlock', 'BlockAffinity'];

/** What a pod's wiring was made from: with another it is made anew. */
const fingerprintOf = ({ node, interfaceName, networks, mac, hwAddr }: Endpoint): string =>
  JSON.stringify([node, interfaceName, networks, mac, hwAddr]);
