// The nodes' namespaces and the network between them: what their addresses ask for becomes steps, which are taken until
// they are granted, and the faults that the network is to have.
import { setSegmentFaults } from '../../admin/segment-faults.ts';
import type { Lab } from '../../lab/lab.ts';
import type { CalcGraph } from '../calc/graph.ts';
import type { Joined } from './agents.ts';
import type { Namespaces } from './namespaces.ts';
import type { Step } from './pod.ts';
import type { NodePlace } from './segments.ts';
import { type StepFailure, StepQueue } from './step-queue.ts';
import { UNDERLAY, Underlay } from './underlay.ts';
import { faultsOf, idleFaults, type UnderlayFault } from './underlay-faults.ts';

export interface NetworkOptions {
  /** MTU of the network between the nodes. */
  readonly mtu: number;
  readonly faults: readonly UnderlayFault[];
  /** Settings of every node from its start, as its operating system makes them: `net/ipv4/conf/all/rp_filter`. */
  readonly nodeSettings: readonly (readonly [path: string, value: string])[];
}

export interface JoinResult extends Joined {
  readonly failures: readonly StepFailure[];
}

const NOTHING: JoinResult = { ready: new Set(), moved: new Set(), failures: [] };

export class NodeNetwork {
  readonly underlay: Underlay;
  private readonly lab: Lab;
  private readonly graph: CalcGraph;
  private readonly namespaces: Namespaces;
  private readonly options: NetworkOptions;
  private readonly steps = new StepQueue();
  /** Some node's network is not complete, so that its agent could not start. */
  private lacksAgents = false;

  constructor(lab: Lab, graph: CalcGraph, namespaces: Namespaces, options: NetworkOptions) {
    this.lab = lab;
    this.graph = graph;
    this.namespaces = namespaces;
    this.options = options;
    this.underlay = new Underlay(options.mtu);
  }

  /** Whether the node is to have a namespace. */
  hasPlace(node: string): boolean {
    const host = this.graph.host(node);
    return host !== null && host.address !== 0;
  }

  /** Connects all nodes; `isAtWork` says whose agent has started. `nodes` are those that came, went or changed. */
  join(nodes: ReadonlySet<string>, isAtWork: (node: string) => boolean): JoinResult {
    if (nodes.size === 0 && this.steps.isDone && !this.lacksAgents) return NOTHING;
    const places = this.places();
    if (places.length === 0) return NOTHING;
    if (!this.namespaces.has(UNDERLAY)) this.makeUnderlay();
    for (const { node } of places) if (!this.namespaces.has(node)) this.makeNode(node);
    this.steps.add(this.underlay.connect(places));
    const { failures, touched } = this.steps.run((step) => this.namespaces.perform(step));
    this.misbehave();
    this.lab.settle();
    const absent = places.filter(({ node }) => !isAtWork(node)).map(({ node }) => node);
    const ready = new Set(absent.filter((node) => !this.steps.waitsIn(node)));
    this.lacksAgents = ready.size < absent.length;
    return { ready, moved: touched, failures };
  }

  leave(node: string): void {
    if (!this.namespaces.has(node)) return;
    const port = this.underlay.portOf(node);
    this.steps.forget((step) => step.namespace === node || concerns(step, port));
    this.underlay.unplug(node);
    this.namespaces.remove(node);
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
    this.namespaces.make(UNDERLAY);
    this.steps.add(this.underlay.begin());
  }

  private makeNode(node: string): void {
    this.namespaces.make(node);
    this.steps.add(
      this.options.nodeSettings.map(([path, value]) => ({
        namespace: node,
        operation: { do: 'sysctl', path, value },
      })),
    );
  }

  private misbehave(): void {
    const { faults } = this.options;
    if (faults.length === 0) return;
    const namespace = this.namespaces.get(UNDERLAY);
    const ports = new Map([...this.underlay.nodes.values()].map(({ port, address }) => [port, [address]]));
    for (const [segment, { subnets }] of this.underlay.segments)
      for (const bridge of this.underlay.bridgesOf(segment))
        setSegmentFaults(namespace, bridge, faultsOf(faults, subnets, ports));
  }
}

/** It is about a node's cable. */
const concerns = ({ namespace, operation }: Step, port: string): boolean =>
  namespace === UNDERLAY &&
  ((operation.do === 'add-link' && operation.link.name === port) ||
    (operation.do === 'set-link' && operation.device === port));
