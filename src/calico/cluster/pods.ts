// The pods of a cluster: each has a namespace that is wired to its node as the CNI plugin does it, and is wired anew where
// what it was made from changes.
import { Errno, type Refusal } from '../../addr/errno.ts';
import type { Lab } from '../../lab/lab.ts';
import type { Operation } from '../../program/operation.ts';
import type { Endpoint } from '../calc/endpoint.ts';
import { sameNetworks } from '../calc/endpoint-table.ts';
import type { CalcGraph } from '../calc/graph.ts';
import { networkKey } from '../calc/prefix.ts';
import type { Agents } from './agents.ts';
import { derivedMac } from './derived-mac.ts';
import type { Namespaces } from './namespaces.ts';
import { addPod, hostAddresses, POD_INTERFACE, type Step } from './pod.ts';
import type { StepFailure } from './step-queue.ts';

/** A pod as it was wired. */
export interface Wired {
  readonly namespace: string;
  readonly node: string;
  readonly interfaceName: string;
  /** What it was made from: with another it is made anew. */
  readonly endpoint: Endpoint;
}

/** The pod's namespace: `default.web-1`. */
const namespaceOf = ({ namespace, pod, id }: Endpoint): string =>
  pod === '' ? id.replaceAll('/', '.') : `${namespace}.${pod}`;

export class Pods {
  private readonly lab: Lab;
  private readonly graph: CalcGraph;
  private readonly namespaces: Namespaces;
  private readonly agents: Agents;
  private readonly wired = new Map<string, Wired>();
  /** Endpoints that could not be wired: the name was another's, or a step was refused. */
  private readonly unwired = new Set<string>();

  constructor(lab: Lab, graph: CalcGraph, namespaces: Namespaces, agents: Agents) {
    this.lab = lab;
    this.graph = graph;
    this.namespaces = namespaces;
    this.agents = agents;
  }

  /** By endpoint. */
  get all(): ReadonlyMap<string, Wired> {
    return this.wired;
  }

  /** Takes away those of these endpoints that have gone or are made from something else now. */
  unwire(endpoints: Iterable<string>): void {
    for (const id of endpoints) {
      const pod = this.wired.get(id);
      if (pod === undefined) continue;
      const endpoint = this.graph.endpoint(id);
      if (endpoint === null || !isWiredAlike(endpoint, pod.endpoint)) this.remove(id, pod);
    }
  }

  /** With its node a pod goes. */
  leave(node: string): void {
    for (const [id, pod] of this.wired) if (pod.node === node) this.remove(id, pod);
  }

  /**
   * Wires those of these endpoints that are not yet, and those that could not be before. `newlyShared` are prefixes that
   * nobody else had routes for until now.
   */
  wire(endpoints: readonly string[], newlyShared: ReadonlySet<number>): StepFailure[] {
    const again = [...this.unwired];
    this.unwired.clear();
    const failures: StepFailure[] = [];
    for (const ids of [again, endpoints])
      for (const id of ids) {
        const failure = this.wireOne(id, newlyShared);
        if (failure !== null) failures.push(failure);
      }
    return failures;
  }

  private wireOne(id: string, newlyShared: ReadonlySet<number>): StepFailure | null {
    const endpoint = this.graph.endpoint(id);
    const agent = endpoint === null ? null : this.agents.get(endpoint.node);
    if (endpoint === null || agent === null || this.wired.has(id)) return null;
    const namespace = namespaceOf(endpoint);
    if (endpoint.networks.length === 0) return null;
    if (!this.namespaces.make(namespace)) {
      this.unwired.add(id);
      return null;
    }
    const { node, interfaceName } = endpoint;
    const pod = { namespace, node, interfaceName, endpoint };
    this.wired.set(id, pod);
    const steps = stepsFor(endpoint, namespace, agent.podMtu);
    const failure = this.isNewToNode(endpoint, newlyShared)
      ? this.namespaces.get(node).aside(() => this.performAll(steps))
      : this.performAll(steps);
    if (failure === null) {
      this.lab.settle();
      agent.interfaceChanged(interfaceName);
      return null;
    }
    this.remove(id, pod);
    this.unwired.add(id);
    return failure;
  }

  /** The node has, and owes, no route for its addresses that would be in the way of its own. */
  private isNewToNode({ networks }: Endpoint, newlyShared: ReadonlySet<number>): boolean {
    return networks.every((network) => {
      const key = networkKey(network);
      return !this.graph.isShared(key) || newlyShared.has(key);
    });
  }

  private remove(id: string, { namespace, node, interfaceName }: Wired): void {
    this.wired.delete(id);
    this.namespaces.remove(namespace);
    this.lab.settle();
    this.agents.get(node)?.interfaceChanged(interfaceName);
  }

  /** CNI's way: with the first step that is refused it gives up. */
  private performAll(steps: readonly Step[]): StepFailure | null {
    for (const step of steps) {
      const refusal = this.namespaces.perform(step);
      const { namespace, operation } = step;
      if (refusal !== null && !isTaken(operation, refusal))
        return { namespace, failure: { operation, refusal } };
    }
    return null;
  }
}

function stepsFor(endpoint: Endpoint, podNamespace: string, mtu: number): Step[] {
  const { node, interfaceName, networks } = endpoint;
  const mac = endpoint.mac ?? endpoint.hwAddr ?? derivedMac(`${podNamespace}/${POD_INTERFACE}`);
  const addresses = hostAddresses(networks);
  return addPod({ podNamespace, nodeNamespace: node, interfaceName, mac, mtu, addresses });
}

/** Another pod has the address: whose the route is, is Felix's to say. */
const isTaken = (operation: Operation, { errno }: Refusal): boolean =>
  operation.do === 'route' && errno === Errno.EEXIST;

const isWiredAlike = (a: Endpoint, b: Endpoint): boolean =>
  a.node === b.node &&
  a.interfaceName === b.interfaceName &&
  a.mac === b.mac &&
  a.hwAddr === b.hwAddr &&
  sameNetworks(a, b);
