// Draws administrative changes in the middle of a case: what settles at once, or within the second that carrier takes.
import type { Change, Input } from './case.ts';
import type { Draw } from './draw.ts';
import type { Host, Lab, Port } from './lab.ts';
import { drawRoute, drawRule, drawSetting } from './settings.ts';

interface Scope {
  readonly draw: Draw;
  readonly lab: Lab;
  readonly host: Host;
  readonly port: Port;
}

type Template = (scope: Scope) => readonly string[];

const anyAddress = ({ draw, lab }: Scope): string => draw.pick(draw.pick(lab.hosts).addresses);
const stub = ({ draw, lab }: Scope): string => `192.168.${draw.pick(lab.hosts).index}.0/24`;
const tunnelOf = ({ lab, host }: Scope) => lab.tunnels.find(({ ends }) => ends.includes(host));

/** A bridge that comes up tells of its groups at a random time: only its ports and other devices go up and down. */
const CHANGES: readonly Template[] = [
  ({ port }) => [`link set ${port.device} down`],
  ({ port }) => [`link set ${port.device} down`, `link set ${port.device} up`],
  ({ port }) => [`link set ${port.device} up`],
  () => ['link set d0 down', 'link set d0 up'],
  ({ draw }) => [`link set d0 mtu ${draw.pick([576, 1000, 1400, 1500])}`],
  ({ port, draw }) => [`link set ${port.device} address 02:00:00:00:77:${draw.pick(['01', '02'])}`],
  ({ port, draw }) => [`link set ${port.device} arp ${draw.pick(['off', 'on'])}`],
  (scope) => [`route del ${stub(scope)}`],
  (scope) => [`route flush ${scope.draw.pick(['cache', 'root 192.168.0.0/16', 'table 77'])}`],
  ({ port }) => [`address del ${port.address}/${port.prefix} dev ${port.bridge || port.device}`],
  ({ port, draw }) => [
    `address add ${port.address.replace(/\d+$/, '9')}/${draw.pick([24, 28, 32])} dev ${port.bridge || port.device}`,
  ],
  (scope) => [`neigh del ${scope.port.peer.address} dev ${scope.port.device}`],
  (scope) => [
    `neigh replace ${scope.port.peer.address} lladdr ${scope.draw.pick([scope.port.peer.mac, '02:00:00:00:99:99'])} dev ${scope.port.device} nud ${scope.draw.pick(['permanent', 'stale', 'reachable', 'noarp'])}`,
  ],
  (scope) => [`neigh add proxy ${anyAddress(scope)} dev ${scope.port.device}`],
  (scope) => [
    `rule add from ${anyAddress(scope)} ${scope.draw.pick(['blackhole', 'unreachable', 'lookup 77'])}`,
  ],
  () => ['rule del pref 32766', 'rule add lookup main pref 32766'],
  (scope) => {
    const tunnel = tunnelOf(scope);
    const device = tunnel === undefined ? 'd0' : tunnel.device;
    return [`link set ${device} mtu ${scope.draw.pick([600, 1000, 1400])}`];
  },
];

function drawChange(draw: Draw, lab: Lab): Change[] {
  const host = draw.pick(lab.hosts);
  const port = draw.pick(host.ports);
  const kind = draw.int(1, 100);
  if (kind <= 12) return [{ line: drawSetting(draw, host) }];
  if (kind <= 24) return [{ line: drawRoute(draw, lab, host, '') }];
  if (kind <= 30) return [{ line: drawRule(draw, lab, host) }];
  return draw
    .pick(CHANGES)({ draw, lab, host, port })
    .map((words) => ({ line: `ip -n ${host.name} ${words}` }));
}

/** The traffic with changes here and there, in every other case. */
export function withChanges(draw: Draw, lab: Lab, inputs: readonly Input[]): (Input | Change)[] {
  const all: (Input | Change)[] = [...inputs];
  for (let left = draw.pick([0, 0, 0, 1, 2, 4]); left > 0; left--)
    all.splice(draw.int(0, all.length), 0, ...drawChange(draw, lab));
  return all;
}
