// Gathers what the files of one node say. A thing that is listed twice, by `ip link` and `ip address` or by two pastes, is
// there once; what the later listing knows more is added.
import type {
  Coverage,
  DumpedAddress,
  DumpedFdb,
  DumpedLink,
  DumpedNeighbour,
  DumpedRoute,
  DumpedRule,
  NodeDump,
} from './node-dump.ts';

/** What was recognised and left aside. */
export interface Skipped {
  /** Lines and objects of IPv6. */
  ipv6: number;
  /** Answers of `ip route get` and cached routes: no tables. */
  lookups: number;
  /** sysctl keys that have nothing to do with networks. */
  settings: number;
}

export class Collector {
  readonly skipped: Skipped = { ipv6: 0, lookups: 0, settings: 0 };
  readonly sysctls = new Map<string, string>();
  private readonly links = new Map<string, DumpedLink>();
  private readonly addresses = new Map<string, DumpedAddress>();
  private readonly routes = new Map<string, DumpedRoute>();
  private readonly rules = new Map<string, DumpedRule>();
  private readonly neighbours = new Map<string, DumpedNeighbour>();
  private readonly fdb = new Map<string, DumpedFdb>();
  private readonly coverage = new Map<string, Coverage>();

  link(link: DumpedLink): void {
    const held = this.links.get(link.name);
    this.links.set(link.name, held === undefined ? link : merged(held, link));
  }

  address(address: DumpedAddress): void {
    const key = `${address.device} ${address.local} ${address.peer} ${address.length}`;
    this.addresses.set(key, address);
  }

  route(route: DumpedRoute): void {
    this.routes.set(JSON.stringify(route), route);
  }

  rule(rule: DumpedRule): void {
    this.rules.set(JSON.stringify(rule), rule);
  }

  neighbour(entry: DumpedNeighbour): void {
    this.neighbours.set(`${entry.device} ${entry.destination} ${entry.proxy}`, entry);
  }

  forwarding(entry: DumpedFdb): void {
    this.fdb.set(JSON.stringify(entry), entry);
  }

  cover(coverage: Coverage): void {
    this.coverage.set(`${coverage.section} ${coverage.device} ${coverage.table}`, coverage);
  }

  dump(name: string): NodeDump {
    return {
      name,
      links: [...this.links.values()].sort((a, b) => a.index - b.index),
      addresses: [...this.addresses.values()],
      routes: [...this.routes.values()],
      rules: [...this.rules.values()],
      neighbours: [...this.neighbours.values()],
      fdb: [...this.fdb.values()],
      sysctls: this.sysctls,
      coverage: [...this.coverage.values()],
    };
  }
}

/** What a listing without details leaves open. */
const isOpen = (value: unknown): boolean => value === null || value === '' || value === 0;

function merged(held: DumpedLink, later: DumpedLink): DumpedLink {
  const known = Object.entries(later).filter(([, value]) => !isOpen(value));
  const link = { ...held, ...Object.fromEntries(known) };
  // The fuller description of a tunnel is the one with details, whichever came first.
  if (held.ipip !== null && later.ipip !== null) link.ipip = { ...held.ipip, ...later.ipip };
  return link;
}
