// What a node's own tools print of it, as plain data: the same shape for pasted text, for JSON and for a namespace of a
// lab, so that they can be compared and so that a lab can be built from any of them.
import type { Ipv4 } from '../addr/ipv4.ts';
import type { Mac } from '../addr/mac.ts';
import type {
  AddressRequest,
  BridgePortSettings,
  BridgeSettings,
  FdbInfo,
  IpipSettings,
  NextHopInfo,
  RouteInfo,
  RuleRequest,
  VlanSettings,
  VrfSettings,
  VxlanSettings,
} from '../admin/types.ts';

export interface DumpedLink {
  /** 0 where it was not printed. */
  index: number;
  name: string;
  /** IFF_* of the words between < and >; null where none were printed (`ip -br address`). */
  flags: number | null;
  /** 0 where it was not printed. */
  mtu: number;
  /** link/TYPE: ether, loopback, ipip, none …; '' where it was not printed. */
  type: string;
  /** IFLA_INFO_KIND, '' for a device without one; null without `-d`. */
  kind: string | null;
  address: Mac | null;
  master: string;
  /** The device below (`vlan5@eth0`) or the other end in the same namespace; '' for none. */
  lower: string;
  /** Index of the other end in another namespace (`@if5`), 0 for none. */
  peerIndex: number;
  /** Name of that namespace where the node knows one (link-netns), else ''. */
  peerNamespace: string;
  alias: string;
  group: number;
  txQueueLength: number;
  ipip: IpipSettings | null;
  vxlan: VxlanSettings | null;
  vrf: VrfSettings | null;
  vlan: VlanSettings | null;
  bridge: BridgeSettings | null;
  bridgePort: BridgePortSettings | null;
}

export type DumpedAddress = Required<
  Pick<
    AddressRequest,
    'local' | 'peer' | 'length' | 'broadcast' | 'scope' | 'label' | 'metric' | 'noprefixroute'
  >
> & {
  device: string;
};

/** Realms move no packet here, and are not read. */
export type DumpedHop = Omit<NextHopInfo, 'index' | 'realms'>;
export type DumpedRoute = Omit<RouteInfo, 'nextHops' | 'nexthopId' | 'realms'> & { nextHops: DumpedHop[] };
export type DumpedRule = Required<Omit<RuleRequest, 'realms'>>;

export interface DumpedNeighbour {
  destination: Ipv4;
  /** '' for a proxy entry of any device. */
  device: string;
  lladdr: Mac | null;
  /** NUD_*. */
  state: number;
  proxy: boolean;
  router: boolean;
  externLearn: boolean;
}

export type DumpedFdb = Omit<FdbInfo, 'index' | 'viaIndex' | 'linkNetnsId' | 'used' | 'updated'>;

/** Which lists were printed at all: what is absent from a list that was not printed is not missing. */
export interface Coverage {
  readonly section: Section;
  /** Of one device only; '' for all. */
  readonly device: string;
  /** Of one table only; 0 for all. */
  readonly table: number;
}

export type Section = 'link' | 'address' | 'route' | 'rule' | 'neighbour' | 'fdb' | 'sysctl';

export interface NodeDump {
  readonly name: string;
  readonly links: DumpedLink[];
  readonly addresses: DumpedAddress[];
  readonly routes: DumpedRoute[];
  readonly rules: DumpedRule[];
  readonly neighbours: DumpedNeighbour[];
  readonly fdb: DumpedFdb[];
  /** By path: `net/ipv4/ip_forward`. */
  readonly sysctls: Map<string, string>;
  readonly coverage: Coverage[];
}

/** Whether a thing of this section, device and table would have been printed if it were there. */
export const isCovered = (dump: NodeDump, section: Section, device = '', table = 0): boolean =>
  dump.coverage.some(
    (seen) =>
      seen.section === section &&
      (seen.device === '' || seen.device === device) &&
      (seen.table === 0 || seen.table === table),
  );

export const linkOf = (dump: NodeDump, name: string): DumpedLink | undefined =>
  dump.links.find((link) => link.name === name);

/** A line, or several, that nothing was made of. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** What is wrong with it: `unknown word encap`. */
  readonly why: string;
}

export const formatFinding = ({ file, line, text, why }: Finding): string =>
  `${file}:${line}: ${why}: ${text}`;
