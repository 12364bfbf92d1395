// A lab from dumps: a namespace for every node and pod, its devices and cables, and then what was dumped as it was. Each
// change is an operation, so that the same build is a script.
import { Errno, type Refusal, strerror } from '../addr/errno.ts';
import { loadModule } from '../admin/module.ts';
import { addRule, deleteRule } from '../admin/rule.ts';
import type { Lab } from '../lab/lab.ts';
import { AdminPort } from '../program/admin-port.ts';
import type { Operation } from '../program/operation.ts';
import { commandOf } from '../program/script.ts';
import { buildCables } from './build-cables.ts';
import { buildLinks, setCarriers } from './build-links.ts';
import {
  buildAddresses,
  buildForwarding,
  buildNeighbours,
  buildRoutes,
  buildSettings,
} from './build-tables.ts';
import { completed, slavesOf } from './complete.ts';
import { LinkFlag } from './link.ts';
import type { DumpedRule, NodeDump } from './node-dump.ts';
import { readNamespace } from './read-namespace.ts';
import { ruleWords } from './rule-words.ts';
import { hostsBehind, isCable, wire } from './wiring.ts';

/** A change that the lab refused. */
export interface Refused {
  readonly command: string;
  readonly why: string;
}

/** Where the build stands: the lab, the script so far, and what was refused. */
export class Building {
  readonly lab: Lab;
  readonly refused: Refused[] = [];
  private readonly line: (command: string) => void;

  constructor(lab: Lab, line: (command: string) => void) {
    this.lab = lab;
    this.line = line;
  }

  namespace(name: string): void {
    if (this.lab.addNamespace(name) === null) return;
    this.line(`ip netns add ${name}`);
    this.perform(name, { do: 'set-link', device: 'lo', change: { up: true } });
  }

  port(namespace: string): AdminPort {
    const held = this.lab.names.get(namespace);
    if (held === undefined) throw new Error(`no namespace ${namespace}`);
    return new AdminPort(this.lab, held);
  }

  /** tunl0 comes with its module, in every namespace. */
  loadModule(name: string): void {
    if (this.lab.kernel.modules.has(name)) return;
    loadModule(this.lab.kernel, name);
    this.line(`modprobe ${name}`);
  }

  /** False if it was refused; what is there already is no refusal. */
  perform(namespace: string, operation: Operation): boolean {
    const refusal = this.port(namespace).perform(operation);
    if (refusal === null) this.line(commandOf(namespace, operation));
    else if (refusal.errno !== Errno.EEXIST) this.refuse(commandOf(namespace, operation), refusal);
    return refusal === null;
  }

  /** As `perform`, for what will be tried again. */
  attempt(namespace: string, operation: Operation): boolean {
    const refusal = this.port(namespace).perform(operation);
    if (refusal === null) this.line(commandOf(namespace, operation));
    return refusal === null || refusal.errno === Errno.EEXIST;
  }

  rule(namespace: string, verb: 'add' | 'del', rule: DumpedRule): void {
    const request = withoutDefaults(rule);
    const held = this.port(namespace).namespace;
    const refusal = verb === 'add' ? addRule(held, request) : deleteRule(held, request);
    const command = `ip -n ${namespace} rule ${verb} ${ruleWords(rule).join(' ')}`;
    if (refusal === null) this.line(command);
    else this.refuse(command, refusal);
  }

  /** A device that stands for something else here. */
  remark(subject: string, why: string): void {
    this.refused.push({ command: subject, why });
  }

  private refuse(command: string, refusal: Refusal): void {
    this.refused.push({ command, why: refusal.message ?? strerror(refusal.errno) });
  }
}

/** A target is refused where the action is no goto, and ports where there are none. */
function withoutDefaults(rule: DumpedRule): Partial<DumpedRule> {
  const { target, sourcePorts, destinationPorts, ...rest } = rule;
  return {
    ...rest,
    ...(target === 0 ? {} : { target }),
    ...(sourcePorts[0] === 0 ? {} : { sourcePorts }),
    ...(destinationPorts[0] === 0 ? {} : { destinationPorts }),
  };
}

/** Builds every node; `line` gets each command of the script. What was refused comes back. */
export function buildNodes(
  lab: Lab,
  dumps: readonly NodeDump[],
  line: (command: string) => void = () => {},
): readonly Refused[] {
  const building = new Building(lab, line);
  const nodes = dumps.map(completed);
  const wiring = wire(nodes);
  for (const { name } of nodes) building.namespace(name);
  for (const node of nodes) remarkForeign(building, node);
  buildCables(building, nodes, wiring);
  for (const node of nodes) buildLinks(building, node);
  for (const node of nodes) {
    buildSettings(building, node, podDevices(node));
    buildAddresses(building, node);
    buildRoutes(building, node);
    buildRules(building, node);
    buildNeighbours(building, node);
    buildForwarding(building, node);
  }
  lab.settle();
  for (const node of nodes) setCarriers(building, node, wiring);
  lab.settle();
  return building.refused;
}

/** Kinds that are made here, or whose other end is a cable's. */
const KNOWN_KINDS = new Set(['', 'bridge', 'dummy', 'ipip', 'veth', 'vlan', 'vrf', 'vxlan']);

/** Devices of other kinds are one end of a cable each, whatever they do with frames. */
function remarkForeign(building: Building, node: NodeDump): void {
  for (const { name, kind, flags } of node.links) {
    if (kind === null || KNOWN_KINDS.has(kind) || ((flags ?? 0) & LinkFlag.UP) === 0) continue;
    const slaves = slavesOf(node, name).map((link) => link.name);
    const idle = slaves.length === 0 ? '' : `; nothing goes by ${slaves.join(', ')}`;
    building.remark(`${name} of ${node.name}`, `${kind} is not emulated: it stands as one cable${idle}`);
  }
}

const podDevices = (node: NodeDump): string[] =>
  node.links
    .filter((link) => isCable(link) && hostsBehind(node, link.name).length > 0)
    .map(({ name }) => name);

/** Only what differs from the rules that every namespace has. */
function buildRules(building: Building, { name, rules }: NodeDump): void {
  if (rules.length === 0) return;
  const held = readNamespace(building.port(name).namespace, name).rules;
  const text = (rule: DumpedRule) => ruleWords(rule).join(' ');
  const wanted = new Set(rules.map(text));
  const present = new Set(held.map(text));
  for (const rule of held) if (!wanted.has(text(rule))) building.rule(name, 'del', rule);
  for (const rule of rules) if (!present.has(text(rule))) building.rule(name, 'add', rule);
}
