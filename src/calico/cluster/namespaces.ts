// The namespaces of a cluster and the doors to them: made, asked, and removed, with a line of script for each.
import type { Outcome } from '../../admin/types.ts';
import type { Lab } from '../../lab/lab.ts';
import type { Namespace } from '../../netns/namespace.ts';
import { AdminPort } from '../../program/admin-port.ts';
import type { Port } from '../../program/port.ts';
import { ScriptPort } from '../../program/script.ts';
import type { Step } from './pod.ts';

export interface NamespaceOptions {
  /** Hears each line of the script that would do on a Linux machine what is done here. */
  readonly script?: (line: string) => void;
  /** What stands before every namespace's port: tests put one in that refuses. */
  readonly guard?: (port: Port) => Port;
}

export class Namespaces {
  private readonly lab: Lab;
  private readonly options: NamespaceOptions;
  private readonly ports = new Map<string, Port>();

  constructor(lab: Lab, options: NamespaceOptions) {
    this.lab = lab;
    this.options = options;
  }

  /** Each step is taken when it is decided on: somebody writes it down, or may refuse it. */
  get isWatched(): boolean {
    return this.options.script !== undefined || this.options.guard !== undefined;
  }

  has(name: string): boolean {
    return this.ports.has(name);
  }

  /** Of a namespace that was made here. */
  port(name: string): Port {
    return this.ports.get(name) as Port;
  }

  get(name: string): Namespace {
    return this.lab.names.get(name) as Namespace;
  }

  /** False if the name is taken. */
  make(name: string): boolean {
    const namespace = this.lab.addNamespace(name);
    if (namespace === null) return false;
    const { script, guard = (port) => port } = this.options;
    script?.(`ip netns add ${name}`);
    const port = guard(new AdminPort(this.lab, namespace));
    this.ports.set(name, script === undefined ? port : new ScriptPort(port, name, script));
    return true;
  }

  remove(name: string): void {
    this.ports.delete(name);
    if (this.lab.removeNamespace(name)) this.options.script?.(`ip netns delete ${name}`);
  }

  perform({ namespace, operation }: Step): Outcome {
    return this.port(namespace).perform(operation);
  }
}
