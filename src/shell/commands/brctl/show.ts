// What brctl shows of bridges: the list, the forwarding table, the spanning tree.
import { formatMac } from '../../../addr/mac.ts';
import { dumpFdb } from '../../../admin/fdb.ts';
import { dumpLinks } from '../../../admin/link.ts';
import type { BridgeInfo, BridgePortInfo, FdbInfo, LinkInfo } from '../../../admin/types.ts';
import { DeviceFlag } from '../../../netns/device.ts';
import type { Namespace } from '../../../netns/namespace.ts';

const PERMANENT = 0x80;
const STATES = ['disabled', 'listening', 'learning', 'forwarding', 'blocking'];
/** Bits of a port id below its priority. */
const PORT_BITS = 10;

const byName = (a: LinkInfo, b: LinkInfo): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** All bridges, in order of their names as the directory listing has them. */
export const bridgesOf = (namespace: Namespace): LinkInfo[] =>
  dumpLinks(namespace)
    .filter((link) => link.bridge !== null)
    .sort(byName);

const portsOf = (namespace: Namespace, bridge: LinkInfo): LinkInfo[] =>
  dumpLinks(namespace)
    .filter((link) => link.masterIndex === bridge.index && link.bridgePort !== null)
    .sort(byName);

/** A bridge's id as brctl writes it, without colons: `8000.02000000000a`. */
function plainId(id: string): string {
  const [priority, address] = id.split('.');
  const octets = address.split(':').map((octet) => octet.padStart(2, '0'));
  return `${priority}.${octets.join('')}`;
}

export const LIST_HEADER = 'bridge name\tbridge id\t\tSTP enabled\tinterfaces\n';

export function listText(namespace: Namespace, bridge: LinkInfo): string {
  const info = bridge.bridge as BridgeInfo;
  const ports = portsOf(namespace, bridge).map(({ name }) => name);
  return `${bridge.name}\t\t${plainId(info.bridgeId)}\t${info.stp ? 'yes' : 'no'}\t\t${ports.join('\n\t\t\t\t\t\t\t')}\n`;
}

/** Microseconds as seconds with two decimals. */
function timeText(microseconds: number): string {
  const seconds = Math.floor(microseconds / 1_000_000);
  const hundredths = Math.floor((microseconds % 1_000_000) / 10_000);
  return `${String(seconds).padStart(4)}.${String(hundredths).padStart(2, '0')}`;
}

/** Entries of the ports in order of their addresses; the bridge's own are not shown. */
export function addressesText(namespace: Namespace, bridge: LinkInfo): string {
  const numbers = new Map(
    portsOf(namespace, bridge).map((port) => [port.name, (port.bridgePort as BridgePortInfo).number]),
  );
  const lines = dumpFdb(namespace, { bridge: bridge.name })
    .filter((entry) => entry.master === bridge.name && numbers.has(entry.device))
    .sort((a, b) => a.mac - b.mac)
    .map((entry) => addressLine(namespace, bridge, entry, numbers.get(entry.device) as number));
  return `port no\tmac addr\t\tis local?\tageing timer\n${lines.join('')}`;
}

function addressLine(namespace: Namespace, bridge: LinkInfo, entry: FdbInfo, port: number): string {
  const isLocal = (entry.state & PERMANENT) !== 0;
  const learnt = namespace.device(bridge.name)?.bridge?.fdb.get(entry.vlan)?.get(entry.mac);
  const age =
    learnt === undefined || learnt.static || isLocal ? 0 : namespace.kernel.clock.now - learnt.updated;
  const number = String(port).padStart(3);
  return `${number}\t${formatMac(entry.mac)}\t${isLocal ? 'yes' : 'no'}\t\t${timeText(age)}\n`;
}

const number4 = (value: number): string => String(value).padStart(4);

/** The hello timer runs with STP on; the timer that collects old entries runs while the bridge is up. */
export function treeText(namespace: Namespace, bridge: LinkInfo): string {
  const info = bridge.bridge as BridgeInfo;
  const isUp = (bridge.flags & DeviceFlag.UP) !== 0;
  const own = [info.maxAge, info.helloTime, info.forwardDelay].map(timeText);
  return (
    `${bridge.name}\n bridge id\t\t${plainId(info.bridgeId)}\n designated root\t${plainId(info.designatedRoot)}\n` +
    ` root port\t\t${number4(info.rootPort)}\t\t\tpath cost\t\t${number4(info.rootPathCost)}\n` +
    ` max age\t\t${own[0]}\t\t\tbridge max age\t\t${own[0]}\n` +
    ` hello time\t\t${own[1]}\t\t\tbridge hello time\t${own[1]}\n` +
    ` forward delay\t\t${own[2]}\t\t\tbridge forward delay\t${own[2]}\n` +
    ` ageing time\t\t${timeText(info.ageingTime)}\n` +
    ` hello timer\t\t${timeText(isUp && info.stp ? info.helloTime : 0)}\t\t\ttcn timer\t\t${timeText(0)}\n` +
    ` topology change timer\t${timeText(0)}\t\t\tgc timer\t\t${timeText(isUp ? info.ageingTime : 0)}\n` +
    ' flags\t\t\t\n\n\n' +
    portsOf(namespace, bridge).map(portText).join('')
  );
}

function portText({ name, bridgePort }: LinkInfo): string {
  const port = bridgePort as BridgePortInfo;
  const id = ((port.priority << PORT_BITS) | port.number).toString(16).padStart(4, '0');
  const hairpin = port.hairpin ? `\n hairpin mode\t\t${number4(1)}` : '';
  return (
    `${name} (${port.number})\n port id\t\t${id}\t\t\tstate\t\t${STATES[port.state].padStart(15)}\n` +
    ` designated root\t${plainId(port.designatedRoot)}\tpath cost\t\t${number4(port.cost)}\n` +
    ` designated bridge\t${plainId(port.designatedBridge)}\tmessage age timer\t${timeText(0)}\n` +
    ` designated port\t${id}\t\t\tforward delay timer\t${timeText(0)}\n` +
    ` designated cost\t${number4(0)}\t\t\thold timer\t\t${timeText(0)}\n` +
    ` flags\t\t\t${hairpin}\n\n`
  );
}
