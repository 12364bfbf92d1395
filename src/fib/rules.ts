// Routing rules: which table is asked for which flow, in order of priority (net/core/fib_rules.c, net/ipv4/fib_rules.c).
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { ANY, type Ipv4, maskOf } from '../addr/ipv4.ts';
import { LOOPBACK_INDEX } from './flow.ts';
import type { FibHost } from './host.ts';
import { type FibDevice, type Flow, RouteProtocol, type Rule, RuleAction, Table } from './route.ts';

/** The index of a device that a rule names and that does not exist. */
const DETACHED = -1;

/** FIB_RULE_MAX of the priorities that the kernel makes itself. */
const MAIN_PRIORITY = 32766;
const DEFAULT_PRIORITY = 32767;

const ANY_PORT: readonly [number, number] = [0, 0];

export class RuleEntry implements Rule {
  readonly priority: number;
  readonly source: Ipv4;
  readonly sourceLength: number;
  readonly destination: Ipv4;
  readonly destinationLength: number;
  readonly tos: number;
  readonly mark: number;
  readonly markMask: number;
  readonly iif: string;
  readonly oif: string;
  readonly action: number;
  /** Set by the namespace when the request left it open (fib_empty_table). */
  table: number;
  readonly target: number;
  readonly suppressPrefixLength: number;
  readonly suppressIfgroup: number;
  readonly invert: boolean;
  readonly protocol: number;
  readonly ipProtocol: number;
  readonly sourcePorts: readonly [number, number];
  readonly destinationPorts: readonly [number, number];
  readonly l3mdev: boolean;
  readonly uidRange: readonly [number, number] | null;
  readonly tunnelId: number;
  readonly realms: number;
  /** Index of the device `iif` names, 0 if it names none, -1 if there is no such device. */
  iifIndex = 0;
  oifIndex = 0;
  /** Place in the list of the rule that a goto leads to, -1 while there is none. */
  targetPlace = -1;

  constructor(request: Partial<Rule>, priority: number) {
    this.priority = priority;
    this.source = request.source ?? ANY;
    this.sourceLength = request.sourceLength ?? 0;
    this.destination = request.destination ?? ANY;
    this.destinationLength = request.destinationLength ?? 0;
    this.tos = request.tos ?? 0;
    this.mark = (request.mark ?? 0) >>> 0;
    // A mark without a mask is compared in all bits.
    this.markMask = (request.markMask ?? (this.mark === 0 ? 0 : -1)) >>> 0;
    this.iif = request.iif ?? '';
    this.oif = request.oif ?? '';
    this.action = request.action ?? 0;
    this.table = request.table ?? Table.UNSPEC;
    this.target = request.target ?? 0;
    this.suppressPrefixLength = request.suppressPrefixLength ?? -1;
    this.suppressIfgroup = request.suppressIfgroup ?? -1;
    this.invert = request.invert ?? false;
    this.protocol = request.protocol ?? 0;
    this.ipProtocol = request.ipProtocol ?? 0;
    this.sourcePorts = request.sourcePorts ?? ANY_PORT;
    this.destinationPorts = request.destinationPorts ?? ANY_PORT;
    this.l3mdev = request.l3mdev ?? false;
    this.uidRange = request.uidRange ?? null;
    this.tunnelId = request.tunnelId ?? 0;
    this.realms = request.realms ?? 0;
  }

  /** FIB_RULE_IIF_DETACHED. */
  get iifDetached(): boolean {
    return this.iifIndex === DETACHED;
  }

  /** FIB_RULE_OIF_DETACHED. */
  get oifDetached(): boolean {
    return this.oifIndex === DETACHED;
  }

  /** FIB_RULE_UNRESOLVED: a goto whose target does not exist. */
  get unresolved(): boolean {
    return this.action === RuleAction.GOTO && this.targetPlace < 0;
  }
}

/** Whether a rule speaks of `flow` (fib_rule_match). */
export const ruleMatches = (rule: RuleEntry, flow: Flow): boolean => selects(rule, flow) !== rule.invert;

function selects(rule: RuleEntry, flow: Flow): boolean {
  return (
    (rule.iifIndex === 0 || rule.iifIndex === flow.iif) &&
    (rule.oifIndex === 0 || rule.oifIndex === flow.oif) &&
    ((rule.mark ^ flow.mark) & rule.markMask) === 0 &&
    rule.tunnelId === 0 &&
    (!rule.l3mdev || flow.l3mdev !== 0) &&
    (rule.uidRange === null || (flow.uid >= rule.uidRange[0] && flow.uid <= rule.uidRange[1])) &&
    ((flow.source ^ rule.source) & maskOf(rule.sourceLength)) === 0 &&
    ((flow.destination ^ rule.destination) & maskOf(rule.destinationLength)) === 0 &&
    (rule.tos === 0 || rule.tos === (flow.tos & 0xfc)) &&
    (rule.ipProtocol === 0 || rule.ipProtocol === flow.protocol) &&
    inPorts(rule.sourcePorts, flow.sourcePort) &&
    inPorts(rule.destinationPorts, flow.destinationPort)
  );
}

const isPortRange = (range: readonly [number, number]): boolean => range[0] !== 0 && range[1] !== 0;

const inPorts = (range: readonly [number, number], port: number): boolean =>
  !isPortRange(range) || (port >= range[0] && port <= range[1]);

/** 0xffffffff stands for no user at all. */
const validUsers = (range: readonly [number, number] | null): boolean =>
  range === null || (range[1] !== 0xffffffff && range[0] <= range[1]);

const validPorts = (range: readonly [number, number] | undefined): boolean =>
  range === undefined || (isPortRange(range) && range[1] < 0xffff && range[0] <= range[1]);

const sameUsers = (a: RuleEntry, b: RuleEntry): boolean =>
  a.uidRange?.[0] === b.uidRange?.[0] && a.uidRange?.[1] === b.uidRange?.[1];

const samePorts = (a: readonly [number, number], b: readonly [number, number]): boolean =>
  a[0] === b[0] && a[1] === b[1];

/** Forwarded packets have to be looked into for it (fib_rule_requires_fldissect). */
const needsPorts = (rule: RuleEntry): boolean =>
  rule.iifIndex !== LOOPBACK_INDEX &&
  (rule.ipProtocol !== 0 || isPortRange(rule.sourcePorts) || isPortRange(rule.destinationPorts));

/** The selectors that a request names are those of the rule (fib4_rule_compare): what it leaves out is not asked. */
const sameSelectors = (rule: RuleEntry, wanted: RuleEntry): boolean =>
  (wanted.sourceLength === 0 ||
    (rule.sourceLength === wanted.sourceLength && rule.source === wanted.source)) &&
  (wanted.destinationLength === 0 ||
    (rule.destinationLength === wanted.destinationLength && rule.destination === wanted.destination)) &&
  (wanted.realms === 0 || rule.realms === wanted.realms) &&
  (wanted.tos === 0 || rule.tos === wanted.tos);

/** The rule is there already (rule_exists): `not` and the target of a goto are not compared. */
const isSame = (rule: RuleEntry, wanted: RuleEntry): boolean =>
  rule.action === wanted.action &&
  rule.table === wanted.table &&
  rule.priority === wanted.priority &&
  rule.iif === wanted.iif &&
  rule.oif === wanted.oif &&
  rule.mark === wanted.mark &&
  rule.markMask === wanted.markMask &&
  rule.suppressIfgroup === wanted.suppressIfgroup &&
  rule.suppressPrefixLength === wanted.suppressPrefixLength &&
  rule.tunnelId === wanted.tunnelId &&
  rule.l3mdev === wanted.l3mdev &&
  sameUsers(rule, wanted) &&
  rule.ipProtocol === wanted.ipProtocol &&
  rule.protocol === wanted.protocol &&
  samePorts(rule.sourcePorts, wanted.sourcePorts) &&
  samePorts(rule.destinationPorts, wanted.destinationPorts) &&
  sameSelectors(rule, wanted);

/** The rule has all that the request names (rule_find). */
const isMeant = (rule: RuleEntry, wanted: RuleEntry, withPriority: boolean): boolean =>
  (wanted.action === 0 || rule.action === wanted.action) &&
  (wanted.table === 0 || rule.table === wanted.table) &&
  (!withPriority || rule.priority === wanted.priority) &&
  (wanted.iif === '' || rule.iif === wanted.iif) &&
  (wanted.oif === '' || rule.oif === wanted.oif) &&
  (wanted.mark === 0 || rule.mark === wanted.mark) &&
  (wanted.markMask === 0 || rule.markMask === wanted.markMask) &&
  (wanted.suppressIfgroup === -1 || rule.suppressIfgroup === wanted.suppressIfgroup) &&
  (wanted.suppressPrefixLength === -1 || rule.suppressPrefixLength === wanted.suppressPrefixLength) &&
  (wanted.tunnelId === 0 || rule.tunnelId === wanted.tunnelId) &&
  (!wanted.l3mdev || rule.l3mdev) &&
  (wanted.uidRange === null || sameUsers(rule, wanted)) &&
  (wanted.ipProtocol === 0 || rule.ipProtocol === wanted.ipProtocol) &&
  (wanted.protocol === 0 || rule.protocol === wanted.protocol) &&
  (!isPortRange(wanted.sourcePorts) || samePorts(rule.sourcePorts, wanted.sourcePorts)) &&
  (!isPortRange(wanted.destinationPorts) || samePorts(rule.destinationPorts, wanted.destinationPorts)) &&
  sameSelectors(rule, wanted);

/** IPTOS_TOS_MASK: the bits that a rule may compare. */
const TOS_MASK = 0x1e;

/** What fib4_rule_configure refuses in a rule that is new. */
export function checkTos(rule: RuleEntry): Refusal | null {
  if ((rule.tos & 3) !== 0) return refuse(Errno.EINVAL, 'Invalid dsfield (tos): ECN bits must be 0');
  if ((rule.tos & ~TOS_MASK) !== 0) return refuse(Errno.EINVAL, 'Invalid tos');
  return null;
}

const kernelRule = (priority: number, table: number): RuleEntry =>
  new RuleEntry({ action: RuleAction.TO_TABLE, table, protocol: RouteProtocol.KERNEL }, priority);

/** What every namespace begins with. One for all of them: nothing in a rule changes that names no device or target. */
const KERNEL_RULES: readonly RuleEntry[] = [
  kernelRule(0, Table.LOCAL),
  kernelRule(MAIN_PRIORITY, Table.MAIN),
  kernelRule(DEFAULT_PRIORITY, Table.DEFAULT),
];

/** The rules of one namespace in order of priority; of equal ones the older first. */
export class RuleList {
  readonly rules: RuleEntry[] = [...KERNEL_RULES];
  private dissecting = 0;
  private readonly host: FibHost;

  constructor(host: FibHost) {
    this.host = host;
  }

  /** Some rule asks for protocol or ports, so forwarded packets have to be looked into (fib_rules_require_fldissect). */
  get needsPorts(): boolean {
    return this.dissecting > 0;
  }

  /** The rule that a request describes, or what is wrong with it (fib_nl2rule). */
  parse(request: Partial<Rule>): RuleEntry | Refusal {
    const { action = 0, target } = request;
    if ((request.sourceLength ?? 0) > 32) return refuse(Errno.EINVAL, 'Invalid source address');
    if ((request.destinationLength ?? 0) > 32) return refuse(Errno.EINVAL, 'Invalid dst address');
    const rule = new RuleEntry(request, request.priority ?? this.nextPriority());
    if (target === undefined && action === RuleAction.GOTO)
      return refuse(Errno.EINVAL, 'Missing goto target for action goto');
    if (target !== undefined && action !== RuleAction.GOTO) return refuse(Errno.EINVAL, 'Unexpected goto');
    if (target !== undefined && target <= rule.priority)
      return refuse(Errno.EINVAL, 'Backward goto not supported');
    if (rule.l3mdev && rule.table !== Table.UNSPEC)
      return refuse(Errno.EINVAL, 'l3mdev and table are mutually exclusive');
    if (!validUsers(rule.uidRange)) return refuse(Errno.EINVAL, 'Invalid uid range');
    if (!validPorts(request.sourcePorts)) return refuse(Errno.EINVAL, 'Invalid sport range');
    if (!validPorts(request.destinationPorts)) return refuse(Errno.EINVAL, 'Invalid dport range');
    return rule;
  }

  has(wanted: RuleEntry): boolean {
    return this.rules.some((rule) => isSame(rule, wanted));
  }

  /** The first rule that a request to delete means, or null. */
  find(wanted: RuleEntry, withPriority: boolean): RuleEntry | null {
    return this.rules.find((rule) => isMeant(rule, wanted, withPriority)) ?? null;
  }

  add(rule: RuleEntry): void {
    if (rule.iif !== '') rule.iifIndex = this.host.deviceByName(rule.iif)?.index ?? DETACHED;
    if (rule.oif !== '') rule.oifIndex = this.host.deviceByName(rule.oif)?.index ?? DETACHED;
    if (needsPorts(rule)) this.dissecting++;
    const place = this.rules.findIndex((other) => other.priority > rule.priority);
    this.rules.splice(place < 0 ? this.rules.length : place, 0, rule);
    this.resolve();
  }

  remove(rule: RuleEntry): void {
    if (this.dissecting > 0 && needsPorts(rule)) this.dissecting--;
    this.rules.splice(this.rules.indexOf(rule), 1);
    this.resolve();
  }

  /** A device appeared under this name (attach_rules). */
  attach(device: FibDevice): void {
    for (const rule of this.rules) {
      if (rule.iifIndex === DETACHED && rule.iif === device.name) rule.iifIndex = device.index;
      if (rule.oifIndex === DETACHED && rule.oif === device.name) rule.oifIndex = device.index;
    }
  }

  /** The device goes, or gets another name (detach_rules). */
  detach(device: FibDevice): void {
    for (const rule of this.rules) {
      if (rule.iifIndex === device.index) rule.iifIndex = DETACHED;
      if (rule.oifIndex === device.index) rule.oifIndex = DETACHED;
    }
  }

  /** One less than that of the second rule, be it the second of priority 0 (fib_default_rule_pref). */
  private nextPriority(): number {
    const second = this.rules[1];
    return second === undefined || second.priority === 0 ? 0 : second.priority - 1;
  }

  private resolve(): void {
    for (const rule of this.rules)
      if (rule.action === RuleAction.GOTO)
        rule.targetPlace = this.rules.findIndex((other) => other.priority === rule.target);
  }
}
