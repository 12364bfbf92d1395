// The cables of an imported lab: pairs between dumped namespaces, pods that are made up from their routes, the network
// between the nodes, and loose ends. (The cluster's own underlay is src/calico/cluster/underlay.ts.)
import { ANY } from '../addr/ipv4.ts';
import { RouteProtocol } from '../admin/route-constants.ts';
import type { Operation } from '../program/operation.ts';
import { plainRoute } from '../program/plain-route.ts';
import type { Building } from './build.ts';
import { POD_GATEWAY } from './lab-pods.ts';
import type { DumpedLink, NodeDump } from './node-dump.ts';
import type { End, Pod, Segment, Wiring } from './wiring.ts';

const UNDERLAY = 'underlay';
const ELSEWHERE = 'elsewhere';

export function buildCables(building: Building, nodes: readonly NodeDump[], wiring: Wiring): void {
  // Devices are made in the order of their indices, node by node, so that lists have them in that order.
  const far = farEnds(wiring);
  const needed = [...new Set([...far.values()].map(({ namespace }) => namespace))];
  for (const namespace of needed) if (!building.lab.names.has(namespace)) building.namespace(namespace);
  for (const [i, segment] of wiring.segments.entries()) addBridge(building, segment, bridgeName(i));
  const made = new Set<unknown>();
  for (const node of nodes)
    for (const link of node.links) {
      const end = far.get(link);
      if (end === undefined || made.has(link) || wiring.trunks.has(link)) continue;
      made.add(link);
      if (end.link !== undefined) made.add(end.link);
      addPair(building, { node: node.name, link }, end, roomFor(node, link));
    }
  for (const [vlan, trunk] of wiring.trunks) joinVlan(building, far.get(vlan), far.get(trunk), vlan);
  for (const [i, segment] of wiring.segments.entries()) addRouter(building, segment, bridgeName(i));
  for (const pod of wiring.pods) setUpPod(building, pod);
}

const bridgeName = (index: number): string => `segment${index}`;

/** The other end of a cable. */
interface FarEnd {
  readonly namespace: string;
  readonly device: string;
  readonly master: string;
  /** Of a dump, or undefined for one that is made up. */
  readonly link?: End['link'];
}

function farEnds({ pairs, pods, segments, loose, trunks }: Wiring): Map<End['link'], FarEnd> {
  const far = new Map<End['link'], FarEnd>();
  const join = (end: End, other: End) =>
    far.set(end.link, { namespace: other.node, device: other.link.name, master: '', link: other.link });
  for (const [one, other] of pairs) {
    join(one, other);
    join(other, one);
  }
  for (const pod of pods) far.set(pod.end.link, { namespace: pod.name, device: 'eth0', master: '' });
  let port = 0;
  for (const [i, { ends }] of segments.entries())
    for (const { link } of ends)
      far.set(link, { namespace: UNDERLAY, device: `port${port++}`, master: bridgeName(i) });
  for (const trunk of trunks.values())
    if (!far.has(trunk)) far.set(trunk, { namespace: UNDERLAY, device: `port${port++}`, master: '' });
  for (const [i, { link }] of loose.entries())
    far.set(link, { namespace: ELSEWHERE, device: `end${i}`, master: '' });
  return far;
}

/** Bytes that VXLAN puts in front of an IPv4 packet. */
const VXLAN_HEADERS = 50;

/**
 * The MTU to make a device with: a VXLAN device is refused an MTU that does not fit into the one below, which may have been
 * lowered since.
 */
function roomFor({ links }: NodeDump, { name, mtu }: DumpedLink): number {
  const above = links.filter(({ vxlan }) => vxlan?.link === name).map((link) => link.mtu + VXLAN_HEADERS);
  return mtu === 0 ? 0 : Math.max(mtu, ...above);
}

function addPair(building: Building, { node, link }: End, far: FarEnd, room: number): void {
  const mtu = room === 0 ? {} : { mtu: room };
  const address = link.address === null || link.address === 0 ? {} : { address: link.address };
  const peer = { name: far.device, ...(link.mtu === 0 ? {} : { mtu: link.mtu }) };
  building.perform(node, {
    do: 'add-link',
    link: { name: link.name, kind: 'veth', ...mtu, ...address, veth: { peer } },
    peerNamespace: far.namespace,
  });
  if (far.link !== undefined) return;
  const master = far.master === '' ? {} : { master: far.master };
  building.perform(far.namespace, { do: 'set-link', device: far.device, change: { ...master, up: true } });
}

/** The VLAN's frames leave the other end of the cable for the VLAN's own segment, before that end's bridge sees them. */
function joinVlan(
  building: Building,
  end: FarEnd | undefined,
  trunk: FarEnd | undefined,
  { vlan }: DumpedLink,
): void {
  if (end === undefined || trunk === undefined || vlan === null) return;
  const { id, protocol } = vlan;
  const name = `${trunk.device}.${id}`;
  const link = { name, kind: 'vlan', link: trunk.device, vlan: { id, protocol } };
  building.perform(UNDERLAY, { do: 'add-link', link });
  building.perform(UNDERLAY, { do: 'set-link', device: name, change: { master: end.master, up: true } });
}

// ---- the underlay ------------------------------------------------------------------------------------------------

function addBridge(building: Building, { subnets }: Segment, name: string): void {
  building.perform(UNDERLAY, { do: 'sysctl', path: 'net/ipv4/ip_forward', value: '1' });
  const known = subnets.flatMap(({ gateways }) => [...gateways.values()]).find((mac) => mac !== null);
  const address = known === undefined || known === null ? {} : { address: known };
  building.perform(UNDERLAY, { do: 'add-link', link: { name, kind: 'bridge', ...address } });
  building.perform(UNDERLAY, { do: 'set-link', device: name, change: { up: true } });
}

function addRouter(building: Building, { subnets, hosts }: Segment, device: string): void {
  for (const { length, gateways } of subnets)
    for (const local of gateways.keys())
      building.perform(UNDERLAY, { do: 'add-address', device, address: { local, peer: local, length } });
  for (const destination of hosts)
    building.perform(
      UNDERLAY,
      plainRoute('add', { destination, length: 32, device, protocol: RouteProtocol.STATIC }),
    );
}

// ---- pods --------------------------------------------------------------------------------------------------------

/** What the CNI plugin leaves in a pod (cni-plugin/pkg/dataplane/linux/dataplane_linux.go). */
function setUpPod(building: Building, { name, addresses, mac }: Pod): void {
  const perform = (operation: Operation) => building.perform(name, operation);
  if (mac !== null) perform({ do: 'set-link', device: 'eth0', change: { address: mac } });
  for (const local of addresses)
    perform({ do: 'add-address', device: 'eth0', address: { local, peer: local, length: 32 } });
  perform(plainRoute('add', { destination: POD_GATEWAY, length: 32, device: 'eth0' }));
  perform(plainRoute('add', { destination: ANY, length: 0, device: 'eth0', gateway: POD_GATEWAY }));
}
