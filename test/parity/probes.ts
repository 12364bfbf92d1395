// Draws what the hosts send themselves, with the tools that people use, and routes that they ask for.
import type { Draw } from './draw.ts';
import type { Lab } from './lab.ts';

function ping(draw: Draw, lab: Lab, host: string, to: string): string {
  const mtus = lab.hosts.flatMap(({ ports }) => ports.map(({ mtu }) => mtu));
  const near = draw.pick([...mtus, 100, 1500]) - draw.pick([28, 28, 48, 78, 27, 0]);
  const options = [
    `-s ${Math.min(Math.max(near, 16), 9000)}`,
    draw.pick(['', ' -M do', ' -M want', ' -M dont']),
    draw.chance(20) ? ` -t ${draw.int(1, 3)}` : '',
    draw.chance(20) ? ` -Q ${draw.pick(['0x10', '0xb8', '0x03', '0x08'])}` : '',
    draw.chance(10) ? ' -R' : '',
  ].join('');
  return `ip netns exec ${host} ping -n -c 1 -W 0.3 ${options} ${to}`;
}

export function drawProbes(draw: Draw, lab: Lab): string[] {
  const probes: string[] = [];
  for (let left = draw.int(1, 3); left > 0; left--) {
    const host = draw.pick(lab.hosts).name;
    const other = draw.pick(lab.hosts);
    const to = draw.chance(60)
      ? draw.pick(other.addresses)
      : `192.168.${other.index}.${draw.pick([1, 9, 255])}`;
    const one = ping(draw, lab, host, to);
    probes.push(...(draw.chance(50) ? [one, one] : [one]), `ip -n ${host} route get ${to}`);
  }
  return probes;
}
