// Draws the tunnels of a lab, and the routes to the networks behind its hosts, through tunnels or beside them.
import type { Draw } from './draw.ts';
import type { Host, Lab, Tunnel } from './lab.ts';

/** The address by which a host is reached from outside: that of its first cable. */
const outerAddress = (host: Host): string => host.addresses[0]!;

function ends(tunnel: Tunnel): { host: Host; local: string; remote: string; inner: string; mac: string }[] {
  return [0, 1].map((i) => ({
    host: tunnel.ends[i]!,
    local: tunnel.outer[i]!,
    remote: tunnel.outer[1 - i]!,
    inner: tunnel.inner[i]!,
    mac: tunnel.macs[i]!,
  }));
}

function addNamedIpip(draw: Draw, lab: Lab, tunnel: Tunnel, device: string): void {
  const discovery = draw.pick(['', ' nopmtudisc', ' pmtudisc']);
  for (const { host, local, remote, inner } of ends(tunnel)) {
    const ttl =
      discovery === '' || discovery === ' pmtudisc'
        ? draw.pick(['', ' ttl 9', ' ttl 64', ' ttl inherit'])
        : '';
    const tos = draw.pick(['', '', ' tos inherit', ' tos 0x10', ' tos 0xb8']);
    lab.lines.push(
      `ip -n ${host.name} tunnel add ${device} mode ipip local ${local} remote ${remote}${ttl}${tos}${discovery}`,
      `ip -n ${host.name} address add ${inner}/24 dev ${device}`,
      `ip -n ${host.name} link set ${device} ${draw.chance(20) ? `mtu ${draw.pick([600, 1400, 1500])} ` : ''}up`,
    );
  }
}

/** Calico's way: one device for all remotes, which the routes name. */
function addTunl0(draw: Draw, lab: Lab, tunnel: Tunnel): void {
  for (const { host, inner } of ends(tunnel)) {
    host.others.push('tunl0');
    lab.lines.push(
      `ip -n ${host.name} link set tunl0 ${draw.chance(50) ? `mtu ${draw.pick([1400, 1440, 1480, 1500])} ` : ''}up`,
      `ip -n ${host.name} address add ${inner}/32 dev tunl0`,
    );
  }
}

function addVxlan(draw: Draw, lab: Lab, tunnel: Tunnel, device: string): void {
  const unicast = draw.chance(50);
  const options = [
    draw.pick(['', '', ' nolearning']),
    draw.chance(10) ? ' proxy' : '',
    draw.pick(['', '', ' df set', ' df inherit']),
    draw.pick(['', '', ' ttl 5', ' ttl inherit']),
    draw.pick(['', '', ' tos inherit', ' tos 0x20']),
    draw.pick(['', '', ' udpcsum', ' noudpcsum']),
  ].join('');
  for (const { host, local, remote, inner, mac } of ends(tunnel)) {
    const target = unicast ? ` remote ${remote}` : '';
    lab.lines.push(
      `ip -n ${host.name} link add ${device} address ${mac.replace(/^06/, '02')} type vxlan id ${tunnel.vni} local ${local}${target} dstport ${tunnel.port}${options}`,
      `ip -n ${host.name} address add ${inner}/24 dev ${device}`,
      `ip -n ${host.name} link set ${device} ${draw.chance(20) ? `mtu ${draw.pick([600, 1400, 1500])} ` : ''}up`,
    );
    // Frames for nobody known go to every remote. Not to oneself: the kernel's stack does not survive every such loop.
    const third = lab.hosts.find((one) => !tunnel.ends.includes(one));
    if (third !== undefined && draw.chance(20))
      lab.lines.push(
        `bridge -n ${host.name} fdb append 00:00:00:00:00:00 dev ${device} dst ${outerAddress(third)}`,
      );
    const other = tunnel.macs.find((one) => one !== mac)!;
    if (!unicast || draw.chance(20))
      lab.lines.push(
        `bridge -n ${host.name} fdb append ${draw.chance(70) ? '00:00:00:00:00:00' : other} dev ${device} dst ${remote}`,
      );
  }
}

/** Behind a VXLAN device there may be a bridge, which then has the address. */
function bridgeVxlan(draw: Draw, lab: Lab, tunnel: Tunnel, device: string): void {
  for (const { host, inner, mac } of ends(tunnel)) {
    const bridge = `b${device}`;
    host.others.push(bridge);
    lab.lines.push(
      // Its reports to the group of all snoopers would need neighbours at a time that nobody can know.
      `ip -n ${host.name} link add ${bridge} address ${mac} type bridge mcast_snooping 0`,
      `ip -n ${host.name} address del ${inner}/24 dev ${device}`,
      `ip -n ${host.name} link set ${device} master ${bridge}`,
      `ip -n ${host.name} address add ${inner}/24 dev ${bridge}`,
      `ip -n ${host.name} link set ${bridge} ${draw.chance(30) ? 'mtu 1500 ' : ''}up`,
    );
  }
}

const FLAVOURS = ['named', 'tunl0', 'vxlan', 'vxlan', 'bridged'] as const;

/** Makes the devices of a tunnel; returns the one that routes name. */
function addDevices(draw: Draw, lab: Lab, tunnel: Tunnel, flavour: (typeof FLAVOURS)[number]): string {
  const device = flavour === 'tunl0' ? 'tunl0' : `t${tunnel.vni - 40}`;
  if (flavour === 'tunl0') addTunl0(draw, lab, tunnel);
  else for (const { host } of ends(tunnel)) host.others.push(device);
  if (flavour === 'named') addNamedIpip(draw, lab, tunnel, device);
  if (flavour === 'vxlan' || flavour === 'bridged') addVxlan(draw, lab, tunnel, device);
  if (flavour !== 'bridged') return device;
  bridgeVxlan(draw, lab, tunnel, device);
  return `b${device}`;
}

function addTunnel(draw: Draw, lab: Lab, index: number): void {
  const [one, two] = draw.shuffle(lab.hosts);
  const flavour = draw.pick(FLAVOURS);
  if (flavour === 'tunl0' && (one!.others.includes('tunl0') || two!.others.includes('tunl0'))) return;
  const first = flavour === 'bridged' ? '06' : '02';
  const tunnel: Tunnel = {
    kind: flavour === 'named' || flavour === 'tunl0' ? 'ipip' : 'vxlan',
    device: '',
    ends: [one!, two!],
    outer: [outerAddress(one!), outerAddress(two!)],
    inner: [`10.20${index}.0.1`, `10.20${index}.0.2`],
    macs: [`${first}:00:00:00:e${index}:01`, `${first}:00:00:00:e${index}:02`],
    vni: 40 + index,
    port: draw.pick([4789, 4789, 8472]),
  };
  tunnel.device = addDevices(draw, lab, tunnel, flavour);
  lab.tunnels.push(tunnel);
  for (const [i, host] of tunnel.ends.entries()) {
    host.addresses.push(tunnel.inner[i]!);
    routeThrough(draw, lab, tunnel, i);
  }
}

/** The network behind the other end goes through the tunnel. */
function routeThrough(draw: Draw, lab: Lab, tunnel: Tunnel, i: number): void {
  const { device } = tunnel;
  const host = tunnel.ends[i]!;
  const other = tunnel.ends[1 - i]!;
  const target = `192.168.${other.index}.0/24`;
  const extra = draw.pick(['', '', '', ' mtu 1300', ' mtu lock 1000']);
  const via =
    device === 'tunl0'
      ? `via ${tunnel.outer[1 - i]} dev tunl0 onlink`
      : draw.pick([`dev ${device}`, `via ${tunnel.inner[1 - i]}`]);
  lab.lines.push(`ip -n ${host.name} route replace ${target} ${via}${extra}`);
  if (device === 'tunl0') lab.lines.push(`ip -n ${host.name} route replace ${tunnel.inner[1 - i]} ${via}`);
  if (tunnel.kind === 'vxlan' && draw.chance(70))
    lab.lines.push(
      `ip -n ${host.name} neigh replace ${tunnel.inner[1 - i]} lladdr ${tunnel.macs[1 - i]} dev ${device}`,
    );
}

/** Cables and networks that a host is not on are behind the next host on the way. */
function addRoutes(draw: Draw, lab: Lab): void {
  for (const host of lab.hosts)
    for (const [other, { port, hop }] of host.via) {
      const device = port.bridge || port.device;
      const extra = draw.pick([
        '',
        '',
        '',
        '',
        '',
        ' mtu 1200',
        ' mtu lock 800',
        ' metric 7',
        ` src ${host.addresses[0]}`,
        ' onlink',
      ]);
      const networks = new Set(other.ports.map(({ address }) => address.replace(/\d+\.\d+$/, '0.0/16')));
      for (const own of host.ports) networks.delete(own.address.replace(/\d+\.\d+$/, '0.0/16'));
      for (const network of [...networks, `192.168.${other.index}.0/24`])
        lab.lines.push(`ip -n ${host.name} route add ${network} via ${hop} dev ${device}${extra}`);
    }
}

export function drawTunnels(draw: Draw, lab: Lab): void {
  addRoutes(draw, lab);
  const count = lab.hosts.length < 2 ? 0 : draw.pick([0, 1, 1, 2, 2, 3]);
  for (let i = 0; i < count; i++) addTunnel(draw, lab, i);
}
