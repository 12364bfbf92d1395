// The network between the nodes: a namespace with one bridge per segment, which is its switch and, with an address of its
// own in each subnet, the router that joins them. What the nodes' addresses say becomes steps from what there is. A bridge
// has 1,023 ports (BR_MAX_PORTS), so that a larger segment is a tree: further bridges for further nodes, each with a cable to
// the first.
import { ANY, formatPrefix, type Ipv4, maskOf } from '../../addr/ipv4.ts';
import type { Mac } from '../../addr/mac.ts';
import type { Operation } from '../../program/operation.ts';
import { plainRoute } from '../../program/plain-route.ts';
import type { Prefix } from '../calc/types.ts';
import { derivedMac } from './derived-mac.ts';
import type { Step } from './pod.ts';
import { type NodePlace, routerOf, type Segment, segmentsOf } from './segments.ts';

export const UNDERLAY = 'underlay';
export const NODE_INTERFACE = 'eth0';

/** How a node is connected. */
interface Cable extends NodePlace {
  readonly port: string;
  readonly bridge: string;
  readonly router: Ipv4;
}

/** What a bridge has as the router of its segment, and the subnets (a /32 counts) that it serves. */
interface Bridge {
  readonly subnets: readonly Prefix[];
  readonly addresses: readonly Prefix[];
  readonly hosts: readonly Ipv4[];
}

/** Nodes on one bridge; the first one has ports for as many further bridges as are left. */
const NODES_ON_BRIDGE = 1000;

const NOTHING: Bridge = { subnets: [], addresses: [], hosts: [] };

const underlay = (operation: Operation): Step => ({ namespace: UNDERLAY, operation });

export class Underlay {
  private readonly mtu: number;
  private readonly bridges = new Map<string, Bridge>();
  private readonly cables = new Map<string, Cable>();
  private readonly bridgeNames = new Map<string, string>();
  /** By the name of a segment's first bridge, the further ones. */
  private readonly further = new Map<string, string[]>();
  /** Nodes on each bridge. */
  private readonly members = new Map<string, number>();
  private ports = 0;

  constructor(mtu: number) {
    this.mtu = mtu;
  }

  /** Once, in the empty namespace. */
  begin(): Step[] {
    return [
      underlay({ do: 'set-link', device: 'lo', change: { up: true } }),
      underlay({ do: 'sysctl', path: 'net/ipv4/ip_forward', value: '1' }),
    ];
  }

  /** Steps from what there is to the network of these nodes, given in the order of their names. */
  connect(places: readonly NodePlace[]): Step[] {
    const steps: Step[] = [];
    for (const segment of segmentsOf(places)) {
      const bridge = this.bridgeOf(segment);
      steps.push(...this.route(bridge, segment));
      for (const place of segment.places) steps.push(...this.plug(bridge, segment, place));
    }
    return steps;
  }

  /** The node has gone, and its end of the cable with it. */
  unplug(node: string): void {
    const cable = this.cables.get(node);
    if (cable !== undefined) this.count(cable.bridge, -1);
    this.cables.delete(node);
  }

  /** The port that a node is plugged into, '' for none. */
  portOf(node: string): string {
    return this.cables.get(node)?.port ?? '';
  }

  /** Names of the segments' first bridges with the subnets that they serve. */
  get segments(): ReadonlyMap<string, Bridge> {
    return this.bridges;
  }

  /** All bridges of the segment with this first one. */
  bridgesOf(segment: string): readonly string[] {
    return [segment, ...(this.further.get(segment) ?? [])];
  }

  get nodes(): ReadonlyMap<string, Cable> {
    return this.cables;
  }

  /** A segment keeps its name while its widest subnet, or its only node, is the same. */
  private bridgeOf({ subnets: [widest], places: [first] }: Segment): string {
    const key =
      widest === undefined ? (first as NodePlace).node : formatPrefix(widest.address, widest.length);
    const name = this.bridgeNames.get(key) ?? `segment${this.bridgeNames.size}`;
    this.bridgeNames.set(key, name);
    return name;
  }

  // ---- the router --------------------------------------------------------------------------------------------

  private route(name: string, segment: Segment): Step[] {
    const present = this.bridges.get(name) ?? NOTHING;
    const wanted = routerOn(segment);
    const made = this.bridges.has(name) ? [] : addBridge(name, this.mtu);
    this.bridges.set(name, wanted);
    return [
      ...made,
      ...changes(present.addresses, wanted.addresses, samePrefix, (at, add) => routerAddress(name, at, add)),
      ...changes(present.hosts, wanted.hosts, Object.is, (host, add) => hostRoute(name, host, add)),
    ].map(underlay);
  }

  // ---- a node ------------------------------------------------------------------------------------------------

  private plug(first: string, segment: Segment, place: NodePlace): Step[] {
    const present = this.cables.get(place.node);
    const port = present?.port ?? `port${++this.ports}`;
    const isThere = present !== undefined && this.bridgesOf(first).includes(present.bridge);
    const { bridge, steps } = isThere ? { bridge: present.bridge, steps: [] } : this.room(first);
    const cable = { ...place, port, bridge, router: routerOf(segment, place) };
    this.cables.set(place.node, cable);
    if (isThere) return onNode(place.node, readdress(present, cable));
    this.count(bridge, 1);
    if (present === undefined)
      return [...steps, this.cableStep(cable), ...onNode(place.node, nodeSide(cable))];
    this.count(present.bridge, -1);
    const moved: Operation = { do: 'set-link', device: port, change: { master: bridge } };
    return [...steps, underlay(moved), ...onNode(place.node, readdress(present, cable))];
  }

  private count(bridge: string, by: number): void {
    this.members.set(bridge, (this.members.get(bridge) ?? 0) + by);
  }

  /** A bridge of the segment with a free port, made if there is none. */
  private room(first: string): { bridge: string; steps: Step[] } {
    const free = this.bridgesOf(first).find((name) => (this.members.get(name) ?? 0) < NODES_ON_BRIDGE);
    if (free !== undefined) return { bridge: free, steps: [] };
    const further = this.further.get(first) ?? [];
    const bridge = `${first}x${further.length + 1}`;
    this.further.set(first, [...further, bridge]);
    return {
      bridge,
      steps: [...addBridge(bridge, this.mtu), ...join(first, bridge, this.mtu)].map(underlay),
    };
  }

  private cableStep({ node, port, bridge }: Cable): Step {
    const { mtu } = this;
    return underlay({
      do: 'add-link',
      link: {
        name: port,
        kind: 'veth',
        mtu,
        address: derivedMac(`${UNDERLAY}/${port}`),
        master: bridge,
        up: true,
        veth: { peer: { name: NODE_INTERFACE, mtu, address: nodeMac(node) } },
      },
      peerNamespace: node,
    });
  }
}

const nodeMac = (node: string): Mac => derivedMac(`${node}/${NODE_INTERFACE}`);

const onNode = (node: string, operations: readonly Operation[]): Step[] =>
  operations.map((operation) => ({ namespace: node, operation }));

const routerOn = ({ subnets, places }: Segment): Bridge => ({
  subnets: subnets.length > 0 ? subnets : places,
  addresses: subnets
    .filter(({ router }) => router !== ANY)
    .map(({ router, length }) => ({ address: router, length })),
  hosts: subnets.length > 0 ? [] : [...new Set(places.map(({ address }) => address))],
});

const samePrefix = (a: Prefix, b: Prefix): boolean => a.address === b.address && a.length === b.length;

/** What goes, then what comes. */
function changes<T>(
  present: readonly T[],
  wanted: readonly T[],
  same: (a: T, b: T) => boolean,
  operation: (value: T, add: boolean) => Operation,
): Operation[] {
  const gone = present.filter((old) => !wanted.some((each) => same(old, each)));
  const fresh = wanted.filter((each) => !present.some((old) => same(old, each)));
  return [...gone.map((value) => operation(value, false)), ...fresh.map((value) => operation(value, true))];
}

const addBridge = (name: string, mtu: number): Operation[] => [
  {
    do: 'add-link',
    link: { name, kind: 'bridge', mtu, address: derivedMac(`${UNDERLAY}/${name}`) },
  },
  { do: 'set-link', device: name, change: { up: true } },
];

/** A cable from a further bridge to the first. */
function join(first: string, bridge: string, mtu: number): Operation[] {
  const [up, down] = [`${bridge}up`, `${bridge}down`];
  const mac = (device: string): Mac => derivedMac(`${UNDERLAY}/${device}`);
  const veth = { peer: { name: down, mtu, address: mac(down) } };
  return [
    {
      do: 'add-link',
      link: { name: up, kind: 'veth', mtu, address: mac(up), master: bridge, up: true, veth },
    },
    { do: 'set-link', device: down, change: { master: first } },
    { do: 'set-link', device: down, change: { up: true } },
  ];
}

const routerAddress = (device: string, { address: local, length }: Prefix, add: boolean): Operation =>
  add ? addAddress(device, local, length) : { do: 'delete-address', device, local, length };

const addAddress = (device: string, local: Ipv4, length: number): Operation => ({
  do: 'add-address',
  device,
  address: { local, peer: local, length, ...(length < 31 ? { broadcast: broadcastOf(local, length) } : {}) },
});

const broadcastOf = (address: Ipv4, length: number): Ipv4 => (address | ~maskOf(length)) as Ipv4;

const hostRoute = (device: string, destination: Ipv4, add: boolean): Operation =>
  plainRoute(add ? 'add' : 'delete', { destination, length: 32, device });

const nodeSide = ({ address, length, router }: Cable): Operation[] => [
  { do: 'set-link', device: 'lo', change: { up: true } },
  { do: 'set-link', device: NODE_INTERFACE, change: { up: true } },
  addAddress(NODE_INTERFACE, address, length),
  ...(router === ANY ? [] : [defaultRoute('add', router, length)]),
];

/** The old address goes first: a new one of its subnet would be its secondary, and go with it. */
function readdress(from: Cable, to: Cable): Operation[] {
  const operations: Operation[] = [];
  const moved = !samePrefix(from, to);
  if (moved)
    operations.push({
      do: 'delete-address',
      device: NODE_INTERFACE,
      local: from.address,
      length: from.length,
    });
  if (moved) operations.push(addAddress(NODE_INTERFACE, to.address, to.length));
  if ((moved || from.router !== to.router) && to.router !== ANY)
    operations.push(defaultRoute('replace', to.router, to.length));
  return operations;
}

/** A node with a /32 reaches its router without a subnet. */
const defaultRoute = (verb: 'add' | 'replace', gateway: Ipv4, length: number): Operation =>
  plainRoute(verb, {
    destination: ANY,
    length: 0,
    device: NODE_INTERFACE,
    gateway,
    onlink: length === 32,
  });
