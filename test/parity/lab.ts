// Draws a lab: a tree of hosts with cables, bridges, tunnels, routes and settings; and keeps what the traffic has to
// know of it.
import type { Place } from './case.ts';
import type { Draw } from './draw.ts';
import { drawSettings } from './settings.ts';
import { drawTunnels } from './tunnels.ts';

/** An end of a cable, or what stands for it when it is a port of a bridge. */
export interface Port extends Place {
  readonly mac: string;
  readonly mtu: number;
  /** On the port, or on the bridge that it belongs to. */
  address: string;
  readonly prefix: number;
  peer: Port;
  bridge: string;
}

export interface Host {
  readonly name: string;
  readonly index: number;
  readonly ports: Port[];
  /** Every address of the host. */
  readonly addresses: string[];
  /** Devices besides the ports. */
  readonly others: string[];
  /** The way to each other host: the port and the next hop. */
  readonly via: Map<Host, { port: Port; hop: string }>;
}

export interface Tunnel {
  readonly kind: 'ipip' | 'vxlan';
  /** The device that has the inner address: the tunnel's, or the bridge's before it. */
  device: string;
  readonly ends: readonly [Host, Host];
  readonly outer: readonly [string, string];
  readonly inner: readonly [string, string];
  /** Of what holds the inner addresses. */
  readonly macs: readonly [string, string];
  readonly vni: number;
  readonly port: number;
}

export interface Lab {
  readonly hosts: Host[];
  readonly tunnels: Tunnel[];
  readonly lines: string[];
  /** Destinations that some route names: blackholes and the like. */
  readonly oddities: string[];
}

const MTUS = [576, 1000, 1280, 1400, 1480, 1492, 1500, 1500, 1500, 1500, 9000];
const PREFIXES = [24, 24, 24, 24, 30, 29, 16];
const hex = (value: number): string => value.toString(16).padStart(2, '0');

function addHost(lab: Lab, index: number): void {
  const name = `n${index}`;
  const host = { name, index, ports: [], addresses: [], others: ['lo'], via: new Map() };
  lab.hosts.push(host);
  lab.lines.push(`ip -n ${name} link set lo up`);
}

function portOf(host: Host, link: number, side: number, mtu: number, prefix: number): Port {
  const port = {
    host: host.name,
    device: `eth${host.ports.length}`,
    mac: `02:00:00:00:${hex(link)}:0${side}`,
    mtu,
    address: `10.${link}.0.${side}`,
    prefix,
    bridge: '',
  } as Port;
  host.ports.push(port);
  return port;
}

function addCable(draw: Draw, lab: Lab, one: Host, two: Host, link: number): void {
  const mtu = draw.chance(20) ? draw.int(576, 9000) : draw.pick(MTUS);
  const prefix = draw.pick(PREFIXES);
  const a = portOf(one, link, 1, mtu, prefix);
  const b = portOf(two, link, 2, draw.chance(10) ? draw.pick(MTUS) : mtu, prefix);
  a.peer = b;
  b.peer = a;
  lab.lines.push(
    `ip -n ${a.host} link add ${a.device} address ${a.mac} mtu ${a.mtu} type veth ` +
      `peer name ${b.device} netns ${b.host} address ${b.mac} mtu ${b.mtu}`,
  );
}

/** Some hosts bridge their first ports: then all these cables are one subnet. */
function addBridge(draw: Draw, lab: Lab, host: Host): void {
  const outward = host.ports.filter(({ peer }) => peer.bridge === '' && peer.host !== host.name);
  const ports = outward.slice(0, draw.int(2, 3));
  if (ports.length < 2 || !draw.chance(35)) return;
  const net = 100 + host.index;
  lab.lines.push(`ip -n ${host.name} link add br0 address 02:00:00:00:${hex(net)}:01 type bridge`);
  host.others.push('br0');
  for (const [i, port] of ports.entries()) {
    port.bridge = 'br0';
    port.address = `10.${net}.0.1`;
    port.peer.address = `10.${net}.0.${i + 2}`;
    (port as { prefix: number }).prefix = 24;
    (port.peer as { prefix: number }).prefix = 24;
    lab.lines.push(`ip -n ${host.name} link set ${port.device} master br0 up`);
    if (draw.chance(10)) lab.lines.push(`bridge -n ${host.name} link set dev ${port.device} hairpin on`);
    if (draw.chance(8)) lab.lines.push(`bridge -n ${host.name} link set dev ${port.device} learning off`);
    if (draw.chance(8)) lab.lines.push(`bridge -n ${host.name} link set dev ${port.device} flood off`);
    if (draw.chance(8)) lab.lines.push(`bridge -n ${host.name} link set dev ${port.device} isolated on`);
  }
  host.addresses.push(`10.${net}.0.1`);
  lab.lines.push(
    `ip -n ${host.name} address add 10.${net}.0.1/24 dev br0`,
    `ip -n ${host.name} link set br0 up`,
  );
}

function addAddresses(draw: Draw, lab: Lab, host: Host): void {
  for (const port of host.ports) {
    const up = `ip -n ${host.name} link set ${port.device} up`;
    if (port.bridge !== '') continue;
    host.addresses.push(port.address);
    const broadcast = draw.chance(40) ? ' brd +' : '';
    lab.lines.push(
      `ip -n ${host.name} address add ${port.address}/${port.prefix}${broadcast} dev ${port.device}`,
      up,
    );
    if (!draw.chance(15)) continue;
    const second = port.address.replace(/\d+$/, (last) => String(Number(last) + 4));
    host.addresses.push(second);
    lab.lines.push(
      `ip -n ${host.name} address add ${second}/${draw.pick([32, port.prefix])} dev ${port.device}`,
    );
  }
}

/** The network behind a host: nobody lives there but one permanent neighbour. */
function addStub(lab: Lab, host: Host): void {
  const net = `192.168.${host.index}`;
  host.addresses.push(`${net}.1`);
  host.others.push('d0');
  lab.lines.push(
    `ip -n ${host.name} link add d0 address 02:00:00:00:fe:0${host.index} type dummy`,
    `ip -n ${host.name} address add ${net}.1/24 brd + dev d0`,
    `ip -n ${host.name} link set d0 up`,
    `ip -n ${host.name} neigh add ${net}.9 lladdr 02:00:00:00:ff:0${host.index} dev d0`,
  );
}

/** Breadth first, from every host to every other. */
function findWays(lab: Lab): void {
  for (const from of lab.hosts) {
    const queue = from.ports.map((port) => ({ port, at: hostOf(lab, port.peer) }));
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { port, at } = next;
      if (at === from || from.via.has(at)) continue;
      from.via.set(at, { port, hop: port.peer.address });
      queue.push(...at.ports.map((onward) => ({ port, at: hostOf(lab, onward.peer) })));
    }
  }
}

const hostOf = (lab: Lab, { host }: Place): Host => lab.hosts.find(({ name }) => name === host)!;

const proxied = (draw: Draw, lab: Lab): string =>
  draw.chance(50) ? draw.pick(draw.pick(lab.hosts).addresses) : `192.168.${draw.pick(lab.hosts).index}.9`;

function addNeighbours(draw: Draw, lab: Lab): void {
  for (const host of lab.hosts)
    for (const { device, bridge, peer } of host.ports) {
      if (draw.chance(6))
        lab.lines.push(`ip -n ${host.name} neigh add proxy ${proxied(draw, lab)} dev ${device}`);
      if (!draw.chance(60) || bridge !== '' || peer.bridge !== '') continue;
      const at = `ip -n ${host.name} neigh replace ${peer.address} lladdr ${peer.mac} dev ${device}`;
      lab.lines.push(at);
    }
}

export function drawLab(draw: Draw): Lab {
  const lab: Lab = { hosts: [], tunnels: [], lines: [], oddities: [] };
  const count = draw.pick([1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6]);
  for (let i = 0; i < count; i++) addHost(lab, i);
  let link = 1;
  for (let i = 1; i < count; i++) addCable(draw, lab, lab.hosts[draw.int(0, i - 1)]!, lab.hosts[i]!, link++);
  if (count === 1 || draw.chance(30)) {
    const [one, two] = draw.shuffle(lab.hosts);
    addCable(draw, lab, one!, two ?? one!, link);
  }
  for (const host of lab.hosts) addBridge(draw, lab, host);
  for (const host of lab.hosts) {
    addAddresses(draw, lab, host);
    addStub(lab, host);
  }
  findWays(lab);
  addNeighbours(draw, lab);
  drawTunnels(draw, lab);
  drawSettings(draw, lab);
  return lab;
}
